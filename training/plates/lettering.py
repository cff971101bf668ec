"""One lettering for one plate: letters as ink masks, from our own strokes or an open font."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFont

from training.plates import strokes
from training.plates.fonts import any_font, families_for
from training.plates.registration import ALPHABET

Rng = np.random.Generator
Bend = tuple[float, float]
"""How far the middle is moved, and how far the quarters are moved apart."""

_MASTER_HEIGHT = 96
_STROKE_SHARE = {"fe": 0.6, "din": 0.4, "wright": 0.5, "die": 0.55}
_BENT_SHARE = 0.7
_SLANTED_SHARE = 0.06
"""Of the letterings that are no country's own: slanted letters, as on plates made to order."""
_BEND = 0.06
"""Standard deviation of how far a letter's middle is moved, in widths and heights."""


class Lettering(Protocol):
    """Something that can draw letters of one design."""

    def width_of(self, letter: str) -> float:
        """The letter's width in widths of an ordinary letter."""

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        """The letter as a mask (mode L) of the given size in pixels, 255 where there is ink."""


@dataclass(frozen=True, slots=True)
class PenLettering:
    """Letters drawn by :mod:`training.plates.strokes`."""

    pen: strokes.Pen

    def width_of(self, letter: str) -> float:
        """See :class:`Lettering`."""
        return strokes.relative_width(self.pen, letter)

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        """See :class:`Lettering`."""
        return strokes.draw_letter(self.pen, letter, width, height)


@dataclass(frozen=True, slots=True)
class FontLettering:
    """Letters of an open font, each scaled from its own outline box."""

    path: str
    proportional: bool

    def width_of(self, letter: str) -> float:
        """See :class:`Lettering`."""
        ordinary = _master(self.path, "H").width
        relative = _master(self.path, letter).width / ordinary
        return relative if self.proportional or relative < 0.55 else min(max(relative, 0.85), 1.1)

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        """See :class:`Lettering`."""
        return _master(self.path, letter).resize(
            (width, height), Image.Resampling.BILINEAR, reducing_gap=2.0
        )


@dataclass(frozen=True, slots=True)
class BentLettering:
    """Another lettering whose letters have their bars, bowls and bends elsewhere.

    Every state cuts its dies anew, and fonts and pens are few. ``bends`` says of each letter how
    far its middle is moved across and down, and its quarters apart, in widths and heights.
    """

    inner: Lettering
    bends: Mapping[str, tuple[Bend, Bend]]

    def width_of(self, letter: str) -> float:
        """See :class:`Lettering`."""
        return self.inner.width_of(letter)

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        """See :class:`Lettering`."""
        straight = np.asarray(self.inner.mask(letter, width, height), np.float32)
        across, down = self.bends[letter]
        bent = _bent(_bent(straight, down).T, across).T
        return Image.fromarray(bent.round().astype(np.uint8))


@dataclass(frozen=True, slots=True)
class SlantedLettering:
    """Another lettering leaning to the right by ``slant`` widths a height."""

    inner: Lettering
    slant: float

    def width_of(self, letter: str) -> float:
        """See :class:`Lettering`."""
        return self.inner.width_of(letter)

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        """See :class:`Lettering`; the letter is narrower by what it leans."""
        lean = min(self.slant * height, 0.4 * width)
        upright = self.inner.mask(letter, max(1, round(width - lean)), height)
        room = Image.new("L", (width, height), 0)
        room.paste(upright, (0, 0))
        shear = (1.0, lean / height, -lean, 0.0, 1.0, 0.0)
        return room.transform(
            room.size, Image.Transform.AFFINE, shear, resample=Image.Resampling.BILINEAR
        )


def _bent(rows: npt.NDArray[np.float32], bend: Bend) -> npt.NDArray[np.float32]:
    """The rows moved up and down; the first and the last stay."""
    middle, quarters = bend
    at = np.linspace(0.0, 1.0, len(rows))
    wanted = at + middle * np.sin(np.pi * at) + quarters * np.sin(2 * np.pi * at)
    place = np.clip(wanted, 0.0, 1.0) * (len(rows) - 1)
    above = np.minimum(place.astype(int), max(0, len(rows) - 2))
    share = (place - above).astype(np.float32)[:, None]
    below = np.minimum(above + 1, len(rows) - 1)
    return np.asarray(rows[above] * (1 - share) + rows[below] * share)


def _random_bends(rng: Rng) -> Mapping[str, tuple[Bend, Bend]]:
    drawn = np.clip(rng.normal(0.0, _BEND, (len(ALPHABET), 2, 2)), -2 * _BEND, 2 * _BEND)
    # The sines' slopes stay above -1, so that no part of a letter is seen twice.
    drawn *= (1.0, 0.4)
    return {
        letter: ((float(x[0]), float(x[1])), (float(y[0]), float(y[1])))
        for letter, (x, y) in zip(ALPHABET, drawn, strict=True)
    }


@cache
def _master(path: str, letter: str) -> Image.Image:
    """The letter cropped to its ink, large."""
    font = ImageFont.truetype(path, _MASTER_HEIGHT)
    left, top, right, bottom = font.getbbox(letter)
    mask = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))), 0)
    core = font.getmask(letter, mode="L")
    image = Image.frombytes("L", core.size, bytes(core))
    mask.paste(image, (0, 0))
    box = mask.getbbox() or (0, 0, 1, 1)
    return mask.crop(box)


def choose_lettering(rng: Rng, look: str) -> Lettering:
    """A lettering for one plate: ``fe``, ``din``, ``wright``, ``die``, ``sans`` or ``any``."""
    lettering = _straight_lettering(rng, look)
    if look in ("sans", "any") and rng.random() < _SLANTED_SHARE:
        lettering = SlantedLettering(lettering, float(rng.uniform(0.08, 0.25)))
    if rng.random() >= _BENT_SHARE:
        return lettering
    return BentLettering(lettering, _random_bends(rng))


def _straight_lettering(rng: Rng, look: str) -> Lettering:
    families = families_for(look)
    if not families or rng.random() < _STROKE_SHARE.get(look, 0.3):
        return PenLettering(strokes.random_pen(rng, look))
    return FontLettering(any_font(rng, families), bool(rng.random() < 0.7))
