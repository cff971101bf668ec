"""The keeper beside the event loop: one thread for what is kept, one for the account of it.

So an opening, which must be accounted for first, never waits until a long purge has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .audit import AuditAction, AuditChain, AuditError, AuditRecord, ChainReport
from .disk_worker import DiskWorker
from .keeper import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .archive_status import ArchiveStatus, Clocks, VisitToKeep
    from .retention import Retention
    from .window_records import Destruction, Hold, StoredVisit

AUDIT_LIFETIME: Final = 365 * 24 * 3600.0
"""Seconds for which the account of what was done is kept."""


class Archive:
    """Visits for the time the owner chose, and the account of who did what."""

    def __init__(
        self,
        window_path: Path,
        audit_path: Path,
        *,
        clocks: Clocks,
        new_mark: Callable[[], str],
        retention: Retention,
    ) -> None:
        """Use the files at ``window_path`` and ``audit_path``; `start` opens them."""
        self._worker = DiskWorker()
        self._accountant = DiskWorker()
        self._stopped = False
        self._chain = AuditChain(audit_path)
        self._keeper = Keeper(
            window_path, self._chain, clocks=clocks, new_mark=new_mark, retention=retention
        )

    @property
    def status(self) -> ArchiveStatus:
        """What the owner may see."""
        return self._keeper.status

    async def start(self) -> None:
        """Open both files and destroy what expired meanwhile."""
        await self._worker.run(self._keeper.start)

    async def tick(self) -> None:
        """Every now and then: destroy what expired, note the time."""
        if not self._stopped:
            await self._worker.run(self._keeper.tick)

    async def stop(self) -> None:
        """Finish what was begun, close the files, end the threads; nothing is written after it."""
        if self._stopped:
            return
        self._stopped = True
        await self._accountant.stop()
        await self._worker.run(self._keeper.stop)
        await self._worker.stop()

    @property
    def destroyed_pictures(self) -> frozenset[bytes]:
        """Samples of pictures destroyed in this run: found anywhere, they tell of a copy."""
        return self._keeper.destroyed_pictures

    async def record(self, visit: VisitToKeep) -> str | None:
        """Write a visit down; its mark, or None when nothing is recorded now."""
        if self._stopped:
            return None
        return await self._worker.run(self._keeper.record, visit)

    async def search(
        self,
        *,
        vehicle: str | None = None,
        gate: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 100,
    ) -> list[StoredVisit]:
        """Visits that have not expired, the newest first."""
        return await self._worker.run(
            self._keeper.search, vehicle=vehicle, gate=gate, since=since, until=until, limit=limit
        )

    async def visit(self, mark: str) -> StoredVisit | None:
        """One visit, unless it expired or never was."""
        return await self._worker.run(self._keeper.visit, mark)

    async def overdue(self) -> int:
        """How many visits are there that should have been destroyed."""
        return await self._worker.run(self._keeper.overdue)

    async def picture(self, mark: str) -> bytes | None:
        """The evidence picture of a visit, if one is kept and has not expired."""
        return await self._worker.run(self._keeper.picture, mark)

    async def hold(self, mark: str, *, seconds: float, reason: str, person: str) -> bool:
        """Keep a visit for ``seconds`` from now; False when there is no such visit."""
        return await self._worker.run(
            self._keeper.hold, mark, seconds=seconds, reason=reason, person=person
        )

    async def release(self, mark: str) -> bool:
        """End a hold, and destroy what it alone kept; False when there is none."""
        return await self._worker.run(self._keeper.release, mark)

    async def holds(self) -> list[Hold]:
        """Every visit that is held."""
        return await self._worker.run(self._keeper.holds)

    async def purge(self) -> Destruction | None:
        """Destroy what has expired and verify it; None when the window cannot be used."""
        return await self._worker.run(self._keeper.purge)

    async def forget(self, vehicle: str) -> Destruction | None:
        """Destroy everything about one vehicle and verify it; None as for `purge`."""
        return await self._worker.run(self._keeper.forget, vehicle)

    async def set_retention(self, retention: Retention) -> None:
        """Keep by other rules from now on; shorter ones apply to what is there, at once."""
        await self._worker.run(self._keeper.set_retention, retention)

    async def account(
        self,
        action: AuditAction,
        *,
        user: str | None = None,
        purpose: str | None = None,
        **details: str | float | bool | None,
    ) -> None:
        """Write down that something was done; raises AuditError when that is not on disk."""
        if self._stopped:
            raise AuditError("stopped")
        await self._accountant.run(
            self._keeper.account.write, action, user=user, purpose=purpose, details=dict(details)
        )

    async def verify_account(self) -> ChainReport:
        """Read the whole account and tell whether it is whole."""
        return await self._accountant.run(self._chain.verify)

    async def account_since(self, since: float) -> list[AuditRecord]:
        """The records of what was done since then, the oldest first; empty when unreadable."""

        def read() -> list[AuditRecord]:
            try:
                return [record for record in self._chain.records() if record.at >= since]
            except OSError:
                return []

        return await self._accountant.run(read)

    async def tend_account(self) -> int:
        """See whether the account is whole, and remove what is older than a year from it.

        Returns how many lines were removed.
        """
        if self._stopped:
            return 0
        return await self._accountant.run(self._keeper.account.tend, AUDIT_LIFETIME)
