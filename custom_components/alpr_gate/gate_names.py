"""Gates by name, as people call them in actions, and by id, as everything else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.helpers import device_registry as dr

from .admin_action import refusal
from .const import CONF_GATE, SUBENTRY_TYPE_GATE

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant, ServiceCall

    from .runtime import AlprGateConfigEntry


def gate_meant(call: ServiceCall, entry: AlprGateConfigEntry) -> str:
    """The id of the running gate that a call names, or of the only one.

    Raises:
        ServiceValidationError: there is no such gate, or several.
    """
    gates = entry.runtime_data.gates
    if CONF_GATE in call.data:
        chosen = gate_id_of(call.hass, entry, call.data[CONF_GATE].text)
    elif len(gates) == 1:
        chosen = next(iter(gates))
    else:
        raise refusal("gate_not_named")
    if chosen not in gates:
        raise refusal("gate_unknown")
    return chosen


def gate_id_of(hass: HomeAssistant, entry: AlprGateConfigEntry, named: str) -> str:
    """The id of a gate that is named by its name, its device or its id.

    Raises:
        ServiceValidationError: there is no such gate.
    """
    device = dr.async_get(hass).async_get(named)
    device_of = {identifier for _, identifier in device.identifiers} if device else set()
    for gate in entry.get_subentries_of_type(SUBENTRY_TYPE_GATE):
        if (
            gate.subentry_id == named
            or gate.subentry_id in device_of
            or gate.title.casefold() == named.strip().casefold()
        ):
            return gate.subentry_id
    raise refusal("gate_unknown")


def gate_names(entry: AlprGateConfigEntry) -> dict[str, str]:
    """The names of the gates by their ids."""
    return {
        gate.subentry_id: gate.title for gate in entry.get_subentries_of_type(SUBENTRY_TYPE_GATE)
    }
