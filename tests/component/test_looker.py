"""When a gate's cameras are asked outside a burst."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from unittest.mock import Mock

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import camera_watch
from custom_components.alpr_gate.alpr.types import Frame, FrameReads
from custom_components.alpr_gate.camera_health import CameraHealth
from custom_components.alpr_gate.camera_watch import CameraWatch, FirstLooks
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.looker import BurstTally, Looker
from custom_components.alpr_gate.snapshot import SnapshotProblem

from .street import BACK_CAMERA, CAMERA, Street, plate


@dataclass
class Watcher:
    """Notes what a looker tells."""

    present: bool = False
    frames: list[Frame] = field(default_factory=list)
    began: int = 0
    tallies: list[BurstTally] = field(default_factory=list)

    def frame_read(self, frame: Frame) -> None:
        self.frames.append(frame)

    def camera_changed(self, camera: CameraHealth) -> None:
        pass

    def burst_began(self) -> None:
        self.began += 1

    def burst_ended(self, tally: BurstTally) -> None:
        self.tallies.append(tally)


@pytest.fixture
async def config(street: Street, entry: MockConfigEntry) -> GateConfig:
    await street.engine.start()
    return replace(
        GateConfig.from_subentry(next(iter(entry.subentries.values()))),
        burst_rate=20.0,
        burst_length=0.5,
    )


@dataclass
class Occasions:
    """What a camera's watch looks for reasons at."""

    present: bool = False
    looking: bool = False
    can_read: bool = True

    async def look_through(self, camera: CameraHealth) -> None:
        pass


def looker(street: Street, config: GateConfig, watcher: Watcher) -> Looker:
    return Looker(street.hass, config, street.engine, watcher)


@pytest.fixture
def occasions() -> Occasions:
    return Occasions()


@pytest.fixture
def watch(hass: HomeAssistant, occasions: Occasions) -> CameraWatch:
    """Of a camera whose view is known."""
    return seen(CameraWatch(hass, CameraHealth(CAMERA), occasions, interval=None))


def seen(watch: CameraWatch) -> CameraWatch:
    watch.frame_read(a_frame(0.0))
    return watch


def a_frame(at: float, digest: bytes = b"1") -> Frame:
    return Frame(CAMERA, digest, at, at + 0.1, Mock(spec=FrameReads))


async def test_a_gate_without_a_car_is_looked_at_only_when_something_happens(
    street: Street, watch: CameraWatch
) -> None:
    assert watch.pause() is None


async def test_what_stands_there_is_looked_at_until_it_was_seen(
    hass: HomeAssistant, street: Street, occasions: Occasions
) -> None:
    watch = CameraWatch(hass, CameraHealth(CAMERA), occasions, interval=None)
    assert watch.pause() == camera_watch.FIRST_PRESENCE_PAUSE_SECONDS
    occasions.can_read = False
    assert watch.pause() is None, "the engine reads nothing"
    occasions.can_read = True
    assert seen(watch).has_seen
    assert watch.pause() is None
    watch.see_anew()
    assert watch.pause() == camera_watch.FIRST_PRESENCE_PAUSE_SECONDS


async def test_first_looks_are_a_steady_second_apart_unless_the_camera_repeats_its_picture(
    hass: HomeAssistant, occasions: Occasions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_watch, "FIRST_PRESENCE_PAUSE_SECONDS", 1.0)
    monkeypatch.setattr(camera_watch, "FIRST_LOOKS", 4)
    watch = CameraWatch(hass, CameraHealth(CAMERA), occasions, interval=None)
    pauses: list[float | None] = []
    for at, digest in enumerate((b"1", b"1", b"1", b"2", b"3", b"4")):
        watch.frame_read(a_frame(float(at), digest))
        pauses.append(watch.pause())
    assert pauses == [1.0, 1.25, 1.5625, 1.0, 1.0, None]


async def test_a_car_that_stays_is_looked_at_less_often_once_it_was_seen_what_stands_there(
    street: Street, watch: CameraWatch, occasions: Occasions
) -> None:
    occasions.present = True
    watch.look_again()
    for at, expected in enumerate((1.0, 1.25, 1.5625)):
        watch.frame_read(a_frame(10.0 + at, at.to_bytes()))
        assert watch.pause() == pytest.approx(expected * camera_watch.FIRST_PRESENCE_PAUSE_SECONDS)


