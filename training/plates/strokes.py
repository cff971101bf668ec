"""Letters of our own: skeletons in ``styles/strokes.json`` drawn with a pen.

A skeleton is one or more strokes of points ``x,y`` on a unit square, y downwards; ``~``
before a point rounds the corner there and ``z`` closes the stroke. Each letter has one or
more forms. A :class:`Pen` fixes the forms, the weight and the roundness, so that one pen
is one lettering.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
import json
import math

import numpy as np
from PIL import Image, ImageDraw

from training.plates.style import STYLES_DIR

Rng = np.random.Generator
Point = tuple[float, float]

_SUPERSAMPLING = 3
_ARC_STEPS = 6
_NARROW = {"I": 0.35, "1": 0.7, "J": 0.9, "M": 1.12, "W": 1.18}


@dataclass(frozen=True, slots=True)
class Vertex:
    """A point of a skeleton; ``round`` says whether the pen turns softly there."""

    x: float
    y: float
    round: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """One pull of the pen."""

    vertices: tuple[Vertex, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Pen:
    """One lettering.

    ``weight`` is the stroke's width in letter heights; ``roundness`` 0..1
    is how far a soft corner reaches; ``forms`` picks a form for every letter.
    """

    weight: float
    roundness: float
    round_caps: bool
    proportional: bool
    slant: float
    forms: Mapping[str, int]


def _parse_stroke(text: str) -> Stroke:
    words = text.split()
    closed = words[-1] == "z"
    vertices = []
    for word in words[: len(words) - closed]:
        x, y = word.removeprefix("~").split(",")
        vertices.append(Vertex(float(x), float(y), word.startswith("~")))
    return Stroke(tuple(vertices), closed)


@cache
def skeletons() -> Mapping[str, tuple[tuple[Stroke, ...], ...]]:
    """Every letter's forms, each a tuple of strokes."""
    table: dict[str, list[list[str]]] = json.loads((STYLES_DIR / "strokes.json").read_text())
    return {
        letter: tuple(tuple(_parse_stroke(stroke) for stroke in form) for form in forms)
        for letter, forms in table.items()
    }


_SQUAREST = {"din": 0.4, "wright": 0.3}
"""Least roundness: on many plates, Brazil's among them, an O is nearly as square as a D."""
_ZERO_FORMS = (0, 0, 0, 0, 0, 0, 1)
_BARRED_SEVEN = 3
"""The form of a seven with a bar; American dies have neither that nor a barred Z."""


def random_pen(rng: Rng, kind: str) -> Pen:
    """A pen of a kind.

    ``din`` and ``wright`` are flat and even, ``die`` is a rounded US stamping die, ``fe`` has the
    wilful forms of falsification-hindering letters.
    """
    forms = {letter: int(rng.integers(len(all_))) for letter, all_ in skeletons().items()}
    if kind != "fe":
        forms["A"] = int(rng.choice([0, 1, 3]))
    forms["0"] = int(rng.choice(_ZERO_FORMS)) if kind in ("die", "any") else 0
    if kind == "die":
        forms["7"], forms["Z"] = int(rng.integers(_BARRED_SEVEN)), 0
    if kind in ("din", "wright"):
        forms["1"] = int(rng.choice([0, 2, 0, 1]))
    if kind == "wright":
        forms["1"] = int(rng.choice([0, 3]))
    heavy = {"din": (0.12, 0.15), "wright": (0.14, 0.19), "die": (0.1, 0.16), "fe": (0.12, 0.15)}
    low, high = heavy.get(kind, (0.09, 0.19))
    return Pen(
        weight=float(rng.uniform(low, high)),
        roundness=float(rng.uniform(_SQUAREST.get(kind, 0.55), 1.0)),
        round_caps=bool(rng.random() < (0.75 if kind == "die" else 0.25)),
        proportional=bool(rng.random() < 0.7),
        slant=float(rng.normal(0, 0.05)) if kind == "any" else 0.0,
        forms=forms,
    )


