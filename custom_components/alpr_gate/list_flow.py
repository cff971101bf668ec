"""What the steps of the owner's flow share that add, change and remove vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.util import dt as dt_util

from .const import CONF_VEHICLE_ID
from .form_user import form_user_id
from .list_account import ListAccount
from .privacy_flow import PrivacySteps
from .vehicle_form import choice_schema
from .vehicle_standing import terms_of_gates, why_not_now
from .vehicle_words import VehicleWords

if TYPE_CHECKING:
    from collections.abc import Iterable

    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle
    from .register_store import RegisterStore


class ListSteps(PrivacySteps):
    """Knows the list, who changes it, and the words in which it is told of."""

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
