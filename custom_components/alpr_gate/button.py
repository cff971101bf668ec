"""Buttons that make a gate look now, and that search for plates now."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant, callback

from .entity import GateEntity
from .privacy_entities import SelfTestButton

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
    """Give every gate its button, and privacy the one that searches for plates."""
    async_add_entities([SelfTestButton(entry)])

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [LookNowButton(entry, gate, "look_now")],
            config_subentry_id=gate.config.subentry_id,
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class LookNowButton(GateEntity, ButtonEntity):
    """Starts a burst, as a trigger does."""

    @override
    async def async_press(self) -> None:
        await self.gate.look_now()
