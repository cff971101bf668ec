"""Vehicles in the owner's language: how they stand, and a line for each in the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .vehicle_standing import NotNow, why_not_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from homeassistant.core import HomeAssistant

    from .alpr.gate.vehicle import Vehicle
    from .vehicle_standing import GateTerms

STATES_OF_A_GUEST: Final = ("ended", "used_up", "not_begun", "until", "left", "until_and_left")
_TOLD_OF_GUESTS: Final = {NotNow.ENDED, NotNow.USED_UP, NotNow.NOT_BEGUN}
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


class VehicleWords:
    """Says how vehicles stand."""

    def __init__(self, texts: dict[str, str], gates: tuple[GateTerms, ...]) -> None:
        """Say it with ``texts``, the translations of choices; `async_load` gets them."""
        self._texts = texts
        self._gates = gates

    @classmethod
    async def async_load(cls, hass: HomeAssistant, gates: tuple[GateTerms, ...]) -> VehicleWords:
        """The words in Home Assistant's language; ``gates`` are those that are set up."""
        return cls(
            await async_get_translations(hass, hass.config.language, "selector", [DOMAIN]), gates
        )

    def gate_names(self, named: Iterable[str] = ()) -> dict[str, str]:
        """Names of the gates by their ids, and of those ``named`` that are gone."""
        there = {gate.id: gate.name for gate in self._gates}
        gone = sorted(set(named) - there.keys())
        label = self._text("gate", "deleted")
        if len(gone) == 1:
            return {gone[0]: label, **there}
        numbered = {gate_id: f"{label} ({number})" for number, gate_id in enumerate(gone, 1)}
        return {**numbered, **there}

    def not_now(self, reason: NotNow) -> str:
        """Why a vehicle may not pass now, as the end of a sentence."""
        return self._text("vehicle_not_now", reason.value)

    def line(self, vehicle: Vehicle, now: datetime) -> str:
        """The vehicle with its plate and, in brackets, whose it is, where and how it may pass."""
        told = "; ".join(as_plain_text(detail) for detail in self._details(vehicle, now))
        line = f"- **{as_plain_text(vehicle.name)}**: {vehicle.plate}"
        return f"{line} ({told})" if told else line

    def _details(self, vehicle: Vehicle, now: datetime) -> Iterator[str]:
        if vehicle.household:
            yield vehicle.household
        if vehicle.gates:
            names = self.gate_names(vehicle.gates)
            yield ", ".join(sorted({names[gate_id] for gate_id in vehicle.gates}))
        reason = why_not_now(vehicle, self._gates, now)
        guest = self._guest(vehicle, reason)
        if guest:
            yield guest
        if reason is not None and not (guest and reason in _TOLD_OF_GUESTS):
            yield self.not_now(reason)

    def _guest(self, vehicle: Vehicle, reason: NotNow | None) -> str:
        """How a guest pass stands; nothing for a vehicle that is no guest's."""
        if reason in _TOLD_OF_GUESTS:
            state = reason.value
        elif vehicle.valid_until is None:
            state = "" if vehicle.uses_left is None else "left"
        else:
            state = "until" if vehicle.uses_left is None else "until_and_left"
        if not state:
            return ""
        return self._text("vehicle_guest", state).format(
            begins=_day(vehicle.valid_from), ends=_day(vehicle.valid_until), left=vehicle.uses_left
        )

    def _text(self, choice: str, option: str) -> str:
        return self._texts[f"component.{DOMAIN}.selector.{choice}.options.{option}"]


def as_plain_text(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = dt_util.as_local(moment)
    return f"{local.day} {local:%b %Y}"
