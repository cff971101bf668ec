"""The attendant of one gate: remembers who stands before it. Only this has a state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..types import Frame, Moment, Movement, Reason, Verdict
from .decision import Decision, Situation
from .register import Register
from .settings import GateSettings


@dataclass(frozen=True, slots=True)
class CameraFault:
    """A camera whose pictures cannot be believed."""

    camera: str
    reason: Reason
    """FROZEN_CAMERA or STALE_FRAME."""
    since: float
    """Monotonic time of the first such picture in an unbroken row."""
    pictures: int


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """One car at one gate from arrival to departure."""

    visit: str
    gate: str
    cameras: tuple[str, ...]
    began_at: float
    """Monotonic time of the first look."""
    ended_at: float
    """Monotonic time of the last look."""
    verdict: Verdict
    reason: Reason
    vehicle: str | None
    looks: int
    movement: Movement
    opened: bool
    """Whether the one command of the visit was given."""
    decision: Decision | None
    """The decision that tells most: the one to open, else the last one."""
    plate: str | None = field(repr=False)
    """What was read, for memory only: never for a log, a state, an event or a file."""


class Attendant:
    """Turns frames into decisions for one gate.

    Reads no clock and draws no chance: every call brings its own ``now``, which never goes back,
    and ``new_id`` makes the ids of visits and decisions.
    """

    def __init__(self, gate: str, settings: GateSettings, new_id: Callable[[], str]) -> None:
        self.gate = gate
        self.settings = settings
        self._new_id = new_id

    @property
    def present(self) -> bool:
        """Whether a car is believed in view. While it is, keep sending a frame now and then."""
        raise NotImplementedError

    @property
    def locked(self) -> Reason | None:
        """Why the gate is locked out until it is closed and clear again; None when not."""
        raise NotImplementedError

    def start_burst(self, now: Moment) -> None:
        """A trigger came. Frames asked for before it never count as looks.

        Frames observed before the first burst show what stands in view already: those cars do not
        open until they have left. Send one such frame after a start if there may be parked cars.
        """
        raise NotImplementedError

    def observe(
        self, frame: Frame, *, register: Register, situation: Situation, now: Moment
    ) -> tuple[Decision, ...]:
        """Take one frame in. Never empty: the visit of the car at the gate comes first.

        A frame that shows nothing usable gives one decision whose visit is "".
        """
        raise NotImplementedError

    def tick(
        self, *, register: Register, situation: Situation, now: Moment
    ) -> tuple[Decision, ...]:
        """Decide again without a new frame: a second factor came or ran out, or the gate changed.

        Only decisions that differ from the visit's last one come back.
        """
        raise NotImplementedError

    def opened(self, visit: str, now: Moment) -> None:
        """The one command of this visit is about to be given: always call it before that."""
        raise NotImplementedError

    def still_valid(
        self, decision: Decision, *, register: Register, situation: Situation, now: Moment
    ) -> Reason | None:
        """Why a decision to open may no longer be carried out; None when it may.

        Ask immediately before the command, with everything as it is then.
        """
        raise NotImplementedError

    def reset(self, now: Moment) -> None:
        """After a reload or a reconnect: nothing seen, and nothing confirmed, before now counts."""
        raise NotImplementedError

    def update_settings(self, settings: GateSettings, now: Moment) -> None:
        """Decide by other settings from now on; what was seen before counts no more."""
        raise NotImplementedError

    def take_ended(self) -> tuple[VisitSummary, ...]:
        """The visits that ended since the last call."""
        raise NotImplementedError

    def plate_of(self, visit: str) -> str | None:
        """What was read of a visit that goes on, for memory only."""
        raise NotImplementedError

    def camera_fault(self, camera: str) -> CameraFault | None:
        """What is wrong with a camera now; None while its pictures are new and fresh."""
        raise NotImplementedError
