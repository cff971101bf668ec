"""Who may be connected: strangers who say nothing keep nobody out who has the token."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest

from custom_components.alpr_gate.alpr.engine import connections
from custom_components.alpr_gate.alpr.engine.client import EngineClient
from custom_components.alpr_gate.alpr.engine.hosting import TcpAddress, listening
from custom_components.alpr_gate.alpr.engine.protocol import READ_DEADLINE, EngineStatus
from custom_components.alpr_gate.alpr.engine.server import (
    CONNECTIONS,
    WORK_DEADLINE,
    make_app,
)

from .samples import StubRecogniser, jpeg
from .serving import no_reader_is_left, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

TOKEN = "a-token-that-nobody-guesses"
PICTURE = jpeg()
HEALTH = f"GET /v1/health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
HALF_A_HEAD = b"POST /v1/read HTTP/1.1\r\nHost: x\r\nX-Slow: "

type Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Service:
    """A service on 127.0.0.1, and the connections to it that a test has opened."""

    def __init__(self, app: web.Application, port: int) -> None:
        self.app = app
        self.port = port
        self.wires: list[Wire] = []

    async def connect(self, *, says: bytes = b"", source: str = "127.0.0.1") -> Wire:
        """A connection from an address, which has said something."""
        wire = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        wire[1].write(says)
        self.wires.append(wire)
        return wire

    async def strangers(self, count: int, *, source: str = "127.0.0.1") -> list[Wire]:
        """Connections that never show a token: some say nothing, some never finish."""
        return [
            await self.connect(says=HALF_A_HEAD if number % 2 else b"", source=source)
            for number in range(count)
        ]

    async def reads_a_picture(self) -> bool:
        """Whether who has the token gets a picture read on a new connection."""
        async with aiohttp.ClientSession() as session:
            client = EngineClient(session, f"http://127.0.0.1:{self.port}", TOKEN)
            return bool((await client.read(PICTURE, timeout=5)).plates)


@asynccontextmanager
async def serving(token: str | None = TOKEN) -> AsyncIterator[Service]:
    """A service that has loaded its models."""
    app = make_app(StubRecogniser, token)
    async with listening(app, TcpAddress("127.0.0.1", 0)) as listener:
        service = Service(app, listener.sockets[0].getsockname()[1])
        async with aiohttp.ClientSession() as session, asyncio.timeout(5):
            client = EngineClient(session, f"http://127.0.0.1:{service.port}", TOKEN)
            while (await client.health()).status is not EngineStatus.READY:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await until(lambda: len(app[CONNECTIONS]) == 0)
        try:
            yield service
        finally:
            for _, writer in service.wires:
                writer.close()
    await until(no_reader_is_left)


async def is_closed(wire: Wire) -> bool:
    """Whether the other side has ended a connection by now."""
    try:
        async with asyncio.timeout(0.05):
            return not await wire[0].read(1)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def closed(wires: list[Wire]) -> list[bool]:
    """Which of some connections the other side has ended."""
    return list(await asyncio.gather(*(is_closed(wire) for wire in wires)))


def test_the_engine_gives_up_a_picture_just_after_nobody_waits_for_it_any_more() -> None:
    assert READ_DEADLINE < WORK_DEADLINE <= READ_DEADLINE + 3


async def test_any_number_of_idle_connections_without_a_token_keep_nobody_out() -> None:
    async with serving() as service:
        for _ in range(5):
            await service.strangers(connections.MAX_CONNECTIONS)
            await until(lambda: len(service.app[CONNECTIONS]) == connections.MAX_CONNECTIONS)
            assert await service.reads_a_picture()


@pytest.mark.parametrize(
    ("says", "drips"),
    [(b"", False), (HALF_A_HEAD, False), (HALF_A_HEAD, True)],
    ids=["nothing", "half a head", "a head drop by drop"],
)
async def test_who_has_sent_no_whole_request_in_time_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, says: bytes, *, drips: bool
) -> None:
    monkeypatch.setattr(connections, "FIRST_REQUEST_DEADLINE", 0.3)
    async with serving() as service:
        begun = time.monotonic()
        wire = await service.connect(says=says)
        async with asyncio.timeout(5):
            while not await is_closed(wire):
                if drips:
                    wire[1].write(b"x")
        assert 0.2 < time.monotonic() - begun < 3
        assert len(service.app[CONNECTIONS]) == 0


async def test_who_has_shown_the_token_may_be_silent_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "FIRST_REQUEST_DEADLINE", 0.2)
    async with serving() as service:
        wire = await service.connect(says=HEALTH)
        assert b"200" in await wire[0].readline()
        await asyncio.sleep(0.4)
        monkeypatch.setattr(connections, "FIRST_REQUEST_DEADLINE", 60)
        await service.strangers(connections.MAX_CONNECTIONS + 5)
        await until(lambda: len(service.app[CONNECTIONS]) == connections.MAX_CONNECTIONS)
        wire[1].write(HEALTH)
        async with asyncio.timeout(5):
            while b"HTTP/1.1 200" not in await wire[0].readline():
                pass


async def test_a_wrong_token_does_not_keep_a_connection_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "FIRST_REQUEST_DEADLINE", 0.2)
    async with serving() as service:
        reader, _ = await service.connect(says=HEALTH.replace(TOKEN.encode(), b"guessed"))
        async with asyncio.timeout(5):
            assert b" 401 " in await reader.read()


async def test_without_a_token_to_show_a_whole_request_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "FIRST_REQUEST_DEADLINE", 0.2)
    async with serving(token=None) as service:
        wires = [await service.connect(says=HEALTH), await service.connect()]
        assert b"200" in await wires[0][0].readline()
        await until(lambda: len(service.app[CONNECTIONS]) == 1)


async def test_whose_address_has_the_most_loses_the_oldest() -> None:
    most = connections.MAX_CONNECTIONS
    async with serving() as service:
        lone = await service.strangers(2, source="127.0.0.2")
        many = await service.strangers(most + 3)
        await until(lambda: len(service.app[CONNECTIONS]) == most)

        assert await closed(lone) == [False, False]
        assert await closed(many) == [True] * 5 + [False] * (most - 2)


async def test_when_all_have_shown_the_token_one_more_is_turned_away() -> None:
    async with serving() as service:
        for _ in range(connections.MAX_CONNECTIONS):
            reader, _ = await service.connect(says=HEALTH)
            assert b"200" in await reader.readline()
        wire = await service.connect()
        async with asyncio.timeout(5):
            while not await is_closed(wire):
                pass
        assert len(service.app[CONNECTIONS]) == connections.MAX_CONNECTIONS
