"""One child process that runs the engine: how it is started, heard, and ended without a trace.

The child gets no secret of Home Assistant's: of the environment only what a program needs to run,
of the file descriptors none. Its standard input is a pipe that is never written to: when Home
Assistant ends in whatever way, the pipe breaks and the child ends too.
"""

from __future__ import annotations

import asyncio
from collections import deque
import contextlib
import os
from pathlib import Path
import re
import sys
import sysconfig
from typing import TYPE_CHECKING, Final

from .alpr.engine.errors import EngineError, EngineProblem
from .engine_folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from homeassistant.core import HomeAssistant

    from .engine_folder import EngineFolder

type Command = Callable[[Path], Sequence[str]]
"""Makes the command line from the path of the socket to listen on."""

_COMPONENT_FOLDER: Final = Path(__file__).parent
_TERM_SECONDS: Final = 3.0
"""How long a child may take to end when asked; it holds nothing that is worth more."""

_KEPT_VARIABLES: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "MALLOC_CONF",
)
_SET_VARIABLES: Final = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    # Threads of a small net that spin while they wait starve everything else on a busy machine.
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}

LAST_LINES: Final = 100
"""Enough for the places of every thread of a child: the first line of a crash says what it was."""
_LINE_LENGTH: Final = 200
_FAULT_LINE: Final = re.compile(
    r'Fatal Python error: [\w .-]{1,80}|  File "[^"]{1,120}", line \d{1,6} in [\w<>.]{1,60}',
    re.ASCII,
)
"""What Python's own fault handler writes: places in a program, nothing of a picture."""


class EngineChild:
    """A running child and the private folder its socket is in."""

    def __init__(
        self, hass: HomeAssistant, process: asyncio.subprocess.Process, folder: EngineFolder
    ) -> None:
        """Made by ``spawn``."""
        self.socket = folder.socket
        self.words = LastWords()
        self._hass = hass
        self._process = process
        self._folder: EngineFolder | None = folder
        self._listening = hass.async_create_background_task(
            self._listen(), "alpr_gate engine messages"
        )

    @classmethod
    async def spawn(cls, hass: HomeAssistant, command: Command) -> EngineChild:
        """Start a child; raises EngineError(FAILED) when it cannot be started at all."""
        folder = await _new_folder(hass)
        try:
            process = await asyncio.create_subprocess_exec(
                *command(folder.socket),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=child_environment(os.environ, sys.path),
                cwd=folder.path,
                # Ctrl-C at a terminal is Home Assistant's to handle, which then ends the child.
                start_new_session=True,
            )
        except BaseException as error:
            await hass.async_add_executor_job(folder.remove)
            if isinstance(error, OSError | ValueError):
                raise EngineError(EngineProblem.FAILED, "not_started") from error
            raise
        return cls(hass, process, folder)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.returncode is not None

    async def ended(self) -> int:
        """Wait for the process to end; its exit status, negative for the signal that ended it."""
        return await self._process.wait()

    def kill(self) -> None:
        """End a process that will not hear of ending; ``stop`` clears up after it."""
        self._signal(self._process.kill)

    async def stop(self) -> None:
        """End the process, first politely; returns when it is gone and its folder with it."""
        ending = asyncio.create_task(self._end())
        try:
            await asyncio.wait([ending])
        except asyncio.CancelledError:
            # Whoever waited is in a hurry, but nothing may be left behind.
            self.kill()
            await asyncio.wait([ending])
            raise

    async def _end(self) -> None:
        self._signal(self._process.terminate)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TERM_SECONDS):
                await self._process.wait()
        self.kill()
        await self._process.wait()
        # Home Assistant cancels the listening before it says that it stops: that ends nothing here.
        await asyncio.wait([self._listening])
        folder, self._folder = self._folder, None
        if folder is not None:
            await self._hass.async_add_executor_job(folder.remove)

    def _signal(self, send: Callable[[], None]) -> None:
        if not self.has_ended:
            with contextlib.suppress(ProcessLookupError):
                send()

    async def _listen(self) -> None:
        """Take in what the child writes, so that it never waits for room in the pipe."""
        stream = self._process.stderr
        if stream is None:
            return
        while chunk := await stream.read(4096):
            self.words.hear(chunk)


class LastWords:
    """The last lines of a child, only those that cannot hold anything that was read in a picture.

    That is every line from before the first picture was sent, and after that only the places in a
    program which Python's fault handler names when the process crashes.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        self._begun = b""
        self._has_read = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that were kept, the oldest first."""
        return tuple(self._lines)

    def reading_begins(self) -> None:
        """From now on a line might hold something that was read."""
        self._has_read = True

    def hear(self, chunk: bytes) -> None:
        """Take in some bytes of the child's standard error."""
        *lines, self._begun = (self._begun + chunk).split(b"\n")
        self._begun = self._begun[:_LINE_LENGTH]
        for line in lines:
            text = line[:_LINE_LENGTH].decode("utf-8", "replace").rstrip()
            if text and (not self._has_read or _FAULT_LINE.fullmatch(text)):
                self._lines.append(text)


def child_environment(environment: Mapping[str, str], path: Sequence[str]) -> dict[str, str]:
    """The environment of a child, of Home Assistant's own and its module search path.

    The standard library comes first, so that no file of the integration hides a module of it.
    """
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    absolute = [entry for entry in path if Path(entry).is_absolute()]
    library = [entry for entry in absolute if entry in standard]
    rest = [entry for entry in absolute if entry not in standard]
    kept = {name: environment[name] for name in _KEPT_VARIABLES if name in environment}
    search_path = os.pathsep.join([*library, str(_COMPONENT_FOLDER), *rest])
    return {**kept, **_SET_VARIABLES, "PYTHONPATH": search_path}


async def _new_folder(hass: HomeAssistant) -> EngineFolder:
    """A private folder; none is left behind when this is cancelled while it is being made."""
    making = hass.async_add_executor_job(make_folder)
    try:
        await asyncio.wait([making])
        return making.result()
    except OSError as error:
        raise EngineError(EngineProblem.FAILED, "no_folder") from error
    except asyncio.CancelledError:
        folder = await making
        await hass.async_add_executor_job(folder.remove)
        raise
