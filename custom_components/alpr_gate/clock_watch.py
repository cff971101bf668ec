"""Whether the wall clock can be believed: schedules and passes are refused while it cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .alpr.types import Moment

EARLIEST: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this program was written it cannot be: a machine without a battery has just started."""

JUMP_SECONDS: Final = 30.0
"""The two clocks drift apart by milliseconds; more than this is somebody setting one of them."""

DOUBT_SECONDS: Final = 600.0
"""How long a clock that jumped has to run evenly before it is believed again."""


class ClockWatch:
    """Compares the wall clock with the monotonic one.

    Daylight saving changes the local time only, so it is no jump.
    """

    def __init__(self, now: Moment) -> None:
        self._offset = _offset(now)
        self._doubted_until = float("-inf")

    def in_doubt(self, now: Moment) -> bool:
        """Say whether the wall clock jumped lately, or cannot be right; call it now and then."""
        offset = _offset(now)
        if abs(offset - self._offset) > JUMP_SECONDS:
            self._doubted_until = now.monotonic + DOUBT_SECONDS
        self._offset = offset
        return now.wall < EARLIEST or now.monotonic < self._doubted_until


def _offset(now: Moment) -> float:
    return now.wall.timestamp() - now.monotonic
