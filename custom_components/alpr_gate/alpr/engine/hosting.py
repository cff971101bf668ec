"""Where the service listens, and for how long: until it is told to end or its parent is gone."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from functools import partial
import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

from aiohttp import web

from .server import CONNECTIONS, SERVICE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from .connections import Connections


class ListeningError(Exception):
    """It will not listen there; the text says what to do instead."""


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A socket file, which only its owner may connect to."""

    socket: Path


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A host name or address, and a port."""

    host: str
    port: int


async def serve(
    app: web.Application, address: UnixAddress | TcpAddress, *, until_parent_ends: bool = False
) -> int:
    """Serve until SIGTERM, SIGINT, or memory runs out; returns the exit status.

    ``until_parent_ends``: also until standard input is closed, which is then the parent's end of a
    pipe. Raises ListeningError, and OSError when the address cannot be had.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if until_parent_ends:
        await loop.connect_read_pipe(lambda: _EndOfInput(ended), sys.stdin)
    async with listening(app, address):
        exhausted = app[SERVICE].exhausted
        waits = [asyncio.create_task(event.wait()) for event in (ended, exhausted)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return os.EX_TEMPFAIL if exhausted.is_set() and not ended.is_set() else os.EX_OK


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, address: UnixAddress | TcpAddress
) -> AsyncIterator[asyncio.Server]:
    """Answer requests at an address for as long as this lasts.

    No request is logged and nothing is unpacked; reads whose asker has gone are dropped. Raises as
    ``serve`` does.
    """
    running = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        handler_cancellation=True,
        keepalive_timeout=75.0,
        lingering_time=1.0,
        shutdown_timeout=1.0,
    )
    await running.setup()
    try:
        listener = await _listen(running, app[CONNECTIONS], address)
        try:
            yield listener
        finally:
            listener.close()
    finally:
        await running.cleanup()


class _EndOfInput(asyncio.Protocol):
    """Sets an event when the other end of the pipe is closed; what comes through is ignored."""

    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended.set()


async def _listen(
    running: web.AppRunner, connections: Connections, address: UnixAddress | TcpAddress
) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    server = running.server
    assert server is not None
    protocol = partial(connections.protocol, server)
    if isinstance(address, TcpAddress):
        return await loop.create_server(protocol, address.host, address.port)
    folder = address.socket.parent
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise ListeningError(f"Others may enter {folder}: make it private with chmod 700.")
    listener = await loop.create_unix_server(protocol, address.socket)
    address.socket.chmod(0o600)
    return listener
