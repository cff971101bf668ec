"""A switch that lets a gate open by itself, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.restore_state import RestoreEntity

from .audit import AuditAction
from .automatic_memory import AutomaticNotSaved, automatic_memory
from .const import DOMAIN
from .entity import GateEntity

if TYPE_CHECKING:
    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

    from .automatic_memory import AutomaticMemory
    from .gate_controller import GateController
    from .privacy_desk import PrivacyDesk
    from .runtime import AlprGateConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AlprGateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Give every gate its switch."""
    memory = await automatic_memory(hass)
    await memory.keep_only(entry.subentries.keys())

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities(
            [AutomaticSwitch(entry, gate, memory)],
            config_subentry_id=gate.config.subentry_id,
        )

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class AutomaticSwitch(GateEntity, SwitchEntity, RestoreEntity):
    """On while the gate may open by itself.

    A gate opens nothing until it was recalled what its switch was. A new gate starts with it on
    (and in shadow mode); afterwards anything but a remembered "on" is off. The switch says nothing
    about a gate held by a stop or an obstruction: that ends when the gate is closed and clear.
    """

    def __init__(
        self, entry: AlprGateConfigEntry, gate: GateController, memory: AutomaticMemory
    ) -> None:
        super().__init__(entry, gate, "automatic")
        self._entry = entry
        self._gate_id = gate.config.subentry_id
        self._memory = memory
        registry = er.async_get(gate.hass)
        known = registry.async_get_entity_id(Platform.SWITCH, DOMAIN, f"{self._gate_id}_automatic")
        self._is_new = known is None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        restored = None if last is None else last.state == STATE_ON
        on = await self._memory.recall(self._gate_id, is_new=self._is_new, restored=restored)
        self.gate.set_automatic(automatic=on)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Forget a gate that was deleted; a renamed entity is removed and added again."""
        await self._memory.keep_only(self._entry.subentries.keys())
        await super().async_will_remove_from_hass()

    @property
    @override
    def is_on(self) -> bool:
        return self.gate.board.status.automatic

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._desk.account(AuditAction.SETTINGS_CHANGED, **self._record("automatic_on"))
        try:
            await self._memory.turn_on(self._gate_id)
        except AutomaticNotSaved:
            await self._desk.account_anyway(
                AuditAction.CAME_TO_NOTHING, **self._record("automatic_on")
            )
            raise
        finally:
            self.gate.set_automatic(automatic=self._memory.is_on(self._gate_id))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.gate.set_automatic(automatic=False)
        try:
            await self._memory.turn_off(self._gate_id)
        finally:
            await self._desk.account_anyway(
                AuditAction.SETTINGS_CHANGED, **self._record("automatic_off")
            )

    @property
    def _desk(self) -> PrivacyDesk:
        return self._entry.runtime_data.privacy

    def _record(self, settings: str) -> dict[str, str | None]:
        """What the account says of a change: who made it, at which gate."""
        user = None if self._context is None else self._context.user_id
        return {"user": user, "gate": self._gate_id, "settings": settings}
