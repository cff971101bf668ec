"""The form of one vehicle, as the owner's list asks for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_CODE, CONF_NAME, WEEKDAYS
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateTimeSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import probatio as vol

from .alpr.gate.vehicle import MOST_USES
from .code_form import CODE_SELECTOR
from .const import CONF_VEHICLE_ID, SECTION_GUEST, SECTION_TIMES
from .vehicle_fields import (
    CONF_ENABLED,
    CONF_END_TIME,
    CONF_GATES,
    CONF_HOUSEHOLD,
    CONF_PLATE,
    CONF_START_TIME,
    CONF_USES_LEFT,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_VEHICLE_SECOND_FACTOR,
    CONF_WEEKDAYS,
    SECOND_FACTOR,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .alpr.gate.vehicle import Vehicle

_TIMES: Final = vol.Schema(
    {
        vol.Optional(CONF_WEEKDAYS): SelectSelector(
            SelectSelectorConfig(
                options=WEEKDAYS,
                multiple=True,
                mode=SelectSelectorMode.LIST,
                translation_key="weekday",
            )
        ),
        vol.Optional(CONF_START_TIME): TimeSelector(),
        vol.Optional(CONF_END_TIME): TimeSelector(),
    }
)
_GUEST: Final = vol.Schema(
    {
        vol.Optional(CONF_VALID_FROM): DateTimeSelector(),
        vol.Optional(CONF_VALID_UNTIL): DateTimeSelector(),
        vol.Optional(CONF_USES_LEFT): NumberSelector(
            NumberSelectorConfig(min=0, max=MOST_USES, step=1, mode=NumberSelectorMode.BOX)
        ),
    }
)
# Short ones: an error stands above its section, and the form does not scroll to it by itself.
_SECTIONS: Final = {SECTION_TIMES: _TIMES, SECTION_GUEST: _GUEST}


def vehicle_schema(gates: Mapping[str, str]) -> vol.Schema:
    """The form; ``gates`` are the names of the gates by their ids."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_PLATE): TextSelector(),
            vol.Optional(CONF_GATES): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=gate_id, label=name)
                        for gate_id, name in gates.items()
                    ],
                    multiple=True,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Optional(CONF_HOUSEHOLD): TextSelector(),
            vol.Required(CONF_ENABLED, default=True): BooleanSelector(),
            vol.Required(CONF_VEHICLE_SECOND_FACTOR, default="as_gate"): SelectSelector(
                SelectSelectorConfig(
                    options=list(SECOND_FACTOR),
                    mode=SelectSelectorMode.DROPDOWN,
                    translation_key="vehicle_second_factor",
                )
            ),
            vol.Optional(CONF_CODE): CODE_SELECTOR,
            **{
                vol.Optional(key): section(schema, {"collapsed": True})
                for key, schema in _SECTIONS.items()
            },
        }
    )


def fields_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form's answers."""
    fields = dict(answers)
    for key in _SECTIONS:
        fields |= fields.pop(key, {})
    return fields


def answers_from(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that give these fields."""
    answers: dict[str, Any] = {key: {} for key in _SECTIONS}
    for field, value in fields.items():
        place = answers if shown_at(field) == field else answers[shown_at(field)]
        place[field] = value
    return answers


def shown_at(field: str) -> str:
    """Where the form shows what is wrong with a field: at it, or at the section it is in."""
    return next((key for key, schema in _SECTIONS.items() if field in schema.schema), field)


def choice_schema(vehicles: Iterable[Vehicle]) -> vol.Schema:
    """A choice of one vehicle by its name: its plate is shown once that is accounted for.

    It may be left out, because Home Assistant chooses the first of what must be chosen by itself.
    """
    return vol.Schema(
        {
            vol.Optional(CONF_VEHICLE_ID): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=vehicle_id, label=label)
                        for vehicle_id, label in labels(vehicles).items()
                    ],
                    mode=SelectSelectorMode.DROPDOWN,
                    sort=True,
                )
            )
        }
    )


def labels(vehicles: Iterable[Vehicle]) -> dict[str, str]:
    """What to call each vehicle in a choice, by its id: equal names are told apart."""
    listed = tuple(vehicles)
    names = Counter(vehicle.name for vehicle in listed)
    told = {
        vehicle.id: f"{vehicle.name}, {vehicle.household}"
        if vehicle.household and names[vehicle.name] > 1
        else vehicle.name
        for vehicle in listed
    }
    alike = Counter(told.values())
    number = Counter[str]()
    for vehicle_id, label in told.items():
        if alike[label] > 1:
            number[label] += 1
            told[vehicle_id] = f"{label} ({number[label]})"
    return told
