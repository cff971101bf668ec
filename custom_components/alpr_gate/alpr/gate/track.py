"""Where one car was seen before one gate, by each camera, and what it does there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from ..types import Box, Movement
from .movement import (
    SPAN,
    Sighting,
    has_moved,
    has_shifted,
    is_telling,
    may_be_leaving,
    movement_of,
)
from .settings import GateSettings

SIGHTINGS_KEPT = 40
PARKED_SECONDS = 30.0
"""A car that has stood for so long is no rival of one that comes."""
STAYED_SECONDS = 60.0
"""A car that has stood for so long opens nothing any more until it has left."""
DRIVEN_AWAY = 1.15
"""How many times narrower than before the plate of a car is that has driven away, and how many
times wider than that it must become before it has come again."""
SETTLED = 3
"""Boxes of one camera after which their median is the plate's width: one alone may be wrong."""


@dataclass(slots=True)
class Track:
    """The places of one car; times are monotonic seconds."""

    last_seen: float = 0.0
    sightings: dict[str, deque[Sighting]] = field(default_factory=dict)
    """By camera."""
    missing: dict[str, int] = field(default_factory=dict)
    """Pictures in a row without it, by camera."""
    came_nearer: bool = False
    """A camera saw it come."""
    rests: dict[str, Sighting] = field(default_factory=dict)
    """Where and since when it stands, by camera."""
    widest: dict[str, float] = field(default_factory=dict)
    """Widest plate since it last came nearer, by camera."""
    narrowest: dict[str, float] = field(default_factory=dict)
    """Narrowest plate since it drove away, by camera."""

    def see(self, camera: str, sighting: Sighting) -> None:
        """A picture of this camera shows it."""
        seen = self.sightings.setdefault(camera, deque(maxlen=SIGHTINGS_KEPT))
        seen.append(sighting)
        self._note_rest(camera, sighting)
        self._note_direction(camera, seen)
        self.missing[camera] = 0
        self.last_seen = max(self.last_seen, sighting.at)

    def miss(self, camera: str) -> None:
        """A picture of this camera, in which it was seen before, does not show it."""
        if camera in self.missing:
            self.missing[camera] += 1

    def is_missed_by(self, camera: str) -> bool:
        """Whether the last picture of this camera, which has seen it, does not show it."""
        return bool(self.missing.get(camera))

    def has_left(self, settings: GateSettings, now: float) -> bool:
        """Whether every camera that saw it and still gives pictures has not seen it for long."""
        counts = [count for count in self.missing.values() if count]
        return (
            bool(counts)
            and min(counts) >= settings.absent_looks
            and now - self.last_seen >= settings.absent_seconds
        )

    @property
    def last_camera(self) -> str | None:
        """The camera that saw it last."""
        return max(self.sightings, key=lambda camera: self.sightings[camera][-1].at, default=None)

    @property
    def movement(self) -> Movement:
        """What it does; one camera that sees it leave outweighs all others."""
        recent = self._recent()
        moves = [movement_of(seen) for seen in recent]
        if Movement.LEAVING in moves or self.has_driven_away:
            return Movement.LEAVING
        return moves[0] if moves else Movement.UNKNOWN

    def may_be_leaving(self, settings: GateSettings) -> bool:
        """Whether it may be leaving, although too little was seen to tell.

        Who asks for a single look does without knowing: one picture tells nothing of it.
        """
        recent = [list(seen) for seen in self._recent()]
        if any(map(may_be_leaving, recent)):
            return True
        return settings.looks_needed > 1 and not any(map(is_telling, recent))

    @property
    def is_parked(self) -> bool:
        """Whether it has stood still for so long that it waits for nothing."""
        return self._rested >= PARKED_SECONDS

    def has_stayed(self, camera: str) -> bool:
        """Whether one camera has seen it stand in one place for so long that it does not come."""
        return self.sightings[camera][-1].at - self.rests[camera].at >= STAYED_SECONDS

    @property
    def has_driven_away(self) -> bool:
        """Whether any camera saw it get smaller, and none has seen it come nearer since."""
        return any(
            camera in self.sightings and _width_now(self.sightings[camera]) * DRIVEN_AWAY < widest
            for camera, widest in self.widest.items()
        )

    def go_on_leaving(self, before: Track, camera: str) -> None:
        """It may be the car of a track that ended, which drove away before this camera."""
        self.widest[camera] = before.widest.get(camera, 0.0)

    def cameras_now(self, settings: GateSettings, now: float) -> set[str]:
        """The cameras that see it, or saw it a moment ago: it may still be there."""
        return {
            camera
            for camera, seen in self.sightings.items()
            if self.missing[camera] < settings.absent_looks
            or now - seen[-1].at < settings.absent_seconds
        }

    def is_hidden_from(self, camera: str, settings: GateSettings, now: float) -> bool:
        """Whether a camera that does not see it now saw it a moment ago: it may still be there.

        What was seen once or twice may be lettering that looked like a plate for a moment.
        """
        is_settled = len(self.sightings.get(camera, ())) >= SETTLED
        return is_settled and camera in self.cameras_now(settings, now)

    def stands_beside(self, other: Track, within: float) -> bool:
        """Whether one camera saw it and ``other`` at two places within so many seconds."""
        return any(
            abs(mine[-1].at - theirs[-1].at) <= within and not mine[-1].box.iou(theirs[-1].box)
            for camera, mine in self.sightings.items()
            if (theirs := other.sightings.get(camera))
        )

    def box_in(self, camera: str) -> Box | None:
        """Where one camera saw it last."""
        seen = self.sightings.get(camera)
        return seen[-1].box if seen else None

    def _recent(self) -> list[deque[Sighting]]:
        """What each camera saw that sees it now, the camera that saw it last first."""
        young = [seen for seen in self.sightings.values() if self.last_seen - seen[-1].at <= SPAN]
        return sorted(young, key=lambda seen: -seen[-1].at)

    @property
    def _rested(self) -> float:
        """Seconds for which it has stood in one place, by the camera that saw it last.

        It may have stood before another one, and driven on.
        """
        rest = self.rests.get(self.last_camera or "")
        return 0.0 if rest is None else self.last_seen - rest.at

    def _note_rest(self, camera: str, seen: Sighting) -> None:
        rest = self.rests.get(camera)
        if rest is None or has_moved(rest.box, seen.box):
            self.rests[camera] = seen

    def _note_direction(self, camera: str, seen: deque[Sighting]) -> None:
        if len(seen) < SETTLED and camera not in self.widest:
            return
        width = _width_now(seen)
        if self._comes(camera, seen, width):
            self.came_nearer = True
            self.widest = {camera: width}
            self.narrowest.clear()
        else:
            before = self.widest.get(camera)
            self.widest[camera] = max(width, _width_elsewhere(seen) if before is None else before)

    def _comes(self, camera: str, seen: deque[Sighting], width: float) -> bool:
        """Whether it comes nearer; of a car that drove away, a box that trembles is no proof."""
        approaches = movement_of(seen) is Movement.APPROACHING
        if not self.has_driven_away:
            self.narrowest.clear()
            return approaches
        narrowest = min(width, self.narrowest.get(camera, width))
        self.narrowest[camera] = narrowest
        return approaches and width >= narrowest * DRIVEN_AWAY


def _width_now(seen: deque[Sighting]) -> float:
    """The plate's width, without a single box that is wrong."""
    return median(each.box.width for each in list(seen)[-SETTLED:])


def _width_elsewhere(seen: deque[Sighting]) -> float:
    """The widest plate that was seen at another place: a box that is merely wrong stays at its."""
    now = seen[-1].box
    return max((each.box.width for each in seen if has_shifted(each.box, now)), default=0.0)
