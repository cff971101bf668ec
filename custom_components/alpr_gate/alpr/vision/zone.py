"""The part of the picture that counts: a polygon in fractions of the upright picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..polygon import contains
from ..types import ImageProblem
from .errors import ImageRefused

if TYPE_CHECKING:
    from ..types import Point, Zone

MOST_POINTS = 64
SMALLEST_AREA = 1e-4
"""Fraction of the picture: a hundredth of its width by a hundredth of its height."""


def check_zone(zone: Zone) -> None:
    """Refuse what is no area.

    Raises:
        ImageRefused: BAD_ZONE for fewer than three points (none at all means the whole picture),
            too many, points outside 0..1 or not finite, or a polygon with next to no area.
    """
    if not zone:
        return
    if not 3 <= len(zone) <= MOST_POINTS:
        raise ImageRefused(ImageProblem.BAD_ZONE, f"a zone has 3 to {MOST_POINTS} points")
    if not all(math.isfinite(value) and 0 <= value <= 1 for point in zone for value in point):
        raise ImageRefused(ImageProblem.BAD_ZONE, "coordinates are fractions from 0 to 1")
    if abs(_signed_area(zone)) < SMALLEST_AREA:
        raise ImageRefused(ImageProblem.BAD_ZONE, "the zone has no area")


def parse_zone(text: str) -> Zone:
    """Read ``x1,y1;x2,y2;…``; an empty text is the whole picture.

    Raises:
        ImageRefused: BAD_ZONE, see ``check_zone``; also for anything that is not a list of pairs.
    """
    if not text.strip():
        return ()
    if len(text) > MOST_POINTS * 64:
        raise ImageRefused(ImageProblem.BAD_ZONE, f"a zone has 3 to {MOST_POINTS} points")
    zone = tuple(_parse_point(pair) for pair in text.split(";"))
    check_zone(zone)
    return zone


def format_zone(zone: Zone) -> str:
    """Write a zone the way ``parse_zone`` reads it, with every digit that matters."""
    return ";".join(f"{x!r},{y!r}" for x, y in zone)


def inside(zone: Zone, point: Point) -> bool:
    """Tell whether a point (fractions) lies in the polygon; always true for the empty zone."""
    return not zone or contains(zone, point)


def bounds(zone: Zone) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the zone in fractions; all of the picture when empty."""
    if not zone:
        return 0.0, 0.0, 1.0, 1.0
    xs, ys = [x for x, _ in zone], [y for _, y in zone]
    return min(xs), min(ys), max(xs), max(ys)


def _parse_point(pair: str) -> Point:
    try:
        x, y = (float(part) for part in pair.split(","))
    except ValueError:
        raise ImageRefused(ImageProblem.BAD_ZONE, "a zone is written x1,y1;x2,y2;…") from None
    return x, y


def _signed_area(zone: Zone) -> float:
    """The shoelace formula."""
    pairs = zip(zone, (*zone[1:], zone[0]), strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
