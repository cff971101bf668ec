"""What the attendant remembers, for how long, and what it forgets with a visit."""

from __future__ import annotations

import pytest

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
