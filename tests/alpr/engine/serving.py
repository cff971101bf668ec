"""Services on a private Unix socket: ours with a recogniser of the test's, and hostile ones."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
import tempfile
import threading
from typing import TYPE_CHECKING

from aiohttp import ClientSession, web

from custom_components.alpr_gate.alpr.engine.client import EngineClient, unix_session
from custom_components.alpr_gate.alpr.engine.hosting import UnixAddress, listening
from custom_components.alpr_gate.alpr.engine.protocol import EngineStatus
from custom_components.alpr_gate.alpr.engine.server import make_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from custom_components.alpr_gate.alpr.engine.server import Recogniser

    type Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

URL = "http://engine"


class Served:
    """A service, a session whose every request goes to it, and a client."""

    def __init__(
        self, session: ClientSession, app: web.Application | None, token: str | None
    ) -> None:
        self.session = session
        self.client = EngineClient(session, URL, token)
        self._app = app

    @property
    def app(self) -> web.Application:
        assert self._app is not None
        return self._app

    async def loaded(self) -> EngineClient:
        """The client, once the models are loaded or refused."""
        async with asyncio.timeout(5):
            while True:
                if (await self.client.health()).status is not EngineStatus.LOADING:
                    return self.client
                await asyncio.sleep(0.005)

    async def queue(self, *, working: int, waiting: int) -> None:
        """Wait until so many pictures are in work and so many wait."""
        async with asyncio.timeout(5):
            while True:
                health = await self.client.health()
                if (health.working, health.waiting) == (working, waiting):
                    return
                await asyncio.sleep(0.005)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    load: Callable[[], Recogniser], *, token: str | None = None
) -> AsyncIterator[Served]:
    """Our service, loading with ``load``."""
    app = make_app(load, token)
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "s"
        async with listening(app, UnixAddress(socket)), unix_session(socket) as session:
            yield Served(session, app, token)
        await until(no_reader_is_left)


def no_reader_is_left() -> bool:
    """Whether the worker thread, which nobody waits for in the service itself, has ended."""
    return not any(thread.name.startswith("reader_") for thread in threading.enumerate())


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[Served]:
    """A service that answers each connection with ``talk``, byte by byte as a test wants it."""
    open_ended: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ended.add(task)
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "s"
        server = await asyncio.start_unix_server(answer, socket)
        try:
            async with unix_session(socket) as session:
                yield Served(session, None, None)
        finally:
            server.close()
            for task in open_ended:
                task.cancel()
            await asyncio.gather(*open_ended, return_exceptions=True)


def answering(head: bytes, body: bytes = b"") -> Talk:
    """Take the request's head, then give this answer; ``head`` is status line and headers."""
    if b"Content-Length" not in head:
        head += f"\nContent-Length: {len(body)}".encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)
        await writer.drain()
        await reader.read()

    return talk
