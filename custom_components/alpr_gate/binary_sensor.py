"""Whether a vehicle stands before a gate, whether the gate only shows, and the engine's problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback

from .engine_process import EngineState
from .entity import EngineEntity, GateEntity

if TYPE_CHECKING:
    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

    from .gate_controller import GateController
    from .runtime import AlprGateConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AlprGateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the engine's problem sensor and every gate's sensors."""
    async_add_entities([EngineProblemSensor(entry, "engine_problem")])

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [
                VehiclePresentSensor(entry, gate, "vehicle_present"),
                ShadowModeSensor(entry, gate, "shadow"),
            ],
            config_subentry_id=gate.config.subentry_id,
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class VehiclePresentSensor(GateEntity, BinarySensorEntity):
    """On while a vehicle's plate is in view; unavailable while nothing can be read."""

    @property
    @override
    def available(self) -> bool:
        return self.gate.board.status.reading

    @property
    @override
    def is_on(self) -> bool:
        return self.gate.board.status.vehicle_present


class ShadowModeSensor(GateEntity, BinarySensorEntity):
    """On while the gate is in shadow mode: it shows what it would do, and moves nothing."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool:
        return self.gate.board.status.shadow


class EngineProblemSensor(EngineEntity, BinarySensorEntity):
    """On while the engine cannot read."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool:
        return self.engine.state is EngineState.FAILING

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | None]:
        problem = self.engine.problem
        return {"problem": None if problem is None else problem.value}
