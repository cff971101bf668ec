"""Disks that fail, files that are damaged, clocks that jump: gates say so and stay safe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
import json
import os
import sqlite3

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.alpr_gate.archive_status import VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.privacy_desk import audit_file, window_file
from custom_components.alpr_gate.window import Window
from custom_components.alpr_gate.window_purge import WindowPurge

from .street import KNOWN, STRANGER, Street


def has_issue(hass: HomeAssistant, issue: str) -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None


def last_event(hass: HomeAssistant) -> str | None:
    state = hass.states.get("event.alpr_gate_privacy_news_for_admins")
    assert state is not None
    kind: str | None = state.attributes["event_type"]
    return kind


def no_space(*_args: object, **_kwargs: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
async def quick(street: Street, entry: MockConfigEntry) -> AsyncIterator[Street]:
    """A street where visits end quickly; not loaded yet."""
    street.entry = entry
    yield street
    await street.unload()


async def load(street: Street) -> None:
    assert street.entry is not None
    await street.load(street.entry, absent_seconds=0.1)
    await street.until_seen()


async def let_come(street: Street, plate: str, kind: str, reason: str) -> None:
    """A car comes, is told of, and leaves."""
    street.events.clear()
    await street.arrive(street.pictures.approach(plate, 4))
    await street.until_told(kind, reason)
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    street.gate_is("closed")
    await street.hass.async_block_till_done()


async def test_fault_36_a_damaged_window_is_put_aside_and_gates_work_on(
    hass: HomeAssistant, quick: Street
) -> None:
    path = window_file(hass)

    def damage() -> None:
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(5000))

    await hass.async_add_executor_job(damage)
    await load(quick)
    assert has_issue(hass, "window_damaged")
    assert path.with_name("window.db.damaged").exists()
    await quick.list_car("Ann's car", KNOWN)
    await let_come(quick, KNOWN, "opened", "listed")
    await quick.until(lambda: quick.data.privacy.archive.status.visits == 1)


async def test_fault_37_on_a_full_disk_strangers_stay_out_and_the_owner_is_told(
    hass: HomeAssistant, quick: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(quick)
    with monkeypatch.context() as full:
        full.setattr(Window, "record", no_space)
        await let_come(quick, STRANGER, "unknown", "not_listed")
        await quick.until(lambda: has_issue(hass, "window_unwritable"))
    assert quick.commands == []
    assert quick.data.privacy.archive.status.visits == 0
    await let_come(quick, STRANGER, "unknown", "not_listed")
    await quick.until(lambda: not has_issue(hass, "window_unwritable"))
    assert quick.data.privacy.archive.status.visits == 1


async def test_fault_38_when_a_purge_fails_nothing_is_recorded_until_it_succeeds(
    hass: HomeAssistant, quick: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(quick)
    with monkeypatch.context() as broken:
        broken.setattr(WindowPurge, "purge", no_space)
        await let_come(quick, STRANGER, "unknown", "not_listed")
        await quick.until(lambda: has_issue(hass, "purge_failed"))
        assert quick.data.privacy.archive.status.visits == 0
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await quick.until(lambda: not has_issue(hass, "purge_failed"))
    await let_come(quick, STRANGER, "unknown", "not_listed")
    await quick.until(lambda: quick.data.privacy.archive.status.visits == 1)


async def test_an_account_that_was_changed_by_hand_is_told_at_the_next_start(
    hass: HomeAssistant, quick: Street
) -> None:
    await load(quick)
    await quick.unload()
    path = audit_file(hass)

    def change() -> None:
        lines = path.read_text().splitlines()
        record = {**json.loads(lines[0]), "user": "somebody else"}
        path.write_text("\n".join([json.dumps(record), *lines[1:]]) + "\n")

    await hass.async_add_executor_job(change)
    await load(quick)
    assert has_issue(hass, "audit_broken")
    assert last_event(hass) == "account_broken"


async def test_a_clock_that_jumps_is_told_and_destroys_nothing_young(
    hass: HomeAssistant, quick: Street
) -> None:
    await load(quick)
    await let_come(quick, STRANGER, "unknown", "not_listed")
    keeper = quick.data.privacy.archive._keeper
    real = keeper.account._clocks
    keeper.account._clocks = replace(real, wall=lambda: real.wall() + 20 * 24 * 3600)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await quick.until(lambda: last_event(hass) == "clock_jumped")
    assert quick.data.privacy.archive.status.visits == 1


async def test_nothing_is_left_running_or_open_after_unloading(
    hass: HomeAssistant, quick: Street
) -> None:
    await load(quick)
    await let_come(quick, STRANGER, "unknown", "not_listed")
    await quick.unload()
    journal = window_file(hass).with_name("window.db-wal")
    assert not journal.exists() or journal.stat().st_size == 0
    assert audit_file(hass).stat().st_mode & 0o777 == 0o600
    assert window_file(hass).stat().st_mode & 0o777 == 0o600


async def test_when_home_assistant_stops_the_window_is_closed_and_nothing_opens_unaccounted(
    hass: HomeAssistant, quick: Street
) -> None:
    await load(quick)
    await let_come(quick, STRANGER, "unknown", "not_listed")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    journal = window_file(hass).with_name("window.db-wal")
    assert not journal.exists() or journal.stat().st_size == 0
    with pytest.raises(AuditError):
        await quick.data.privacy.archive.account(AuditAction.OPENED)
    assert await quick.data.privacy.archive.record(VisitToKeep("gate", "open", "x", 1)) is None
