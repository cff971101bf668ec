"""What a gate shows to the outside: its status, its events, its picture and its last decisions."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .evidence_memory import EvidenceMemory
from .gate_status import GateEvent, GateEventType, GateStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.core import CALLBACK_TYPE

    from .alpr.gate.policy import Decision
    from .alpr.gate.visit_summary import VisitSummary

type VisitListener = Callable[[VisitSummary, bytes | None], None]

DECISIONS_KEPT: Final = 50


class GateBoard:
    """Holds what entities and diagnostics show of one gate, and tells them when it changes."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._status = GateStatus()
        self._listeners: list[Callable[[], None]] = []
        self._event_listeners: list[Callable[[GateEvent], None]] = []
        self._visit_listeners: list[Callable[[VisitSummary, bytes | None], None]] = []
        self._forget_listeners: list[Callable[[], None]] = []
        self._forgot_at = float("-inf")
        """Monotonic time at which a vehicle was last forgotten."""
        self._decisions: deque[dict[str, Any]] = deque(maxlen=DECISIONS_KEPT)
        self._hass = hass
        self.evidence = EvidenceMemory(hass, self._picture_forgotten)

    @property
    def status(self) -> GateStatus:
        """The gate at this moment; never changes, a new one takes its place."""
        return self._status

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The last decisions, the newest last, explained without plates."""
        return list(self._decisions)

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` after every change of the status; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def listen_to_events(self, listener: Callable[[GateEvent], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with every event; returns what ends that."""
        self._event_listeners.append(listener)
        return lambda: self._event_listeners.remove(listener)

    @callback
    def listen_to_visits(
        self, listener: Callable[[VisitSummary, bytes | None], None]
    ) -> CALLBACK_TYPE:
        """Call ``listener`` with every visit that ended and its picture; returns what ends that."""
        self._visit_listeners.append(listener)
        return lambda: self._visit_listeners.remove(listener)

    @callback
    def listen_to_forgetting(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` when a vehicle is forgotten; returns what ends that."""
        self._forget_listeners.append(listener)
        return lambda: self._forget_listeners.remove(listener)

    @callback
    def change(self, **changes: Any) -> None:
        """Take on other values of the status, and say so if any is different."""
        status = replace(self._status, **changes)
        if status == self._status:
            return
        self._status = status
        for listener in tuple(self._listeners):
            listener()

    @callback
    def tell(self, event: GateEvent) -> None:
        """Something happened."""
        for listener in tuple(self._event_listeners):
            listener(event)

    @callback
    def show_picture(self, picture: bytes, *, stranger: bool) -> None:
        """Show the picture that the last event rests on."""
        self.evidence.keep(picture, stranger=stranger)
        self.change(picture_at=self.evidence.taken_at)

    @callback
    def note_decision(self, decision: Decision, outcome: str) -> None:
        """Remember a decision and what came of it, for diagnostics."""
        self._decisions.append(
            {"at": dt_util.utcnow().isoformat(), "outcome": outcome, **decision.explain()}
        )

    @callback
    def count(self, counted: GateEventType, by: int = 1) -> None:
        """Count what shadow mode would have done."""
        if counted is GateEventType.WOULD_OPEN:
            self.change(would_open=self._status.would_open + by)
        else:
            self.change(would_refuse=self._status.would_refuse + by)

    @callback
    def tell_of_visit(self, visit: VisitSummary, picture: bytes | None) -> None:
        """A visit ended; ``picture`` is the evidence of its last look.

        It is dropped when a vehicle was forgotten meanwhile: it may show that one.
        """
        if visit.began_at <= self._forgot_at:
            picture = None
        for listener in tuple(self._visit_listeners):
            listener(visit, picture)

    @callback
    def forget_vehicle(self, vehicle: str) -> None:
        """Drop everything that may refer to one vehicle; which picture shows it is not known."""
        self._forgot_at = self._hass.loop.time()
        self._decisions = deque(
            (one for one in self._decisions if one["vehicle"] != vehicle), maxlen=DECISIONS_KEPT
        )
        self.evidence.forget()
        self.change(picture_at=None, last_vehicle=None)
        for listener in tuple(self._forget_listeners):
            listener()

    @callback
    def forget(self) -> None:
        """Nobody looks any more: nothing is in view, and no picture stays."""
        self.evidence.forget()
        self.change(reading=False, looking=False, vehicle_present=False, picture_at=None)

    @callback
    def _picture_forgotten(self) -> None:
        self.change(picture_at=None)
