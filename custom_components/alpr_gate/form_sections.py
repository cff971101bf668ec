"""What is wrong in a long form comes into sight: its section is open, and the top tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.data_entry_flow import section
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Final[tuple[Any, ...]] = (None, "", [])
_BASE: Final = "base"
"""What Home Assistant shows at the top of a form."""
_FIELDS_IN_SIGHT: Final = 3
"""About as many fields of a form that was just opened are seen without scrolling."""
FURTHER_DOWN: Final = "further_down"
"""Says that something is wrong further down; with a section's name, that it is in that section."""


def opened(schema: vol.Schema, errors: Mapping[str, str] | None) -> vol.Schema:
    """The form, whose suggested values are in it, with those sections open that need to be seen.

    Home Assistant shows an error above the field or the section whose key it has, of fields in
    sections it shows none, and it does not open a section for it: what has to be corrected would
    stay out of sight.
    """
    return vol.Schema(
        {
            key: section(value.schema, {"collapsed": False})
            if isinstance(value, section)
            and (str(key) in (errors or {}) or _holds_something(value.schema))
            else value
            for key, value in schema.schema.items()
        }
    )


def told_at_the_top(schema: vol.Schema, errors: Mapping[str, str]) -> dict[str, str]:
    """The errors, with one more at the top of the form where the others may be out of sight.

    A form that is refused stays where it was, and Home Assistant's button to submit it can always
    be seen: without scrolling, nothing would seem to have happened.
    """
    told = dict(errors)
    if _BASE in errors:
        return told
    for place, (key, value) in enumerate(schema.schema.items()):
        if str(key) not in errors:
            continue
        if isinstance(value, section):
            return {_BASE: f"{FURTHER_DOWN}_{key}", **told}
        if place >= _FIELDS_IN_SIGHT:
            return {_BASE: FURTHER_DOWN, **told}
    return told


def _holds_something(schema: vol.Schema) -> bool:
    """Whether any field shows something else than its default, or anything where it has none."""
    return any(
        (key.description or {}).get("suggested_value") not in (*_NOTHING, *_defaults_of(key))
        for key in schema.schema
    )


def _defaults_of(key: vol.Marker) -> list[Any]:
    default: Any = getattr(key, "default", vol.UNDEFINED)
    return [] if default is vol.UNDEFINED else [default()]
