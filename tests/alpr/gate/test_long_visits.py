"""A car is let in when it comes, not whenever everything happens to be right while it is there."""

from __future__ import annotations

import pytest

from custom_components.alpr_gate.alpr.gate.arrivals import RETURN_SECONDS
from custom_components.alpr_gate.alpr.gate.decision import Decision
from custom_components.alpr_gate.alpr.gate.gate_memory import UNMOVED_SECONDS
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.track import PARKED_SECONDS, STAYED_SECONDS
from custom_components.alpr_gate.alpr.gate.tracking import PASSAGE_SECONDS
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import GateState, Reason, Verdict
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

OTHER = "ZZ99QQQ"


@pytest.fixture
def paper() -> Paper:
    return Paper()


def parked(paper: Paper, seconds: float = STAYED_SECONDS + 4.0) -> Decision:
    """A proved car stands there, seen every two seconds."""
    decision = paper.show(plate(width=112))
    for _ in range(int(seconds / 2)):
        decision = paper.show(plate(width=112), wait=2.0)
        assert not paper.command(decision)
    return decision


# ---- parked


def test_a_car_that_parked_while_the_gate_was_open_opens_nothing_when_it_is_closed(
    paper: Paper,
) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    parked(paper)
    paper.gate_is(GateState.CLOSED)
    for decision in (*paper.tick(), paper.show(plate(width=112))):
        assert not paper.command(decision)
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.PARKED)


@pytest.mark.parametrize("pause", [2.0, 20.0])
def test_nor_when_a_trigger_comes_with_another_car(paper: Paper, pause: float) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    for _ in range(int(100 / pause)):
        paper.show(plate(width=112), wait=pause)
    paper.gate_is(GateState.CLOSED)
    paper.trigger()
    decisions = [paper.show(plate(width=112)) for _ in range(6)]
    assert not any(paper.command(decision) for decision in decisions)


def test_nor_when_its_plate_is_listed(paper: Paper) -> None:
    paper.register = paper.register.without_vehicle("v1")
    paper.proved()
    assert parked(paper).reason is Reason.NOT_LISTED
    paper.register = paper.register.with_vehicle(Vehicle("v1", "Anna", LISTED))
    for decision in (*paper.tick(), paper.show(plate(width=112))):
        assert not paper.command(decision)


def test_a_car_that_waits_for_a_moving_gate_is_let_in(paper: Paper) -> None:
    paper.gate_is(GateState.CLOSING)
    paper.proved()
    parked(paper, STAYED_SECONDS - 10.0)
    paper.gate_is(GateState.CLOSED)
    assert paper.command(paper.show(plate(width=112)))


def test_a_car_that_creeps_forward_in_a_queue_is_not_parked(paper: Paper) -> None:
    paper.gate_is(GateState.OPENING)
    width = 60.0
    while paper.now < 1000.0 + 3 * STAYED_SECONDS:
        paper.show(plate(width=width), wait=2.0)
        width *= 1.012
    paper.gate_is(GateState.CLOSED)
    decisions = [paper.show(plate(width=width)) for _ in range(3)]
    assert any(paper.command(decision) for decision in decisions)


def test_a_car_that_waits_for_its_second_factor_is_not_parked() -> None:
    paper = Paper(GateSettings(second_factor=True, second_factor_seconds=300.0))
    assert paper.proved().verdict is Verdict.ASK
    parked(paper, 4 * STAYED_SECONDS)
    paper.confirm()
    decisions = [paper.show(plate(width=112)) for _ in range(3)]
    assert any(paper.command(decision) for decision in decisions)


