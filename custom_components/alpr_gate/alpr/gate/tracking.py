"""Which plate in a picture belongs to which visit: by place and size, text only as a tie-break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import math

from ..types import Box, Frame, PlateRead
from .movement import has_moved
from .plate import glyph_key, is_alike
from .visit import Visit

REACH = 0.8
"""Widths of the plate that its middle may be away from where it was a moment ago."""
SPEED = 4.0
"""Widths of the plate a second by which that grows."""
FARTHEST = 5.0
"""Widths of the plate beyond which two places are never one car's."""
GROWTH = 1.4
"""How many times wider or narrower the plate may be a moment later."""
GROWTH_SPEED = 1.0
MOST_GROWTH = 3.0
SAME_TEXT = 0.5
"""Widths of the plate that the same text is worth."""
SAME_PLACE = 0.4
"""Overlap (intersection over union) from which on a plate stands where one was a moment ago."""
GHOST_SECONDS = 120.0
"""For so long after it was lost, a plate at the same place is the same car's."""
PARKED_GHOST_SECONDS = 4 * 3600.0
"""For so long after a parked car was lost, a plate that has not moved since is its."""
PASSAGE_SECONDS = 60.0
"""For so long after one camera lost a car that was let in, another may see it come through."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A visit that ended although its car may still stand there, unseen for a moment.

    Somebody walks past the plate, a van stops before it, headlights blind the camera: what was
    known of the car must not be forgotten for that.
    """

    visit: Visit
    ended_at: float

    @property
    def lasts(self) -> float:
        """Seconds after its end for which its car may still be there.

        Of one that was seen to move off nobody knows where it stands: it may come again.
        """
        is_at_rest = self.visit.stayed and self.visit.track.is_parked
        listed = self.visit.listed_as is not None
        return PARKED_GHOST_SECONDS if is_at_rest and listed else GHOST_SECONDS

    def has_come_through(self, key: str, visit: Visit) -> bool:
        """Whether ``visit``, read as ``key``, is this car seen by the gate's other cameras next."""
        return (
            self.visit.key == key
            and self._was_let_in_just_before(visit)
            and not self._shares_camera(visit)
        )

    def may_be_inside(self, key: str, visit: Visit) -> bool:
        """Whether ``visit``, read as ``key``, may be this car, seen behind the gate by its camera.

        What drove away before has come again, and so has what all of its cameras see come.
        """
        here, there = visit.track, self.visit.track
        comes = here.came_nearer and there.sightings.keys() <= here.sightings.keys()
        return (
            self.visit.key == key
            and self._was_let_in_just_before(visit)
            and not there.has_driven_away
            and not comes
        )

    def is_looked_for_in(self, visit: Visit) -> bool:
        """Whether ``visit`` may be this car that was let in, also where it is misread just now."""
        return self._was_let_in_just_before(visit) and is_alike(self.visit.key, visit.key)

    def _was_let_in_just_before(self, visit: Visit) -> bool:
        return self.visit.is_let_in and visit.began_at - self.ended_at <= PASSAGE_SECONDS

    def _shares_camera(self, visit: Visit) -> bool:
        return any(camera in visit.track.sightings for camera in self.visit.track.sightings)

    def is_again(self, camera: str, read: PlateRead, now: float) -> bool:
        """Whether ``read`` is the same car at the same place."""
        box, gone = self.visit.track.box_in(camera), now - self.ended_at
        if box is None or gone > self.lasts or not is_alike(self.visit.key, read.text):
            return False
        overlaps = gone <= GHOST_SECONDS and box.iou(read.box) >= SAME_PLACE
        return overlaps or not has_moved(box, read.box)

    def is_further(self, camera: str, read: PlateRead, now: float) -> bool:
        """Whether ``read`` may be the same car on its way: it was seen to drive away."""
        return (
            self.visit.track.has_driven_away
            and now - self.ended_at <= GHOST_SECONDS
            and camera in self.visit.track.sightings
            and is_alike(self.visit.key, read.text)
        )


def assign(visits: Sequence[Visit], frame: Frame, reads: Sequence[PlateRead]) -> list[Visit | None]:
    """For each read, the visit it belongs to, or None for a new one; each visit at most once."""
    pairs = sorted(
        (cost, place, number)
        for number, visit in enumerate(visits)
        for place, read in enumerate(reads)
        if (cost := _cost(visit, frame, read)) is not None
    )
    found: list[Visit | None] = [None] * len(reads)
    taken: set[int] = set()
    for _, place, number in pairs:
        if found[place] is None and number not in taken:
            found[place] = visits[number]
            taken.add(number)
    return found


def _cost(visit: Visit, frame: Frame, read: PlateRead) -> float | None:
    """How badly a read fits a visit, in widths of the plate; None when it cannot be its car."""
    if visit.contradicted_by(read):
        return None
    same_text = visit.key == glyph_key(read.text)
    seen = visit.track.sightings.get(frame.camera)
    if not seen:
        # Places in two cameras' pictures cannot be compared: only the same text makes one car.
        return FARTHEST if same_text else None
    passed = max(0.0, frame.asked_at - seen[-1].at)
    if visit.track.is_parked and not is_alike(visit.key, read.text):
        # However long ago it was seen: what stands has not become another plate further on.
        passed = 0.0
    distance = _distance(seen[-1].box, read.box)
    if distance > min(FARTHEST, REACH + SPEED * passed):
        return None
    growth = read.box.width / seen[-1].box.width
    if not 1 / _growth(passed) <= growth <= _growth(passed):
        return None
    return distance + abs(math.log(growth)) - (SAME_TEXT if same_text else 0.0)


def _growth(passed: float) -> float:
    return min(MOST_GROWTH, GROWTH + GROWTH_SPEED * passed)


def _distance(first: Box, second: Box) -> float:
    """Between the middles, in widths of the wider plate."""
    (x1, y1), (x2, y2) = first.centre, second.centre
    return math.hypot(x2 - x1, y2 - y1) / max(first.width, second.width)


def nearest(
    candidates: Iterable[tuple[Visit, Box]], rival_size: float
) -> tuple[Visit | None, bool]:
    """The visit of the car at the gate, and whether another is about as near.

    The widest plate is the nearest. Parked cars count only where nothing else is there.
    """
    everything = list(candidates)
    coming = [pair for pair in everything if not pair[0].track.is_parked] or everything
    ranked = sorted(coming, key=lambda pair: pair[1].width, reverse=True)
    if not ranked:
        return None, False
    (visit, widest), *others = ranked
    return visit, any(is_about_as_near(box, widest, rival_size) for _, box in others)


def is_about_as_near(box: Box, other: Box, rival_size: float) -> bool:
    """Whether a plate is as near as another of the same picture, by its width or by its height.

    A motorcycle's plate is narrower than that of a car behind it, and so is one turned away.
    """
    return box.width >= rival_size * other.width or box.nearness >= rival_size * other.nearness
