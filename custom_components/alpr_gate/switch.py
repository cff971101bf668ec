"""A switch that lets a gate open by itself, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.restore_state import RestoreEntity

from .entity import GateEntity

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
    """Give every gate its switch."""

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [AutomaticSwitch(entry, gate, "automatic")],
            config_subentry_id=gate.config.subentry_id,
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class AutomaticSwitch(GateEntity, SwitchEntity, RestoreEntity):
    """On while the gate may open by itself.

    A gate opens nothing until its switch has been restored. A new gate starts with it on (and in
    shadow mode); afterwards anything but a remembered "on" is off. Turning it off and on again also
    says that a person has looked at a gate held by a stop or an obstruction.
    """

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        self.gate.set_automatic(automatic=last is None or last.state == STATE_ON)

    @property
    @override
    def is_on(self) -> bool:
        return self.gate.board.status.automatic

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.gate.set_automatic(automatic=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.gate.set_automatic(automatic=False)
