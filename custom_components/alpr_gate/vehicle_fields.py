"""One entry of the owner's list as the forms and the actions give it, and back.

A field that is missing or None is not set. Times are the owner's own, without a time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
import re
from typing import Any, Final
import unicodedata

from homeassistant.const import CONF_CODE, CONF_NAME, WEEKDAYS
from homeassistant.util import dt as dt_util

from .alpr.gate.code import KeptCode
from .alpr.gate.plate import PlateRefused, glyph_key, normal_form, printed_alike
from .alpr.gate.schedule import (
    EVERY_DAY,
    DailyWindow,
    Schedule,
    earliest_instant,
    latest_instant,
)
from .alpr.gate.vehicle import Vehicle
from .code_form import CODE_IS_SET

CONF_PLATE: Final = "plate"
CONF_GATES: Final = "gates"
CONF_HOUSEHOLD: Final = "household"
CONF_ENABLED: Final = "enabled"
CONF_WEEKDAYS: Final = "weekdays"
CONF_START_TIME: Final = "start_time"
CONF_END_TIME: Final = "end_time"
CONF_VALID_FROM: Final = "valid_from"
CONF_VALID_UNTIL: Final = "valid_until"
CONF_USES_LEFT: Final = "uses_left"
CONF_VEHICLE_SECOND_FACTOR: Final = "second_factor"

SECOND_FACTOR: Final[dict[str, bool | None]] = {
    "as_gate": None,
    "always": True,
    "never": False,
}

_LONGEST_NAME: Final = 64
_TELLING: Final = 4
"""Characters of a plate below which it is found in names by accident."""
_MOVES_TEXT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS_TEXT: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""They have the text after them, such as the plate in a list, shown from right to left."""
_YEARS: Final = range(1900, 9999)
"""Beyond them a moment cannot be told in every time zone."""
_MIDNIGHT: Final = time(0)
_LOCAL: Final = "%Y-%m-%d %H:%M:%S"


class VehicleRefused(Exception):  # noqa: N818 - an answer to the owner
    """What was entered is no vehicle: the field, and the key of the message that says why.

    Neither holds what was entered.
    """

    def __init__(self, field: str, problem: str, *, because_of: Vehicle | None = None) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.because_of = because_of
        """The listed vehicle that has to change first. Its name may tell the plate entered."""


def vehicle_from_fields(
    fields: Mapping[str, Any],
    *,
    vehicle_id: str,
    listed: Iterable[Vehicle],
    seen: Vehicle | None,
    now: datetime,
    code: KeptCode | None = None,
) -> Vehicle:
    """The vehicle that the fields describe, to stand on a list beside the others.

    ``seen`` is the entry that is changed, as it was when the change was begun; None for a new one.
    Its code is ``code``: the fields only say whether there is one.

    Raises:
        VehicleRefused: with the first field that cannot be taken.
    """
    try:
        plate = normal_form(fields[CONF_PLATE])
    except PlateRefused as error:
        raise VehicleRefused(CONF_PLATE, f"plate_{error.problem.value}") from None
    valid_from, valid_until = _validity(fields)
    uses_left = fields.get(CONF_USES_LEFT)
    name, household = _name(fields), _in_one_line(fields.get(CONF_HOUSEHOLD) or "")
    keep_plates_out_of_names(name, household, plate, vehicle_id, tuple(listed))
    vehicle = Vehicle(
        id=vehicle_id,
        name=name,
        plate=plate,
        gates=frozenset(fields.get(CONF_GATES) or ()),
        household=household or None,
        enabled=fields.get(CONF_ENABLED, True) is not False,
        schedule=_schedule(fields),
        valid_from=valid_from,
        valid_until=valid_until,
        uses_left=None if uses_left is None else int(uses_left),
        second_factor=SECOND_FACTOR[fields.get(CONF_VEHICLE_SECOND_FACTOR) or "as_gate"],
        code=code,
    )
    _refuse_spent_pass(vehicle, seen, now)
    return vehicle


def fields_of(vehicle: Vehicle) -> dict[str, Any]:
    """The fields that describe the vehicle; those that are not set are left out."""
    fields: dict[str, Any] = {
        CONF_NAME: vehicle.name,
        CONF_PLATE: vehicle.plate,
        CONF_GATES: sorted(vehicle.gates),
        CONF_HOUSEHOLD: vehicle.household,
        CONF_ENABLED: vehicle.enabled,
        CONF_VALID_FROM: _local_text(vehicle.valid_from),
        CONF_VALID_UNTIL: _local_text(vehicle.valid_until),
        CONF_USES_LEFT: vehicle.uses_left,
        CONF_VEHICLE_SECOND_FACTOR: next(
            word for word, value in SECOND_FACTOR.items() if value is vehicle.second_factor
        ),
        CONF_CODE: None if vehicle.code is None else CODE_IS_SET,
    }
    if vehicle.schedule is not None:
        window = vehicle.schedule.windows[0]
        fields[CONF_WEEKDAYS] = [WEEKDAYS[day] for day in sorted(window.days)]
        if window.start != window.end:
            fields[CONF_START_TIME] = window.start.isoformat()
            fields[CONF_END_TIME] = window.end.isoformat()
    return {key: value for key, value in fields.items() if value is not None}


