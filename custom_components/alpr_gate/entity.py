"""What all entities have in common: those of a gate, and those of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity

from .const import DOMAIN, MODEL_CARD, NAME

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from .gate_controller import GateController
    from .runtime import AlprGateConfigEntry


@callback
def register_engine_device(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
    """Make the engine's device, by way of which the gates are reached."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=NAME,
        configuration_url=MODEL_CARD,
        translation_key="engine",
    )


class GateEntity(Entity):
    """An entity of one gate; written whenever the gate's status changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: AlprGateConfigEntry, gate: GateController, key: str) -> None:
        self.gate = gate
        self._attr_translation_key = key
        self._attr_unique_id = f"{gate.config.subentry_id}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, gate.config.subentry_id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=NAME,
            name=gate.config.name,
            via_device_id=dr.async_get_device_id_by_identifier(
                gate.hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
            ),
        )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.gate.board.listen(self._gate_changed))

    @callback
    def _gate_changed(self) -> None:
        self.async_write_ha_state()


class EngineEntity(Entity):
    """An entity of the engine; written whenever the engine reports a change."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: AlprGateConfigEntry, key: str) -> None:
        self.engine = entry.runtime_data.engine
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.engine.add_listener(self._engine_changed))

    @callback
    def _engine_changed(self) -> None:
        self.async_write_ha_state()
