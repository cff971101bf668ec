"""No plate in any state, event, attribute, log, id, diagnostic or file but the owner's list."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
    restore_state,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.engine_state import EngineState

from .street import KNOWN, STRANGER, Street, plate

NEAR = "KA7X0SP"


class Ears:
    """Hears everything that is fired on the bus."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.heard: list[str] = []
        hass.bus.async_listen(MATCH_ALL, self._hear)

    @callback
    def _hear(self, event: Event[Any]) -> None:
        self.heard.append(f"{event.event_type} {event.data} {event.context.as_dict()}")


def texts_with_plates(*texts: str) -> list[str]:
    """What holds a plate, in any spelling."""
    return [
        text[:300]
        for text in texts
        if any(plate in text.upper().replace(" ", "") for plate in (KNOWN, STRANGER, NEAR))
    ]


async def play_everything(hass: HomeAssistant, street: Street) -> None:
    """Let everything happen that a gate can tell of."""
    await street.arrive(street.pictures.approach(KNOWN, 4))
    await street.until_told("opened", "listed")
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    street.gate_is("closed")
    await street.arrive(street.pictures.approach(STRANGER, 4))
    await street.until_told("unknown", "not_listed")
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    await street.arrive(street.pictures.approach(NEAR, 4))
    await street.until_told("unknown", "near_miss")
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    await street.arrive(
        [street.pictures.paint(plate(KNOWN), plate(STRANGER, x=600)) for _ in range(3)]
    )
    await street.until(lambda: not street.gate.board.status.looking)
    street.engine.become(EngineState.FAILING, EngineProblem.FAILED)
    await street.arrive(street.pictures.approach(KNOWN, 3))
    await street.until_told("failed", "engine_failed")
    street.engine.become(EngineState.READY)
    street.camera.always = RuntimeError(f"cannot read {KNOWN}")
    await street.trigger()
    await street.until_told("failed", "camera_failed")


async def test_no_plate_is_written_shown_fired_or_logged(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await async_setup_component(hass, "diagnostics", {})
    ears = Ears(hass)
    await street.load(entry, absent_seconds=0.1)
    await street.list_car("Ann's car", KNOWN)
    await asyncio.sleep(0.1)
    await play_everything(hass, street)
    await hass.async_block_till_done()

    states = [str(state.as_dict()) for state in hass.states.async_all()]
    assert texts_with_plates(*states) == []
    assert texts_with_plates(*ears.heard) == []
    ours = [record.getMessage() for record in caplog.records if "alpr" in record.name]
    assert texts_with_plates(*ours) == []
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    registries = [
        *(str(entity.extended_dict) for entity in er.async_get(hass).entities.values()),
        *(str(device.dict_repr) for device in devices),
        *(str(issue.to_json()) for issue in ir.async_get(hass).issues.values()),
    ]
    assert texts_with_plates(*registries) == []
    stored = restore_state.async_get(hass).async_get_stored_states()
    assert texts_with_plates(*(json.dumps(one.as_dict(), default=str) for one in stored)) == []
    diagnostics = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert texts_with_plates(diagnostics) == []
    assert "last_decisions" in diagnostics
    assert "near_miss" in diagnostics
    await street.unload()

    written = [
        path
        for path in await hass.async_add_executor_job(_files_below, Path(hass.config.config_dir))
        if path.name != "alpr_gate.register"
    ]
    contents = [
        (await hass.async_add_executor_job(path.read_bytes)).decode("latin-1") for path in written
    ]
    assert texts_with_plates(*contents, *(str(path) for path in written)) == []


def _files_below(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "custom_components" not in path.parts
    ]
