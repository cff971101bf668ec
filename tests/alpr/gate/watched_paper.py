"""A gate on paper whose wall clock can be set, and is watched as the hub watches it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import override

from custom_components.alpr_gate.alpr.gate.decision import Decision
from custom_components.alpr_gate.alpr.types import Frame, Reason
from custom_components.alpr_gate.clock_watch import ClockWatch
from tests.alpr.gate.kit import Paper


@dataclass
class WatchedPaper(Paper):
    """Asks whether the wall clock can be believed before every decision."""

    @override
    def start(self) -> None:
        super().start()
        self.watch = ClockWatch(self.moment)

    def set_clock(self, wall: datetime) -> None:
        """Somebody sets the wall clock to an instant in UTC; the monotonic one runs on."""
        self.ahead += wall - self.moment.wall.astimezone(UTC)

    @override
    def observe(self, frame: Frame) -> tuple[Decision, ...]:
        self._look_at_the_clock()
        return super().observe(frame)

    @override
    def tick(self) -> tuple[Decision, ...]:
        self._look_at_the_clock()
        return super().tick()

    @override
    def valid(self, decision: Decision) -> Reason | None:
        self._look_at_the_clock()
        return super().valid(decision)

    def _look_at_the_clock(self) -> None:
        in_doubt = self.watch.in_doubt(self.moment)
        self.situation = replace(self.situation, clock_in_doubt=in_doubt)
