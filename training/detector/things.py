"""Things on cars and walls that look a little like plates: each is drawn over part of a picture."""

from __future__ import annotations

from collections.abc import Callable
import string

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator
Colour = tuple[float, ...]

LETTERS = list(string.ascii_uppercase + string.digits)
LAMPS: tuple[Colour, ...] = ((190, 25, 25), (230, 120, 20), (225, 225, 215), (255, 245, 220))


def random_colour(rng: Rng) -> Colour:
    """Red, green and blue, 0 to 255."""
    return tuple(float(v) for v in rng.uniform(0, 255, 3))


def _lamp(rng: Rng, part: Pixels) -> None:
    """A lit or unlit lamp: a bright spot in coloured glass with ribs."""
    height, width = part.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    x, y = rng.uniform(-0.6, 0.6, 2)
    glow = np.exp(-((across - x) ** 2 + (down - y) ** 2) * rng.uniform(0.5, 4))[..., None]
    glass = np.array(LAMPS[int(rng.integers(len(LAMPS)))]) * rng.uniform(0.4, 1.0)
    ribs = 1 - 0.3 * (np.sin(across * rng.uniform(5, 60)) > 0.4)[..., None] * rng.random()
    drawn = glass * ribs + 255 * glow * rng.uniform(0.1, 1.0)
    shape = np.zeros((height, width), np.uint8)
    middle, axes = (width // 2, height // 2), (max(1, width // 2), max(1, height // 2))
    if rng.random() < 0.5:
        cv2.ellipse(shape, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    else:
        shape[:] = 255
    alpha = shape[..., None] / np.float64(255)
    part[:] = np.clip(part * (1 - alpha) + drawn * alpha, 0, 255).astype(np.uint8)


def _sticker(rng: Rng, part: Pixels) -> None:
    """A coloured rectangle with a word too small to read, a sign or stripes."""
    height, width = part.shape[:2]
    part[:] = np.clip(rng.uniform(0, 255, 3) + rng.normal(0, 4, part.shape), 0, 255).astype(
        np.uint8
    )
    ink = random_colour(rng)
    for _ in range(int(rng.integers(1, 4))):
        row = int(rng.integers(height))
        if rng.random() < 0.5:
            text = "".join(rng.choice(LETTERS, int(rng.integers(2, 14))))
            face, scale = int(rng.integers(0, 5)), float(rng.uniform(0.15, 0.5)) * height / 22
            cv2.putText(part, text, (int(width * 0.05), row), face, scale, ink, 1, cv2.LINE_AA)
        else:
            radius = max(1, int(height * rng.uniform(0.1, 0.45)))
            cv2.circle(part, (int(rng.integers(width)), row), radius, ink, -1, cv2.LINE_AA)


def _badge(rng: Rng, part: Pixels) -> None:
    """A maker's sign: an oval, a ring or a few letters of metal on the body."""
    height, width = part.shape[:2]
    metal = tuple(float(v) for v in rng.uniform(120, 250) + rng.normal(0, 6, 3))
    middle = (width // 2, height // 2)
    radius = max(2, height // 2 - 1)
    kind = rng.random()
    if kind < 0.5:
        _oval(rng, part, metal)
    elif kind < 0.75:
        thick = max(1, int(radius * rng.uniform(0.1, 0.4)))
        cv2.circle(part, middle, max(1, radius - thick // 2), metal, thick, cv2.LINE_AA)
        cv2.line(part, (middle[0], 1), (middle[0], height - 2), metal, thick, cv2.LINE_AA)
    else:
        text = "".join(rng.choice(LETTERS, int(rng.integers(2, 9))))
        scale = height / 30
        cv2.putText(
            part, text, (2, int(height * 0.85)), 0, scale, metal, max(1, height // 16), cv2.LINE_AA
        )


def _oval(rng: Rng, part: Pixels, metal: Colour) -> None:
    """A coloured oval with a metal rim, and letters or a bar across it."""
    height, width = part.shape[:2]
    middle, axes = (width // 2, height // 2), (max(2, width // 2 - 2), max(2, height // 2 - 2))
    ground = tuple(float(v) for v in rng.uniform(0, 255, 3) * rng.uniform(0.1, 1))
    rim = max(1, round(height * float(rng.uniform(0.04, 0.14))))
    cv2.ellipse(part, middle, axes, 0, 0, 360, ground, -1, cv2.LINE_AA)
    cv2.ellipse(part, middle, axes, 0, 0, 360, metal, rim, cv2.LINE_AA)
    text = "".join(rng.choice(LETTERS, int(rng.integers(1, 8))))
    (wide, high), _ = cv2.getTextSize(text, 0, 1.0, 2)
    scale = min(1.5 * axes[0] / wide, 1.0 * axes[1] / high)
    at = (round(middle[0] - wide * scale / 2), round(middle[1] + high * scale / 2))
    if rng.random() < 0.3:
        end = (width - 1, middle[1] + axes[1] // 3)
        cv2.rectangle(part, (0, middle[1] - axes[1] // 3), end, metal, -1)
        metal = ground
    cv2.putText(part, text, at, 0, scale, metal, max(1, round(2 * scale)), cv2.LINE_AA)


def _grille(rng: Rng, part: Pixels) -> None:
    """Bars or a mesh, dark and bright."""
    height, width = part.shape[:2]
    part[:] = int(rng.integers(0, 60))
    bar = tuple(float(v) for v in np.full(3, rng.uniform(60, 230)))
    step = max(3, int(height / rng.integers(2, 8)))
    for row in range(0, height, step):
        cv2.line(part, (0, row), (width, row), bar, max(1, step // 3), cv2.LINE_AA)
    if rng.random() < 0.4:
        for column in range(0, width, step):
            cv2.line(part, (column, 0), (column, height), bar, max(1, step // 4), cv2.LINE_AA)


def _empty(rng: Rng, part: Pixels) -> None:
    """A plain bright or dark panel in a frame, where a plate could be and is none."""
    height, width = part.shape[:2]
    shade = np.clip(rng.uniform(0, 255) + rng.normal(0, 12, 3), 0, 255)
    fade = np.linspace(1, rng.uniform(0.7, 1.1), height)[:, None, None]
    part[:] = np.clip(shade * fade, 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        edge = max(1, int(height * 0.08))
        cv2.rectangle(part, (0, 0), (width - 1, height - 1), random_colour(rng), edge)


def _wheel(rng: Rng, part: Pixels) -> None:
    """A dark tyre and a bright rim with spokes."""
    height, width = part.shape[:2]
    middle, axes = (width // 2, height // 2), (max(2, width // 2 - 1), max(2, height // 2 - 1))
    rim = float(rng.uniform(0.6, 0.85))
    inner = max(1, round(axes[0] * rim)), max(1, round(axes[1] * rim))
    tyre, gap = float(rng.uniform(5, 60)), float(rng.uniform(10, 110))
    metal = (rng.uniform(90, 245) + rng.normal(0, 5, 3)).tolist()
    cv2.ellipse(part, middle, axes, 0, 0, 360, (tyre, tyre, tyre), -1, cv2.LINE_AA)
    cv2.ellipse(part, middle, inner, 0, 0, 360, (gap, gap, gap), -1, cv2.LINE_AA)
    spokes, turn = int(rng.integers(5, 13)), float(rng.uniform(0, 2 * np.pi))
    thick = max(1, round(inner[0] * float(rng.uniform(0.08, 0.3))))
    for angle in turn + 2 * np.pi * np.arange(spokes) / spokes:
        end = (
            round(middle[0] + inner[0] * float(np.cos(angle))),
            round(middle[1] + inner[1] * float(np.sin(angle))),
        )
        cv2.line(part, middle, end, metal, thick, cv2.LINE_AA)
    edge = max(1, round(inner[0] * 0.08))
    cv2.ellipse(part, middle, inner, 0, 0, 360, metal, edge, cv2.LINE_AA)
    cv2.circle(part, middle, max(1, inner[0] // 5), metal, -1, cv2.LINE_AA)


THINGS: tuple[Callable[[Rng, Pixels], None], ...] = (
    _lamp,
    _sticker,
    _badge,
    _grille,
    _empty,
    _wheel,
)
"""Each draws one kind of thing over a part of a picture."""
