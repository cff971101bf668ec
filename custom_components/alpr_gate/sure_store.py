"""A file of Home Assistant's store of which one knows whether it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

_KEPT_ASIDE: Final = ".corrupt."
"""Between the name of the file and the time in the name of one that made no sense; Home Assistant
names those so that are not even JSON."""


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

    async def keep_aside(self) -> Path:
        """Rename a file that made no sense, so that nothing is lost; where it lies now.

        Raises OSError.
        """
        path = Path(self.path)
        aside = path.with_name(f"{path.name}{_KEPT_ASIDE}{dt_util.utcnow().isoformat()}")
        await self.hass.async_add_executor_job(path.rename, aside)
        return aside

    async def erase(self) -> None:
        """Delete the file, and every one that was kept aside.

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
    for aside in path.parent.glob(f"{path.name}{_KEPT_ASIDE}*"):
        aside.unlink(missing_ok=True)
