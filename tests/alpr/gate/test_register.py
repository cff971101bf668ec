"""The owner's list: who may pass, and which entries are dangerous."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
import re
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.gate.plate import PlateProblem, PlateRefused, is_neighbour
from custom_components.alpr_gate.alpr.gate.register import DangerKind, Register
from custom_components.alpr_gate.alpr.gate.schedule import DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.vehicle import (
    MOST_USES,
    Vehicle,
    vehicle_from_json,
    vehicle_to_json,
)
from custom_components.alpr_gate.alpr.types import Moment, Reason

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = Moment(0.0, NOON)
WORKDAYS = frozenset(range(5))


def _car(plate: str = "AB123CD", **fields: object) -> Vehicle:
    return Vehicle("v1", "Anna", plate, **fields)  # type: ignore[arg-type]


def _reason(vehicle: Vehicle, moment: Moment = NOW, *, doubt: bool = False) -> Reason:
    match = Register.of([vehicle]).find(vehicle.plate, "gate", moment, clock_in_doubt=doubt)
    return match.reason


def _in_json(**change: object) -> dict[str, object]:
    """A schedule as it is written, of one window with something changed."""
    return {"schedule": [{"days": [0], "start": "08:00", "end": "09:00", **change}]}


def _window(start: str, end: str, days: frozenset[int] = WORKDAYS) -> Schedule:
    return Schedule((DailyWindow(days, time.fromisoformat(start), time.fromisoformat(end)),))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, Reason.LISTED),
        ({"enabled": False}, Reason.VEHICLE_DISABLED),
        ({"gates": frozenset({"gate"})}, Reason.LISTED),
        ({"gates": frozenset({"other"})}, Reason.WRONG_GATE),
        ({"uses_left": 1}, Reason.LISTED),
        ({"uses_left": 0}, Reason.PASS_USED_UP),
        ({"valid_until": NOON}, Reason.PASS_EXPIRED),
        ({"valid_until": NOON + timedelta(seconds=1)}, Reason.LISTED),
        ({"valid_from": NOON}, Reason.LISTED),
        ({"valid_from": NOON + timedelta(seconds=1)}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": _window("11:00", "13:00")}, Reason.LISTED),
        ({"schedule": _window("12:00", "13:00")}, Reason.LISTED),
        ({"schedule": _window("11:00", "12:00")}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": _window("11:00", "13:00", frozenset({1}))}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": _window("22:00", "13:00", frozenset({6}))}, Reason.LISTED),
        ({"schedule": _window("22:00", "06:00", frozenset({6}))}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": _window("22:00", "13:00", frozenset({5}))}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": _window("00:00", "00:00", frozenset({0}))}, Reason.LISTED),
    ],
)
def test_a_vehicle_passes_when_nothing_speaks_against_it(
    fields: dict[str, object], reason: Reason
) -> None:
    assert _reason(_car("AB123CD", **fields)) is reason


@pytest.mark.parametrize(
    "fields",
    [
        {"schedule": _window("11:00", "13:00")},
        {"valid_until": NOON + timedelta(days=1)},
        {"valid_from": NOON - timedelta(days=1)},
    ],
)
def test_fault_29_without_a_sure_clock_what_depends_on_time_denies(
    fields: dict[str, object],
) -> None:
    vehicle = _car("AB123CD", **fields)
    assert _reason(vehicle, doubt=True) is Reason.CLOCK_IN_DOUBT
    naive = Moment(0.0, NOON.replace(tzinfo=None))
    assert _reason(vehicle, naive) is Reason.CLOCK_IN_DOUBT


def test_a_vehicle_without_times_needs_no_clock() -> None:
    assert _reason(_car(), doubt=True) is Reason.LISTED


@pytest.mark.parametrize(
    ("start", "end", "utc", "allowed"),
    [
        # 2026-10-25: 02:00 to 03:00 happens twice in Berlin.
        ("01:00", "02:30", "2026-10-25T00:15", True),
        ("01:00", "02:30", "2026-10-25T00:45", False),
        ("01:00", "02:30", "2026-10-25T01:15", False),
        ("02:30", "04:00", "2026-10-25T00:45", False),
        ("02:30", "04:00", "2026-10-25T01:45", True),
        # 2026-03-29: 02:00 to 03:00 does not happen.
        ("02:30", "04:00", "2026-03-29T00:45", False),
        ("02:30", "04:00", "2026-03-29T01:15", False),
        ("02:30", "04:00", "2026-03-29T01:45", True),
        ("01:00", "02:30", "2026-03-29T00:15", True),
        ("01:00", "02:30", "2026-03-29T00:45", False),
    ],
)
def test_faults_29_and_46_a_window_at_a_dst_change_is_read_the_strict_way(
    start: str, end: str, utc: str, allowed: bool
) -> None:
    schedule = _window(start, end, frozenset(range(7)))
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(BERLIN)
    assert schedule.allows(moment) is allowed


def test_fault_46_a_pass_that_ends_in_the_doubled_hour_ends_the_first_time() -> None:
    until = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    second_time = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert _reason(_car(valid_until=until), Moment(0.0, second_time)) is Reason.PASS_EXPIRED


@pytest.mark.parametrize(
    "window",
    [
        {"days": frozenset(), "start": time(1), "end": time(2)},
        {"days": frozenset({7}), "start": time(1), "end": time(2)},
        {"days": WORKDAYS, "start": time(1), "end": time(1)},
        {"days": WORKDAYS, "start": time(1, tzinfo=UTC), "end": time(2)},
    ],
)
def test_a_window_that_means_nothing_is_refused(window: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        DailyWindow(**window)  # type: ignore[arg-type]


def test_a_schedule_without_windows_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Schedule(())


def test_a_schedule_knows_nothing_of_a_moment_without_a_time_zone() -> None:
    assert not _window("00:00", "00:00").allows(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"name": " "},
        {"valid_from": NOON.replace(tzinfo=None)},
        {"valid_until": NOON.replace(tzinfo=None)},
        {"uses_left": -1},
    ],
)
def test_an_entry_that_means_nothing_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Vehicle(**{"id": "v1", "name": "Anna", "plate": "AB123CD", **fields})  # type: ignore[arg-type]


def test_the_plate_of_an_entry_is_in_its_normal_form_or_refused() -> None:
    assert _car("ab 123-cd").plate == "AB123CD"
    with pytest.raises(PlateRefused) as error:
        _car("AB*")
    assert error.value.problem is PlateProblem.WILDCARD


def test_an_entry_survives_being_written_and_read() -> None:
    everything = _car(
        gates=frozenset({"a", "b"}),
        household="Flat 3",
        enabled=False,
        schedule=_window("08:00", "18:30"),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=3),
        uses_left=4,
        second_factor=True,
    )
    for vehicle in (everything, _car()):
        assert vehicle_from_json(vehicle_to_json(vehicle)) == vehicle


@pytest.mark.parametrize(
    "change",
    [
        {"id": 7},
        {"name": None},
        {"plate": ["AB"]},
        {"plate": "AB*"},
        {"gates": "gate"},
        {"gates": [1]},
        {"household": 3},
        {"enabled": "yes"},
        {"uses_left": True},
        {"uses_left": 1.5},
        {"schedule": {}},
        {"schedule": ["Monday"]},
        {"schedule": [{"days": "0", "start": "08:00", "end": "09:00"}]},
        {"schedule": [{"days": [0.5], "start": "08:00", "end": "09:00"}]},
        {"schedule": [{"days": [0], "start": 8, "end": "09:00"}]},
        {"schedule": [{"days": [0], "start": "25:00", "end": "09:00"}]},
        {"valid_from": "tomorrow"},
        {"valid_until": 5},
        {"second_factor": "no"},
    ],
)
def test_an_entry_that_was_written_wrong_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        vehicle_from_json({**vehicle_to_json(_car()), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 7}, "id is a text"),
        ({"gates": "gate"}, "gates is a list of ids"),
        ({"gates": [1]}, "gates is a list of ids"),
        ({"enabled": "yes"}, "enabled is true or false"),
        ({"uses_left": 1.5}, "uses_left is a whole number"),
        ({"schedule": {}}, "a schedule is a list of windows"),
        ({"schedule": []}, "a schedule needs at least one window"),
        ({"schedule": ["Monday"]}, "a window is an object"),
        (_in_json(days="0"), "days is a list of numbers"),
        (_in_json(days=7), "days is a list of numbers"),
        (_in_json(days=[0.5]), "days is a list of numbers"),
        (_in_json(days=[7]), "days are a choice of 0 (Monday) to 6 (Sunday)"),
        (_in_json(days=[]), "days are a choice of 0 (Monday) to 6 (Sunday)"),
        (_in_json(start=8), "start and end are times of day"),
        (_in_json(end=None), "start and end are times of day"),
        (_in_json(start="08:00+01:00"), "times of day have no time zone of their own"),
        (_in_json(start="09:00"), "a window needs a start and an end that differ"),
    ],
)
def test_an_entry_that_was_written_wrong_says_what_is_wrong(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        vehicle_from_json({**vehicle_to_json(_car()), **change})


def test_what_is_no_entry_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a vehicle is an object$"):
        vehicle_from_json([])


def test_an_entry_needs_no_more_than_an_id_a_name_and_a_plate() -> None:
    assert vehicle_from_json({"id": "v1", "name": "Anna", "plate": "AB123CD"}) == Vehicle(
        "v1", "Anna", "AB123CD", enabled=True, gates=frozenset(), second_factor=None
    )


def test_two_entries_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Register.of([_car(), _car("XY999ZZ")])


def test_every_change_makes_a_new_list_with_a_higher_revision() -> None:
    empty = Register.of()
    one = empty.with_vehicle(_car())
    none = one.without_vehicle("v1")
    assert (len(empty), len(one), len(none)) == (0, 1, 0)
    assert empty.revision < one.revision < none.revision
    assert none.without_vehicle("v1") is none
    assert one.touched("v1") == one.revision
    assert one.touched("nobody") is None
    assert one.vehicles == (_car(),)


def test_using_a_pass_counts_down_to_nothing() -> None:
    register = Register.of([_car(uses_left=3)])
    for left in (2, 1, 0):
        register = register.used("v1")
        assert register.get("v1") == _car(uses_left=left)
    vehicle = register.get("v1")
    assert vehicle is not None
    assert vehicle.uses_left == 0
    assert register.used("v1") is register
    assert register.used("nobody") is register
    assert Register.of([_car()]).used("v1").revision == 1


def test_a_plate_that_is_taken_off_leaves_those_close_to_it_on_the_list() -> None:
    other = Vehicle("v2", "Bert", "AB123CE")
    register = Register.of([_car(), other]).without_vehicle("v1")
    assert register.near("AB123CX") == register.near("AB123CD") == ("AB123CE",)


@pytest.mark.parametrize("read", ["B123CD", "A123CD", "AB123C", "AB123CDE", "XAB123CD"])
def test_a_plate_with_one_character_more_or_less_is_close(read: str) -> None:
    assert Register.of([_car()]).near(read) == ("AB123CD",)


def test_where_two_entries_have_one_plate_the_one_that_may_pass_is_enough() -> None:
    disabled = _car(enabled=False)
    guest = Vehicle("v2", "Guest", "AB123CD", uses_left=1)
    register = Register.of([disabled, guest])
    match = register.find("AB123CD", "gate", NOW)
    assert match.listed
    assert match.vehicle == guest
    assert Register.of([disabled]).find("AB123CD", "gate", NOW).reason is Reason.VEHICLE_DISABLED


def test_two_entries_with_one_plate_are_changed_and_taken_off_one_by_one() -> None:
    first, second = _car(), Vehicle("v2", "Guest", "AB123CD", uses_left=1)
    register = Register.of([first]).with_vehicle(second)
    assert register.find("AB123CD", "gate", NOW).vehicle == first
    disabled = replace(first, enabled=False)
    register = register.with_vehicle(disabled)
    assert register.find("AB123CD", "gate", NOW).vehicle == second
    both_off = register.with_vehicle(replace(second, uses_left=0))
    match = both_off.find("AB123CD", "gate", NOW)
    assert (match.reason, match.vehicle) == (Reason.VEHICLE_DISABLED, disabled)
    match = both_off.without_vehicle("v1").find("AB123CD", "gate", NOW)
    assert (match.reason, match.vehicle) == (Reason.PASS_USED_UP, replace(second, uses_left=0))


def test_what_is_near_a_plate_is_told_with_every_answer() -> None:
    register = Register.of([_car(), Vehicle("v2", "Bert", "AB123CE", enabled=False)])
    assert register.find("AB123CD", "gate", NOW).neighbours == register.near("AB123CD") != ()
    assert register.find("AB123CE", "gate", NOW).neighbours == register.near("AB123CE") != ()
    assert register.find("AB123CX", "gate", NOW).neighbours == register.near("AB123CX") != ()


def test_an_unlisted_plate_near_a_listed_one_is_a_near_miss() -> None:
    register = Register.of([_car()])
    assert register.find("AB123CE", "gate", NOW).reason is Reason.NEAR_MISS
    assert register.find("XX999XX", "gate", NOW).reason is Reason.NOT_LISTED


def test_the_list_knows_its_own_dangers() -> None:
    register = Register.of(
        [
            _car(household="Flat 1"),
            Vehicle("v2", "Bert", "AB123CE", household="Flat 1"),
            Vehicle("v3", "Carl", "A8123CD"),
            Vehicle("v4", "Dora", "AB123C"),
            Vehicle("v5", "Emil", "XX999XX"),
        ]
    )
    same = Vehicle("v6", "Fritz", "AB123CD", household="Flat 1")
    dangers = {danger.vehicle_id: danger.kind for danger in register.dangers(same)}
    assert dangers == {
        "v1": DangerKind.SAME_PLATE,
        "v3": DangerKind.LIKELY_MISREAD,
        "v4": DangerKind.ONE_CHARACTER_APART,
    }
    assert {danger.name for danger in register.dangers(same)} == {"Anna", "Carl", "Dora"}
    assert register.dangers(Vehicle("v6", "Fritz", "QQ777QQ")) == ()
    assert register.dangers(_car(household="Flat 1"))[0].vehicle_id != "v1"


plates = st.text("AB018O", min_size=2, max_size=5)


@given(st.lists(plates, max_size=15), plates)
def test_the_index_finds_exactly_the_neighbours(listed: list[str], plate: str) -> None:
    register = Register.of([Vehicle(f"v{number}", "x", each) for number, each in enumerate(listed)])
    from custom_components.alpr_gate.alpr.gate.plate import glyph_key

    expected = {glyph_key(each) for each in listed if is_neighbour(each, plate)}
    assert set(register.near(plate)) == expected


vehicles = st.builds(
    Vehicle,
    st.sampled_from(("v1", "v2", "v3", "v4")),
    st.just("x"),
    st.text("A8BO0", min_size=2, max_size=3),
    enabled=st.booleans(),
    uses_left=st.none() | st.integers(0, 2),
)
edits = st.one_of(
    st.tuples(st.just("with"), vehicles),
    st.tuples(st.sampled_from(("without", "used")), st.sampled_from(("v1", "v2", "v3", "v4"))),
)
EVERY_PLATE = ["".join(text) for length in (2, 3, 4) for text in product("A8B0", repeat=length)]


def _edited(register: Register, edit: tuple[str, Any]) -> Register:
    how, what = edit
    if how == "with":
        return register.with_vehicle(what)
    return register.without_vehicle(what) if how == "without" else register.used(what)


def _everything_found(register: Register) -> list[object]:
    matches = [register.find(plate, "gate", NOW) for plate in EVERY_PLATE]
    dangers = [set(register.dangers(vehicle)) for vehicle in register.vehicles]
    return [register.vehicles, matches, dangers]


@given(st.lists(edits, max_size=12))
def test_a_list_edited_step_by_step_finds_exactly_what_a_freshly_built_one_does(
    changes: list[tuple[str, Any]],
) -> None:
    register = Register.of()
    for change in changes:
        before, revision = _everything_found(register), register.revision
        edited = _edited(register, change)
        assert _everything_found(register) == before
        assert register.revision == revision
        register = edited
    assert _everything_found(register) == _everything_found(Register.of(register.vehicles))


def test_a_list_with_more_openings_than_a_pass_can_have_is_read_with_the_most() -> None:
    saved = vehicle_to_json(_car(uses_left=3)) | {"uses_left": MOST_USES + 1}
    assert vehicle_from_json(saved).uses_left == MOST_USES


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(("AB1", "AB2", "A81", "XY9")))),
    st.integers(0, 8),
)
def test_vehicles_that_are_put_on_the_list_together_stand_there_as_if_one_after_the_other(
    entries: list[tuple[str, str]], before: int
) -> None:
    vehicles = [Vehicle(each, f"{each} {plate}", plate) for each, plate in entries]
    one_by_one = Register.of()
    for vehicle in vehicles:
        one_by_one = one_by_one.with_vehicle(vehicle)
    begun = Register.of().with_vehicles(vehicles[:before])
    together = begun.with_vehicles(vehicles[before:])
    assert together.vehicles == one_by_one.vehicles
    assert together.revision == begun.revision + 1
    for vehicle in vehicles:
        assert together.dangers(vehicle) == one_by_one.dangers(vehicle)
    for vehicle in vehicles[before:]:
        assert together.touched(vehicle.id) == together.revision
