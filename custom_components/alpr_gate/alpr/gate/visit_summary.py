"""What is left of a visit once it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..types import Movement, Reason, Verdict
from .decision import Decision
from .visit import Visit


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


def summary_of(visit: Visit, told: Decision, gate: str) -> VisitSummary:
    """What is left of a visit; one that was still waiting was refused in the end."""
    verdict = told.verdict
    if verdict in {Verdict.WAIT, Verdict.ASK}:
        verdict = Verdict.REFUSE
    return VisitSummary(
        visit=visit.id,
        gate=gate,
        cameras=tuple(visit.track.sightings),
        began_at=visit.began_at,
        ended_at=visit.track.last_seen,
        verdict=verdict,
        reason=told.reason,
        vehicle=told.vehicle,
        looks=told.looks,
        movement=told.movement,
        opened=visit.opened,
        decision=told,
        plate=visit.plate,
    )
