"""The last evidence picture of a gate: in memory only, and for no longer than was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

STRANGER_SECONDS: Final = 180.0
"""How long the picture of a vehicle that is not on the list is kept, unless the owner says so."""
LISTED_SECONDS: Final = 72 * 3600.0


class EvidenceMemory:
    """Holds one JPEG and forgets it in time."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """``changed()`` is called when a picture is forgotten."""
        self._hass = hass
        self._changed = changed
        self._forget_later: CALLBACK_TYPE | None = None
        self._is_strangers = False
        self._seconds = {True: STRANGER_SECONDS, False: LISTED_SECONDS}
        """Lifetime of a stranger's picture, and of a listed vehicle's."""
        self.picture: bytes | None = None
        """JPEG of the plate's surroundings."""
        self.taken_at: datetime | None = None

    @callback
    def keep(self, picture: bytes, *, stranger: bool) -> None:
        """Put a picture in the place of the one before."""
        self.forget()
        self.picture = picture
        self.taken_at = dt_util.utcnow()
        self._is_strangers = stranger
        self._forget_in(self._seconds[stranger])

    @callback
    def keep_for(self, *, strangers: float, listed: float) -> None:
        """Keep pictures for so many seconds from now on; one that is older goes at once."""
        self._seconds = {True: strangers, False: listed}
        if self.taken_at is not None:
            age = (dt_util.utcnow() - self.taken_at).total_seconds()
            self._forget_in(max(0.0, self._seconds[self._is_strangers] - age))

    @callback
    def forget(self) -> None:
        """Drop the picture now."""
        if self._forget_later is not None:
            self._forget_later()
            self._forget_later = None
        self.picture = None
        self.taken_at = None

    def _forget_in(self, seconds: float) -> None:
        if self._forget_later is not None:
            self._forget_later()
        self._forget_later = async_call_later(self._hass, seconds, self._time_is_up)

    @callback
    def _time_is_up(self, _now: datetime) -> None:
        self._forget_later = None
        self.forget()
        self._changed()
