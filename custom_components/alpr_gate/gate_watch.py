"""What is known of the gate itself: its state, a stop half-way, whether something is in its way.

A gate that was stopped half-way counts as stopped until it is seen closed, or until a person has
moved it all the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.const import ATTR_ASSUMED_STATE, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from .alpr.types import GateState

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.core import CALLBACK_TYPE, State

_STATES: Final[dict[str, GateState]] = {
    "closed": GateState.CLOSED,
    "shut": GateState.CLOSED,
    "off": GateState.CLOSED,
    "locked": GateState.CLOSED,
    "opening": GateState.OPENING,
    "unlocking": GateState.OPENING,
    "open": GateState.OPEN,
    "opened": GateState.OPEN,
    "on": GateState.OPEN,
    "unlocked": GateState.OPEN,
    "closing": GateState.CLOSING,
    "locking": GateState.CLOSING,
    "stopped": GateState.STOPPED,
    "jammed": GateState.STOPPED,
    "partially_open": GateState.STOPPED,
    "partially open": GateState.STOPPED,
    "ajar": GateState.STOPPED,
}
"""What the states of covers, valves, locks, contacts and text sensors say of a gate."""

_MOVING: Final = {GateState.OPENING, GateState.CLOSING}
_FULLY_OPEN: Final = 100


def gate_state_of(state: State | None) -> GateState:
    """What one state of the gate's entity says by itself.

    A state that Home Assistant only assumes (an opener without any sensor) is no knowledge.
    """
    if state is None or state.state == STATE_UNAVAILABLE or state.attributes.get("restored"):
        return GateState.UNAVAILABLE
    if state.state == STATE_UNKNOWN or state.attributes.get(ATTR_ASSUMED_STATE):
        return GateState.UNKNOWN
    return _STATES.get(state.state.strip().casefold(), GateState.UNKNOWN)


def was_stopped(before: GateState, after: GateState, position: float | None) -> bool:
    """Say whether a gate that moved came to rest half-way.

    ``position`` is the cover's position from 0 (closed) to 100 (open), where it has one. Covers
    report a half-way stop as "open".
    """
    if after is not GateState.OPEN or before not in _MOVING:
        return False
    if position is not None:
        return 0 < position < _FULLY_OPEN
    return before is GateState.CLOSING


class GateWatch:
    """Keeps the state of one gate and of its obstruction sensor up to date."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        gate_entity: str | None,
        obstruction_entity: str | None,
        changed: Callable[[], None],
    ) -> None:
        """``changed()`` is called after every change of what is known."""
        self._hass = hass
        self._gate_entity = gate_entity
        self._obstruction_entity = obstruction_entity
        self._changed = changed
        self._stopped = False
        self._last_known = self._read_gate()

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Begin to listen; returns what ends it."""
        watched = [entity for entity in (self._gate_entity, self._obstruction_entity) if entity]
        self._last_known = self._read_gate()
        return async_track_state_change_event(self._hass, watched, self._state_changed)

    @property
    def state(self) -> GateState:
        """The gate as it is now."""
        state = self._read_gate()
        if self._stopped and state is GateState.OPEN:
            return GateState.STOPPED
        return state

    @property
    def obstructed(self) -> bool | None:
        """Whether something stands in the gate's way; None where nothing tells."""
        if self._obstruction_entity is None:
            return None
        state = self._hass.states.get(self._obstruction_entity)
        if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return None
        return state.state == STATE_ON

    def _read_gate(self) -> GateState:
        if self._gate_entity is None:
            return GateState.UNKNOWN
        return gate_state_of(self._hass.states.get(self._gate_entity))

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == self._gate_entity:
            self._note_movement(event.data["new_state"])
        self._changed()

    def _note_movement(self, new: State | None) -> None:
        after = gate_state_of(new)
        if after in {GateState.UNAVAILABLE, GateState.UNKNOWN}:
            return
        position = new.attributes.get("current_position") if new else None
        if was_stopped(self._last_known, after, position):
            self._stopped = True
        elif (
            after is GateState.CLOSED
            or self._last_known is GateState.OPENING
            or position == _FULLY_OPEN
        ):
            self._stopped = False
        self._last_known = after
