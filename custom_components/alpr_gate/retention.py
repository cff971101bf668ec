"""How long a visit may be kept: limits, and a clock that cannot be turned to keep it longer.

Pure rules; ``wall`` is Unix time, ``monotonic`` the seconds of one monotonic clock, both passed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

CEILING: Final = timedelta(days=30)
"""Nothing about a visit is kept longer than this, whatever a setting says."""
FLOOR: Final = timedelta(minutes=1)
JUMP_TOLERANCE: Final = 60.0
"""Seconds by which the wall clock may drift from the monotonic one before it counts as a jump."""


class RetentionProblem(StrEnum):
    """Why a choice is refused; each is the key of a message."""

    LISTED = "listed_for_out_of_bounds"
    UNKNOWN_VISITS = "unknown_for_out_of_bounds"
    UNKNOWN_PICTURES = "unknown_pictures_for_out_of_bounds"
    MEMORY = "memory_for_out_of_bounds"
    PICTURES_LONGER = "pictures_longer_than_visits"


_BOUNDED: Final = {
    "listed": RetentionProblem.LISTED,
    "unknown_visits": RetentionProblem.UNKNOWN_VISITS,
    "unknown_pictures_for": RetentionProblem.UNKNOWN_PICTURES,
    "memory": RetentionProblem.MEMORY,
}
"""What is said of each time that is out of bounds."""


class RetentionError(ValueError):
    """A retention setting is outside its limits."""

    def __init__(self, problem: RetentionProblem, text: str) -> None:
        """``text`` is for logs."""
        super().__init__(text)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Retention:
    """What the owner chose to keep, and for how long; raises RetentionError when out of bounds."""

    listed: timedelta = timedelta(hours=72)
    """Visits of listed vehicles. 72 hours is what supervisory authorities call the usual need."""
    listed_pictures: bool = False
    """Keep evidence pictures of listed vehicles for as long as their visits."""
    unknown_visits: timedelta = timedelta(hours=72)
    """Visits of unknown vehicles, without plate or picture: only a token that dies with its day."""
    unknown_pictures: bool = False
    """Keep pictures of unknown vehicles on disk."""
    unknown_pictures_for: timedelta = timedelta(hours=24)
    memory: timedelta = timedelta(minutes=3)
    """How long a stranger's plate and picture stay in memory, for the owner to look and decide."""

    def __post_init__(self) -> None:
        """Refuse what no owner may choose."""
        for name, problem in _BOUNDED.items():
            value: timedelta = getattr(self, name)
            if not FLOOR <= value <= CEILING:
                raise RetentionError(problem, f"{name} must be between {FLOOR} and {CEILING}")
        if self.unknown_pictures and self.unknown_pictures_for > self.unknown_visits:
            raise RetentionError(
                RetentionProblem.PICTURES_LONGER,
                "unknown_pictures_for must not be longer than unknown_visits",
            )

    def visit_lifetime(self, *, listed: bool) -> float:
        """Seconds for which a visit is kept."""
        return (self.listed if listed else self.unknown_visits).total_seconds()

    def picture_lifetime(self, *, listed: bool) -> float | None:
        """Seconds for which a visit's evidence picture is kept on disk; None for not at all."""
        if listed:
            return self.listed.total_seconds() if self.listed_pictures else None
        return self.unknown_pictures_for.total_seconds() if self.unknown_pictures else None


class ClockJump(StrEnum):
    """The wall clock did something that time does not do."""

    BACK = "clock_back"
    """It was set back: time went on counting from before, so nothing is kept longer."""
    FORWARD = "clock_forward"
    """It was set forward while running: ages went on without it, so nothing young is lost."""
    LONG_ABSENCE = "long_absence"
    """At start it was beyond the ceiling after the last sign of life: everything expires."""


@dataclass(frozen=True, slots=True)
class TrustedClock:
    """Ages by monotonic time while running, and never goes back across a restart.

    While the process runs, trusted time advances by monotonic seconds from an anchor; the wall
    clock only sets that anchor at start. At start the anchor is the wall clock or the last trusted
    time that was written down, whichever is later, so that a clock set back can prolong a life by
    no more than the time for which the machine was off, which nobody can know.
    """

    anchor: float
    monotonic: float
    offset: float = 0.0
    """Difference of wall clock and trusted time at the last look, in seconds."""

    @classmethod
    def start(
        cls, wall: float, monotonic: float, last_seen: float | None
    ) -> tuple[TrustedClock, ClockJump | None]:
        """Begin at ``wall``; ``last_seen`` is the last trusted time of the run before, if any."""
        if last_seen is None:
            return cls(wall, monotonic), None
        if wall < last_seen - JUMP_TOLERANCE:
            return cls(last_seen, monotonic, wall - last_seen), ClockJump.BACK
        jump = ClockJump.LONG_ABSENCE if wall - last_seen > CEILING.total_seconds() else None
        return cls(max(wall, last_seen), monotonic), jump

    def now(self, monotonic: float) -> float:
        """Trusted Unix time."""
        return self.anchor + max(0.0, monotonic - self.monotonic)

    def look(self, wall: float, monotonic: float) -> tuple[TrustedClock, ClockJump | None]:
        """Compare with the wall clock; returns the clock to go on with and what was noticed."""
        offset = wall - self.now(monotonic)
        moved = offset - self.offset
        if abs(moved) <= JUMP_TOLERANCE:
            return self, None
        return replace(self, offset=offset), ClockJump.FORWARD if moved > 0 else ClockJump.BACK
