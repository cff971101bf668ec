"""What looks like a plate and is none: lettering, lamps, badges, stickers, grilles, frames."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from training.detector.net import HEIGHT, WIDTH
from training.detector.things import LETTERS, THINGS, random_colour

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator
Boxes = npt.NDArray[np.float32]


ROUND = 6
"""The kind of thing that is about as high as wide, or higher: ``THINGS`` count from 1."""


def distract(rng: Rng, rgb: Pixels, taken: Boxes) -> None:
    """Draw one thing that is no plate on ``rgb``, clear of the boxes ``taken`` (N x 4)."""
    kind = int(rng.choice(7, p=[0.25, 0.16, 0.12, 0.2, 0.09, 0.09, 0.09]))
    if kind == 0:
        _lettering(rng, rgb, taken)
        return
    width = float(np.exp(rng.uniform(np.log(14), np.log(150))))
    height = width * float(np.exp(rng.uniform(np.log(0.2), np.log(0.9))))
    if kind == ROUND:
        height = width * float(rng.uniform(0.9, 1.8))
    x, y = rng.uniform(0, WIDTH - width), rng.uniform(0, max(1.0, HEIGHT - height))
    box = (round(float(x)), round(float(y)), round(float(x + width)), round(float(y + height)))
    if not _is_free(box, taken):
        return
    part = rgb[box[1] : box[3], box[0] : box[2]]
    if part.shape[0] < 4 or part.shape[1] < 6:
        return
    THINGS[kind - 1](rng, part)


def _is_free(box: tuple[int, int, int, int], taken: Boxes) -> bool:
    x1, y1, x2, y2 = box
    return all(
        x2 < other[0] - 4 or x1 > other[2] + 4 or y2 < other[1] - 4 or y1 > other[3] + 4
        for other in taken
    )


def _lettering(rng: Rng, rgb: Pixels, taken: Boxes) -> None:
    """A sign, a van's side, a camera's line of text."""
    letters = rng.choice([*LETTERS, *"    .:-"], int(rng.integers(3, 22)))
    text = "".join(letters).strip() or "TAXI"
    scale = float(np.exp(rng.uniform(np.log(0.25), np.log(1.4))))
    thick = 1 if scale < 0.6 else int(rng.integers(1, 4))
    face = int(rng.integers(0, 5))
    (width, height), _ = cv2.getTextSize(text, face, scale, thick)
    x, y = int(rng.integers(-20, max(1, WIDTH - width // 2))), int(rng.integers(height, HEIGHT))
    if not _is_free((x, y - height, x + width, y), taken):
        return
    if rng.random() < 0.35:
        pad = int(height * 0.8) + 2
        corner, other = (x - pad * 3, y - height - pad * 2), (x + width + pad, y + pad * 2)
        if not _is_free((*corner, *other), taken):
            return
        cv2.rectangle(rgb, corner, other, random_colour(rng), -1)
    cv2.putText(rgb, text, (x, y), face, scale, random_colour(rng), thick, cv2.LINE_AA)
