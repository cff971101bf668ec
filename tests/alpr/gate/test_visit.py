"""Following cars: what they do, which plate is whose, and when one has left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.arrivals import MOST_VISITS
from custom_components.alpr_gate.alpr.gate.decision import explain_settings
from custom_components.alpr_gate.alpr.gate.freshness import DIGESTS_KEPT
from custom_components.alpr_gate.alpr.gate.movement import (
    Sighting,
    is_telling,
    may_be_leaving,
    movement_of,
)
from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.tracking import GHOST_SECONDS, nearest
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import Box, Movement, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate


@pytest.fixture
def paper() -> Paper:
    """A closed gate, one listed vehicle, a trigger."""
    return Paper()


def _sightings(widths: list[float], *, x: float = 0.0, step: float = 0.25) -> list[Sighting]:
    return [
        Sighting(number * step, Box(x * number, 0, x * number + width, width / 4))
        for number, width in enumerate(widths)
    ]


@pytest.mark.parametrize(
    ("widths", "movement"),
    [
        ([], Movement.UNKNOWN),
        ([100], Movement.UNKNOWN),
        ([100, 110], Movement.UNKNOWN),
        ([100, 105, 112], Movement.APPROACHING),
        ([112, 105, 100], Movement.LEAVING),
        ([100, 101, 99, 100, 101, 100, 99, 100], Movement.STANDING),
        ([100, 101, 99], Movement.UNKNOWN),
        ([100] * 6, Movement.UNKNOWN),
        ([100] * 7, Movement.STANDING),
        ([100, 100, 130, 130, 100, 100], Movement.UNKNOWN),
        ([100, *[120] * 8], Movement.STANDING),
        ([100, 100, *[120] * 7], Movement.APPROACHING),
    ],
)
@pytest.mark.parametrize(("x", "y", "seconds"), [(0.0, 0.0, 0.0), (640.0, 400.0, 1000.0)])
def test_a_car_comes_stands_or_leaves_as_its_plate_grows(
    widths: list[float], movement: Movement, x: float, y: float, seconds: float
) -> None:
    seen = [
        Sighting(each.at + seconds, Box(x, y, x + each.box.width, y + each.box.height))
        for each in _sightings(widths)
    ]
    assert movement_of(seen) is movement


def test_a_car_that_crosses_the_picture_does_not_stand() -> None:
    assert movement_of(_sightings([100] * 10, x=20.0)) is Movement.UNKNOWN


def test_only_the_last_seconds_tell() -> None:
    approach = _sightings([60, 80, 100, 120])
    still = [Sighting(10 + each.at, each.box) for each in _sightings([120] * 8)]
    assert movement_of([*approach, *still]) is Movement.STANDING


@pytest.mark.parametrize(
    ("widths", "may"),
    [
        ([], False),
        ([100], False),
        ([100, 98], False),
        ([100, 96], True),
        ([100, 100, 96], True),
        ([100, 96, 100], False),
    ],
)
def test_a_plate_that_shrinks_may_be_leaving(widths: list[float], may: bool) -> None:
    assert may_be_leaving(_sightings(widths)) is may


@pytest.mark.parametrize(
    ("widths", "step", "telling"),
    [
        ([], 0.25, False),
        ([100], 0.25, False),
        ([100] * 4, 0.25, False),
        ([100] * 5, 0.25, True),
        ([100, 109], 0.25, False),
        ([100, 111], 0.25, True),
        ([100, 100], 2.0, True),
        ([100, 100], 5.0, True),
    ],
)
def test_a_plate_tells_what_its_car_does_after_a_second_or_once_it_clearly_grew(
    widths: list[float], step: float, *, telling: bool
) -> None:
    assert is_telling(_sightings(widths, step=step)) is telling


def test_two_cars_side_by_side_are_two_visits(paper: Paper) -> None:
    for look in range(4):
        decisions = paper.show_all(
            plate(x=300 + 4 * look, width=120 + 4 * look), plate(STRANGER, x=900, width=70)
        )
    assert len({decision.visit for decision in decisions}) == 2
    assert [decision.looks_seen for decision in decisions] == [4, 4]


def test_a_car_that_follows_closely_is_another_visit(paper: Paper) -> None:
    assert paper.command(paper.proved())
    paper.register = paper.register.with_vehicle(Vehicle("v2", "Bert", STRANGER))
    paper.wait(paper.settings.settle_seconds)
    paper.trigger()
    for look in range(4):
        decision = paper.show(plate(STRANGER, width=100 + 6 * look))
    assert (decision.verdict, decision.vehicle) == (Verdict.OPEN, "v2")


def test_a_plate_that_jumps_across_the_picture_is_another_car(paper: Paper) -> None:
    first = paper.show(plate(x=100))
    second = paper.show(plate(x=1150))
    assert first.visit != second.visit


def test_a_plate_that_is_suddenly_far_larger_is_another_car(paper: Paper) -> None:
    first = paper.show(plate(width=40))
    second = paper.show(plate(width=200))
    assert first.visit != second.visit


def test_a_car_ends_its_visit_when_it_has_not_been_seen_for_long(paper: Paper) -> None:
    paper.proved()
    paper.show(wait=0.5)
    paper.show(wait=0.5)
    assert paper.attendant.present
    paper.show(wait=1.5)
    assert not bool(paper.attendant.present)
    (summary,) = paper.attendant.take_ended()
    assert (summary.vehicle, summary.opened, summary.plate) == ("v1", False, LISTED)
    assert LISTED not in repr(summary)
    assert paper.attendant.take_ended() == ()


def test_a_visit_that_was_still_waiting_is_refused_in_the_end(paper: Paper) -> None:
    paper.show(plate())
    for _ in range(4):
        paper.show(wait=1.0)
    (summary,) = paper.attendant.take_ended()
    assert (summary.verdict, summary.reason) == (Verdict.REFUSE, Reason.MORE_LOOKS_NEEDED)


def test_a_camera_that_does_not_see_the_car_does_not_end_its_visit(paper: Paper) -> None:
    paper.show(plate(), camera="front")
    for _ in range(10):
        paper.show(camera="side", wait=1.0)
    assert paper.attendant.present


def test_bad_pictures_do_not_end_a_visit(paper: Paper) -> None:
    paper.show(plate())
    for _ in range(10):
        paper.wait(1.0)
        paper.observe(paper.frame(brightness=0.0))
    assert paper.attendant.present


def test_the_plate_of_a_visit_is_known_while_it_goes_on(paper: Paper) -> None:
    decision = paper.show(plate())
    assert paper.attendant.plate_of(decision.visit) == LISTED
    assert paper.attendant.plate_of("nobody") is None


def test_looks_too_near_to_each_other_are_one(paper: Paper) -> None:
    paper.show(plate())
    decision = paper.show(plate(), wait=0.06)
    assert decision.looks == 1


def test_old_looks_do_not_count(paper: Paper) -> None:
    paper.show(plate())
    paper.wait(9.9)
    decision = paper.show(plate(width=123))
    assert decision.looks == 1


def test_the_number_of_visits_is_bounded(paper: Paper) -> None:
    for number in range(MOST_VISITS + 5):
        paper.show(plate(f"AA{number:02d}BB", x=40 + 33 * number, width=33), wait=0.01)
    assert len(paper.attendant._arrivals.visits) == MOST_VISITS
    assert len(paper.attendant.take_ended()) == 5


def test_a_picture_full_of_plates_is_survived(paper: Paper) -> None:
    crowd = [plate(f"AA{n:02d}BB", x=40 + 30 * n, y=20 + 17 * n, width=33) for n in range(40)]
    assert len(paper.show_all(*crowd)) == 40
    assert len(paper.attendant._arrivals.visits) == MOST_VISITS


def test_a_car_that_stood_there_and_is_read_badly_is_still_there() -> None:
    paper = Paper(triggered=False)
    paper.show(plate())
    for _ in range(6):
        paper.show(plate(detection=0.2), wait=1.0)
    assert paper.attendant.present


def test_remembered_pictures_are_bounded(paper: Paper) -> None:
    for _ in range(DIGESTS_KEPT + 20):
        paper.show(wait=0.01)
    assert len(paper.attendant._freshness._cameras["camera"].digests) == DIGESTS_KEPT


def test_a_camera_that_never_gave_a_picture_has_no_fault(paper: Paper) -> None:
    assert paper.attendant.camera_fault("nobody") is None


def test_a_car_that_was_let_in_is_a_ghost_for_a_while_only(paper: Paper) -> None:
    assert paper.command(paper.proved())
    for _ in range(4):
        paper.show(wait=1.0)
    paper.wait(GHOST_SECONDS)
    paper.trigger()
    for look in range(5):
        decision = paper.show(plate(width=112 + look))
    assert decision.verdict is Verdict.OPEN


def test_other_settings_start_the_looks_anew(paper: Paper) -> None:
    decision = paper.proved()
    assert decision.verdict is Verdict.OPEN
    paper.attendant.update_settings(replace(paper.settings, looks_needed=3), paper.moment)
    assert paper.valid(decision) is Reason.DECISION_EXPIRED
    assert [paper.show(plate(width=120 + look)).verdict for look in range(3)] == [
        Verdict.WAIT,
        Verdict.WAIT,
        Verdict.OPEN,
    ]


def test_deciding_again_tells_only_what_changed(paper: Paper) -> None:
    paper.proved()
    assert paper.tick() == ()
    paper.situation = replace(paper.situation, automatic=False)
    (decision,) = paper.tick()
    assert decision.reason is Reason.AUTOMATIC_OFF
    assert paper.tick() == ()


def test_a_decision_of_another_gate_or_one_that_refuses_opens_nothing(paper: Paper) -> None:
    decision = paper.proved()
    assert paper.valid(replace(decision, gate="other")) is Reason.DECISION_EXPIRED
    assert paper.valid(replace(decision, verdict=Verdict.REFUSE)) is Reason.DECISION_EXPIRED
    assert paper.valid(replace(decision, visit="nobody")) is Reason.DECISION_EXPIRED


def test_a_command_for_nobody_still_settles_the_gate(paper: Paper) -> None:
    paper.attendant.opened("nobody", paper.moment)
    assert paper.proved().reason is Reason.GATE_MOVING


def test_two_tracks_of_one_car_open_once(paper: Paper) -> None:
    assert paper.command(paper.proved())
    paper.wait(paper.settings.settle_seconds)
    paper.trigger()
    for look in range(4):
        decisions = paper.show_all(plate(width=118), plate(x=150, width=140 + look))
    assert all(decision.verdict is not Verdict.OPEN for decision in decisions)


def test_the_nearest_of_nobody_is_nobody() -> None:
    assert nearest([], 0.8) == (None, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"looks_needed": 0},
        {"weakest_character": 0.4},
        {"margin": 0.5},
        {"agreement": 1.1},
        {"shortest_text": 8, "longest_text": 5},
        {"darkest": 0.9, "brightest": 0.5},
        {"darkest": 0.5, "brightest": 0.5},
        {"decision_seconds": 10.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        GateSettings(**wrong)  # type: ignore[arg-type]


def test_plates_of_one_length_alone_are_a_setting_that_makes_sense() -> None:
    assert GateSettings(shortest_text=7, longest_text=7).shortest_text == 7


def test_every_decision_explains_itself_without_the_plate(paper: Paper) -> None:
    explained = paper.proved().explain()
    assert explained["verdict"] == "open"
    assert explained["vehicle"] == "v1"
    assert explained["engine"] == {
        "version": "1",
        "backend": "paper",
        "models": {"paper": "0" * 64},
    }
    settings = explained["settings"]
    assert isinstance(settings, dict)
    assert settings["looks_needed"] == 2
    assert LISTED not in repr(explained)
    assert explained["settings_digest"] == paper.settings.digest
    assert replace(paper.settings, looks_needed=3).digest != paper.settings.digest


def test_an_explanation_names_everything_that_was_weighed(paper: Paper) -> None:
    decision = replace(
        paper.proved(),
        looks=2,
        looks_seen=3,
        weakest=0.123_456_78,
        margin=1234.5,
        listed_margin=98.765,
        detection=0.876_543_21,
        engine=None,
    )
    assert decision.explain() == {
        "verdict": "open",
        "reason": decision.reason.value,
        "gate": "gate",
        "visit": decision.visit,
        "vehicle": "v1",
        "looks": 2,
        "looks_seen": 3,
        "weakest_character": 0.123457,
        "margin": 1230.0,
        "listed_margin": 98.8,
        "detection": 0.876543,
        "movement": decision.movement.value,
        "made_at": decision.made_at,
        "expires_at": decision.expires_at,
        "register_revision": paper.register.revision,
        "settings": explain_settings(paper.settings),
        "settings_digest": paper.settings.digest,
        "engine": None,
    }
    assert replace(decision, listed_margin=None).explain()["listed_margin"] is None


def test_what_is_left_of_a_visit_says_where_when_and_why(paper: Paper) -> None:
    began = paper.now
    decision = paper.proved()
    seen_last = paper.now
    paper.show(wait=0.5)
    paper.show(wait=0.5)
    paper.show(wait=1.5)
    (summary,) = paper.attendant.take_ended()
    assert (summary.visit, summary.gate, summary.cameras) == (decision.visit, "gate", ("camera",))
    assert began < summary.began_at <= summary.ended_at <= seen_last
    assert summary.looks == decision.looks
    assert summary.movement is decision.movement
    assert summary.decision is not None
    assert summary.decision.visit == decision.visit


def test_nothing_is_sure_of_a_picture_without_a_car(paper: Paper) -> None:
    decision = paper.show()
    assert (decision.visit, decision.looks, decision.vehicle) == ("", 0, None)
    assert (decision.weakest, decision.margin, decision.detection) == (0.0, 0.0, 0.0)


def test_a_decision_says_how_sure_the_reading_was(paper: Paper) -> None:
    decision = paper.proved()
    assert decision.weakest > 0.9
    assert decision.margin > 10
    assert decision.detection == 0.9
    assert decision.listed_margin is None
    paper.register = Register.of([*paper.vehicles, Vehicle("v2", "Bert", "HB07KXI")])
    near = paper.show(plate())
    assert near.listed_margin is not None
    assert near.listed_margin > 10


@pytest.mark.parametrize(
    ("gates", "reason"), [({"gate", "other"}, Reason.LISTED), ({"other"}, Reason.WRONG_GATE)]
)
def test_a_vehicle_may_pass_the_gates_it_is_listed_for(gates: set[str], reason: Reason) -> None:
    paper = Paper(vehicles=(Vehicle("v1", "Anna", LISTED, gates=frozenset(gates)),))
    assert paper.proved().reason is reason


def test_a_car_outside_the_zone_has_no_visit() -> None:
    left = ((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0))
    paper = Paper(GateSettings(zone=left))
    decisions = [paper.show(plate(x=900, width=100 + 6 * look)) for look in range(3)]
    assert {decision.visit for decision in decisions} == {""}
    assert not paper.attendant.present
    paper.trigger()
    assert paper.show(plate(x=200)).visit


def test_every_decision_has_a_number_of_its_own(paper: Paper) -> None:
    first, second = paper.show(plate()), paper.show(plate())
    assert first.nonce
    assert second.nonce
    assert first.nonce != second.nonce


@pytest.mark.parametrize(
    ("settings", "text", "probability", "reason"),
    [
        ({"weakest_character": 0.99}, LISTED, 0.8, Reason.CHARACTERS_UNSURE),
        ({"margin": 1e6}, LISTED, 0.99, Reason.MARGIN_TOO_SMALL),
        ({"listed_margin": 900.0}, LISTED, 0.99, Reason.MARGIN_TOO_SMALL),
        ({"looks_needed": 5}, LISTED, 0.99, Reason.MORE_LOOKS_NEEDED),
    ],
)
def test_what_is_not_proved_enough_waits(
    settings: dict[str, float], text: str, probability: float, reason: Reason
) -> None:
    near = Vehicle("v2", "Bert", "HB07KXA")
    paper = Paper(GateSettings(**settings), vehicles=(Vehicle("v1", "Anna", LISTED), near))  # type: ignore[arg-type]
    for look in range(3):
        decision = paper.show(plate(text, width=100 + 5 * look, probability=probability))
    assert (decision.verdict, decision.reason) == (Verdict.WAIT, reason)
    assert not decision.proved


def test_where_a_similar_plate_is_listed_many_unclear_looks_do_not_add_up_to_proof() -> None:
    anna, near = Vehicle("v1", "Anna", LISTED), Vehicle("v2", "Bert", "HB07KXA")
    alone, crowded = Paper(vehicles=(anna,)), Paper(vehicles=(anna, near))
    for look in range(8):
        seen = plate(width=100 + 5 * look, probability=0.97)
        of_one, of_two = alone.show(seen), crowded.show(seen)
    assert of_one.verdict is Verdict.OPEN
    assert (of_two.verdict, of_two.reason) == (Verdict.WAIT, Reason.MARGIN_TOO_SMALL)


def test_a_detector_that_was_sure_enough_once_but_is_asked_for_more_waits(paper: Paper) -> None:
    for look in range(3):
        paper.show(plate(width=100 + 5 * look, detection=0.6))
    paper.attendant.settings = replace(paper.settings, detection=0.8)
    (decision,) = paper.tick()
    assert (decision.verdict, decision.reason) == (Verdict.WAIT, Reason.DETECTION_UNSURE)
