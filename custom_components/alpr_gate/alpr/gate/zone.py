"""Where in a picture a plate may decide, and whether all of it is shown there.

A plate of which a part is hidden reads as another, shorter one, and as surely as a whole one. It is
hidden beyond the picture's edge, and where everything round a zone is painted over.
"""

from __future__ import annotations

from collections.abc import Iterator
import math

from ..polygon import contains
from ..types import ZONE_MARGIN, Box, Point, Zone

EDGE = 0.03
"""Widths of the plate that it must stay away from what is not shown: nearer it may be cut off."""


def in_zone(box: Box, size: tuple[int, int], zone: Zone) -> bool:
    """Whether the middle of a box lies in the zone; an empty zone is the whole picture."""
    if not zone:
        return True
    x, y = box.centre
    return contains(zone, (x / size[0], y / size[1]))


def is_whole(box: Box, size: tuple[int, int], zone: Zone) -> bool:
    """Whether neither the picture's edge nor what is hidden round the zone cuts a plate off.

    Args:
        box: of the plate, in pixels.
        size: width and height of the picture.
        zone: of the gate.
    """
    return box.keeps_off_edge(size, EDGE) and (
        not zone or all(is_shown(point, size, zone) for point in _points_around(box))
    )


def is_shown(point: Point, size: tuple[int, int], zone: Zone) -> bool:
    """Whether a point, in pixels, lies in the zone or so near that it is not painted over."""
    x, y = point
    width, height = size
    if contains(zone, (x / width, y / height)):
        return True
    border = [(across * width, down * height) for across, down in zone]
    reach = ZONE_MARGIN * max(size)
    return any(
        _distance(point, start, end) <= reach
        for start, end in zip(border, (*border[1:], border[0]), strict=True)
    )


def _points_around(box: Box) -> Iterator[Point]:
    """The corners, and the middles of the sides, of a box that is larger by ``EDGE``."""
    room = EDGE * box.width
    middle = box.centre
    for x in (box.x1 - room, middle[0], box.x2 + room):
        for y in (box.y1 - room, middle[1], box.y2 + room):
            yield x, y


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the nearest one of the straight line between two others."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across**2 + down**2
    along = (point[0] - start[0]) * across + (point[1] - start[1]) * down
    share = min(1.0, max(0.0, along / length)) if length else 0.0
    return math.dist(point, (start[0] + share * across, start[1] + share * down))
