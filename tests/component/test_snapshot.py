"""One picture from one camera: what is taken for a picture, and what every failure is called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast, override
from unittest.mock import patch

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import camera_call, snapshot as snapshot_module
from custom_components.alpr_gate.snapshot import (
    MOST_BYTES,
    SnapshotFailed,
    SnapshotProblem,
    first_bytes_problem,
    is_refusal,
    take_snapshot,
)

from .street import CAMERA, Pictures, StreetCamera, add_cameras

JPEG = b"\xff\xd8\xff\xe0 a picture"

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HttpCamera(StreetCamera):
    """Asks a web server for its picture, as most cameras do."""

    url = ""

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        async with async_get_clientsession(self.hass).get(self.url) as response:
            response.raise_for_status()
            return await response.read()


@pytest.fixture
async def camera(hass: HomeAssistant) -> HttpCamera:
    camera = HttpCamera("street", Pictures())
    await add_cameras(hass, camera)
    return camera


@pytest.fixture
async def answer(
    camera: HttpCamera, socket_enabled: None
) -> AsyncIterator[Callable[[Handler], Awaitable[None]]]:
    """Lets the camera's web server answer in one way."""
    servers: list[TestServer] = []

    async def serve(handler: Handler) -> None:
        application = web.Application()
        application.router.add_get("/", handler)
        server = TestServer(application)
        await server.start_server(shutdown_timeout=0.01)
        servers.append(server)
        camera.url = str(server.make_url("/"))

    yield serve
    for server in servers:
        await server.close()


async def problem_of(hass: HomeAssistant) -> SnapshotProblem:
    with pytest.raises(SnapshotFailed) as failed:
        await take_snapshot(hass, CAMERA, sequence=0)
    return failed.value.problem


async def test_a_picture_comes_with_its_times_and_digest(
    hass: HomeAssistant, answer: Callable[[Handler], Awaitable[None]]
) -> None:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=JPEG)

    await answer(picture)
    before = hass.loop.time()
    first = await take_snapshot(hass, CAMERA, sequence=7)
    again = await take_snapshot(hass, CAMERA, sequence=8)
    assert first.camera == CAMERA
    assert first.sequence == 7
    assert first.body == JPEG
    assert before <= first.asked_at <= first.arrived_at <= again.asked_at
    assert first.digest == again.digest
    assert len(first.digest) == 16


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (500, SnapshotProblem.FAILED),
        (401, SnapshotProblem.REFUSED),
        (403, SnapshotProblem.REFUSED),
        (404, SnapshotProblem.FAILED),
    ],
)
async def test_an_error_of_the_camera_is_told_from_a_refused_login(
    hass: HomeAssistant,
    answer: Callable[[Handler], Awaitable[None]],
    status: int,
    problem: SnapshotProblem,
) -> None:
    async def error(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    await answer(error)
    assert await problem_of(hass) is problem


async def test_a_camera_that_does_not_answer_is_given_up_at_the_deadline(
    hass: HomeAssistant,
    answer: Callable[[Handler], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silence(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.1)
    await answer(silence)
    async with asyncio.timeout(2):
        assert await problem_of(hass) is SnapshotProblem.TIMED_OUT


@pytest.mark.parametrize("pause", [0.02, 0.0005])
async def test_a_body_that_drips_or_never_ends_is_given_up_at_the_deadline(
    hass: HomeAssistant,
    answer: Callable[[Handler], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(JPEG)
        for _ in range(100_000):
            await response.write(b"drop")
            await asyncio.sleep(pause)
        return response

    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.2)
    await answer(drip)
    async with asyncio.timeout(2):
        assert await problem_of(hass) is SnapshotProblem.TIMED_OUT


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><title>Log in</title>", SnapshotProblem.LOGIN_PAGE),
        (b"\xef\xbb\xbf \r\n<HTML>", SnapshotProblem.LOGIN_PAGE),
        (b"", SnapshotProblem.FAILED),
        (b"{}", SnapshotProblem.NOT_AN_IMAGE),
        (JPEG + bytes(MOST_BYTES), SnapshotProblem.TOO_LARGE),
    ],
    ids=["login page", "page with a byte order mark", "nothing", "JSON", "too large"],
)
async def test_what_is_no_picture_is_refused_by_its_first_bytes_and_its_length(
    hass: HomeAssistant,
    answer: Callable[[Handler], Awaitable[None]],
    body: bytes,
    problem: SnapshotProblem,
) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    await answer(page)
    assert await problem_of(hass) is problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (JPEG, None),
        (b"\x89PNG\r\n\x1a\n rest", None),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", None),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", SnapshotProblem.NOT_AN_IMAGE),
        (b"GIF89a", SnapshotProblem.NOT_AN_IMAGE),
        (b"", SnapshotProblem.EMPTY),
        (b"<?xml version='1.0'?>", SnapshotProblem.LOGIN_PAGE),
    ],
)
def test_only_jpeg_png_and_webp_pass(body: bytes, problem: SnapshotProblem | None) -> None:
    assert first_bytes_problem(body) is problem