def test_a_parked_car_that_has_left_and_comes_again_is_let_in(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    parked(paper)
    for _ in range(5):
        paper.show(wait=1.0)
    paper.gate_is(GateState.CLOSED)
    paper.trigger()
    decisions = [paper.show(plate(width=width)) for width in (56, 64, 72, 84, 96, 112)]
    assert any(paper.command(decision) for decision in decisions)


# ---- leaving


def drives_away(paper: Paper, camera: str = "camera") -> float:
    width = 200.0
    for _ in range(10):
        assert not paper.command(paper.show(plate(width=width), camera=camera))
        width *= 0.93
    return width


def test_a_car_that_drives_to_the_closed_gate_and_waits_there_is_still_leaving(
    paper: Paper,
) -> None:
    width = drives_away(paper)
    decisions = [paper.show(plate(width=width)) for _ in range(60)]
    assert not any(paper.command(decision) for decision in decisions)
    assert decisions[-1].reason is Reason.LEAVING


def test_it_may_turn_round_and_come(paper: Paper) -> None:
    width = drives_away(paper)
    decisions = [paper.show(plate(width=width * 1.05**step)) for step in range(20)]
    assert any(paper.command(decision) for decision in decisions)


def test_a_car_that_one_camera_sees_leave_is_not_let_in_by_another(paper: Paper) -> None:
    drives_away(paper, "front")
    decisions = [paper.show(plate(width=150), camera="side", wait=0.1) for _ in range(30)]
    assert not any(paper.command(decision) for decision in decisions)


def test_a_box_that_flickers_does_not_make_a_standing_car_leave(paper: Paper) -> None:
    paper.gate_is(GateState.OPENING)
    paper.proved()
    widths = (112, 115, 109, 112, 80, 113, 110, 112)
    for step in range(40):
        paper.show(plate(width=widths[step % len(widths)]))
    paper.gate_is(GateState.CLOSED)
    decisions = [paper.show(plate(width=112)) for _ in range(20)]
    assert any(paper.command(decision) for decision in decisions)


@pytest.mark.parametrize("per_second", [2, 4, 10])
@pytest.mark.parametrize("acceleration", [1.0, 1.2, 2.0])
def test_a_car_that_pulls_away_from_rest_beside_the_gate_opens_nothing(
    paper: Paper, per_second: int, acceleration: float
) -> None:
    """Its first two pictures show a plate that is hardly narrower."""
    for look in range(3 * per_second):
        metres = 4.5 + acceleration * (look / per_second) ** 2 / 2
        decision = paper.show(plate(width=540 / metres), wait=1 / per_second)
        assert not paper.command(decision)
    assert decision.reason is Reason.LEAVING


@pytest.mark.parametrize("wait", [0.1, 0.25, 0.5, 2.0])
def test_a_car_that_stands_when_it_is_first_seen_is_let_in_after_a_second(
    paper: Paper, wait: float
) -> None:
    paper.show(plate())
    first = paper.now
    while not paper.command(paper.show(plate(), wait=wait)):
        assert paper.now - first <= 1.0


def test_a_car_that_pulls_away_unseen_for_a_while_is_not_let_in_at_once(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.stands(plate())
    paper.wait(20.0)
    paper.gate_is(GateState.CLOSED)
    decisions = [paper.show(plate(width=width)) for width in (120, 119, 116, 112, 106, 100)]
    assert not any(paper.command(decision) for decision in decisions)


def test_another_camera_that_has_just_seen_it_does_not_hold_up_a_car_known_to_stand(
    paper: Paper,
) -> None:
    paper.gate_is(GateState.OPENING)
    paper.stands(plate())
    paper.gate_is(GateState.CLOSED)
    assert paper.command(paper.show(plate(x=900, width=60), camera="side"))


def test_who_asks_for_a_single_look_does_not_wait_for_what_the_car_does() -> None:
    paper = Paper(GateSettings(looks_needed=1))
    assert paper.command(paper.show(plate()))


# ---- one arrival, several cameras


def test_a_car_that_drives_in_past_the_next_camera_opens_once(paper: Paper) -> None:
    assert paper.command(paper.proved())
    paper.gate_is(GateState.OPEN)
    for _ in range(12):
        paper.show()
    for _ in range(10):
        decision = paper.show(plate(width=120), camera="inside", wait=1.0)
    paper.gate_is(GateState.CLOSED)
    for decision in (*paper.tick(), paper.show(plate(width=120), camera="inside")):
        assert not paper.command(decision)
    assert decision.reason is Reason.ALREADY_OPENED


@pytest.mark.parametrize("text", [LISTED, OTHER])
def test_a_car_that_a_camera_saw_drive_in_is_that_car_also_where_the_next_sees_it_come(
    text: str,
) -> None:
    vehicles = (Vehicle("v1", "Anna", LISTED), Vehicle("v2", "Bob", OTHER))
    paper = Paper(GateSettings(settle_seconds=0.0), vehicles)
    assert paper.command(paper.proved())
    for step in range(8):
        paper.show(plate(width=112 * 0.93**step))
    for _ in range(12):
        paper.show()
    decisions = [paper.show(plate(text, width=60 + 5 * n), camera="inside") for n in range(12)]
    assert any(paper.command(decision) for decision in decisions) is (text == OTHER)
    assert (decisions[-1].reason is Reason.ALREADY_OPENED) is (text == LISTED)


def test_a_misread_in_the_next_camera_does_not_make_it_another_car(paper: Paper) -> None:
    paper.show(plate("HB07KXY"), camera="inside")
    commands = 0
    for step in range(4):
        commands += paper.command(paper.show(plate(width=100 + 6 * step)))
        commands += paper.command(paper.show(plate(width=120), camera="inside"))
    paper.gate_is(GateState.OPEN)
    for _ in range(40):
        paper.show()
        paper.show(plate(width=120), camera="inside")
    paper.gate_is(GateState.CLOSED)
    for decision in (*paper.tick(), paper.show(plate(width=120), camera="inside")):
        commands += paper.command(decision)
    assert commands == 1


def test_a_car_that_the_next_camera_sees_much_later_has_come_again(paper: Paper) -> None:
    assert paper.command(paper.proved())
    for _ in range(12):
        paper.show()
    paper.wait(PASSAGE_SECONDS + 1.0)
    paper.trigger()
    decisions = [paper.show(plate(width=100 + 6 * n), camera="inside") for n in range(4)]
    assert any(paper.command(decision) for decision in decisions)


def test_a_listed_car_behind_a_stranger_whom_another_camera_sees_does_not_open_for_him(
    paper: Paper,
) -> None:
    for step in range(8):
        paper.show(plate(STRANGER, width=180), camera="gate", wait=0.1)
        decision = paper.show(plate(width=70 + 5 * step), camera="drive", wait=0.15)
        assert not paper.command(decision)
    assert decision.reason is Reason.SEVERAL_PLATES
    for _ in range(14):
        paper.show(camera="gate", wait=0.1)
        decision = paper.show(plate(width=110), camera="drive", wait=0.15)
    assert paper.command(decision)


# ---- seen now


def test_what_was_proved_and_is_not_seen_any_more_waits_for_a_new_picture(paper: Paper) -> None:
    paper.gate_is(GateState.CLOSING)
    paper.proved()
    paper.wait(paper.settings.max_frame_age + 1.0)
    paper.gate_is(GateState.CLOSED)
    (decision,) = paper.tick()
    assert (decision.verdict, decision.reason) == (Verdict.WAIT, Reason.MORE_LOOKS_NEEDED)
    assert paper.command(paper.show(plate(width=113)))


def test_a_car_that_the_newest_picture_does_not_show_waits(paper: Paper) -> None:
    paper.gate_is(GateState.CLOSING)
    paper.proved(looks=6)
    paper.show()
    paper.gate_is(GateState.CLOSED)
    for decision in paper.tick():
        assert not paper.command(decision)


def test_another_plate_in_its_place_opens_nothing_with_the_looks_of_before(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved(looks=8)
    for _ in range(3):
        paper.show(plate(STRANGER, width=150, probability=0.85))
    paper.gate_is(GateState.CLOSED)
    for _ in range(6):
        decision = paper.show(plate(STRANGER, width=150, probability=0.85))
        assert not paper.command(decision)


# ---- cameras that were silent


def test_a_car_that_a_camera_shows_when_it_is_back_does_not_open(paper: Paper) -> None:
    paper.wait(300.0)
    paper.attendant.camera_returned("camera")
    decisions = [paper.show(plate(width=100 + 3 * n)) for n in range(30)]
    assert not any(paper.command(decision) for decision in decisions)
    assert decisions[-1].reason is Reason.STOOD_THERE


def test_nor_one_that_it_had_seen_before(paper: Paper) -> None:
    paper.gate_is(GateState.OPEN)
    paper.proved()
    paper.gate_is(GateState.CLOSED)
    paper.wait(30.0)
    paper.attendant.camera_returned("camera")
    decisions = [paper.show(plate(width=113)) for _ in range(6)]
    assert not any(paper.command(decision) for decision in decisions)


def test_a_car_that_comes_after_the_camera_is_back_opens(paper: Paper) -> None:
    paper.attendant.camera_returned("camera")
    while paper.now < 1000.0 + RETURN_SECONDS + 0.5:
        paper.show()
    assert paper.command(paper.proved())


def test_so_does_one_that_a_trigger_tells_of(paper: Paper) -> None:
    paper.attendant.camera_returned("camera")
    paper.show()
    paper.trigger()
    assert paper.command(paper.proved())


def test_the_other_cameras_of_the_gate_go_on_meanwhile(paper: Paper) -> None:
    paper.gate_is(GateState.OPENING)
    paper.proved()
    paper.attendant.camera_returned("other")
    paper.gate_is(GateState.CLOSED)
    assert paper.command(paper.show(plate(width=115)))


def test_cameras_that_come_up_before_the_first_trigger_are_no_obstacle() -> None:
    paper = Paper(triggered=False)
    paper.attendant.camera_returned("camera")
    paper.trigger()
    assert paper.command(paper.proved())


def test_what_another_camera_shows_while_the_opening_is_written_down_is_no_objection() -> None:
    paper = Paper(triggered=False)
    parked_elsewhere = plate(STRANGER, x=300, width=150)
    paper.show(parked_elsewhere, camera="other")
    paper.trigger()
    decision = paper.proved()
    assert decision.verdict is Verdict.OPEN
    paper.show(parked_elsewhere, camera="other")
    assert paper.valid(decision) is None


def test_a_stranger_who_stood_before_another_camera_is_no_parked_car_where_he_is_now(
    paper: Paper,
) -> None:
    for _ in range(int(PARKED_SECONDS) + 5):
        paper.show(plate(STRANGER, width=60), camera="far", wait=1.0)
    for width in range(100, 160, 10):
        paper.show(plate(STRANGER, width=width), camera="near")
    for width in range(60, 120, 5):
        at_the_gate = plate(STRANGER, width=160)
        for decision in paper.show_all(at_the_gate, plate(x=300, width=width), camera="near"):
            assert not paper.command(decision)


def test_a_listed_car_behind_a_stranger_who_went_on_to_the_next_camera_does_not_open_for_him(
    paper: Paper,
) -> None:
    for look in range(6):
        stranger, listed = plate(STRANGER, x=300, width=90 + 8 * look), plate(width=60 + 4 * look)
        for decision in paper.show_all(stranger, listed, camera="far"):
            assert not paper.command(decision)
    for look in range(20):
        paper.show(plate(STRANGER, width=100 + 4 * look), camera="near", wait=0.15)
        assert not paper.command(paper.show(plate(width=80 + 4 * look), camera="far", wait=0.15))


def test_a_listed_car_that_went_on_is_let_in_before_a_stranger_where_it_was(paper: Paper) -> None:
    paper.gate_is(GateState.CLOSING)
    for look in range(6):
        stranger, listed = plate(STRANGER, x=300, width=50 + 4 * look), plate(width=90 + 8 * look)
        paper.show(listed, stranger, camera="far")
    for look in range(20):
        paper.show(plate(STRANGER, x=300, width=70 + 2 * look), camera="far", wait=0.15)
        decision = paper.show(plate(width=100 + 4 * look), camera="near", wait=0.15)
    paper.gate_is(GateState.CLOSED)
    assert paper.command(paper.show(plate(width=180), camera="near", wait=0.15))
    assert decision.reason is Reason.GATE_MOVING


def test_a_nearer_car_that_the_same_camera_shows_meanwhile_is_one(paper: Paper) -> None:
    decision = paper.proved()
    paper.show(plate(STRANGER, x=200, width=160))
    assert paper.valid(decision) is Reason.SEVERAL_PLATES


def test_a_car_is_expected_until_it_was_let_in_or_has_parked(paper: Paper) -> None:
    expected = [paper.attendant.expects]
    paper.gate_is(GateState.OPEN)
    paper.proved()
    expected.append(paper.attendant.expects)
    parked(paper)
    expected.append(paper.attendant.expects)
    assert expected == [False, True, False]


def test_a_car_that_stands_is_expected_for_as_long_as_its_second_factor_may_come() -> None:
    paper = Paper(GateSettings(second_factor=True, second_factor_seconds=200.0))
    paper.proved()
    for _ in range(7):
        paper.show(plate(width=112), wait=20.0)
    paper.tick()
    assert paper.attendant.expects
    paper.confirm()
    decision = paper.stands(plate(width=112))
    assert paper.command(decision)


def test_it_is_not_expected_any_more_once_that_is_too_late() -> None:
    paper = Paper(GateSettings(second_factor=True, second_factor_seconds=90.0))
    paper.proved()
    for _ in range(7):
        paper.stands(plate(width=112))
        paper.wait(15.0)
    assert paper.stands(plate(width=112)).reason is Reason.SECOND_FACTOR_MISSING
    assert not paper.attendant.expects


def test_nor_is_one_that_parked_before_its_plate_was_proved() -> None:
    paper = Paper(GateSettings(second_factor=True))
    for _ in range(int(STAYED_SECONDS) + 5):
        paper.show(plate(probability=0.6), wait=1.0)
    for _ in range(20):
        decision = paper.show(plate())
    assert decision.reason is Reason.PARKED
    assert not paper.attendant.expects


# ---- openers that toggle


@pytest.mark.parametrize("moved", [False, True])
def test_a_toggle_is_not_pressed_again_on_a_gate_that_has_not_been_seen_to_move(
    *, moved: bool
) -> None:
    """A sensor that is asked once a minute still says closed while the gate opens."""
    vehicles = (Vehicle("v1", "Anna", LISTED), Vehicle("v2", "Bob", OTHER))
    paper = Paper(GateSettings(toggle_opener=True, state_named=True), vehicles)
    assert paper.command(paper.proved())
    for step in range(44):
        if moved:
            paper.gate_is(GateState.OPENING if step < 20 else GateState.CLOSED)
        paper.show()
    paper.trigger()
    decision = paper.proved(OTHER)
    assert paper.command(decision) is moved
    if not moved:
        assert decision.reason is Reason.GATE_STATE_UNKNOWN


def test_a_toggle_that_did_nothing_may_be_pressed_again_after_two_minutes() -> None:
    paper = Paper(GateSettings(toggle_opener=True, state_named=True))
    assert paper.command(paper.proved())
    for _ in range(5):
        paper.show(wait=1.0)
    paper.wait(UNMOVED_SECONDS)
    paper.trigger()
    assert paper.command(paper.proved())


def test_in_shadow_mode_no_toggle_was_pressed() -> None:
    paper = Paper(GateSettings(toggle_opener=True, state_named=True, shadow=True))
    assert paper.command(paper.proved())
    for _ in range(20):
        paper.show(wait=1.0)
    paper.trigger()
    decisions = [paper.show(plate(x=200, width=100 + 6 * step)) for step in range(3)]
    assert paper.command(decisions[-1])