def relative_width(pen: Pen, letter: str) -> float:
    """The letter's width in widths of an ordinary letter."""
    if letter == "I" and pen.forms["I"] == 1:
        return 0.7
    if letter == "1" and pen.forms["1"] == 3:
        return 0.35 if pen.proportional else 0.6
    if letter == "I" and not pen.proportional:
        return 0.6
    return _NARROW.get(letter, 1.0)


def _rounded(stroke: Stroke, width: float, height: float, radius: float) -> list[Point]:
    """The stroke's points in pixels with every soft corner replaced by an arc."""
    points = [(v.x * width, v.y * height) for v in stroke.vertices]
    count = len(points)
    path: list[Point] = []
    for i, vertex in enumerate(stroke.vertices):
        inner = stroke.closed or 0 < i < count - 1
        if not (vertex.round and inner):
            path.append(points[i])
            continue
        before, at, after = points[i - 1], points[i], points[(i + 1) % count]
        path.extend(_corner(before, at, after, radius))
    if stroke.closed:
        path.append(path[0])
    return path


def _corner(before: Point, at: Point, after: Point, radius: float) -> list[Point]:
    to_before = (before[0] - at[0], before[1] - at[1])
    to_after = (after[0] - at[0], after[1] - at[1])
    reach_in = min(radius, math.hypot(*to_before) * 0.5)
    reach_out = min(radius, math.hypot(*to_after) * 0.5)
    start = _towards(at, to_before, reach_in)
    end = _towards(at, to_after, reach_out)
    # A conic whose weight is that of a circle's quarter: w = cos(45 degrees).
    arc = []
    for step in range(_ARC_STEPS + 1):
        t = step / _ARC_STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t) * math.sqrt(0.5), t * t
        total = a + b + c
        x = (a * start[0] + b * at[0] + c * end[0]) / total
        y = (a * start[1] + b * at[1] + c * end[1]) / total
        arc.append((x, y))
    return arc


def _towards(origin: Point, direction: Point, distance: float) -> Point:
    length = math.hypot(*direction) or 1.0
    return origin[0] + direction[0] / length * distance, origin[1] + direction[
        1
    ] / length * distance


def draw_letter(pen: Pen, letter: str, width: int, height: int) -> Image.Image:
    """The letter as a mask (mode L) of the given size in pixels, 255 where there is ink."""
    big_w, big_h = width * _SUPERSAMPLING, height * _SUPERSAMPLING
    line = max(1.0, pen.weight * big_h)
    line = min(line, big_w * 0.9)
    mask = Image.new("L", (big_w, big_h), 0)
    draw = ImageDraw.Draw(mask)
    inner_w, inner_h = max(1.0, big_w - line), max(1.0, big_h - line)
    radius = pen.roundness * min(inner_w, inner_h) * 0.5
    for stroke in skeletons()[letter][pen.forms[letter]]:
        path = _rounded(stroke, inner_w, inner_h, radius)
        shifted = [(x + line / 2 - pen.slant * (y - inner_h / 2), y + line / 2) for x, y in path]
        _pull(draw, shifted, line, pen.round_caps, stroke.closed)
    return mask.resize((width, height), Image.Resampling.BOX)


def _pull(
    draw: ImageDraw.ImageDraw, path: list[Point], line: float, soft: bool, closed: bool
) -> None:
    """Draw one stroke; flat ends reach half a line beyond the skeleton, as a die's do."""
    half = line / 2
    if not soft and not closed:
        path = [_beyond(path[0], path[1], half), *path[1:-1], _beyond(path[-1], path[-2], half)]
    draw.line(path, fill=255, width=max(1, round(line)), joint="curve")
    if soft or closed:
        for x, y in (path[0], path[-1]):
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)


def _beyond(end: Point, inner: Point, distance: float) -> Point:
    return _towards(end, (end[0] - inner[0], end[1] - inner[1]), distance)
