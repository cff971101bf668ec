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
STILL_SECONDS = 1.5
"""A car that neither grew nor moved for so long stands."""
STILL_SHIFT = 0.25
"""Widths of the plate that a standing car's box may wander."""


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
    """Whether the last boxes are narrower than the first: too few to tell, enough to wait."""
    recent = _recent(sightings)
    return len(recent) > 1 and recent[-1].box.width < recent[0].box.width * JITTER


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
