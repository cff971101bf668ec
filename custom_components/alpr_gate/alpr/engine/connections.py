"""Who is connected: few at once, and those that do not show in time that they may ask make room.

aiohttp ends connections that were idle for long after a request; of those that never send one,
there may be as many as there are file descriptors. Here a connection is a stranger's until its
first request has arrived with the token, and strangers can keep nobody else out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from aiohttp import web

MAX_CONNECTIONS: Final = 64
"""Connections at once; Home Assistant needs one for each picture that it sends, and one more."""
FIRST_REQUEST_DEADLINE: Final = 10.0
"""Seconds from connecting until the head of a request with the token has arrived."""


class Connections:
    """The open connections of one service. Used from one event loop only."""

    def __init__(self) -> None:
        self._open: dict[web.RequestHandler, _Connection] = {}

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def protocol(self, server: web.Server) -> asyncio.Protocol:
        """What a new connection is to be given to, in the place of a handler of ``server``."""
        return _Connection(self, server())

    def trust(self, request: web.Request) -> None:
        """The connection of this request may stay: its request may be answered."""
        connection = self._open.get(request.protocol)
        if connection is not None:
            connection.trust()

    def opened(self, connection: _Connection) -> None:
        """Take in a new connection; when it is one too many, a stranger's is closed."""
        self._open[connection.handler] = connection
        if len(self._open) > MAX_CONNECTIONS:
            self._longest_waiting().close()

    def closed(self, connection: _Connection) -> None:
        """Forget a connection."""
        self._open.pop(connection.handler, None)

    def _longest_waiting(self) -> _Connection:
        """The oldest stranger from the address that has the most; the newest is always one."""
        strangers = [each for each in self._open.values() if each.is_strange]
        from_address = Counter(each.address for each in strangers)
        return max(strangers, key=lambda each: from_address[each.address])


class _Connection(asyncio.Protocol):
    """Hands everything on to aiohttp's handler, and says when the connection comes and goes."""

    def __init__(self, connections: Connections, handler: web.RequestHandler) -> None:
        self.handler = handler
        self.address = ""
        """The other side's; empty on a Unix socket."""
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_strange(self) -> bool:
        """Whether no request with the token has arrived yet."""
        return self._deadline is not None

    def trust(self) -> None:
        """Let it stay."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def close(self) -> None:
        """End it at once; what it was still to be sent is thrown away."""
        # Forgotten here and not only when that is told: until then it would count as open.
        self._connections.closed(self)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(FIRST_REQUEST_DEADLINE, self.close)
        self.handler.connection_made(transport)
        self._connections.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.trust()
        self._connections.closed(self)
        self.handler.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.handler.data_received(data)

    def eof_received(self) -> None:
        self.handler.eof_received()

    def pause_writing(self) -> None:
        self.handler.pause_writing()

    def resume_writing(self) -> None:
        self.handler.resume_writing()
