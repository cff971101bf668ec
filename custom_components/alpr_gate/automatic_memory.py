"""Remembers on disk which gates may open by themselves: a power cut must not turn one on.

Home Assistant's own memory of states is written every 15 minutes only, and is lost with a renamed
entity. Turning off is in force at once, before it is on disk; turning on only once it is on disk.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .sure_store import SureStore

if TYPE_CHECKING:
    from collections.abc import Collection

_LOGGER = logging.getLogger(__name__)

STORAGE_KEY: Final = f"{DOMAIN}.automatic"
STORAGE_VERSION: Final = 1


class AutomaticNotSaved(HomeAssistantError):  # noqa: N818 - says what happened
    """Whether a gate may open by itself could not be written."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="automatic_not_saved")


class AutomaticMemory:
    """Which gates may open by themselves, by the id of their subentry."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._file = SureStore(hass, STORAGE_VERSION, STORAGE_KEY)
        self._writing = asyncio.Lock()
        self._writable = True
        self._in_force: dict[str, bool] = {}
        self._wanted: dict[str, bool] = {}
        self._is_first = False
        """Nothing was ever written: what Home Assistant remembers counts."""
        self._is_damaged = False
        """Something was written that cannot be used: nobody knows what was off."""

    async def load(self) -> None:
        """Read what is remembered; where that cannot be used, every known gate is off."""
        existed = await self._hass.async_add_executor_job(Path(self._file.path).exists)
        try:
            saved = await self._file.async_load()
            if saved is None:
                self._is_first, self._is_damaged = not existed, existed
            else:
                self._in_force = _gates_from(saved)
        except HomeAssistantError:
            # Unreadable, or written by a newer version: it may be good, so it is left as it is.
            self._is_damaged, self._writable = True, False
        except KeyError, TypeError:
            self._is_damaged = True
        if self._is_damaged:
            _LOGGER.error("It cannot be read which gates may open by themselves: they are off")
        self._wanted = dict(self._in_force)

    def is_on(self, gate: str) -> bool:
        """Whether a gate may open by itself; a gate that was never recalled may not."""
        return self._in_force.get(gate, False)

    async def recall(self, gate: str, *, is_new: bool, restored: bool | None) -> bool:
        """Whether a gate that appears may open by itself; remembered from now on.

        ``is_new`` says that Home Assistant never knew it, and ``restored`` what Home Assistant
        remembers of it, if anything: that counts only where nothing was ever written here.
        """
        if gate in self._in_force:
            return self._in_force[gate]
        on = is_new and self._writable
        if self._is_first and restored is not None:
            on = restored
        self._in_force[gate] = self._wanted[gate] = on
        try:
            await self._save()
        except AutomaticNotSaved:
            _LOGGER.warning("It could not be written whether a gate may open by itself")
        return self._in_force[gate]

    async def turn_on(self, gate: str) -> None:
        """Let a gate open by itself; raises AutomaticNotSaved, and then it may not."""
        self._wanted[gate] = True
        try:
            written = await self._save()
        except AutomaticNotSaved:
            self._in_force[gate] = self._wanted[gate] = False
            raise
        # It may have been turned off while that was being written.
        self._in_force[gate] = written[gate] and self._wanted[gate]

    async def turn_off(self, gate: str) -> None:
        """Keep a gate from opening by itself, at once.

        Raises AutomaticNotSaved: it is off, but may be on again after a restart.
        """
        self._in_force[gate] = self._wanted[gate] = False
        await self._save()

    async def keep_only(self, gates: Collection[str]) -> None:
        """Forget gates that were deleted."""
        gone = self._wanted.keys() - set(gates)
        if not gone:
            return
        for gate in gone:
            del self._wanted[gate]
            self._in_force.pop(gate, None)
        try:
            await self._save()
        except AutomaticNotSaved:
            _LOGGER.debug("Gates that were deleted are forgotten at the next change")

    async def _save(self) -> dict[str, bool]:
        """Write what is wanted; what was written."""
        if not self._writable:
            raise AutomaticNotSaved
        async with self._writing:
            written = dict(self._wanted)
            if not await self._file.write({"gates": written}):
                raise AutomaticNotSaved
        return written


DATA_MEMORY: HassKey[AutomaticMemory] = HassKey(STORAGE_KEY)


async def automatic_memory(hass: HomeAssistant) -> AutomaticMemory:
    """The one memory; it outlives a reload, so that what could not be written still counts."""
    if DATA_MEMORY not in hass.data:
        memory = AutomaticMemory(hass)
        await memory.load()
        hass.data[DATA_MEMORY] = memory
    return hass.data[DATA_MEMORY]


def _gates_from(saved: dict[str, Any]) -> dict[str, bool]:
    """What was saved; raises KeyError or TypeError when it makes no sense."""
    gates = saved["gates"]
    if not isinstance(gates, dict) or not all(type(on) is bool for on in gates.values()):
        raise TypeError
    return dict(gates)
