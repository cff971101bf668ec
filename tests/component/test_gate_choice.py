"""Where a gate is chosen, in the actions and the ready automations, gates are offered."""

from __future__ import annotations

from collections.abc import Iterator
import inspect
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import DeviceSelector
from homeassistant.util import yaml as yaml_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import alpr_gate
from custom_components.alpr_gate.const import DOMAIN

from .conftest import GATE_ID
from .street import Street

ROOT = Path(__file__).parents[2]
FILES = (
    Path(inspect.getfile(alpr_gate)).with_name("services.yaml"),
    *(ROOT / "blueprints" / "automation" / "alpr_gate").glob("*.yaml"),
)


def choices_of_gates(part: Any) -> Iterator[DeviceSelector]:
    """The choices of one of our devices in a file."""
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if key == "device" and DOMAIN in str(value):
            yield DeviceSelector(value)
        else:
            yield from choices_of_gates(value)


def offered(hass: HomeAssistant, entry: MockConfigEntry, choice: DeviceSelector) -> set[str]:
    """The identifiers of the devices that the user interface offers in a choice."""
    wanted: Any = choice.config.get("entity", [])
    registry = er.async_get(hass)
    return {
        identifier
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        for _, identifier in device.identifiers
        if not wanted
        or any(
            one.platform == one_wanted["integration"] and one.domain in one_wanted["domain"]
            for one in er.async_entries_for_device(registry, device.id)
            for one_wanted in wanted
        )
    }


async def test_where_a_gate_is_chosen_gates_are_offered_and_neither_engine_nor_privacy(
    hass: HomeAssistant, loaded: Street, entry: MockConfigEntry
) -> None:
    choices = [
        choice for path in FILES for choice in choices_of_gates(yaml_util.load_yaml_dict(str(path)))
    ]
    assert len(choices) == 6
    for choice in choices:
        assert offered(hass, entry, choice) == {GATE_ID}
