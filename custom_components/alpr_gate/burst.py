"""A bounded burst of snapshots: how often the cameras of a gate are asked, and for how long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from .snapshot import Snapshot, SnapshotFailed, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from homeassistant.core import HomeAssistant

    from .camera_health import CameraHealth

LONGEST_BURST_SECONDS: Final = 60.0
"""However many triggers extend it: a sensor that chatters all night must not keep cameras busy."""

LONGEST_BURST_LENGTHS: Final = 3
"""A burst is extended to at most this many times its length."""


class Burst:
    """Asks each camera at a steady rate until its time is over; one burst at a time per gate.

    A slow camera is asked again when it has answered; a failing one is left alone for longer and
    longer (``CameraHealth``). Cameras do not wait for each other.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        cameras: Iterable[CameraHealth],
        *,
        rate: float,
        length: float,
        sequence: Iterator[int],
        arrived: Callable[[Snapshot], None],
        changed: Callable[[CameraHealth], None],
    ) -> None:
        """``rate`` is snapshots a second of each camera, ``length`` the seconds after a trigger."""
        self._hass = hass
        self._cameras = tuple(cameras)
        self._pause = 1 / rate
        self._length = length
        self._arrived = arrived
        self._changed = changed
        self._sequence = sequence
        self._over = asyncio.Event()
        self.started_at = hass.loop.time()
        self._longest_until = self.started_at + max(
            length, min(LONGEST_BURST_SECONDS, LONGEST_BURST_LENGTHS * length)
        )
        self.until = self.started_at + length

    def extend(self) -> None:
        """Another trigger: go on for one length from now, up to the longest a burst may last."""
        self.until = min(self._hass.loop.time() + self._length, self._longest_until)

    @property
    def is_over(self) -> bool:
        """Whether no camera is asked any more; the last answers may still be on their way."""
        return self._over.is_set() or self._hass.loop.time() >= self.until

    def end(self) -> None:
        """Ask no camera any more."""
        self._over.set()

    async def run(self) -> None:
        """Take snapshots until the burst is over; cancelling it ends it at once."""
        async with asyncio.TaskGroup() as cameras:
            for camera in self._cameras:
                cameras.create_task(self._ask_again_and_again(camera))

    async def _ask_again_and_again(self, camera: CameraHealth) -> None:
        due = self.started_at
        while await self._wait_until(max(due, camera.next_attempt_at)):
            due = self._hass.loop.time() + self._pause
            await self._ask_once(camera)

    async def _ask_once(self, camera: CameraHealth) -> None:
        try:
            snapshot = await take_snapshot(self._hass, camera.camera, sequence=next(self._sequence))
        except SnapshotFailed as err:
            camera.failed(err.problem, self._hass.loop.time())
            self._changed(camera)
        else:
            camera.succeeded(snapshot)
            self._changed(camera)
            if not self._over.is_set():
                self._arrived(snapshot)

    async def _wait_until(self, due: float) -> bool:
        """Sleep until ``due``; False when the burst is over before then."""
        while True:
            if self.is_over:
                return False
            if self._hass.loop.time() >= due:
                return True
            try:
                async with asyncio.timeout_at(min(due, self.until)):
                    await self._over.wait()
            except TimeoutError:
                continue
