"""When the wall clock cannot be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.alpr_gate.alpr.types import Moment
from custom_components.alpr_gate.clock_watch import DOUBT_SECONDS, ClockWatch

START = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def moment(seconds: float, *, jump: float = 0.0) -> Moment:
    return Moment(1000.0 + seconds, START + timedelta(seconds=seconds + jump))


def test_a_clock_that_runs_evenly_is_believed() -> None:
    clock = ClockWatch(moment(0))
    assert not any(clock.in_doubt(moment(seconds)) for seconds in range(0, 100_000, 60))


def test_small_corrections_are_no_jump() -> None:
    clock = ClockWatch(moment(0))
    assert not clock.in_doubt(moment(60, jump=5))


def test_a_clock_that_jumped_either_way_is_doubted_until_it_has_run_evenly() -> None:
    for jump in (3600.0, -3600.0):
        clock = ClockWatch(moment(0))
        assert clock.in_doubt(moment(60, jump=jump))
        assert clock.in_doubt(moment(60 + DOUBT_SECONDS - 1, jump=jump))
        assert not clock.in_doubt(moment(60 + DOUBT_SECONDS, jump=jump))


def test_a_clock_that_was_never_set_is_doubted() -> None:
    never_set = Moment(10.0, datetime(2020, 1, 1, tzinfo=UTC))
    assert ClockWatch(never_set).in_doubt(never_set)


def test_daylight_saving_is_no_jump() -> None:
    vienna = ZoneInfo("Europe/Vienna")
    before = datetime(2027, 3, 28, 1, 59, 59, tzinfo=vienna)
    after = datetime(2027, 3, 28, 3, 0, 0, tzinfo=vienna)
    clock = ClockWatch(Moment(0.0, before))
    assert not clock.in_doubt(Moment(1.0, after))
