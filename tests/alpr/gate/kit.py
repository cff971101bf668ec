"""A gate on paper: cars that come, a list, a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count

from custom_components.alpr_gate.alpr.gate.attendant import Attendant
from custom_components.alpr_gate.alpr.gate.decision import Confirmation, Decision, Situation
from custom_components.alpr_gate.alpr.gate.gate_memory import GateMemory
from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import (
    Box,
    Character,
    EngineIdentity,
    Frame,
    FrameReads,
    GateState,
    ModelIdentity,
    Moment,
    PlateRead,
    Reason,
    Timings,
    Verdict,
)

ENGINE = EngineIdentity("1", "paper", (ModelIdentity("paper", "0" * 64),))
SIZE = (1280, 720)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday."""
LISTED = "HB07KXT"
STRANGER = "PLM4829"


def characters(text: str, probability: float = 0.995) -> tuple[Character, ...]:
    """Positions that read ``text``, each as sure as ``probability``; the rest goes to X or Y."""
    rest = min(1.0 - probability, probability)
    return tuple(((letter, probability), ("X" if letter == "Y" else "Y", rest)) for letter in text)


def plate(
    text: str = LISTED,
    *,
    x: float = 600.0,
    y: float = 400.0,
    width: float = 120.0,
    probability: float = 0.995,
    detection: float = 0.9,
) -> PlateRead:
    """A plate as it is read, four times as wide as high."""
    box = Box(x - width / 2, y - width / 8, x + width / 2, y + width / 8)
    return PlateRead(text, box, detection, characters(text, probability))


@dataclass
class Paper:
    """One gate, its list and its clock."""

    settings: GateSettings = field(default_factory=GateSettings)
    vehicles: tuple[Vehicle, ...] = (Vehicle("v1", "Anna", LISTED),)
    now: float = 1000.0
    triggered: bool = True
    """Whether a trigger comes at once."""
    ahead: timedelta = timedelta()
    """By how much the wall clock was set since it showed noon."""
    zone: tzinfo = UTC
    """The owner's."""
    memory: GateMemory | None = None
    """Of a motor that another gate moves too."""

    def __post_init__(self) -> None:
        """Begin with a closed, clear gate."""
        self._ids, self._frames = count(1), count(1)
        self.start()

    def start(self) -> None:
        """Begin to watch, as after a restart or a reload: nothing that was before is known."""
        self.attendant = Attendant(
            "gate", self.settings, lambda: f"id-{next(self._ids)}", self.memory
        )
        self.register = Register.of(self.vehicles)
        self.situation = Situation(gate=GateState.CLOSED, obstructed=False)
        if self.triggered:
            self.trigger()

    @property
    def moment(self) -> Moment:
        """Now, on both clocks."""
        wall = NOON + timedelta(seconds=self.now - 1000.0) + self.ahead
        return Moment(self.now, wall.astimezone(self.zone))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def trigger(self) -> None:
        """A car is sensed."""
        self.attendant.start_burst(self.moment)

    def frame(self, *reads: PlateRead, camera: str = "camera", brightness: float = 0.5) -> Frame:
        """A new picture that was asked for and arrived just now."""
        number = next(self._frames)
        reads_of = FrameReads(number, SIZE, reads, Timings(1, 1, 1), ENGINE, brightness)
        digest = number.to_bytes(8)
        return Frame(camera, digest, self.now - 0.05, self.now - 0.02, reads_of)

    def show(self, *reads: PlateRead, camera: str = "camera", wait: float = 0.25) -> Decision:
        """Let time pass, show a new picture and return the decision about the car at the gate."""
        return self.show_all(*reads, camera=camera, wait=wait)[0]

    def show_all(
        self, *reads: PlateRead, camera: str = "camera", wait: float = 0.25
    ) -> tuple[Decision, ...]:
        """The same, with the decision about every car."""
        self.wait(wait)
        return self.observe(self.frame(*reads, camera=camera))

    def observe(self, frame: Frame) -> tuple[Decision, ...]:
        """Take in a frame."""
        return self.attendant.observe(
            frame, register=self.register, situation=self.situation, now=self.moment
        )

    def tick(self) -> tuple[Decision, ...]:
        """Decide again without a frame."""
        return self.attendant.tick(
            register=self.register, situation=self.situation, now=self.moment
        )

    def valid(self, decision: Decision) -> Reason | None:
        """Ask for the last time before the command."""
        return self.attendant.still_valid(
            decision, register=self.register, situation=self.situation, now=self.moment
        )

    def command(self, decision: Decision) -> bool:
        """Open as the door does: ask, note, count, command. Returns whether it was commanded."""
        if decision.verdict is not Verdict.OPEN or self.valid(decision) is not None:
            return False
        self.attendant.opened(decision.visit, self.moment)
        self.register = self.register.used(decision.vehicle or "")
        return True

    def gate_is(self, state: GateState, *, obstructed: bool | None = False) -> None:
        """Something moved the gate."""
        self.situation = replace(self.situation, gate=state, obstructed=obstructed)

    def confirm(self, source: str = "button", of: str | None = None) -> None:
        """A second factor happens now, for any vehicle or only the one with the id ``of``."""
        vehicles = None if of is None else frozenset({of})
        confirmation = Confirmation(self.now, source, vehicles)
        self.situation = replace(
            self.situation, confirmations=(*self.situation.confirmations, confirmation)
        )

    def stands(self, *reads: PlateRead, looks: int = 5) -> Decision:
        """Show what stands still, for a second unless told otherwise; the last decision."""
        return [self.show(*reads) for _ in range(looks)][-1]

    def proved(self, text: str = LISTED, looks: int = 3) -> Decision:
        """Show a car until its plate is beyond doubt; the last decision."""
        return [self.show(plate(text, width=100 + 6 * look)) for look in range(looks)][-1]
