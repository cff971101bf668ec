"""The steps of the owner's flow that take a vehicle off the list: chosen, named, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.util import dt as dt_util

from .const import CONF_VEHICLE_ID
from .form_user import form_user_id
from .list_account import ListAccount
from .privacy_flow import PrivacySteps
from .register_store import RegisterNotSaved, VehicleNotListed
from .vehicle_form import choice_schema
from .vehicle_standing import terms_of_gates, why_not_now
from .vehicle_words import VehicleWords, as_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle
    from .register_store import RegisterStore


class RemovalSteps(PrivacySteps):
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

    @property
    def _store(self) -> RegisterStore:
        return self._data.register_store

    @property
    def _account_of_list(self) -> ListAccount:
        return ListAccount(self._data, form_user_id())

    def _passing_now(self, vehicles: Iterable[Vehicle]) -> int:
        """How many of these may pass now."""
        gates, now = terms_of_gates(self.config_entry), dt_util.now()
        return sum(why_not_now(one, gates, now) is None for one in vehicles)

    async def _words(self) -> VehicleWords:
        return await VehicleWords.async_load(self.hass, terms_of_gates(self.config_entry))

    def _choose(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for one vehicle; ``user_input`` is an answer that names none."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors[CONF_VEHICLE_ID] = "vehicle_not_chosen"
        return self.async_show_form(
            step_id=step_id,
            data_schema=choice_schema(self._store.register.vehicles),
            errors=errors,
            last_step=False,
        )
