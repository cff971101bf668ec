"""How one camera has been doing: failures in a row, and how long to leave it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .snapshot import Snapshot, SnapshotProblem

FIRST_BACK_OFF_SECONDS: Final = 0.5
LONGEST_BACK_OFF_SECONDS: Final = 60.0
TRIGGERED_BACK_OFF_SECONDS: Final = 2.0
"""A trigger may bring the next attempt at a failing camera forward, but not nearer than this."""

FAILURES_TO_REPORT: Final = 3
"""Failures in a row that are an outage rather than a hiccup."""


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

    def triggered(self) -> None:
        """Something happened at the gate: try a failing camera soon rather than late."""
        if self.problem is not None:
            soon = self.last_attempt_at + TRIGGERED_BACK_OFF_SECONDS
            self.next_attempt_at = min(self.next_attempt_at, soon)

    def failing_for(self, now: float) -> float:
        """Seconds since the camera last worked."""
        return now - self.failing_since if self.failures else 0.0

    @property
    def is_out(self) -> bool:
        """Whether the camera has failed often enough to be called out of order."""
        return self.failures >= FAILURES_TO_REPORT
