"""The steps of the owner's flow that add many vehicles at once: typed, checked, shown, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import probatio as vol

from .alpr.gate.register import Register
from .const import DOMAIN
from .list_flow import ListSteps
from .privacy_desk import NotAccountedError
from .register_store import RegisterNotSaved
from .vehicle_batch import MOST_VEHICLES, Batch, batch_of
from .vehicle_fields import VehicleRefused
from .vehicle_lines import has_digit
from .vehicle_warnings import warnings_about_each
from .vehicle_words import as_plain_text

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle
    from .vehicle_batch import RefusedLine
    from .vehicle_words import VehicleWords

CONF_LINES: Final = "lines"
_SHOWN: Final = 32
"""Characters of a name that tell which line is meant: the lines of the field have no numbers."""
MANY_VEHICLES_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_LINES): TextSelector(TextSelectorConfig(multiline=True))}
)


class ManyVehiclesSteps(ListSteps):
    """Takes one vehicle a line: all of them, or none while a line cannot be taken."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = ""
        """What was typed, for whoever has to correct it."""
        self._batch = Batch()
        """What is saved once it is confirmed."""
        self._list_then = Register.of()
        """The list that it was checked against."""

    async def async_step_add_many_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the lines; those that cannot be taken are all named at once."""
        errors: dict[str, str] = {}
        problems = ""
        if user_input is not None:
            self._lines = user_input[CONF_LINES]
            self._list_then = self._store.register
            self._batch = await self.hass.async_add_executor_job(
                batch_of, self._lines, self._list_then.vehicles, dt_util.utcnow()
            )
            if self._batch.is_too_long:
                errors[CONF_LINES] = "too_many_lines"
            elif self._batch.refused:
                errors[CONF_LINES] = "lines_refused"
                problems = await self._problems()
            elif not self._batch.vehicles:
                errors[CONF_LINES] = "no_lines"
            else:
                return await self.async_step_confirm_many()
        return self.async_show_form(
            step_id="add_many_vehicles",
            data_schema=self.add_suggested_values_to_schema(
                MANY_VEHICLES_SCHEMA, {CONF_LINES: self._lines}
            ),
            errors=errors,
            description_placeholders={"problems": problems, "most": str(MOST_VEHICLES)},
            last_step=False,
        )

    async def async_step_confirm_many(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show every vehicle with its plate as it will be compared, and what should be known."""
        words, now = await self._words(), dt_util.now()
        vehicles = self._batch.vehicles
        return self.async_show_menu(
            step_id="confirm_many",
            menu_options=["save_many", "add_many_vehicles"],
            description_placeholders={
                "count": str(len(vehicles)),
                "warnings": "\n".join(await self._warnings(words)),
                "vehicles": "\n".join(words.line(vehicle, now) for vehicle in vehicles.values()),
            },
        )

    async def async_step_save_many(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save what was confirmed; what could not be saved can be submitted again."""
        errors: dict[str, str] = {}
        vehicles = self._batch.vehicles.values()
        count = str(len(vehicles))
        try:
            await self._account_of_list.add(*vehicles, beside=self._list_then)
        except VehicleRefused:
            return await self.async_step_add_many_vehicles({CONF_LINES: self._lines})
        except RegisterNotSaved:
            errors["base"] = "register_not_saved"
        except NotAccountedError:
            errors["base"] = "not_accounted"
        else:
            return self.async_abort(
                reason="vehicles_added",
                description_placeholders={
                    "count": count,
                    "now": str(self._passing_now(vehicles)),
                },
            )
        return self.async_show_form(
            step_id="save_many",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"count": count},
        )

    async def _problems(self) -> str:
        """Why each line that was refused cannot be taken."""
        told = await async_get_translations(
            self.hass, self.hass.config.language, "options", [DOMAIN]
        )
        words = await self._words()
        lines = []
        for line in self._batch.refused:
            problem = told[f"component.{DOMAIN}.options.error.{line.problem}"]
            problem = problem.format(other=self._name_of_other(line, words))
            lines.append("- " + words.of_line(line.number, _shortened(line.name), problem))
        return "\n".join(lines)

    def _name_of_other(self, refused: RefusedLine, words: VehicleWords) -> str:
        """The vehicle that stands in a line's way, with its own line where it has one."""
        other = refused.because_of
        if other is None:
            return ""
        number = self._batch.line_of(other)
        if number is None:
            return as_plain_text(other.name)
        return words.other_in_line(number, other.name)

    async def _warnings(self, words: VehicleWords) -> list[str]:
        """What should be known about each line, as a list."""
        vehicles = self._batch.vehicles
        about = await warnings_about_each(self.hass, self.config_entry, vehicles.values())
        return [
            "- " + words.of_line(number, vehicle.name, as_plain_text(warning))
            for (number, vehicle), warnings in zip(vehicles.items(), about, strict=True)
            for warning in (*warnings, *_own_warnings(vehicle, words))
        ]


def _own_warnings(vehicle: Vehicle, words: VehicleWords) -> list[str]:
    """What is odd about a line, but may be meant."""
    return [] if has_digit(vehicle.plate) else [words.no_digit()]


def _shortened(name: str) -> str:
    """The beginning of a name: what stands for one may be a whole line."""
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN].rstrip()}…"