async def test_a_large_picture_is_hashed_aside(
    hass: HomeAssistant, answer: Callable[[Handler], Awaitable[None]]
) -> None:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=JPEG + bytes(2_000_000))

    await answer(picture)
    with patch.object(hass, "async_add_executor_job", wraps=hass.async_add_executor_job) as aside:
        await take_snapshot(hass, CAMERA, sequence=0)
    assert any(call.args[0] is snapshot_module._hash for call in aside.call_args_list)


async def test_a_camera_that_does_not_exist_is_gone(hass: HomeAssistant) -> None:
    assert await problem_of(hass) is SnapshotProblem.GONE


async def test_an_unavailable_camera_is_not_asked(hass: HomeAssistant, camera: HttpCamera) -> None:
    hass.states.async_set(CAMERA, STATE_UNAVAILABLE)
    assert await problem_of(hass) is SnapshotProblem.UNAVAILABLE
    assert camera.asked == 0


async def test_a_camera_whose_integration_asks_for_a_login_refuses(
    hass: HomeAssistant, camera: HttpCamera
) -> None:
    entry = MockConfigEntry(domain="some_camera")
    entry.add_to_hass(hass)
    er.async_get(hass).async_get_or_create(
        "camera", "some_camera", "1", config_entry=entry, suggested_object_id="locked"
    )
    hass.states.async_set("camera.some_camera_1", STATE_UNAVAILABLE)
    entity_id = next(
        entity.entity_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    )
    hass.states.async_set(entity_id, STATE_UNAVAILABLE)
    with (
        patch.object(
            MockConfigEntry, "async_get_active_flows", return_value=iter([object()])
        ) as flows,
        pytest.raises(SnapshotFailed) as failed,
    ):
        await take_snapshot(hass, entity_id, sequence=0)
    assert failed.value.problem is SnapshotProblem.REFUSED
    assert flows.call_args.args[1] == {SOURCE_REAUTH}


class AnsweredError(Exception):
    """An error of a library that keeps the answer, as httpx does."""

    def __init__(self, status_code: int) -> None:
        self.response = type("Response", (), {"status_code": status_code})()


def caused_by(cause: Exception) -> HomeAssistantError:
    error = HomeAssistantError("Unable to get image")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (caused_by(AnsweredError(401)), True),
        (caused_by(AnsweredError(500)), False),
        (caused_by(ConfigEntryAuthFailed()), True),
        (PermissionError(), True),
        (
            aiohttp.ClientResponseError(cast("aiohttp.RequestInfo", None), (), status=403),
            True,
        ),
        (HomeAssistantError("Unable to get image"), False),
        (TimeoutError(), False),
    ],
)
def test_a_refusal_is_found_wherever_libraries_put_the_status(
    error: Exception, refusal: bool
) -> None:
    assert is_refusal(error) is refusal


def test_errors_that_cause_each_other_end() -> None:
    first, second = ValueError(), TypeError()
    first.__cause__, second.__cause__ = second, first
    assert not is_refusal(first)


@pytest.mark.parametrize("swallows", [True, False])
async def test_a_cancelled_snapshot_is_over_even_when_the_camera_swallows_it(
    hass: HomeAssistant, camera: HttpCamera, swallows: bool
) -> None:
    async def stubborn(width: int | None = None, height: int | None = None) -> bytes:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            if not swallows:
                raise
        return JPEG

    with patch.object(camera, "async_camera_image", stubborn):
        taking = hass.async_create_task(take_snapshot(hass, CAMERA, sequence=0))
        await asyncio.sleep(0.01)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
