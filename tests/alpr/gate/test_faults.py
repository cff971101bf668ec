"""Rows of the list of faults that a gate must survive, as far as deciding goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
import math

import pytest

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import Box, GateState, Reason, Verdict
from tests.alpr.gate.kit import LISTED, NOON, STRANGER, Paper, plate


@pytest.fixture
def paper() -> Paper:
    """A closed gate, one listed vehicle, a trigger."""
    return Paper()


def test_a_listed_car_that_clearly_comes_opens_with_its_second_look(paper: Paper) -> None:
    first = paper.show(plate())
    assert (first.verdict, first.reason) == (Verdict.WAIT, Reason.MORE_LOOKS_NEEDED)
    second = paper.show(plate(width=133))
    assert (second.verdict, second.reason, second.vehicle) == (Verdict.OPEN, Reason.LISTED, "v1")
    assert paper.command(second)


def test_fault_15_a_frozen_camera_never_gives_a_second_look(paper: Paper) -> None:
    paper.wait(0.25)
    frame = paper.frame(plate())
    paper.observe(frame)
    for _ in range(20):
        paper.wait(0.25)
        again = replace(frame, asked_at=paper.now - 0.05, arrived_at=paper.now - 0.02)
        (decision,) = paper.observe(again)
        assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.FROZEN_CAMERA)
    fault = paper.attendant.camera_fault("camera")
    assert fault is not None
    assert (fault.reason, fault.pictures) == (Reason.FROZEN_CAMERA, 20)
    paper.show(plate())
    assert paper.attendant.camera_fault("camera") is None


def test_fault_16_a_replayed_frame_is_stale(paper: Paper) -> None:
    paper.wait(0.25)
    old = paper.frame(plate())
    paper.observe(old)
    paper.show()
    paper.wait(0.25)
    again = replace(old, asked_at=paper.now - 0.05, arrived_at=paper.now - 0.02)
    (decision,) = paper.observe(again)
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.STALE_FRAME)


@pytest.mark.parametrize(
    ("asked", "arrived"),
    [(-3.3, -0.1), (0.0, 1.0), (-0.1, -0.2), (math.nan, 0.0)],
    ids=["asked long ago", "arrives in the future", "before it was asked", "no time"],
)
def test_fault_16_a_picture_that_is_not_of_now_is_stale(
    paper: Paper, asked: float, arrived: float
) -> None:
    paper.wait(10.0)
    frame = paper.frame(plate())
    old = replace(frame, asked_at=paper.now + asked, arrived_at=paper.now + arrived)
    (decision,) = paper.observe(old)
    assert decision.reason is Reason.STALE_FRAME


def test_fault_16_a_picture_that_came_in_time_and_was_read_too_late_is_the_engines(
    paper: Paper,
) -> None:
    paper.wait(10.0)
    frame = paper.frame(plate())
    old = replace(frame, asked_at=paper.now - 3.1, arrived_at=paper.now - 3.0)
    (decision,) = paper.observe(old)
    assert decision.verdict is not Verdict.OPEN
    assert decision.reason is Reason.ENGINE_BUSY
    assert not paper.attendant.present, "what it shows is not believed"


def test_fault_16_pictures_out_of_order_are_stale(paper: Paper) -> None:
    paper.wait(1.0)
    late = paper.frame(plate())
    paper.observe(paper.frame(plate()))
    (decision,) = paper.observe(replace(late, asked_at=late.asked_at - 0.2))
    assert decision.reason is Reason.STALE_FRAME


def test_frames_asked_for_before_the_trigger_are_no_looks() -> None:
    paper = Paper()
    paper.wait(5.0)
    before = [paper.frame(plate(width=100 + 6 * look)) for look in range(3)]
    before = [
        replace(frame, asked_at=frame.asked_at + look / 10 - 0.5)
        for look, frame in enumerate(before)
    ]
    paper.trigger()
    for frame in before:
        (decision,) = paper.observe(frame)
        assert decision.verdict is Verdict.WAIT
        assert decision.looks == 0


@pytest.mark.parametrize("brightness", [0.0, 0.019, 0.981, 1.0, math.nan])
def test_fault_17_a_black_or_overexposed_picture_is_not_read(
    paper: Paper, brightness: float
) -> None:
    paper.show(plate())
    paper.wait(0.25)
    (decision,) = paper.observe(paper.frame(plate(), brightness=brightness))
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.UNREADABLE_PICTURE)


def test_fault_18_the_nearest_of_two_cars_decides(paper: Paper) -> None:
    far, near = plate(STRANGER, x=200, width=60), plate(width=130)
    for _ in range(5):
        decisions = paper.show_all(far, near)
    assert [decision.verdict for decision in decisions] == [Verdict.OPEN, Verdict.REFUSE]
    assert decisions[1].reason is Reason.NOT_LISTED


def test_fault_18_a_listed_car_behind_a_stranger_does_not_open(paper: Paper) -> None:
    near, far = plate(STRANGER, x=200, width=130), plate(width=60)
    for _ in range(8):
        decisions = paper.show_all(near, far)
        assert all(decision.verdict is not Verdict.OPEN for decision in decisions)
    assert decisions[1].reason is Reason.SEVERAL_PLATES


def test_fault_18_two_cars_about_as_near_open_nothing(paper: Paper) -> None:
    for _ in range(8):
        for decision in paper.show_all(plate(STRANGER, x=200, width=125), plate(width=130)):
            assert decision.verdict is not Verdict.OPEN


def test_a_parked_car_is_no_rival_of_one_that_comes(paper: Paper) -> None:
    parked = plate(STRANGER, x=200, width=125)
    for _ in range(40):
        paper.show(parked, wait=1.0)
    paper.trigger()
    for look in range(3):
        decision = paper.show(parked, plate(width=118 + 4 * look))
    assert decision.verdict is Verdict.OPEN


def test_fault_19_looks_that_disagree_are_refused(paper: Paper) -> None:
    paper.show(plate(LISTED))
    decision = paper.show(plate("HB07KXA", width=123))
    assert decision.verdict is not Verdict.OPEN
    texts = [LISTED, "HB07KXA", LISTED, "HB07KXB", "HB07KX", LISTED, "H807KXT", "HB07KXTT"] * 2
    for number, text in enumerate(texts):
        decision = paper.show(plate(text, width=126 + number))
        assert decision.verdict is not Verdict.OPEN
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.LOOKS_DISAGREE)


def test_looks_of_two_lengths_that_are_even_say_nothing(paper: Paper) -> None:
    paper.show(plate(LISTED))
    decision = paper.show(plate(LISTED[1:], width=123))
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.LOOKS_DISAGREE)


@pytest.mark.parametrize(
    "text",
    ["HB07KXS", "HB07KX", "HB07KXTT", "AHB07KXT", "H807KXT", "HB07KX7", "HB07XKT", "HBD7KXT"],
)
def test_fault_20_a_stranger_one_character_away_is_refused(paper: Paper, text: str) -> None:
    for number in range(8):
        decision = paper.show(plate(text, width=100 + 4 * number))
        assert decision.verdict is not Verdict.OPEN
    assert decision.vehicle is None
    assert decision.verdict is Verdict.REFUSE
    assert decision.reason in {Reason.NEAR_MISS, Reason.NOT_LISTED}


@pytest.mark.parametrize(("listed", "read"), [("HB07KXT", "HBO7KXT"), ("HI07KXT", "H107KXT")])
def test_glyphs_printed_alike_count_as_equal(listed: str, read: str) -> None:
    paper = Paper(vehicles=(Vehicle("v1", "Anna", listed),))
    assert paper.proved(read).verdict is Verdict.OPEN


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (plate("VOLVO", width=20), Reason.IMPLAUSIBLE_PLATE),
        (plate("TAXI", detection=0.3), Reason.DETECTION_UNSURE),
        (plate("20261123120", width=300), Reason.IMPLAUSIBLE_PLATE),
        (plate("A1"), Reason.IMPLAUSIBLE_PLATE),
        (replace(plate(), box=Box(100, 100, 400, 120)), Reason.IMPLAUSIBLE_PLATE),
        (replace(plate(), box=Box(100, 100, 140, 200)), Reason.IMPLAUSIBLE_PLATE),
    ],
    ids=["badge", "sign", "overlay", "house number", "long strip", "tall strip"],
)
def test_fault_21_lettering_that_is_no_plate_is_refused(
    paper: Paper, read: object, reason: Reason
) -> None:
    for _ in range(5):
        decision = paper.show(read)  # type: ignore[arg-type]
        assert decision.verdict is not Verdict.OPEN
    assert decision.reason is reason


def test_a_plate_outside_the_zone_decides_nothing() -> None:
    paper = Paper(GateSettings(zone=((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0))))
    for _ in range(4):
        decision = paper.show(plate(x=600))
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.OUTSIDE_ZONE)
    assert paper.stands(plate(x=200)).verdict is Verdict.OPEN


def test_fault_22_a_printed_plate_opens_nothing_where_a_second_factor_is_asked_for() -> None:
    paper = Paper(GateSettings(second_factor=True))
    decision = paper.proved()
    assert (decision.verdict, decision.reason) == (Verdict.ASK, Reason.SECOND_FACTOR_NEEDED)
    for _ in range(20):
        assert paper.show(plate()).verdict is Verdict.ASK


def test_fault_23_a_parked_car_opens_once_and_not_again(paper: Paper) -> None:
    assert paper.command(paper.proved())
    for _ in range(200):
        paper.trigger()
        decision = paper.show(plate(width=112), wait=1.0)
        assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.ALREADY_OPENED)


def test_fault_23_a_parked_car_that_is_not_seen_for_a_while_does_not_open_again(
    paper: Paper,
) -> None:
    assert paper.command(paper.proved())
    for _ in range(10):
        for _ in range(6):
            paper.show(wait=1.0)
        paper.trigger()
        for _ in range(4):
            decision = paper.show(plate(width=112), wait=0.5)
            assert decision.verdict is not Verdict.OPEN
    assert decision.reason is Reason.ALREADY_OPENED


def test_a_car_that_has_left_and_comes_again_opens_again(paper: Paper) -> None:
    assert paper.command(paper.proved())
    for _ in range(5):
        paper.show(wait=1.0)
    assert not paper.attendant.present
    paper.wait(60.0)
    paper.trigger()
    decisions = [paper.show(plate(width=60 + 5 * look, x=400 + 20 * look)) for look in range(3)]
    assert decisions[-1].verdict is Verdict.OPEN


@pytest.mark.parametrize("text", [LISTED, STRANGER])
def test_a_picture_too_soon_after_a_look_opens_only_if_it_shows_the_plate(
    paper: Paper, text: str
) -> None:
    paper.show(plate())
    assert paper.show(plate(), wait=0.97).verdict is not Verdict.OPEN
    decision = paper.show(plate(text, probability=0.4), wait=0.05)
    assert (decision.verdict is Verdict.OPEN) is (text == LISTED)


def test_fault_23_a_car_that_drives_away_does_not_open(paper: Paper) -> None:
    for look in range(10):
        decision = paper.show(plate(width=160 - 8 * look))
        assert decision.verdict is not Verdict.OPEN
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.LEAVING)


@pytest.mark.parametrize(
    "box",
    [(2, 300, 122, 330), (600, 2, 720, 32), (1158, 300, 1278, 330), (600, 688, 720, 718)],
    ids=["left", "top", "right", "bottom"],
)
def test_a_plate_that_the_picture_cuts_off_is_no_look(
    paper: Paper, box: tuple[float, float, float, float]
) -> None:
    for _ in range(3):
        decision = paper.show(replace(plate(), box=Box(*box)))
        assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.IMPLAUSIBLE_PLATE)
    inside = replace(plate(), box=Box(4, 4, 124, 34))
    assert paper.stands(inside).verdict is Verdict.OPEN


def test_a_car_that_drives_away_opens_where_the_owner_lets_cars_out() -> None:
    paper = Paper(GateSettings(exit_allowed=True))
    decisions = [paper.show(plate(width=160 - 8 * look)) for look in range(3)]
    assert decisions[-1].verdict is Verdict.OPEN


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -0.1, 1.1], ids=["nan", "infinite", "negative", "above one"]
)
def test_fault_24_numbers_that_make_no_sense_are_refused(paper: Paper, value: float) -> None:
    bad_detection = replace(plate(), detection=value)
    bad_character = replace(plate(), characters=((("H", value),), *plate().characters[1:]))
    for read in (bad_detection, bad_character):
        for _ in range(3):
            decision = paper.show(read)
            assert (decision.verdict, decision.reason) == (
                Verdict.REFUSE,
                Reason.IMPLAUSIBLE_PLATE,
            )


@pytest.mark.parametrize(
    "read",
    [
        replace(plate(), box=Box(math.nan, 0, 100, 30)),
        replace(plate(), box=Box(100, 0, 0, 30)),
        replace(plate(), text="XXXXXXX"),
        replace(plate(), characters=()),
        replace(plate("HB07KXT"), text="hb07kxt", characters=plate("hb07kxt").characters),
    ],
    ids=["no place", "inside out", "text that was not read", "nothing read", "not a plate's form"],
)
def test_fault_24_reads_that_make_no_sense_are_refused(paper: Paper, read: object) -> None:
    for _ in range(3):
        assert paper.show(read).verdict is Verdict.REFUSE  # type: ignore[arg-type]


def test_fault_28_a_decision_that_is_late_opens_nothing(paper: Paper) -> None:
    decision = paper.proved()
    assert decision.verdict is Verdict.OPEN
    paper.wait(1.5)
    assert paper.valid(decision) is Reason.DECISION_EXPIRED


def test_fault_29_a_schedule_in_doubt_denies() -> None:
    until = NOON + timedelta(days=1)
    paper = Paper(vehicles=(Vehicle("v1", "Guest", LISTED, valid_until=until),))
    paper.situation = replace(paper.situation, clock_in_doubt=True)
    decision = paper.proved()
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.CLOCK_IN_DOUBT)


def test_fault_30_a_new_attendant_knows_nothing_of_what_was(paper: Paper) -> None:
    decision = paper.proved()
    assert decision.verdict is Verdict.OPEN
    restarted = Paper(now=paper.now)
    assert restarted.valid(decision) is Reason.DECISION_EXPIRED
    assert restarted.tick() == ()


def test_fault_30_a_car_that_stands_there_at_the_start_does_not_open_until_it_has_left() -> None:
    paper = Paper(triggered=False)
    for _ in range(3):
        assert paper.show(plate()).verdict is not Verdict.OPEN
    paper.trigger()
    for _ in range(8):
        decision = paper.show(plate())
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.STOOD_THERE)


def test_fault_31_nothing_from_before_a_reload_counts(paper: Paper) -> None:
    decision = paper.proved()
    paper.start()
    assert paper.valid(decision) is Reason.DECISION_EXPIRED
    assert not paper.attendant.present


def test_fault_31_nothing_from_before_new_settings_counts(paper: Paper) -> None:
    decision = paper.proved()
    before = paper.frame(plate())
    paper.attendant.update_settings(GateSettings(margin=20.0), paper.moment)
    assert paper.valid(decision) is Reason.DECISION_EXPIRED
    paper.wait(0.1)
    (late,) = paper.observe(before)
    assert late.reason is Reason.STALE_FRAME


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (GateState.UNAVAILABLE, Reason.GATE_UNAVAILABLE),
        (GateState.OPEN, Reason.GATE_OPEN),
        (GateState.OPENING, Reason.GATE_MOVING),
        (GateState.CLOSING, Reason.GATE_MOVING),
        (GateState.STOPPED, Reason.GATE_STOPPED),
    ],
)
@pytest.mark.parametrize("toggle", [False, True])
def test_faults_32_and_34_a_gate_that_is_not_closed_gets_no_command(
    state: GateState, reason: Reason, toggle: bool
) -> None:
    paper = Paper(GateSettings(toggle_opener=toggle, state_named=True))
    decision = paper.proved()
    assert decision.verdict is Verdict.OPEN
    paper.gate_is(state)
    assert paper.valid(decision) is reason
    assert paper.show(plate()).reason is reason


@pytest.mark.parametrize("settings", [{"toggle_opener": True}, {"state_named": True}])
def test_fault_32_a_state_that_must_be_known_and_is_not_gets_no_command(
    settings: dict[str, bool],
) -> None:
    paper = Paper(GateSettings(**settings))  # type: ignore[arg-type]
    paper.gate_is(GateState.UNKNOWN)
    assert paper.proved().reason is Reason.GATE_STATE_UNKNOWN


def test_a_gate_of_which_nothing_tells_the_state_opens() -> None:
    paper = Paper()
    paper.gate_is(GateState.UNKNOWN, obstructed=None)
    assert paper.proved().verdict is Verdict.OPEN


def test_fault_33_one_attempt_whatever_came_of_it(paper: Paper) -> None:
    assert paper.command(paper.proved())
    paper.wait(30.0)
    for _ in range(5):
        decision = paper.show(plate())
        assert decision.verdict is not Verdict.OPEN
    assert decision.reason is Reason.ALREADY_OPENED


def test_fault_35_an_obstruction_locks_the_gate_until_it_is_closed_and_clear(paper: Paper) -> None:
    paper.gate_is(GateState.CLOSED, obstructed=True)
    assert paper.proved().reason is Reason.GATE_OBSTRUCTED
    assert paper.attendant.locked is Reason.GATE_OBSTRUCTED
    paper.gate_is(GateState.OPEN, obstructed=False)
    assert paper.show(plate()).reason is Reason.GATE_OPEN
    assert paper.attendant.locked is Reason.GATE_OBSTRUCTED
    paper.gate_is(GateState.CLOSED)
    assert paper.show(plate()).verdict is Verdict.OPEN
    assert paper.attendant.locked is None


def test_fault_35_a_gate_stopped_by_hand_stays_locked_until_it_is_closed(paper: Paper) -> None:
    paper.gate_is(GateState.STOPPED)
    assert paper.proved().reason is Reason.GATE_STOPPED
    paper.gate_is(GateState.UNKNOWN)
    paper.attendant.settings = replace(paper.settings, state_named=True)
    paper.show(plate())
    assert paper.attendant.locked is Reason.GATE_STOPPED


def test_fault_35_where_nothing_tells_the_state_an_obstruction_that_clears_unlocks() -> None:
    paper = Paper(GateSettings(obstruction_named=True))
    paper.gate_is(GateState.UNKNOWN, obstructed=True)
    assert paper.proved().reason is Reason.GATE_OBSTRUCTED
    paper.gate_is(GateState.UNKNOWN, obstructed=None)
    assert paper.show(plate()).reason is Reason.GATE_OBSTRUCTED
    paper.gate_is(GateState.UNKNOWN, obstructed=False)
    assert paper.show(plate()).verdict is Verdict.OPEN


def test_fault_40_a_vehicle_that_is_removed_while_it_is_read_does_not_open(paper: Paper) -> None:
    decision = paper.proved()
    paper.register = paper.register.without_vehicle("v1")
    assert paper.valid(decision) is Reason.LIST_CHANGED
    assert paper.show(plate()).reason is Reason.NOT_LISTED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"enabled": False}, Reason.VEHICLE_DISABLED),
        ({"gates": frozenset({"other"})}, Reason.WRONG_GATE),
        ({"plate": "HB07KXA"}, Reason.LIST_CHANGED),
        ({"name": "Bert"}, Reason.LIST_CHANGED),
        ({"uses_left": 0}, Reason.PASS_USED_UP),
    ],
)
def test_fault_40_a_vehicle_that_is_changed_while_it_is_read_does_not_open(
    paper: Paper, change: dict[str, object], reason: Reason
) -> None:
    decision = paper.proved()
    changed = replace(paper.vehicles[0], **change)  # type: ignore[arg-type]
    paper.register = paper.register.with_vehicle(changed)
    assert paper.valid(decision) is reason


def test_fault_40_another_vehicle_with_the_same_plate_needs_a_decision_of_its_own(
    paper: Paper,
) -> None:
    decision = paper.proved()
    paper.register = paper.register.with_vehicle(Vehicle("v2", "Bert", LISTED)).without_vehicle(
        "v1"
    )
    assert paper.valid(decision) is Reason.LIST_CHANGED


def test_fault_40_another_entry_that_changes_is_no_reason_to_refuse(paper: Paper) -> None:
    decision = paper.proved()
    paper.register = paper.register.with_vehicle(Vehicle("v2", "Bert", "QQ11QQQ"))
    assert paper.valid(decision) is None


def test_fault_41_a_flood_of_triggers_changes_nothing(paper: Paper) -> None:
    assert paper.command(paper.proved())
    for _ in range(1000):
        paper.trigger()
    assert paper.show(plate()).verdict is not Verdict.OPEN


def test_fault_44_two_cameras_that_see_one_car_open_once(paper: Paper) -> None:
    opened = 0
    for look in range(12):
        camera = "front" if look % 2 else "side"
        decision = paper.show(
            plate(width=100 + 3 * look, x=300 if look % 2 else 900), camera=camera
        )
        opened += paper.command(decision)
    assert opened == 1


def test_fault_44_two_cameras_add_their_looks_up(paper: Paper) -> None:
    paper.show(plate(), camera="front")
    paper.show(plate(x=900, width=80), camera="side")
    decision = paper.show(plate(width=133), camera="front")
    assert (decision.verdict, decision.looks) == (Verdict.OPEN, 3)


@pytest.mark.parametrize(
    ("second", "verdict"), [(59.0, Verdict.OPEN), (61.0, Verdict.REFUSE)], ids=["in time", "late"]
)
def test_fault_45_a_second_factor_that_comes_late_is_refused(
    second: float, verdict: Verdict
) -> None:
    paper = Paper(GateSettings(second_factor=True))
    assert paper.proved().verdict is Verdict.ASK
    paper.wait(second - 1.0)
    for _ in range(4):
        paper.show(plate(width=113))
    paper.confirm()
    (decision,) = paper.tick() or (paper.show(plate(width=113)),)
    assert decision.verdict is verdict


def test_fault_45_a_second_factor_that_is_lost_is_refused() -> None:
    paper = Paper(GateSettings(second_factor=True))
    paper.proved()
    paper.wait(61.0)
    for _ in range(5):
        decision = paper.show(plate(width=113))
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.SECOND_FACTOR_MISSING)


@pytest.mark.parametrize("before", [0.5, 59.0])
def test_a_second_factor_may_come_first(before: float) -> None:
    paper = Paper(GateSettings(second_factor=True))
    paper.confirm()
    paper.wait(before - 0.5)
    assert paper.proved(looks=3).verdict is Verdict.OPEN


def test_a_second_factor_that_came_long_before_does_not_count() -> None:
    paper = Paper(GateSettings(second_factor=True))
    paper.confirm()
    paper.wait(61.0)
    assert paper.proved().verdict is Verdict.ASK


def test_a_second_factor_confirms_one_opening_only() -> None:
    paper = Paper(GateSettings(second_factor=True, settle_seconds=0.0))
    paper.confirm()
    assert paper.command(paper.proved())
    for _ in range(5):
        paper.show(wait=1.0)
    paper.trigger()
    decisions = [paper.show(plate(x=300, width=60 + 5 * look)) for look in range(3)]
    assert decisions[-1].verdict is Verdict.ASK


def test_an_opening_uses_up_every_confirmation_made_before_it() -> None:
    """One arrival home changes a person and a telephone: that is no confirmation for two cars."""
    paper = Paper(GateSettings(second_factor=True, settle_seconds=0.0))
    paper.confirm("person")
    paper.wait(0.01)
    paper.confirm("telephone")
    assert paper.command(paper.proved())
    for _ in range(5):
        paper.show(wait=1.0)
    paper.trigger()
    second = [paper.show(plate(x=300, width=60 + 5 * look)) for look in range(3)]
    assert second[-1].verdict is Verdict.ASK
    paper.wait(0.25)
    paper.confirm("telephone")
    assert paper.command(paper.show(plate(x=300, width=76)))


@pytest.mark.parametrize(("of", "verdict"), [("v1", Verdict.OPEN), ("v2", Verdict.ASK)])
@pytest.mark.parametrize("first", [True, False], ids=["before the plate", "after the plate"])
def test_a_second_factor_of_one_vehicle_confirms_no_other(
    of: str, verdict: Verdict, *, first: bool
) -> None:
    others = Vehicle("v2", "Ben", STRANGER)
    paper = Paper(GateSettings(second_factor=True), (Vehicle("v1", "Anna", LISTED), others))
    if first:
        paper.confirm("code", of)
    decision = paper.proved()
    if not first:
        assert decision.verdict is Verdict.ASK
        paper.confirm("code", of)
        decision = paper.show(plate(width=120))
    assert decision.verdict is verdict


def test_a_second_factor_from_before_new_settings_does_not_count() -> None:
    paper = Paper(GateSettings(second_factor=True))
    paper.confirm()
    paper.wait(0.1)
    paper.attendant.update_settings(GateSettings(second_factor=True, margin=20.0), paper.moment)
    paper.wait(0.1)
    paper.trigger()
    assert paper.proved().verdict is Verdict.ASK


@pytest.mark.parametrize(
    ("of_gate", "of_vehicle", "asks"),
    [(True, None, True), (True, False, False), (False, True, True), (False, None, False)],
)
def test_a_vehicle_may_ask_for_a_second_factor_or_never_need_one(
    of_gate: bool, of_vehicle: bool | None, asks: bool
) -> None:
    vehicle = Vehicle("v1", "Anna", LISTED, second_factor=of_vehicle)
    paper = Paper(GateSettings(second_factor=of_gate), vehicles=(vehicle,))
    assert paper.proved().verdict is (Verdict.ASK if asks else Verdict.OPEN)


@pytest.mark.parametrize(
    ("guest", "reason"),
    [
        ({"valid_until": NOON - timedelta(seconds=1)}, Reason.PASS_EXPIRED),
        ({"valid_from": NOON + timedelta(hours=1)}, Reason.OUTSIDE_SCHEDULE),
        ({"uses_left": 0}, Reason.PASS_USED_UP),
    ],
)
def test_fault_46_a_guest_pass_that_does_not_hold_is_refused(
    guest: dict[str, object], reason: Reason
) -> None:
    paper = Paper(vehicles=(Vehicle("v1", "Guest", LISTED, **guest),))  # type: ignore[arg-type]
    decision = paper.proved()
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, reason)


def test_the_owners_switch_keeps_the_gate_shut(paper: Paper) -> None:
    paper.situation = replace(paper.situation, automatic=False)
    assert paper.proved().reason is Reason.AUTOMATIC_OFF


def test_a_gate_that_was_just_commanded_gets_no_other_command(paper: Paper) -> None:
    assert paper.command(paper.proved())
    paper.trigger()
    other = Vehicle("v2", "Bert", STRANGER)
    paper.register = paper.register.with_vehicle(other)
    for look in range(3):
        decision = paper.show(plate(STRANGER, x=200, width=140 + 5 * look))
    assert decision.reason is Reason.GATE_MOVING
    paper.wait(9.5)
    for look in range(3):
        decision = paper.show(plate(STRANGER, x=200, width=160 + 5 * look))
    assert decision.verdict is Verdict.OPEN
