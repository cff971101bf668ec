"""Everything about privacy that one entry holds: what is kept, who may look, and the account of it.

Wiring only: the rules are in `retention.py` and `look_ups.py`, the disk is behind `archive.py`.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path
import secrets
import time
from typing import TYPE_CHECKING, Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from .archive import Archive
from .archive_status import Clocks
from .audit import AuditAction, AuditError
from .const import DOMAIN
from .evidence_tickets import EvidenceTickets
from .look_ups import AccessDesk, CuriosityWatch
from .opening_account import OpeningAccount
from .privacy_news import PrivacyNews
from .self_test import SearchStoppedError, SelfTest
from .strangers import StrangerCounter
from .visit_recorder import VisitRecorder

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.core import CALLBACK_TYPE

    from .gate_controller import GateController
    from .privacy_settings import PrivacySettings
    from .register_store import RegisterStore

WINDOW_FILE: Final = "window.db"
AUDIT_FILE: Final = f"{DOMAIN}.audit"
TICK: Final = timedelta(minutes=1)
DAILY: Final = timedelta(days=1)
FIRST_SEARCH_SECONDS: Final = 15 * 60.0
"""After the start, when Home Assistant has other things to do."""
_LOOK_UPS: Final = frozenset(
    {AuditAction.SEARCHED, AuditAction.EVIDENCE_VIEWED, AuditAction.VEHICLE_EXPORTED}
)


class NotAccountedError(HomeAssistantError):
    """Something was not done because it could not be written down."""

    def __init__(self) -> None:
        """Tell what to do about it."""
        super().__init__(translation_domain=DOMAIN, translation_key="not_accounted")


def system_clocks() -> Clocks:
    """The machine's own clocks."""
    return Clocks(time.time, time.monotonic)


class PrivacyDesk:
    """What is kept, who looks, and the account of both."""

    def __init__(
        self, hass: HomeAssistant, settings: PrivacySettings, register_store: RegisterStore
    ) -> None:
        """Use the files of the one entry; `start` opens them."""
        self.settings = settings
        self.archive = Archive(
            window_file(hass),
            audit_file(hass),
            clocks=system_clocks(),
            new_mark=lambda: f"v{secrets.token_hex(16)}",
            retention=settings.retention,
        )
        self.news = PrivacyNews(hass, self.archive)
        self.openings = OpeningAccount(self.archive, self.news.look)
        self.strangers = StrangerCounter(secrets.token_bytes)
        self.access = AccessDesk(settings.four_eyes, lambda: secrets.token_hex(8))
        self.curiosity = CuriosityWatch(settings.curiosity)
        self.tickets = EvidenceTickets(secrets.token_urlsafe)
        self.self_test = SelfTest(hass, register_store, self.archive, self.news)
        self._recorder = VisitRecorder(
            hass,
            self.archive,
            self.strangers,
            is_listed=lambda vehicle: register_store.register.get(vehicle) is not None,
            recorded=self.news.look,
        )
        self._hass = hass
        self._gates: list[GateController] = []
        self._stops: list[CALLBACK_TYPE] = []

    async def start(self) -> None:
        """Open the files, destroy what expired meanwhile, and keep doing so."""
        await self.archive.start()
        self.news.look()
        await self._recall_look_ups()
        self._stops = [
            async_track_time_interval(self._hass, self._tick, TICK),
            async_track_time_interval(self._hass, self._daily, DAILY),
            async_call_later(self._hass, FIRST_SEARCH_SECONDS, self._daily),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._stopping),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._last_write),
        ]

    async def stop(self) -> None:
        """Finish what was begun and close the files."""
        for stop in self._stops:
            stop()
        self._stops = []
        self.self_test.stop()
        self.news.clear()
        await self.archive.stop()

    async def follow(self, settings: PrivacySettings) -> None:
        """Keep and guard by other settings from now on; shorter ones apply to what is there."""
        if settings == self.settings:
            return
        self.settings = settings
        self.access.rule = settings.four_eyes
        self.curiosity.rule = settings.curiosity
        for gate in self._gates:
            self._apply_to(gate)
        await self.archive.set_retention(settings.retention)
        self.news.look()

    @callback
    def gate_added(self, gate: GateController) -> None:
        """Record the visits of one more gate."""
        self._gates.append(gate)
        self._apply_to(gate)
        gate.board.listen_to_visits(self._recorder.visit_ended)

    async def account(
        self,
        action: AuditAction,
        *,
        user: str | None,
        purpose: str | None = None,
        **details: str | float | bool | None,
    ) -> None:
        """Write down what is about to be done; raises NotAccountedError: then do not do it."""
        try:
            await self.archive.account(action, user=user, purpose=purpose, **details)
        except AuditError:
            raise NotAccountedError from None
        finally:
            self.news.look()

    async def account_anyway(
        self,
        action: AuditAction,
        *,
        user: str | None,
        purpose: str | None = None,
        **details: str | float | bool | None,
    ) -> None:
        """Write down what is done in any case; that it could not be written shows as a problem."""
        with contextlib.suppress(NotAccountedError):
            await self.account(action, user=user, purpose=purpose, **details)

    def strangers_today(self) -> int:
        """How many different unknown vehicles have come today, since the last start."""
        return self.strangers.vehicles(dt_util.now().date())

    def _apply_to(self, gate: GateController) -> None:
        kept = self.settings.retention
        gate.board.evidence.keep_for(
            strangers=kept.memory.total_seconds(), listed=kept.listed.total_seconds()
        )

    async def _recall_look_ups(self) -> None:
        """Count the look-ups before the start too: a restart makes nobody inconspicuous."""
        wall, monotonic = time.time(), self._hass.loop.time()
        for record in await self.archive.account_since(wall - self.settings.curiosity.seconds):
            vehicle = record.details.get("vehicle")
            if record.action in _LOOK_UPS and record.user and isinstance(vehicle, str):
                self.curiosity.looked_up(record.user, vehicle, monotonic - (wall - record.at))

    async def _tick(self, _now: datetime) -> None:
        self.strangers.turn_page(dt_util.now().date())
        await self.archive.tick()
        self.news.forget_requests(self._hass.loop.time())
        self.news.look()

    async def _daily(self, _now: datetime) -> None:
        try:
            await self.archive.tend_account()
            self.news.look()
        finally:
            with contextlib.suppress(SearchStoppedError):
                await self.self_test.run()

    @callback
    def _stopping(self, _event: Event) -> None:
        """Home Assistant stops, without unloading anything: no search may keep it from that."""
        self.self_test.stop()

    async def _last_write(self, _event: Event) -> None:
        """Everything else has stopped: close the files as they should be."""
        await self.archive.stop()


def window_file(hass: HomeAssistant) -> Path:
    """Where visits are kept: in the cache, which Home Assistant's backups leave out."""
    return Path(hass.config.cache_path(DOMAIN)) / WINDOW_FILE


def audit_file(hass: HomeAssistant) -> Path:
    """Where the account is kept."""
    return Path(hass.config.path(".storage", AUDIT_FILE))
