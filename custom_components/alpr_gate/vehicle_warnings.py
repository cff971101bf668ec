"""What the owner should know about a vehicle before it is listed, in words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .vehicle_standing import gates_for, terms_of_gates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from homeassistant.core import HomeAssistant

    from .alpr.gate.register import Danger
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
    told, gates = await _told(hass), terms_of_gates(entry)
    dangers = entry.runtime_data.register_store.register.dangers(vehicle)
    return list(_sentences(told, vehicle, dangers, gates))


async def warnings_about_each(
    hass: HomeAssistant, entry: AlprGateConfigEntry, vehicles: Collection[Vehicle]
) -> list[list[str]]:
    """The same for vehicles that are to be listed together, each beside those before it."""
    told, gates = await _told(hass), terms_of_gates(entry)
    register = entry.runtime_data.register_store.register.with_vehicles(vehicles)
    later = {vehicle.id for vehicle in vehicles}
    sentences = []
    for vehicle in vehicles:
        later.discard(vehicle.id)
        dangers = [each for each in register.dangers(vehicle) if each.vehicle_id not in later]
        sentences.append(list(_sentences(told, vehicle, dangers, gates)))
    return sentences


async def _told(hass: HomeAssistant) -> dict[str, str]:
    return await async_get_translations(hass, hass.config.language, "exceptions", [DOMAIN])


def _sentences(
    told: Mapping[str, str],
    vehicle: Vehicle,
    dangers: Iterable[Danger],
    gates: tuple[GateTerms, ...],
) -> Iterator[str]:
    """What to say of these dangers, and of what about the vehicle is of no use."""
    warnings = [(f"danger_{danger.kind.value}", {"name": danger.name}) for danger in dangers]
    warnings += [
        (f"futile_{futility.value}", words) for futility, words in _futilities(vehicle, gates)
    ]
    for key, words in warnings:
        yield told[f"component.{DOMAIN}.exceptions.{key}.message"].format(**words)


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
