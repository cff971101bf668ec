"""The account of what was done, the time it was done at, and what the owner is told of both.

Everything blocks. `note` and `trouble` belong to any thread; the account itself is written by one
call at a time (`audit.py`).
"""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING

from .archive_status import ArchiveProblem, ArchiveStatus
from .audit import AuditAction, AuditError
from .retention import ClockJump, TrustedClock

if TYPE_CHECKING:
    from .archive_status import Clocks
    from .audit import AuditChain, ChainReport


class Account:
    """Who did what and when, by a clock that is not led astray."""

    def __init__(self, chain: AuditChain, clocks: Clocks) -> None:
        """Write into ``chain``; `open` opens it."""
        self._chain = chain
        self._clocks = clocks
        self._clock = TrustedClock.start(clocks.wall(), clocks.monotonic(), None)[0]
        self._state = RLock()
        """Held while the clock or the status changes."""
        self.status = ArchiveStatus()

    def open(self) -> None:
        """Open the account and say so in it; one that is not whole is told of."""
        try:
            report = self._chain.open()
        except OSError:
            self.trouble(ArchiveProblem.AUDIT_UNWRITABLE)
            return
        self.note(AuditAction.STARTED)
        self._judge(report)

    def _judge(self, report: ChainReport) -> None:
        """Tell of an account that is not whole, once in a run."""
        if report.fault is not None and ArchiveProblem.AUDIT_BROKEN not in self.status.problems:
            self.trouble(ArchiveProblem.AUDIT_BROKEN)
            self.note(AuditAction.AUDIT_BROKEN, fault=report.fault, record=report.at_record)

    def set_clock(self, last_seen: float | None) -> None:
        """Go on from the last sign of life of the run before, in trusted Unix seconds."""
        wall, monotonic = self._clocks.wall(), self._clocks.monotonic()
        with self._state:
            self._clock, jump = TrustedClock.start(wall, monotonic, last_seen)
        self._noticed(jump)

    @property
    def wall(self) -> float:
        """What the wall clock says, in Unix seconds: not to be trusted alone."""
        return self._clocks.wall()

    def write(
        self,
        action: AuditAction,
        *,
        user: str | None = None,
        purpose: str | None = None,
        details: dict[str, str | int | float | bool | None] | None = None,
    ) -> None:
        """Write down that something was done; raises AuditError when that is not on disk."""
        try:
            self._chain.append(self.now(), action, user=user, purpose=purpose, details=details)
        except AuditError:
            self.trouble(ArchiveProblem.AUDIT_UNWRITABLE)
            raise
        self.healed(ArchiveProblem.AUDIT_UNWRITABLE)

    def tend(self, lifetime: float) -> int:
        """See whether the account is whole, and remove what is older than ``lifetime`` from it.

        A record goes only where both clocks call it old, and never in a run that began long after
        the last sign of life: a wrong year must not cost the account.
        """
        now = self.now()
        try:
            self._judge(self._chain.verify())
            if self.status.clock_jump is ClockJump.LONG_ABSENCE:
                return 0
            return self._chain.trim(min(now, self._clocks.wall()) - lifetime, now)
        except OSError:
            self.trouble(ArchiveProblem.AUDIT_UNWRITABLE)
            return 0

    def note(self, action: AuditAction, **details: str | float | bool | None) -> None:
        """Account for what the integration did by itself; a failure shows as a problem."""
        try:
            self._chain.append(self._clock.now(self._clocks.monotonic()), action, details=details)
        except AuditError:
            self.trouble(ArchiveProblem.AUDIT_UNWRITABLE)

    def now(self) -> float:
        """Trusted time; a jump of the wall clock is noticed on the way."""
        with self._state:
            monotonic = self._clocks.monotonic()
            self._clock, jump = self._clock.look(self._clocks.wall(), monotonic)
            now = self._clock.now(monotonic)
        self._noticed(jump)
        return now

    def _noticed(self, jump: ClockJump | None) -> None:
        if jump is not None:
            self.change(clock_jump=jump, clock_jumps=self.status.clock_jumps + 1)
            self.note(AuditAction.CLOCK_JUMPED, jump=jump)

    def trouble(self, problem: ArchiveProblem) -> None:
        """Something is wrong."""
        with self._state:
            self.change(problems=self.status.problems | {problem})

    def healed(self, *problems: ArchiveProblem) -> None:
        """It is well again."""
        with self._state:
            self.change(problems=self.status.problems - set(problems))

    def change(self, **changes: object) -> None:
        """Set fields of the status."""
        with self._state:
            self.status = replace(self.status, **changes)  # type: ignore[arg-type]
