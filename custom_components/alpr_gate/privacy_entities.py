"""What can be seen of privacy: the last verified purge, what is kept, what admins should hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, override

from homeassistant.components.button import ButtonEntity
from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util

from .const import DOMAIN, NAME, PRIVACY_PAGE
from .privacy_news import PrivacyEventType

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from homeassistant.helpers.typing import StateType

    from .privacy_desk import PrivacyDesk
    from .privacy_news import PrivacyEvent
    from .runtime import AlprGateConfigEntry


@dataclass(frozen=True, kw_only=True)
class PrivacySensorDescription(SensorEntityDescription):
    """A value of what is kept."""

    value: Callable[[PrivacyDesk], StateType | datetime]


def _verified_at(desk: PrivacyDesk) -> datetime | None:
    at = desk.news.status.verified_at
    return None if at is None else dt_util.utc_from_timestamp(round(at))


PRIVACY_SENSORS = (
    PrivacySensorDescription(
        key="verified_purge",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_verified_at,
    ),
    PrivacySensorDescription(
        key="self_test",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda desk: desk.self_test.at,
    ),
    PrivacySensorDescription(
        key="visits_kept",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda desk: desk.news.status.visits,
    ),
    PrivacySensorDescription(
        key="strangers_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda desk: desk.strangers_today(),
    ),
)


class PrivacyEntity(Entity):
    """An entity about what is kept."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: AlprGateConfigEntry, key: str) -> None:
        self.desk = entry.runtime_data.privacy
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_privacy_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, f"{entry.entry_id}_privacy")},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=NAME,
            configuration_url=PRIVACY_PAGE,
            translation_key="privacy",
        )


class PrivacySensor(PrivacyEntity, SensorEntity):
    """Shows one value; written when it is another one."""

    entity_description: PrivacySensorDescription

    def __init__(self, entry: AlprGateConfigEntry, description: PrivacySensorDescription) -> None:
        super().__init__(entry, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.desk.news.listen(self._may_have_changed))

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value(self.desk)

    @callback
    def _may_have_changed(self) -> None:
        self.async_write_ha_state()


class PrivacyNewsEvent(PrivacyEntity, EventEntity):
    """What admins should hear of; names are in the repair issues, which only they see."""

    entity_description = EventEntityDescription(
        key="privacy", event_types=[kind.value for kind in PrivacyEventType]
    )

    def __init__(self, entry: AlprGateConfigEntry) -> None:
        super().__init__(entry, "privacy")

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.desk.news.listen_to_events(self._happened))

    @callback
    def _happened(self, event: PrivacyEvent) -> None:
        self._trigger_event(event.type.value, {} if event.count is None else {"count": event.count})
        self.async_write_ha_state()


class SelfTestButton(PrivacyEntity, ButtonEntity):
    """Searches for plates now instead of within the day."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, entry: AlprGateConfigEntry) -> None:
        super().__init__(entry, "self_test")

    @override
    async def async_press(self) -> None:
        await self.desk.self_test.run()
