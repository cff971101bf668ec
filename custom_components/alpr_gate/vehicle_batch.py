"""Many vehicles at once: what was typed, line by line, becomes all of them or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_NAME
from homeassistant.util.ulid import ulid_now

from .vehicle_fields import CONF_HOUSEHOLD, CONF_PLATE, VehicleRefused, vehicle_from_fields
from .vehicle_lines import FaultyLine, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .alpr.gate.vehicle import Vehicle
    from .vehicle_lines import VehicleLine

MOST_VEHICLES: Final = 500
"""Lines that are taken at once."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be taken: the key of the message that says why."""

    number: int
    name: str = field(repr=False)
    """What stands in the place of the name; may be empty."""
    problem: str
    because_of: Vehicle | None = None
    """The vehicle, listed or of another line, whose name tells the plate of this one."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What the lines came to. They can be listed when none was refused."""

    vehicles: dict[int, Vehicle] = field(default_factory=dict)
    """By the number of the line."""
    refused: tuple[RefusedLine, ...] = ()
    is_too_long: bool = False
    """There are more lines than are taken at once, so that none was looked at."""

    def line_of(self, vehicle: Vehicle) -> int | None:
        """The line that a vehicle comes from; None for one that was listed before."""
        return next((line for line, each in self.vehicles.items() if each.id == vehicle.id), None)


def batch_of(text: str, listed: Iterable[Vehicle], now: datetime) -> Batch:
    """Take each line as a vehicle of its own, to stand on a list beside those of the lines above.

    Takes seconds for as many as are taken at once, on a slow machine.
    """
    lines = lines_of(text)
    if len(lines) > MOST_VEHICLES:
        return Batch(is_too_long=True)
    vehicles: dict[int, Vehicle] = {}
    refused: list[RefusedLine] = []
    beside = list(listed)
    for line in lines:
        if isinstance(line, FaultyLine):
            refused.append(RefusedLine(line.number, line.name, line.problem.value))
            continue
        try:
            vehicle = _vehicle(line, beside, now)
        except VehicleRefused as error:
            refused.append(RefusedLine(line.number, line.name, error.problem, error.because_of))
        else:
            vehicles[line.number] = vehicle
            beside.append(vehicle)
    return Batch(vehicles, tuple(refused))


def _vehicle(line: VehicleLine, beside: list[Vehicle], now: datetime) -> Vehicle:
    fields = {CONF_NAME: line.name, CONF_PLATE: line.plate, CONF_HOUSEHOLD: line.household}
    return vehicle_from_fields(fields, vehicle_id=ulid_now(), listed=beside, seen=None, now=now)
