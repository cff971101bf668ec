"""A code in a form or an action: it is hashed at once, and never shown again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_CODE
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .alpr.gate.code import SALT_BYTES, KeptCode, is_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from homeassistant.core import HomeAssistant

    from .alpr.gate.vehicle import Vehicle

CODE_IS_SET: Final = "set"
"""Stands where a code is, for people; handed back, it leaves the code as it is."""
CODE_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)


class CodeField:
    """What is typed into one field for a code, over all the times that it is shown."""

    def __init__(self, kept: KeptCode | None = None) -> None:
        """``kept`` is the code that is set already."""
        self.kept = kept
        self.is_refused = False
        """What was typed last is no code, and changed nothing."""

    async def take(
        self, hass: HomeAssistant, answers: Mapping[str, Any], listed: Iterable[Vehicle] = ()
    ) -> dict[str, Any]:
        """Keep the code in ``answers``; what comes back has only "set" in its place.

        An empty field removes the code. ``listed`` are the vehicles whose codes will be compared
        with this one in one go.
        """
        typed = str(answers.get(CONF_CODE) or "").strip()
        self.is_refused = not is_code(typed) and typed not in {"", CODE_IS_SET}
        if not typed:
            self.kept = None
        elif is_code(typed):
            self.kept = await hass.async_add_executor_job(KeptCode.of, typed, _salt_for(listed))
        return without_code(answers) | self.shown

    @property
    def shown(self) -> dict[str, str]:
        """What the form shows of it."""
        return {} if self.kept is None else {CONF_CODE: CODE_IS_SET}


def without_code(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to everything else."""
    return {key: value for key, value in answers.items() if key != CONF_CODE}


def _salt_for(listed: Iterable[Vehicle]) -> bytes:
    """One for all codes of the list: a code that is typed at a gate is hashed once for them all."""
    salts = (vehicle.code.salt for vehicle in listed if vehicle.code is not None)
    return next(salts, None) or secrets.token_bytes(SALT_BYTES)
