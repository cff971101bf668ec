"""Faults of cameras: the gate stays shut, says so, and recovers alone."""

from __future__ import annotations

import asyncio

from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import camera_call, reading_report, snapshot
from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.repairs import CameraIssue

from .conftest import GATE_ID
from .street import BACK_CAMERA, CAMERA, KNOWN, Street, plate

PRESENT = "binary_sensor.front_gate_vehicle_present"


def has_issue(hass: HomeAssistant, issue: CameraIssue, camera: str = CAMERA) -> bool:
    issue_id = f"{issue.value}_{GATE_ID}_{camera}"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


def reading(hass: HomeAssistant) -> bool:
    state = hass.states.get(PRESENT)
    return state is not None and state.state != STATE_UNAVAILABLE


async def opens_for_a_listed_car(street: Street) -> None:
    """Whether everything works: an empty street first, then a car that opens."""
    street.camera.always = None
    street.gate_is("closed")
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until(lambda: ("opened", "listed") in street.events, seconds=8)


async def test_fault_1_camera_answers_http_500(hass: HomeAssistant, loaded: Street) -> None:
    loaded.camera.always = HomeAssistantError("500")
    await loaded.trigger()
    await loaded.until_told("failed", "camera_failed")
    await loaded.until(lambda: not reading(hass))
    assert loaded.commands == []
    asked = loaded.camera.asked
    await asyncio.sleep(0.5)
    assert loaded.camera.asked <= asked + 1, "it is left alone for longer and longer"
    assert loaded.events.count(("failed", "camera_failed")) == 1
    loaded.camera.always = None
    await loaded.until(lambda: reading(hass), seconds=10)
    await opens_for_a_listed_car(loaded)


async def test_fault_2_camera_refuses_the_login(hass: HomeAssistant, loaded: Street) -> None:
    loaded.camera.always = ConfigEntryAuthFailed()
    await loaded.trigger()
    await loaded.until(lambda: has_issue(hass, CameraIssue.REFUSES))
    await loaded.until_told("failed", "camera_failed")
    assert loaded.commands == []
    loaded.camera.always = None
    await loaded.until(lambda: not has_issue(hass, CameraIssue.REFUSES), seconds=10)


async def test_fault_3_camera_does_not_answer(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence() -> bytes:
        await asyncio.sleep(60)
        return b""

    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.05)
    loaded.camera.always = silence
    await loaded.trigger()
    await loaded.until_told("failed", "camera_failed")
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    assert loaded.commands == []


async def test_fault_4_body_arrives_drop_by_drop(
    loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drip() -> bytes:
        body = b"\xff\xd8\xff"
        for _ in range(1000):
            body += b"."
            await asyncio.sleep(0.01)
        return body

    monkeypatch.setattr(camera_call, "DEADLINE_SECONDS", 0.05)
    loaded.camera.always = drip
    await loaded.trigger()
    await loaded.until_told("failed", "camera_failed")
    assert loaded.engine.bodies == [] or all(len(body) < 100 for body in loaded.engine.bodies)


async def test_fault_5_body_is_endless(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "MOST_BYTES", 1000)
    await loaded.until(lambda: loaded.engine.bodies)
    read = len(loaded.engine.bodies)
    loaded.camera.always = b"\xff\xd8\xff" + bytes(1001)
    await loaded.trigger()
    await loaded.until_told("failed", "camera_failed")
    assert len(loaded.engine.bodies) == read, "it never reaches the engine"


async def test_fault_6_login_page_with_status_200(hass: HomeAssistant, loaded: Street) -> None:
    loaded.camera.always = b"<!DOCTYPE html><html><title>Log in</title></html>"
    await loaded.trigger()
    await loaded.until(lambda: has_issue(hass, CameraIssue.REFUSES))
    assert loaded.commands == []
    loaded.camera.always = None
    await loaded.until(lambda: not has_issue(hass, CameraIssue.REFUSES), seconds=10)


async def test_fault_9_zero_bytes(loaded: Street) -> None:
    async def nothing() -> bytes:
        return b""

    loaded.camera.always = nothing
    await loaded.trigger()
    await loaded.until_told("failed", "camera_failed")
    assert loaded.commands == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (10, ImageProblem.TRUNCATED),
        (11, ImageProblem.DAMAGED),
        (12, ImageProblem.TOO_MANY_PIXELS),
        (13, ImageProblem.UNSUPPORTED_FORMAT),
    ],
)
async def test_faults_10_to_13_pictures_that_cannot_be_read(
    loaded: Street, fault: int, problem: ImageProblem
) -> None:
    async def damaged() -> bytes:
        return loaded.pictures.damaged(problem)

    loaded.camera.always = damaged
    await loaded.trigger()
    await loaded.until_told("failed", "unreadable_picture")
    assert loaded.commands == []
    await opens_for_a_listed_car(loaded)