def _name(fields: Mapping[str, Any]) -> str:
    name = _in_one_line(fields[CONF_NAME])
    if not name:
        raise VehicleRefused(CONF_NAME, "name_missing")
    if len(name) > _LONGEST_NAME:
        raise VehicleRefused(CONF_NAME, "name_too_long")
    return name


def _in_one_line(text: str) -> str:
    """The text as it stands beside others: what moves them, or begins a line, is no part of it."""
    return _MOVES_TEXT.sub(" ", _TURNS_TEXT.sub("", text)).strip()


def keep_plates_out_of_names(
    name: str, household: str, plate: str, vehicle_id: str, listed: tuple[Vehicle, ...]
) -> None:
    """Refuse what would let a name tell a plate: names are published and recorded, plates never.

    A household is shown beside a name where two vehicles have the same. Raises VehicleRefused.
    """
    others = [other for other in listed if other.id != vehicle_id]
    before = next((other for other in listed if other.id == vehicle_id), None)
    was = before and (before.name, before.household or "")
    if before and was == (name, household) and printed_alike(before.plate, plate):
        # Nothing new is told, and switching the vehicle off must not fail for an old name.
        return
    plates = (plate, *(other.plate for other in others))
    if any(tells(name, listed_plate) for listed_plate in plates):
        raise VehicleRefused(CONF_NAME, "name_tells_plate")
    if any(tells(household, listed_plate) for listed_plate in plates):
        raise VehicleRefused(CONF_HOUSEHOLD, "household_tells_plate")
    telling = next(
        (
            other
            for other in others
            for text in (other.name, other.household or "")
            if tells(text, plate)
        ),
        None,
    )
    if telling is not None:
        raise VehicleRefused(CONF_PLATE, "plate_told_by_name", because_of=telling)


def _refuse_spent_pass(vehicle: Vehicle, seen: Vehicle | None, now: datetime) -> None:
    """Refuse a pass that is over before it is listed.

    What an entry had already may stay, so that its other fields can be changed; it is compared as
    it is shown.
    """
    before, after = fields_of(seen) if seen else {}, fields_of(vehicle)
    changed = {key for key, value in after.items() if before.get(key) != value}
    ends = vehicle.valid_until
    if CONF_VALID_UNTIL in changed and ends is not None and ends <= now:
        raise VehicleRefused(CONF_VALID_UNTIL, "pass_ended")
    if CONF_USES_LEFT in changed and vehicle.uses_left == 0:
        raise VehicleRefused(CONF_USES_LEFT, "pass_without_openings")


def tells(name: str, plate: str) -> bool:
    """Whether a name tells a plate (normal form), however it is spaced, or O written for 0."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name))).upper()
    told, key = glyph_key(letters), glyph_key(plate)
    return told == key or (len(key) >= _TELLING and key in told)


def _schedule(fields: Mapping[str, Any]) -> Schedule | None:
    """One window: on the weekdays given, or every day; between the times given, or all day."""
    days = frozenset(WEEKDAYS.index(day) for day in fields.get(CONF_WEEKDAYS) or ())
    start, end = _time(fields, CONF_START_TIME), _time(fields, CONF_END_TIME)
    if not days and start is None and end is None:
        return None
    start, end = start or _MIDNIGHT, end or _MIDNIGHT
    if start == end != _MIDNIGHT:
        raise VehicleRefused(CONF_END_TIME, "times_equal")
    return Schedule((DailyWindow(days or EVERY_DAY, start, end),))


def _time(fields: Mapping[str, Any], key: str) -> time | None:
    """A time of day to the minute: that is how it is saved."""
    value = fields.get(key)
    if value is None or value == "":
        return None
    parsed = value if isinstance(value, time) else dt_util.parse_time(value)
    if parsed is None:
        raise VehicleRefused(key, "bad_time")
    return parsed.replace(second=0, microsecond=0, tzinfo=None)


def _validity(fields: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """When a pass begins and ends.

    A time that the clocks' change makes happen twice, or not at all, is taken the strict way.
    """
    begins = _aware(fields, CONF_VALID_FROM)
    ends = _aware(fields, CONF_VALID_UNTIL)
    valid_from = None if begins is None else latest_instant(begins)
    valid_until = None if ends is None else earliest_instant(ends)
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        raise VehicleRefused(CONF_VALID_UNTIL, "ends_before_start")
    return valid_from, valid_until


def _aware(fields: Mapping[str, Any], key: str) -> datetime | None:
    value = fields.get(key)
    if value is None or value == "":
        return None
    try:
        moment = value if isinstance(value, datetime) else dt_util.parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        raise VehicleRefused(key, "bad_date")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt_util.get_default_time_zone())
    return moment


def _local_text(moment: datetime | None) -> str | None:
    return None if moment is None else dt_util.as_local(moment).strftime(_LOCAL)
