"""Whether what an opener names is there: Home Assistant silently passes over what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
    CONF_ACTION,
    CONF_CONDITION,
    CONF_DOMAIN,
    CONF_SERVICE_DATA,
    CONF_SERVICE_DATA_TEMPLATE,
    CONF_TARGET,
    CONF_TRIGGER,
    STATE_UNAVAILABLE,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.target import (
    SelectedEntities,
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.template import Template

from .opener_check import missing_actions, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.script import Script

_MOVERS: Final = frozenset({"cover", "lock", "valve", "button", "input_button"})
"""Domains of what is there for nothing but to move something."""
MANY: Final = (ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)
"""What stands for all entities in it."""
TARGETED_BY: Final = (CONF_TARGET, CONF_SERVICE_DATA, CONF_SERVICE_DATA_TEMPLATE)
_SCRIPTS: Final = "script"
"""An action of this domain is handed its data; it looks for no entities in there."""

type _Reached = tuple[str, bool]
"""The domain of something that the opener reaches for, and whether that is gone."""


def is_out_of_reach(hass: HomeAssistant, opener: Script) -> bool:
    """Whether what an opener names is gone or unavailable: Home Assistant would pass it over.

    An action that does not exist any more would stop it there.
    Devices, areas, floors and labels stand for what the action would find in them. One gate, lock
    or button that is gone is enough; of other things, a relay and a lamp perhaps, all must be.
    """
    if any(missing_actions(hass, opener.sequence)):
        return True
    reached = [(_domain(entity), is_gone(hass, entity)) for entity in opener.referenced_entities]
    for step in steps(opener.sequence):
        reached += _reached_in_many(hass, step)
    movers = [gone for domain, gone in reached if domain in _MOVERS]
    everything = [gone for _, gone in reached]
    return any(movers) if movers else bool(everything) and all(everything)


def meant_by_many(hass: HomeAssistant, step: dict[str, Any]) -> list[str]:
    """The entities that a step means by the devices, areas, floors and labels that it names."""
    return _found_in(hass, step, _selected(hass, step))


def _reached_in_many(hass: HomeAssistant, step: dict[str, Any]) -> list[_Reached]:
    """What a step reaches for without naming its entities."""
    selected = _selected(hass, step)
    if selected is None:
        return []
    if found := _found_in(hass, step, selected):
        return [(_domain(entity), is_gone(hass, entity)) for entity in found]
    domain = _domain_of_step(step)
    return [(domain, _is_of_entities(hass, domain) or bool(selected.missing_devices))]


def _selected(hass: HomeAssistant, step: dict[str, Any]) -> SelectedEntities | None:
    """What is in the devices, areas, floors and labels of a step; None where it names none."""
    selection = TargetSelection(_many_named(step))
    if not selection.has_any_target:
        return None
    return async_extract_referenced_entity_ids(hass, selection)


def _found_in(
    hass: HomeAssistant, step: dict[str, Any], selected: SelectedEntities | None
) -> list[str]:
    """What the action of a step would find there."""
    if selected is None:
        return []
    domain = _domain_of_step(step)
    found = [one for one in selected.indirectly_referenced if not _is_disabled(hass, one)]
    if _is_of_entities(hass, domain):
        return [entity for entity in found if _domain(entity) == domain]
    return found


def _domain_of_step(step: dict[str, Any]) -> str:
    return _domain(step.get(CONF_ACTION) or step[CONF_DOMAIN])


def _is_of_entities(hass: HomeAssistant, domain: str) -> bool:
    """Whether an action of this domain is for the entities of it, and passes others over."""
    return domain in hass.data.get(DATA_INSTANCES, {}) and domain != _SCRIPTS


def _many_named(step: dict[str, Any]) -> dict[str, list[str]]:
    """The devices, areas, floors and labels that one step names; what a template says is unknown.

    An action of a device mostly names its entity too: then that is what it reaches for.
    """
    if CONF_ACTION in step:
        parts = [part for key in TARGETED_BY if isinstance(part := step.get(key), dict)]
    elif _is_of_a_device(step) and ATTR_ENTITY_ID not in step:
        parts = [{ATTR_DEVICE_ID: step[ATTR_DEVICE_ID]}]
    else:
        parts = []
    return {key: [name for part in parts for name in _ids(part.get(key))] for key in MANY}


def _is_of_a_device(step: dict[str, Any]) -> bool:
    """Whether a step is a device's own action, rather than to ask or to wait for something."""
    is_action = CONF_CONDITION not in step and CONF_TRIGGER not in step
    return is_action and ATTR_DEVICE_ID in step and CONF_DOMAIN in step


def _ids(named: object) -> Iterator[str]:
    """One id or several, whichever was written."""
    if isinstance(named, str):
        yield named
    elif isinstance(named, list) and not any(isinstance(one, Template) for one in named):
        yield from named


def _domain(name: str) -> str:
    return name.partition(".")[0]


def _is_disabled(hass: HomeAssistant, entity: str) -> bool:
    """Whether the owner disabled it: no action reaches it, and none is expected to."""
    registered = er.async_get(hass).async_get(entity)
    return registered is not None and registered.disabled


def is_gone(hass: HomeAssistant, entity: str) -> bool:
    """Whether an entity is not there, or unavailable."""
    state = hass.states.get(entity)
    return state is None or state.state == STATE_UNAVAILABLE
