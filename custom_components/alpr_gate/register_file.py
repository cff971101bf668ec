"""The file of the owner's list, and whether it could be written; for `register_store.py` alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from .const import DOMAIN

STORAGE_KEY: Final = f"{DOMAIN}.register"
STORAGE_VERSION: Final = 1


KEPT_ASIDE: Final = ".corrupt."
"""Between the name of the file and the time in the name of one that made no sense; Home Assistant
names those so that are not even JSON."""


class RegisterFile(Store[dict[str, Any]]):
    """A store that says whether it could write; Home Assistant's own only logs it."""

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            private=True,
            atomic_writes=True,
            # What is written is made for it and changed by nobody: a thread may turn it into text.
            serialize_in_event_loop=False,
        )
        self._failed = False

    async def write(self, data: dict[str, Any]) -> bool:
        """Write the file; whether that went well.

        While Home Assistant stops it writes once more at the very end, after this has returned.
        """
        self._failed = False
        try:
            await self.async_save(data)
        except OSError:
            return False
        return not self._failed

    async def erase(self) -> None:
        """Delete the file, and every one that was kept aside because it made no sense.

        Raises OSError.
        """
        await self.async_remove()
        await self.hass.async_add_executor_job(_unlink_kept_aside, Path(self.path))

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        try:
            await super()._async_write_data(data)
        except SerializationError, WriteError:
            self._failed = True
            raise


def _unlink_kept_aside(path: Path) -> None:
    for aside in path.parent.glob(f"{path.name}{KEPT_ASIDE}*"):
        aside.unlink(missing_ok=True)
