"""The rules of deciding: the one place where "open" is said."""

from __future__ import annotations

from dataclasses import dataclass

from ..types import GateState, Movement, Reason, Verdict
from .decision import Confirmation, Decision, Situation
from .evidence import Consensus
from .register import Match
from .second_factor import Factor
from .settings import GateSettings
from .vehicle import Vehicle

__all__ = ["Case", "Confirmation", "Decision", "GateSettings", "Situation", "decide"]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one visit that a decision rests on."""

    reading: Reason
    """Why nothing was read, where ``consensus`` is None."""
    looks: int
    """Looks that are young enough."""
    consensus: Consensus | None = None
    match: Match | None = None
    """What the list says about the consensus; None without one."""
    listed_margin: float | None = None
    """In a typical look, over all other readings and plates; None when no listed one is near."""
    movement: Movement = Movement.UNKNOWN
    may_be_leaving: bool = False
    nearest: bool = True
    """It is the car at the gate, and no other is about as near."""
    let_in: bool = False
    """The gate was opened for it before."""
    stood_there: bool = False
    """It was there already when looking began."""
    stayed: bool = False
    """It has stood in view for so long that it no longer comes."""
    stayed_unproved: bool = False
    """It stood for so long before its plate was proved."""
    seen_now: bool = True
    """The newest picture shows just this plate."""
    factor: Factor = Factor.NOT_NEEDED
    settling: bool = False
    """The gate got a command moments ago."""
    unmoved: bool = False
    """An opener that toggles was pressed, and the gate has not been seen to move since."""
    lockout: Reason | None = None
    """Something was in the gate's way or stopped it, and it has not closed since."""

    @property
    def vehicle(self) -> Vehicle | None:
        """The entry of the list that the consensus matches, also where it may not pass now."""
        return None if self.match is None else self.match.vehicle


type Ruling = tuple[Verdict, Reason]


def decide(case: Case, situation: Situation, settings: GateSettings) -> Ruling:
    """Say what to do about one visit: open only when nothing at all speaks against it."""
    ruling = (
        reading_in_doubt(case, settings)
        or _list_refuses(case)
        or _car_refused(case, settings)
        or gate_refuses(case, situation, settings)
        or _factor_missing(case)
        or _not_seen_now(case)
    )
    return ruling or (Verdict.OPEN, Reason.LISTED)


def reading_in_doubt(case: Case, settings: GateSettings) -> Ruling | None:
    """What is still wanting before the reading is beyond doubt; None when nothing is."""
    found = case.consensus
    if found is None:
        return _nothing_read(case)
    if found.agreement < settings.agreement:
        return Verdict.REFUSE, Reason.LOOKS_DISAGREE
    if found.net_agreeing < settings.looks_needed:
        return Verdict.WAIT, Reason.MORE_LOOKS_NEEDED
    if found.detection < settings.detection:
        return Verdict.WAIT, Reason.DETECTION_UNSURE
    if found.weakest < settings.weakest_character:
        return Verdict.WAIT, Reason.CHARACTERS_UNSURE
    if found.margin < settings.margin:
        return Verdict.WAIT, Reason.MARGIN_TOO_SMALL
    if case.listed_margin is not None and case.listed_margin < settings.listed_margin:
        return Verdict.WAIT, Reason.MARGIN_TOO_SMALL
    return None


def _nothing_read(case: Case) -> Ruling:
    if case.looks > 1:
        return Verdict.REFUSE, Reason.LOOKS_DISAGREE
    refused = case.reading in _REFUSED_READINGS
    return (Verdict.REFUSE if refused else Verdict.WAIT), case.reading


_REFUSED_READINGS = frozenset(
    {
        Reason.IMPLAUSIBLE_PLATE,
        Reason.OUTSIDE_ZONE,
        Reason.UNREADABLE_PICTURE,
        Reason.FROZEN_CAMERA,
        Reason.STALE_FRAME,
    }
)


def _car_refused(case: Case, settings: GateSettings) -> Ruling | None:
    """What speaks against this car, whoever's it is."""
    if case.let_in:
        return Verdict.REFUSE, Reason.ALREADY_OPENED
    if case.stood_there:
        return Verdict.REFUSE, Reason.STOOD_THERE
    if case.stayed and (case.factor is Factor.NOT_NEEDED or case.stayed_unproved):
        return Verdict.REFUSE, Reason.PARKED
    if not case.nearest:
        return Verdict.WAIT, Reason.SEVERAL_PLATES
    if settings.exit_allowed:
        return None
    if case.movement is Movement.LEAVING:
        return Verdict.REFUSE, Reason.LEAVING
    if case.may_be_leaving and case.movement is Movement.UNKNOWN:
        return Verdict.WAIT, Reason.MORE_LOOKS_NEEDED
    return None


def _list_refuses(case: Case) -> Ruling | None:
    """What the owner's list says against it."""
    if case.match is None:
        return Verdict.REFUSE, Reason.NOT_LISTED
    return None if case.match.listed else (Verdict.REFUSE, case.match.reason)


def gate_refuses(case: Case, situation: Situation, settings: GateSettings) -> Ruling | None:
    """Why the gate must not be moved now; None when it may."""
    reason = _gate_reason(case, situation, settings)
    return None if reason is None else (Verdict.REFUSE, reason)


def _gate_reason(case: Case, situation: Situation, settings: GateSettings) -> Reason | None:
    if not situation.automatic:
        return Reason.AUTOMATIC_OFF
    if situation.obstructed or (situation.obstructed is None and settings.obstruction_named):
        return Reason.GATE_OBSTRUCTED
    if situation.gate is GateState.UNKNOWN:
        if settings.state_named or settings.toggle_opener:
            return Reason.GATE_STATE_UNKNOWN
    elif situation.gate is not GateState.CLOSED:
        return _REASON_OF_STATE[situation.gate]
    if case.unmoved:
        return Reason.GATE_STATE_UNKNOWN
    if case.lockout is not None:
        return case.lockout
    return Reason.GATE_MOVING if case.settling else None


_REASON_OF_STATE = {
    GateState.OPEN: Reason.GATE_OPEN,
    GateState.OPENING: Reason.GATE_MOVING,
    GateState.CLOSING: Reason.GATE_MOVING,
    GateState.STOPPED: Reason.GATE_STOPPED,
    GateState.UNAVAILABLE: Reason.GATE_UNAVAILABLE,
}


def _factor_missing(case: Case) -> Ruling | None:
    if case.factor is Factor.AWAITED:
        return Verdict.ASK, Reason.SECOND_FACTOR_NEEDED
    if case.factor is Factor.LATE:
        return Verdict.REFUSE, Reason.SECOND_FACTOR_MISSING
    return None


def _not_seen_now(case: Case) -> Ruling | None:
    """What was proved seconds ago may have driven off: the gate opens for what it sees."""
    return None if case.seen_now else (Verdict.WAIT, Reason.MORE_LOOKS_NEEDED)
