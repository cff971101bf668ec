"""Looks over the actions an owner chose for opening a gate, before they are saved."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.helpers.template import is_template_string
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.script import Script

_LOCKING: Final = frozenset({"lock.lock"})
_FIELD_OF_POSITION: Final = {
    "cover.set_cover_position": "position",
    "cover.set_cover_tilt_position": "tilt_position",
    "cover.set_position": "position",
    "cover.set_tilt_position": "position",
    "valve.set_valve_position": "position",
}
"""What says how far it goes, by actions, and by device actions as their domain and type."""
_GATES: Final = frozenset({"cover", "lock", "valve"})
_MOVERS: Final = frozenset({*_GATES, "button", "input_button"})
"""Domains of what is there for nothing but to move something."""
_OPEN_STATES: Final = frozenset({"open", "opening", "unlocked", "unlocking"})
_NAMED_BY: Final = ("action", "service", "service_template")
_HANDED_OVER: Final = ("data", "data_template")
_NO_STEPS: Final = frozenset({*_HANDED_OVER, "event_data", "event_data_template", "variables"})
"""What is handed to an action is no step of the sequence, whatever it looks like."""


class OpenerProblem(StrEnum):
    """Why actions are refused; each is the key of a message."""

    INVALID = "opener_invalid"
    CLOSES = "opener_closes"
    TEMPLATED = "opener_templated"
    TOGGLES = "opener_toggles"


async def opener_problem(
    hass: HomeAssistant, actions: list[dict[str, Any]], *, toggle: bool
) -> OpenerProblem | None:
    """What is wrong with the actions, if anything.

    ``toggle`` says that the owner knows the opener to be one that opens and closes by turns.
    Actions inside a script or a scene that is called are not seen.
    """
    try:
        await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(actions))
    except vol.Invalid, HomeAssistantError:
        return OpenerProblem.INVALID
    called = [(name, step) for step in _steps(actions) for name in _names(step)]
    if any(is_template_string(name) for name, _ in called):
        return OpenerProblem.TEMPLATED
    if any(_closes(name, step) for name, step in called):
        return OpenerProblem.CLOSES
    if not toggle and any("toggle" in _verb(name) for name, _ in called):
        return OpenerProblem.TOGGLES
    return None


def is_out_of_reach(hass: HomeAssistant, opener: Script) -> bool:
    """Whether what an opener names is gone or unavailable: Home Assistant would pass it over.

    One gate, lock or button that is gone is enough; of other things, a relay and a lamp perhaps,
    all must be.
    """
    gone = {entity: _is_gone(hass, entity) for entity in opener.referenced_entities}
    movers = [is_gone for entity, is_gone in gone.items() if entity.split(".")[0] in _MOVERS]
    return any(movers) if movers else bool(gone) and all(gone.values())


def _is_gone(hass: HomeAssistant, entity: str) -> bool:
    state = hass.states.get(entity)
    return state is None or state.state == STATE_UNAVAILABLE


def _steps(part: object) -> Iterator[dict[str, Any]]:
    """All steps anywhere in a sequence, in its branches too."""
    if isinstance(part, list):
        for item in part:
            yield from _steps(item)
    elif isinstance(part, dict):
        yield part
        for key, item in part.items():
            if key not in _NO_STEPS:
                yield from _steps(item)


def _names(step: dict[str, Any]) -> Iterator[str]:
    """What a step calls: an action, or a device's own as its domain and type."""
    for key in _NAMED_BY:
        if isinstance(name := step.get(key), str):
            yield name.strip().casefold()
    if "device_id" in step:
        yield f"{step.get('domain')}.{step.get('type')}".casefold()


def _verb(name: str) -> list[str]:
    """The words of what an action does: "close", "cover" of "cover.close_cover"."""
    return name.partition(".")[2].split("_")


def _closes(name: str, step: dict[str, Any]) -> bool:
    """Whether a step closes something, or may."""
    if name in _LOCKING:
        return True
    if name in _FIELD_OF_POSITION:
        return not _opens_all_the_way(step, _FIELD_OF_POSITION[name])
    if name == "scene.apply":
        return _sets_a_gate_closed(step)
    return _verb(name)[0] == "close" and not name.startswith("script.")


def _opens_all_the_way(step: dict[str, Any], field: str) -> bool:
    """Whether a position is the open end: any other may lie on the way to the closed one."""
    parts = [step[key] for key in _HANDED_OVER if key in step] or [step]
    if not all(isinstance(part, dict) for part in parts):
        return False
    positions = [part[field] for part in parts if field in part]
    return bool(positions) and all(position == 100 for position in positions)


def _sets_a_gate_closed(step: dict[str, Any]) -> bool:
    """Whether a scene that is written out says that something shall not be open."""
    for part in (step.get(key) for key in _HANDED_OVER):
        entities = part.get("entities") if isinstance(part, dict) else None
        if not isinstance(entities, dict):
            continue
        for entity, wanted in entities.items():
            state = wanted.get("state") if isinstance(wanted, dict) else wanted
            is_gate = str(entity).partition(".")[0].casefold() in _GATES
            if is_gate and str(state).casefold() not in _OPEN_STATES:
                return True
    return False
