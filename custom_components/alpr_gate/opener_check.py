"""Looks over the actions an owner chose for opening a gate, before they are saved."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.helpers.template import Template, is_template_string
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homeassistant.core import HomeAssistant

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
_OPEN_STATES: Final = frozenset({"open", "opening", "unlocked", "unlocking"})
_NAMED_BY: Final = ("action", "service", "service_template")
_HANDED_OVER: Final = ("data", "data_template")
NO_STEPS: Final = frozenset({*_HANDED_OVER, "event_data", "event_data_template", "variables"})
"""What is handed to an action is no step of the sequence, whatever it looks like."""
ASKED: Final = frozenset({"conditions", "if", "while", "until", "wait_for_trigger"})
"""What only asks whether a sequence shall go on."""


class OpenerProblem(StrEnum):
    """Why actions are refused; each is the key of a message."""

    INVALID = "opener_invalid"
    NOTHING = "opener_does_nothing"
    CLOSES = "opener_closes"
    TEMPLATED = "opener_templated"
    TOGGLES = "opener_toggles"
    NO_SUCH_ACTION = "opener_action_missing"


async def opener_problem(
    hass: HomeAssistant, actions: list[dict[str, Any]], *, toggle: bool
) -> OpenerProblem | None:
    """What is wrong with the actions, if anything.

    ``toggle`` says that the owner knows the opener to be one that opens and closes by turns.
    Actions inside a script or a scene that is called are not seen; disabled steps do not count.
    """
    run = without_disabled(hass, actions)
    try:
        await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(run))
    except vol.Invalid, HomeAssistantError:
        return OpenerProblem.INVALID
    if actions and not any(_does_something(step) for step in steps(run)):
        return OpenerProblem.NOTHING
    called = [(name, step) for step in steps(run) for name in _names(step)]
    if any(is_template_string(name) for name, _ in called):
        return OpenerProblem.TEMPLATED
    if any(_closes(name, step) for name, step in called):
        return OpenerProblem.CLOSES
    if not toggle and any("toggle" in _verb(name) for name, _ in called):
        return OpenerProblem.TOGGLES
    return OpenerProblem.NO_SUCH_ACTION if any(missing_actions(hass, run)) else None


def missing_actions(hass: HomeAssistant, sequence: object) -> Iterator[str]:
    """The actions called anywhere in a sequence that Home Assistant does not have."""
    return (name for name in called_actions(sequence) if is_missing(hass, name))


def called_actions(sequence: object) -> Iterator[str]:
    """The names of all actions called anywhere in a sequence, but those that a template makes."""
    for step in steps(sequence):
        yield from (name for name in _actions(step) if not is_template_string(name))


def is_missing(hass: HomeAssistant, action: str) -> bool:
    """Whether Home Assistant has no such action; scripts and integrations may load late."""
    domain, _, name = action.partition(".")
    return not hass.services.has_service(domain, name)


def without_disabled(
    hass: HomeAssistant, actions: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Leave out the steps that are disabled, in branches too: Home Assistant passes them over."""
    return [_enabled_part(hass, step) for step in actions if not _is_disabled(hass, step)]


def _enabled_part(hass: HomeAssistant, part: Any) -> Any:
    """What is left of any part of a sequence."""
    if isinstance(part, list):
        return [_enabled_part(hass, item) for item in part if not _is_disabled(hass, item)]
    if not isinstance(part, dict):
        return part
    left = {}
    for key, item in part.items():
        if key in NO_STEPS or key in ASKED:
            left[key] = item
        else:
            left[key] = [] if _is_disabled(hass, item) else _enabled_part(hass, item)
    return left


def _is_disabled(hass: HomeAssistant, step: object) -> bool:
    enabled = step.get("enabled", True) if isinstance(step, dict) else True
    try:
        if isinstance(enabled, str) and is_template_string(enabled):
            return not Template(enabled, hass).async_render(limited=True)
        return not cv.boolean(enabled)
    except vol.Invalid, TemplateError:
        return False


def steps(part: object) -> Iterator[dict[str, Any]]:
    """All steps anywhere in a sequence, in its branches too."""
    if isinstance(part, list):
        for item in part:
            yield from steps(item)
    elif isinstance(part, dict):
        yield part
        for key, item in part.items():
            if key not in NO_STEPS:
                yield from steps(item)


def _actions(step: dict[str, Any]) -> Iterator[str]:
    for key in _NAMED_BY:
        if isinstance(name := step.get(key), str):
            yield name.strip().casefold()


def _names(step: dict[str, Any]) -> Iterator[str]:
    """What a step calls: an action, or a device's own as its domain and type."""
    yield from _actions(step)
    if "device_id" in step and "domain" in step:
        yield f"{step['domain']}.{step.get('type')}".casefold()


def is_question(step: dict[str, Any]) -> bool:
    """Whether a step only asks for a state, or waits for it."""
    return "condition" in step or "trigger" in step


def _does_something(step: dict[str, Any]) -> bool:
    """Whether a step calls something, rather than to wait or to ask."""
    if is_question(step):
        return False
    return "scene" in step or "event" in step or any(_names(step))


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
