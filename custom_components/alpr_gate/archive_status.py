"""What goes into the archive, and what the owner may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .retention import ClockJump


class ArchiveProblem(StrEnum):
    """Why nothing is recorded, or what the owner should know."""

    WINDOW_DAMAGED = "window_damaged"
    """The file could not be read: it was put aside and a new one begun."""
    WINDOW_UNWRITABLE = "window_unwritable"
    """The disk is full or read-only: visits are not recorded."""
    PURGE_FAILED = "purge_failed"
    """What had expired could not be destroyed, or traces were left: recording has stopped."""
    AUDIT_BROKEN = "audit_broken"
    """The audit chain was changed or cut."""
    AUDIT_UNWRITABLE = "audit_unwritable"
    """Nothing can be accounted for: gates do not open."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the archive reads time: Unix seconds of the wall clock, and monotonic seconds."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the owner may see of the archive."""

    problems: frozenset[ArchiveProblem] = frozenset()
    visits: int = 0
    pictures: int = 0
    holds: int = 0
    verified_at: float | None = None
    """Trusted time of the last purge after which nothing was left."""
    clock_jump: ClockJump | None = None
    """The last jump of the wall clock in this run."""
    clock_jumps: int = 0

    @property
    def recording(self) -> bool:
        """Whether visits are recorded."""
        return not self.problems & {
            ArchiveProblem.PURGE_FAILED,
            ArchiveProblem.WINDOW_UNWRITABLE,
        }


@dataclass(frozen=True, slots=True)
class VisitToKeep:
    """A visit that ended, before it has a time and a mark; no plate."""

    gate: str
    verdict: str
    reason: str
    looks: int
    vehicle: str | None = None
    """Id of a listed vehicle."""
    token: bytes | None = None
    """Token of an unknown one."""
    picture: bytes | None = None
    """Evidence, kept only where the owner chose so."""
