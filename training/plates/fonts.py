"""The fetched open fonts by what they may stand for, and captions set in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
import math
import os
from pathlib import Path
import tomllib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.folders import WORK
from training.plates.registration import ALPHABET
from training.plates.style import Colour

Rng = np.random.Generator

FONT_TABLE = Path(__file__).parent / "fonts.toml"
FONTS_DIR = WORK / "fonts"

HELD_OUT_VARIABLE = "ALPR_TRAINING_FONTS"
"""Environment variable: ``held-out`` draws with the fonts kept for validation alone,
``none`` with our own strokes alone; anything else with the training fonts."""

_PROBE_HEIGHT = 96

Family = tuple[str, ...]
"""Paths of the fonts of one package."""


def _usable(path: Path) -> bool:
    """True if the font has every letter, upright, with figures as tall as capitals."""
    try:
        font = ImageFont.truetype(str(path), _PROBE_HEIGHT)
        heights = {}
        for letter in ALPHABET:
            _, top, _, bottom = font.getbbox(letter)
            heights[letter] = bottom - top
    except (OSError, ValueError):
        return False
    capital = heights["H"]
    return capital > 0 and all(0.85 < heights[letter] / capital < 1.5 for letter in ALPHABET)


_LIGHT_OR_SLANTED = (
    "italic",
    "oblique",
    "thin",
    "extralight",
    "100",
    "200",
    "300light",
    "-light",
    "-eLight",
)


@cache
def _families(held_out: bool) -> Mapping[str, tuple[Family, ...]]:
    """The fetched families that may stand for a look, by look."""
    table = tomllib.loads(FONT_TABLE.read_text(encoding="utf-8"))
    by_look: dict[str, list[Family]] = {}
    for row in (*table["debian"], *table["npm"]):
        if bool(row.get("held_out", False)) is not held_out:
            continue
        family = _family(row["package"], (*row.get("skip", ()), *_LIGHT_OR_SLANTED))
        looks = row["look"] if row["look"] == ["title"] else (*row["look"], "any")
        for look in looks if family else ():
            by_look.setdefault(look, []).append(family)
    return {look: tuple(families) for look, families in by_look.items()}


def _family(package: str, skip: tuple[str, ...]) -> Family:
    found = sorted((FONTS_DIR / package.replace("/", "_")).glob("*.[ot]tf"))
    wanted = [path for path in found if not any(word.lower() in path.name.lower() for word in skip)]
    return tuple(str(path) for path in wanted if _usable(path))


def families_for(look: str) -> tuple[Family, ...]:
    """The fetched families of a look; empty if none were fetched."""
    choice = os.environ.get(HELD_OUT_VARIABLE, "")
    return () if choice == "none" else _families(choice == "held-out").get(look, ())


def any_font(rng: Rng, families: tuple[Family, ...]) -> str:
    """A font's path. Families are alike likely: one has twenty weights and another one."""
    return str(rng.choice(families[rng.integers(len(families))]))


@lru_cache(maxsize=256)
def _title_font(path: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def title_font(rng: Rng, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font for state names and slogans, ``size`` in pixels."""
    families = families_for("title") + families_for("sans")
    path = any_font(rng, families) if families and rng.random() < 0.85 else ""
    return _title_font(path, max(5, size))


def caption(text: str, height: int, colour: Colour, rng: Rng, longest: int) -> Image.Image:
    """A text in a title's font with alpha, squeezed to at most ``longest`` pixels."""
    font = title_font(rng, max(6, height))
    left, top, right, bottom = font.getbbox(text)
    size = (max(1, math.ceil(right - left)), max(1, math.ceil(bottom - top)))
    image = Image.new("RGBA", size, (*colour, 0))
    ImageDraw.Draw(image).text((-left, -top), text, font=font, fill=(*colour, 255))
    scale_x = min(1.0, longest / size[0])
    target = (max(1, round(size[0] * scale_x)), max(1, min(size[1], height)))
    return image.resize(target, Image.Resampling.BILINEAR)
