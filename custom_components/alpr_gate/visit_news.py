"""What is told of each visit: when, once, with which picture, and how quickly the gate opened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback

from .alpr.gate.arrivals import UNSEEN_SECONDS
from .alpr.types import Reason, Verdict
from .gate_status import GateEvent, GateEventType
from .opener import Opening, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .alpr.gate.policy import Decision
    from .alpr.gate.visit_summary import VisitSummary
    from .alpr.types import Frame
    from .gate_board import GateBoard

_EVENT_OF_OUTCOME: Final = {
    Outcome.OPENED: GateEventType.OPENED,
    Outcome.WOULD_OPEN: GateEventType.WOULD_OPEN,
    Outcome.REFUSED: GateEventType.REFUSED,
    Outcome.FAILED: GateEventType.FAILED,
    Outcome.TIMED_OUT: GateEventType.FAILED,
}

_STRANGERS: Final = {Reason.NOT_LISTED, Reason.NEAR_MISS}

_TELL_OF_THE_CAMERA: Final = {
    Reason.FROZEN_CAMERA,
    Reason.STALE_FRAME,
    Reason.UNREADABLE_PICTURE,
}
"""Reasons that say more about a camera than about a car: told of the camera, not of the visit."""

_STILL_THERE: Final = {Reason.PARKED, Reason.STOOD_THERE}
"""Reasons that are news only of a visit of which nothing was told before."""

PICTURE_SECONDS: Final = UNSEEN_SECONDS
"""A visit's picture is kept for so long after it was taken: cameras may fail while it goes on."""

MOST_EVENTS_OF_A_VISIT: Final = 6
"""A visit whose decision flickers must not flood the owner."""
_ALWAYS_TOLD: Final = frozenset(
    {GateEventType.OPENED, GateEventType.WOULD_OPEN, GateEventType.FAILED}
)
"""There is at most one of them in a visit, and it is what everybody waits for."""


@dataclass(slots=True)
class _Notes:
    """What is remembered of a visit that goes on."""

    first_arrival: float
    """Monotonic time at which its first readable frame arrived."""
    picture: bytes | None = None
    pictured_at: float = 0.0
    """Monotonic time at which it was taken."""
    told: set[tuple[GateEventType, Reason]] = field(default_factory=set)
    is_settled: bool = False
    """The one command was given, or would have been."""
    came: Opening | None = None
    """What came of it."""


