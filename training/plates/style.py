"""What a plate of one country or state looks like, read from the tables in ``styles/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import tomllib
from typing import Any

STYLES_DIR = Path(__file__).parent / "styles"

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Paint:
    """One colour scheme: ``ground`` under the letters, ``ink`` of the letters (RGB, 0..255)."""

    ground: Colour
    ink: Colour


@dataclass(frozen=True, slots=True)
class Decor:
    """One thing on the plate that is not the registration.

    ``kind`` names a drawing in :mod:`training.plates.decoration`; ``options`` are its
    parameters; ``chance`` (0..1) says how often a plate of the style carries it.
    """

    kind: str
    chance: float
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """One plate design.

    ``size_mm`` is (width, height); ``zone`` is the registration's box (left, top, right,
    bottom) as fractions of the plate; ``formats`` are written in the language of
    :mod:`training.plates.registration`; ``glyphs`` names the letterings it may use;
    ``tall`` is the share of the zone's height that one line of letters takes;
    ``aspect`` is a letter's width over its height; ``spacing`` and ``gap`` are distances
    between letters and between groups, in letter heights; ``mark`` names what stands
    where a format says ``*``. ``aside`` (0..1) says how often the registration makes room for
    a picture at one side, ``any_paint`` (0..1) how often a plate has colours of its own.
    """

    name: str
    region: str
    weight: float
    size_mm: tuple[float, float]
    zone: tuple[float, float, float, float]
    formats: tuple[str, ...]
    letters: str
    glyphs: tuple[str, ...]
    tall: tuple[float, float]
    aspect: tuple[float, float]
    spacing: tuple[float, float]
    gap: tuple[float, float]
    paints: tuple[Paint, ...]
    marks: tuple[str, ...]
    border: float
    embossed: float
    aside: float
    any_paint: float
    scenery: tuple[str, ...]
    decor: tuple[Decor, ...]

    @property
    def two_line(self) -> bool:
        """True if every format of the style has two lines."""
        return all("/" in form for form in self.formats)


def parse_colour(text: str) -> Colour:
    """``#rrggbb`` as RGB numbers. Raises ValueError for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"not a colour: {text!r}")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _pair(value: Any) -> tuple[float, float]:
    low, high = value
    return float(low), float(high)


def _decor(row: Mapping[str, Any]) -> Decor:
    options = {key: value for key, value in row.items() if key not in ("kind", "chance")}
    return Decor(str(row["kind"]), float(row.get("chance", 1.0)), options)


def _style(row: Mapping[str, Any], region: str) -> Style:
    left, top, right, bottom = (float(v) for v in row["zone"])
    return Style(
        name=str(row["name"]),
        region=str(row.get("region", region)),
        weight=float(row.get("weight", 1.0)),
        size_mm=_pair(row["size_mm"]),
        zone=(left, top, right, bottom),
        formats=tuple(row["formats"]),
        letters=str(row.get("letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        glyphs=tuple(row["glyphs"]),
        tall=_pair(row.get("tall", (1.0, 1.0))),
        aspect=_pair(row["aspect"]),
        spacing=_pair(row["spacing"]),
        gap=_pair(row["gap"]),
        paints=tuple(Paint(parse_colour(g), parse_colour(i)) for g, i in row["paints"]),
        marks=tuple(row.get("marks", ("dash",))),
        border=float(row.get("border", 0.0)),
        embossed=float(row.get("embossed", 0.5)),
        aside=float(row.get("aside", 0.0)),
        any_paint=float(row.get("any_paint", 0.0)),
        scenery=tuple(row.get("scenery", ())),
        decor=tuple(_decor(item) for item in row.get("decor", ())),
    )


def _names(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The short keys ``top`` and ``bottom`` (texts) as title decorations."""
    titles: list[dict[str, Any]] = []
    for key, place, height in (("top", (0.5, 0.11), 0.17), ("bottom", (0.5, 0.91), 0.12)):
        if key in row:
            title: dict[str, Any] = {
                "kind": "title",
                "texts": row[key],
                "at": place,
                "height": height,
                "longest": 0.66,
            }
            if "title_colour" in row:
                title["colour"] = row["title_colour"]
            titles.append(title)
    return titles


@cache
def load_styles() -> Mapping[str, Style]:
    """All styles by name. A row inherits what it leaves out from its file's ``[defaults]``."""
    styles: dict[str, Style] = {}
    for path in sorted(STYLES_DIR.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        shapes = table.get("shapes", {})
        for row in table.get("style", ()):
            base = {**table.get("defaults", {}), **shapes.get(row.get("shape", ""), {})}
            extra = [*_names(row), *base.get("decor", ()), *row.get("more", ())]
            style = _style({**base, "decor": extra, **row}, path.stem)
            if style.name in styles:
                raise ValueError(f"style {style.name!r} is defined twice")
            styles[style.name] = style
    return styles
