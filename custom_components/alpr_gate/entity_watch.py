"""Listens to the entities that start a look, and to those that confirm one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Protocol

    from homeassistant.core import CALLBACK_TYPE, State

    class Judge(Protocol):
        """Says whether a change of state is what is waited for."""

        def __call__(self, old: State | None, new: State | None, *, now: datetime) -> bool:
            """Judge the change from ``old`` to ``new`` at ``now``."""


@callback
def watch_entities(
    hass: HomeAssistant,
    entity_ids: Iterable[str],
    is_news: Judge,
    happened: Callable[[str], None],
) -> CALLBACK_TYPE:
    """Call ``happened(entity_id)`` when a change of one of the entities is news; returns the stop.

    States restored or reported again while Home Assistant starts are not news: nothing is reported
    before it runs.
    """

    @callback
    def _changed(event: Event[EventStateChangedData]) -> None:
        if hass.state is not CoreState.running:
            return
        if is_news(event.data["old_state"], event.data["new_state"], now=dt_util.utcnow()):
            happened(event.data["entity_id"])

    return async_track_state_change_event(hass, list(entity_ids), _changed)
