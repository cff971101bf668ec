"""The zone as an owner types it: in percent of the picture, counted from its top left corner.

Two forms are understood. A box is four numbers: left, top, right, bottom, where right is more than
left and bottom more than top (in another order they were meant as something else, such as a width).
Any other shape is its corners, ``x, y`` each, with semicolons between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alpr.types import ImageProblem
from .alpr.vision.errors import ImageRefused
from .alpr.vision.zone import check_zone

if TYPE_CHECKING:
    from .alpr.types import Zone

_PERCENT = 100


def zone_from_text(text: str) -> Zone:
    """Corners in fractions of the picture; empty text is the whole picture (an empty zone).

    When no number is above 1 they are taken for fractions, as the engine writes them: nobody means
    a zone within the first hundredth of the picture. Raises ImageRefused(BAD_ZONE).
    """
    zone = _corners(text)
    if any(number > 1 for corner in zone for number in corner):
        zone = tuple((x / _PERCENT, y / _PERCENT) for x, y in zone)
    check_zone(zone)
    return zone


def zone_to_text(zone: Zone) -> str:
    """The zone's corners in percent, as ``zone_from_text`` understands them."""
    return "; ".join(f"{x * _PERCENT:g}, {y * _PERCENT:g}" for x, y in zone)


def _corners(text: str) -> Zone:
    """Corners as typed, in whatever unit; a box is turned into its four corners."""
    rows = [_numbers(row) for row in text.split(";") if row.strip()]
    match rows:
        case [[left, top, right, bottom]] if left < right and top < bottom:
            return (left, top), (right, top), (right, bottom), (left, bottom)
        case _ if all(len(row) == 2 for row in rows):
            return tuple((row[0], row[1]) for row in rows)
    raise ImageRefused(
        ImageProblem.BAD_ZONE, "a box is left, top, right, bottom; a corner has two numbers"
    )


def _numbers(row: str) -> list[float]:
    """The numbers of a row, which commas or spaces keep apart."""
    try:
        return [float(part) for part in row.replace(",", " ").replace("%", " ").split()]
    except ValueError:
        raise ImageRefused(ImageProblem.BAD_ZONE, "not a number") from None
