"""The steps of the owner's flow that take all vehicles of a household off the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util
import probatio as vol

from .list_flow import ListSteps
from .register_store import RegisterNotSaved, VehicleNotListed
from .vehicle_fields import CONF_HOUSEHOLD
from .vehicle_words import as_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle

_NO_HOUSEHOLD: Final = ""


class HouseholdSteps(ListSteps):
    """Asks which household goes, names its vehicles, and removes them only then."""

    def __init__(self) -> None:
        super().__init__()
        self._household = _NO_HOUSEHOLD
        self._moving_out: tuple[Vehicle, ...] = ()
        """The vehicles that are removed once that is confirmed."""

    async def async_step_remove_household(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose which household to remove."""
        errors: dict[str, str] = {}
        listed = self._store.register.vehicles
        if user_input is not None:
            self._household = user_input.get(CONF_HOUSEHOLD, _NO_HOUSEHOLD)
            self._moving_out = tuple(
                vehicle for vehicle in listed if vehicle.household == self._household
            )
            if self._moving_out:
                return await self.async_step_confirm_household_removal()
            if self._household:
                return self.async_abort(reason="household_not_listed")
            errors[CONF_HOUSEHOLD] = "household_not_chosen"
        return self.async_show_form(
            step_id="remove_household",
            data_schema=_household_schema(listed),
            errors=errors,
            last_step=False,
        )

    async def async_step_confirm_household_removal(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name every vehicle that would be removed, without its plate."""
        words, now = await self._words(), dt_util.now()
        lines = [
            f"- **{as_plain_text(vehicle.name)}** ({words.without_plate(vehicle, now)})"
            for vehicle in self._moving_out
        ]
        return self.async_show_menu(
            step_id="confirm_household_removal",
            menu_options=["remove_all", "init"],
            description_placeholders={
                "household": as_plain_text(self._household),
                "vehicles": "\n".join(lines),
            },
        )

    async def async_step_remove_all(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the vehicles that were confirmed off the list, all at once."""
        try:
            await self._account_of_list.remove(*(vehicle.id for vehicle in self._moving_out))
        except VehicleNotListed:
            return self.async_abort(reason="household_not_listed")
        except RegisterNotSaved:
            return self.async_abort(reason="removals_not_saved")
        return self.async_abort(
            reason="household_removed",
            description_placeholders={"household": as_plain_text(self._household)},
        )


def households_of(vehicles: Iterable[Vehicle]) -> list[str]:
    """The households of these vehicles, each once."""
    return sorted({vehicle.household for vehicle in vehicles if vehicle.household})


def _household_schema(vehicles: Iterable[Vehicle]) -> vol.Schema:
    """A choice of one household; it may be left out, as in the choice of one vehicle."""
    return vol.Schema(
        {
            vol.Optional(CONF_HOUSEHOLD): SelectSelector(
                SelectSelectorConfig(
                    options=households_of(vehicles), mode=SelectSelectorMode.DROPDOWN, sort=True
                )
            )
        }
    )
