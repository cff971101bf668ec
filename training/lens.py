"""The camera's lens: lines bend towards the picture's edge, and the colours part there.

A gate's camera sees wide, with a cheap lens. What is photographed here is only a piece of its
picture, anywhere in it. Sizes are pixels; colours are RGB.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.upright import Pixels, Points

Rng = np.random.Generator

MOST_BENT = 0.3
"""A barrel this strong shows 30 % more at the edge than lines that stay straight would."""
MOST_PINCHED = 0.05
"""The other way round: a cushion, as some zoom lenses have."""
MOST_FRINGED = 1.2
"""Pixels between red and green, or green and blue, at the picture's edge."""
SURROUNDINGS = (0.1, 0.6)
"""How wide a plate's surroundings may be, as a share of the picture."""
_STEPS = 12


@dataclass(frozen=True, slots=True)
class Lens:
    """How a lens bends, seen from a piece of its picture."""

    middle: tuple[float, float]
    """Where the lens's axis meets the picture, in pixels of the piece."""
    reach: float
    """Half the picture's width in pixels: the unit of the radius."""
    bend: float
    """k1: what is seen at radius r would lie at r (1 + k1 r^2) if lines stayed straight. That is
    the first term of the model that D. C. Brown gave in 1966, with the directions exchanged, so
    that no lens folds a picture over itself."""
    fringe: float = 0.0
    """By how much red is larger and blue smaller than green, as a share of the radius."""

    def straight(self, points: Points) -> Points:
        """Where ``points`` (... x 2) of the picture would lie if lines stayed straight."""
        off = (points - self.middle) / self.reach
        grown = 1 + self.bend * (off**2).sum(-1, keepdims=True)
        moved: Points = off * grown * self.reach + self.middle
        return moved

    def seen(self, points: Points) -> Points:
        """The other way round, by Newton's method."""
        off = (points - self.middle) / self.reach
        wanted = np.maximum(np.sqrt((off**2).sum(-1, keepdims=True)), 1e-9)
        radius = wanted
        for _ in range(_STEPS):
            error = radius * (1 + self.bend * radius**2) - wanted
            radius = radius - error / (1 + 3 * self.bend * radius**2)
        moved: Points = off / wanted * radius * self.reach + self.middle
        return moved

    def growth(self, point: Points) -> float:
        """How many times smaller than without the lens things are at ``point``."""
        square = float((((point - self.middle) / self.reach) ** 2).sum())
        return float(np.sqrt((1 + self.bend * square) * (1 + 3 * self.bend * square)))


def any_lens(rng: Rng, shape: tuple[int, int], share: tuple[float, float] = SURROUNDINGS) -> Lens:
    """A lens, and where in its picture a piece of ``shape`` (width, height) is.

    :param share: how wide the piece may be, as a share of the picture: the least and the most.
    """
    width, height = shape
    wide = float(rng.uniform(*share))
    reach = width / wide / 2
    x, y = rng.uniform(-0.9, 0.9) * (1 - wide), rng.uniform(-0.6, 0.6) * (1 - wide)
    bend = float(rng.uniform(0.03, MOST_BENT) if rng.random() < 0.85 else -MOST_PINCHED)
    fringe = float(rng.uniform(-1, 1)) * MOST_FRINGED / max(reach, 100.0)
    middle = (width / 2 - x * reach, height / 2 - y * reach)
    return Lens(middle, reach, bend, fringe if rng.random() < 0.5 else 0.0)


def through(lens: Lens, picture: Pixels, corners: Points) -> tuple[Pixels, Points]:
    """The piece as the lens shows it, its middle where it was and about as large as it was.

    :param corners: places in the picture, ... x 2.
    :return: the picture, and where these places are in it.
    """
    height, width = picture.shape[:2]
    centre = np.array([width / 2, height / 2])
    growth = lens.growth(centre)
    base = lens.straight(centre)
    across, down = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    places = np.stack([across, down], -1)
    wanted = (lens.straight(places) - base) / growth + centre
    moved = lens.seen((corners - centre) * growth + base)
    return _sampled(picture, wanted, lens), moved


def _sampled(picture: Pixels, wanted: Points, lens: Lens) -> Pixels:
    """``picture`` at the places ``wanted``, each colour at its own."""
    if not lens.fringe:
        return _remapped(picture, wanted)
    outwards = (wanted - lens.middle) * lens.fringe
    colours = [
        _remapped(np.ascontiguousarray(picture[..., number]), wanted + outwards * sign)
        for number, sign in enumerate((1, 0, -1))
    ]
    return np.stack(colours, -1)


def _remapped(picture: Pixels, wanted: Points) -> Pixels:
    places: npt.NDArray[np.float32] = (wanted - 0.5).astype(np.float32)
    return cv2.remap(
        picture,
        np.ascontiguousarray(places[..., 0]),
        np.ascontiguousarray(places[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)
