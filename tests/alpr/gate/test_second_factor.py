"""The second factor: a change, near the proof, once."""

from __future__ import annotations

import pytest

from custom_components.alpr_gate.alpr.gate.decision import Confirmation
from custom_components.alpr_gate.alpr.gate.second_factor import (
    AGAIN_SECONDS,
    Factor,
    FactorMemory,
    matching,
    standing,
)

PROVED = 100.0


def _matches(at: float, *, not_before: float = 0.0, now: float = 1000.0) -> bool:
    confirmation = Confirmation(at, "button")
    found = matching(
        [confirmation],
        PROVED,
        vehicle="v1",
        seconds=60.0,
        not_before=not_before,
        now=now,
    )
    return found is confirmation


@pytest.mark.parametrize(
    ("at", "matches"),
    [(39.9, False), (40.0, True), (100.0, True), (160.0, True), (160.1, False)],
)
def test_it_lies_near_the_proof_in_either_order(at: float, *, matches: bool) -> None:
    assert _matches(at) is matches


@pytest.mark.parametrize(("not_before", "matches"), [(89.9, True), (90.0, False), (90.1, False)])
def test_what_came_before_a_restart_does_not_count(not_before: float, *, matches: bool) -> None:
    assert _matches(90.0, not_before=not_before) is matches


@pytest.mark.parametrize(("now", "matches"), [(109.9, False), (110.0, True)])
def test_what_is_still_to_come_does_not_count(now: float, *, matches: bool) -> None:
    assert _matches(110.0, now=now) is matches


@pytest.mark.parametrize(
    ("of", "matches"), [(None, True), (["v1"], True), (["v2", "v1"], True), (["v2"], False)]
)
def test_what_is_meant_for_some_vehicles_confirms_no_other(
    of: list[str] | None, *, matches: bool
) -> None:
    confirmation = Confirmation(PROVED, "code", None if of is None else frozenset(of))
    found = matching([confirmation], PROVED, vehicle="v1", seconds=60.0, not_before=0.0, now=PROVED)
    assert found is (confirmation if matches else None)


@pytest.mark.parametrize(
    ("needed", "confirmed", "waited", "factor"),
    [
        (False, False, 0.0, Factor.NOT_NEEDED),
        (False, True, 90.0, Factor.NOT_NEEDED),
        (True, False, 0.0, Factor.AWAITED),
        (True, False, 60.0, Factor.AWAITED),
        (True, False, 60.1, Factor.LATE),
        (True, True, 60.0, Factor.CONFIRMED),
        (True, True, 60.1, Factor.LATE),
    ],
)
def test_it_is_awaited_until_it_is_late(
    waited: float, factor: Factor, *, needed: bool, confirmed: bool
) -> None:
    confirmation = Confirmation(PROVED, "button") if confirmed else None
    found = standing(
        needed=needed,
        confirmation=confirmation,
        proved_at=PROVED,
        seconds=60.0,
        now=PROVED + waited,
    )
    assert found is factor


@pytest.mark.parametrize(
    ("visit", "leaves", "later", "since"),
    [
        ("first", True, 30.0, PROVED),
        ("second", True, 30.0, PROVED + 30.0),
        ("second", False, 30.0, PROVED),
        ("second", False, AGAIN_SECONDS + 0.1, PROVED + AGAIN_SECONDS + 0.1),
    ],
)
def test_a_vehicle_waits_since_it_was_proved_first_unless_it_has_left_and_come_again(
    visit: str, later: float, since: float, *, leaves: bool
) -> None:
    memory = FactorMemory()
    memory.waits_since("v1", "first", proved_at=PROVED, seen_at=PROVED, leaves=leaves)
    again = PROVED + later
    found = memory.waits_since("v1", visit, proved_at=again, seen_at=again, leaves=leaves)
    assert found == pytest.approx(since)
