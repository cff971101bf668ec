"""When a change of an entity's state means that something has just happened.

Home Assistant also reports changes when nothing happened: states are restored at start, entities
come back from being unavailable, integrations reload. Those never count, neither as a trigger nor
as a second factor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.util import dt as dt_util

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.core import State

_NOTHING_KNOWN: Final = {STATE_UNAVAILABLE, STATE_UNKNOWN}
_ACTIVE: Final = {"on", "true", "detected", "motion", "occupied", "present", "open", "home"}
"""States that mean "on" in the domains that do not say ``on``."""

_MOMENT_DOMAINS: Final = {
    "button",
    "event",
    "image",
    "input_button",
    "notify",
    "scene",
    "tag",
}
"""Domains whose state is the moment at which something last happened."""

_ARRIVAL_DOMAINS: Final = {"device_tracker", "person"}

_FRESH_MOMENT_SECONDS: Final = 10.0
"""A moment further back than this is one that is reported again, not one that just happened."""


def turned_on(old: State | None, new: State | None, *, now: datetime) -> bool:
    """Say whether the change from ``old`` to ``new`` is an entity turning on, or an event firing.

    ``now`` is an aware wall-clock time. An entity that appears, disappears or comes back has not
    turned on; the first event of an event entity that has never fired has.
    """
    if old is None or new is None or old.state == new.state or new.state in _NOTHING_KNOWN:
        return False
    if old.state == STATE_UNAVAILABLE or new.attributes.get("restored"):
        return False
    domain = new.domain
    if domain in _MOMENT_DOMAINS:
        return _is_fresh_moment(new.state, now)
    if old.state == STATE_UNKNOWN:
        return False
    if domain in _ARRIVAL_DOMAINS:
        return new.state == "home"
    if (before := _as_number(old.state)) is not None:
        after = _as_number(new.state)
        return before <= 0 < after if after is not None else False
    return new.state.casefold() in _ACTIVE and old.state.casefold() not in _ACTIVE


def _is_fresh_moment(state: str, now: datetime) -> bool:
    """Say whether ``state`` is a moment that lies within seconds of ``now``."""
    moment = dt_util.parse_datetime(state)
    if moment is None:
        return False
    return abs((now - dt_util.as_utc(moment)).total_seconds()) <= _FRESH_MOMENT_SECONDS


def _as_number(state: str) -> float | None:
    """The state as a number, for counters such as "cars in front of the gate"."""
    try:
        return float(state)
    except ValueError:
        return None
