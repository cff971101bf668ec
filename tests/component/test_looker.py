"""When a gate's cameras are asked outside a burst."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import looker as looker_module
from custom_components.alpr_gate.alpr.types import Frame
from custom_components.alpr_gate.camera_health import CameraHealth
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.looker import BurstTally, Looker
from custom_components.alpr_gate.snapshot import SnapshotProblem

from .street import Street, plate


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


def looker(street: Street, config: GateConfig, watcher: Watcher) -> Looker:
    return Looker(street.hass, config, street.engine, watcher)


async def test_a_gate_without_a_car_is_looked_at_only_when_something_happens(
    street: Street, config: GateConfig
) -> None:
    assert looker(street, config, Watcher())._pause() is None


async def test_a_car_that_stays_is_looked_at_less_and_less_often(
    street: Street, config: GateConfig
) -> None:
    looks = looker(street, config, Watcher(present=True))
    looks.look_again()
    pauses = [looks._pause() or 0.0 for _ in range(60)]
    assert pauses[0] == looker_module.FIRST_PRESENCE_PAUSE_SECONDS
    assert pauses == sorted(pauses)
    assert pauses[-1] == looker_module.LONGEST_PRESENCE_PAUSE_SECONDS
    looks.look_again()
    assert looks._pause() == pauses[0]


async def test_continuous_watching_is_never_slower_than_was_asked_for(
    street: Street, config: GateConfig
) -> None:
    watcher = Watcher()
    looks = looker(street, replace(config, interval=3.0), watcher)
    assert looks._pause() == 3.0
    watcher.present = True
    assert all((looks._pause() or 99.0) <= 3.0 for _ in range(60))


async def test_a_failing_camera_is_tried_again_without_a_trigger(
    hass: HomeAssistant, street: Street, config: GateConfig
) -> None:
    looks = looker(street, config, Watcher())
    looks.cameras["camera.street"].failed(SnapshotProblem.FAILED, hass.loop.time())
    pause = looks._pause()
    assert pause is not None
    assert 0 < pause <= 0.5


async def test_while_a_burst_runs_a_failing_camera_is_left_to_it(
    hass: HomeAssistant, street: Street, config: GateConfig
) -> None:
    looks = looker(street, config, Watcher())
    looks.cameras["camera.street"].failed(SnapshotProblem.FAILED, hass.loop.time() - 60.0)
    assert looks._pause() == 0.0
    looks.look()
    assert looks._pause() is None
    await looks.stop()


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
