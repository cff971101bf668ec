"""What is chosen to confirm and proves nothing: whatever changes with every car."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import gate_controller
from custom_components.alpr_gate.confirming import proving_nothing
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.gate_controller import GateController

from .conftest import GATE_ID
from .house import House
from .street import GATE, KNOWN, TRIGGER, Street

CONFIRMING = (
    "binary_sensor.beam",
    "cover.gate",
    "cover.left",
    "event.keypad",
    "person.ann",
    "scene.arrival",
    "script.open_gate",
    "switch.relay",
)


def nothing_by(hass: HomeAssistant, *opener: dict[str, Any]) -> list[str]:
    return proving_nothing(hass, CONFIRMING, senses=(), opener=opener)


def test_what_the_gate_senses_with_proves_nothing(hass: HomeAssistant) -> None:
    senses = ("binary_sensor.beam", None, "cover.gate")
    found = proving_nothing(hass, CONFIRMING, senses=senses, opener=())
    assert found == ["binary_sensor.beam", "cover.gate"]


@pytest.mark.parametrize("entity", ["person.anna", "device_tracker.phone", "tag.keyring"])
def test_who_comes_home_may_start_a_look_and_confirm_as_well(
    hass: HomeAssistant, entity: str
) -> None:
    assert proving_nothing(hass, [entity], senses=[entity], opener=()) == []


@pytest.mark.parametrize(
    ("step", "moved"),
    [
        ({"action": "cover.open_cover", "target": {"entity_id": "cover.left"}}, ["cover.left"]),
        ({"service": "cover.open_cover", "entity_id": "cover.left"}, ["cover.left"]),
        (
            {"action": "switch.turn_on", "data": {"entity_id": "Switch.relay, cover.left"}},
            ["cover.left", "switch.relay"],
        ),
        (
            {
                "if": [{"condition": "state", "entity_id": "person.ann", "state": "home"}],
                "then": [{"action": "switch.turn_on", "target": {"entity_id": "switch.relay"}}],
            },
            ["switch.relay"],
        ),
        ({"action": "script.open_gate"}, ["script.open_gate"]),
        ({"scene": "scene.arrival"}, ["scene.arrival"]),
        ({"action": "switch.turn_on", "target": {"entity_id": "{{ relay }}"}}, []),
        ({"wait_for_trigger": {"trigger": "state", "entity_id": "event.keypad"}}, []),
        ({"no": "action"}, []),
        (
            {
                "action": "cover.open_cover",
                "target": {"entity_id": "cover.left"},
                "enabled": False,
            },
            [],
        ),
    ],
)
def test_what_the_opener_names_to_move_it_proves_nothing(
    hass: HomeAssistant, step: dict[str, Any], moved: list[str]
) -> None:
    assert nothing_by(hass, step) == moved


def test_what_is_in_a_group_that_the_opener_moves_proves_nothing(hass: HomeAssistant) -> None:
    hass.states.async_set("group.gates", "closed", {"entity_id": ["cover.left", "cover.gate"]})
    step = {"action": "cover.open_cover", "target": {"entity_id": "group.gates"}}
    assert nothing_by(hass, step) == ["cover.gate", "cover.left"]


@pytest.mark.parametrize("kind", ["device_id", "area_id", "floor_id", "label_id"])
async def test_of_a_device_or_an_area_only_what_the_action_moves_proves_nothing(
    hass: HomeAssistant, kind: str
) -> None:
    assert await async_setup_component(hass, "cover", {})
    house = House(hass)
    gate, keypad = house.has("cover", "closed"), house.has("event", "unknown")
    step = {"action": "cover.open_cover", "target": {kind: house.ids[kind]}}
    found = proving_nothing(hass, (keypad, gate), senses=(), opener=[step])
    assert found == [gate]


async def test_a_device_s_own_action_moves_the_entity_that_it_names(hass: HomeAssistant) -> None:
    house = House(hass)
    gate, keypad = house.has("cover", "closed"), house.has("event", "unknown")
    registered = er.async_get(hass).async_get(gate)
    assert registered is not None
    step = {
        "domain": "cover",
        "type": "open",
        "device_id": house.device,
        "entity_id": registered.id,
    }
    assert proving_nothing(hass, (keypad, gate), senses=(), opener=[step]) == [gate]


def test_a_script_that_was_renamed_proves_nothing_either(hass: HomeAssistant) -> None:
    entities = er.async_get(hass)
    script = entities.async_get_or_create(
        "script", "script", "open_gate", suggested_object_id="renamed"
    )
    step = {"action": "script.open_gate"}
    found = proving_nothing(hass, [script.entity_id], senses=(), opener=[step])
    assert found == ["script.renamed"]


def test_no_entity_of_our_own_proves_anything(hass: HomeAssistant) -> None:
    entities = er.async_get(hass)
    ours = entities.async_get_or_create("event", DOMAIN, "passage").entity_id
    others = entities.async_get_or_create("event", "test", "keypad").entity_id
    assert proving_nothing(hass, (others, ours), senses=(), opener=()) == [ours]


def told(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"confirming_nothing_{GATE_ID}")


async def test_at_a_gate_set_up_before_it_confirms_nothing_and_the_owner_is_told(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)
    hass.states.async_set("person.ann", "not_home")
    chosen = [TRIGGER, GATE, "person.ann"]
    await street.load(entry, second_factor=True, second_factor_entities=chosen)
    issue = told(hass)
    assert issue is not None
    named = {"entities": f"{TRIGGER}, {GATE}", "gate": "Front gate"}
    assert issue.translation_placeholders == named
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN, 60))
    await street.until_told("asked", "second_factor_needed")
    await street.trigger()
    await asyncio.sleep(0.2)
    assert street.commands == []
    hass.states.async_set("person.ann", "home")
    await street.until_told("opened", "listed")
    await street.configure(second_factor_entities=["person.ann"])
    assert told(hass) is None
    await street.unload()


async def test_an_entity_that_the_opener_moves_only_later_confirms_no_more_from_then_on(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed: list[str] = []
    monkeypatch.setattr(
        GateController, "confirm", lambda _gate, source, **_at: confirmed.append(source)
    )
    house = House(hass)
    relay = er.async_get(hass).async_get_or_create("switch", "test", "relay").entity_id
    opener = [{"action": "homeassistant.turn_on", "target": {"label_id": house.ids["label_id"]}}]
    hass.services.async_register("homeassistant", "turn_on", lambda _call: None)
    hass.states.async_set(relay, "off")
    await street.load(entry, second_factor=True, second_factor_entities=[relay], opener=opener)
    hass.states.async_set(relay, "on")
    await street.until(lambda: confirmed == [relay])
    assert told(hass) is None
    hass.states.async_set(relay, "off")
    er.async_get(hass).async_update_entity(relay, labels={house.ids["label_id"]})
    hass.states.async_set(relay, "on")
    await street.until(lambda: told(hass) is not None)
    assert confirmed == [relay]
    await street.unload()
    assert told(hass) is None
