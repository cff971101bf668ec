"""The surface a plate is drawn on."""

from __future__ import annotations

from dataclasses import dataclass
import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.plates.style import Colour, Paint

Rng = np.random.Generator
Box = tuple[float, float, float, float]
Point = tuple[float, float]

_LIGHTNESS = np.array([0.299, 0.587, 0.114])


@dataclass(slots=True)
class Canvas:
    """A plate in the making: picture, pen and colours. Boxes are fractions of the plate."""

    image: Image.Image
    paint: Paint

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        """A pen on the picture as it is now."""
        return ImageDraw.Draw(self.image)

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.image.width

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.image.height

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """A box in fractions as (left, top, right, bottom) in pixels."""
        left, top, right, bottom = box
        return (
            round(left * self.width),
            round(top * self.height),
            round(right * self.width),
            round(bottom * self.height),
        )

    def paste_ink(self, mask: Image.Image, at: tuple[int, int], colour: Colour) -> None:
        """Print a mask (mode L) in a colour with its upper left corner at a pixel."""
        self.image.paste(colour, (*at, at[0] + mask.width, at[1] + mask.height), mask)


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """``share`` (0..1) of ``b`` in ``a``."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def jitter(colour: Colour, rng: Rng, spread: float = 12) -> Colour:
    """The colour as another batch of paint would have it."""
    noise = rng.normal(0, spread, 3) + rng.normal(0, spread)
    red, green, blue = np.clip(np.asarray(colour) + noise, 0, 255).astype(int).tolist()
    return red, green, blue


def any_paint(rng: Rng, apart: float = 75.0) -> Paint:
    """Two colours whose lightness (0..255) is at least ``apart``; the ground is mostly lighter."""
    while True:
        ground, ink = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3) * rng.uniform(0.1, 1)
        if rng.random() < 0.75:
            ground = 255 - (255 - ground) * rng.uniform(0.1, 1)
        difference = float((ground - ink) @ _LIGHTNESS)
        if difference > apart or (difference < -apart and rng.random() < 0.3):
            return Paint(_colour(ground), _colour(ink))


def _colour(channels: npt.NDArray[np.float64]) -> Colour:
    red, green, blue = channels.astype(int).tolist()
    return red, green, blue


def vivid(rng: Rng) -> Colour:
    """Any strong colour."""
    channels = np.array([rng.uniform(150, 255), rng.uniform(0, 255), rng.uniform(0, 90)])
    red, green, blue = rng.permutation(channels).astype(int).tolist()
    return red, green, blue


def blob(
    rng: Rng, centre: Point, radius: Point, corners: int = 9, rough: float = 0.35
) -> list[Point]:
    """An irregular outline such as a state's, as polygon points."""
    turns = np.sort(rng.uniform(0, 2 * math.pi, corners))
    reach = rng.uniform(1 - rough, 1, corners)
    return [
        (
            centre[0] + float(math.cos(t) * r) * radius[0],
            centre[1] + float(math.sin(t) * r) * radius[1],
        )
        for t, r in zip(turns, reach, strict=True)
    ]


def star(centre: Point, radius: float, points: int = 5, inner: float = 0.4) -> list[Point]:
    """A star's polygon points."""
    path = []
    for i in range(points * 2):
        reach = radius if i % 2 == 0 else radius * inner
        angle = math.pi * i / points - math.pi / 2
        path.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    return path
