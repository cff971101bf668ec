"""One car at one gate from arrival to departure: where it was seen and what was read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from ..types import Box, Frame, Movement, PlateRead
from .decision import Decision
from .evidence import Consensus, Look, consensus
from .movement import (
    SPAN,
    Sighting,
    has_moved,
    has_shifted,
    is_telling,
    may_be_leaving,
    movement_of,
)
from .plate import glyph_key, is_alike
from .settings import GateSettings

LOOKS_KEPT = 24
SIGHTINGS_KEPT = 40
SURE = 0.9
"""Weakest character from which a single read is believed to be another car's."""
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
class Visit:
    """What is known of one car; times are monotonic seconds."""

    id: str
    began_at: float
    stood_there: bool = False
    """It was here already when looking began: nobody saw it come."""
    opened: bool = False
    """The one command was given, or tried."""
    goes_on_as: str | None = field(default=None, repr=False)
    """The plate of the car that the gate was opened for in another visit, if it is that one."""
    stayed: bool = False
    """It has stood for so long that it no longer comes."""
    came_nearer: bool = False
    """A camera saw it come."""
    stayed_unproved: bool = False
    """It stood for so long before its plate was proved: it did not wait for a second factor."""
    last_seen: float = 0.0
    sightings: dict[str, deque[Sighting]] = field(default_factory=dict)
    """By camera."""
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    missing: dict[str, int] = field(default_factory=dict)
    """Pictures in a row without it, by camera."""
    proved_at: float | None = None
    """When its reading was first beyond doubt."""
    proof: Consensus | None = None
    proved_as: str | None = None
    """Id of the listed vehicle that it was proved to be last."""
    waits: bool = False
    """When it was decided about it last, its second factor could still come, or had just come."""
    last_text: str = field(default="", repr=False)
    last: Decision | None = None
    rests: dict[str, Sighting] = field(default_factory=dict)
    """Where and since when it stands, by camera."""
    widest: dict[str, float] = field(default_factory=dict)
    """Widest plate since it last came nearer, by camera."""
    narrowest: dict[str, float] = field(default_factory=dict)
    """Narrowest plate since it drove away, by camera."""

    def see(self, frame: Frame, read: PlateRead) -> None:
        """It stands in this picture; whether that is a look is another question."""
        seen = self.sightings.setdefault(frame.camera, deque(maxlen=SIGHTINGS_KEPT))
        seen.append(Sighting(frame.asked_at, read.box))
        self._note_rest(frame.camera, seen[-1])
        self._note_direction(frame.camera, seen)
        self.missing[frame.camera] = 0
        self.last_seen = max(self.last_seen, frame.asked_at)
        self.last_text = read.text

    def take_look(self, frame: Frame, read: PlateRead, settings: GateSettings) -> None:
        """Count this picture as a look, unless it is too near to the one before."""
        newest = max((look.at for look in self.looks if look.camera == frame.camera), default=None)
        if newest is not None and frame.asked_at - newest < settings.look_spacing:
            return
        self.looks.append(
            Look(frame.camera, frame.asked_at, read.text, read.characters, read.detection)
        )

    def miss(self, camera: str) -> None:
        """A picture of this camera, in which it was seen before, does not show it."""
        if camera in self.missing:
            self.missing[camera] += 1

    def has_left(self, settings: GateSettings, now: float) -> bool:
        """Whether every camera that saw it and still gives pictures has not seen it for long."""
        counts = [count for count in self.missing.values() if count]
        return (
            bool(counts)
            and min(counts) >= settings.absent_looks
            and now - self.last_seen >= settings.absent_seconds
        )

    def evidence(self, settings: GateSettings, now: float) -> Consensus | None:
        """What the looks that are young enough say together."""
        oldest = now - settings.evidence_seconds
        return consensus([look for look in self.looks if look.at >= oldest])

    def looks_seen(self, settings: GateSettings, now: float) -> int:
        """How many looks are young enough."""
        return sum(look.at >= now - settings.evidence_seconds for look in self.looks)

    @property
    def key(self) -> str:
        """What it is believed to be, with O as 0 and I as 1; empty before anything was read."""
        return glyph_key(self.plate or "")

    @property
    def plate(self) -> str | None:
        """What was read, for memory only."""
        if self.proof is not None:
            return self.proof.plate
        return self.looks[-1].text if self.looks else self.last_text or None

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

    @property
    def is_let_in(self) -> bool:
        """Whether the gate was opened for its car, in this visit or the one before."""
        return self.opened or self.goes_on_as is not None

    @property
    def is_blocked(self) -> bool:
        """Whether nothing opens for it until it has left."""
        return self.stood_there or self.is_let_in

    @property
    def is_expected(self) -> bool:
        """Whether it may still be let in. A car that waits for its second factor may stand."""
        has_parked = self.stayed and (self.stayed_unproved or not self.waits)
        return not self.is_blocked and not has_parked

    @property
    def is_to_be_remembered(self) -> bool:
        """Whether something is known of it that a moment out of sight must not undo.

        Only of what may open at all: a stranger's plate is not kept longer than need be.
        """
        known = self.stayed or self.has_driven_away or self.proof is not None
        return self.is_blocked or (self.listed_as is not None and known)

    @property
    def listed_as(self) -> str | None:
        """Id of the listed vehicle that it was proved to be, or else was last taken for.

        What was decided last says nothing of it any more once its looks have become old.
        """
        return self.proved_as or (None if self.last is None else self.last.vehicle)

    def go_on_with(self, before: Visit) -> None:
        """It is the car of a visit that ended, at the same place: all that speaks against it."""
        self.stood_there = self.stood_there or before.stood_there
        if before.is_let_in:
            self.goes_on_as = before.key
        if before.stayed:
            self.stayed = True
            self.rests = dict(before.rests)
        self.stayed_unproved = self.stayed_unproved or before.stayed_unproved
        if before.proof is not None:
            self.proof, self.proved_at = before.proof, before.proved_at
            self.proved_as = before.proved_as

    def forget_reading(self) -> None:
        """Forget what was read; that a car stands there, and what it did, stays known."""
        self.looks.clear()
        self.proof = self.proved_at = None
        self.last_text = ""

    def go_on_leaving(self, before: Visit, camera: str) -> None:
        """It may be the car of a visit that ended, which drove away before this camera."""
        self.widest[camera] = before.widest.get(camera, 0.0)

    def is_seen_now(self, key: str, settings: GateSettings, now: float) -> bool:
        """Whether the newest look is young, reads ``key``, and its camera still sees the car.

        Nor may the car have been read otherwise since, in a picture that was no look.
        """
        newest = max(self.looks, key=lambda look: look.at, default=None)
        return (
            newest is not None
            and now - newest.at <= settings.max_frame_age
            and glyph_key(newest.text) == glyph_key(self.last_text) == key
            and not self.missing.get(newest.camera)
        )

    def is_surely_another(self, other: Visit) -> bool:
        """Whether it is proved to be another car than ``other``, and may come as well as that."""
        return (
            self.proof is not None
            and not self.is_blocked
            and not self.is_parked
            and not is_alike(self.key, other.key)
        )

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

    def stands_beside(self, other: Visit, within: float) -> bool:
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

    def contradicted_by(self, read: PlateRead) -> bool:
        """Whether a read is surely of another car than the one that was proved."""
        return (
            self.proof is not None
            and read.confidence >= SURE
            and not is_alike(read.text, self.proof.key)
        )

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
        elif seen.at - rest.at >= STAYED_SECONDS and not self.stayed:
            self.stayed, self.stayed_unproved = True, self.proof is None

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

    @property
    def has_driven_away(self) -> bool:
        """Whether any camera saw it get smaller, and none has seen it come nearer since."""
        return any(
            camera in self.sightings and _width_now(self.sightings[camera]) * DRIVEN_AWAY < widest
            for camera, widest in self.widest.items()
        )


def _width_now(seen: deque[Sighting]) -> float:
    """The plate's width, without a single box that is wrong."""
    return median(each.box.width for each in list(seen)[-SETTLED:])


def _width_elsewhere(seen: deque[Sighting]) -> float:
    """The widest plate that was seen at another place: a box that is merely wrong stays at its."""
    now = seen[-1].box
    return max((each.box.width for each in seen if has_shifted(each.box, now)), default=0.0)
