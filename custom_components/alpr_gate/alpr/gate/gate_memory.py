"""What is remembered of a gate: its last command, whether it moved since, what stopped it."""

from __future__ import annotations

from ..types import GateState, Moment, Reason
from .decision import Situation
from .settings import GateSettings

UNMOVED_SECONDS = 120.0
"""For so long a gate whose opener toggles, and that still says it is closed after a command, is
believed to have a slow sensor."""
_NEVER = float("-inf")
_MOVED = frozenset({GateState.OPEN, GateState.OPENING, GateState.CLOSING, GateState.STOPPED})


class GateMemory:
    """Why a gate must not be moved although its sensor says nothing against it.

    It can only forbid, so it may outlive an attendant whose settings were changed.
    """

    def __init__(self) -> None:
        self.lockout: Reason | None = None
        """Something was in the gate's way or stopped it, and it has not closed since."""
        self.commanded_at = _NEVER
        """Monotonic time of the last command."""
        self._is_unmoved = False
        """The gate has not been seen to move since a toggle was pressed."""

    def commanded(self, settings: GateSettings, now: Moment) -> None:
        """The gate is about to get a command."""
        self.commanded_at = now.monotonic
        self._is_unmoved = settings.toggle_opener and not settings.shadow

    def watch(self, situation: Situation, settings: GateSettings) -> None:
        """Lock the gate out when something was in its way or stopped it, until it is closed."""
        if situation.gate in _MOVED:
            self._is_unmoved = False
        if situation.obstructed:
            self.lockout = Reason.GATE_OBSTRUCTED
        elif situation.gate is GateState.STOPPED:
            self.lockout = Reason.GATE_STOPPED
        elif self.lockout is not None and _is_clear(situation, settings):
            self.lockout = None

    def is_settling(self, settings: GateSettings, now: Moment) -> bool:
        """Whether the gate got a command moments ago."""
        return now.monotonic - self.commanded_at < settings.settle_seconds

    def is_unmoved(self, now: Moment) -> bool:
        """Whether a toggle was pressed, and the gate has not been seen to move since."""
        return self._is_unmoved and now.monotonic - self.commanded_at < UNMOVED_SECONDS


def _is_clear(situation: Situation, settings: GateSettings) -> bool:
    """Whether the gate is known closed, or nothing tells, and nothing is in its way."""
    unwatched = situation.gate is GateState.UNKNOWN and not settings.state_named
    watched_clear = situation.obstructed is False or not settings.obstruction_named
    return (situation.gate is GateState.CLOSED or unwatched) and watched_clear
