"""Hands visits that ended to the archive; what is said there of a stranger is a token only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .archive_status import VisitToKeep

if TYPE_CHECKING:
    from collections.abc import Callable

    from .alpr.gate.visit_summary import VisitSummary
    from .archive import Archive
    from .strangers import StrangerCounter


class VisitRecorder:
    """Turns what a gate remembers of a visit into what may be written down of it."""

    def __init__(
        self,
        hass: HomeAssistant,
        archive: Archive,
        strangers: StrangerCounter,
        *,
        is_listed: Callable[[str], bool],
        recorded: Callable[[], None],
    ) -> None:
        """``is_listed`` is asked with a vehicle's id.

        ``recorded()`` is called after each visit, written down or not.
        """
        self._hass = hass
        self._archive = archive
        self._strangers = strangers
        self._is_listed = is_listed
        self._recorded = recorded

    @callback
    def visit_ended(self, visit: VisitSummary, picture: bytes | None) -> None:
        """Write a visit down. A stranger's plate becomes a token here and goes no further.

        A vehicle that was taken off the list while it was in view is not named, nor shown.
        """
        is_gone = visit.vehicle is not None and not self._is_listed(visit.vehicle)
        to_keep = VisitToKeep(
            gate=visit.gate,
            verdict=visit.verdict.value,
            reason=visit.reason.value,
            looks=visit.looks,
            vehicle=None if is_gone else visit.vehicle,
            token=self._token(visit),
            picture=None if is_gone else picture,
        )
        self._hass.async_create_task(self._record(to_keep), "alpr_gate visit recorded")

    def _token(self, visit: VisitSummary) -> bytes | None:
        if visit.vehicle is not None or not visit.plate:
            return None
        today = dt_util.now().date()
        token = self._strangers.token(visit.plate, today)
        self._strangers.came(token, today)
        return token

    async def _record(self, visit: VisitToKeep) -> None:
        await self._archive.record(visit)
        self._recorded()
