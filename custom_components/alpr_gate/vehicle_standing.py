"""Whether a vehicle on the list may pass any gate now, by the list and by what the gates take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_CODE

from .alpr.gate.register import standing
from .alpr.gate.settings import GateSettings
from .alpr.types import Moment, Reason
from .alpr.vision.errors import ImageRefused
from .const import CONF_SECOND_FACTOR_ENTITIES, SUBENTRY_TYPE_GATE
from .gate_config import settings_from

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.config_entries import ConfigSubentry

    from .alpr.gate.vehicle import Vehicle
    from .runtime import AlprGateConfigEntry


class NotNow(StrEnum):
    """Why a vehicle may pass no gate now."""

    SWITCHED_OFF = "switched_off"
    USED_UP = "used_up"
    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    NOT_AT_THIS_TIME = "not_at_this_time"
    NO_GATE = "no_gate"
    GATES_GONE = "gates_gone"
    PLATE_NOT_READ = "plate_not_read"
    """It is shorter or longer than what its gates take for a plate."""
    NOTHING_CONFIRMS = "nothing_confirms"
    """It needs a second factor where none is named."""


_OF_THE_LIST: Final = {
    Reason.VEHICLE_DISABLED: NotNow.SWITCHED_OFF,
    Reason.WRONG_GATE: NotNow.GATES_GONE,
    Reason.PASS_USED_UP: NotNow.USED_UP,
    Reason.PASS_EXPIRED: NotNow.ENDED,
}


@dataclass(frozen=True, slots=True)
class GateTerms:
    """What a gate takes, as far as it concerns the list."""

    id: str
    name: str
    shortest_text: int
    longest_text: int
    needs_confirmation: bool
    names_what_confirms: bool

    def confirmable(self, vehicle: Vehicle) -> bool:
        """Whether the vehicle needs no confirmation here, or can get one."""
        own = vehicle.second_factor
        confirms = self.names_what_confirms or vehicle.code is not None
        return confirms or not (self.needs_confirmation if own is None else own)

    def reads(self, vehicle: Vehicle) -> bool:
        """Whether a plate of this length is taken for one here."""
        return self.shortest_text <= len(vehicle.plate) <= self.longest_text


def terms_of_gates(entry: AlprGateConfigEntry) -> tuple[GateTerms, ...]:
    """The terms of every gate that is set up."""
    return tuple(_terms_of(gate) for gate in entry.get_subentries_of_type(SUBENTRY_TYPE_GATE))


def _terms_of(gate: ConfigSubentry) -> GateTerms:
    try:
        settings = settings_from(gate.data)
    except ImageRefused, KeyError, TypeError, ValueError:
        # It is not watched, and a message under repairs says so.
        settings = GateSettings()
    return GateTerms(
        id=gate.subentry_id,
        name=gate.title,
        shortest_text=settings.shortest_text,
        longest_text=settings.longest_text,
        needs_confirmation=settings.second_factor,
        names_what_confirms=bool(
            gate.data.get(CONF_SECOND_FACTOR_ENTITIES) or gate.data.get(CONF_CODE)
        ),
    )


def gates_for(vehicle: Vehicle, gates: tuple[GateTerms, ...]) -> tuple[GateTerms, ...]:
    """The gates the vehicle names, of those there are; all where it names none."""
    return tuple(gate for gate in gates if not vehicle.gates or gate.id in vehicle.gates)


def why_not_now(vehicle: Vehicle, gates: tuple[GateTerms, ...], now: datetime) -> NotNow | None:
    """Why the vehicle may pass no gate now; None when it may pass one.

    ``now`` is in the owner's time zone.
    """
    own = gates_for(vehicle, gates)
    reasons = [_why_not_at(gate, vehicle, now) for gate in own]
    if not reasons:
        return NotNow.GATES_GONE if vehicle.gates else NotNow.NO_GATE
    return None if None in reasons else reasons[0]


def _why_not_at(gate: GateTerms, vehicle: Vehicle, now: datetime) -> NotNow | None:
    reason = standing(vehicle, gate.id, Moment(0, now))
    if reason is not Reason.LISTED:
        begins = vehicle.valid_from
        later = NotNow.NOT_BEGUN if begins is not None and now < begins else NotNow.NOT_AT_THIS_TIME
        return _OF_THE_LIST.get(reason, later)
    if not gate.reads(vehicle):
        return NotNow.PLATE_NOT_READ
    return None if gate.confirmable(vehicle) else NotNow.NOTHING_CONFIRMS
