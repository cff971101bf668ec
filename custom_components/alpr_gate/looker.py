"""Looks at one gate: decides when its cameras are asked, and has the pictures read.

Three things make it look: a trigger (or the button) starts a burst; a car that is believed in view
is looked at now and then until it has left; continuous watching looks at a steady interval.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from homeassistant.core import HomeAssistant, callback

from .burst import Burst
from .camera_health import CameraHealth
from .frame_reader import FrameReader
from .snapshot import Snapshot, SnapshotFailed, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .alpr.engine.errors import EngineProblem
    from .alpr.types import Frame, FrameReads, ImageProblem
    from .engine_process import Engine
    from .gate_config import GateConfig

FIRST_PRESENCE_PAUSE_SECONDS: Final = 1.0
LONGEST_PRESENCE_PAUSE_SECONDS: Final = 20.0
PRESENCE_PAUSE_GROWTH: Final = 1.25
"""A car that stays is looked at less and less often: it only has to be seen leaving."""


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
        self._woken = asyncio.Event()
        self._presence_pause = FIRST_PRESENCE_PAUSE_SECONDS
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_wanted_again = False
        """A trigger came while the last answers of a burst were still on their way."""
        self._has_seen = False
        self._stopped = False

    @property
    def looking(self) -> bool:
        """Whether a burst is under way."""
        return self._burst is not None

    @property
    def has_seen(self) -> bool:
        """Whether a picture was read since pictures can be read."""
        return self._has_seen

    @property
    def dropped(self) -> int:
        """Pictures that were never read because newer ones had come."""
        return self._reader.dropped

    @callback
    def start(self) -> None:
        """Begin: one look at what stands in view already, then whenever there is a reason to."""
        self._run(self._reader.run(), "reader")
        self._run(self._watch(), "watch")

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
    def look_anew(self) -> None:
        """Pictures can be read again: see what stands in view already, as at the start."""
        self._has_seen = False
        self.look_again()

    @callback
    def look_again(self) -> None:
        """A car came or left: begin anew with when to look next."""
        self._presence_pause = FIRST_PRESENCE_PAUSE_SECONDS
        self._woken.set()

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

    async def _watch(self) -> None:
        """Look at what stands in view at the start, then whenever ``_pause`` has a reason."""
        is_watching = False
        await self._look_once()
        while True:
            if self._config.interval is not None and self._has_seen and not is_watching:
                is_watching = True
                self._observer.burst_began()
            pause = self._pause()
            self._woken.clear()
            is_due = False
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                is_due = True
            if (is_due or not self._has_seen) and self._burst is None:
                await self._look_once()

    def _pause(self) -> float | None:
        """Seconds until the next look outside a burst; None when there is no reason for one.

        Failing cameras are tried again, so that it is known when they work; a burst does so itself.
        """
        pauses = [self._config.interval] if self._config.interval is not None else []
        if self._observer.present:
            pauses.append(self._presence_pause)
            self._presence_pause = min(
                LONGEST_PRESENCE_PAUSE_SECONDS, self._presence_pause * PRESENCE_PAUSE_GROWTH
            )
        if self._burst is None:
            now = self._hass.loop.time()
            due = (camera.tried_again_at for camera in self.cameras.values())
            pauses += [max(0.0, at - now) for at in due if at is not None]
        return min(pauses, default=None)

    async def _look_once(self) -> None:
        now = self._hass.loop.time()
        due = [camera for camera in self.cameras.values() if camera.next_attempt_at <= now]
        await asyncio.gather(*(self._ask(camera) for camera in due))
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
        self._has_seen = True
        if self._burst is not None and frame.asked_at >= self._burst.started_at:
            self._tally.read += 1
        self._observer.frame_read(frame)

    @callback
    def _picture_refused(self, snapshot: Snapshot, problem: ImageProblem) -> None:
        camera = self.cameras[snapshot.camera]
        camera.picture_refused(problem, self._hass.loop.time())
        self._observer.camera_changed(camera)

    @callback
    def _engine_failed(self, problem: EngineProblem) -> None:
        self._tally.engine_problem = problem
