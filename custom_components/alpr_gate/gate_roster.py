"""Keeps the running gates equal to those that are saved; what is equal already is not touched."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .alpr.vision.errors import ImageRefused
from .const import DOMAIN, SUBENTRY_TYPE_GATE
from .gate_config import GateConfig
from .gate_controller import GateController
from .repairs import forget_gates, report_gate

if TYPE_CHECKING:
    from .runtime import AlprGateConfigEntry

_LOGGER = logging.getLogger(__name__)


async def follow_gates(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
    """Stop the gates that are gone, change those that are different, start those that are new."""
    data = entry.runtime_data
    async with data.following:
        saved = _saved_gates(hass, entry)
        forget_gates(hass, entry)
        for gate_id in data.gates.keys() - saved.keys():
            await data.gates.pop(gate_id).stop()
        for gate_id, config in saved.items():
            gate = data.gates.get(gate_id)
            if gate is None:
                gate = GateController(
                    hass, config, data.engine, data.register_store, data.privacy.openings
                )
                await gate.start()
                data.add_gate(gate)
            elif gate.config != config:
                _rename_device(hass, entry, config)
                await gate.reconfigure(config)


async def stop_gates(entry: AlprGateConfigEntry) -> None:
    """Stop every gate, all at the same time: each may wait for an opener that just runs."""
    data = entry.runtime_data
    async with data.following:
        gates = tuple(data.gates.values())
        data.gates.clear()
        await asyncio.gather(*(gate.stop() for gate in gates))


def _saved_gates(hass: HomeAssistant, entry: AlprGateConfigEntry) -> dict[str, GateConfig]:
    """The gates that are saved; one that makes no sense is left out, and the owner told."""
    gates: dict[str, GateConfig] = {}
    for subentry in entry.subentries.values():
        if subentry.subentry_type != SUBENTRY_TYPE_GATE:
            continue
        try:
            gates[subentry.subentry_id] = GateConfig.from_subentry(subentry)
        except (KeyError, TypeError, ValueError, ImageRefused) as err:
            _LOGGER.error("Gate %s cannot be used: %s", subentry.title, type(err).__name__)
        report_gate(hass, subentry, is_usable=subentry.subentry_id in gates)
    return gates


@callback
def _rename_device(hass: HomeAssistant, entry: AlprGateConfigEntry, config: GateConfig) -> None:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, config.subentry_id), entry.entry_id)
    if device is not None and device.name != config.name:
        registry.async_update_device(device.id, name=config.name)
