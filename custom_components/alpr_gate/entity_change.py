"""When a change of an entity's state means that something has just happened.

Home Assistant also reports changes when nothing happened: states are restored at start, entities
come back from being unavailable, integrations reload. Those never count, neither as a trigger nor
as a second factor. What may start a look, and what may confirm, are two questions: a wrong code
typed in is worth a look.
"""

from __future__ import annotations

import re
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

_ALARM_DISARMED: Final = {
    (before, "disarmed")
    for before in (
        "armed_away",
        "armed_custom_bypass",
        "armed_home",
        "armed_night",
        "armed_vacation",
        "disarming",
        "pending",
    )
}
"""Not from ``triggered``, which many alarms leave by themselves after some time, nor from
``arming``, which they give up when a window is open."""

_LOCK_UNLOCKED: Final = {
    ("locked", "open"),
    ("locked", "unlocked"),
    ("opening", "open"),
    ("unlocking", "open"),
    ("unlocking", "unlocked"),
}

_UNLOCKINGS: Final = {"alarm_control_panel": _ALARM_DISARMED, "lock": _LOCK_UNLOCKED}
"""The changes, from one state to another, by which these domains tell of a code that was right."""

_NO_CODE_WORDS: Final = re.compile(
    r"\b(?:not?|non|un\w+|in(?:valid|correct|sufficient)\w*|mis\w+|bad|low|wrong\w*|fail\w*|err\w*"
    r"|den[iy]\w*|reject\w*|refus\w*|forbid\w*|disallow\w*|abnormal\w*|problem\w*|duress\w*"
    r"|hostage|panic|emergency|tamper\w*|block\w*|lock\w*|clos\w*|arm\w*|expire\w*|cancel\w*"
    r"|abort\w*|time(?:d|out)\w*|too|attempts?)\b"
)
"""Words in the type of an event that say that no right code was typed, or under duress. Locking
and arming take no code with many keypads."""
_UNLOCK_WORDS: Final = re.compile(r"\bunlock\w*|\bunlatch\w*")

_TYPED: Final = ("action_code", "code", "digits", "pin", "pin_code")
"""Attributes of an event that hand on what was typed: nobody has looked whether it is right."""

_DIGIT_DOMAINS: Final = {"input_number", "input_text", "number", "sensor", "text"}
"""A number in one of these may be what somebody typed, whether it was right or not."""


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


def confirms(old: State | None, new: State | None, *, now: datetime) -> bool:
    """Say whether the change from ``old`` to ``new`` is a second factor.

    That is an entity turning on or an event firing, an alarm that is disarmed and a lock that is
    unlocked; neither digits that nobody has checked, nor an event that tells of a wrong code.
    """
    if old is None or new is None or new.attributes.get("restored"):
        return False
    if (unlockings := _UNLOCKINGS.get(new.domain)) is not None:
        return (old.state, new.state) in unlockings
    if new.domain == "event" and not _tells_of_good(new):
        return False
    if new.domain in _DIGIT_DOMAINS and _as_number(new.state) is not None:
        return False
    return turned_on(old, new, now=now)


def _tells_of_good(event: State) -> bool:
    """Whether an event of an event entity says of no code that it is wrong or not yet checked."""
    if any(event.attributes.get(key) is not None for key in _TYPED):
        return False
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(event.attributes.get("event_type", "")))
    words = re.sub(r"[\W_]+", " ", kind).casefold()
    return _NO_CODE_WORDS.search(_UNLOCK_WORDS.sub(" ", words)) is None


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
