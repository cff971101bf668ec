"""Sections of a form: one in which something is wrong, or not as usual, is shown open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.data_entry_flow import section
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Final[tuple[Any, ...]] = (None, "", [])


def opened(schema: vol.Schema, errors: Mapping[str, str] | None) -> vol.Schema:
    """The form, whose suggested values are in it, with those sections open that need to be seen.

    Home Assistant shows an error by the key of a field or of a section, of fields in sections it
    shows none, and it does not open a section for it: what has to be corrected would stay out of
    sight.
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


def _holds_something(schema: vol.Schema) -> bool:
    """Whether any field shows something else than its default, or anything where it has none."""
    return any(
        (key.description or {}).get("suggested_value") not in (*_NOTHING, *_defaults_of(key))
        for key in schema.schema
    )


def _defaults_of(key: vol.Marker) -> list[Any]:
    default: Any = getattr(key, "default", vol.UNDEFINED)
    return [] if default is vol.UNDEFINED else [default()]