class VisitNews:
    """Tells the board what there is to tell of the visits of one gate."""

    def __init__(self, board: GateBoard, name_of: Callable[[str | None], str | None]) -> None:
        """``name_of`` gives the owner's name for a vehicle's id."""
        self._board = board
        self._name_of = name_of
        self._visits: dict[str, _Notes] = {}

    @callback
    def seen(self, decisions: Iterable[Decision], frame: Frame, pictured: str | None) -> None:
        """Note which visits a frame showed; ``pictured`` is the one whose car its picture shows."""
        for decision in decisions:
            if not decision.visit:
                continue
            notes = self._visits.setdefault(decision.visit, _Notes(frame.arrived_at))
            if frame.reads.crop is not None and decision.visit == pictured:
                notes.picture, notes.pictured_at = frame.reads.crop, frame.asked_at

    @callback
    def tidy(self, now: float) -> None:
        """Drop pictures that are old by now (monotonic seconds)."""
        for notes in self._visits.values():
            if now - notes.pictured_at > PICTURE_SECONDS:
                notes.picture = None

    def is_undecided(self, decision: Decision) -> bool:
        """Say whether more looks at this decision's visit could still change something."""
        notes = self._visits.get(decision.visit)
        return decision.verdict is Verdict.WAIT and notes is not None and not notes.told

    @callback
    def decided(self, decision: Decision) -> None:
        """Tell of a visit that waits for its second factor, or that is refused beyond doubt."""
        notes = self._visits.get(decision.visit)
        if notes is None or notes.is_settled:
            return
        if decision.verdict is Verdict.ASK:
            self._tell(GateEventType.ASKED, decision.reason, decision, notes)
        elif (
            decision.verdict is Verdict.REFUSE
            and decision.proved
            and decision.reason is not Reason.ALREADY_OPENED
            and not (decision.reason in _STILL_THERE and notes.told)
        ):
            self._tell(_event_of_refusal(decision.reason), decision.reason, decision, notes)

    @callback
    def commanded(self, decision: Decision) -> None:
        """The one command is about to be given: only what comes of it is told from now on."""
        notes = self._visits.get(decision.visit)
        if notes is not None:
            notes.is_settled = True

    @callback
    def came_of(self, decision: Decision, opening: Opening) -> None:
        """Tell what came of a decision to open."""
        notes = self._visits.get(decision.visit, _Notes(decision.made_at))
        notes.came = opening
        self._board.note_decision(decision, opening.outcome.value)
        milliseconds = None
        if opening.commanded_at is not None:
            milliseconds = round((opening.commanded_at - notes.first_arrival) * 1000, 1)
        if opening.outcome is Outcome.OPENED:
            self._board.change(
                last_vehicle=self._name_of(decision.vehicle), milliseconds_to_open=milliseconds
            )
        elif opening.outcome is Outcome.WOULD_OPEN:
            self._board.change(milliseconds_to_open=milliseconds)
            self._board.count(GateEventType.WOULD_OPEN)
        self._tell(
            _EVENT_OF_OUTCOME[opening.outcome], opening.reason, decision, notes, milliseconds
        )

    @callback
    def ended(self, summary: VisitSummary) -> None:
        """Tell of a visit that ended without anything having been told of it, and forget it."""
        notes = self._visits.pop(summary.visit, None)
        if notes is None:
            return
        if summary.decision is not None and not notes.is_settled:
            self._board.note_decision(summary.decision, "ended")
            self._tell_of_refusal(summary, summary.decision, notes)
        self._board.tell_of_visit(_as_it_came(summary, notes.came), notes.picture)

    def _tell_of_refusal(self, summary: VisitSummary, decision: Decision, notes: _Notes) -> None:
        """Tell of a visit that ended without an opening.

        A car that the gate was opened for, and that is seen again before it is gone, is no news.
        """
        if summary.reason is Reason.ALREADY_OPENED:
            return
        if self._board.status.shadow:
            self._board.count(GateEventType.REFUSED)
        if {kind for kind, _ in notes.told} == {GateEventType.ASKED}:
            missing = Reason.SECOND_FACTOR_MISSING
            self._tell(GateEventType.REFUSED, missing, decision, notes)
        elif not notes.told and summary.reason not in _TELL_OF_THE_CAMERA:
            self._tell(_event_of_refusal(summary.reason), summary.reason, decision, notes)

    def _tell(
        self,
        kind: GateEventType,
        reason: Reason,
        decision: Decision,
        notes: _Notes,
        milliseconds: float | None = None,
    ) -> None:
        is_too_much = len(notes.told) >= MOST_EVENTS_OF_A_VISIT and kind not in _ALWAYS_TOLD
        if (kind, reason) in notes.told or is_too_much:
            return
        notes.told.add((kind, reason))
        if kind in {GateEventType.ASKED, GateEventType.REFUSED, GateEventType.UNKNOWN}:
            self._board.note_decision(decision, kind.value)
        if notes.picture is not None:
            self._board.show_picture(notes.picture, stranger=decision.vehicle is None)
        self._board.tell(
            GateEvent(
                kind,
                reason,
                vehicle=self._name_of(decision.vehicle),
                visit=decision.visit,
                looks=decision.looks,
                weakest=round(decision.weakest, 4),
                margin=float(f"{decision.margin:.3g}"),
                milliseconds=milliseconds,
            )
        )


def _as_it_came(summary: VisitSummary, came: Opening | None) -> VisitSummary:
    """The visit with what came of the command, which may differ from what was decided."""
    if came is None:
        return summary
    is_open = came.outcome in {Outcome.OPENED, Outcome.WOULD_OPEN}
    return replace(
        summary,
        verdict=Verdict.OPEN if is_open else Verdict.REFUSE,
        reason=came.reason,
        opened=came.outcome is Outcome.OPENED,
    )


def _event_of_refusal(reason: Reason) -> GateEventType:
    return GateEventType.UNKNOWN if reason in _STRANGERS else GateEventType.REFUSED
