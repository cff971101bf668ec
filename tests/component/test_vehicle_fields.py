"""One vehicle as forms and actions give it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.alpr_gate.alpr.gate.schedule import DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.vehicle_fields import (
    VehicleRefused,
    fields_of,
    vehicle_from_fields,
)

LEAST: dict[str, Any] = {"name": "Anna", "plate": "AB 123 CD"}
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def vehicle(*listed: Vehicle, **fields: Any) -> Vehicle:
    return changed(None, *listed, **fields)


def changed(seen: Vehicle | None, /, *listed: Vehicle, **fields: Any) -> Vehicle:
    return vehicle_from_fields(LEAST | fields, vehicle_id="anna", listed=listed, seen=seen, now=NOW)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("start_time", "noon", "bad_time"),
        ("end_time", "24:01", "bad_time"),
        ("valid_from", "tomorrow", "bad_date"),
        ("valid_until", "2027-02-30 08:00:00", "bad_date"),
        ("valid_from", "0001-01-01 00:00:00", "bad_date"),
        ("valid_until", "9999-12-31 23:59:59", "bad_date"),
        ("valid_until", "9999-12-31 23:59:59-11:00", "bad_date"),
    ],
)
def test_times_that_are_none_are_refused_at_their_field(
    field: str, value: str, problem: str
) -> None:
    with pytest.raises(VehicleRefused) as refused:
        vehicle(**{field: value})
    assert (refused.value.field, refused.value.problem) == (field, problem)


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    "field", ["start_time", "end_time", "valid_from", "valid_until", "household", "second_factor"]
)
def test_a_field_without_a_value_is_one_that_is_not_set(field: str, empty: str | None) -> None:
    assert vehicle(**{field: empty}) == Vehicle(id="anna", name="Anna", plate="AB123CD")


@pytest.mark.parametrize("household", ["AB 123 CD", "the ab-123-cd family", "ZQ48MPB"])
def test_a_household_tells_no_plate(household: str) -> None:
    stranger = Vehicle(id="ben", name="Ben", plate="ZQ48MPB")
    with pytest.raises(VehicleRefused) as refused:
        vehicle(stranger, household=household)
    assert (refused.value.field, refused.value.problem) == ("household", "household_tells_plate")


def test_a_plate_that_another_household_tells_is_refused() -> None:
    telling = Vehicle(id="ben", name="Ben", plate="ZQ48MPB", household="AB 123 CD")
    with pytest.raises(VehicleRefused) as refused:
        vehicle(telling)
    assert (refused.value.field, refused.value.problem) == ("plate", "plate_told_by_name")
    assert refused.value.because_of is telling


@pytest.mark.parametrize("field", ["name", "household"])
@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Anna\n- **Ben**: ZQ48MPB", "Anna - **Ben**: ZQ48MPB"),
        ("Anna\x0b\u2028\x85Miller\x00", "Anna Miller"),
        ("Anna \u202eMiller\u2066", "Anna Miller"),
        ("A\u200dnna  Miller", "A\u200dnna  Miller"),
    ],
    ids=["lines", "controls", "directions", "anything else"],
)
def test_a_name_stands_in_one_line_and_turns_no_text_round(
    field: str, typed: str, taken: str
) -> None:
    assert getattr(vehicle(**{field: typed}), field) == taken


def test_a_name_of_nothing_to_be_seen_is_none() -> None:
    with pytest.raises(VehicleRefused, match="name_missing"):
        vehicle(name="\x00\u202e\n")
    assert vehicle(household="\u2066").household is None


def test_times_with_a_zone_keep_it_and_others_are_the_owner_s() -> None:
    dt_util.set_default_time_zone(dt_util.get_time_zone("Europe/Berlin") or UTC)
    try:
        with_zone = vehicle(valid_from="2027-01-01T08:00:00+09:00")
        without = vehicle(valid_from=datetime(2027, 1, 1, 8))  # noqa: DTZ001 - as forms give it
    finally:
        dt_util.set_default_time_zone(UTC)
    assert with_zone.valid_from == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert without.valid_from == datetime(2027, 1, 1, 7, tzinfo=UTC)


def test_a_vehicle_that_may_pass_all_day_shows_no_times() -> None:
    all_day = vehicle(weekdays=["sun"])
    assert all_day.schedule == Schedule((DailyWindow(frozenset({6}), time(0), time(0)),))
    assert fields_of(all_day) == {
        "name": "Anna",
        "plate": "AB123CD",
        "gates": [],
        "enabled": True,
        "weekdays": ["sun"],
        "second_factor": "as_gate",
    }
    assert vehicle(**fields_of(all_day)) == all_day


@pytest.mark.parametrize(
    ("name", "plate"),
    [
        ("AB123CD", "AB123CD"),
        ("my ab-123.cd!", "AB123CD"),
        ("A1", "A1"),
        ("AI", "A1"),
        ("vw anna", "ANNA"),
        ("Van HBO7 KXT", "HB07KXT"),
        ("Van hbo7-kxt", "HBO7KXT"),
        ("Van AB i23 CD", "AB123CD"),
        ("Van ＡＢ１２３ＣＤ", "AB123CD"),
    ],
)
def test_a_name_that_tells_the_plate_is_refused(name: str, plate: str) -> None:
    with pytest.raises(VehicleRefused) as refused:
        vehicle(name=name, plate=plate)
    assert (refused.value.field, refused.value.problem) == ("name", "name_tells_plate")
    assert plate not in str(refused.value)


@pytest.mark.parametrize(("name", "plate"), [("Anna", "AN"), ("Van 3", "AN3")])
def test_a_short_plate_may_be_part_of_a_name_by_accident(name: str, plate: str) -> None:
    assert vehicle(name=name, plate=plate).name == name


OTHER = Vehicle(id="ben", name="Ben", plate="HB07KXT")


def test_a_name_that_tells_another_vehicle_s_plate_is_refused() -> None:
    with pytest.raises(VehicleRefused) as refused:
        vehicle(OTHER, name="not HBO7 KXT")
    assert (refused.value.field, refused.value.problem) == ("name", "name_tells_plate")


def test_a_plate_that_a_listed_name_tells_is_refused_until_that_name_is_changed() -> None:
    telling = replace(OTHER, name="Van AB I23 CD")
    with pytest.raises(VehicleRefused) as refused:
        vehicle(OTHER, telling)
    assert (refused.value.field, refused.value.problem) == ("plate", "plate_told_by_name")
    assert refused.value.because_of == telling
    assert "I23" not in str(refused.value)
    assert vehicle(OTHER).plate == "AB123CD"


def test_a_vehicle_that_keeps_name_and_plate_can_be_switched_off_whatever_its_name_tells() -> None:
    before = Vehicle(id="anna", name="Anna HBO7KXT", plate="AB123CD")
    switched_off = vehicle(before, OTHER, **fields_of(before) | {"enabled": False})
    assert not switched_off.enabled
    with pytest.raises(VehicleRefused):
        vehicle(before, OTHER, name="Anne HBO7KXT")


SPENT = [
    ({"valid_until": "2026-11-28 12:00:00+00:00"}, "valid_until", "pass_ended"),
    ({"valid_until": "2020-01-01 00:00:00", "uses_left": 0}, "valid_until", "pass_ended"),
    ({"uses_left": 0}, "uses_left", "pass_without_openings"),
]


@pytest.mark.parametrize(("spent", "field", "problem"), SPENT)
@pytest.mark.parametrize(
    "seen",
    [
        None,
        Vehicle(id="anna", name="Anna", plate="AB123CD"),
        Vehicle(
            id="anna",
            name="Anna",
            plate="AB123CD",
            valid_until=datetime(2026, 11, 27, tzinfo=UTC),
            uses_left=1,
        ),
    ],
    ids=["a new entry", "an entry without a pass", "an entry with another pass"],
)
def test_a_pass_that_is_over_before_it_is_listed_is_refused_at_its_field(
    spent: dict[str, Any], field: str, problem: str, seen: Vehicle | None
) -> None:
    with pytest.raises(VehicleRefused) as refused:
        changed(seen, **spent)
    assert (refused.value.field, refused.value.problem) == (field, problem)


def test_a_pass_that_still_opens_once_until_the_next_second_is_taken() -> None:
    taken = vehicle(valid_until="2026-11-28 12:00:01+00:00", uses_left=1)
    assert (taken.valid_until, taken.uses_left) == (NOW + timedelta(seconds=1), 1)


def test_an_entry_whose_pass_is_over_can_be_changed_without_prolonging_it() -> None:
    seen = Vehicle(
        id="anna",
        name="Anna",
        plate="AB123CD",
        valid_until=datetime(2020, 1, 1, tzinfo=UTC),
        uses_left=0,
    )
    renamed = changed(seen, seen, **fields_of(seen) | {"name": "Anna Miller"})
    assert renamed == replace(seen, name="Anna Miller")
    without = fields_of(seen)
    del without["valid_until"], without["uses_left"]
    assert changed(seen, seen, **without) == replace(seen, valid_until=None, uses_left=None)
