"""What the owner should know about a vehicle before it is listed, in words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .vehicle_standing import gates_for, terms_of_gates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeassistant.core import HomeAssistant

    from .alpr.gate.vehicle import Vehicle
    from .runtime import AlprGateConfigEntry
    from .vehicle_standing import GateTerms


class Futility(StrEnum):
    """Why a gate, or all of them, will never open for an entry."""

    PLATE_TOO_SHORT = "plate_too_short"
    PLATE_TOO_LONG = "plate_too_long"
    NOTHING_CONFIRMS = "nothing_confirms"
    GATES_GONE = "gates_gone"


async def warnings_about(
    hass: HomeAssistant, entry: AlprGateConfigEntry, vehicle: Vehicle
) -> list[str]:
    """A sentence for each warning, in Home Assistant's language; it names vehicles, no plate."""
    told = await async_get_translations(hass, hass.config.language, "exceptions", [DOMAIN])
    dangers = entry.runtime_data.register_store.register.dangers(vehicle)
    warnings = [(f"danger_{danger.kind.value}", {"name": danger.name}) for danger in dangers]
    warnings += [
        (f"futile_{futility.value}", words)
        for futility, words in _futilities(vehicle, terms_of_gates(entry))
    ]
    return [
        told[f"component.{DOMAIN}.exceptions.{key}.message"].format(**words)
        for key, words in warnings
    ]


def _futilities(
    vehicle: Vehicle, gates: tuple[GateTerms, ...]
) -> Iterator[tuple[Futility, dict[str, str]]]:
    """What will never come to anything, with what its sentence needs."""
    own = gates_for(vehicle, gates)
    if vehicle.gates and not own:
        yield Futility.GATES_GONE, {}
    for gate in own:
        if len(vehicle.plate) < gate.shortest_text:
            yield Futility.PLATE_TOO_SHORT, {"gate": gate.name, "least": str(gate.shortest_text)}
        if len(vehicle.plate) > gate.longest_text:
            yield Futility.PLATE_TOO_LONG, {"gate": gate.name, "most": str(gate.longest_text)}
    if vehicle.second_factor and own and not any(gate.confirmable(vehicle) for gate in own):
        yield Futility.NOTHING_CONFIRMS, {"name": vehicle.name}
