"""Rain: drops that fall through the picture, drops that sit on the camera, and what is wet.

Sizes are pixels; they follow from how wide a letter of the plate is, which is about five
centimetres.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from training.upright import Pixels

Rng = np.random.Generator
Shade = npt.NDArray[np.float32]
"""Height x width, 0 to 1."""

MOST_DENSE = 0.35
"""Falling drops for each square of a letter's width."""
LONGEST = 2.6
"""Letters that a drop falls while the picture is taken: 13 cm at 1/60 s and 8 m/s."""
MOST_SITTING = 4


def rain(rng: Rng, picture: Pixels, letter: float) -> Pixels:
    """``picture`` (RGB) in the rain; ``letter`` is a letter's width. Plates stay legible."""
    wet: npt.NDArray[np.float32] = picture * np.float32(rng.uniform(0.65, 1.0))
    if rng.random() < 0.8:
        wet = _fall(rng, wet, letter)
    drawn = np.clip(wet, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(1, MOST_SITTING + 1))):
            drawn = _sit(rng, drawn, letter)
    return drawn


def _fall(rng: Rng, picture: npt.NDArray[np.float32], letter: float) -> npt.NDArray[np.float32]:
    """Streaks, all in about one direction: as bright as the sky by day, as a lamp by night."""
    streaks = _streaks(rng, picture.shape[:2], letter)
    tone = np.float32(rng.uniform(150, 255)) * rng.uniform(0.9, 1.0, 3).astype(np.float32)
    opaque = float(rng.uniform(0.15, 0.5))
    return picture + (tone - picture) * streaks[..., None] * np.float32(opaque)


def _streaks(rng: Rng, shape: tuple[int, int], letter: float) -> Shade:
    height, width = shape
    dense = float(rng.uniform(0.02, MOST_DENSE))
    count = int(np.clip(dense * height * width / letter**2, 1, 400))
    lean = float(rng.normal(0, 0.2))
    length = float(rng.uniform(0.2, LONGEST)) * letter
    streaks = np.zeros(shape, np.uint8)
    for _ in range(count):
        # One that is nearer is longer, wider and less sharp.
        near = float(np.exp(rng.normal(0, 0.35)))
        x, y = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.2, 1.1) * height
        end = x + length * near * np.sin(lean), y + length * near * np.cos(lean)
        bright = int(rng.uniform(90, 255))
        wide = max(1, round(0.06 * letter * near))
        start = round(float(x)), round(float(y))
        cv2.line(streaks, start, (round(float(end[0])), round(float(end[1]))), bright, wide, 16)
    soft = cv2.GaussianBlur(streaks, (0, 0), float(rng.uniform(0.3, 0.3 + 0.05 * letter)))
    return (soft / np.float32(255)).astype(np.float32)


def _sit(rng: Rng, picture: Pixels, letter: float) -> Pixels:
    """One drop on the glass: what is behind it is seen unsharp, and larger or smaller."""
    height, width = picture.shape[:2]
    x, y = rng.uniform(0, 1) * width, rng.uniform(0, 1) * height
    reach = float(rng.uniform(0.4, 1.8)) * letter
    tall = float(rng.uniform(0.9, 1.6))
    across, down = np.meshgrid(np.arange(width) - x, np.arange(height) - y)
    inside = np.exp(-(((across / reach) ** 2 + (down / (reach * tall)) ** 2) ** 2))
    drawn_out = 1 - inside * float(rng.uniform(-0.25, 0.3))
    bent = cv2.remap(
        picture,
        (x + across * drawn_out).astype(np.float32),
        (y + down * drawn_out).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    blurred = cv2.GaussianBlur(bent, (0, 0), float(rng.uniform(0.06, 0.16)) * letter + 0.1)
    lit = blurred * np.float32(rng.uniform(0.85, 1.2))
    mixed = picture + (lit - picture) * inside[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)
