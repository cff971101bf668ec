"""One car at one gate from arrival to departure: what was read of it, and what came of that."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..types import Frame, PlateRead
from .decision import Decision
from .evidence import Consensus, Look, consensus
from .movement import Sighting
from .plate import glyph_key, is_alike
from .settings import GateSettings
from .track import Track

LOOKS_KEPT = 24
SURE = 0.9
"""Weakest character from which a single read is believed to be another car's."""


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
    stayed_unproved: bool = False
    """It stood for so long before its plate was proved: it did not wait for a second factor."""
    track: Track = field(default_factory=Track)
    """Where it was seen."""
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    proved_at: float | None = None
    """When its reading was first beyond doubt."""
    proof: Consensus | None = None
    proved_as: str | None = None
    """Id of the listed vehicle that it was proved to be last."""
    waits: bool = False
    """When it was decided about it last, its second factor could still come, or had just come."""
    last_text: str = field(default="", repr=False)
    last: Decision | None = None

    def see(self, frame: Frame, read: PlateRead) -> None:
        """It stands in this picture; whether that is a look is another question."""
        self.track.see(frame.camera, Sighting(frame.asked_at, read.box))
        self.last_text = read.text
        if not self.stayed and self.track.has_stayed(frame.camera):
            self.stayed, self.stayed_unproved = True, self.proof is None

    def take_look(self, frame: Frame, read: PlateRead, settings: GateSettings) -> None:
        """Count this picture as a look, unless it is too near to the one before."""
        newest = max((look.at for look in self.looks if look.camera == frame.camera), default=None)
        if newest is not None and frame.asked_at - newest < settings.look_spacing:
            return
        self.looks.append(
            Look(frame.camera, frame.asked_at, read.text, read.characters, read.detection)
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
        known = self.stayed or self.track.has_driven_away or self.proof is not None
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
            self.track.rests = dict(before.track.rests)
        self.stayed_unproved = self.stayed_unproved or before.stayed_unproved
        if before.proof is not None:
            self.proof, self.proved_at = before.proof, before.proved_at
            self.proved_as = before.proved_as

    def forget_reading(self) -> None:
        """Forget what was read; that a car stands there, and what it did, stays known."""
        self.looks.clear()
        self.proof = self.proved_at = None
        self.last_text = ""

    def is_seen_now(self, key: str, settings: GateSettings, now: float) -> bool:
        """Whether the newest look is young, reads ``key``, and its camera still sees the car.

        Nor may the car have been read otherwise since, in a picture that was no look.
        """
        newest = max(self.looks, key=lambda look: look.at, default=None)
        return (
            newest is not None
            and now - newest.at <= settings.max_frame_age
            and glyph_key(newest.text) == glyph_key(self.last_text) == key
            and not self.track.is_missed_by(newest.camera)
        )

    def is_surely_another(self, other: Visit) -> bool:
        """Whether it is proved to be another car than ``other``, and may come as well as that."""
        return (
            self.proof is not None
            and not self.is_blocked
            and not self.track.is_parked
            and not is_alike(self.key, other.key)
        )

    def contradicted_by(self, read: PlateRead) -> bool:
        """Whether a read is surely of another car than the one that was proved."""
        return (
            self.proof is not None
            and read.confidence >= SURE
            and not is_alike(read.text, self.proof.key)
        )
