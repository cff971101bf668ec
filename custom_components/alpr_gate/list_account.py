"""Changes of the owner's list that are accounted for, each with who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .audit import AuditAction
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

    async def add(self, vehicle: Vehicle) -> None:
        """List a vehicle; raises NotAccountedError or RegisterNotSaved."""
        await self._desk.account(AuditAction.VEHICLE_ADDED, user=self._user, vehicle=vehicle.id)
        try:
            await self._store.add(vehicle)
        except RegisterNotSaved:
            await self._came_to_nothing(vehicle.id)
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

    async def remove(self, vehicle_id: str) -> None:
        """Take a vehicle off the list; raises VehicleNotListed or RegisterNotSaved."""
        if self._store.held(vehicle_id) is None:
            raise VehicleNotListed
        try:
            await self._store.remove(vehicle_id)
        finally:
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
