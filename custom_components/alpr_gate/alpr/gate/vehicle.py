"""One entry of the owner's list: a vehicle or a guest pass, and its JSON."""
# ruff: noqa: TRY004 - JSON of the wrong shape is a wrong value, whatever its type

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .code import KeptCode
from .plate import normal_form
from .schedule import Json, Schedule

MOST_USES = 10_000
"""Openings that a guest pass may have left: more is a slip, and far more fits into no file."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Who may pass, where and when.

    A guest pass is a vehicle with ``valid_until`` or ``uses_left``.

    Raises:
        PlateRefused: the plate is not in its normal form because it has none.
        ValueError: another value is out of its range.
    """

    id: str
    name: str
    plate: str = field(repr=False)
    """Normal form; what is passed in is normalised or refused."""
    gates: frozenset[str] = frozenset()
    """Ids of the gates it may pass; empty means every gate."""
    household: str | None = None
    """Whose car it is, in the owner's words; None is a household of its own."""
    enabled: bool = True
    schedule: Schedule | None = None
    """None allows every hour of every day."""
    valid_from: datetime | None = None
    """Aware."""
    valid_until: datetime | None = None
    """Aware; the pass ends just before it."""
    uses_left: int | None = None
    """Openings that are left; None does not count."""
    second_factor: bool | None = None
    """True always asks for one, False never, None does as the gate says."""
    code: KeptCode | None = None
    """Its own, which confirms it and no other."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plate", normal_form(self.plate))
        if not self.id or not self.name.strip():
            raise ValueError("a vehicle needs an id and a name")
        for edge in (self.valid_from, self.valid_until):
            if edge is not None and edge.utcoffset() is None:
                raise ValueError("the times of a pass need a time zone")
        if self.uses_left is not None and self.uses_left < 0:
            raise ValueError("uses left cannot be negative")


def vehicle_to_json(vehicle: Vehicle) -> Json:
    """The vehicle as plain JSON values."""
    return {
        "id": vehicle.id,
        "name": vehicle.name,
        "plate": vehicle.plate,
        "gates": sorted(vehicle.gates),
        "household": vehicle.household,
        "enabled": vehicle.enabled,
        "schedule": None if vehicle.schedule is None else vehicle.schedule.to_json(),
        "valid_from": None if vehicle.valid_from is None else vehicle.valid_from.isoformat(),
        "valid_until": None if vehicle.valid_until is None else vehicle.valid_until.isoformat(),
        "uses_left": vehicle.uses_left,
        "second_factor": vehicle.second_factor,
        "code": None if vehicle.code is None else vehicle.code.text,
    }


def vehicle_from_json(value: object) -> Vehicle:
    """Read what ``vehicle_to_json`` wrote.

    Raises:
        ValueError: it is not a vehicle (``PlateRefused`` when only its plate is wrong).
    """
    if not isinstance(value, dict):
        raise ValueError("a vehicle is an object")
    gates = value.get("gates", [])
    if not isinstance(gates, list) or not all(isinstance(gate, str) for gate in gates):
        raise ValueError("gates is a list of ids")
    uses_left = value.get("uses_left")
    if uses_left is not None and type(uses_left) is not int:
        raise ValueError("uses_left is a whole number")
    schedule, code = value.get("schedule"), value.get("code")
    return Vehicle(
        id=_text(value, "id"),
        name=_text(value, "name"),
        plate=_text(value, "plate"),
        gates=frozenset(gates),
        household=_optional_text(value, "household"),
        enabled=_flag(value, "enabled", default=True),
        schedule=None if schedule is None else Schedule.from_json(schedule),
        valid_from=_instant(value, "valid_from"),
        valid_until=_instant(value, "valid_until"),
        uses_left=None if uses_left is None else min(uses_left, MOST_USES),
        second_factor=_optional_flag(value, "second_factor"),
        code=None if code is None else KeptCode.from_text(code),
    )


def _text(value: Json, key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise ValueError(f"{key} is a text")
    return text


def _optional_text(value: Json, key: str) -> str | None:
    return None if value.get(key) is None else _text(value, key)


def _flag(value: Json, key: str, *, default: bool) -> bool:
    flag = value.get(key, default)
    if not isinstance(flag, bool):
        raise ValueError(f"{key} is true or false")
    return flag


def _optional_flag(value: Json, key: str) -> bool | None:
    return None if value.get(key) is None else _flag(value, key, default=False)


def _instant(value: Json, key: str) -> datetime | None:
    text = _optional_text(value, key)
    return None if text is None else datetime.fromisoformat(text)
