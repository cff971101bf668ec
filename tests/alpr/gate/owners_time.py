"""What must hold of the times on the owner's list, worked out without the code that decides.

It only asks what a clock on the wall shows at an instant. Which instants a time of day can mean is
found by trying, so that daylight saving is not taken from the code under test.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from custom_components.alpr_gate.alpr.gate.schedule import DailyWindow
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle

DAY = timedelta(days=1)


def shown(at: datetime, zone: tzinfo) -> datetime:
    """What a clock on the wall shows: a time without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def meanings(local: datetime, zone: tzinfo) -> list[datetime]:
    """The instants, in UTC, that a time on the wall can mean.

    One on most days, two where the clock is set back. A time that the clock leaves out is told by
    the clock of before the change and by that of after it.
    """
    near = local.replace(tzinfo=UTC)
    clocks = {shown(at, zone) - at.replace(tzinfo=None) for at in (near - DAY, near + DAY)}
    told = [near - clock for clock in clocks]
    return [at for at in told if shown(at, zone) == local] or told


def is_surely_inside(window: DailyWindow, at: datetime, zone: tzinfo) -> bool:
    """Whether a window holds whichever instants its edges mean."""
    today = shown(at, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for begins_on in (today - 2 * DAY, today - DAY, today, today + DAY):
        if begins_on.weekday() not in window.days:
            continue
        ends_on = begins_on if window.start < window.end else begins_on + DAY
        opens = datetime.combine(begins_on, window.start)
        closes = datetime.combine(ends_on, window.end)
        if max(meanings(opens, zone)) <= at < min(meanings(closes, zone)):
            return True
    return False


def is_timed(vehicle: Vehicle) -> bool:
    """Whether it depends on the wall clock."""
    return any((vehicle.schedule, vehicle.valid_from, vehicle.valid_until))


def may_pass_at(vehicle: Vehicle, at: datetime, zone: tzinfo) -> bool:
    """Whether the times of an entry allow an instant."""
    if vehicle.valid_from is not None and at < vehicle.valid_from:
        return False
    if vehicle.valid_until is not None and at >= vehicle.valid_until:
        return False
    windows = () if vehicle.schedule is None else vehicle.schedule.windows
    return not windows or any(is_surely_inside(window, at, zone) for window in windows)
