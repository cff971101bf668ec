"""The step of the owner's flow in which keeping, looking and telling are settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import OptionsFlow
from homeassistant.helpers.http import current_request

from .audit import AuditAction
from .privacy_desk import NotAccountedError
from .privacy_form import answers_from, options_from, privacy_schema
from .privacy_settings import PrivacySettings
from .retention import RetentionError

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigFlowResult
    from homeassistant.core import HomeAssistant

    from .runtime import AlprGateConfigEntry

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
        if user_input is not None:
            options = options_from(user_input)
            problem = _problem_with(options, people)
            if problem is None:
                problem = await self._account(PrivacySettings.from_options(options))
            if problem is None:
                return self.async_create_entry(data=options)
            errors["base"] = problem
        schema = privacy_schema(people)
        saved = PrivacySettings.from_options(self.config_entry.options).to_options()
        return self.async_show_form(
            step_id="privacy",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or answers_from(saved, schema)
            ),
            errors=errors,
        )

    @property
    def _user_id(self) -> str | None:
        """Who fills the form in; None when nobody is known to."""
        request = current_request.get()
        user = None if request is None else request.get("hass_user")
        return None if user is None else str(user.id)

    async def _account(self, fresh: PrivacySettings) -> str | None:
        """Write down which settings change; the key of the message when that is impossible."""
        before = PrivacySettings.from_options(self.config_entry.options).to_options()
        changed = [key for key, value in fresh.to_options().items() if value != before[key]]
        try:
            await self.config_entry.runtime_data.privacy.account(
                AuditAction.SETTINGS_CHANGED, user=self._user_id, settings=" ".join(changed)
            )
        except NotAccountedError:
            return "not_accounted"
        return None


async def _people(hass: HomeAssistant) -> dict[str, str]:
    """Who can log in, by id: an outside officer need not be an admin."""
    return {
        user.id: user.name or user.id
        for user in await hass.auth.async_get_users()
        if user.is_active and not user.system_generated
    }


def _problem_with(options: dict[str, Any], people: dict[str, str]) -> str | None:
    """The key of the message that says what is wrong with these options."""
    try:
        settings = PrivacySettings.from_options(options)
    except RetentionError as error:
        return error.problem.value
    if settings.four_eyes.required and len(people) < FEWEST_EYES:
        return "four_eyes_alone"
    if settings.four_eyes.seconds <= 0 or settings.curiosity.seconds <= 0:
        return "duration_missing"
    return None
