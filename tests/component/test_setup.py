"""The entry's life: set-up, changes while everything runs, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.archive_status import VisitToKeep
from custom_components.alpr_gate.const import CONF_ENGINE, DOMAIN, SUBENTRY_TYPE_GATE
from custom_components.alpr_gate.gate_controller import GateController
from custom_components.alpr_gate.gate_roster import follow_gates
from custom_components.alpr_gate.opener_check import OpenerProblem
from custom_components.alpr_gate.privacy_desk import audit_file, window_file
from custom_components.alpr_gate.register_store import STORAGE_KEY, RegisterNotSaved
from custom_components.alpr_gate.runtime import AlprGateConfigEntry
from custom_components.alpr_gate.sure_store import SureStore

from .conftest import GATE_ID
from .street import CAMERA, GATE, KNOWN, QUICK, Street, id_of

SECOND = "binary_sensor.second_loop"


def second_gate(**changes: object) -> ConfigSubentry:
    return ConfigSubentry(
        subentry_id="second-gate",
        subentry_type=SUBENTRY_TYPE_GATE,
        title="Back gate",
        unique_id=None,
        data={  # type: ignore[arg-type]
            "cameras": ["camera.back"],
            "triggers": [SECOND],
            "gate_entity": GATE,
            "opener": [{"action": "cover.open_cover", "target": {"entity_id": GATE}}],
            "shadow": False,
            **QUICK,
            **changes,
        },
    )


def our_tasks() -> set[str]:
    return {
        task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("alpr_gate")
    }


async def test_unloading_leaves_no_task_no_thread_no_engine(
    hass: HomeAssistant, loaded: Street
) -> None:
    threads = set(threading.enumerate())
    await loaded.arrive(loaded.pictures.approach(KNOWN, 40))
    await asyncio.sleep(0.2)
    assert our_tasks()
    await loaded.unload()
    assert our_tasks() == set()
    assert loaded.engine.stops == 1
    assert set(threading.enumerate()) <= threads
    assert loaded.entry is not None
    assert loaded.entry.state is ConfigEntryState.NOT_LOADED
    asked = loaded.camera.asked
    await loaded.trigger()
    await asyncio.sleep(0.2)
    assert loaded.camera.asked == asked


async def test_a_set_up_that_fails_leaves_no_engine_behind(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    with patch("custom_components.alpr_gate.follow_gates", side_effect=RuntimeError("boom")):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert (street.engine.starts, street.engine.stops) == (1, 1)
    assert our_tasks() == set()


async def test_a_set_up_that_fails_leaves_no_gate_watched(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    street.camera.show(street.pictures.approach(KNOWN, 40))

    async def follow_and_fail(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
        await follow_gates(hass, entry)
        raise RuntimeError("boom")

    with patch("custom_components.alpr_gate.follow_gates", follow_and_fail):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.runtime_data.gates == {}
    asked = street.camera.asked
    await street.trigger()
    await asyncio.sleep(0.2)
    assert street.camera.asked == asked
    assert our_tasks() == set()


async def test_after_a_reload_everything_works_again(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await hass.async_block_till_done()
    await loaded.until_seen()
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")


async def test_fault_37_a_removal_that_cannot_be_written_outlives_a_reload(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    (vehicle,) = loaded.data.register_store.register.vehicles
    with patch.object(SureStore, "write", return_value=False):
        with pytest.raises(RegisterNotSaved):
            await loaded.data.register_store.remove(vehicle.id)
        assert await hass.config_entries.async_reload(loaded.entry.entry_id)
        assert len(loaded.data.register_store.register) == 0
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    assert len(loaded.data.register_store.register) == 0


async def test_deleting_the_entry_destroys_list_visits_and_pictures_and_keeps_the_account(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: Street
) -> None:
    assert loaded.entry is not None
    visit = VisitToKeep(GATE_ID, "open", "listed", 2, vehicle=id_of("Ann's car"))
    assert await loaded.data.privacy.archive.record(visit) is not None
    window, account = window_file(hass), audit_file(hass)
    aside = window.with_name("window.db.damaged")
    await hass.async_add_executor_job(aside.write_bytes, b"visits")
    assert KNOWN in json.dumps(hass_storage)
    await hass.config_entries.async_remove(loaded.entry.entry_id)
    assert KNOWN not in json.dumps(hass_storage)
    assert not window.parent.exists()
    assert account.exists()


@pytest.mark.parametrize("is_written", [True, False])
async def test_an_entry_that_is_added_again_begins_with_an_empty_list(
    hass: HomeAssistant, loaded: Street, is_written: bool
) -> None:
    assert loaded.entry is not None
    again = MockConfigEntry(domain=DOMAIN, title="Again", data=dict(loaded.entry.data))
    with patch.object(SureStore, "write", return_value=is_written):
        if not is_written:
            with pytest.raises(RegisterNotSaved):
                await loaded.list_car("Ben's car", "XY9876")
        await hass.config_entries.async_remove(loaded.entry.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "register_not_saved") is None
    again.add_to_hass(hass)
    assert await hass.config_entries.async_setup(again.entry_id)
    assert again.runtime_data.register_store.register.vehicles == ()
    assert await hass.config_entries.async_unload(again.entry_id)


async def test_what_was_told_of_an_entry_goes_with_it(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    told = [(DOMAIN, "repeated_look_ups"), (DOMAIN, "register_corrupt"), ("other", "issue")]
    for domain, issue in told:
        ir.async_create_issue(
            hass,
            domain,
            issue,
            is_fixable=False,
            is_persistent=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="repeated_look_ups",
            translation_placeholders={"count": "3"},
        )
    await hass.config_entries.async_remove(loaded.entry.entry_id)
    assert [domain for domain, _ in ir.async_get(hass).issues] == ["other"]


async def test_a_list_that_cannot_be_deleted_with_the_entry_is_the_owners_to_delete(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    failing = OSError(30, "Read-only file system")
    with patch.object(SureStore, "async_remove", side_effect=failing):
        await hass.config_entries.async_remove(loaded.entry.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "list_not_deleted")
    assert issue is not None
    assert issue.translation_placeholders == {"path": hass.config.path(".storage", STORAGE_KEY)}
    assert not window_file(hass).exists(), "the visits are destroyed all the same"


async def test_visits_that_cannot_be_deleted_with_the_entry_are_the_owners_to_delete(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    with patch.object(Path, "unlink", side_effect=OSError(30, "Read-only file system")):
        await hass.config_entries.async_remove(loaded.entry.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "visits_not_deleted")
    assert issue is not None
    assert issue.translation_placeholders == {"path": str(window_file(hass).parent)}


async def test_a_gate_is_added_changed_and_removed_without_touching_the_others(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    hass.states.async_set(SECOND, "off")
    first = loaded.gate
    first_keeper = first._doorkeeper
    hass.config_entries.async_add_subentry(loaded.entry, second_gate())
    await hass.async_block_till_done()
    assert hass.states.get("event.back_gate_passage") is not None
    assert loaded.entry.state is ConfigEntryState.LOADED
    assert loaded.engine.starts == 1

    back = loaded.data.gates["second-gate"]
    before = back._doorkeeper
    subentry = loaded.entry.subentries["second-gate"]
    hass.config_entries.async_update_subentry(
        loaded.entry, subentry, title="Garden gate", data={**subentry.data, "looks_needed": 4}
    )
    await hass.async_block_till_done()
    assert loaded.data.gates["second-gate"] is back
    assert back._doorkeeper is not before
    assert back.config.settings.looks_needed == 4
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "second-gate"), loaded.entry.entry_id
    )
    assert device is not None
    assert device.name == "Garden gate"

    hass.config_entries.async_remove_subentry(loaded.entry, "second-gate")
    await hass.async_block_till_done()
    assert set(loaded.data.gates) == {GATE_ID}
    assert hass.states.get("event.back_gate_passage") is None
    assert loaded.gate is first
    assert first._doorkeeper is first_keeper
    assert loaded.engine.starts == 1
    assert loaded.engine.stops == 0


async def test_an_added_gate_opens(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    hass.states.async_set(SECOND, "off")
    hass.config_entries.async_add_subentry(loaded.entry, second_gate())
    await hass.async_block_till_done()
    await asyncio.sleep(0.2)
    loaded.back_camera.show(loaded.pictures.approach(KNOWN))
    hass.states.async_set(SECOND, "on")
    await loaded.until_told("opened", "listed")


async def test_no_gate_waits_for_another_one_to_stop(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    hass.config_entries.async_add_subentry(loaded.entry, second_gate())
    await hass.async_block_till_done()
    both_are_stopping = asyncio.Barrier(2)
    stop = GateController.stop

    async def stop_at_last(gate: GateController) -> None:
        async with asyncio.timeout(1.0):
            await both_are_stopping.wait()
        await stop(gate)

    with patch.object(GateController, "stop", stop_at_last):
        await loaded.unload()
    assert loaded.entry.state is ConfigEntryState.NOT_LOADED
    assert our_tasks() == set()


async def test_another_engine_needs_a_reload(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    hass.config_entries.async_update_entry(
        loaded.entry, data={**loaded.entry.data, CONF_ENGINE: "fast_plate_ocr"}
    )
    await hass.async_block_till_done()
    assert loaded.engine.stops == 1
    assert loaded.engine.starts == 2
    assert loaded.entry.state is ConfigEntryState.LOADED


async def test_a_changed_title_of_the_entry_changes_nothing(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    keeper = loaded.gate._doorkeeper
    hass.config_entries.async_update_entry(loaded.entry, title="At home")
    await hass.async_block_till_done()
    assert loaded.engine.starts == 1
    assert loaded.gate._doorkeeper is keeper


async def test_a_gate_whose_settings_make_no_sense_is_left_out_and_told_of(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    hass.config_entries.async_add_subentry(loaded.entry, second_gate(looks_needed=0))
    await hass.async_block_till_done()
    assert set(loaded.data.gates) == {GATE_ID}
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "gate_unusable_second-gate")
    assert issue is not None
    hass.config_entries.async_update_subentry(
        loaded.entry,
        loaded.entry.subentries["second-gate"],
        data=second_gate().data,
    )
    await hass.async_block_till_done()
    assert set(loaded.data.gates) == {GATE_ID, "second-gate"}
    assert ir.async_get(hass).async_get_issue(DOMAIN, "gate_unusable_second-gate") is None


async def test_a_gate_that_was_deleted_needs_no_mending(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    hass.config_entries.async_add_subentry(loaded.entry, second_gate(looks_needed=0))
    await hass.async_block_till_done()
    hass.config_entries.async_remove_subentry(loaded.entry, "second-gate")
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, "gate_unusable_second-gate") is None


async def test_an_opener_whose_device_comes_later_works_once_home_assistant_has_started(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    hass.set_state(CoreState.starting)
    with patch(
        "custom_components.alpr_gate.opener.opener_problem", return_value=OpenerProblem.INVALID
    ):
        await street.load(entry)
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await street.until_seen()
    await street.list_car("Ann's car", KNOWN)
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"opener_unusable_{GATE_ID}") is None
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.unload()


async def test_an_opener_whose_action_comes_later_is_told_of_only_when_it_is_still_missing_then(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    issue_id = f"opener_unusable_{GATE_ID}"
    hass.set_state(CoreState.starting)
    await street.load(entry, opener=[{"action": "script.open"}])
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await street.until(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
    hass.services.async_register("script", "open", street._command)
    await street.until(lambda: not ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.unload()


async def test_an_opener_whose_device_appears_long_after_the_start_works_from_then_on(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    issue_id = f"opener_unusable_{GATE_ID}"
    with patch(
        "custom_components.alpr_gate.opener.opener_problem", return_value=OpenerProblem.INVALID
    ):
        await street.load(entry)
        assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
        await street.list_car("Ann's car", KNOWN)
        await street.until_seen()
        await street.arrive(street.pictures.approach(KNOWN))
        await street.until_told("refused", "opener_out_of_reach")
    await street.until(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None)
    await street.arrive(street.pictures.approach(KNOWN, 12))
    await street.until_told("opened", "listed")
    assert street.opened == 1
    await street.unload()


async def test_an_opener_that_cannot_be_looked_over_stops_its_own_gate_only(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    bad = [{"domain": "cover", "type": "open", "device_id": "x", "entity_id": GATE}]
    hass.config_entries.async_add_subentry(entry, second_gate(opener=bad))

    async def look_over(_: HomeAssistant, actions: list[Any], **__: object) -> None:
        if actions == bad:
            raise KeyError("another integration's mistake")

    with patch("custom_components.alpr_gate.opener.opener_problem", look_over):
        await street.load(entry)
        told = [key for _, key in ir.async_get(hass).issues]
        assert told == ["opener_unusable_second-gate"]
        assert len(street.data.gates) == 2
        await street.list_car("Ann's car", KNOWN)
        await street.until_seen()
        await street.arrive(street.pictures.approach(KNOWN))
        await street.until_told("opened", "listed")
        await street.unload()


async def test_an_opener_that_would_close_is_the_owners_to_mend(
    hass: HomeAssistant, loaded: Street
) -> None:
    issue_id = f"opener_unusable_{GATE_ID}"
    closing = [{"action": "cover.close_cover", "target": {"entity_id": GATE}}]
    await loaded.configure(opener=closing)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    await asyncio.sleep(0.2)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("failed", "opener_failed")
    assert loaded.commands == []
    await loaded.configure(opener=[{"action": "cover.open_cover", "target": {"entity_id": GATE}}])
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_nothing_is_looked_at_before_home_assistant_has_started(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    hass.set_state(CoreState.starting)
    await street.load(entry)
    await asyncio.sleep(0.2)
    assert street.camera.asked == 0
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await street.until(lambda: street.camera.asked)
    await street.unload()


@pytest.mark.parametrize("remembered", ["off", "unavailable"])
async def test_the_switch_is_restored_and_off_on_doubt(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry, remembered: str
) -> None:
    from homeassistant.core import State
    from pytest_homeassistant_custom_component.common import mock_restore_cache

    mock_restore_cache(hass, [State("switch.front_gate_automatic_opening", remembered)])
    await street.load(entry)
    assert not street.gate.board.status.automatic
    await street.unload()


async def test_every_gate_has_its_device_behind_the_engines(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry.entry_id)
    by_name = {device.name: device for device in devices}
    assert by_name.keys() >= {"ALPR Gate engine", "Front gate"}
    assert by_name["Front gate"].via_device_id == by_name["ALPR Gate engine"].id
    entities = er.async_entries_for_config_entry(er.async_get(hass), loaded.entry.entry_id)
    of_gate = [e for e in entities if e.device_id == by_name["Front gate"].id]
    assert {e.config_subentry_id for e in of_gate} == {GATE_ID}
    assert all(e.translation_key and e.has_entity_name for e in entities)
    assert CAMERA not in {e.entity_id for e in entities}


async def test_no_entity_repeats_the_last_word_of_its_device_in_its_name(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    devices, named = dr.async_get(hass), dict[str, str]()
    entities = er.async_entries_for_config_entry(er.async_get(hass), loaded.entry.entry_id)
    for entity in entities:
        assert entity.device_id is not None
        device = devices.async_get(entity.device_id)
        assert device is not None
        assert device.name
        assert entity.original_name, entity.entity_id
        named[entity.entity_id] = f"{device.name} {entity.original_name}"
        state = hass.states.get(entity.entity_id)
        assert state is None or state.name == named[entity.entity_id]
        last_word = device.name.split()[-1].casefold()
        assert last_word not in entity.original_name.casefold().split(), named[entity.entity_id]
    assert {name.split()[2] for name in named.values() if name.startswith("ALPR Gate")} == {
        "engine",
        "privacy",
    }
    assert any(name.startswith("Front gate ") for name in named.values())
    assert len(set(named.values())) == len(named)
