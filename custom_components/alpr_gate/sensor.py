"""What was told last, the time to open, what shadow mode counted, and how fast the engine reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback

from .alpr.types import Reason
from .engine_process import EngineProcess
from .entity import EngineEntity, GateEntity
from .gate_status import GateEventType
from .privacy_entities import PRIVACY_SENSORS, PrivacySensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
    from homeassistant.helpers.typing import StateType

    from .engine_process import EngineTimings
    from .gate_controller import GateController
    from .gate_status import GateEvent, GateStatus
    from .runtime import AlprGateConfigEntry

PARALLEL_UPDATES = 0
SCAN_INTERVAL = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class GateSensorDescription(SensorEntityDescription):
    """A value of a gate's status."""

    value: Callable[[GateStatus], StateType]


@dataclass(frozen=True, kw_only=True)
class CountDescription(SensorEntityDescription):
    """A count of shadow mode."""

    value: Callable[[GateStatus], int]
    counted: GateEventType


@dataclass(frozen=True, kw_only=True)
class EngineSensorDescription(SensorEntityDescription):
    """What one stage of reading took."""

    value: Callable[[EngineTimings], float]


GATE_SENSORS = (
    GateSensorDescription(key="last_vehicle", value=lambda status: status.last_vehicle),
    GateSensorDescription(
        key="time_to_open",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.milliseconds_to_open,
    ),
)

LAST_REASON = SensorEntityDescription(
    key="last_reason",
    device_class=SensorDeviceClass.ENUM,
    options=[reason.value for reason in Reason],
    entity_category=EntityCategory.DIAGNOSTIC,
)

COUNTS = (
    CountDescription(
        key="would_open",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.would_open,
        counted=GateEventType.WOULD_OPEN,
    ),
    CountDescription(
        key="would_refuse",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.would_refuse,
        counted=GateEventType.REFUSED,
    ),
)


def _stage(key: str, value: Callable[[EngineTimings], float]) -> EngineSensorDescription:
    """How long one stage of reading took for the last picture."""
    return EngineSensorDescription(
        key=key,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=value,
    )


ENGINE_SENSORS = (
    _stage("decode_time", lambda timings: timings.decode),
    _stage("detect_time", lambda timings: timings.detect),
    _stage("read_time", lambda timings: timings.read),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AlprGateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the engine's sensors, those about privacy, and those of every gate."""
    async_add_entities(EngineSensor(entry, description) for description in ENGINE_SENSORS)
    if isinstance(entry.runtime_data.engine, EngineProcess):
        async_add_entities([RestartsSensor(entry, "engine_restarts")])
    async_add_entities(PrivacySensor(entry, description) for description in PRIVACY_SENSORS)

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [
                *(GateSensor(entry, gate, description) for description in GATE_SENSORS),
                *(ShadowCount(entry, gate, description) for description in COUNTS),
                LastReasonSensor(entry, gate, LAST_REASON.key),
            ],
            config_subentry_id=gate.config.subentry_id,
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class GateSensor(GateEntity, SensorEntity):
    """Shows one value of a gate's status."""

    entity_description: GateSensorDescription

    def __init__(
        self, entry: AlprGateConfigEntry, gate: GateController, description: GateSensorDescription
    ) -> None:
        super().__init__(entry, gate, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value(self.gate.board.status)


class ShadowCount(GateEntity, RestoreSensor):
    """Counts what a gate in shadow mode would have done, over restarts; stands still outside it."""

    entity_description: CountDescription

    def __init__(
        self, entry: AlprGateConfigEntry, gate: GateController, description: CountDescription
    ) -> None:
        super().__init__(entry, gate, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int):
            self.gate.board.count(self.entity_description.counted, last.native_value)

    @property
    @override
    def native_value(self) -> int:
        return self.entity_description.value(self.gate.board.status)


class LastReasonSensor(GateEntity, SensorEntity):
    """The reason of what was told of the gate last; unknown until something is."""

    entity_description = LAST_REASON

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.gate.board.listen_to_events(self._happened))

    @callback
    @override
    def _gate_changed(self) -> None:
        """The status is shown by other entities: only events are written here."""

    @callback
    def _happened(self, event: GateEvent) -> None:
        self._attr_native_value = event.reason.value
        self.async_write_ha_state()


class EngineSensor(EngineEntity, SensorEntity):
    """Shows one value of the last picture that was read, looked up from memory now and then."""

    _attr_should_poll = True
    entity_description: EngineSensorDescription

    def __init__(self, entry: AlprGateConfigEntry, description: EngineSensorDescription) -> None:
        super().__init__(entry, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        timings = self.engine.timings
        return None if timings is None else self.entity_description.value(timings)


class RestartsSensor(EngineEntity, SensorEntity):
    """How often the engine's process was started again."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def native_value(self) -> int | None:
        return self.engine.restarts if isinstance(self.engine, EngineProcess) else None
