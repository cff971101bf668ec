"""Which entities prove nothing as a second factor: they change with whatever car comes.

A gate that opens, the sensor that a car sets off and what ALPR Gate tells of it change for every
car, one with a printed plate too; and what one car moved would confirm the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
import probatio as vol

from .const import DOMAIN
from .opener_check import called_actions, steps, without_disabled
from .opener_names import named_in
from .opener_reach import meant_by_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from homeassistant.core import HomeAssistant

_COMES_HOME: Final = frozenset({"person", "device_tracker", "tag"})
"""No car that merely drives up changes these: one of them may start a look and confirm as well."""
_SCRIPTS: Final = "script"
_SCENE: Final = "scene"


def proving_nothing(
    hass: HomeAssistant,
    confirming: Iterable[str],
    *,
    senses: Iterable[str | None],
    opener: Sequence[dict[str, Any]],
) -> list[str]:
    """Those of the ``confirming`` entities of a gate that prove nothing, in their order.

    ``senses`` are the entities by which the gate senses a car, its own state and what is in its
    way, None for one that it lacks; ``opener`` are the actions that open it, as typed in.
    """
    sensed = {one for one in senses if one and one.partition(".")[0] not in _COMES_HOME}
    moved = sensed | _aimed_at(hass, opener)
    return [one for one in confirming if one in moved or _is_our_own(hass, one)]


def _is_our_own(hass: HomeAssistant, entity: str) -> bool:
    registered = er.async_get(hass).async_get(entity)
    return registered is not None and registered.platform == DOMAIN


def _aimed_at(hass: HomeAssistant, opener: Sequence[dict[str, Any]]) -> set[str]:
    """The entities that an opener moves or starts; what only a template names is not known.

    One that Home Assistant does not understand is never run.
    """
    try:
        sequence = cv.SCRIPT_SCHEMA(without_disabled(hass, opener))
    except vol.Invalid:
        return set()
    aimed_at = {*_named(hass, opener), *_started(hass, sequence)}
    in_groups = TargetSelection({ATTR_ENTITY_ID: list(aimed_at)})
    aimed_at |= async_extract_referenced_entity_ids(hass, in_groups).referenced
    for step in steps(sequence):
        aimed_at |= set(meant_by_many(hass, step))
    return aimed_at


def _named(hass: HomeAssistant, opener: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The entities that its steps name to move them; a device's own action by the registry's id."""
    registry = er.async_get(hass)
    for named in named_in(hass, opener):
        if named.kind == ATTR_ENTITY_ID and not named.is_asked:
            entity = er.async_resolve_entity_id(registry, named.name.lower())
            if entity is not None:
                yield entity


def _started(hass: HomeAssistant, sequence: list[dict[str, Any]]) -> Iterator[str]:
    """The scenes that it activates, and the scripts that it calls by their name."""
    for step in steps(sequence):
        if isinstance(scene := step.get(_SCENE), str):
            yield scene
    registry = er.async_get(hass)
    for action in called_actions(sequence):
        domain, _, name = action.partition(".")
        if domain == _SCRIPTS:
            yield registry.async_get_entity_id(_SCRIPTS, _SCRIPTS, name) or action
