"""Keeps the engine running as a child process on a Unix socket; opens whichever the owner chose.

Whatever the child does - crash, hang, eat memory, refuse its models - costs reads, never Home
Assistant: it is ended and started again, after a pause that doubles each time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
import sys
import time
from typing import TYPE_CHECKING

from homeassistant.const import EVENT_HOMEASSISTANT_STOP

from .alpr.engine.client import EngineClient, unix_session
from .alpr.engine.errors import EngineError, EngineProblem
from .alpr.engine.protocol import EngineStatus
from .engine_child import EngineChild
from .engine_remote import RemoteEngine
from .engine_state import (
    Engine,
    EngineKind,
    EngineOptions,
    EngineState,
    EngineTimings,
    load_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.core import Event, HomeAssistant

    from .alpr.engine.protocol import Health
    from .alpr.vision.errors import ImageRefused
    from .engine_child import Command

__all__ = [
    "Engine",
    "EngineKind",
    "EngineOptions",
    "EngineProcess",
    "EngineState",
    "EngineTimings",
    "Patience",
    "RemoteEngine",
    "open_engine",
    "probe",
]

_BACKENDS = {EngineKind.BUILT_IN: "ncnn", EngineKind.FAST_PLATE_OCR: "fast_plate_ocr"}
_BASE_URL = "http://engine"
"""The host's name is not looked up: every request of the session goes to the socket."""
_WRONG_AT_AN_ADDRESS = frozenset(
    {
        EngineProblem.NONSENSE,
        EngineProblem.REDIRECTED,
        EngineProblem.UNAUTHORISED,
        EngineProblem.WRONG_VERSION,
    }
)
"""What the owner mends with another address, token or engine; a child has none of them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    start: float = 90.0
    """From the start to loaded models; a Raspberry Pi with a slow card takes its time."""
    start_poll: float = 0.1
    health: float = 5.0
    """For one answer about its health."""
    health_poll: float = 15.0
    missed_health: int = 2
    """Answers about its health missed in a row before the engine is taken for hung."""
    missed_reads: int = 2
    """Reads over their deadline in a row before the engine is taken for hung."""
    first_pause: float = 1.0
    longest_pause: float = 300.0
    settled: float = 120.0
    """Time without a failure after which the earlier ones are forgotten."""

    def pause(self, failures: int) -> float:
        """How long to leave it alone after so many failures: doubles up to the longest."""
        return min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 30))


class EngineProcess(Engine):
    """The engine in a child process of its own."""

    def __init__(
        self, hass: HomeAssistant, command: Command, patience: Patience | None = None
    ) -> None:
        """``command`` makes the command line to run from the socket's path."""
        super().__init__()
        self._hass = hass
        self._command = command
        self._patience = patience or Patience()
        self._keeping: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._child: EngineChild | None = None
        self._missed_reads = 0
        self._hung = asyncio.Event()
        self.restarts = 0
        """How often it was started again since ``start``."""
        self.last_words: tuple[str, ...] = ()
        """What the last child that failed had written, as far as that is safe to show."""

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return None if self._child is None else self._child.pid

    async def start(self) -> None:
        """Begin to keep an engine running, in the background."""
        self._change(EngineState.STARTING)
        self._stop_listening = self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_STOP, self._on_home_assistant_stop
        )
        self._keeping = self._hass.async_create_background_task(
            self._keep_running(), "alpr_gate engine"
        )

    async def stop(self) -> None:
        """End the child and return when it is gone; also when it never was."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        if self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.wait([self._keeping])
        self._keeping = None
        self._change(EngineState.STOPPED)

    async def _on_home_assistant_stop(self, _event: Event) -> None:
        self._stop_listening = None
        await self.stop()

    async def _keep_running(self) -> None:
        """Run one child after the other until cancelled."""
        while True:
            try:
                child = await EngineChild.spawn(self._hass, self._command)
            except EngineError as error:
                self._failed(error)
            else:
                await self._run(child)
            await asyncio.sleep(self._patience.pause(self.failures))
            self.restarts += 1

    async def _run(self, child: EngineChild) -> None:
        """Read with this child for as long as it does well, and end it."""
        self._child = child
        try:
            async with unix_session(child.socket) as session:
                client = EngineClient(session, _BASE_URL)
                await self._wait_until_loaded(child, client)
                child.words.reading_begins()
                self._begin_reading(client)
                await self._watch(child, client)
        except EngineError as error:
            self._client = None
            child.kill()
            self._failed(error)
            await child.stop()
            self.last_words = child.words.lines
        finally:
            self._client = None
            self._child = None
            await child.stop()

    def _begin_reading(self, client: EngineClient) -> None:
        """Let reads through to a child that has just become ready."""
        self._client = client
        self._read_failed = False
        self._missed_reads = 0
        self._hung.clear()
        self._change(EngineState.READY)

    async def _wait_until_loaded(self, child: EngineChild, client: EngineClient) -> None:
        """Ask for its health until it is ready; raises EngineError when that will not be."""
        patience = self._patience
        try:
            async with asyncio.timeout(patience.start):
                while not await self._is_ready(client):
                    if child.has_ended:
                        raise EngineError(EngineProblem.FAILED, _code_of_end(await child.ended()))
                    await asyncio.sleep(patience.start_poll)
        except TimeoutError as error:
            raise EngineError(EngineProblem.TIMED_OUT) from error

    async def _is_ready(self, client: EngineClient) -> bool:
        """Whether the models are loaded; not hearing from a child that starts is no error yet."""
        try:
            self.health = await client.health(timeout=self._patience.health)
        except EngineError as error:
            if error.problem in {EngineProblem.UNREACHABLE, EngineProblem.TIMED_OUT}:
                return False
            raise
        if self.health.status is EngineStatus.REFUSED:
            raise load_error(self.health)
        return self.health.status is EngineStatus.READY

    async def _watch(self, child: EngineChild, client: EngineClient) -> None:
        """Return never; raises EngineError as soon as the child has ended, or hangs."""
        watchers = [
            asyncio.create_task(self._until_ended(child)),
            asyncio.create_task(self._until_reads_hang()),
            asyncio.create_task(self._until_ill(client)),
        ]
        try:
            await asyncio.wait(watchers, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for watcher in watchers:
                watcher.cancel()
            outcomes = await asyncio.gather(*watchers, return_exceptions=True)
        raise next(outcome for outcome in outcomes if isinstance(outcome, Exception))

    async def _until_ended(self, child: EngineChild) -> None:
        raise EngineError(EngineProblem.FAILED, _code_of_end(await child.ended()))

    async def _until_reads_hang(self) -> None:
        await self._hung.wait()
        raise EngineError(EngineProblem.TIMED_OUT)

    async def _until_ill(self, client: EngineClient) -> None:
        """Ask for its health now and then; raises what is wrong once it missed several in a row."""
        missed = 0
        good_since = time.monotonic()
        while True:
            await asyncio.sleep(self._patience.health_poll)
            try:
                self.health = await client.health(timeout=self._patience.health)
            except EngineError:
                missed += 1
                if missed >= self._patience.missed_health:
                    raise
                continue
            missed = 0
            if self.state is EngineState.FAILING:
                good_since = time.monotonic()
            elif self.failures and time.monotonic() - good_since >= self._patience.settled:
                self.failures = 0
                self._change(EngineState.READY)

    def _failed(self, error: EngineError) -> None:
        """Count a failure; a child of our own is at no address that the owner could correct."""
        if error.problem in _WRONG_AT_AN_ADDRESS:
            error = EngineError(EngineProblem.FAILED, error.problem.value)
        super()._failed(error)

    def _read_ended(self, error: EngineError | ImageRefused | None) -> None:
        """Notice a child that no longer answers; one that is gone is noticed by its watcher."""
        problem = error.problem if isinstance(error, EngineError) else None
        if problem is EngineProblem.UNREACHABLE:
            return
        if problem is EngineProblem.TIMED_OUT:
            self._missed_reads += 1
            if self._missed_reads >= self._patience.missed_reads:
                self._hung.set()
            return
        if problem is not EngineProblem.BUSY:
            self._missed_reads = 0
        super()._read_ended(error)


def engine_command(kind: EngineKind, models_folder: Path | None) -> Command:
    """The command line of the engine of this kind, to be given the socket's path."""

    def command(socket: Path) -> list[str]:
        arguments = ["--socket", str(socket), "--backend", _BACKENDS[kind], "--supervised"]
        if models_folder is not None:
            arguments += ["--models", str(models_folder)]
        return [sys.executable, "-m", "alpr", "serve", *arguments]

    return command


def models_folder_at(hass: HomeAssistant, entered: str | None) -> Path | None:
    """Where the owner's own models are: as entered, seen from Home Assistant's configuration."""
    return Path(hass.config.path(entered)) if entered else None


def open_engine(hass: HomeAssistant, options: EngineOptions) -> Engine:
    """The engine the owner chose, to be started by whoever opens it."""
    if options.kind is EngineKind.REMOTE:
        return RemoteEngine(hass, options.url or "", options.token)
    return EngineProcess(hass, engine_command(options.kind, options.models_folder))


async def probe(hass: HomeAssistant, options: EngineOptions) -> Health:
    """Try an engine before it is chosen; raises EngineError when it does not come to be ready."""
    engine = open_engine(hass, options)
    changed = asyncio.Event()
    engine.add_listener(changed.set)
    await engine.start()
    try:
        while engine.state is EngineState.STARTING:
            changed.clear()
            await changed.wait()
        if engine.state is EngineState.READY and engine.health is not None:
            return engine.health
        raise EngineError(engine.problem or EngineProblem.FAILED, engine.code)
    finally:
        await engine.stop()


def _code_of_end(status: int) -> str:
    """How a process ended, as a code."""
    return f"exit_{status}" if status >= 0 else f"signal_{-status}"
