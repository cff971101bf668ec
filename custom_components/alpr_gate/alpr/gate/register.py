"""The owner's list: who may pass which gate when, and which of its own entries are dangerous.

A register never changes: every edit makes a new one with a higher revision. Looking a plate up
takes the same time whatever the length of the list; an edit touches only what one entry concerns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from ..types import Moment, Reason
from .plate import glyph_key, misread_key, printed_alike
from .plate_index import PlateIndex
from .schedule import earliest_instant, latest_instant
from .vehicle import Vehicle


class DangerKind(StrEnum):
    """What is dangerous about an entry next to another one."""

    SAME_PLATE = "same_plate"
    ONE_CHARACTER_APART = "one_character_apart"
    LIKELY_MISREAD = "likely_misread"


@dataclass(frozen=True, slots=True)
class Danger:
    """An entry that could be taken for ``vehicle_id``."""

    kind: DangerKind
    vehicle_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    """What the list says about one plate."""

    reason: Reason
    """LISTED when it may pass, else why it may not."""
    vehicle: Vehicle | None
    """The entry with exactly this plate, even where it may not pass; None when there is none."""
    neighbours: tuple[str, ...] = field(default=(), repr=False)
    """Glyph keys of other listed plates that are one character or one likely misread away."""

    @property
    def listed(self) -> bool:
        """Whether this plate may pass now."""
        return self.reason is Reason.LISTED


class Register:
    """An immutable list of vehicles with the indices that make it quick to search."""

    __slots__ = ("_by_id", "_index", "_touched", "revision")

    def __init__(
        self,
        by_id: dict[str, Vehicle],
        revision: int,
        touched: dict[str, int],
        index: PlateIndex,
    ) -> None:
        """Take these over; ``of`` makes the index that fits."""
        self.revision = revision
        """Grows with every change."""
        self._by_id = by_id
        self._touched = touched
        self._index = index

    @classmethod
    def of(cls, vehicles: Iterable[Vehicle] = (), *, revision: int = 1) -> Self:
        """A register of these vehicles.

        Raises:
            ValueError: two of them have one id.
        """
        by_id: dict[str, Vehicle] = {}
        index = PlateIndex()
        for vehicle in vehicles:
            if vehicle.id in by_id:
                raise ValueError("two vehicles have the same id")
            by_id[vehicle.id] = vehicle
            index.add(vehicle)
        return cls(by_id, revision, dict.fromkeys(by_id, revision), index)

    @property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """Every entry in the order in which it was added."""
        return tuple(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, vehicle_id: str) -> Vehicle | None:
        """The entry with this id."""
        return self._by_id.get(vehicle_id)

    def touched(self, vehicle_id: str) -> int | None:
        """The revision in which this entry last changed; None when it is not listed."""
        return self._touched.get(vehicle_id)

    def with_vehicle(self, vehicle: Vehicle) -> Self:
        """This register with the vehicle added, or put in the place of the one with its id."""
        return self.with_vehicles((vehicle,))

    def with_vehicles(self, vehicles: Iterable[Vehicle]) -> Self:
        """The same for many, in one revision: the indices are copied once for all of them."""
        revision, index = self.revision + 1, self._index.copy()
        by_id, touched = self._by_id.copy(), self._touched.copy()
        for vehicle in vehicles:
            before = by_id.get(vehicle.id)
            by_id[vehicle.id], touched[vehicle.id] = vehicle, revision
            if before is None:
                index.add(vehicle)
            elif printed_alike(before.plate, vehicle.plate):
                index.replace(before, vehicle)
            else:
                index.remove(before)
                index.add(vehicle)
                index.sort(glyph_key(vehicle.plate), iter(by_id))
        return type(self)(by_id, revision, touched, index)

    def without_vehicle(self, vehicle_id: str) -> Self:
        """This register without that vehicle; the same register when it is not listed."""
        if vehicle_id not in self._by_id:
            return self
        by_id, touched, index = self._by_id.copy(), self._touched.copy(), self._index.copy()
        index.remove(by_id.pop(vehicle_id))
        del touched[vehicle_id]
        return type(self)(by_id, self.revision + 1, touched, index)

    def used(self, vehicle_id: str) -> Self:
        """This register after one opening for that vehicle; the same where nothing is counted."""
        vehicle = self._by_id.get(vehicle_id)
        if vehicle is None or not vehicle.uses_left:
            return self
        return self.with_vehicle(replace(vehicle, uses_left=vehicle.uses_left - 1))

    def find(self, plate: str, gate: str, moment: Moment, *, clock_in_doubt: bool = False) -> Match:
        """What the list says about a plate at a gate now.

        Only an entry that is printed exactly like ``plate`` matches. Where several are (a guest
        pass for a car that is also listed), one that may pass is enough.
        """
        key = glyph_key(plate)
        near = self.near(key)
        same = self._index.same(key)
        verdicts = [
            (standing(vehicle, gate, moment, clock_in_doubt=clock_in_doubt), vehicle)
            for vehicle in same
        ]
        for reason, vehicle in verdicts:
            if reason is Reason.LISTED:
                return Match(reason, vehicle, near)
        if verdicts:
            reason, vehicle = verdicts[0]
            return Match(reason, vehicle, near)
        return Match(Reason.NEAR_MISS if near else Reason.NOT_LISTED, None, near)

    def lists(self, plate: str) -> bool:
        """Whether any entry is printed exactly like ``plate``."""
        return bool(self._index.same(glyph_key(plate)))

    def near(self, plate: str) -> tuple[str, ...]:
        """Glyph keys of listed plates that are neighbours of ``plate``; never its own."""
        return self._index.near(glyph_key(plate))

    def dangers(self, vehicle: Vehicle) -> tuple[Danger, ...]:
        """What a person should be told before ``vehicle`` is added.

        Entries with the same plate, and those of other households that are one character or one
        likely misread apart: a camera, or a person, may take one for the other.
        """
        key = glyph_key(vehicle.plate)
        found = [
            Danger(DangerKind.SAME_PLATE, other.id, other.name)
            for other in self._index.same(key)
            if other.id != vehicle.id
        ]
        for near in self.near(key):
            kind = (
                DangerKind.LIKELY_MISREAD
                if misread_key(near) == misread_key(key)
                else DangerKind.ONE_CHARACTER_APART
            )
            found += [
                Danger(kind, other.id, other.name)
                for other in self._index.same(near)
                if other.id != vehicle.id and not _one_household(vehicle, other)
            ]
        return tuple(found)


def standing(
    vehicle: Vehicle, gate: str, moment: Moment, *, clock_in_doubt: bool = False
) -> Reason:
    """LISTED when this entry may pass this gate now, else why not."""
    if not vehicle.enabled:
        return Reason.VEHICLE_DISABLED
    if vehicle.gates and gate not in vehicle.gates:
        return Reason.WRONG_GATE
    if vehicle.uses_left == 0:
        return Reason.PASS_USED_UP
    return _standing_in_time(vehicle, moment, clock_in_doubt=clock_in_doubt)


def _standing_in_time(vehicle: Vehicle, moment: Moment, *, clock_in_doubt: bool) -> Reason:
    timed = vehicle.schedule or vehicle.valid_from or vehicle.valid_until
    if not timed:
        return Reason.LISTED
    if clock_in_doubt or moment.wall.utcoffset() is None:
        return Reason.CLOCK_IN_DOUBT
    if vehicle.valid_until is not None and moment.wall.timestamp() >= (
        earliest_instant(vehicle.valid_until).timestamp()
    ):
        return Reason.PASS_EXPIRED
    if vehicle.valid_from is not None and moment.wall.timestamp() < (
        latest_instant(vehicle.valid_from).timestamp()
    ):
        return Reason.OUTSIDE_SCHEDULE
    if vehicle.schedule is not None and not vehicle.schedule.allows(moment.wall):
        return Reason.OUTSIDE_SCHEDULE
    return Reason.LISTED


def _one_household(first: Vehicle, second: Vehicle) -> bool:
    return first.household is not None and first.household == second.household