def test_pictures_that_show_the_same_moment_are_one_first_look() -> None:
    looks = FirstLooks()
    for digest, at in enumerate((0.0, 0.5, 0.8, 1.0, 2.5)):
        looks.note(a_frame(at, digest.to_bytes()))
    assert looks.taken == 3
    looks.note(a_frame(9.0, (4).to_bytes()))
    assert looks.taken == 3, "the camera hangs"
    looks.note(a_frame(10.0, b"new"))
    assert looks.are_over


async def test_a_car_that_stays_is_looked_at_less_and_less_often(
    street: Street, watch: CameraWatch, occasions: Occasions
) -> None:
    occasions.present = True
    watch.look_again()
    pauses = [watch.pause() or 0.0 for _ in range(60)]
    assert pauses[0] == camera_watch.FIRST_PRESENCE_PAUSE_SECONDS
    assert pauses == sorted(pauses)
    assert pauses[-1] == camera_watch.LONGEST_PRESENCE_PAUSE_SECONDS
    watch.look_again()
    assert watch.pause() == pauses[0]


async def test_continuous_watching_is_never_slower_than_was_asked_for(
    hass: HomeAssistant, street: Street, occasions: Occasions
) -> None:
    watch = seen(CameraWatch(hass, CameraHealth(CAMERA), occasions, interval=3.0))
    assert watch.pause() == 3.0
    occasions.present = True
    assert all((watch.pause() or 99.0) <= 3.0 for _ in range(60))


async def test_a_failing_camera_is_tried_again_without_a_trigger(
    hass: HomeAssistant, street: Street, occasions: Occasions
) -> None:
    camera = CameraHealth(CAMERA)
    watch = CameraWatch(hass, camera, occasions, interval=None)
    camera.failed(SnapshotProblem.FAILED, hass.loop.time())
    pause = watch.pause()
    assert pause is not None
    assert 0.2 < pause <= 0.5, "not as if it showed what stands there"


async def test_while_a_burst_runs_a_failing_camera_is_left_to_it(
    hass: HomeAssistant, street: Street, occasions: Occasions
) -> None:
    camera = CameraHealth(CAMERA)
    watch = CameraWatch(hass, camera, occasions, interval=None)
    camera.failed(SnapshotProblem.FAILED, hass.loop.time() - 60.0)
    assert watch.pause() == 0.0
    occasions.looking = True
    assert watch.pause() is None


async def test_a_camera_that_hangs_blinds_no_other_in_continuous_watching(
    street: Street, config: GateConfig
) -> None:
    asked = 0

    async def hang() -> bytes:
        nonlocal asked
        asked += 1
        await asyncio.sleep(60)
        return b""

    street.back_camera.always = hang
    watcher = Watcher()
    both = replace(config, cameras=(BACK_CAMERA, CAMERA), interval=0.05)
    looks = looker(street, both, watcher)
    looks.start()
    await street.until(lambda: len(watcher.frames) > 8, seconds=2.0)
    assert watcher.began == 1
    assert asked == 1, "it is not asked again before it has answered"
    async with asyncio.timeout(1.0):
        await looks.stop()
    read = len(watcher.frames)
    await asyncio.sleep(0.2)
    assert len(watcher.frames) == read


async def test_a_burst_asks_at_its_rate_and_tells_when_everything_is_read(
    street: Street, config: GateConfig
) -> None:
    watcher = Watcher()
    looks = looker(street, config, watcher)
    looks.start()
    await street.until(lambda: watcher.frames)
    street.camera.asked = 0
    looks.look()
    assert looks.looking
    await street.until(lambda: watcher.tallies)
    assert 8 <= street.camera.asked <= 11
    assert watcher.began == 1
    assert watcher.tallies[0].read == street.camera.asked - looks.dropped
    await looks.stop()


async def test_after_stopping_a_trigger_starts_nothing(street: Street, config: GateConfig) -> None:
    watcher = Watcher()
    looks = looker(street, config, watcher)
    looks.start()
    await looks.stop()
    looks.look()
    looks.look_closer()
    await asyncio.sleep(0.1)
    assert not looks.looking
    assert watcher.began == 0


async def test_a_frame_that_cannot_be_handled_is_not_the_last_that_is_read(
    street: Street, config: GateConfig, caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy(Watcher):
        def frame_read(self, frame: Frame) -> None:
            super().frame_read(frame)
            raise ValueError(frame.reads.plates[0].text)

    watcher = Clumsy()
    street.camera.always = street.pictures.paint(plate("KA7X0SR"))
    looks = looker(street, config, watcher)
    looks.start()
    looks.look()
    await street.until(lambda: len(watcher.frames) > 2)
    await looks.stop()
    assert "ValueError" in caplog.text
    assert "KA7X0SR" not in caplog.text
