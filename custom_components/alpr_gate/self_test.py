"""Looks every day whether a plate, or something destroyed, lies anywhere it should not."""

from __future__ import annotations

import os
from pathlib import Path
import threading
from typing import TYPE_CHECKING, Final

from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .disk_worker import DiskWorker
from .plate_search import search

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.core import HomeAssistant

    from .archive import Archive
    from .plate_search import SearchReport
    from .privacy_news import PrivacyNews
    from .register_store import RegisterStore

WHERE_PLATES_BELONG: Final = (".storage", f"{DOMAIN}.register")
NOT_SEARCHED: Final = ("backups", "custom_components", "deps")
"""Packed or encrypted archives, in which nothing can be found, and programs."""
PAUSE_SECONDS: Final = 0.005
"""Rest after each megabyte."""
LOWEST_PRIORITY: Final = 19


class SelfTest:
    """Searches the whole configuration folder, in a thread of the lowest priority."""

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
        self.report: SearchReport | None = None
        """What the last search found."""
        self.at: datetime | None = None
        """When it ended."""

    async def run(self) -> SearchReport:
        """Search now, tell what was found, and return it."""
        folder = Path(self._hass.config.config_dir)
        plates = {vehicle.id: vehicle.plate for vehicle in self._list.register.vehicles}
        worker = DiskWorker()
        try:
            report = await worker.run(_search, folder, plates, self._archive.destroyed_pictures)
        finally:
            await worker.stop()
        self.report, self.at = report, dt_util.utcnow()
        self._news.plates_found({finding.place for finding in report.findings})
        return report


def left_out(folder: Path) -> tuple[Path, ...]:
    """What is not searched below the configuration folder."""
    return folder.joinpath(*WHERE_PLATES_BELONG), *(folder / name for name in NOT_SEARCHED)


def _search(folder: Path, plates: dict[str, str], traces: frozenset[bytes]) -> SearchReport:
    """Search at the lowest priority; the thread ends afterwards, and its priority with it."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
    return search(folder, plates, traces=traces, leave_out=left_out(folder), pause=PAUSE_SECONDS)
