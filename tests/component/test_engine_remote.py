"""An engine of the owner's own at an address: watched, and believed only as far as it deserves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate import engine_remote
from custom_components.alpr_gate.alpr.engine.client import EngineClient
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.engine.hosting import TcpAddress, listening
from custom_components.alpr_gate.alpr.engine.protocol import (
    EngineStatus,
    Health,
    health_to_json,
    to_json,
)
from custom_components.alpr_gate.alpr.engine.server import make_app
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.engine_process import (
    EngineKind,
    EngineOptions,
    EngineState,
    RemoteEngine,
    probe,
)
from tests.alpr.engine.samples import IDENTITY, StubRecogniser, frame_reads, jpeg, plate
from tests.local_sockets import local_sockets

__all__ = ["local_sockets"]

TOKEN = "sixteen-letters-or-more"
PICTURE = jpeg()


@pytest.fixture(autouse=True)
def _local_sockets(local_sockets: None) -> None:
    """Allow 127.0.0.1."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for health many times a second."""
    monkeypatch.setattr(engine_remote, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(engine_remote, "_FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(engine_remote, "_LONGEST_PAUSE_SECONDS", 0.05)


@asynccontextmanager
async def serving(
    load: Callable[[], StubRecogniser] = StubRecogniser, port: int = 0
) -> AsyncIterator[str]:
    """Our service on TCP with a token; its address."""
    async with listening(make_app(load, TOKEN), TcpAddress("127.0.0.1", port)) as listener:
        host, found = listener.sockets[0].getsockname()
        yield f"http://{host}:{found}"


@asynccontextmanager
async def answering(health: object, reads: object) -> AsyncIterator[str]:
    """A service that always answers the same; its address."""

    async def answer(request: web.Request) -> web.Response:
        value = health if request.path == "/v1/health" else reads
        if isinstance(value, Exception):
            raise value
        return web.json_response(value)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url(""))


@asynccontextmanager
async def watched(hass: HomeAssistant, url: str, token: str = TOKEN) -> AsyncIterator[RemoteEngine]:
    """A started remote engine, stopped in the end."""
    engine = RemoteEngine(hass, url, token)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something, five seconds at most."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def becomes(engine: RemoteEngine, state: EngineState) -> None:
    """Wait for a state."""
    await until(lambda: engine.state is state)


def needs_the_owner(engine: RemoteEngine) -> bool:
    """Whether it keeps failing now."""
    return engine.keeps_failing


async def loaded(url: str) -> None:
    """Wait until the service at an address has loaded its models."""
    async with aiohttp.ClientSession() as session:
        client = EngineClient(session, url, TOKEN)
        async with asyncio.timeout(5):
            while (await client.health()).status is not EngineStatus.READY:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


async def read_fails(engine: RemoteEngine) -> EngineProblem:
    """Why a read failed."""
    with pytest.raises(EngineError) as failed:
        await engine.read(PICTURE)
    return failed.value.problem


READY = health_to_json(Health(EngineStatus.READY, IDENTITY, working=0, waiting=0))


async def test_it_reads_with_the_token(hass: HomeAssistant) -> None:
    async with serving() as url, watched(hass, url) as engine:
        await becomes(engine, EngineState.READY)
        assert await engine.read(PICTURE, sequence=3) == frame_reads(plate(), sequence=3)
        assert engine.health is not None
        assert engine.health.identity == IDENTITY
        assert engine.timings is not None
    assert engine.state is EngineState.STOPPED


async def test_a_wrong_token_is_the_owners_to_mend(hass: HomeAssistant) -> None:
    async with serving() as url, watched(hass, url, "another-long-token") as engine:
        await becomes(engine, EngineState.FAILING)
        assert engine.problem is EngineProblem.UNAUTHORISED
        assert engine.keeps_failing
        assert await read_fails(engine) is EngineProblem.UNAUTHORISED


async def test_it_is_there_again_as_soon_as_it_is_back(hass: HomeAssistant) -> None:
    port = unused_port()
    async with watched(hass, f"http://127.0.0.1:{port}") as engine:
        await becomes(engine, EngineState.FAILING)
        assert engine.problem is EngineProblem.UNREACHABLE
        assert await read_fails(engine) is EngineProblem.UNREACHABLE
        await until(lambda: needs_the_owner(engine))
        async with serving(port=port):
            await becomes(engine, EngineState.READY)
            assert not needs_the_owner(engine)
            assert (await engine.read(PICTURE)).plates
        await becomes(engine, EngineState.FAILING)


async def test_a_picture_is_read_at_once_after_a_repair_without_waiting_for_the_next_look(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_remote, "_FIRST_PAUSE_SECONDS", 600)
    monkeypatch.setattr(engine_remote, "_LONGEST_PAUSE_SECONDS", 600)
    port = unused_port()
    async with watched(hass, f"http://127.0.0.1:{port}") as engine:
        await becomes(engine, EngineState.FAILING)
        async with serving(port=port):
            await loaded(f"http://127.0.0.1:{port}")
            assert (await engine.read(PICTURE)).plates
        assert not needs_the_owner(engine)


async def test_fault_7_one_that_redirects_is_not_followed_and_the_owners_to_mend(
    hass: HomeAssistant,
) -> None:
    async with (
        serving() as elsewhere,
        answering(web.HTTPFound(f"{elsewhere}/v1/health"), READY) as url,
        watched(hass, url) as engine,
    ):
        await becomes(engine, EngineState.FAILING)
        assert engine.problem is EngineProblem.REDIRECTED
        assert engine.keeps_failing


async def test_fault_8_another_version_is_the_owners_to_mend(hass: HomeAssistant) -> None:
    async with (
        answering({**READY, "protocol": 2}, None) as url,
        watched(hass, url) as engine,
    ):
        await becomes(engine, EngineState.FAILING)
        assert engine.problem is EngineProblem.WRONG_VERSION
        assert engine.keeps_failing


async def test_fault_8_nonsense_is_said_although_its_health_is_good(hass: HomeAssistant) -> None:
    nonsense = to_json(replace(frame_reads(), brightness=9.0))
    async with answering(READY, nonsense) as url, watched(hass, url) as engine:
        await becomes(engine, EngineState.READY)
        assert await read_fails(engine) is EngineProblem.NONSENSE
        assert engine.keeps_failing
        await asyncio.sleep(0.2)
        assert engine.state is EngineState.FAILING


async def test_fault_25_one_that_refused_its_models_says_why(hass: HomeAssistant) -> None:
    def load() -> StubRecogniser:
        raise ModelRefused(ModelProblem.WRONG_HASH, "put the original in its place")

    async with serving(load) as url, watched(hass, url) as engine:
        await until(lambda: engine.code == "wrong_hash")
        assert engine.problem is EngineProblem.MODEL_REFUSED
        assert engine.keeps_failing


async def test_it_is_tried_before_it_is_chosen(hass: HomeAssistant) -> None:
    async with serving() as url:
        options = EngineOptions(EngineKind.REMOTE, url, TOKEN)
        await loaded(url)
        health = await probe(hass, options)
        assert health.identity == IDENTITY
        with pytest.raises(EngineError) as failed:
            await probe(hass, EngineOptions(EngineKind.REMOTE, url, "a-wrong-token"))
        assert failed.value.problem is EngineProblem.UNAUTHORISED


async def test_it_keeps_no_cookie(hass: HomeAssistant) -> None:
    seen: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        response = web.json_response(READY)
        response.set_cookie("follow", "me")
        return response

    app = web.Application()
    app.router.add_get("/v1/health", answer)
    async with TestServer(app) as server, watched(hass, str(server.make_url(""))):
        await until(lambda: len(seen) >= 3)
    assert set(seen) == {None}
