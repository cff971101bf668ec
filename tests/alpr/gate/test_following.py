"""What is remembered of a car while it is followed, by one camera or several."""

from __future__ import annotations

import pytest

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.track import STAYED_SECONDS
from custom_components.alpr_gate.alpr.gate.tracking import GHOST_SECONDS
from custom_components.alpr_gate.alpr.types import GateState, Movement, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

NEIGHBOUR = LISTED[:-1] + "V"
NO_PLATE = "A"
"""Too short to be one."""
LEFT = ((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0))
"""A zone: the left of the picture, 512 of its 1,280 pixels."""


@pytest.fixture
def paper() -> Paper:
    """A closed gate, one listed vehicle, a trigger."""
    return Paper()


def test_what_is_no_plate_does_not_hide_the_plate_after_it(paper: Paper) -> None:
    for look in range(3):
        decision = paper.show(plate(NO_PLATE, x=200), plate(x=800, width=100 + 6 * look))
    assert decision.verdict is Verdict.OPEN


def test_a_car_is_not_followed_out_of_the_zone_by_reads_that_mean_nothing() -> None:
    paper = Paper(GateSettings(zone=LEFT))
    for _ in range(3):
        paper.show(plate(x=480))
    assert paper.attendant.present
    for _ in range(6):
        paper.show(plate(x=540, detection=1.5), wait=1.0)
    assert not paper.attendant.present


def test_the_picture_is_of_the_first_plates_car_whichever_is_nearest(paper: Paper) -> None:
    nearer, farther = paper.show_all(plate(STRANGER, x=300, width=70), plate(x=900))
    assert paper.attendant.pictured == farther.visit
    assert paper.attendant.pictured != nearer.visit
    nearer, _ = paper.show_all(plate(x=900), plate(STRANGER, x=300, width=70))
    assert paper.attendant.pictured == nearer.visit


def test_a_picture_of_no_followed_car_is_nobodys(paper: Paper) -> None:
    pictured = []
    for reads in ((plate(NO_PLATE, x=200), plate(x=800)), (plate(),), ()):
        paper.show(*reads)
        pictured.append(paper.attendant.pictured)
    paper.show(plate())
    paper.observe(paper.frame(plate(), brightness=0.0))
    pictured.append(paper.attendant.pictured)
    assert [visit is not None for visit in pictured] == [False, True, False, False]


def test_a_car_that_stood_there_and_was_not_seen_for_a_moment_still_stood_there() -> None:
    paper = Paper(triggered=False)
    for _ in range(3):
        paper.show(plate())
    paper.trigger()
    for _ in range(5):
        paper.show(wait=1.0)
    assert not paper.attendant.present
    for _ in range(6):
        decision = paper.show(plate())
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.STOOD_THERE)
    for _ in range(5):
        paper.show(wait=1.0)
    paper.wait(GHOST_SECONDS)
    assert paper.proved().verdict is Verdict.OPEN


def test_a_car_that_two_cameras_see_in_two_places_stays_where_it_is(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    for _ in range(int(STAYED_SECONDS / 2) + 2):
        paper.show(plate(width=112), wait=1.0)
        paper.show(plate(x=900, width=60), camera="side", wait=1.0)
    paper.gate_is(GateState.CLOSED)
    assert paper.show(plate(width=112)).reason is Reason.PARKED


def test_a_standing_car_whose_box_trembles_stays_where_it_is(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    for look in range(int(STAYED_SECONDS / 2) + 2):
        paper.show(plate(x=600 + 4 * (look % 3), width=112 + look % 2), wait=2.0)
    paper.gate_is(GateState.CLOSED)
    assert paper.show(plate(width=112)).reason is Reason.PARKED


def test_a_car_that_drove_away_and_turned_comes(paper: Paper) -> None:
    for look in range(10):
        decision = paper.show(plate(width=200 - 8 * look), wait=0.5)
    assert decision.movement is Movement.LEAVING
    for look in range(10):
        decision = paper.show(plate(width=128 + 4 * look), wait=0.5)
    assert decision.movement is Movement.APPROACHING


def test_the_camera_that_saw_a_car_last_tells_what_it_does(paper: Paper) -> None:
    for look in range(6):
        decision = paper.show(plate(width=100 + 6 * look), camera="front")
    assert decision.movement is Movement.APPROACHING
    for _ in range(9):
        decision = paper.show(plate(x=900, width=60), camera="side")
    assert decision.movement is Movement.STANDING


def _read_otherwise(paper: Paper, text: str) -> str:
    """What is seen of the car becomes unclear, then proof of ``text``; the visit it has then."""
    seconds = int(paper.settings.evidence_seconds) + 2
    for _ in range(seconds):
        paper.show(plate(probability=0.4, width=112), wait=1.0)
    for _ in range(seconds):
        decision = paper.show(plate(text, probability=0.9999, width=112), wait=1.0)
    return decision.visit


def test_a_car_that_is_proved_to_be_another_is_that_other(paper: Paper) -> None:
    visit = paper.proved().visit
    assert _read_otherwise(paper, NEIGHBOUR) == visit
    assert paper.attendant.plate_of(visit) == NEIGHBOUR


def test_a_car_that_was_let_in_remains_the_one_it_was_let_in_as(paper: Paper) -> None:
    decision = paper.proved()
    assert paper.command(decision)
    assert _read_otherwise(paper, NEIGHBOUR) == decision.visit
    assert paper.attendant.plate_of(decision.visit) == LISTED
