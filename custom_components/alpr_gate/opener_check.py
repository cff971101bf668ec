"""Looks over the actions an owner chose for opening a gate, before they are saved."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import async_validate_actions_config
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeassistant.core import HomeAssistant

_CLOSING: Final = frozenset(
    {"cover.close", "cover.close_cover", "valve.close", "valve.close_valve"}
)
"""Actions, and device actions by their domain and type."""
_POSITIONING: Final = frozenset({"cover.set_cover_position", "valve.set_valve_position"})
_TOGGLING: Final = frozenset(
    {
        "cover.toggle",
        "homeassistant.toggle",
        "input_boolean.toggle",
        "switch.toggle",
        "valve.toggle",
    }
)


class OpenerProblem(StrEnum):
    """Why actions are refused; each is the key of a message."""

    INVALID = "opener_invalid"
    CLOSES = "opener_closes"
    TOGGLES = "opener_toggles"


async def opener_problem(
    hass: HomeAssistant, actions: list[dict[str, Any]], *, toggle: bool
) -> OpenerProblem | None:
    """What is wrong with the actions, if anything.

    ``toggle`` says that the owner knows the opener to be one that opens and closes by turns.
    Actions inside a script that is called are not seen.
    """
    try:
        await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(actions))
    except vol.Invalid, HomeAssistantError:
        return OpenerProblem.INVALID
    called = set(_called(actions))
    if called & _CLOSING:
        return OpenerProblem.CLOSES
    if called & _TOGGLING and not toggle:
        return OpenerProblem.TOGGLES
    return None


def _called(part: object) -> Iterator[str]:
    """Names of all actions called anywhere in a sequence, in its branches too."""
    if isinstance(part, list):
        for item in part:
            yield from _called(item)
    elif isinstance(part, dict):
        name = part.get("action", part.get("service"))
        if isinstance(name, str):
            yield name.strip().casefold()
        if name in _POSITIONING and not _opens_all_the_way(part.get("data")):
            yield "cover.close_cover"
        if "device_id" in part:
            yield f"{part.get('domain')}.{part.get('type')}"
        for item in part.values():
            yield from _called(item)


def _opens_all_the_way(data: object) -> bool:
    """Whether a position is the open end: any other may lie on the way to the closed one."""
    return isinstance(data, dict) and data.get("position") == 100
