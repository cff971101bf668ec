"""Cars that a picture happens not to show: rivals, parked cars, cars behind the gate, strangers."""

from __future__ import annotations

import pickle

import pytest

from custom_components.alpr_gate.alpr.gate.arrivals import UNSEEN_SECONDS
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.tracking import GHOST_SECONDS
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import GateState, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate


@pytest.fixture
def paper() -> Paper:
    return Paper()


def parks(paper: Paper) -> None:
    """The listed car comes while the gate is open, and is looked at every 20 s afterwards."""
    paper.gate_is(GateState.OPEN)
    paper.proved()
    for _ in range(34):
        paper.show(plate(width=112), wait=2.0)
    for _ in range(6):
        beats(paper, 20)
        paper.show(plate(width=112))


def beats(paper: Paper, seconds: int) -> None:
    """Home Assistant decides again every second, whatever the cameras show."""
    for _ in range(seconds):
        paper.wait(1.0)
        paper.tick()


def is_hidden(paper: Paper, seconds: int) -> None:
    paper.gate_is(GateState.CLOSED)
    for _ in range(4):
        beats(paper, 20)
        paper.show()
    beats(paper, seconds)


def read_in_memory(paper: Paper, text: str) -> bool:
    arrivals = paper.attendant._arrivals
    return text.encode() in pickle.dumps((arrivals.visits, arrivals._ghosts))


@pytest.mark.parametrize("width", [140.0, 80.0])
def test_fault_18_a_car_in_front_still_counts_when_one_picture_does_not_show_its_plate(
    paper: Paper, width: float
) -> None:
    for step in range(5):
        paper.show(plate(STRANGER, width=150 + 4 * step, x=500))
    for step in range(5):
        behind = plate(width=width + 3 * step, x=760, y=300)
        paper.show_all(plate(STRANGER, width=170, x=500), behind)
    missed = paper.show(plate(width=width + 15, x=760, y=300))
    assert (missed.verdict, missed.reason) == (Verdict.WAIT, Reason.SEVERAL_PLATES)
    assert not paper.command(missed)


def test_lettering_that_was_taken_for_a_plate_twice_holds_nobody_up(paper: Paper) -> None:
    for step in range(2):
        paper.show_all(
            plate("REFERRAL", width=150, x=500), plate(width=80 + 5 * step, x=760, y=300)
        )
    shown = [paper.show(plate(width=90 + 5 * step, x=760, y=300)) for step in range(2)]
    assert any(paper.command(each) for each in shown)


def test_a_car_behind_is_let_in_once_the_one_in_front_has_gone(paper: Paper) -> None:
    for step in range(5):
        paper.show_all(
            plate(STRANGER, width=150 + 4 * step, x=500), plate(width=80 + 3 * step, x=760, y=300)
        )
    opened = [
        paper.command(paper.show(plate(width=95 + 3 * step, x=760, y=300))) for step in range(14)
    ]
    assert opened.count(True) == 1


def test_a_car_that_stands_in_another_cameras_picture_now_is_no_rival_where_it_was(
    paper: Paper,
) -> None:
    paper.show(plate(STRANGER, width=150, x=500))
    for _ in range(16):
        paper.show(plate(STRANGER, width=90), camera="side")
        paper.show()
    visit = paper.attendant._arrivals.visits[0]
    assert not visit.track.is_hidden_from("camera", paper.attendant.settings, paper.now)
    assert not visit.track.is_hidden_from("nowhere", paper.attendant.settings, paper.now)


@pytest.mark.parametrize("seconds", [30, 180, 600])
@pytest.mark.parametrize("jitter", [0.0, 0.03])
def test_a_parked_car_that_is_looked_at_now_and_then_stays_parked_while_it_is_hidden(
    paper: Paper, seconds: int, jitter: float
) -> None:
    parks(paper)
    is_hidden(paper, seconds)
    paper.trigger()
    seen = plate(width=112 * (1 + jitter), y=400 + 112 * jitter)
    decisions = [paper.show(seen) for _ in range(6)]
    assert decisions[-1].reason is Reason.PARKED
    assert not any(paper.command(each) for each in decisions)


def test_a_parked_cars_plate_is_forgotten_when_its_entry_gets_another(paper: Paper) -> None:
    parks(paper)
    is_hidden(paper, 30)
    assert read_in_memory(paper, LISTED)
    (listed,) = paper.register.vehicles
    paper.register = paper.register.with_vehicle(Vehicle(listed.id, listed.name, "ZZ99QQQ"))
    beats(paper, 1)
    assert not read_in_memory(paper, LISTED)


def drives_in(paper: Paper, lost: float) -> None:
    """It is let in and lost, while the gate opens and closes again behind it."""
    assert paper.command(paper.proved())
    paper.gate_is(GateState.OPENING)
    paper.show(plate(width=125))
    for _ in range(int(lost / 0.5)):
        paper.show(wait=0.5)
    paper.gate_is(GateState.OPEN)
    assert not paper.attendant.present


