"""A car that drives up, made from one photograph: the same plate as a camera would see it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    PixelBox = tuple[float, float, float, float]
    """x1, y1, x2, y2 in pixels."""

NEAREST = 1.6
"""Zoom of the last frame; the first shows the whole photograph."""
WIDEST_PLATE = 0.6
"""The plate never fills more of the picture's width than this."""
ROOM = 0.25
"""Room kept round the plate, in widths and heights of the plate."""

MOST_BLUR = 0.8
"""Pixels, standard deviation."""
NOISE = (1.5, 5.0)
"""Grey levels, standard deviation."""
EXPOSURE = (0.85, 1.15)
SHAKE = 0.012
"""How far the camera's view wanders from frame to frame, in widths of the picture."""


@dataclass(frozen=True, slots=True)
class View:
    """What part of the photograph one frame shows."""

    left: float
    top: float
    width: float
    height: float


def approach_frames(photo: Pixels, box: PixelBox, seed: int, frames: int = 8) -> list[Pixels]:
    """Frames of a car coming nearer, by zoom, pan, slight blur, noise and exposure.

    Args:
        photo: height x width x 3, RGB.
        box: the plate in it; it stays in every frame, whole.
        seed: the same seed makes the same frames.
        frames: how many; the plate grows from each to the next.

    Returns:
        Pictures of the photograph's size, farthest first.
    """
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(photo)
    return [_as_filmed(picture, view, rng) for view in views(picture.size, box, rng, frames)]


def views(
    size: tuple[int, int], box: PixelBox, rng: np.random.Generator, frames: int
) -> list[View]:
    """The part of the photograph that each frame shows, the widest first."""
    width, height = size
    plate_width = max(1.0, box[2] - box[0])
    nearest = max(1.0, min(NEAREST, WIDEST_PLATE * width / plate_width))
    zooms = np.geomspace(1.0, nearest, frames) if frames > 1 else np.ones(frames)
    shown = []
    for zoom in zooms:
        view_width, view_height = width / float(zoom), height / float(zoom)
        shake_x, shake_y = rng.normal(0.0, SHAKE * width, 2)
        shown.append(
            View(
                _placed(box[0], box[2], width, view_width, float(shake_x)),
                _placed(box[1], box[3], height, view_height, float(shake_y)),
                view_width,
                view_height,
            )
        )
    return shown


def _placed(low: float, high: float, whole: float, shown: float, shake: float) -> float:
    """Where a view starts along one axis: shaken, inside the photograph, round the plate."""
    centre = (low + high) / 2
    room = ROOM * (high - low)
    # Zooming about the plate keeps it at the same fraction of the picture.
    start = centre - shown * centre / whole + shake
    start = min(start, low - room)
    start = max(start, high + room - shown)
    return min(max(start, 0.0), whole - shown)


def _as_filmed(picture: Image.Image, view: View, rng: np.random.Generator) -> Pixels:
    window = (view.left, view.top, view.left + view.width, view.top + view.height)
    frame = picture.resize(picture.size, Image.Resampling.BICUBIC, box=window)
    frame = frame.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.0, MOST_BLUR))))
    pixels = np.asarray(frame, dtype=np.float32)
    pixels *= np.float32(rng.uniform(*EXPOSURE))
    grain = rng.standard_normal(pixels.shape, dtype=np.float32)
    pixels += grain * np.float32(rng.uniform(*NOISE))
    return np.clip(pixels, 0, 255).astype(np.uint8)
