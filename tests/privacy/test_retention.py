"""Lifetimes, and the clock that cannot be turned to prolong them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.retention import (
    CEILING,
    ClockJump,
    Retention,
    RetentionError,
    TrustedClock,
)

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.mark.parametrize("name", ["listed", "unknown_visits", "unknown_pictures_for", "memory"])
@pytest.mark.parametrize(
    "value", [timedelta(days=30, seconds=1), timedelta(seconds=59), timedelta()]
)
def test_no_setting_keeps_longer_than_thirty_days_or_shorter_than_a_minute(
    name: str, value: timedelta
) -> None:
    with pytest.raises(RetentionError, match=name):
        Retention(**{name: value})  # type: ignore[arg-type]


def test_pictures_of_unknown_vehicles_never_outlive_their_visits() -> None:
    with pytest.raises(RetentionError):
        Retention(
            unknown_pictures=True,
            unknown_visits=timedelta(hours=1),
            unknown_pictures_for=timedelta(hours=2),
        )


def test_by_default_no_picture_reaches_the_disk() -> None:
    assert Retention().picture_lifetime(listed=True) is None
    assert Retention().picture_lifetime(listed=False) is None


def test_pictures_live_as_long_as_the_owner_chose() -> None:
    chosen = Retention(listed_pictures=True, unknown_pictures=True)
    assert chosen.picture_lifetime(listed=True) == 72 * HOUR
    assert chosen.picture_lifetime(listed=False) == 24 * HOUR
    assert chosen.visit_lifetime(listed=True) == 72 * HOUR


def test_a_first_start_trusts_the_wall_clock() -> None:
    clock, jump = TrustedClock.start(1000.0, 5.0, None)
    assert (clock.now(5.0), jump) == (1000.0, None)


def test_a_clock_set_back_before_a_start_does_not_prolong() -> None:
    clock, jump = TrustedClock.start(1000.0, 0.0, 1000.0 + DAY)
    assert jump is ClockJump.BACK
    assert clock.now(10.0) == 1000.0 + DAY + 10.0


def test_an_absence_beyond_the_ceiling_is_said() -> None:
    _, jump = TrustedClock.start(CEILING.total_seconds() + 2.0, 0.0, 1.0)
    assert jump is ClockJump.LONG_ABSENCE


def test_an_ordinary_restart_is_no_jump() -> None:
    clock, jump = TrustedClock.start(2000.0, 0.0, 1990.0)
    assert (clock.now(0.0), jump) == (2000.0, None)


@pytest.mark.parametrize(
    ("moved", "jump"),
    [(-DAY, ClockJump.BACK), (DAY, ClockJump.FORWARD), (30.0, None), (-30.0, None)],
)
def test_a_jump_while_running_is_said_once_and_changes_no_age(
    moved: float, jump: ClockJump | None
) -> None:
    clock, _ = TrustedClock.start(1000.0, 0.0, None)
    clock, noticed = clock.look(1100.0 + moved, 100.0)
    assert noticed is jump
    assert clock.now(100.0) == 1100.0
    _, again = clock.look(1101.0 + moved, 101.0)
    assert again is None


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e8, 1e8)), max_size=20),
    st.floats(0, 4e9),
)
def test_trusted_time_passes_as_the_monotonic_clock_does_whatever_the_wall_clock_says(
    steps: list[tuple[float, float]], start: float
) -> None:
    clock, _ = TrustedClock.start(start, 0.0, None)
    monotonic = 0.0
    for passed, shift in steps:
        monotonic += passed
        clock, _ = clock.look(start + monotonic + shift, monotonic)
        assert clock.now(monotonic) == pytest.approx(start + monotonic)


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_trusted_time_never_goes_back_across_a_restart(last_seen: float, wall: float) -> None:
    clock, _ = TrustedClock.start(wall, 0.0, last_seen)
    assert clock.now(0.0) >= last_seen - 60.0
