"""Many vehicles are added at once: all of them or none, with one writing, each accounted for."""

from __future__ import annotations

import logging
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.privacy_desk import NotAccountedError
from custom_components.alpr_gate.register_store import RegisterNotSaved, RegisterStore
from custom_components.alpr_gate.vehicle_batch import MOST_VEHICLES

from .test_no_plate_anywhere import Ears
from .test_options_flow import answer, go_to, suggested

ANNA = Vehicle(id="anna", name="Anna", plate="AB123CD")
THREE = "Name; Plate; Household\nBen; KA 7081; Smith\n\nCleo; LN 55 XX\nDora; ZZ 9090; Smith"
SAVE = {"next_step_id": "save_many"}


async def type_in(hass: HomeAssistant, entry: MockConfigEntry, text: str) -> ConfigFlowResult:
    return await answer(hass, await go_to(hass, entry, "add_many_vehicles"), {"lines": text})


def told(result: ConfigFlowResult, what: str) -> list[str]:
    """The lines of what a step says."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders[what].splitlines()


async def accounted(entry: MockConfigEntry) -> list[tuple[AuditAction, Any]]:
    records = await entry.runtime_data.privacy.archive.account_since(0.0)
    return [
        (one.action, one.details.get("vehicle"))
        for one in records
        if one.action is not AuditAction.STARTED
    ]


async def test_many_vehicles_are_listed_only_after_all_of_them_were_shown(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "confirm_many"
    assert result["menu_options"] == ["save_many", "add_many_vehicles"]
    assert told(result, "count") == ["3"]
    assert told(result, "vehicles") == [
        "- **Ben**: KA7081 (Smith)",
        "- **Cleo**: LN55XX",
        "- **Dora**: ZZ9090 (Smith)",
    ]
    assert told(result, "warnings") == []
    assert len(register_store.register) == 0
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicles_added"
    assert result["description_placeholders"] == {"count": "3", "now": "3"}
    assert [
        (vehicle.name, vehicle.plate, vehicle.household)
        for vehicle in register_store.register.vehicles
    ] == [("Ben", "KA7081", "Smith"), ("Cleo", "LN55XX", None), ("Dora", "ZZ9090", "Smith")]


async def test_many_vehicles_are_written_once_and_each_is_accounted_for_before(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    heard: list[int] = []
    register_store.listen(lambda: heard.append(len(register_store.register)))
    result = await type_in(hass, entry, THREE)
    with patch.object(register_store._file, "write", wraps=register_store._file.write) as write:
        await answer(hass, result, SAVE)
    assert write.call_count == 1
    assert heard == [3], "they come into force together"
    assert await accounted(entry) == [
        (AuditAction.VEHICLE_ADDED, vehicle.id) for vehicle in register_store.register.vehicles
    ]


async def test_one_faulty_line_keeps_all_out_and_every_faulty_line_is_named(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    text = "Ben; KA 7081\n\nE; L*\nDora\n; ZZ 9090\nEd; A B C 1 2 3 4 5 6 7 8; Smith\nFay; АВ12"
    result = await type_in(hass, entry, text)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "add_many_vehicles"
    assert result["errors"] == {"lines": "lines_refused"}
    assert [line.split(".")[0] for line in told(result, "problems")] == [
        "- Line 3, E: A plate names exactly one vehicle: placeholders such as * or ? are not taken",
        "- Line 4, Dora: There is only one part",
        "- Line 5: Give the vehicle a name",
        "- Line 6, Ed: The plate is too long",
        "- Line 7, Fay: A character only looks like a letter from A to Z or a digit",
    ]
    assert suggested(result["data_schema"]) == {"lines": text}, "nothing has to be typed again"
    assert len(register_store.register) == 0
    assert await accounted(entry) == []
    result = await answer(hass, result, {"lines": THREE})
    assert result["step_id"] == "confirm_many"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Ben; KA 7081\nKA 7081 too; LN 55 XX", "Line 2, KA 7081 too: The name contains the plate"),
        ("Ben; KA 7081\nCleo; LN 55 XX; ka-7o81", "Line 2, Cleo: The household contains the plate"),
        (
            "Ben of ZZ9090; KA 7081\nDora; ZZ 9090",
            "Line 2, Dora: The name or the household of Ben of ZZ9090 (line 1) contains this plate",
        ),
        ("Ben; KA 7081\nC AB 123 CD; LN 55 XX", "Line 2, C AB 123 CD: The name contains the plate"),
        ("Ben; XY 9876", "Line 1, Ben: The name or the household of Van XY9876 contains this"),
    ],
)
async def test_a_line_is_checked_beside_the_list_and_beside_the_lines_above(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    text: str,
    problem: str,
) -> None:
    await register_store.add(ANNA, Vehicle(id="van", name="Van XY9876", plate="GU555ST"))
    (line,) = told(await type_in(hass, entry, text), "problems")
    assert line.startswith(f"- {problem}")


async def test_of_a_faulty_line_only_the_beginning_is_shown_and_as_plain_text(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    (line,) = told(await type_in(hass, entry, "*Ben* " + "x" * 500), "problems")
    assert line.startswith(f"- Line 1, \\*Ben\\* {'x' * 26}…: There is only one part")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n\t\n ; ;\n", "no_lines"),
        ("Name; Plate", "no_lines"),
        ("\n".join(f"V; AB {n}" for n in range(MOST_VEHICLES + 1)), "too_many_lines"),
    ],
)
async def test_nothing_and_too_much_are_refused_as_a_whole(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    text: str,
    error: str,
) -> None:
    result = await type_in(hass, entry, text)
    assert result["errors"] == {"lines": error}
    assert told(result, "problems") == []
    assert suggested(result["data_schema"]) == {"lines": text}


async def test_as_many_as_are_taken_at_once_are_taken(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    text = "\n".join(f"V{n}; AB {n:04}; one" for n in range(MOST_VEHICLES))
    result = await answer(hass, await type_in(hass, entry, text), SAVE)
    assert result["reason"] == "vehicles_added"
    assert len(register_store.register) == MOST_VEHICLES


async def test_what_should_be_known_is_told_by_line_and_name_and_each_pair_once(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    text = (
        "Ben; AB 124 CD\nCleo; KA 7081\n\nDora; KA 708I\nEd; LN 55 XX; Smith\nFay; LN 56 XX; Smith"
    )
    result = await type_in(hass, entry, f"{text}\nGus; QUQU\nHal; Q1Y8ZZW\nIda; Q1Y8ZZW")
    assert [line.split(".")[0] for line in told(result, "warnings")] == [
        "- Line 1, Ben: Anna has a plate that differs in one character only",
        "- Line 4, Dora: Cleo has the same plate",
        "- Line 7, Gus: The plate has no digit",
        "- Line 9, Ida: Hal has the same plate",
    ]
    assert "AB123CD" not in str(told(result, "warnings"))
    assert (await answer(hass, result, SAVE))["reason"] == "vehicles_added"


async def test_what_was_typed_can_be_corrected_after_it_was_shown(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    form = await answer(hass, result, {"next_step_id": "add_many_vehicles"})
    assert suggested(form["data_schema"]) == {"lines": THREE}
    assert not form["errors"]
    result = await answer(hass, form, {"lines": "Ben; KA 7081"})
    await answer(hass, result, SAVE)
    assert [vehicle.name for vehicle in register_store.register.vehicles] == ["Ben"]


async def test_many_that_cannot_be_saved_are_none_of_them_listed_and_can_be_submitted_again(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    with patch.object(register_store._file, "write", return_value=False):
        result = await answer(hass, result, SAVE)
    assert result["errors"] == {"base": "register_not_saved"}
    assert result["description_placeholders"] == {"count": "3"}
    assert len(register_store.register) == 0
    actions = [action for action, _ in await accounted(entry)]
    assert actions == [AuditAction.VEHICLE_ADDED] * 3 + [AuditAction.CAME_TO_NOTHING] * 3
    await register_store.close()
    assert len(register_store.register) == 0, "what is tried again does not list them either"
    result = await answer(hass, result, {})
    assert result["reason"] == "vehicles_added"
    assert len(register_store.register) == 3


async def test_many_are_asked_for_again_where_a_name_was_listed_meanwhile_that_tells_a_plate(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    await register_store.add(Vehicle(id="van", name="Van LN55XX", plate="QQ111Q"))
    result = await answer(hass, result, SAVE)
    assert (result["step_id"], result["errors"]) == (
        "add_many_vehicles",
        {"lines": "lines_refused"},
    )
    (problem,) = told(result, "problems")
    assert "Line 4" in problem
    assert "Van LN55XX" in problem
    assert suggested(result["data_schema"]) == {"lines": THREE}
    assert len(register_store.register) == 1
    actions = [action for action, _ in await accounted(entry)]
    assert actions == [AuditAction.VEHICLE_ADDED] * 3 + [AuditAction.CAME_TO_NOTHING] * 3


async def test_many_of_which_one_cannot_be_accounted_for_are_none_of_them_listed(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    desk = entry.runtime_data.privacy
    account, calls = desk.account, 0

    async def once_only(action: AuditAction, **details: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise NotAccountedError
        await account(action, **details)

    with patch.object(desk, "account", once_only):
        result = await answer(hass, result, SAVE)
    assert result["errors"] == {"base": "not_accounted"}
    assert len(register_store.register) == 0
    (first, one), (second, other) = await accounted(entry)
    assert (first, second) == (AuditAction.VEHICLE_ADDED, AuditAction.CAME_TO_NOTHING)
    assert one == other
    assert (await answer(hass, result, {}))["reason"] == "vehicles_added"


async def test_a_form_for_many_that_is_sent_when_nothing_runs_any_more_ends_and_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    form = await go_to(hass, entry, "add_many_vehicles")
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    del entry.runtime_data
    assert (await answer(hass, form, {"lines": THREE}))["reason"] == "not_loaded"


async def test_no_plate_of_many_is_logged_told_on_the_bus_or_in_a_state(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    ears = Ears(hass)
    result = await type_in(hass, entry, f"{THREE}\nEd; *")
    result = await answer(hass, result, {"lines": THREE})
    with patch.object(register_store, "add", side_effect=RegisterNotSaved):
        result = await answer(hass, result, SAVE)
    await answer(hass, result, {})
    await hass.async_block_till_done()
    assert len(register_store.register) == 3
    # The test bench logs what is written to its storage; Home Assistant does not.
    logged = [one.getMessage() for one in caplog.records if not one.name.startswith("pytest_")]
    for text in (*logged, *ears.heard, str(hass.states.async_all())):
        for plate in ("KA7081", "LN55XX", "ZZ9090"):
            assert plate not in text.upper().replace(" ", "")


async def test_the_account_is_asked_before_the_list_is_touched(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await type_in(hass, entry, THREE)
    archive = entry.runtime_data.privacy.archive
    with (
        patch.object(archive, "account", side_effect=AuditError("disk full")),
        patch.object(register_store, "add") as add,
    ):
        result = await answer(hass, result, SAVE)
    assert result["errors"] == {"base": "not_accounted"}
    add.assert_not_called()
