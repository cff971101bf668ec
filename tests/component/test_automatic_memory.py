"""Whether a gate may open by itself is remembered at once, and off on doubt."""

# ruff: noqa: ASYNC240 - a test may wait for the disk

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import errno
import json
from pathlib import Path
import stat
from typing import Any
from unittest.mock import patch

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    mock_restore_cache,
)

from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.automatic_memory import (
    DATA_MEMORY,
    AutomaticMemory,
    AutomaticNotSaved,
)
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.privacy_desk import NotAccountedError

from .conftest import GATE_ID
from .street import KNOWN, Street

AUTOMATIC = "switch.front_gate_automatic_opening"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant read and write real files: they are what is tested here."""
    return {}


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", "alpr_gate.automatic"))


@contextmanager
def full_disk() -> Iterator[None]:
    with patch(
        "homeassistant.util.file.AtomicWriter", side_effect=OSError(errno.ENOSPC, "disk full")
    ):
        yield


async def turn(hass: HomeAssistant, action: str, switch: str = AUTOMATIC) -> None:
    await hass.services.async_call("switch", action, {"entity_id": switch}, blocking=True)


def state_of(hass: HomeAssistant, switch: str = AUTOMATIC) -> str:
    state = hass.states.get(switch)
    assert state is not None
    return state.state


def on_disk(file: Path) -> dict[str, bool]:
    gates: dict[str, bool] = json.loads(file.read_text())["data"]["gates"]
    return gates


def write(file: Path, content: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)


def wrapped(data: Any, version: int = 1) -> str:
    return json.dumps(
        {"version": version, "minor_version": 1, "key": "alpr_gate.automatic", "data": data}
    )


async def after_a_restart(hass: HomeAssistant) -> AutomaticMemory:
    """What a memory knows that starts from the disk."""
    memory = AutomaticMemory(hass)
    await memory.load()
    return memory


async def recalled(memory: AutomaticMemory, *, restored: bool | None = None) -> bool:
    """What a gate is whose switch Home Assistant has known before."""
    return await memory.recall(GATE_ID, is_new=False, restored=restored)


async def test_a_renamed_switch_stays_off(hass: HomeAssistant, loaded: Street) -> None:
    await turn(hass, "turn_off")
    er.async_get(hass).async_update_entity(AUTOMATIC, new_entity_id="switch.driveway")
    await hass.async_block_till_done()
    assert state_of(hass, "switch.driveway") == STATE_OFF
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "automatic_off")
    assert loaded.commands == []


async def test_off_is_on_disk_when_the_action_has_ended(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    assert on_disk(file) == {GATE_ID: True}
    await turn(hass, "turn_off")
    assert on_disk(file) == {GATE_ID: False}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Home Assistant's own memory was last written while it was on: it no longer counts.
    assert not await recalled(await after_a_restart(hass), restored=True)


async def test_on_is_remembered_over_a_restart(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    await turn(hass, "turn_off")
    await turn(hass, "turn_on")
    assert state_of(hass) == STATE_ON
    assert await recalled(await after_a_restart(hass))


async def test_a_switch_stays_off_over_a_reload(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    await turn(hass, "turn_off")
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass) == STATE_OFF


@pytest.mark.parametrize("remembered", [STATE_ON, STATE_OFF])
async def test_the_first_start_with_this_memory_takes_what_home_assistant_remembers(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry, file: Path, remembered: str
) -> None:
    er.async_get(hass).async_get_or_create(
        "switch", DOMAIN, f"{GATE_ID}_automatic", suggested_object_id="front_gate_automatic_opening"
    )
    mock_restore_cache(hass, [State(AUTOMATIC, remembered)])
    await street.load(entry)
    assert state_of(hass) == remembered
    assert on_disk(file) == {GATE_ID: remembered == STATE_ON}
    await street.unload()


async def test_a_gate_that_was_known_and_of_which_nothing_is_remembered_is_off(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    er.async_get(hass).async_get_or_create(
        "switch", DOMAIN, f"{GATE_ID}_automatic", suggested_object_id="front_gate_automatic_opening"
    )
    await street.load(entry)
    assert state_of(hass) == STATE_OFF
    await street.unload()


@pytest.mark.parametrize(
    "content",
    [
        "no JSON at all",
        wrapped({}),
        wrapped({"gates": []}),
        wrapped({"gates": {GATE_ID: "off"}}),
        wrapped({"gates": {}}, version=2),
    ],
    ids=["no JSON", "nothing", "a list", "a word", "newer"],
)
async def test_a_file_that_cannot_be_used_turns_a_known_gate_off(
    hass: HomeAssistant, file: Path, content: str
) -> None:
    write(file, content)
    assert not await recalled(await after_a_restart(hass), restored=True)


async def test_a_file_of_a_newer_version_is_left_as_it_is_and_nothing_turns_on(
    hass: HomeAssistant, file: Path
) -> None:
    content = wrapped({"gates": {GATE_ID: True}}, version=2)
    write(file, content)
    memory = await after_a_restart(hass)
    with pytest.raises(AutomaticNotSaved):
        await memory.turn_on(GATE_ID)
    assert not await memory.recall("a new gate", is_new=True, restored=None)
    assert file.read_text() == content


async def test_off_that_cannot_be_written_is_in_force_and_the_action_fails(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    with full_disk(), pytest.raises(HomeAssistantError) as raised:
        await turn(hass, "turn_off")
    assert raised.value.translation_key == "automatic_not_saved"
    assert state_of(hass) == STATE_OFF
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass) == STATE_OFF


async def test_on_that_cannot_be_written_is_off_and_the_action_fails(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    await turn(hass, "turn_off")
    with full_disk(), pytest.raises(AutomaticNotSaved):
        await turn(hass, "turn_on")
    assert state_of(hass) == STATE_OFF
    await turn(hass, "turn_on")
    assert state_of(hass) == STATE_ON
    assert on_disk(file) == {GATE_ID: True}


async def test_turned_off_while_on_is_being_written_it_is_off(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    await turn(hass, "turn_off")
    writing, go_on = asyncio.Event(), asyncio.Event()
    write_data = Store._async_write_data

    async def slow(store: Store[Any], data: dict[str, Any]) -> None:
        writing.set()
        await go_on.wait()
        await write_data(store, data)

    with patch.object(Store, "_async_write_data", slow):
        turning_on = hass.async_create_task(turn(hass, "turn_on"))
        async with asyncio.timeout(5):
            await writing.wait()
        assert state_of(hass) == STATE_OFF
        turning_off = hass.async_create_task(turn(hass, "turn_off"))
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(turning_on, turning_off)
    assert state_of(hass) == STATE_OFF
    assert on_disk(file) == {GATE_ID: False}


async def test_a_gate_that_is_deleted_is_forgotten(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    assert loaded.entry is not None
    await turn(hass, "turn_off")
    hass.config_entries.async_remove_subentry(loaded.entry, GATE_ID)
    await hass.async_block_till_done()
    assert on_disk(file) == {}


async def test_a_gate_that_was_deleted_while_nothing_ran_is_forgotten_at_the_next_start(
    hass: HomeAssistant, loaded: Street, file: Path
) -> None:
    assert loaded.entry is not None
    await loaded.unload()
    hass.config_entries.async_remove_subentry(loaded.entry, GATE_ID)
    assert await hass.config_entries.async_setup(loaded.entry.entry_id)
    await hass.async_block_till_done()
    assert on_disk(file) == {}
    assert not hass.data[DATA_MEMORY].is_on(GATE_ID)


async def test_the_account_tells_who_turned_automatic_opening_off_and_on(
    hass: HomeAssistant, loaded: Street, hass_admin_user: MockUser
) -> None:
    for action in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "switch",
            action,
            {"entity_id": AUTOMATIC},
            blocking=True,
            context=Context(user_id=hass_admin_user.id),
        )
    off, on = (await loaded.data.privacy.archive.account_since(0.0))[-2:]
    for record, settings in ((off, "automatic_off"), (on, "automatic_on")):
        assert record.action is AuditAction.SETTINGS_CHANGED
        assert record.user == hass_admin_user.id
        assert record.details == {"gate": GATE_ID, "settings": settings}


async def test_automatic_opening_is_turned_off_but_not_on_when_it_cannot_be_accounted_for(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    monkeypatch.setattr(loaded.data.privacy.archive._chain, "append", full)
    await turn(hass, "turn_off")
    assert state_of(hass) == STATE_OFF
    with pytest.raises(NotAccountedError):
        await turn(hass, "turn_on")
    assert state_of(hass) == STATE_OFF


async def test_the_account_tells_that_turning_on_came_to_nothing(
    hass: HomeAssistant, loaded: Street
) -> None:
    await turn(hass, "turn_off")
    with full_disk(), pytest.raises(HomeAssistantError):
        await turn(hass, "turn_on")
    record = (await loaded.data.privacy.archive.account_since(0.0))[-1]
    assert record.action is AuditAction.CAME_TO_NOTHING
    assert record.details == {"gate": GATE_ID, "settings": "automatic_on"}
