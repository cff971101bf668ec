"""What a car does, from how its plate grows and moves in one camera's picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..types import Box, Movement

SPAN = 4.0
"""Seconds of the past that tell."""
GROWN = 1.06
"""A plate this many times wider comes nearer; one as many times narrower goes away."""
JITTER = 0.97
"""A detector's boxes vary by about three percent: narrower than this may be a car that leaves."""
TELLING_SECONDS = 1.0
"""Seconds for which one camera must have seen a car that does not clearly come nearer. A car that
pulls away from rest drives a seventh of a metre in its first half second: a plate a few metres away
becomes three percent narrower, no more than boxes vary. After a second it is four times as much."""
GROWN_AT_ONCE = 1.1
"""A plate so many times wider comes nearer, however short the time: boxes do not vary so much."""
STILL_SECONDS = 1.5
"""A car that neither grew nor moved for so long stands."""
STILL_SHIFT = 0.25
"""Widths of the plate that a standing car's box may wander."""

MOVED_SHIFT = 0.5
"""Widths of the plate by which the box of a car at rest may wander over minutes."""
MOVED_GROWTH = 1.15
"""How many times wider or narrower it may become."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A plate at one place at one time."""

    at: float
    """Monotonic seconds."""
    box: Box


def movement_of(sightings: Sequence[Sighting]) -> Movement:
    """What the car of these sightings of one camera, oldest first, does now."""
    recent = _recent(sightings)
    if len(recent) < 3:
        return Movement.UNKNOWN
    third = max(1, len(recent) // 3)
    before = median(sighting.box.width for sighting in recent[:third])
    after = median(sighting.box.width for sighting in recent[-third:])
    if after >= before * GROWN:
        return Movement.APPROACHING
    if after <= before / GROWN:
        return Movement.LEAVING
    if recent[-1].at - recent[0].at >= STILL_SECONDS and _wandered(recent) <= STILL_SHIFT:
        return Movement.STANDING
    return Movement.UNKNOWN


def may_be_leaving(sightings: Sequence[Sighting]) -> bool:
    """Whether the last box is narrower than the first: too few to tell, enough to wait."""
    compared = _compared(sightings)
    return len(compared) > 1 and compared[-1].box.width < compared[0].box.width * JITTER


def is_telling(sightings: Sequence[Sighting]) -> bool:
    """Whether it would be narrower by now if it left: it was seen for long, or clearly grew."""
    compared = _compared(sightings)
    if len(compared) < 2:
        return False
    first, last = compared[0], compared[-1]
    grew = last.box.width >= first.box.width * GROWN_AT_ONCE
    return grew or last.at - first.at >= TELLING_SECONDS


def has_moved(rest: Box, now: Box) -> bool:
    """Whether a plate is no longer where it was at rest, or no longer as wide."""
    growth = max(now.width, rest.width) / min(now.width, rest.width)
    return growth > MOVED_GROWTH or has_shifted(rest, now)


def has_shifted(rest: Box, now: Box) -> bool:
    """Whether a plate is no longer where it was at rest."""
    (x1, y1), (x2, y2) = rest.centre, now.centre
    return max(abs(x2 - x1), abs(y2 - y1)) > MOVED_SHIFT * rest.width


def _compared(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """What was seen lately; of a camera that gives few pictures, the last two."""
    recent = _recent(sightings)
    return recent if len(recent) > 1 else sightings[-2:]


def _recent(sightings: Sequence[Sighting]) -> list[Sighting]:
    if not sightings:
        return []
    newest = sightings[-1].at
    return [sighting for sighting in sightings if newest - sighting.at <= SPAN]


def _wandered(sightings: Sequence[Sighting]) -> float:
    """How far the box moved, in widths of the plate."""
    width = median(sighting.box.width for sighting in sightings)
    xs = [sighting.box.centre[0] for sighting in sightings]
    ys = [sighting.box.centre[1] for sighting in sightings]
    return max(max(xs) - min(xs), max(ys) - min(ys)) / width
