"""The last evidence picture of a gate: in memory only, a stranger's for three minutes at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

STRANGER_SECONDS: Final = 180.0
"""How long the picture of a vehicle that is not on the list is kept."""


class EvidenceMemory:
    """Holds one JPEG and forgets it in time."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """``changed()`` is called when a picture is forgotten."""
        self._hass = hass
        self._changed = changed
        self._forget_later: CALLBACK_TYPE | None = None
        self.picture: bytes | None = None
        """JPEG of the plate's surroundings."""
        self.taken_at: datetime | None = None

    @callback
    def keep(self, picture: bytes, *, stranger: bool) -> None:
        """Put a picture in the place of the one before."""
        self.forget()
        self.picture = picture
        self.taken_at = dt_util.utcnow()
        if stranger:
            self._forget_later = async_call_later(self._hass, STRANGER_SECONDS, self._time_is_up)

    @callback
    def forget(self) -> None:
        """Drop the picture now."""
        if self._forget_later is not None:
            self._forget_later()
            self._forget_later = None
        self.picture = None
        self.taken_at = None

    @callback
    def _time_is_up(self, _now: datetime) -> None:
        self._forget_later = None
        self.forget()
        self._changed()