def moves_about(paper: Paper, seconds: float, *, sure: float = 0.995) -> None:
    """Its camera sees it behind the gate, where it never stands for long."""
    for step in range(int(seconds)):
        x = 1000 - 80 * (step // 20 % 2)
        paper.show(plate(x=x, y=200, width=70, probability=sure), wait=1.0)


def test_a_camera_that_sees_a_car_again_behind_the_gate_does_not_open_for_it_once_more() -> None:
    paper = Paper(GateSettings(state_named=True))
    drives_in(paper, 15.0)
    for step in range(20):
        paper.show(plate(x=1000 - min(60, 6 * step), y=200, width=70), wait=1.0)
    paper.gate_is(GateState.CLOSED)
    decisions = [*paper.tick(), paper.show(plate(x=940, y=200, width=70))]
    assert {each.reason for each in decisions} == {Reason.ALREADY_OPENED}


@pytest.mark.parametrize("sure", [0.995, 0.4])
def test_nor_after_minutes_in_which_it_moved_about_there_and_was_misread_for_a_moment(
    sure: float,
) -> None:
    paper = Paper(GateSettings(state_named=True))
    drives_in(paper, 15.0)
    moves_about(paper, 1.5 * GHOST_SECONDS, sure=sure)
    paper.show(plate(LISTED[:-1] + "V", x=960, y=200, width=70, probability=sure))
    moves_about(paper, 40.0)
    paper.gate_is(GateState.CLOSED)
    again = [paper.show(plate(x=940 + 10 * step, y=200, width=70)) for step in range(6)]
    assert {each.reason for each in again} == {Reason.ALREADY_OPENED}


def test_a_car_that_was_let_in_is_forgotten_once_it_is_not_seen_behind_the_gate_any_more() -> None:
    paper = Paper(GateSettings(state_named=True))
    drives_in(paper, 15.0)
    moves_about(paper, 1.5 * GHOST_SECONDS)
    assert read_in_memory(paper, LISTED)
    for _ in range(int(2 * GHOST_SECONDS)):
        paper.show(wait=1.0)
    assert not read_in_memory(paper, LISTED)


def test_so_it_is_in_two_minutes_although_another_car_stands_there_since() -> None:
    paper = Paper(GateSettings(state_named=True))
    drives_in(paper, 15.0)
    for _ in range(int(GHOST_SECONDS) + 10):
        paper.show(plate(STRANGER), wait=1.0)
    assert not read_in_memory(paper, LISTED)


def test_a_car_that_comes_again_within_a_minute_is_let_in_again() -> None:
    paper = Paper(GateSettings(state_named=True, settle_seconds=0.0))
    drives_in(paper, 15.0)
    paper.gate_is(GateState.CLOSED)
    paper.trigger()
    decisions = [paper.show(plate(x=300, width=60 + 5 * step)) for step in range(4)]
    assert any(paper.command(each) for each in decisions)


def test_of_two_cameras_that_saw_a_car_let_in_one_alone_does_not_see_it_come_again() -> None:
    paper = Paper(GateSettings(state_named=True))
    paper.proved()
    paper.show(plate(width=60), camera="inside")
    assert paper.command(paper.show(plate(width=124)))
    paper.gate_is(GateState.OPEN)
    for _ in range(16):
        paper.show(wait=0.25)
        paper.show(camera="inside", wait=0.25)
    assert not paper.attendant.present
    for step in range(20):
        paper.show(plate(x=800, y=300, width=90 + min(30, 2 * step)), camera="inside", wait=1.0)
    paper.gate_is(GateState.CLOSED)
    again = paper.show(plate(x=800, y=300, width=120), camera="inside")
    assert again.reason is Reason.ALREADY_OPENED


@pytest.mark.parametrize("widths", [(120, 53), (120, 80, 53)])
def test_a_car_first_seen_near_and_then_far_is_leaving_however_few_pictures_showed_it_near(
    paper: Paper, widths: tuple[int, ...]
) -> None:
    paper.gate_is(GateState.OPEN)
    for step, width in enumerate(widths):
        paper.show(plate(width=width, x=600 + 150 * step), wait=2.0)
    for _ in range(6):
        paper.show(plate(width=53, x=600 + 150 * (len(widths) - 1)), wait=2.0)
    paper.gate_is(GateState.CLOSED)
    assert paper.show(plate(width=53, x=600 + 150 * (len(widths) - 1))).reason is Reason.LEAVING


def test_a_plate_that_is_at_two_places_of_one_picture_opens_nothing(paper: Paper) -> None:
    paper.show(plate(width=60, x=200))
    for step in range(6):
        near, copy = plate(width=110 + 4 * step, x=900), plate(width=60, x=200)
        decisions = paper.show_all(near, copy)
        assert not any(paper.command(each) for each in decisions)
    assert Reason.SEVERAL_PLATES in {each.reason for each in decisions}


@pytest.mark.parametrize("pictures", ["none", "black"])
def test_what_was_read_of_a_stranger_is_forgotten_when_no_camera_shows_anything_any_more(
    paper: Paper, pictures: str
) -> None:
    paper.proved(STRANGER)
    for _ in range(int(UNSEEN_SECONDS) - 10):
        paper.wait(1.0)
        paper.tick()
    assert read_in_memory(paper, STRANGER)
    for _ in range(20):
        paper.wait(1.0)
        if pictures == "black":
            paper.observe(paper.frame(brightness=0.01))
        paper.tick()
    assert not read_in_memory(paper, STRANGER)
    assert paper.attendant.present, "that a car stands there is still known"


def test_a_listed_car_is_still_known_after_a_black_night(paper: Paper) -> None:
    parks(paper)
    paper.gate_is(GateState.CLOSED)
    for _ in range(600):
        paper.wait(60.0)
        paper.observe(paper.frame(brightness=0.01))
    paper.trigger()
    decisions = [paper.show(plate(width=112)) for _ in range(4)]
    assert decisions[-1].reason is Reason.PARKED
