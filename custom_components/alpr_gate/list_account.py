"""Changes of the owner's list that are accounted for, each with who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .audit import AuditAction
from .privacy_desk import NotAccountedError
from .register_store import RegisterNotSaved, VehicleNotListed

if TYPE_CHECKING:
    from .alpr.gate.vehicle import Vehicle
    from .runtime import AlprGateData


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

    async def add(self, *vehicles: Vehicle) -> None:
        """List one vehicle or many, all or none; raises NotAccountedError or RegisterNotSaved."""
        accounted: list[str] = []
        try:
            for vehicle in vehicles:
                await self._desk.account(
                    AuditAction.VEHICLE_ADDED, user=self._user, vehicle=vehicle.id
                )
                accounted.append(vehicle.id)
            await self._store.add(*vehicles)
        except NotAccountedError, RegisterNotSaved:
            for vehicle_id in accounted:
                await self._came_to_nothing(vehicle_id)
            raise

    async def update(self, vehicle: Vehicle, *, seen: Vehicle | None) -> Vehicle:
        """Change a vehicle from what was ``seen`` of it, and return it as it is listed.

        Raises NotAccountedError, VehicleNotListed or RegisterNotSaved.
        """
        await self._desk.account(AuditAction.VEHICLE_CHANGED, user=self._user, vehicle=vehicle.id)
        try:
            return await self._store.update(vehicle, seen=seen)
        except RegisterNotSaved, VehicleNotListed:
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
