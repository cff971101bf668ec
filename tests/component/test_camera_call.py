"""A camera is asked by one at a time, and one that hangs in a thread is not asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
import threading
from typing import override

from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate import camera_call
from custom_components.alpr_gate.camera_call import ask_camera
from custom_components.alpr_gate.snapshot import SnapshotFailed, SnapshotProblem, take_snapshot

from .street import CAMERA, Pictures, StreetCamera, add_cameras

JPEG = b"\xff\xd8\xff\xe0 a picture"


class BlockingCamera(StreetCamera):
    """Is asked in a thread of Home Assistant's, which hangs until it is let go."""

    async_camera_image = Camera.async_camera_image

    def __init__(self) -> None:
        super().__init__("street", Pictures())
        self.go = threading.Event()
        self.hanging = 0

    @override
    def camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        self.asked += 1
        self.hanging += 1
        self.go.wait()
        self.hanging -= 1
        return JPEG


@pytest.fixture
async def blocking(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BlockingCamera]:
    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.1)
    camera = BlockingCamera()
    await add_cameras(hass, camera)
    yield camera
    camera.go.set()
    await hass.async_block_till_done(wait_background_tasks=True)


async def problem_of(hass: HomeAssistant) -> SnapshotProblem:
    with pytest.raises(SnapshotFailed) as failed:
        await take_snapshot(hass, CAMERA, sequence=0)
    return failed.value.problem


async def test_a_camera_that_hangs_in_a_thread_takes_only_one_however_often_it_is_asked(
    hass: HomeAssistant, blocking: BlockingCamera
) -> None:
    assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    began = hass.loop.time()
    for _ in range(5):
        assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    assert hass.loop.time() - began < 0.1, "nobody waits for it again"
    assert blocking.hanging == blocking.asked == 1


async def test_a_camera_that_hung_is_asked_again_once_its_thread_is_free(
    hass: HomeAssistant, blocking: BlockingCamera
) -> None:
    assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    blocking.go.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    asked_at = hass.loop.time()
    snapshot = await take_snapshot(hass, CAMERA, sequence=0)
    assert snapshot.body == JPEG
    assert snapshot.asked_at >= asked_at, "the late answer is no new picture"
    assert blocking.asked == 2


async def test_a_hanging_thread_is_not_forgotten_when_nobody_waits_for_it_any_more(
    hass: HomeAssistant, blocking: BlockingCamera
) -> None:
    asking = hass.async_create_task(ask_camera(hass, CAMERA))
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    assert blocking.asked == 1


async def test_whoever_asks_while_another_does_has_a_turn_of_their_own(hass: HomeAssistant) -> None:
    camera = StreetCamera("street", Pictures())
    await add_cameras(hass, camera)
    under_way = most = 0

    async def slow() -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        return JPEG

    camera.always = slow
    answers = await asyncio.gather(*(ask_camera(hass, CAMERA) for _ in range(3)))
    assert most == 1
    assert camera.asked == 3
    times = [answer.asked_at for answer in answers]
    assert times == sorted(times)
    assert times[2] - times[0] >= 0.04, "each is asked for when its turn has come"


async def test_what_can_be_ended_is_ended_at_the_deadline_and_the_camera_asked_again(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.05)
    camera = StreetCamera("street", Pictures())
    await add_cameras(hass, camera)
    ended = asyncio.Event()

    async def hang() -> bytes:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return JPEG

    camera.always = hang
    assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    async with asyncio.timeout(1):
        await ended.wait()
    camera.always = JPEG
    assert (await take_snapshot(hass, CAMERA, sequence=1)).body == JPEG


async def test_a_camera_that_ignores_the_end_of_a_call_is_not_asked_again_until_it_is_over(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.05)
    camera = StreetCamera("street", Pictures())
    await add_cameras(hass, camera)
    go = asyncio.Event()

    async def stubborn() -> bytes:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        return JPEG

    camera.always = stubborn
    for _ in range(3):
        assert await problem_of(hass) is SnapshotProblem.TIMED_OUT
    assert camera.asked == 1
    go.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await take_snapshot(hass, CAMERA, sequence=1)).body == JPEG


async def test_a_call_that_is_given_up_from_outside_is_a_failure_and_ends_nothing_else(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given_up(*_args: object, **_kwargs: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(camera_call, "async_get_image", given_up)
    await add_cameras(hass, StreetCamera("street", Pictures()))
    assert await problem_of(hass) is SnapshotProblem.FAILED
