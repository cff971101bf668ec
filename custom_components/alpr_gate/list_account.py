"""Changes of the owner's list that are accounted for, each with who made it.

What is entered was checked against the list some time ago: while a form was open, somebody else may
have changed the list. So it is held against the list as it is once more, just before it is saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from homeassistant.exceptions import HomeAssistantError

from .audit import AuditAction
from .const import DOMAIN
from .privacy_desk import NotAccountedError
from .register_store import RegisterNotSaved, VehicleNotListed
from .vehicle_fields import VehicleRefused, keep_plates_out_of_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .alpr.gate.register import Register
    from .alpr.gate.vehicle import Vehicle
    from .runtime import AlprGateData


class VehicleChanged(HomeAssistantError):  # noqa: N818 - says what happened
    """Somebody else changed the entry meanwhile."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="vehicle_changed_meanwhile")


class ListAccount:
    """The owner's list in the hands of one person.

    What gives a permission is written down first, and not done when that fails. What takes one away
    is done in any case.
    """

    def __init__(self, data: AlprGateData, user: str | None) -> None:
        """``user`` is the id of who does it; None for Home Assistant itself."""
        self._store = data.register_store
        self._desk = data.privacy
        self._user = user

    async def add(self, *vehicles: Vehicle, beside: Register) -> None:
        """List one vehicle or many, all or none; ``beside`` is the list they were checked against.

        Raises NotAccountedError, RegisterNotSaved, or VehicleRefused where the list does not take
        one any more.
        """
        accounted: list[str] = []
        try:
            for vehicle in vehicles:
                await self._desk.account(
                    AuditAction.VEHICLE_ADDED, user=self._user, vehicle=vehicle.id
                )
                accounted.append(vehicle.id)
            self._check_names(vehicles, beside)
            await self._store.add(*vehicles)
        except NotAccountedError, RegisterNotSaved, VehicleRefused:
            for vehicle_id in accounted:
                await self._came_to_nothing(vehicle_id)
            raise

    async def update(
        self, vehicle: Vehicle, *, seen: Vehicle, beside: Register, counts_anew: bool = False
    ) -> Vehicle:
        """Change a vehicle from what was ``seen`` of it, and return it as it is listed.

        ``beside`` is as in ``add``. Openings that were used meanwhile stay used where the change
        leaves them as they were seen, unless it ``counts_anew``.

        Raises NotAccountedError, VehicleNotListed, RegisterNotSaved, VehicleRefused, or
        VehicleChanged where it is not any more what was seen.
        """
        await self._desk.account(AuditAction.VEHICLE_CHANGED, user=self._user, vehicle=vehicle.id)
        try:
            self._check_unchanged(vehicle, seen)
            self._check_names((vehicle,), beside)
            return await self._store.update(vehicle, seen=None if counts_anew else seen)
        except RegisterNotSaved, VehicleChanged, VehicleNotListed, VehicleRefused:
            await self._came_to_nothing(vehicle.id)
            raise

    async def remove(self, *vehicle_ids: str) -> None:
        """Take those off the list that are on it.

        Raises VehicleNotListed, where none of them is, or RegisterNotSaved.
        """
        held = [each for each in vehicle_ids if self._store.held(each) is not None]
        if not held:
            raise VehicleNotListed
        try:
            await self._store.remove(*held)
        finally:
            for vehicle_id in held:
                await self._desk.account_anyway(
                    AuditAction.VEHICLE_REMOVED, user=self._user, vehicle=vehicle_id
                )

    async def read(self, vehicle_id: str | None = None) -> None:
        """Somebody is about to see the whole list, or one entry; raises NotAccountedError."""
        named = {} if vehicle_id is None else {"vehicle": vehicle_id}
        await self._desk.account(AuditAction.LIST_READ, user=self._user, **named)

    async def _came_to_nothing(self, vehicle_id: str) -> None:
        await self._desk.account_anyway(
            AuditAction.CAME_TO_NOTHING, user=self._user, vehicle=vehicle_id
        )

    def _check_unchanged(self, vehicle: Vehicle, seen: Vehicle) -> None:
        """Raise VehicleChanged where saving would undo what somebody else has said meanwhile.

        What could not be written yet is no hindrance: it is out of force, and may be asked for
        again or be seen so.
        """
        present = self._store.wanted.get(vehicle.id)
        if present is None:
            return
        in_force = self._store.register.get(vehicle.id) or present
        if not (_is_same(seen, present) or _is_same(seen, in_force) or _is_same(vehicle, present)):
            raise VehicleChanged

    def _check_names(self, vehicles: Iterable[Vehicle], beside: Register) -> None:
        """Raise VehicleRefused where a name and a plate that came meanwhile tell of each other."""
        new = [each for each in self._store.wanted.vehicles if beside.get(each.id) is not each]
        for vehicle in vehicles if new else ():
            before = beside.get(vehicle.id)
            listed = (*new, before) if before else tuple(new)
            keep_plates_out_of_names(
                vehicle.name, vehicle.household or "", vehicle.plate, vehicle.id, listed
            )


def _is_same(one: Vehicle, other: Vehicle) -> bool:
    """Whether two entries say the same, but for the openings that are left."""
    return replace(one, uses_left=other.uses_left) == other
