"""What tests look for in a form that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_components.alpr_gate.form_sections import FURTHER_DOWN


def marked(form: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, where it is wrong: without the word at the top that tells where that is."""
    errors: dict[str, str] = form["errors"]
    return {key: error for key, error in errors.items() if not error.startswith(FURTHER_DOWN)}
