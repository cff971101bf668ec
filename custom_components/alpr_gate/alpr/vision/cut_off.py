"""A plate whose box leaves out its first or last character reads as another one, and surely.

What such a reader sees is a plate: only that a character stands where a plate has its edge gives it
away. Then it is read again with more of the picture at that side. Where that shows more, nobody
knows whether the box was too narrow or something beside the plate was taken for a character: what
was read stays, but it is no longer sure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..types import Box
from .backends.base import Detection

if TYPE_CHECKING:
    from ..types import Character, Corners
    from .backends.base import Reading

NEAR_END = 0.11
"""Share of the crop's width within which the middle of a plate's outermost character may well be
its second one's place: so it is for 1 in 3 plates whose box is right, and for most others."""
WIDER = 0.2
"""So much is added at that side, as a fraction of the plate's width: about one character.

Both were chosen on drawn scenes and close pictures of cars, with boxes cut by 10, 15 and 20 %."""
BELIEVED = 0.5
"""Probability of the weakest character from which on a longer text is a reason to doubt."""

NEARLY = 0.98
"""Of the best character's share, so that it stays the best: a reading must not change its text."""


def doubtful_sides(reading: Reading) -> tuple[bool, bool]:
    """Whether the plate may go on to the left, and to the right, of what was read."""
    if reading.ends is None:
        return False, False
    left, right = reading.ends
    return left < NEAR_END, right < NEAR_END


def widened(detection: Detection, sides: tuple[bool, bool]) -> Detection:
    """The same plate with more of the picture at its left, its right, or both."""
    left, right = (WIDER * side for side in sides)
    box = detection.box
    wider = Box(box.x1 - left * box.width, box.y1, box.x2 + right * box.width, box.y2)
    corners = None if detection.corners is None else _wider(detection.corners, left, right)
    return Detection(wider, detection.score, corners)


def doubted(reading: Reading, again: Reading, sides: tuple[bool, bool]) -> Reading:
    """A reading as sure as a second one, of a part wider at ``sides``, leaves it."""
    if not reading.text or not _shows_more(again, reading):
        return reading
    written = [place for place, position in enumerate(reading.characters) if position[0][0]]
    ends = {place for place, side in zip((written[0], written[-1]), sides, strict=True) if side}
    characters = tuple(
        _less_sure(position) if place in ends else position
        for place, position in enumerate(reading.characters)
    )
    return replace(reading, characters=characters)


def _shows_more(again: Reading, before: Reading) -> bool:
    """Whether there may be more, or something else, than was read before."""
    if len(again.text) == len(before.text):
        return again.text != before.text and again.weakest > before.weakest
    return len(again.text) > len(before.text) and again.weakest >= BELIEVED


def _less_sure(position: Character) -> Character:
    """Half of every probability; nearly all of the rest says that no character is there.

    It goes to one alternative, lest looks that all have this doubt add up to certainty.
    """
    best, *others = ((each, probability / 2) for each, probability in position if each)
    return best, ("", NEARLY * best[1]), *others


def _wider(corners: Corners, left: float, right: float) -> Corners:
    """Corners moved outwards along the plate's upper and lower edges."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    return (
        (ax - left * (bx - ax), ay - left * (by - ay)),
        (bx + right * (bx - ax), by + right * (by - ay)),
        (cx + right * (cx - dx), cy + right * (cy - dy)),
        (dx - left * (cx - dx), dy - left * (cy - dy)),
    )
