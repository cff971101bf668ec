"""What is known of a car is not forgotten because something hides its plate for a moment."""

from __future__ import annotations

import random

import pytest

from custom_components.alpr_gate.alpr.gate.arrivals import MOST_GHOSTS
from custom_components.alpr_gate.alpr.gate.decision import Decision
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.track import STAYED_SECONDS
from custom_components.alpr_gate.alpr.gate.tracking import GHOST_SECONDS, PARKED_GHOST_SECONDS
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import GateState, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

NEIGHBOUR = "HB07KXU"


@pytest.fixture
def paper() -> Paper:
    return Paper()


def hidden(paper: Paper, pictures: int = 10, wait: float = 0.25) -> None:
    """Somebody stands before the plate: its visit ends."""
    for _ in range(pictures):
        paper.show(wait=wait)
    assert not paper.attendant.present


def stands(paper: Paper, width: float = 112.0, pictures: int = 12) -> Decision:
    """It is seen again where it stood, and never opens; the last decision."""
    for _ in range(pictures):
        decision = paper.show(plate(width=width))
        assert not paper.command(decision)
    return decision


def parks(paper: Paper) -> None:
    for _ in range(int(STAYED_SECONDS / 2) + 2):
        assert not paper.command(paper.show(plate(width=112), wait=2.0))