async def test_a_watched_camera_whose_every_picture_is_refused_is_told_once_until_one_is_read(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def damaged() -> bytes:
        return street.pictures.damaged(ImageProblem.TOO_MANY_PIXELS)

    monkeypatch.setattr(reading_report, "LASTING_FAULT_SECONDS", 0.5)
    street.camera.always = damaged
    await street.load(entry, interval=0.05)
    await street.until_told("failed", "unreadable_picture")
    assert not has_issue(hass, CameraIssue.UNREADABLE), "it may pass by itself"
    await street.until(lambda: has_issue(hass, CameraIssue.UNREADABLE))
    assert not reading(hass)
    await asyncio.sleep(0.3)
    assert street.events.count(("failed", "unreadable_picture")) == 1
    assert ("failed", "camera_failed") not in street.events
    street.camera.always = None
    await street.until(lambda: not has_issue(hass, CameraIssue.UNREADABLE))
    await street.until(lambda: reading(hass))
    street.camera.always = damaged
    await street.until(lambda: street.events.count(("failed", "unreadable_picture")) == 2)
    await street.unload()


async def test_a_car_first_seen_after_pictures_that_could_not_be_read_was_not_seen_coming(
    street: Street, entry: MockConfigEntry
) -> None:
    async def damaged() -> bytes:
        return street.pictures.damaged(ImageProblem.DAMAGED)

    await street.load(entry, interval=0.05)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    street.camera.always = damaged
    await street.until_told("failed", "unreadable_picture")
    street.camera.show(street.pictures.approach(KNOWN))
    await street.until_told("refused", "stood_there")
    assert street.commands == []
    await street.unload()


async def test_fault_15_frozen_camera(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_report, "FAULT_SECONDS", 0.3)
    monkeypatch.setattr(reading_report, "LASTING_FAULT_SECONDS", 0.8)
    loaded.camera.always = loaded.pictures.paint(plate(KNOWN))
    await loaded.trigger()
    await loaded.until_told("failed", "frozen_camera")
    await loaded.until(lambda: has_issue(hass, CameraIssue.FROZEN))
    assert loaded.commands == [], "the same bytes again are no second look"
    assert loaded.events.count(("failed", "frozen_camera")) == 1
    loaded.camera.always = None
    await loaded.until(lambda: not has_issue(hass, CameraIssue.FROZEN))


async def test_fault_16_old_frame(loaded: Street) -> None:
    """A camera that takes longer than a frame may be old delivers stale pictures."""
    await loaded.configure(max_frame_age=0.2)

    async def late() -> bytes:
        picture = loaded.pictures.paint(plate(KNOWN))
        await asyncio.sleep(0.3)
        return picture

    loaded.camera.always = late
    await loaded.trigger()
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    assert loaded.commands == []


async def test_a_camera_that_is_missing_for_long_is_the_owners_to_mend(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_report, "GONE_SECONDS", 0.2)
    await street.load(entry, cameras=["camera.gone", CAMERA])
    await street.until(lambda: has_issue(hass, CameraIssue.GONE, "camera.gone"))
    assert reading(hass), "the other camera still works"
    await street.configure(cameras=[CAMERA])
    assert not has_issue(hass, CameraIssue.GONE, "camera.gone")
    await street.unload()


async def test_one_camera_that_fails_does_not_hold_up_the_other(
    street: Street, entry: MockConfigEntry
) -> None:
    async def hang() -> bytes:
        await asyncio.sleep(60)
        return b""

    street.back_camera.always = hang
    await street.load(entry, cameras=[BACK_CAMERA, CAMERA])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen(CAMERA)
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.unload()


async def test_a_gate_that_reads_again_is_available(hass: HomeAssistant, loaded: Street) -> None:
    state = hass.states.get(PRESENT)
    assert state is not None
    assert state.state == STATE_OFF
