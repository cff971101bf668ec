"""The owner's list on disk: the only file that plates are ever written to, and its only writer.

A change that takes a permission away is in force at once, before it is on disk. One that gives a
permission is in force only when it is on disk: what a restart would forget must not open a gate.
What could not be written is tried again until it is.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from .alpr.gate.register import Register
from .alpr.gate.vehicle import vehicle_from_json, vehicle_to_json
from .const import (
    DOMAIN,
    ISSUE_REGISTER_CORRUPT,
    ISSUE_REGISTER_NOT_SAVED,
    ISSUE_REGISTER_UNREADABLE,
)
from .sure_store import SureStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from homeassistant.core import CALLBACK_TYPE

    from .alpr.gate.vehicle import Vehicle

_LOGGER = logging.getLogger(__name__)

STORAGE_KEY: Final = f"{DOMAIN}.register"
STORAGE_VERSION: Final = 1
TRY_AGAIN_SECONDS: Final = 60.0


class RegisterNotSaved(HomeAssistantError):  # noqa: N818 - says what happened
    """The list could not be written."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="register_not_saved")


class VehicleNotListed(HomeAssistantError):  # noqa: N818 - says what happened
    """The entry to be changed is gone."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="vehicle_not_listed")


class RegisterStore:
    """Holds the list in force and keeps the file equal to it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._file = _list_file(hass)
        self._writing = asyncio.Lock()
        self._writable = True
        self._in_force = Register.of()
        self._wanted = self._in_force
        """The list with every change that was asked for."""
        self._not_granted: dict[str, Vehicle] = {}
        """Vehicles as they are wanted, by id, that are not in force until they are written."""
        self._not_erased: dict[str, Vehicle] = {}
        """Vehicles that were removed but may still be in the file, by id."""
        self._is_behind = False
        """The file is not known to hold what is wanted."""
        self._stop_trying: list[CALLBACK_TYPE] = []
        self._listeners: list[Callable[[], None]] = []

    @property
    def register(self) -> Register:
        """The list in force; never changes, a new one takes its place."""
        return self._in_force

    @property
    def wanted(self) -> Register:
        """The list with every change that was asked for, also while it is being written."""
        return self._wanted

    async def load(self) -> None:
        """Read the list; one that cannot be used is kept aside and the list is empty.

        Text that is no JSON at all is kept aside by Home Assistant, which also raises the repair.
        What could not be written before `close` counts more than the file.
        """
        if self._is_behind:
            self._try_again_later()
            return
        try:
            saved = await self._file.async_load()
            if saved is not None:
                self._in_force = await self._hass.async_add_executor_job(_register_from, saved)
        except HomeAssistantError as error:
            # Unreadable, or written by a newer version: it may be good, so it is left as it is.
            self._refuse_changes(newer=isinstance(error, UnsupportedStorageVersionError))
        except AttributeError, KeyError, TypeError, ValueError:
            await self._keep_aside()
        self._wanted = self._in_force

    async def close(self) -> bool:
        """Try a last time to write what is not written; False when it is only in memory."""
        if self._is_behind:
            await self._try_again()
        self._try_no_more()
        return not self._is_behind

    def held(self, vehicle_id: str) -> Vehicle | None:
        """A vehicle that is on the list, or was removed but may still be in the file."""
        return self._in_force.get(vehicle_id) or self._not_erased.get(vehicle_id)

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` after every change of the list in force; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def add(self, *vehicles: Vehicle) -> None:
        """List one vehicle or many, with one writing; they are in force when this returns.

        Raises:
            RegisterNotSaved: they could not be written, and none of them is listed.
        """
        self._want(*vehicles)
        try:
            await self._save()
        except RegisterNotSaved:
            for vehicle in vehicles:
                if self._not_granted.pop(vehicle.id, None) is not None:
                    self._wanted = self._wanted.without_vehicle(vehicle.id)
            raise

    async def update(self, vehicle: Vehicle, *, seen: Vehicle | None = None) -> Vehicle:
        """Put a vehicle in the place of the one with its id; it is in force when this returns.

        Until it is written neither the old nor the new one may pass. ``seen`` is the entry as it
        was when the change was begun: where the change leaves its openings as they were then, those
        that were used since stay used. Returns the vehicle as it is listed.

        Raises:
            VehicleNotListed: there is no vehicle with this id.
            RegisterNotSaved: it could not be written. It stays switched off until the list is
                written the next time.
        """
        present = self._wanted.get(vehicle.id)
        if present is None:
            raise VehicleNotListed
        if seen is not None and vehicle.uses_left == seen.uses_left:
            vehicle = replace(vehicle, uses_left=present.uses_left)
        self._want(vehicle)
        if self._in_force.get(vehicle.id) is not None:
            self._put_in_force(self._in_force.with_vehicle(replace(vehicle, enabled=False)))
        await self._save()
        return vehicle

    async def remove(self, *vehicle_ids: str) -> None:
        """Take one vehicle or many off the list, at once; those still in the file are erased there.

        Those of them that are not listed are passed over.

        Raises:
            VehicleNotListed: there is no vehicle with any of these ids.
            RegisterNotSaved: they are off the list, but would be back after a restart.
        """
        removed = {
            vehicle_id: vehicle
            for vehicle_id in vehicle_ids
            if (vehicle := self._wanted.get(vehicle_id) or self._not_erased.get(vehicle_id))
        }
        if not removed:
            raise VehicleNotListed
        self._not_erased |= removed
        in_force = self._in_force
        for vehicle_id in removed:
            self._wanted = self._wanted.without_vehicle(vehicle_id)
            self._not_granted.pop(vehicle_id, None)
            in_force = in_force.without_vehicle(vehicle_id)
        self._put_in_force(in_force)
        await self._save()

    async def use(self, vehicle_id: str) -> None:
        """Count one opening of a guest pass, at once; does nothing where openings are not counted.

        Raises:
            RegisterNotSaved: it is counted, but would be forgotten after a restart.
        """
        used = self._in_force.used(vehicle_id)
        if used is self._in_force or vehicle_id in self._not_granted:
            return
        self._wanted = self._wanted.used(vehicle_id)
        self._put_in_force(used)
        await self._save()

    def _want(self, *vehicles: Vehicle) -> None:
        self._wanted = self._wanted.with_vehicles(vehicles)
        self._not_granted |= {vehicle.id: vehicle for vehicle in vehicles}

    def _grant_written(self, written: Register) -> None:
        """Put in force what is on disk and still wanted just so."""
        granted = [
            vehicle for vehicle in self._not_granted.values() if written.get(vehicle.id) is vehicle
        ]
        for vehicle in granted:
            del self._not_granted[vehicle.id]
        if granted:
            self._put_in_force(self._in_force.with_vehicles(granted))

    def _put_in_force(self, register: Register) -> None:
        self._in_force = register
        for listener in tuple(self._listeners):
            listener()

    async def _save(self) -> None:
        if not self._writable:
            raise RegisterNotSaved
        self._is_behind = True
        try:
            async with self._writing:
                await self._write()
        finally:
            if self._is_behind:
                self._try_again_later()
            else:
                self._try_no_more()

    async def _write(self) -> None:
        wanted = self._wanted
        is_written = await self._file.write(
            {
                "revision": max(wanted.revision, self._in_force.revision),
                "vehicles": [vehicle_to_json(vehicle) for vehicle in wanted.vehicles],
            }
        )
        if not is_written:
            self._raise_issue(ISSUE_REGISTER_NOT_SAVED)
            raise RegisterNotSaved
        self._is_behind = wanted is not self._wanted
        self._not_erased = {
            vehicle_id: vehicle
            for vehicle_id, vehicle in self._not_erased.items()
            if wanted.get(vehicle_id) is not None
        }
        self._grant_written(wanted)
        for issue in (ISSUE_REGISTER_NOT_SAVED, ISSUE_REGISTER_CORRUPT):
            ir.async_delete_issue(self._hass, DOMAIN, issue)

    async def _try_again(self, _: datetime | Event | None = None) -> None:
        with contextlib.suppress(RegisterNotSaved):
            await self._save()

    @callback
    def _try_again_later(self) -> None:
        self._try_no_more()
        self._stop_trying = [
            async_call_later(self._hass, TRY_AGAIN_SECONDS, self._try_again),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._try_again),
        ]

    @callback
    def _try_no_more(self) -> None:
        while self._stop_trying:
            self._stop_trying.pop()()

    async def _keep_aside(self) -> None:
        try:
            aside = await self._file.keep_aside()
        except OSError:
            self._refuse_changes(newer=False)
            return
        _LOGGER.error("The owner's list made no sense and was kept as %s; the list is empty", aside)
        self._raise_issue(ISSUE_REGISTER_CORRUPT, path=str(aside))

    def _refuse_changes(self, *, newer: bool) -> None:
        """Leave the file alone: writing the empty list over it would lose the owner's."""
        self._writable = False
        _LOGGER.error(
            "The owner's list %s; the list is empty and cannot be changed",
            "was written by a newer version" if newer else "cannot be read",
        )
        self._raise_issue(ISSUE_REGISTER_UNREADABLE, path=self._file.path)

    def _raise_issue(self, issue: str, **placeholders: str) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            is_fixable=False,
            # The file is gone from its place by the next start: only the issue still tells of it.
            is_persistent=issue == ISSUE_REGISTER_CORRUPT,
            severity=ir.IssueSeverity.ERROR,
            translation_key=issue,
            translation_placeholders=placeholders or None,
        )


async def erase_list(hass: HomeAssistant) -> Path | None:
    """Delete the list of an entry that was deleted, and what was kept aside of it.

    Returns where it still lies when it could not be deleted.
    """
    file = _list_file(hass)
    try:
        await file.erase()
    except OSError:
        return Path(file.path)
    return None


def _list_file(hass: HomeAssistant) -> SureStore:
    return SureStore(hass, STORAGE_VERSION, STORAGE_KEY)


def _register_from(saved: dict[str, Any]) -> Register:
    """The list as it was saved; raises KeyError, TypeError or ValueError when it is none."""
    vehicles, revision = saved["vehicles"], saved["revision"]
    if not isinstance(vehicles, list) or type(revision) is not int:
        raise TypeError
    return Register.of([vehicle_from_json(item) for item in vehicles], revision=revision)
