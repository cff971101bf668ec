"""The zone as an owner types it, in percent of the picture; kept as corners in fractions.

Two forms are understood. A box is four numbers: left, top, right, bottom. Any other shape is its
corners, ``x,y`` each, with semicolons between them. Numbers count from the picture's top left corner.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .alpr.types import Point, Zone

_FEWEST_CORNERS = 3
_MOST_CORNERS = 32
_SMALLEST_AREA = 0.005
"""Of the picture: a car's plate fits into no less."""


class ZoneRefused(ValueError):
    """The text is no zone: not numbers, outside the picture, or a shape without an inside."""


def zone_from_text(text: str) -> Zone:
    """Corners in fractions of the picture; empty text is the whole picture (an empty zone).

    Numbers are percentages. When none is above 1 they are taken for the fractions that are saved:
    nobody means a zone within the first hundredth of the picture. Raises ZoneRefused.
    """
    if not text.strip():
        return ()
    corners = _corners(text)
    if max(max(corner) for corner in corners) > 1:
        corners = tuple((x / 100, y / 100) for x, y in corners)
    if any(not 0 <= number <= 1 for corner in corners for number in corner):
        raise ZoneRefused
    if not _FEWEST_CORNERS <= len(corners) <= _MOST_CORNERS or _area(corners) < _SMALLEST_AREA:
        raise ZoneRefused
    return corners


def zone_to_text(zone: Zone) -> str:
    """The zone in percent, as ``zone_from_text`` understands it."""
    return "; ".join(f"{x * 100:g}, {y * 100:g}" for x, y in zone)


def zone_to_fractions(zone: Zone) -> str:
    """The zone as it is saved: ``x1,y1;x2,y2;…`` in fractions."""
    return ";".join(f"{x:g},{y:g}" for x, y in zone)


def _corners(text: str) -> tuple[Point, ...]:
    """Corners as typed, in whatever unit; a box is turned into its four corners."""
    if ";" in text:
        points = [_numbers(point) for point in text.split(";") if point.strip()]
        if any(len(point) != len(("x", "y")) for point in points):
            raise ZoneRefused
        return tuple((x, y) for x, y in points)
    sides = _numbers(text)
    if len(sides) != len(("left", "top", "right", "bottom")):
        raise ZoneRefused
    left, top, right, bottom = sides
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _numbers(text: str) -> tuple[float, ...]:
    """The numbers of a comma or space separated text."""
    try:
        numbers = tuple(float(part.rstrip("%")) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise ZoneRefused from error
    if not all(map(math.isfinite, numbers)):
        raise ZoneRefused
    return numbers


def _area(corners: Zone) -> float:
    """The polygon's area by the shoelace formula, as a fraction of the picture."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*corners, corners[0])))) / 2
