"""Vehicles in the owner's language: how they stand, and a line for each in the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from homeassistant.const import WEEKDAYS
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

_OVER: Final = {NotNow.ENDED, NotNow.USED_UP}
_TOLD_OF_GUESTS: Final = _OVER | {NotNow.NOT_BEGUN}
STATES_OF_A_GUEST: Final = (
    *("no_guest", "ended", "used_up", "from", "until", "left"),
    *("from_until", "from_left", "until_left", "from_until_left"),
)
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MOMENTS: Final = ("today", "this_week", "date")
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

    def of_line(self, line: int, name: str, told: str) -> str:
        """What is told of one line of many vehicles, where the name says which line it is."""
        kind = "named" if name else "unnamed"
        return self._text("vehicle_line", kind).format(
            line=line, name=as_plain_text(name), told=told
        )

    def other_in_line(self, line: int, name: str) -> str:
        """A vehicle of another line, as the line it stands in the way of names it."""
        return self._text("vehicle_line", "other").format(line=line, name=as_plain_text(name))

    def no_digit(self) -> str:
        """That a plate without a digit may be none."""
        return self._text("vehicle_line", "no_digit")

    def line(self, vehicle: Vehicle, now: datetime) -> str:
        """The vehicle with its plate and, in brackets, whose it is, where and how it may pass."""
        told = "; ".join(self._details(vehicle, now))
        line = f"- **{as_plain_text(vehicle.name)}**: {vehicle.plate}"
        return f"{line} ({told})" if told else line

    def without_plate(self, vehicle: Vehicle, now: datetime) -> str:
        """Whose the vehicle is, where and how it may pass; also whether it is no guest's."""
        return "; ".join(self._details(vehicle, now, told_of_others=True))

    def _details(
        self, vehicle: Vehicle, now: datetime, *, told_of_others: bool = False
    ) -> Iterator[str]:
        """As Markdown; ``told_of_others`` says of a vehicle that is no guest's that it is none."""
        if vehicle.household:
            yield as_plain_text(vehicle.household)
        if vehicle.gates:
            names = self.gate_names(vehicle.gates)
            yield as_plain_text(", ".join(sorted({names[gate_id] for gate_id in vehicle.gates})))
        reason = why_not_now(vehicle, self._gates, now)
        state = _state_of_guest(vehicle, reason, now)
        if state != "no_guest" or told_of_others:
            yield self._text("vehicle_guest", state).format(
                begins=self._moment(vehicle.valid_from, now),
                ends=self._moment(vehicle.valid_until, now),
                left=vehicle.uses_left,
            )
        if reason is not None and reason not in _TOLD_OF_GUESTS:
            yield self.not_now(reason)

    def _moment(self, moment: datetime | None, now: datetime) -> str:
        """A moment as it is told at ``now``: by the day of the week within the next six days."""
        if moment is None:
            return ""
        local = dt_util.as_local(moment)
        days = (local.date() - dt_util.as_local(now).date()).days
        shape = "date" if days < 0 or days >= len(WEEKDAYS) else "this_week" if days else "today"
        return self._text("moment", shape).format(
            time=f"{local:%H:%M}",
            weekday=self._text("weekday", WEEKDAYS[local.weekday()]),
            day=local.day,
            month=self._text("month", MONTHS[local.month - 1]),
            year=local.year,
        )

    def _text(self, choice: str, option: str) -> str:
        return self._texts[f"component.{DOMAIN}.selector.{choice}.options.{option}"]


def as_plain_text(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _state_of_guest(vehicle: Vehicle, reason: NotNow | None, now: datetime) -> str:
    """How a guest pass stands, of STATES_OF_A_GUEST; ``reason`` is why it is of no use now."""
    if reason in _OVER:
        return reason.value
    limits = {
        "from": vehicle.valid_from is not None and now < vehicle.valid_from,
        "until": vehicle.valid_until is not None,
        "left": vehicle.uses_left is not None,
    }
    return "_".join(limit for limit, is_set in limits.items() if is_set) or "no_guest"
