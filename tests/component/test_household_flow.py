"""A household that moves out: chosen, named with its vehicles, confirmed, and gone at once."""

from __future__ import annotations

from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.audit import AuditAction
from custom_components.alpr_gate.register_store import RegisterStore

from .test_many_vehicles import accounted
from .test_options_flow import answer, begin, go_to, suggested

ANNA = Vehicle(id="anna", name="Anna", plate="AB123CD", household="Miller")
BEN = Vehicle(id="ben", name="Ben", plate="KA7081", household="Miller", uses_left=2)
CLEO = Vehicle(id="cleo", name="Cleo", plate="LN55XX", household="Smith")
DORA = Vehicle(id="dora", name="Dora", plate="ZZ9090")
CONFIRMED = {"next_step_id": "remove_all"}


@pytest.fixture
async def listed(register_store: RegisterStore) -> RegisterStore:
    """Two households, and a vehicle of none."""
    await register_store.add(ANNA, BEN, CLEO, DORA)
    return register_store


async def millers(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    return await answer(hass, await go_to(hass, entry, "remove_household"), {"household": "Miller"})


async def test_a_household_can_be_removed_only_where_there_is_one(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(DORA)
    menu = (await begin(hass, entry))["menu_options"]
    assert "remove_vehicle" in menu
    assert "remove_household" not in menu
    await register_store.add(CLEO)
    assert "remove_household" in (await begin(hass, entry))["menu_options"]


async def test_every_household_is_offered_once_and_none_is_chosen_before(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    form = await go_to(hass, entry, "remove_household")
    assert form["data_schema"] is not None
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["options"] == ["Miller", "Smith"]
    assert suggested(form["data_schema"]) == {}
    assert not form["errors"]
    form = await answer(hass, form, {})
    assert form["errors"] == {"household": "household_not_chosen"}
    assert len(listed.register) == 4


async def test_a_household_is_removed_only_after_its_vehicles_were_named_without_plates(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    result = await millers(hass, entry)
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["remove_all", "init"]
    assert result["description_placeholders"] == {
        "household": "Miller",
        "vehicles": "- **Anna** (Miller; no guest pass)\n"
        "- **Ben** (Miller; guest, openings left: 2)",
    }
    assert len(listed.register) == 4
    result = await answer(hass, result, CONFIRMED)
    assert result["reason"] == "household_removed"
    assert result["description_placeholders"] == {"household": "Miller"}
    assert listed.register.vehicles == (CLEO, DORA)


async def test_a_household_goes_with_one_writing_and_each_vehicle_is_accounted_for(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    result = await millers(hass, entry)
    heard: list[int] = []
    listed.listen(lambda: heard.append(len(listed.register)))
    with patch.object(listed._file, "write", wraps=listed._file.write) as write:
        await answer(hass, result, CONFIRMED)
    assert write.call_count == 1
    assert heard == [2], "they are off the list together"
    assert await accounted(entry) == [
        (AuditAction.VEHICLE_REMOVED, "anna"),
        (AuditAction.VEHICLE_REMOVED, "ben"),
    ]


async def test_a_household_that_is_not_confirmed_stays(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    result = await answer(hass, await millers(hass, entry), {"next_step_id": "init"})
    assert result["step_id"] == "init"
    assert len(listed.register) == 4


async def test_what_was_not_seen_is_not_removed_and_what_is_gone_is_no_hindrance(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    result = await millers(hass, entry)
    late = Vehicle(id="late", name="Late", plate="QR1234", household="Miller")
    await listed.add(late)
    await listed.remove("ben")
    result = await answer(hass, result, CONFIRMED)
    assert result["reason"] == "household_removed"
    assert listed.register.vehicles == (CLEO, DORA, late)
    assert await accounted(entry) == [(AuditAction.VEHICLE_REMOVED, "anna")]


@pytest.mark.parametrize("gone_when", ["chosen", "confirmed"])
async def test_a_household_that_is_gone_already_is_said_to_be_gone(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore, gone_when: str
) -> None:
    if gone_when == "chosen":
        form, answers = await go_to(hass, entry, "remove_household"), {"household": "Miller"}
    else:
        form, answers = await millers(hass, entry), CONFIRMED
    await listed.remove("anna", "ben")
    assert (await answer(hass, form, answers))["reason"] == "household_not_listed"


async def test_a_removal_of_a_household_that_is_not_written_counts_and_is_said_so(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    result = await millers(hass, entry)
    with patch.object(listed._file, "write", return_value=False):
        result = await answer(hass, result, CONFIRMED)
    assert result["reason"] == "removals_not_saved"
    assert listed.register.vehicles == (CLEO, DORA)
    assert [action for action, _ in await accounted(entry)] == [AuditAction.VEHICLE_REMOVED] * 2
    assert await listed.close(), "it is tried again"


async def test_a_household_whose_list_does_not_run_any_more_is_not_removed(
    hass: HomeAssistant, entry: MockConfigEntry, listed: RegisterStore
) -> None:
    form = await millers(hass, entry)
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    del entry.runtime_data
    assert (await answer(hass, form, CONFIRMED))["reason"] == "not_loaded"
