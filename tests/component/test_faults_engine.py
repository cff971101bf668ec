"""Faults of the engine: the gate stays shut, says so, and the owner is told what to mend."""

from __future__ import annotations

import asyncio

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import CONF_TOKEN, CONF_URL, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import reading_report
from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.const import CONF_ENGINE, DOMAIN
from custom_components.alpr_gate.engine_state import EngineState
from custom_components.alpr_gate.repairs import EngineIssue

from .street import KNOWN, Street

PROBLEM = "binary_sensor.alpr_gate_engine_problem"
PRESENT = "binary_sensor.front_gate_vehicle_present"


def issues(hass: HomeAssistant) -> set[str]:
    return {
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id in set(EngineIssue)
    }


@pytest.mark.parametrize(
    ("fault", "problem", "issue"),
    [
        (8, EngineProblem.WRONG_VERSION, EngineIssue.VERSION),
        (8, EngineProblem.NONSENSE, EngineIssue.ADDRESS),
        (7, EngineProblem.REDIRECTED, EngineIssue.ADDRESS),
        (24, EngineProblem.MODEL_REFUSED, EngineIssue.MODEL),
        (25, EngineProblem.MODEL_REFUSED, EngineIssue.MODEL),
        (26, EngineProblem.MODEL_REFUSED, EngineIssue.MODEL),
        (27, EngineProblem.FAILED, EngineIssue.FAILING),
        (27, EngineProblem.TIMED_OUT, EngineIssue.FAILING),
        (27, EngineProblem.UNREACHABLE, EngineIssue.FAILING),
    ],
)
async def test_faults_7_8_and_24_to_27_the_engine_cannot_be_used(
    hass: HomeAssistant, loaded: Street, fault: int, problem: EngineProblem, issue: EngineIssue
) -> None:
    loaded.engine.become(EngineState.FAILING, problem)
    await hass.async_block_till_done()
    assert issues(hass) == {issue.value}
    assert (sensor := hass.states.get(PROBLEM)) is not None
    assert sensor.state == STATE_ON
    assert sensor.attributes["problem"] == problem.value
    assert (present := hass.states.get(PRESENT)) is not None
    assert present.state == STATE_UNAVAILABLE

    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("failed", "engine_failed")
    assert loaded.commands == []

    loaded.engine.become(EngineState.READY)
    await hass.async_block_till_done()
    assert issues(hass) == set()
    assert (sensor := hass.states.get(PROBLEM)) is not None
    assert sensor.state == STATE_OFF
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    await loaded.until_seen()
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")


async def test_an_engine_that_fails_once_is_nothing_to_mend(
    hass: HomeAssistant, loaded: Street
) -> None:
    loaded.engine.become(EngineState.FAILING, EngineProblem.FAILED)
    loaded.engine.failures = 1
    loaded.engine._change(EngineState.FAILING, EngineProblem.FAILED)
    assert issues(hass) == set()


async def test_a_token_that_is_not_taken_is_asked_for_anew(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    remote = {CONF_ENGINE: "remote", CONF_URL: "http://engine.test:8765", CONF_TOKEN: "old"}
    hass.config_entries.async_update_entry(entry, data=remote)
    await street.load(entry)
    street.engine.become(EngineState.FAILING, EngineProblem.UNAUTHORISED)
    await hass.async_block_till_done()
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]
    assert issues(hass) == set()
    await street.unload()


async def test_fault_27_an_engine_that_is_still_loading_opens_nothing(loaded: Street) -> None:
    loaded.engine.become(EngineState.STARTING, EngineProblem.LOADING)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("failed", "engine_failed")
    assert loaded.commands == []


async def test_fault_28_more_frames_than_the_engine_can_read(loaded: Street) -> None:
    """The oldest waiting picture is dropped, and what took too long opens nothing."""
    await loaded.configure(max_frame_age=0.5)
    await asyncio.sleep(0.1)
    loaded.engine.bodies.clear()
    loaded.engine.seconds = 0.6
    film = loaded.pictures.approach(KNOWN, 40)
    await loaded.arrive(film)
    await loaded.until(lambda: not loaded.gate.board.status.looking, seconds=8)
    assert loaded.commands == [], "every answer came too late"
    assert loaded.gate.pictures_dropped > 5
    read = [film.index(body) for body in loaded.engine.bodies if body in film]
    assert read == sorted(read), "the newest is read next, none twice"
    assert len(read) <= 5


async def test_fault_28_a_busy_engine_is_told_of(loaded: Street) -> None:
    loaded.engine.broken = EngineProblem.BUSY
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("failed", "engine_busy")
    assert loaded.commands == []


async def test_fault_28_an_engine_that_is_too_slow_is_told_of_and_no_camera_blamed(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_report, "FAULT_SECONDS", 0.3)
    monkeypatch.setattr(reading_report, "LASTING_FAULT_SECONDS", 0.6)
    await loaded.configure(max_frame_age=0.2, burst_length=3.0)
    loaded.engine.seconds = 0.25
    await loaded.arrive(loaded.pictures.approach(KNOWN, 40))
    await loaded.until_told("failed", "engine_busy")
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    assert loaded.commands == []
    assert loaded.events == [("failed", "engine_busy")]
    assert not [issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN]
