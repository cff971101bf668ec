"""What the system information page shows of ALPR Gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.components import system_health

    from .runtime import AlprGateConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Offer the information."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[AlprGateConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        return {}
    data = entries[0].runtime_data
    identity = data.engine.health.identity if data.engine.health is not None else None
    timings = data.engine.timings
    return {
        "engine": data.engine.state.value,
        "backend": identity.backend if identity is not None else None,
        "engine_version": identity.version if identity is not None else None,
        "milliseconds_per_picture": round(timings.round_trip) if timings is not None else None,
        "gates": len(data.gates),
        "gates_reading": sum(gate.board.status.reading for gate in data.gates.values()),
    }
