"""Diagnostics and system health: what helps, and nothing that tells who comes and goes."""

from __future__ import annotations

import json

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.alpr_gate.alpr.engine.protocol import EngineStatus, Health
from custom_components.alpr_gate.const import CONF_ENGINE, DOMAIN

from .street import IDENTITY, KNOWN, Street, id_of


async def test_diagnostics_explain_the_last_decisions(
    hass: HomeAssistant, loaded: Street, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    assert loaded.entry is not None
    report = await get_diagnostics_for_config_entry(hass, hass_client, loaded.entry)
    (gate,) = report["gates"]
    decision = gate["last_decisions"][-1]
    assert decision["verdict"] == "open"
    assert decision["outcome"] == "opened"
    assert decision["settings"]["looks_needed"] == 2
    assert decision["engine"]["models"] == {"fake": "0" * 64}
    assert gate["cameras"] == [
        {"camera": "camera.street", "problem": None, "failures": 0, "picture_problem": None}
    ]
    assert gate["status"]["reading"] is True
    assert report["engine"]["state"] == "ready"
    assert report["vehicles_listed"] == 1


async def test_diagnostics_hold_no_names_tokens_addresses_or_openers(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    remote = {CONF_ENGINE: "remote", CONF_URL: "http://secret.test", CONF_TOKEN: "hush"}
    hass.config_entries.async_update_entry(entry, data=remote)
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    report = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(report).replace(json.dumps(id_of("Ann's car")), "")
    for secret in ("secret.test", "hush", "Ann's car", KNOWN, "open_cover"):
        assert secret not in text
    await street.unload()


async def test_diagnostics_of_what_does_not_run_tell_its_state_and_what_is_saved(
    hass: HomeAssistant, loaded: Street, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    assert loaded.entry is not None
    running = await get_diagnostics_for_config_entry(hass, hass_client, loaded.entry)
    assert running["state"] == "loaded"
    await loaded.unload()
    report = await get_diagnostics_for_config_entry(hass, hass_client, loaded.entry)
    assert report["state"] == "not_loaded"
    assert report["entry"] == {CONF_ENGINE: "built_in"}
    (gate,) = report["gates"]
    assert gate["config"]["cameras"] == ["camera.street"]
    assert "open_cover" not in json.dumps(report)


async def test_system_health_says_what_reads_and_how_fast(
    hass: HomeAssistant, loaded: Street
) -> None:
    loaded.engine.health = Health(EngineStatus.READY, IDENTITY, 0, 0)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "engine": "ready",
        "backend": "fake",
        "engine_version": "1",
        "milliseconds_per_picture": 6,
        "gates": 1,
        "gates_reading": 1,
    }


async def test_system_health_without_an_entry_is_empty(hass: HomeAssistant, loaded: Street) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    await loaded.unload()
    assert await get_system_health_info(hass, DOMAIN) == {}
