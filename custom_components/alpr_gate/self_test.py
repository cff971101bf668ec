"""Looks every day whether a plate, or something destroyed, lies anywhere it should not."""

from __future__ import annotations

import asyncio
from pathlib import Path
import threading
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .diagnostics import async_get_config_entry_diagnostics
from .disk_worker import DiskWorker
from .plate_search import search

if TYPE_CHECKING:
    from datetime import datetime

    from .archive import Archive
    from .plate_search import SearchReport
    from .privacy_news import PrivacyNews
    from .register_store import RegisterStore

WHERE_PLATES_BELONG: Final = (".storage", f"{DOMAIN}.register")
NOT_SEARCHED: Final = ("backups", "custom_components", "deps")
"""Packed or encrypted archives, in which nothing can be found, and programs."""
PAUSE_SECONDS: Final = 0.003
"""Rest after each small piece of a file, for others to go on.

A lower priority of the thread would not do: Python's lock would pass it on to the event loop.
"""


class SearchStoppedError(HomeAssistantError):
    """Home Assistant, or the integration, was stopped while a search was under way."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(translation_domain=DOMAIN, translation_key="search_stopped")


class SelfTest:
    """Searches the whole configuration folder, in a thread that rests more than it works."""

    def __init__(
        self,
        hass: HomeAssistant,
        register_store: RegisterStore,
        archive: Archive,
        news: PrivacyNews,
    ) -> None:
        """Look for the plates of ``register_store`` and for what ``archive`` destroyed."""
        self._hass = hass
        self._list = register_store
        self._archive = archive
        self._news = news
        self._one_at_a_time = asyncio.Lock()
        self._stopping = threading.Event()
        self.report: SearchReport | None = None
        """What the last search found."""
        self.at: datetime | None = None
        """When it ended."""

    async def run(self) -> SearchReport:
        """Search now, tell what was found, and return it; raises SearchStoppedError."""
        async with self._one_at_a_time:
            folder = Path(self._hass.config.config_dir)
            plates = {vehicle.id: vehicle.plate for vehicle in self._list.register.vehicles}
            traces = self._archive.destroyed_pictures
            texts = await self._texts()
            worker = DiskWorker()
            try:
                report = await worker.run(self._search, folder, plates, traces, texts)
            finally:
                await worker.stop()
            self.report, self.at = report, dt_util.utcnow()
            self._news.plates_found({finding.place for finding in report.findings})
            return report

    @callback
    def stop(self) -> None:
        """End a search that is under way, and begin no other."""
        self._stopping.set()

    def _search(
        self,
        folder: Path,
        plates: dict[str, str],
        traces: frozenset[bytes],
        texts: dict[str, bytes],
    ) -> SearchReport:
        self._rest()
        return search(
            folder,
            plates,
            traces=traces,
            texts=texts,
            leave_out=left_out(folder),
            after_piece=self._rest,
        )

    async def _texts(self) -> dict[str, bytes]:
        """What is in memory and may be written at any time: states, and what diagnostics tell."""
        texts = {
            f"state of {state.entity_id}": _text_of(state)
            for state in self._hass.states.async_all()
        }
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            told = await async_get_config_entry_diagnostics(self._hass, entry)
            texts["diagnostics"] = json_bytes(told)
        return texts

    def _rest(self) -> None:
        if self._stopping.wait(PAUSE_SECONDS):
            raise SearchStoppedError


def _text_of(state: State) -> bytes:
    """A state as it would be written; other integrations' attributes may be anything."""
    content = state.as_dict()
    try:
        return json_bytes(content)
    except TypeError, ValueError, RecursionError:
        return repr(content).encode("utf-8", "replace")


def left_out(folder: Path) -> tuple[Path, ...]:
    """What is not searched below the configuration folder."""
    return folder.joinpath(*WHERE_PLATES_BELONG), *(folder / name for name in NOT_SEARCHED)
