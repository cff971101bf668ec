"""The steps of the owner's flow that take a vehicle off the list: chosen, named, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.util import dt as dt_util

from .const import CONF_VEHICLE_ID
from .list_flow import ListSteps
from .register_store import RegisterNotSaved, VehicleNotListed
from .vehicle_words import as_plain_text

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle


class RemovalSteps(ListSteps):
    """Asks which vehicle goes, names it, and removes it only then."""

    def __init__(self) -> None:
        super().__init__()
        self._leaving: Vehicle | None = None
        """The vehicle that is removed once it is confirmed."""

    async def async_step_remove_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose which vehicle to remove."""
        if user_input is None or CONF_VEHICLE_ID not in user_input:
            return self._choose("remove_vehicle", user_input)
        self._leaving = self._store.register.get(user_input[CONF_VEHICLE_ID])
        if self._leaving is None:
            return self.async_abort(reason="vehicle_not_listed")
        return await self.async_step_confirm_removal()

    async def async_step_confirm_removal(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what would be removed, without its plate: that would have to be accounted for."""
        assert self._leaving is not None
        return self.async_show_menu(
            step_id="confirm_removal",
            menu_options=["remove", "init"],
            description_placeholders={
                "name": as_plain_text(self._leaving.name),
                "details": (await self._words()).without_plate(self._leaving, dt_util.now()),
            },
        )

    async def async_step_remove(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the vehicle that was confirmed off the list."""
        assert self._leaving is not None
        try:
            await self._account_of_list.remove(self._leaving.id)
        except VehicleNotListed:
            return self.async_abort(reason="vehicle_not_listed")
        except RegisterNotSaved:
            return self.async_abort(reason="removal_not_saved")
        return self.async_abort(
            reason="vehicle_removed",
            description_placeholders={"name": as_plain_text(self._leaving.name)},
        )
