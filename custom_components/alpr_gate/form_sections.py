"""Sections of a form: one in which something is wrong is shown open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.data_entry_flow import section
import probatio as vol

if TYPE_CHECKING:
    from collections.abc import Container


def opened(schema: vol.Schema, errors: Container[str]) -> vol.Schema:
    """The form with those of its sections open that an error is keyed by.

    Home Assistant shows an error by the key of a field or of a section, and does not open a section
    for it: what has to be corrected would stay out of sight.
    """
    return vol.Schema(
        {
            key: section(value.schema, {"collapsed": False})
            if isinstance(value, section) and str(key) in errors
            else value
            for key, value in schema.schema.items()
        }
    )
