"""What an opener names as a device, an area or a label, and what becomes of it when it is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from .house import House


@pytest.fixture
async def house(hass: HomeAssistant) -> House:
    for domain in ("switch", "cover", "script"):
        assert await async_setup_component(hass, domain, {})
    for domain in ("script", "some_drive"):
        hass.services.async_register(domain, "open", lambda _call: None)
    return House(hass)


def turn_on(house: House, kind: str) -> dict[str, Any]:
    return {"action": "switch.turn_on", "target": {kind: house.ids[kind]}}


KINDS = pytest.mark.parametrize("kind", ["device_id", "area_id", "floor_id", "label_id"])


@KINDS
async def test_a_device_counts_as_what_the_action_finds_in_it(house: House, kind: str) -> None:
    relay = house.has("switch", "unavailable")
    house.has("sensor", "12")
    assert await house.is_out_of_reach(turn_on(house, kind))
    house.hass.states.async_set(relay, "off")
    assert not await house.is_out_of_reach(turn_on(house, kind))


@KINDS
async def test_where_the_action_finds_nothing_it_reaches_nothing(house: House, kind: str) -> None:
    house.has("sensor", "12")
    assert await house.is_out_of_reach(turn_on(house, kind))


@KINDS
async def test_what_is_named_as_data_counts_like_a_target(house: House, kind: str) -> None:
    house.has("switch", "unavailable")
    action = {"action": "switch.turn_on", "data": {kind: [house.ids[kind]]}}
    assert await house.is_out_of_reach(action)


@KINDS
async def test_one_gate_of_several_that_is_gone_is_enough(house: House, kind: str) -> None:
    house.has("cover", "closed")
    action = {"action": "cover.open_cover", "target": {kind: house.ids[kind]}}
    assert not await house.is_out_of_reach(action)
    house.has("cover", "unavailable")
    assert await house.is_out_of_reach(action)


async def test_what_the_owner_disabled_is_not_waited_for(house: House) -> None:
    house.has("cover", "closed")
    house.has("cover", None, disabled_by=er.RegistryEntryDisabler.USER)
    action = {"action": "cover.open_cover", "target": {"device_id": house.device}}
    assert not await house.is_out_of_reach(action)


@pytest.mark.parametrize(
    "named",
    [
        lambda house: {"device_id": house.device},
        lambda house: {"device_id": "{{ 'a device' }}"},
        lambda house: "{{ {'device_id': 'a device'} }}",
        lambda house: {},
    ],
    ids=["a device", "a template for a device", "a template", "nothing"],
)
async def test_what_a_script_or_a_template_does_with_its_data_is_not_guessed(
    house: House, named: Callable[[House], Any]
) -> None:
    house.has("sensor", "12")
    assert not await house.is_out_of_reach({"action": "script.open", "data": named(house)})


async def test_an_action_of_another_kind_is_sent_to_a_device_that_is_there(house: House) -> None:
    action = {"action": "some_drive.open", "data": {"device_id": house.device}}
    assert not await house.is_out_of_reach(action)
    house.has("sensor", "unavailable")
    assert await house.is_out_of_reach(action)
    action["data"] = {"device_id": "gone"}
    assert await house.is_out_of_reach(action)


async def test_a_device_s_own_action_reaches_for_the_entity_it_names(house: House) -> None:
    gate = house.has("cover", "closed")
    house.has("cover", "unavailable")
    registered = er.async_get(house.hass).async_get(gate)
    assert registered is not None
    action = {
        "domain": "cover",
        "type": "open",
        "device_id": house.device,
        "entity_id": registered.id,
    }
    assert not await house.is_out_of_reach(action)
    house.hass.states.async_set(gate, "unavailable")
    assert await house.is_out_of_reach(action)


async def test_a_device_without_the_entity_for_its_own_action_counts_as_all_that_it_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def valid(_hass: HomeAssistant, config: dict[str, Any]) -> dict[str, Any]:
        return config

    monkeypatch.setattr(
        "homeassistant.components.device_automation.action.async_validate_action_config", valid
    )
    action = {"domain": "some_drive", "type": "open", "device_id": house.device}
    sensor = house.has("sensor", "12")
    assert not await house.is_out_of_reach(action)
    house.hass.states.async_set(sensor, "unavailable")
    assert await house.is_out_of_reach(action)