def parks_anyhow(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    parks(paper)


def parks_proved(paper: Paper) -> None:
    """It is proved and stands there while the gate is open, which closes then."""
    paper.gate_is(GateState.OPEN)
    paper.proved()
    parks(paper)
    paper.gate_is(GateState.CLOSED)


# ---- hidden for a moment


def test_a_parked_car_that_somebody_hides_opens_nothing_when_its_plate_is_seen_again(
    paper: Paper,
) -> None:
    parks_proved(paper)
    paper.trigger()
    hidden(paper)
    assert stands(paper).reason is Reason.PARKED


def test_nor_hours_later_when_all_that_was_seen_of_it_meanwhile_was_misread(
    paper: Paper,
) -> None:
    parks_proved(paper)
    for _ in range(2):
        hidden(paper)
        paper.wait(0.6 * PARKED_GHOST_SECONDS)
        assert paper.show(plate(NEIGHBOUR, width=112)).vehicle is None
    hidden(paper)
    paper.trigger()
    assert stands(paper).reason is Reason.PARKED


def test_a_car_that_waits_for_its_second_factor_is_not_parked_because_somebody_hid_it() -> None:
    paper = Paper(GateSettings(second_factor=True, second_factor_seconds=300.0))
    assert paper.proved().verdict is Verdict.ASK
    hidden(paper)
    for _ in range(int(STAYED_SECONDS / 2) + 2):
        paper.show(plate(width=112, probability=0.4), wait=2.0)
    assert stands(paper).reason is Reason.SECOND_FACTOR_NEEDED
    paper.confirm()
    assert paper.command(paper.show(plate(width=112)))


def test_a_car_that_was_let_in_and_parked_opens_nothing_when_a_van_before_it_has_gone(
    paper: Paper,
) -> None:
    assert paper.command(paper.proved())
    paper.gate_is(GateState.OPEN)
    parks(paper)
    paper.gate_is(GateState.CLOSED)
    hidden(paper, wait=20.0)
    paper.wait(GHOST_SECONDS)
    paper.trigger()
    assert stands(paper).reason is Reason.ALREADY_OPENED


def test_a_parked_car_of_which_only_a_glimpse_is_seen_stays_parked_when_it_is_hidden_again(
    paper: Paper,
) -> None:
    parks_anyhow(paper)
    paper.gate_is(GateState.CLOSED)
    for _ in range(3):
        hidden(paper)
        paper.wait(0.6 * PARKED_GHOST_SECONDS)
        paper.trigger()
        assert stands(paper).reason is Reason.PARKED


@pytest.mark.parametrize("away", [GHOST_SECONDS + 10.0, 3600.0])
def test_one_that_was_seen_to_move_off_may_come_again_by_the_way_it_went(
    paper: Paper, away: float
) -> None:
    way = [plate(x=400 + 20 * place, width=60 + 5 * place) for place in range(11)]
    for place in way:
        paper.show(place)
    parks_anyhow(paper)
    paper.gate_is(GateState.CLOSED)
    for place in reversed(way):
        assert not paper.command(paper.show(place))
    hidden(paper)
    paper.wait(away)
    paper.trigger()
    assert any(paper.command(paper.show(place)) for place in way)


def test_a_car_that_drove_away_and_was_hidden_is_still_leaving(paper: Paper) -> None:
    width = 200.0
    for _ in range(10):
        assert not paper.command(paper.show(plate(width=width)))
        width *= 0.93
    hidden(paper)
    assert stands(paper, width * 0.9, 40).reason is Reason.LEAVING


def test_and_may_come_again(paper: Paper) -> None:
    width = 200.0
    for _ in range(10):
        paper.show(plate(width=width))
        width *= 0.93
    hidden(paper)
    decisions = [paper.show(plate(width=width * 1.06**step)) for step in range(14)]
    assert any(paper.command(decision) for decision in decisions)


def test_a_second_factor_that_came_too_late_stays_too_late_for_a_car_that_was_hidden() -> None:
    settings = GateSettings(second_factor=True)
    paper = Paper(settings)
    assert paper.proved().verdict is Verdict.ASK
    paper.wait(settings.second_factor_seconds)
    assert stands(paper).reason is Reason.SECOND_FACTOR_MISSING
    hidden(paper)
    stands(paper)
    paper.confirm()
    assert stands(paper).reason is Reason.SECOND_FACTOR_MISSING


def test_a_car_that_parked_before_its_plate_could_be_read_waits_for_no_second_factor() -> None:
    paper = Paper(GateSettings(second_factor=True))
    for _ in range(int(STAYED_SECONDS / 2) + 2):
        paper.show(plate(width=112, probability=0.4), wait=2.0)
    paper.confirm()
    assert stands(paper).reason is Reason.PARKED
    hidden(paper)
    assert stands(paper).reason is Reason.PARKED


def test_cars_that_were_lost_take_no_more_memory_than_allowed() -> None:
    plates = [f"AA{number:02d}BBB" for number in range(MOST_GHOSTS + 8)]
    cars = tuple(Vehicle(text, text, text) for text in plates)
    paper = Paper(GateSettings(absent_looks=1, absent_seconds=0.0, listed_margin=1.0), cars)
    for text in plates:
        paper.proved(text)
        hidden(paper, pictures=1)
    assert len(paper.attendant._arrivals._ghosts) == MOST_GHOSTS


def test_of_a_stranger_who_has_gone_nothing_is_remembered(paper: Paper) -> None:
    paper.proved(STRANGER)
    for _ in range(int(STAYED_SECONDS / 2) + 2):
        paper.show(plate(STRANGER, width=112), wait=2.0)
    hidden(paper)
    assert not paper.attendant._arrivals._ghosts


def test_of_a_car_that_was_taken_off_the_list_nothing_is_remembered_once_it_has_gone(
    paper: Paper,
) -> None:
    paper.proved()
    parks_anyhow(paper)
    hidden(paper)
    assert paper.attendant._arrivals._ghosts
    paper.register = paper.register.without_vehicle("v1")
    paper.tick()
    assert not paper.attendant._arrivals._ghosts


def test_a_lost_car_is_forgotten_in_time_although_no_other_comes(paper: Paper) -> None:
    paper.proved()
    hidden(paper)
    paper.wait(GHOST_SECONDS + 1.0)
    paper.tick()
    assert not paper.attendant._arrivals._ghosts


# ---- the next car


def test_the_next_car_of_a_fleet_is_let_in_where_the_one_before_it_stopped() -> None:
    paper = Paper(vehicles=(Vehicle("v1", "One", LISTED), Vehicle("v2", "Two", NEIGHBOUR)))
    for width in (100.0, 106.0, 112.0):
        decision = paper.show(plate(width=width, probability=0.9995))
    assert paper.command(decision)
    hidden(paper)
    paper.wait(40.0)
    paper.trigger()
    decisions = [paper.show(plate(NEIGHBOUR, width=112, probability=0.9995)) for _ in range(6)]
    assert [paper.command(decision) for decision in decisions].count(True) == 1


def test_a_plate_that_is_not_listed_is_no_other_car_than_the_one_that_was_let_in(
    paper: Paper,
) -> None:
    assert paper.command(paper.proved())
    hidden(paper)
    paper.trigger()
    assert paper.show_all(plate(NEIGHBOUR, width=112))[0].verdict is Verdict.WAIT
    assert stands(paper).reason is Reason.ALREADY_OPENED


# ---- boxes that tremble


@pytest.mark.parametrize("seed", range(20))
def test_a_car_that_drove_away_does_not_come_because_its_box_trembles(seed: int) -> None:
    chance, paper, width = random.Random(seed), Paper(), 180.0
    paper.gate_is(GateState.OPEN)

    def trembling() -> float:
        return width * (1 + chance.gauss(0, 0.02))

    for _ in range(16):
        paper.show(plate(width=trembling()))
        width *= 0.94
    paper.gate_is(GateState.CLOSED)
    for _ in range(180):
        assert not paper.command(paper.show(plate(width=trembling())))


def test_a_first_box_that_is_too_wide_does_not_make_a_car_leave(paper: Paper) -> None:
    decisions = [paper.show(plate(width=width)) for width in (142, *[120] * 12)]
    assert any(paper.command(decision) for decision in decisions)


# ---- what else is in view


def test_a_sticker_that_the_car_hides_at_first_is_not_taken_for_the_car(paper: Paper) -> None:
    def sticker() -> None:
        paper.show(plate("PR1VAT", x=560, y=330, width=60, probability=0.55), wait=20.0)

    for _ in range(10):
        sticker()
    paper.wait(15.0)
    paper.trigger()
    decisions = [paper.show(plate(x=600, y=420, width=110 + 5 * step)) for step in range(4)]
    assert any(paper.command(decision) for decision in decisions)


# ---- a picture on its way when the trigger comes


def test_a_car_that_a_picture_on_its_way_shows_first_has_just_come(paper: Paper) -> None:
    for _ in range(5):
        paper.show(wait=2.0)
    paper.wait(1.0)
    on_its_way = paper.frame(plate(width=100))
    paper.wait(0.3)
    paper.trigger()
    assert paper.observe(on_its_way)[0].verdict is Verdict.WAIT
    decisions = [paper.show(plate(width=104 + 4 * step)) for step in range(3)]
    assert any(paper.command(decision) for decision in decisions)
    assert [decision.looks for decision in decisions][:1] == [1], "it was no look"


def test_but_before_the_first_trigger_it_stood_there() -> None:
    paper = Paper(triggered=False)
    on_its_way = paper.frame(plate(width=112))
    paper.wait(0.3)
    paper.trigger()
    paper.observe(on_its_way)
    assert stands(paper).reason is Reason.STOOD_THERE


def test_a_stranger_is_still_a_stranger(paper: Paper) -> None:
    paper.proved(STRANGER)
    hidden(paper)
    assert paper.show(plate(STRANGER, width=112)).verdict is not Verdict.OPEN
