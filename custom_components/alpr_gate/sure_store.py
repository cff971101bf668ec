"""A file of Home Assistant's store of which one knows whether it was written."""

from __future__ import annotations

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError


class SureStore(Store[dict[str, Any]]):
    """A store that says whether it could write; Home Assistant's own only logs it."""

    def __init__(self, hass: HomeAssistant, version: int, key: str) -> None:
        """Keep ``key`` where only Home Assistant's user may read it."""
        super().__init__(
            hass,
            version,
            key,
            private=True,
            atomic_writes=True,
            # What is written is made for it and changed by nobody: a thread may turn it into text.
            serialize_in_event_loop=False,
        )
        self._failed = False

    async def write(self, data: dict[str, Any]) -> bool:
        """Write the file; whether that went well. ``data`` must not be changed afterwards.

        While Home Assistant stops it writes once more at the very end, after this has returned.
        """
        self._failed = False
        try:
            await self.async_save(data)
        except OSError:
            return False
        return not self._failed

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        try:
            await super()._async_write_data(data)
        except SerializationError, WriteError:
            self._failed = True
            raise
