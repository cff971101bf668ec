"""Adds, changes and shows vehicles. Home Assistant lets only admins into this flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.const import CONF_CODE
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import probatio as vol

from .alpr.gate.register import DangerKind, Register
from .code_form import CodeField
from .const import CONF_VEHICLE_ID
from .household_flow import HouseholdSteps, households_of
from .list_account import VehicleChanged
from .many_vehicles_flow import ManyVehiclesSteps
from .privacy_desk import NotAccountedError
from .register_store import RegisterNotSaved, VehicleNotListed
from .removal_flow import RemovalSteps
from .vehicle_fields import VehicleRefused, fields_of, vehicle_from_fields
from .vehicle_form import answers_from, fields_from, shown_at, vehicle_schema
from .vehicle_standing import terms_of_gates, why_not_now
from .vehicle_warnings import warnings_about
from .vehicle_words import as_plain_text

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigFlowResult

    from .alpr.gate.vehicle import Vehicle


class OwnersListFlow(ManyVehiclesSteps, HouseholdSteps, RemovalSteps):
    """The list has a file of its own: only what is said about privacy is kept in the options."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen: Vehicle | None = None
        """The vehicle to be changed; None while a new one is added."""
        self._draft: Vehicle | None = None
        """What is to be saved once it is confirmed."""
        self._typed: dict[str, Any] | None = None
        """What the draft was made of, for whoever goes back to correct it."""
        self._code = CodeField()
        self._beside = Register.of()
        """The list that the draft was checked against."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be done with the list."""
        steps = ["add_vehicle", "add_many_vehicles"]
        listed = self._store.register.vehicles
        if listed:
            steps += ["change_vehicle", "remove_vehicle"]
        if households_of(listed):
            steps.append("remove_household")
        if listed:
            steps.append("show_vehicles")
        steps.append("privacy")
        return self.async_show_menu(
            step_id="init",
            menu_options=steps,
            description_placeholders={
                "count": str(len(listed)),
                "now": str(self._passing_now(listed)),
            },
        )

    async def async_step_add_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new vehicle."""
        return await self._ask("add_vehicle", user_input, vehicle_id=ulid_now(), shown=None)

    async def async_step_change_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose which vehicle to change."""
        if user_input is None or CONF_VEHICLE_ID not in user_input:
            return self._choose("change_vehicle", user_input)
        self._chosen = self._store.register.get(user_input[CONF_VEHICLE_ID])
        if self._chosen is None:
            return self.async_abort(reason="vehicle_not_listed")
        self._code = CodeField(self._chosen.code)
        try:
            await self._account_of_list.read(self._chosen.id)
        except NotAccountedError:
            return self.async_abort(reason="not_accounted")
        return await self.async_step_edit_vehicle()

    async def async_step_edit_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for everything about the chosen vehicle anew."""
        assert self._chosen is not None
        return await self._ask(
            "edit_vehicle",
            user_input,
            vehicle_id=self._chosen.id,
            shown=answers_from(fields_of(self._chosen)),
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the plate as it will be compared; it can be saved, or corrected."""
        return await self._confirm("confirm")

    async def async_step_confirm_dangers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """The same, when another entry could be taken for this one."""
        return await self._confirm("confirm_dangers")

    async def async_step_confirm_warnings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """The same, when something else should be known before."""
        return await self._confirm("confirm_warnings")

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save what was confirmed; what could not be saved can be submitted again."""
        assert self._draft is not None
        errors: dict[str, str] = {}
        try:
            return await self._saved(await self._save(self._draft))
        except VehicleNotListed:
            return self.async_abort(reason="vehicle_not_listed")
        except VehicleChanged:
            return self.async_abort(
                reason="vehicle_changed_meanwhile",
                description_placeholders={"name": as_plain_text(self._draft.name)},
            )
        except VehicleRefused:
            return await self._ask_again()
        except RegisterNotSaved:
            errors["base"] = "register_not_saved"
        except NotAccountedError:
            errors["base"] = "not_accounted"
        return self.async_show_form(
            step_id="save",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"name": as_plain_text(self._draft.name)},
        )

    async def async_step_show_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show every vehicle with its plate and how it stands."""
        if user_input is not None:
            return await self.async_step_init()
        try:
            await self._account_of_list.read()
        except NotAccountedError:
            return self.async_abort(reason="not_accounted")
        words, now = await self._words(), dt_util.now()
        lines = [words.line(vehicle, now) for vehicle in self._store.register.vehicles]
        return self.async_show_form(
            step_id="show_vehicles",
            data_schema=vol.Schema({}),
            description_placeholders={"vehicles": "\n".join(lines)},
            last_step=False,
        )

    async def _ask(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        *,
        vehicle_id: str,
        shown: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        telling = ""
        if user_input is not None:
            self._beside = self._store.register
            listed = self._beside.vehicles
            user_input = await self._code.take(self.hass, user_input, listed)
            if self._code.is_refused:
                errors[CONF_CODE] = "bad_code"
            try:
                self._draft = vehicle_from_fields(
                    fields_from(user_input),
                    vehicle_id=vehicle_id,
                    listed=listed,
                    seen=self._chosen,
                    now=dt_util.utcnow(),
                    code=self._code.kept,
                )
            except VehicleRefused as refused:
                errors[shown_at(refused.field)] = refused.problem
                telling = refused.because_of.name if refused.because_of else ""
            else:
                if not errors:
                    self._typed = user_input
                    return await self._show_for_confirmation(self._draft)
        named = self._chosen.gates if self._chosen else frozenset[str]()
        # A gate that is gone stays a choice for a vehicle that names it: without it the vehicle
        # would name none, which means every gate.
        gates = (await self._words()).gate_names(named)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vehicle_schema(gates), user_input or self._typed or shown
            ),
            errors=errors,
            description_placeholders={"other": telling},
            last_step=False,
        )

    async def _show_for_confirmation(self, vehicle: Vehicle) -> ConfigFlowResult:
        dangers = self._store.register.dangers(vehicle)
        if any(danger.kind is not DangerKind.SAME_PLATE for danger in dangers):
            return await self.async_step_confirm_dangers()
        if await warnings_about(self.hass, self.config_entry, vehicle):
            return await self.async_step_confirm_warnings()
        return await self.async_step_confirm()

    async def _confirm(self, step_id: str) -> ConfigFlowResult:
        assert self._draft is not None
        warnings = await warnings_about(self.hass, self.config_entry, self._draft)
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["save", "add_vehicle" if self._chosen is None else "edit_vehicle"],
            description_placeholders={
                "name": as_plain_text(self._draft.name),
                "plate": self._draft.plate,
                "warnings": "\n".join(f"- {as_plain_text(warning)}" for warning in warnings),
            },
        )

    async def _save(self, vehicle: Vehicle) -> Vehicle:
        """Put the vehicle on the list, and return it as it is there."""
        if self._chosen is None:
            await self._account_of_list.add(vehicle, beside=self._beside)
            return vehicle
        return await self._account_of_list.update(vehicle, seen=self._chosen, beside=self._beside)

    async def _ask_again(self) -> ConfigFlowResult:
        """Show the form as it was filled in: the list does not take that any more."""
        if self._chosen is None:
            return await self.async_step_add_vehicle(self._typed)
        return await self.async_step_edit_vehicle(self._typed)

    async def _saved(self, vehicle: Vehicle) -> ConfigFlowResult:
        """Say whether the vehicle may pass now, and if not, why."""
        gates, is_new = terms_of_gates(self.config_entry), self._chosen is None
        name = as_plain_text(vehicle.name)
        reason = why_not_now(vehicle, gates, dt_util.now())
        if reason is None:
            return self.async_abort(
                reason="vehicle_added" if is_new else "vehicle_changed",
                description_placeholders={"name": name},
            )
        return self.async_abort(
            reason="vehicle_added_not_now" if is_new else "vehicle_changed_not_now",
            description_placeholders={
                "name": name,
                "reason": (await self._words()).not_now(reason),
            },
        )
