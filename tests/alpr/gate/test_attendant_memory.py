"""What the attendant remembers, for how long, and what it forgets with a visit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.gate_memory import GateMemory
from custom_components.alpr_gate.alpr.gate.second_factor import AGAIN_SECONDS
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import GateState, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

WATCHED = GateSettings(state_named=True, obstruction_named=True)
ASKED = GateSettings(second_factor=True)


@pytest.fixture
def paper() -> Paper:
    """A closed, clear gate and one listed car."""
    return Paper()


def gone(paper: Paper, looks: int = 12) -> None:
    """The car leaves: pictures without it until its visit has ended."""
    for _ in range(looks):
        paper.show()
    assert not paper.attendant.present


@pytest.mark.parametrize(
    ("settings", "obstructed", "locked"),
    [
        (WATCHED, True, True),
        (WATCHED, None, True),
        (WATCHED, False, False),
        (GateSettings(state_named=True), None, False),
        (GateSettings(state_named=True), False, False),
    ],
)
def test_a_lock_out_ends_at_a_closed_gate_once_nothing_is_known_to_be_in_the_way(
    settings: GateSettings, obstructed: bool | None, *, locked: bool
) -> None:
    paper = Paper(settings)
    paper.gate_is(GateState.STOPPED, obstructed=False)
    paper.tick()
    assert paper.attendant.locked is Reason.GATE_STOPPED
    paper.gate_is(GateState.CLOSED, obstructed=obstructed)
    paper.tick()
    assert (paper.attendant.locked is not None) is locked


def test_the_time_for_a_second_factor_begins_with_the_proof_not_with_the_first_look() -> None:
    paper = Paper(ASKED)
    doubtful = plate(probability=0.6)
    for _ in range(4):
        assert paper.show(doubtful, wait=1.0).reason is not Reason.SECOND_FACTOR_NEEDED
    for _ in range(30):
        decision = paper.show(plate(), wait=1.0)
        if decision.reason is Reason.SECOND_FACTOR_NEEDED:
            break
    assert decision.verdict is Verdict.ASK
    proved_at = paper.now
    while paper.now + 1.0 <= proved_at + ASKED.second_factor_seconds:
        assert paper.show(plate(), wait=1.0).reason is Reason.SECOND_FACTOR_NEEDED
    assert paper.show(plate(), wait=1.0).reason is Reason.SECOND_FACTOR_MISSING


def test_a_car_that_was_never_proved_asks_for_no_second_factor() -> None:
    paper = Paper(ASKED)
    decisions = [paper.show(plate(probability=0.6)) for _ in range(4)]
    assert {decision.reason for decision in decisions} <= {
        Reason.MORE_LOOKS_NEEDED,
        Reason.CHARACTERS_UNSURE,
        Reason.MARGIN_TOO_SMALL,
    }


def test_a_confirmation_before_an_opening_is_used_up_also_by_a_car_that_needs_none() -> None:
    free = Vehicle("v1", "Anna", LISTED, second_factor=False)
    bound = Vehicle("v2", "Ben", STRANGER, second_factor=True)
    paper = Paper(vehicles=(free, bound))
    paper.confirm()
    assert paper.command(paper.stands(plate(LISTED)))
    gone(paper)
    paper.wait(GateSettings().settle_seconds)
    paper.trigger()
    assert paper.stands(plate(STRANGER)).verdict is Verdict.ASK
    paper.confirm()
    assert paper.tick()[0].verdict is Verdict.OPEN


def test_what_confirmed_an_opening_confirms_none_at_another_gate_before_the_same_motor() -> None:
    motor = GateMemory()
    front, back = Paper(ASKED, memory=motor), Paper(ASKED, memory=motor)
    front.proved()
    front.confirm("person.ann")
    back.confirm("person.ann")
    assert front.command(front.show(plate(width=118)))
    back.wait(20.0)
    assert back.proved(looks=5).reason is Reason.SECOND_FACTOR_NEEDED
    back.confirm("person.ann")
    assert back.show(plate(width=130)).verdict is Verdict.OPEN


def test_gates_of_two_motors_may_both_be_opened_by_one_arrival() -> None:
    street, garage = Paper(ASKED), Paper(ASKED)
    for gate in (street, garage):
        gate.proved()
        gate.confirm("person.ann")
        assert gate.command(gate.show(plate(width=118)))


def test_a_plate_that_opened_does_not_open_again_on_a_second_nearer_car_beside_the_first(
    paper: Paper,
) -> None:
    first = plate(x=200.0, y=200.0, width=60.0)
    assert paper.command(paper.stands(first))
    for _ in range(50):
        nearer, other = paper.show_all(plate(), first)
        assert nearer.verdict is not Verdict.OPEN
        assert nearer.visit != other.visit
    assert nearer.reason is Reason.ALREADY_OPENED


def test_a_decision_to_open_is_worth_nothing_once_a_later_one_says_otherwise(
    paper: Paper,
) -> None:
    first = paper.stands(plate())
    assert first.verdict is Verdict.OPEN
    paper.gate_is(GateState.OPENING)
    assert paper.show(plate()).verdict is Verdict.REFUSE
    paper.gate_is(GateState.CLOSED)
    assert paper.valid(first) is Reason.DECISION_EXPIRED


def test_a_visit_is_told_of_by_the_decision_that_opened_for_it(paper: Paper) -> None:
    opened = paper.stands(plate())
    assert paper.command(opened)
    paper.gate_is(GateState.OPEN)
    paper.show(plate())
    gone(paper)
    (summary,) = paper.attendant.take_ended()
    assert summary.opened
    assert summary.verdict is Verdict.OPEN
    assert summary.decision == opened


def test_a_visit_that_was_refused_in_the_end_is_told_of_by_its_last_decision(
    paper: Paper,
) -> None:
    assert paper.stands(plate()).verdict is Verdict.OPEN
    paper.gate_is(GateState.OPENING)
    paper.show(plate())
    gone(paper)
    (summary,) = paper.attendant.take_ended()
    assert not summary.opened
    assert summary.reason is Reason.GATE_MOVING


@pytest.mark.parametrize(
    ("gates", "reason"), [({"gate"}, Reason.LISTED), ({"other"}, Reason.WRONG_GATE)]
)
def test_a_vehicle_passes_only_the_gates_it_is_listed_for(gates: set[str], reason: Reason) -> None:
    paper = Paper(vehicles=(Vehicle("v1", "Anna", LISTED, gates=frozenset(gates)),))
    assert paper.stands(plate()).reason is reason


# ---- a second factor that came too late


def too_late() -> Paper:
    """A car whose second factor has not come in time, still in view."""
    others = (Vehicle("v1", "Anna", LISTED), Vehicle("v2", "Ben", STRANGER))
    paper = Paper(ASKED, vehicles=others)
    paper.proved()
    paper.wait(ASKED.second_factor_seconds + 1.0)
    assert paper.stands(plate(width=112)).reason is Reason.SECOND_FACTOR_MISSING
    return paper


@pytest.mark.parametrize("x", [600.0, 760.0, 1100.0])
@pytest.mark.parametrize("hidden", [10, 100])
def test_a_plate_that_is_shown_again_beside_waits_no_longer_for_its_second_factor(
    x: float, hidden: int
) -> None:
    paper = too_late()
    gone(paper, hidden)
    paper.trigger()
    again = paper.stands(plate(width=112, x=x))
    assert (again.verdict, again.reason) == (Verdict.REFUSE, Reason.SECOND_FACTOR_MISSING)
    paper.confirm()
    assert not any(paper.command(each) for each in (*paper.tick(), paper.show(plate(x=x))))


@pytest.mark.parametrize("sure", [0.87, 0.995])
def test_nor_does_one_that_is_another_for_a_moment(sure: float) -> None:
    paper = too_late()
    paper.stands(plate(STRANGER, width=112, probability=sure), looks=60)
    decision = paper.stands(plate(width=112), looks=60)
    assert decision.reason is Reason.SECOND_FACTOR_MISSING


def test_a_car_that_comes_again_after_two_minutes_may_wait_for_its_second_factor_again() -> None:
    paper = too_late()
    gone(paper)
    paper.wait(AGAIN_SECONDS + 3.0)
    paper.trigger()
    decisions = [paper.show(plate(width=60 + 4 * step, x=300)) for step in range(8)]
    assert decisions[-1].reason is Reason.SECOND_FACTOR_NEEDED


def test_so_may_one_that_was_seen_to_drive_away_and_comes_again() -> None:
    paper = too_late()
    for step in range(12):
        paper.show(plate(width=112 * 0.95**step))
    gone(paper)
    paper.trigger()
    decisions = [paper.show(plate(width=60 * 1.05**step, x=300)) for step in range(16)]
    assert decisions[-1].reason is Reason.SECOND_FACTOR_NEEDED


def test_so_may_one_that_was_let_in_and_comes_again_at_once() -> None:
    paper = Paper(replace(ASKED, settle_seconds=0.0))
    paper.proved()
    paper.wait(50.0)
    paper.confirm()
    assert paper.command(paper.stands(plate(width=112)))
    paper.show(plate(width=112))
    gone(paper)
    paper.wait(20.0)
    paper.trigger()
    decisions = [paper.show(plate(width=60 + 4 * step, x=300)) for step in range(8)]
    assert decisions[-1].reason is Reason.SECOND_FACTOR_NEEDED


def test_other_settings_let_it_wait_anew() -> None:
    paper = too_late()
    paper.attendant.update_settings(replace(ASKED, second_factor_seconds=70.0), paper.moment)
    assert paper.stands(plate(width=112)).reason is Reason.SECOND_FACTOR_NEEDED
