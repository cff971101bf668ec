"""The form about keeping, looking and telling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .privacy_settings import (
    CONF_APPROVERS,
    CONF_CONTACT,
    CONF_CONTROLLER,
    CONF_FOUR_EYES,
    CONF_FOUR_EYES_FOR,
    CONF_LISTED_FOR,
    CONF_LISTED_PICTURES,
    CONF_LOOK_UPS,
    CONF_LOOK_UPS_WITHIN,
    CONF_MEMORY_FOR,
    CONF_OFFICER,
    CONF_PURPOSE_OF_READING,
    CONF_UNKNOWN_FOR,
    CONF_UNKNOWN_PICTURES,
    CONF_UNKNOWN_PICTURES_FOR,
    DEFAULT_PURPOSE,
    DURATIONS,
    PrivacySettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTION_LISTED: Final = "listed"
SECTION_UNKNOWN: Final = "unknown"
SECTION_ACCESS: Final = "access"
SECTION_NOTICE: Final = "notice"

_DURATION: Final = DurationSelector(DurationSelectorConfig(enable_day=True))
_MINUTES_OF: Final = {"days": 24 * 60, "hours": 60, "minutes": 1, "seconds": 1 / 60}


def privacy_schema(people: Mapping[str, str]) -> vol.Schema:
    """The form; ``people`` are the names of those who may approve, by their ids."""
    listed = {
        _required(CONF_LISTED_FOR): _DURATION,
        _required(CONF_LISTED_PICTURES): BooleanSelector(),
    }
    unknown = {
        _required(CONF_MEMORY_FOR): _DURATION,
        _required(CONF_UNKNOWN_FOR): _DURATION,
        _required(CONF_UNKNOWN_PICTURES): BooleanSelector(),
        _required(CONF_UNKNOWN_PICTURES_FOR): _DURATION,
    }
    access = {
        _required(CONF_FOUR_EYES): BooleanSelector(),
        _required(CONF_FOUR_EYES_FOR): _DURATION,
        vol.Optional(CONF_APPROVERS): SelectSelector(
            SelectSelectorConfig(
                options=[SelectOptionDict(value=one, label=name) for one, name in people.items()],
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        _required(CONF_LOOK_UPS): NumberSelector(
            NumberSelectorConfig(min=1, max=100, step=1, mode=NumberSelectorMode.BOX)
        ),
        _required(CONF_LOOK_UPS_WITHIN): _DURATION,
    }
    notice = {
        vol.Optional(CONF_CONTROLLER): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_CONTACT): TextSelector(),
        vol.Optional(CONF_OFFICER): TextSelector(),
        vol.Optional(CONF_PURPOSE_OF_READING, default=DEFAULT_PURPOSE): TextSelector(
            TextSelectorConfig(multiline=True)
        ),
    }
    return vol.Schema(
        {
            vol.Required(SECTION_LISTED): section(vol.Schema(listed)),
            vol.Required(SECTION_UNKNOWN): section(vol.Schema(unknown)),
            vol.Required(SECTION_ACCESS): section(vol.Schema(access), {"collapsed": True}),
            vol.Required(SECTION_NOTICE): section(vol.Schema(notice), {"collapsed": True}),
        }
    )


def options_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The options a form's answers ask for: flat, durations in minutes, texts without blanks."""
    options: dict[str, Any] = {}
    for fields in answers.values():
        for key, value in fields.items():
            options[key] = _minutes(value) if key in DURATIONS else value
    for key in (CONF_CONTROLLER, CONF_CONTACT, CONF_OFFICER, CONF_PURPOSE_OF_READING):
        options[key] = str(options.get(key, "")).strip()
    return options


def answers_from(options: Mapping[str, Any], schema: vol.Schema) -> dict[str, Any]:
    """The answers that give these options."""
    return {
        str(name): {
            str(key): _duration(options[key]) if key in DURATIONS else options[key]
            for key in fields.schema.schema
            if key in options
        }
        for name, fields in schema.schema.items()
    }


def _required(key: str) -> vol.Required:
    """A field that shows what is usual where nothing else was chosen."""
    usual = PrivacySettings().to_options()[key]
    return vol.Required(key, default=_duration(usual) if key in DURATIONS else usual)


def _minutes(duration: Mapping[str, float]) -> float:
    return sum(amount * _MINUTES_OF[unit] for unit, amount in duration.items())


def _duration(minutes: float) -> dict[str, int]:
    rest = round(timedelta(minutes=minutes).total_seconds())
    days, rest = divmod(rest, 24 * 3600)
    hours, rest = divmod(rest, 3600)
    whole_minutes, seconds = divmod(rest, 60)
    return {"days": days, "hours": hours, "minutes": whole_minutes, "seconds": seconds}
