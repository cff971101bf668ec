"""How one camera has been doing: what it failed with in a row, and when to ask it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .alpr.types import ImageProblem
    from .snapshot import Snapshot, SnapshotProblem

FIRST_BACK_OFF_SECONDS: Final = 0.5
LONGEST_BACK_OFF_SECONDS: Final = 60.0
TRIGGERED_BACK_OFF_SECONDS: Final = 2.0
"""A trigger may bring the next attempt at a failing camera forward, but not nearer than this."""

FAILURES_TO_REPORT: Final = 3
"""Failures in a row that are an outage rather than a hiccup."""

REFUSALS_TO_REPORT: Final = 4
"""Pictures in a row that cannot be read: the camera shows nothing, however well it answers."""


@dataclass(slots=True)
class CameraHealth:
    """Everything known of one camera of one gate; times are monotonic seconds."""

    camera: str
    problem: SnapshotProblem | None = None
    """What the last attempt failed with; None after a picture."""
    failures: int = 0
    """Failures in a row."""
    failing_since: float = 0.0
    """Time of the first of them."""
    last_attempt_at: float = float("-inf")
    next_attempt_at: float = float("-inf")
    picture_problem: ImageProblem | None = None
    """Why the last picture could not be read; None after one that could."""
    refusals: int = 0
    """Pictures in a row that could not be read."""
    refused_since: float = 0.0
    """Time of the first of them."""

    def failed(self, problem: SnapshotProblem, now: float) -> None:
        """Note a failure and how long to leave the camera alone: twice as long each time."""
        if self.failures == 0:
            self.failing_since = now
        self.failures += 1
        self.problem = problem
        self.last_attempt_at = now
        pause = FIRST_BACK_OFF_SECONDS * 2 ** min(self.failures - 1, 10)
        self.next_attempt_at = now + min(pause, LONGEST_BACK_OFF_SECONDS)

    def succeeded(self, snapshot: Snapshot) -> None:
        """Note a picture: failures are forgotten."""
        self.failures = 0
        self.problem = None
        self.last_attempt_at = self.next_attempt_at = snapshot.asked_at

    def picture_refused(self, problem: ImageProblem, now: float) -> None:
        """Note a picture that the engine could not read, though the camera gave it."""
        if self.refusals == 0:
            self.refused_since = now
        self.refusals += 1
        self.picture_problem = problem

    def picture_read(self) -> None:
        """Note a picture that was read: refusals are forgotten."""
        self.refusals = 0
        self.picture_problem = None

    def triggered(self) -> None:
        """Something happened at the gate: try a failing camera soon rather than late."""
        if self.problem is not None:
            soon = self.last_attempt_at + TRIGGERED_BACK_OFF_SECONDS
            self.next_attempt_at = min(self.next_attempt_at, soon)

    def failing_for(self, now: float) -> float:
        """Seconds since the camera last worked."""
        return now - self.failing_since if self.failures else 0.0

    def refused_for(self, now: float) -> float:
        """Seconds since the first of the pictures in a row that could not be read."""
        return now - self.refused_since if self.refusals else 0.0

    @property
    def tried_again_at(self) -> float | None:
        """When to ask without another reason, to learn that it works again; None while it does."""
        if self.problem is not None:
            return self.next_attempt_at
        if self.picture_problem is not None:
            return self.last_attempt_at + LONGEST_BACK_OFF_SECONDS
        return None

    @property
    def is_failing(self) -> bool:
        """Whether the camera has failed too often for a hiccup."""
        return self.failures >= FAILURES_TO_REPORT

    @property
    def is_unreadable(self) -> bool:
        """Whether too many of its pictures in a row could not be read."""
        return self.refusals >= REFUSALS_TO_REPORT

    @property
    def is_out(self) -> bool:
        """Whether nothing can be seen through the camera."""
        return self.is_failing or self.is_unreadable
