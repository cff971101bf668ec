"""What a gate needs was renamed or removed, or is unavailable for long: its owner is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import lost_entities
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.lost_entities import LOST_SECONDS, LostEntities
from custom_components.alpr_gate.repairs import EntityIssue

from .conftest import GATE_ID
from .street import GATE, TRIGGER, Street


def issue(
    hass: HomeAssistant, kind: EntityIssue = EntityIssue.TRIGGER, entity: str = TRIGGER
) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{kind}_{GATE_ID}_{entity}")


@pytest.fixture
def watch(hass: HomeAssistant, entry: MockConfigEntry) -> LostEntities:
    return LostEntities(hass, GateConfig.from_subentry(entry.subentries[GATE_ID]))


def test_a_trigger_that_is_gone_for_minutes_is_told_by_its_name_and_its_gate(
    hass: HomeAssistant, watch: LostEntities
) -> None:
    watch.look(1000.0)
    watch.look(1000.0 + LOST_SECONDS - 1)
    assert issue(hass) is None
    watch.look(1000.0 + LOST_SECONDS)
    told = issue(hass)
    assert told is not None
    assert told.translation_placeholders == {"entity": TRIGGER, "gate": "Front gate"}
    watch.forget()
    assert issue(hass) is None


def test_a_trigger_that_comes_back_is_told_of_no_more_and_gets_its_minutes_anew(
    hass: HomeAssistant, watch: LostEntities
) -> None:
    watch.look(0.0)
    watch.look(LOST_SECONDS)
    hass.states.async_set(TRIGGER, "unknown")
    watch.look(LOST_SECONDS + 1)
    assert issue(hass) is None
    hass.states.async_remove(TRIGGER)
    watch.look(LOST_SECONDS + 2)
    watch.look(2 * LOST_SECONDS)
    assert issue(hass) is None


OPENER: list[dict[str, Any]] = [
    {"action": "cover.open_cover", "target": {"entity_id": ["cover.left", "cover.right"]}},
    {"choose": [{"sequence": [{"action": "switch.turn_on", "data": {"entity_id": "switch.a"}}]}]},
    {"action": "light.turn_on", "target": {"entity_id": "{{ lamp }}"}},
    {"if": [{"condition": "state", "entity_id": "lock.a", "state": "unlocked"}], "then": []},
    {"action": "switch.turn_on", "target": {"entity_id": "switch.not_used"}, "enabled": False},
]
NEEDED = {
    "binary_sensor.another": EntityIssue.TRIGGER,
    "cover.state": EntityIssue.GATE,
    "binary_sensor.beam": EntityIssue.OBSTRUCTION,
    "person.ann": EntityIssue.SECOND_FACTOR,
    "cover.left": EntityIssue.OPENER,
    "cover.right": EntityIssue.OPENER,
    "switch.a": EntityIssue.OPENER,
    "lock.a": EntityIssue.OPENER,
    "button.motor": EntityIssue.OPENER,
}


@pytest.mark.parametrize("state", [None, "unavailable"])
def test_everything_that_a_gate_needs_is_told_of_when_it_is_gone_or_unavailable_for_long(
    hass: HomeAssistant, entry: MockConfigEntry, state: str | None
) -> None:
    for domain, action in (("cover", "open_cover"), ("switch", "turn_on"), ("light", "turn_on")):
        hass.services.async_register(domain, action, lambda _call: None)
    button = er.async_get(hass).async_get_or_create(
        "button", "test", "1", suggested_object_id="motor"
    )
    press = {"domain": "button", "type": "press", "device_id": "motor", "entity_id": button.id}
    gate = replace(
        GateConfig.from_subentry(entry.subentries[GATE_ID]),
        triggers=("binary_sensor.another",),
        gate_entity="cover.state",
        obstruction_entity="binary_sensor.beam",
        second_factor_entities=("person.ann",),
        opener=(*OPENER, press),
    )
    if state is not None:
        for entity in NEEDED:
            hass.states.async_set(entity, state)
    watch = LostEntities(hass, gate)
    watch.look(0.0)
    watch.look(LOST_SECONDS)
    told = {(one.translation_key, one.issue_id) for one in ir.async_get(hass).issues.values()}
    assert told == {(kind, f"{kind}_{GATE_ID}_{entity}") for entity, kind in NEEDED.items()}
    for entity in NEEDED:
        hass.states.async_set(entity, "on")
    watch.look(LOST_SECONDS + 1)
    assert not ir.async_get(hass).issues


def test_an_action_of_the_opener_that_is_gone_for_minutes_is_told_by_its_name(
    hass: HomeAssistant, watch: LostEntities
) -> None:
    for entity in (TRIGGER, GATE):
        hass.states.async_set(entity, "on")
    watch.look(0.0)
    watch.look(LOST_SECONDS)
    told = issue(hass, EntityIssue.ACTION, "cover.open_cover")
    assert told is not None
    assert told.translation_placeholders == {"entity": "cover.open_cover", "gate": "Front gate"}
    hass.services.async_register("cover", "open_cover", lambda _call: None)
    watch.look(LOST_SECONDS + 1)
    assert not ir.async_get(hass).issues


async def test_a_gate_looks_after_its_triggers_once_home_assistant_has_started(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lost_entities, "LOST_SECONDS", 0.0)
    hass.set_state(CoreState.starting)
    hass.states.async_remove(TRIGGER)
    await street.load(entry)
    await asyncio.sleep(1.1)
    assert issue(hass) is None

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await street.until(lambda: issue(hass) is not None)
    await street.configure(triggers=["binary_sensor.another"])
    assert issue(hass) is None
    await street.unload()
    assert not [one for one in ir.async_get(hass).issues if one[1].startswith(tuple(EntityIssue))]
