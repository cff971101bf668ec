"""Where the service listens, and for how long: until it is told to end or its parent is gone."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

from aiohttp import web

from .server import SERVICE, runner

if TYPE_CHECKING:
    from pathlib import Path


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
    running = runner(app)
    await running.setup()
    try:
        await _site(running, address).start()
        exhausted = app[SERVICE].exhausted
        waits = [asyncio.create_task(event.wait()) for event in (ended, exhausted)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return os.EX_TEMPFAIL if exhausted.is_set() and not ended.is_set() else os.EX_OK
    finally:
        await running.cleanup()
        if isinstance(address, UnixAddress):
            with contextlib.suppress(OSError):
                address.socket.unlink()


class _EndOfInput(asyncio.Protocol):
    """Sets an event when the other end of the pipe is closed; what comes through is ignored."""

    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended.set()


def _site(running: web.AppRunner, address: UnixAddress | TcpAddress) -> web.BaseSite:
    if isinstance(address, TcpAddress):
        return web.TCPSite(running, address.host, address.port)
    folder = address.socket.parent
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise ListeningError(f"Others may enter {folder}: make it private with chmod 700.")
    os.umask(0o177)
    return web.UnixSite(running, address.socket)
