"""Hands snapshots to the engine, one at a time, the newest of each camera: old ones are dropped.

A frame that waited too long would only lead to a late opening, so nothing queues up: while one
snapshot is being read, each camera keeps its newest one waiting and loses the one before.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from .alpr.engine.errors import EngineError, EngineProblem
from .alpr.types import Frame
from .alpr.vision.errors import ImageRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from .alpr.types import ImageProblem, Zone
    from .engine_process import Engine
    from .snapshot import Snapshot

_LOGGER = logging.getLogger(__name__)


class FrameReader:
    """Reads one gate's snapshots through the engine, newest first come, oldest dropped."""

    def __init__(
        self,
        engine: Engine,
        *,
        zone: Zone,
        read: Callable[[Frame], None],
        refused: Callable[[Snapshot, ImageProblem], None],
        failed: Callable[[EngineProblem], None],
    ) -> None:
        """Results are handed to the callbacks, in the event loop."""
        self._engine = engine
        self._zone = zone
        self._read = read
        self._refused = refused
        self._failed = failed
        self._waiting: dict[str, Snapshot] = {}
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.dropped = 0
        """Snapshots that were never read because a newer one had come."""

    def offer(self, snapshot: Snapshot) -> None:
        """Put a snapshot where it is read next, in the place of an older one of its camera.

        In that one's turn too: a camera that is quicker than the engine starves no other.
        """
        if snapshot.camera in self._waiting:
            self.dropped += 1
        self._waiting[snapshot.camera] = snapshot
        self._idle.clear()
        self._arrived.set()

    async def until_idle(self) -> None:
        """Wait until everything offered so far has been read or dropped."""
        await self._idle.wait()

    async def run(self) -> None:
        """Read what is offered until cancelled; what is being read then is thrown away."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                await self._read_whatever_happens(self._waiting.pop(next(iter(self._waiting))))
            self._arrived.clear()
            self._idle.set()

    async def _read_whatever_happens(self, snapshot: Snapshot) -> None:
        """One picture that brings out a mistake of ours must not be the last that is read."""
        try:
            await self._read_one(snapshot)
        except Exception as err:  # noqa: BLE001 - and its message might hold what was read
            _LOGGER.error("A picture could not be handled: %s", type(err).__name__)

    async def _read_one(self, snapshot: Snapshot) -> None:
        try:
            reads = await self._engine.read(
                snapshot.body, sequence=snapshot.sequence, zone=self._zone, crop=True
            )
        except ImageRefused as err:
            self._refused(snapshot, err.problem)
        except EngineError as err:
            if err.problem is EngineProblem.BUSY:
                self.dropped += 1
            self._failed(err.problem)
        else:
            self._read(
                Frame(
                    camera=snapshot.camera,
                    digest=snapshot.digest,
                    asked_at=snapshot.asked_at,
                    arrived_at=snapshot.arrived_at,
                    reads=reads,
                )
            )
