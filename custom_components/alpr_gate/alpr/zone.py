"""A zone as text: ``x1,y1;x2,y2;…`` in fractions of the upright picture, as the engine is asked."""

from __future__ import annotations

from itertools import pairwise
import re
from typing import TYPE_CHECKING

from .types import ImageProblem, ImageRefused

if TYPE_CHECKING:
    from .types import Zone

MAX_CORNERS = 64
_CORNER = re.compile(r"([0-9.]{1,20}),([0-9.]{1,20})", re.ASCII)


def parse_zone(text: str) -> Zone:
    """The polygon that ``text`` describes; empty text is the whole picture (an empty zone).

    Raises ImageRefused(BAD_ZONE) unless it has 3 to 64 corners, all inside the picture, and an inside.
    """
    if not text:
        return ()
    corners = []
    for part in text.split(";", MAX_CORNERS):
        corner = _CORNER.fullmatch(part)
        if corner is None:
            raise ImageRefused(ImageProblem.BAD_ZONE)
        try:
            corners.append((float(corner[1]), float(corner[2])))
        except ValueError as error:
            raise ImageRefused(ImageProblem.BAD_ZONE) from error
    zone = tuple(corners)
    if (
        not 3 <= len(zone) <= MAX_CORNERS
        or any(not 0 <= number <= 1 for corner in zone for number in corner)
        or _area(zone) <= 0
    ):
        raise ImageRefused(ImageProblem.BAD_ZONE)
    return zone


def format_zone(zone: Zone) -> str:
    """The text that ``parse_zone`` reads back, exact to a millionth of the picture's side."""
    return ";".join(f"{x:.6f},{y:.6f}" for x, y in zone)


def _area(zone: Zone) -> float:
    """Twice the polygon's area by the shoelace formula, whichever way round it is drawn."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*zone, zone[0]))))
