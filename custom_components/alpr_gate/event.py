"""What happens at a gate, with its reason in the owner's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .entity import GateEntity
from .gate_status import GateEvent, GateEventType
from .privacy_entities import PrivacyNewsEvent

if TYPE_CHECKING:
    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

    from .alpr.types import Reason
    from .gate_controller import GateController
    from .runtime import AlprGateConfigEntry

PARALLEL_UPDATES = 0

_KEY = "passage"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AlprGateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Give every gate its event, and privacy one of its own."""
    async_add_entities([PrivacyNewsEvent(entry)])

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [PassageEvent(entry, gate, _KEY)], config_subentry_id=gate.config.subentry_id
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class PassageEvent(GateEntity, EventEntity):
    """Opened, refused, unknown, failed: never with a plate."""

    entity_description = EventEntityDescription(
        key=_KEY, event_types=[event_type.value for event_type in GateEventType]
    )
    _unrecorded_attributes = frozenset(
        {"explanation", "looks", "margin", "milliseconds", "vehicle", "visit", "weakest_character"}
    )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.gate.board.listen_to_events(self._happened))
        self.async_on_remove(self.gate.board.listen_to_forgetting(self._forget_vehicle))

    @callback
    @override
    def _gate_changed(self) -> None:
        """The status is shown by other entities: only events are written here."""

    @callback
    def _happened(self, event: GateEvent) -> None:
        self._trigger_event(event.type.value, self._attributes(event))
        self.async_write_ha_state()

    @callback
    def _forget_vehicle(self) -> None:
        """Say of the last event no more which vehicle it was about; it stays the last event."""
        # Home Assistant's entity keeps the attributes to itself and hands them out to be stored.
        attributes = self.extra_restore_state_data.last_event_attributes
        if attributes is not None and attributes.pop("vehicle", None) is not None:
            self.async_write_ha_state()

    def _attributes(self, event: GateEvent) -> dict[str, Any]:
        told = {
            "vehicle": event.vehicle,
            "visit": event.visit,
            "looks": event.looks,
            "weakest_character": event.weakest,
            "margin": event.margin,
            "milliseconds": event.milliseconds,
        }
        return {
            "reason": event.reason.value,
            "explanation": self._explanation(event.reason),
            **{key: value for key, value in told.items() if value is not None},
        }

    def _explanation(self, reason: Reason) -> str:
        """The reason as a sentence in Home Assistant's language."""
        texts = async_get_cached_translations(
            self.hass, self.hass.config.language, "entity", DOMAIN
        )
        key = f"component.{DOMAIN}.entity.event.{_KEY}.state_attributes.reason.state.{reason.value}"
        return texts.get(key, reason.value)
