"""The list's warnings about a vehicle, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from homeassistant.core import HomeAssistant

    from .alpr.gate.register import Danger


async def warnings_in_words(hass: HomeAssistant, dangers: Iterable[Danger]) -> list[str]:
    """One sentence for each danger, in Home Assistant's language; it names a vehicle, no plate."""
    texts = await async_get_translations(hass, hass.config.language, "exceptions", [DOMAIN])
    return [
        texts[f"component.{DOMAIN}.exceptions.danger_{danger.kind.value}.message"].format(
            name=danger.name
        )
        for danger in dangers
    ]
