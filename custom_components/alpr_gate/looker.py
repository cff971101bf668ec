"""Looks at one gate: decides when its cameras are asked, and has the pictures read.

Three things make it look: a trigger (or the button) starts a burst; a car that is believed in view
is looked at now and then until it has left; continuous watching looks at a steady interval.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Protocol

from homeassistant.core import HomeAssistant, callback

from .burst import Burst
from .camera_health import CameraHealth
from .camera_watch import CameraWatch
from .engine_process import EngineState
from .frame_reader import FrameReader
from .snapshot import Snapshot, SnapshotFailed, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .alpr.engine.errors import EngineProblem
    from .alpr.types import Frame, FrameReads, ImageProblem
    from .engine_process import Engine
    from .gate_config import GateConfig


@dataclass(slots=True)
class BurstTally:
    """What came of one burst."""

    read: int = 0
    """Pictures that were read, with or without a plate."""
    engine_problem: EngineProblem | None = None
    """What the engine last failed with."""


class Observer(Protocol):
    """Who is told what the looker finds; everything is called in the event loop."""

    @property
    def present(self) -> bool:
        """Whether a car is believed in view."""

    def frame_read(self, frame: Frame) -> None:
        """A picture was read."""

    def camera_changed(self, camera: CameraHealth) -> None:
        """A camera failed or gave a picture again, or its pictures cannot be read or can again."""

    def burst_began(self) -> None:
        """Something happened, and cameras are about to be asked; also when watching begins."""

    def burst_ended(self, tally: BurstTally) -> None:
        """Everything the burst brought has been read."""


class Looker:
    """Asks one gate's cameras and hands what was read to an observer."""

    def __init__(
        self, hass: HomeAssistant, config: GateConfig, engine: Engine, observer: Observer
    ) -> None:
        self._hass = hass
        self._config = config
        self._engine = engine
        self._observer = observer
        self.cameras = {camera: CameraHealth(camera) for camera in config.cameras}
        self._watches = {
            camera: CameraWatch(hass, health, self, interval=config.interval)
            for camera, health in self.cameras.items()
        }
        self._reader = FrameReader(
            engine,
            zone=config.zone,
            read=self._frame_read,
            refused=self._picture_refused,
            failed=self._engine_failed,
        )
        self._burst: Burst | None = None
        self._tally = BurstTally()
        self._sequence = count()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_wanted_again = False
        """A trigger came while the last answers of a burst were still on their way."""
        self._is_watching = False
        """Continuous watching has begun: what stood there before was seen."""
        self._stopped = False

    @property
    def looking(self) -> bool:
        """Whether a burst is under way."""
        return self._burst is not None

    @property
    def present(self) -> bool:
        """Whether a car is believed in view."""
        return self._observer.present

    @property
    def can_read(self) -> bool:
        """Whether the engine reads at the moment."""
        return self._engine.state is EngineState.READY

    def has_seen(self, camera: str) -> bool:
        """Whether what stands before one camera was seen since it gives pictures that are read."""
        return self._watches[camera].has_seen

    @property
    def dropped(self) -> int:
        """Pictures that were never read because newer ones had come."""
        return self._reader.dropped

    @callback
    def start(self) -> None:
        """Begin: look at what stands in view already, then whenever there is a reason to."""
        self._run(self._reader.run(), "reader")
        for watch in self._watches.values():
            self._run(watch.run(), "watch")

    async def stop(self) -> None:
        """End everything under way; what was being read is thrown away."""
        self._stopped = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    @callback
    def look(self) -> None:
        """Something happened at the gate: start a burst, or go on with the one under way."""
        if self._stopped:
            return
        for camera in self.cameras.values():
            camera.triggered()
        if self._burst is None:
            self._observer.burst_began()
            self._start_burst()
        elif self._burst.is_over:
            self._is_wanted_again = True
        else:
            self._burst.extend()

    @callback
    def look_closer(self) -> None:
        """There is a car in view that matters now: look at it as often as in a burst."""
        if self._burst is None and not self._stopped:
            self._start_burst()

    def _start_burst(self) -> None:
        self._burst = Burst(
            self._hass,
            self.cameras.values(),
            rate=self._config.burst_rate,
            length=self._config.burst_length,
            sequence=self._sequence,
            arrived=self._reader.offer,
            changed=self._observer.camera_changed,
        )
        self._tally = BurstTally()
        self._run(self._run_burst(self._burst), "burst")

    @callback
    def end_burst(self) -> None:
        """Enough was seen."""
        if self._burst is not None:
            self._burst.end()

    @callback
    def see_anew(self, camera: str) -> None:
        """What stands before one camera is not known any more: look at it several times."""
        self._watches[camera].see_anew()

    @callback
    def look_now(self) -> None:
        """Pictures can be read again: look through every camera."""
        for watch in self._watches.values():
            watch.look_now()

    @callback
    def look_again(self) -> None:
        """A car came or left: begin anew with when to look next."""
        for watch in self._watches.values():
            watch.look_again()

    async def scan(self) -> dict[str, FrameReads]:
        """Read one picture of each camera for a person who asks; nothing is decided by it.

        Raises SnapshotFailed, ImageRefused or EngineError for the first camera that has none.
        """
        reads: dict[str, FrameReads] = {}
        for camera in self._config.cameras:
            snapshot = await take_snapshot(self._hass, camera, sequence=next(self._sequence))
            reads[camera] = await self._engine.read(
                snapshot.body, sequence=snapshot.sequence, zone=self._config.zone
            )
        return reads

    def _run(self, work: Coroutine[None, None, None], name: str) -> None:
        task = self._hass.async_create_background_task(work, f"alpr_gate {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_burst(self, burst: Burst) -> None:
        try:
            await burst.run()
            await self._reader.until_idle()
        finally:
            self._burst = None
        if self._stopped:
            return
        self.look_again()
        self._observer.burst_ended(self._tally)
        if self._is_wanted_again:
            self._is_wanted_again = False
            self.look()

    async def look_through(self, camera: CameraHealth) -> None:
        """Ask a camera once, and wait until its picture was read."""
        await self._ask(camera)
        await self._reader.until_idle()

    async def _ask(self, camera: CameraHealth) -> None:
        try:
            snapshot = await take_snapshot(self._hass, camera.camera, sequence=next(self._sequence))
        except SnapshotFailed as err:
            camera.failed(err.problem, self._hass.loop.time())
            self._observer.camera_changed(camera)
        else:
            camera.succeeded(snapshot)
            self._observer.camera_changed(camera)
            self._reader.offer(snapshot)

    @callback
    def _frame_read(self, frame: Frame) -> None:
        camera = self.cameras[frame.camera]
        if camera.picture_problem is not None:
            camera.picture_read()
            self._observer.camera_changed(camera)
        if self._burst is not None and frame.asked_at >= self._burst.started_at:
            self._tally.read += 1
        self._observer.frame_read(frame)
        self._watches[frame.camera].frame_read(frame)
        if self._config.interval is not None and not self._is_watching:
            self._begin_watching(frame.camera)

    def _begin_watching(self, camera: str) -> None:
        """From when one camera has shown what stands there, cars that it shows have come."""
        if self.has_seen(camera):
            self._is_watching = True
            self._observer.burst_began()

    @callback
    def _picture_refused(self, snapshot: Snapshot, problem: ImageProblem) -> None:
        camera = self.cameras[snapshot.camera]
        camera.picture_refused(problem, self._hass.loop.time())
        self._observer.camera_changed(camera)

    @callback
    def _engine_failed(self, problem: EngineProblem) -> None:
        self._tally.engine_problem = problem
