"""A house for tests whose opener names devices, areas, floors and labels."""

from __future__ import annotations

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.script import Script, async_validate_actions_config
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.opener_reach import is_out_of_reach


class House:
    """One device in one area of one floor, with a label."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(domain="test")
        self.entry.add_to_hass(hass)
        floor = fr.async_get(hass).async_create("Outside")
        area = ar.async_get(hass).async_create("Drive", floor_id=floor.floor_id)
        label = lr.async_get(hass).async_create("gate")
        devices = dr.async_get(hass)
        self.device = devices.async_get_or_create(
            config_entry_id=self.entry.entry_id, identifiers={("test", "1")}
        ).id
        devices.async_update_device(self.device, area_id=area.id, labels={label.label_id})
        self.ids = {
            "device_id": self.device,
            "area_id": area.id,
            "floor_id": floor.floor_id,
            "label_id": label.label_id,
        }

    def has(self, domain: str, state: str | None, **registered: Any) -> str:
        """The device has one more entity; without a state it is not there."""
        entity = er.async_get(self.hass).async_get_or_create(
            domain, "test", f"{domain}-{state}", device_id=self.device, **registered
        )
        if state is not None:
            self.hass.states.async_set(entity.entity_id, state)
        return entity.entity_id

    async def is_out_of_reach(self, *actions: dict[str, Any]) -> bool:
        validated = await async_validate_actions_config(self.hass, cv.SCRIPT_SCHEMA(list(actions)))
        script = Script(self.hass, validated, "Open", "test")
        try:
            return is_out_of_reach(self.hass, script)
        finally:
            await script.async_unload()
