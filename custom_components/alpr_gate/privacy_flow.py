"""The step of the owner's flow in which keeping, looking and telling are settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import ConfigEntryState, OptionsFlow
from homeassistant.data_entry_flow import AbortFlow

from .audit import AuditAction
from .form_sections import opened, told_at_the_top
from .form_user import form_user_id
from .privacy_desk import NotAccountedError
from .privacy_form import (
    SECTION_ACCESS,
    SECTION_LISTED,
    SECTION_UNKNOWN,
    answers_from,
    options_from,
    privacy_schema,
)
from .privacy_settings import PrivacySettings
from .retention import RetentionError, RetentionProblem

if TYPE_CHECKING:
    from homeassistant.auth.models import User
    from homeassistant.config_entries import ConfigFlowResult
    from homeassistant.core import HomeAssistant

    from .look_ups import FourEyes
    from .runtime import AlprGateConfigEntry, AlprGateData

FEWEST_EYES = 2


class PrivacySteps(OptionsFlow):
    """Asks for everything at once and saves it in the entry's options."""

    config_entry: AlprGateConfigEntry

    async def async_step_privacy(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is kept for how long, who may look, and what the notice says."""
        errors: dict[str, str] = {}
        people = await _people(self.hass)
        names = {user.id: user.name or user.id for user in people}
        if user_input is not None:
            options = options_from(user_input)
            errors = _errors_in(options, people)
            if not errors:
                errors = await self._account(PrivacySettings.from_options(options))
            if not errors:
                return self.async_create_entry(data=options)
        schema = privacy_schema(names)
        saved = PrivacySettings.from_options(self.config_entry.options).to_options()
        return self.async_show_form(
            step_id="privacy",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or answers_from(saved, schema)
            ),
            errors=errors,
        )

    @property
    def _data(self) -> AlprGateData:
        """What the entry holds while it runs; the form ends where it does not run any more."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow(reason="not_loaded")
        return self.config_entry.runtime_data

    @override
    def async_show_form(self, **form: Any) -> ConfigFlowResult:
        """Show a form with those of its sections open that need to be seen."""
        schema, errors = form.get("data_schema"), form.get("errors")
        if schema is not None:
            form["data_schema"] = opened(schema, errors)
            form["errors"] = errors and told_at_the_top(schema, errors)
        return super().async_show_form(**form)

    async def _account(self, fresh: PrivacySettings) -> dict[str, str]:
        """Write down which settings change; the error to show when that is impossible."""
        desk = self._data.privacy
        before = PrivacySettings.from_options(self.config_entry.options)
        saved = before.to_options()
        changed = [key for key, value in fresh.to_options().items() if value != saved[key]]
        try:
            await desk.account(
                AuditAction.SETTINGS_CHANGED, user=form_user_id(), settings=" ".join(changed)
            )
        except NotAccountedError:
            return {"base": "not_accounted"}
        if (fresh.four_eyes, fresh.curiosity) != (before.four_eyes, before.curiosity):
            desk.news.rules_changed()
        return {}


async def _people(hass: HomeAssistant) -> list[User]:
    """Who can log in: an outside officer need not be an admin."""
    return [
        user
        for user in await hass.auth.async_get_users()
        if user.is_active and not user.system_generated
    ]


def _somebody_can_approve(rule: FourEyes, people: list[User]) -> bool:
    """Whether one admin can ask and somebody else is there who may approve."""
    admins = {user.id for user in people if user.is_admin}
    named = {user.id for user in people if user.id in rule.approvers}
    approvers = named if rule.approvers else admins
    return bool(approvers) and len(admins | approvers) >= FEWEST_EYES


def _errors_in(options: dict[str, Any], people: list[User]) -> dict[str, str]:
    """What is wrong with these options, by the section it is shown at."""
    try:
        settings = PrivacySettings.from_options(options)
    except RetentionError as error:
        is_listed = error.problem is RetentionProblem.LISTED
        return {SECTION_LISTED if is_listed else SECTION_UNKNOWN: error.problem.value}
    if settings.four_eyes.required and not _somebody_can_approve(settings.four_eyes, people):
        return {SECTION_ACCESS: "four_eyes_alone"}
    if settings.four_eyes.seconds <= 0 or settings.curiosity.seconds <= 0:
        return {SECTION_ACCESS: "duration_missing"}
    return {}
