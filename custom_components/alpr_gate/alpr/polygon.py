"""Whether a point lies in a polygon: what an engine shows of a zone, and what a gate believes."""

from __future__ import annotations

from collections.abc import Sequence

from .types import Point


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether a polygon contains a point; never, where it has no corners.

    The even-odd rule: a ray to the right crosses the border an odd number of times.
    """
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
