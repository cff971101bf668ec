"""Keeps visits for the time the owner chose, destroys them then, and accounts for both.

Brings together the window and the account. Everything blocks; `archive.py` runs it beside the event
loop. The window belongs to one thread. Only `account` may be used from another one, so that what
must be accounted for does not wait for a long purge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .account import Account
from .archive_status import ArchiveProblem
from .audit import AuditAction
from .window import Window
from .window_file import FAILURES, WindowDamagedError, WindowFile, shows_damage
from .window_purge import WindowPurge
from .window_records import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .archive_status import ArchiveStatus, Clocks, VisitToKeep
    from .audit import AuditChain
    from .retention import Retention
    from .window_records import Destruction, Hold, StoredVisit

NOTE_TIME_EVERY: Final = 50.0
"""Seconds between two notes of the time while nothing else is written."""
TELL_EVERY: Final = 3600.0
"""Seconds after which a purge that found nothing to destroy is told of again."""
MOST_SAMPLES: Final = 20_000
"""Samples of destroyed pictures remembered, to look for them outside the window too."""


class Keeper:
    """Everything kept about visits, and the account of what was done with it."""

    def __init__(
        self,
        window_path: Path,
        chain: AuditChain,
        *,
        clocks: Clocks,
        new_mark: Callable[[], str],
        retention: Retention,
    ) -> None:
        """Keep the window at ``window_path`` and account in ``chain``; `start` opens both."""
        self.account = Account(chain, clocks)
        self._file = WindowFile(window_path)
        self._window = Window(self._file)
        self._purge = WindowPurge(self._file)
        self._new_mark = new_mark
        self._retention = retention
        self._time_noted = 0.0
        self._is_new_rule = True
        """What is in the window may have been kept by other rules."""
        self.destroyed_pictures: frozenset[bytes] = frozenset()
        """Samples of pictures destroyed in this run, for a search of other places."""

    @property
    def status(self) -> ArchiveStatus:
        """What the owner may see."""
        return self.account.status

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Open both files, note a clock that jumped, and destroy what expired meanwhile."""
        self.account.open()
        self._begin()

    def _begin(self) -> None:
        """Open the window and destroy what expired while nobody looked."""
        self._open_window()
        if not self._file.is_open:
            return
        self.account.set_clock(self._seen(self._file.last_seen, None))
        visits, pictures, holds = self._seen(self._window.counts, (0, 0, 0))
        self.account.change(visits=visits, pictures=pictures, holds=holds)
        self.tick()

    def stop(self) -> None:
        """Note the time and close the window."""
        if not self._file.is_open:
            return
        try:
            self._file.note_time(self.account.now())
            self._file.close()
        except FAILURES as error:
            self._failed(error, ArchiveProblem.WINDOW_UNWRITABLE)

    def tick(self) -> None:
        """Every now and then: destroy what expired, note the time, empty the journal.

        A window that could not be opened is tried again.
        """
        if not self._file.is_open:
            self._begin()
            return
        self.purge()
        if self.account.now() - self._time_noted < NOTE_TIME_EVERY:
            return
        try:
            self._time_noted = self.account.now()
            self._file.note_time(self._time_noted)
            self._file.truncate_journal()
        except FAILURES as error:
            self._failed(error, ArchiveProblem.WINDOW_UNWRITABLE)

    def _open_window(self) -> None:
        try:
            self._file.open()
        except WindowDamagedError:
            self._put_aside()
        except FAILURES:
            self.account.trouble(ArchiveProblem.WINDOW_UNWRITABLE)

    def _put_aside(self) -> None:
        """Begin a new window; the damaged one stays for as long as a visit in it may live."""
        self.account.trouble(ArchiveProblem.WINDOW_DAMAGED)
        try:
            self._file.put_aside()
        except (*FAILURES, WindowDamagedError):
            self.account.trouble(ArchiveProblem.WINDOW_UNWRITABLE)
        self.account.change(visits=0, pictures=0, holds=0)

    def _failed(self, error: Exception, problem: ArchiveProblem) -> None:
        """One of FAILURES: a damaged window is put aside, anything else is a problem."""
        if shows_damage(error):
            self._put_aside()
        else:
            self.account.trouble(problem)

    def _seen[T](self, look: Callable[[], T], nothing: T) -> T:
        """What a look into the window gives; ``nothing`` when it is closed or damaged."""
        if not self._file.is_open:
            return nothing
        try:
            return look()
        except FAILURES as error:
            if not shows_damage(error):
                raise
            self._put_aside()
            return nothing

    # ------------------------------------------------------------------ visits

    def record(self, visit: VisitToKeep) -> str | None:
        """Destroy what expired, then write a visit down; its mark, or None when not recorded."""
        self.purge()
        if not self.status.recording or not self._file.is_open:
            return None
        now, mark, listed = self.account.now(), self._new_mark(), visit.vehicle is not None
        lifetime = self._retention.picture_lifetime(listed=listed)
        keep = visit.picture if lifetime is not None else None
        row = VisitRecord(
            mark,
            now,
            visit.gate,
            visit.verdict,
            visit.reason,
            visit.looks,
            visit.vehicle,
            visit.token,
        )
        try:
            self._window.record(
                row,
                expires=now + self._retention.visit_lifetime(listed=listed),
                picture=keep,
                picture_expires=now + (lifetime or 0.0),
            )
        except FAILURES as error:
            self._failed(error, ArchiveProblem.WINDOW_UNWRITABLE)
            return None
        self._count(visits=1, pictures=0 if keep is None else 1)
        return mark

    def search(
        self,
        *,
        vehicle: str | None = None,
        gate: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 100,
    ) -> list[StoredVisit]:
        """Visits that have not expired, the newest first."""
        now = self.account.now()
        return self._seen(
            lambda: self._window.search(
                now, vehicle=vehicle, gate=gate, since=since, until=until, limit=limit
            ),
            [],
        )

    def visit(self, mark: str) -> StoredVisit | None:
        """One visit, unless it expired or never was."""
        now = self.account.now()
        return self._seen(
            lambda: next(iter(self._window.search(now, mark=mark, limit=1)), None), None
        )

    def overdue(self) -> int:
        """How many visits are there that should have been destroyed."""
        return self._seen(lambda: self._window.overdue(self.account.now()), 0)

    def picture(self, mark: str) -> bytes | None:
        """The evidence picture of a visit, if one is kept and has not expired."""
        return self._seen(lambda: self._window.picture(mark, self.account.now()), None)

    # ------------------------------------------------------------------ holds

    def hold(self, mark: str, *, seconds: float, reason: str, person: str) -> bool:
        """Keep a visit for ``seconds`` from now; False when there is no such visit."""
        until = self.account.now() + seconds
        done = self._seen(
            lambda: self._window.hold(mark, until=until, reason=reason, person=person), False
        )
        self._count()
        return done

    def release(self, mark: str) -> bool:
        """End a hold, and destroy what it alone kept; False when there is none."""
        done = self._seen(lambda: self._window.release(mark), False)
        self.purge()
        return done

    def holds(self) -> list[Hold]:
        """Every visit that is held."""
        return self._seen(self._window.holds, [])

    # ------------------------------------------------------------------ destruction

    def set_retention(self, retention: Retention) -> None:
        """Keep by other rules from now on; shorter ones apply to what is there, at once."""
        self._retention = retention
        self._is_new_rule = True
        self.purge()

    def purge(self) -> Destruction | None:
        """Destroy what has expired and verify it; None when the window cannot be used."""
        return self._destroy(self._purge_by_rules, AuditAction.PURGED)

    def _purge_by_rules(self, now: float) -> Destruction:
        """Destroy by the rules in force; new ones are applied first, until that succeeds."""
        longest = max(self._retention.listed, self._retention.unknown_visits).total_seconds()
        self._file.remove_aside(written_before=self.account.wall - longest)
        if self._is_new_rule:
            kept = self._retention
            self._purge.shorten(
                listed=kept.visit_lifetime(listed=True),
                unknown=kept.visit_lifetime(listed=False),
                listed_pictures=kept.picture_lifetime(listed=True),
                unknown_pictures=kept.picture_lifetime(listed=False),
            )
            self._is_new_rule = False
        return self._purge.purge(now)

    def forget(self, vehicle: str) -> Destruction | None:
        """Destroy everything about one vehicle and verify it; None as for `purge`."""
        return self._destroy(lambda _: self._purge.forget(vehicle), AuditAction.VEHICLE_FORGOTTEN)

    def _destroy(
        self, work: Callable[[float], Destruction], action: AuditAction
    ) -> Destruction | None:
        if not self._file.is_open:
            return None
        now = self.account.now()
        try:
            done = work(now)
        except FAILURES as error:
            self._failed(error, ArchiveProblem.PURGE_FAILED)
            self.account.note(AuditAction.PURGE_FAILED, error=type(error).__name__)
            return None
        self._count(visits=-done.visits, pictures=-done.pictures)
        self._remember(done.pictures_destroyed)
        if not done.verified:
            self.account.trouble(ArchiveProblem.PURGE_FAILED)
            self.account.note(AuditAction.PURGE_FAILED, traces=done.traces_left)
            return done
        self.account.healed(ArchiveProblem.PURGE_FAILED, ArchiveProblem.WINDOW_UNWRITABLE)
        has_destroyed = done.visits > 0 or done.pictures > 0
        if has_destroyed or now - (self.status.verified_at or 0.0) >= TELL_EVERY:
            self.account.change(verified_at=now)
        if has_destroyed:
            self.account.note(
                action,
                visits=done.visits,
                pictures=done.pictures,
                looked_for=done.traces_looked_for,
                rewritten=done.rewritten,
            )
        return done

    def _remember(self, samples: frozenset[bytes]) -> None:
        if samples:
            known = [*samples, *self.destroyed_pictures]
            self.destroyed_pictures = frozenset(known[:MOST_SAMPLES])

    def _count(self, *, visits: int = 0, pictures: int = 0) -> None:
        """Keep the numbers without counting a million rows."""
        self.account.change(
            visits=self.status.visits + visits,
            pictures=self.status.pictures + pictures,
            holds=self._seen(self._window.hold_count, 0),
        )
