"""One car at one gate from arrival to departure: where it was seen and what was read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..types import Box, Frame, Movement, PlateRead
from .decision import Decision
from .evidence import Consensus, Look, consensus
from .movement import Sighting, may_be_leaving, movement_of
from .plate import glyph_key, is_neighbour
from .settings import GateSettings

LOOKS_KEPT = 24
SIGHTINGS_KEPT = 40
SURE = 0.9
"""Weakest character from which a single read is believed to be another car's."""
PARKED_SECONDS = 30.0
"""A car that has stood for so long is no rival of one that comes."""


@dataclass(slots=True)
class Visit:
    """What is known of one car; times are monotonic seconds."""

    id: str
    began_at: float
    blocked: bool = False
    """It was here already when looking began, or goes on a visit that was opened for."""
    opened: bool = False
    """The one command was given, or tried."""
    last_seen: float = 0.0
    sightings: dict[str, deque[Sighting]] = field(default_factory=dict)
    """By camera."""
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    missing: dict[str, int] = field(default_factory=dict)
    """Pictures in a row without it, by camera."""
    proved_at: float | None = None
    """When its reading was first beyond doubt."""
    proof: Consensus | None = None
    last_text: str = ""
    last: Decision | None = None

    def see(self, frame: Frame, read: PlateRead) -> None:
        """It stands in this picture; whether that is a look is another question."""
        seen = self.sightings.setdefault(frame.camera, deque(maxlen=SIGHTINGS_KEPT))
        seen.append(Sighting(frame.asked_at, read.box))
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
    def movement(self) -> Movement:
        """What it does, in the camera that saw it last."""
        return movement_of(self._newest())

    @property
    def may_be_leaving(self) -> bool:
        """Whether it may be leaving, although too little was seen to tell."""
        return may_be_leaving(self._newest())

    @property
    def is_parked(self) -> bool:
        """Whether it has stood still for so long that it waits for nothing."""
        newest = self._newest()
        return (
            bool(newest)
            and newest[-1].at - self.began_at >= PARKED_SECONDS
            and self.movement is Movement.STANDING
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
            and glyph_key(read.text) != self.proof.key
            and not is_neighbour(read.text, self.proof.key)
        )

    def _newest(self) -> deque[Sighting]:
        return max(self.sightings.values(), key=lambda seen: seen[-1].at, default=deque())
