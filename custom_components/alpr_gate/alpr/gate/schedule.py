"""When a vehicle may pass: weekdays and times of day in the owner's time zone.

Clocks that go forward or back make some times of day happen twice and others not at all. A window
whose edge falls on such a time is read the strict way: it opens at the later and closes at the
earlier of the two instants that the edge could mean. What is in doubt is denied.
"""
# ruff: noqa: TRY004 - JSON of the wrong shape is a wrong value, whatever its type

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self

type Json = dict[str, object]

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """A span of the day on some weekdays.

    ``end`` at or before ``start`` runs into the next day: Friday 22:00 to 06:00 ends on Saturday.
    Midnight to midnight is the whole day.
    """

    days: frozenset[int]
    """Weekdays on which it starts: 0 is Monday, 6 is Sunday."""
    start: time
    end: time

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError("days are a choice of 0 (Monday) to 6 (Sunday)")
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("times of day have no time zone of their own")
        if self.start == self.end and self.start != time(0):
            raise ValueError("a window needs a start and an end that differ")

    def holds(self, moment: datetime) -> bool:
        """Whether ``moment`` (aware) is inside, surely."""
        zone = moment.tzinfo
        if zone is None or moment.utcoffset() is None:
            return False
        today = moment.date()
        return any(
            self._holds_from(day, moment, zone) for day in (today - timedelta(days=1), today)
        )

    def _holds_from(self, day: date, moment: datetime, zone: tzinfo) -> bool:
        if day.weekday() not in self.days:
            return False
        last_day = day + timedelta(days=1) if self.end <= self.start else day
        opens = latest_instant(datetime.combine(day, self.start, zone))
        closes = earliest_instant(datetime.combine(last_day, self.end, zone))
        return opens <= moment.astimezone(UTC) < closes


@dataclass(frozen=True, slots=True)
class Schedule:
    """Windows of which any one is enough."""

    windows: tuple[DailyWindow, ...]

    def __post_init__(self) -> None:
        if not self.windows:
            raise ValueError("a schedule needs at least one window")

    def allows(self, moment: datetime) -> bool:
        """Whether ``moment`` (aware, in the owner's time zone) is surely inside a window."""
        return any(window.holds(moment) for window in self.windows)

    def to_json(self) -> list[Json]:
        """A list of windows as plain JSON values."""
        return [
            {
                "days": sorted(window.days),
                "start": window.start.isoformat("minutes"),
                "end": window.end.isoformat("minutes"),
            }
            for window in self.windows
        ]

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: it is not a schedule.
        """
        if not isinstance(value, list):
            raise ValueError("a schedule is a list of windows")
        return cls(tuple(_window_from_json(item) for item in value))


def earliest_instant(moment: datetime) -> datetime:
    """The first instant, in UTC, that an aware time of day can mean."""
    return min(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def latest_instant(moment: datetime) -> datetime:
    """The last instant, in UTC, that an aware time of day can mean."""
    return max(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _window_from_json(value: object) -> DailyWindow:
    if not isinstance(value, dict):
        raise ValueError("a window is an object")
    days, start, end = value.get("days"), value.get("start"), value.get("end")
    if not isinstance(days, list) or not all(type(day) is int for day in days):
        raise ValueError("days is a list of numbers")
    if not isinstance(start, str) or not isinstance(end, str):
        raise ValueError("start and end are times of day")
    return DailyWindow(frozenset(days), time.fromisoformat(start), time.fromisoformat(end))
