"""A gate whose trigger was renamed or removed looks at nothing, and its owner is told."""

from __future__ import annotations

import asyncio

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import trigger_watch
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.repairs import TRIGGER_ISSUE
from custom_components.alpr_gate.trigger_watch import GONE_SECONDS, TriggerWatch

from .conftest import GATE_ID
from .street import TRIGGER, Street


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{TRIGGER_ISSUE}_{GATE_ID}_{TRIGGER}")


@pytest.fixture
def watch(hass: HomeAssistant, entry: MockConfigEntry) -> TriggerWatch:
    return TriggerWatch(hass, GateConfig.from_subentry(entry.subentries[GATE_ID]))


def test_a_trigger_that_is_gone_for_minutes_is_told_by_its_name_and_its_gate(
    hass: HomeAssistant, watch: TriggerWatch
) -> None:
    watch.look(1000.0)
    watch.look(1000.0 + GONE_SECONDS - 1)
    assert issue(hass) is None
    watch.look(1000.0 + GONE_SECONDS)
    told = issue(hass)
    assert told is not None
    assert told.translation_placeholders == {"entity": TRIGGER, "gate": "Front gate"}
    watch.forget()
    assert issue(hass) is None


def test_a_trigger_that_comes_back_is_told_of_no_more_and_gets_its_minutes_anew(
    hass: HomeAssistant, watch: TriggerWatch
) -> None:
    watch.look(0.0)
    watch.look(GONE_SECONDS)
    hass.states.async_set(TRIGGER, "unavailable")
    watch.look(GONE_SECONDS + 1)
    assert issue(hass) is None
    hass.states.async_remove(TRIGGER)
    watch.look(GONE_SECONDS + 2)
    watch.look(2 * GONE_SECONDS)
    assert issue(hass) is None


async def test_a_gate_looks_after_its_triggers_once_home_assistant_has_started(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trigger_watch, "GONE_SECONDS", 0.0)
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
    assert not [one for one in ir.async_get(hass).issues if one[1].startswith(TRIGGER_ISSUE)]
