"""Listens to the entities that start a look, and to those that confirm one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .entity_change import turned_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from homeassistant.core import CALLBACK_TYPE


@callback
def watch_entities(
    hass: HomeAssistant,
    entity_ids: Iterable[str],
    happened: Callable[[str], None],
) -> CALLBACK_TYPE:
    """Call ``happened(entity_id)`` when one of the entities turns on or fires; returns the stop.

    States restored or reported again while Home Assistant starts are not news: nothing is reported
    before it runs.
    """

    @callback
    def _changed(event: Event[EventStateChangedData]) -> None:
        if hass.state is not CoreState.running:
            return
        if turned_on(event.data["old_state"], event.data["new_state"], now=dt_util.utcnow()):
            happened(event.data["entity_id"])

    return async_track_state_change_event(hass, list(entity_ids), _changed)
