"""No plate in any state, event, attribute, log, id, diagnostic or file but the owner's list.

Nor a code that was typed at a gate, which is in no file at all: only a hash of it is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
    restore_state,
)
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.alpr.gate.code import KeptCode
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.engine_state import EngineState

from .conftest import GATE_ID
from .street import KNOWN, STRANGER, Street, id_of, plate

NEAR = "KA7X0SP"
CODE, ANNS_CODE, WRONG_CODE = "048215930671", "735193028461", "910284736455"
CODES = (CODE, ANNS_CODE, WRONG_CODE)


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
        if any(plate in text.upper().replace(" ", "") for plate in (KNOWN, STRANGER, NEAR, *CODES))
    ]


async def type_codes(hass: HomeAssistant, street: Street) -> None:
    """Set codes, type them and others at the gate, and guess until none is taken any more."""
    await street.configure(code=KeptCode.of(CODE, bytes(16)).text)
    vehicle = {"vehicle_id": id_of("Ann's car"), "code": ANNS_CODE}
    await hass.services.async_call(DOMAIN, "update_vehicle", vehicle, blocking=True)
    script = {
        "sequence": [{"action": "alpr_gate.enter_code", "data": {"code": f"{{{{ '{CODE}' }}}}"}}]
    }
    assert await async_setup_component(hass, "script", {"script": {"keypad": script}})
    with pytest.raises(ServiceValidationError):  # the gate has just been changed
        await hass.services.async_call("script", "keypad", {}, blocking=True)
    street.gate._settled_at = 0.0
    await hass.services.async_call("script", "keypad", {}, blocking=True)
    for code in (CODE, ANNS_CODE):
        await hass.services.async_call(DOMAIN, "enter_code", {"code": code}, blocking=True)
    for _ in range(6):
        # Nobody waits for the answer: Home Assistant prints the call when it fails.
        await hass.services.async_call(DOMAIN, "enter_code", {"code": WRONG_CODE})
    await hass.services.async_call(DOMAIN, "enter_code", {"gate": CODE, "code": f"{CODE}0"})
    await hass.async_block_till_done()


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


async def test_no_plate_and_no_code_is_written_shown_fired_or_logged(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await async_setup_component(hass, "diagnostics", {})
    ears = Ears(hass)
    await street.load(entry, absent_seconds=0.1)
    await street.list_car("Ann's car", KNOWN)
    await asyncio.sleep(0.1)
    await play_everything(hass, street)
    await type_codes(hass, street)
    await hass.async_block_till_done()
    assert any("enter_code" in heard for heard in ears.heard)
    assert ("alpr_gate", f"codes_refused_{GATE_ID}") in ir.async_get(hass).issues

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
    assert '"code": "**REDACTED**"' in diagnostics
    assert '"salt"' not in diagnostics
    traces = [
        await async_get_trace(hass, "script.keypad", trace["run_id"])
        for trace in await async_list_traces(hass, "script", "script.keypad")
    ]
    assert texts_with_plates(*(json_dumps(trace["trace"]) for trace in traces)) == []
    assert len(traces) == 2
    await street.unload()
    unloaded = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert "scrypt1$" not in unloaded

    written = [
        path
        for path in await hass.async_add_executor_job(_files_below, Path(hass.config.config_dir))
        if path.name != "alpr_gate.register"
    ]
    contents = [
        (await hass.async_add_executor_job(path.read_bytes)).decode("latin-1") for path in written
    ]
    assert texts_with_plates(*contents, *(str(path) for path in written)) == []
    kept = json.dumps([hass_storage["alpr_gate.register"], entry.as_dict()], default=str)
    assert kept.count("scrypt1$") == 2
    assert [code for code in CODES if code in kept] == []


def _files_below(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "custom_components" not in path.parts
    ]
