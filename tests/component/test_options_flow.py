"""The owner's list as a flow: add, change, remove and show vehicles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.code import KeptCode, fitting
from custom_components.alpr_gate.alpr.gate.plate import PlateProblem
from custom_components.alpr_gate.alpr.gate.schedule import EVERY_DAY, DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.register_store import RegisterNotSaved, RegisterStore

from .conftest import GATE_ID
from .forms import marked

LEAST = {"name": "Anna", "plate": "ab-123 cd"}
SAVE = {"next_step_id": "save"}
ANNA = Vehicle(id="anna", name="Anna", plate="AB123CD")


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    return await hass.config_entries.options.async_init(entry.entry_id)


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, answers: dict[str, Any]
) -> ConfigFlowResult:
    return await hass.config_entries.options.async_configure(result["flow_id"], answers)


async def go_to(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> ConfigFlowResult:
    return await answer(hass, await begin(hass, entry), {"next_step_id": step})


async def fill_in(hass: HomeAssistant, entry: MockConfigEntry, **answers: Any) -> ConfigFlowResult:
    return await answer(hass, await go_to(hass, entry, "add_vehicle"), LEAST | answers)


async def edit(hass: HomeAssistant, entry: MockConfigEntry, vehicle_id: str) -> ConfigFlowResult:
    result = await go_to(hass, entry, "change_vehicle")
    return await answer(hass, result, {"vehicle_id": vehicle_id})


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, vehicle_id: str, **said: Any
) -> ConfigFlowResult:
    """Say something else of a vehicle and leave the rest as the form shows it."""
    result = await edit(hass, entry, vehicle_id)
    return await answer(hass, result, suggested(result["data_schema"]) | said)


def suggested(schema: Any) -> dict[str, Any]:
    """What a form shows to begin with, sections included."""
    shown: dict[str, Any] = {}
    for key, value in schema.schema.items():
        if hasattr(value, "schema"):
            shown[str(key)] = suggested(value.schema)
        elif key.description and "suggested_value" in key.description:
            shown[str(key)] = key.description["suggested_value"]
    return shown


def is_open(result: ConfigFlowResult, section: str) -> bool:
    assert result["data_schema"] is not None
    return not result["data_schema"].schema[section].options["collapsed"]


def warnings_in(result: ConfigFlowResult) -> str:
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders["warnings"]


def set_up_gate(hass: HomeAssistant, entry: MockConfigEntry, **settings: Any) -> None:
    gate = entry.subentries[GATE_ID]
    hass.config_entries.async_update_subentry(entry, gate, data={**gate.data, **settings})


async def test_an_empty_list_can_only_be_added_to(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await begin(hass, entry)
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["add_vehicle", "add_many_vehicles", "privacy"]


async def test_the_menu_says_how_many_vehicles_there_are(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    await register_store.add(Vehicle(id="off", name="Off", plate="XY9876", enabled=False))
    result = await begin(hass, entry)
    assert result["menu_options"] == [
        "add_vehicle",
        "add_many_vehicles",
        "change_vehicle",
        "remove_vehicle",
        "show_vehicles",
        "privacy",
    ]
    assert result["description_placeholders"] == {"count": "2", "now": "1"}


async def test_the_list_is_closed_while_the_integration_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await begin(hass, entry)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_loaded"


async def test_a_vehicle_is_listed_only_after_its_plate_was_shown_in_normal_form(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await fill_in(hass, entry)
    assert result["step_id"] == "confirm"
    assert result["description_placeholders"] == {
        "name": "Anna",
        "plate": "AB123CD",
        "warnings": "",
    }
    assert len(register_store.register) == 0
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_added"
    assert "AB123CD" not in str(result["description_placeholders"])
    (vehicle,) = register_store.register.vehicles
    assert vehicle == Vehicle(id=vehicle.id, name="Anna", plate="AB123CD")
    assert entry.options == {}


async def test_what_was_typed_can_be_corrected_after_its_plate_was_shown(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await fill_in(hass, entry, household="Miller", guest={"uses_left": 3})
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["save", "add_vehicle"]
    form = await answer(hass, result, {"next_step_id": "add_vehicle"})
    assert form["type"] is FlowResultType.FORM
    shown = suggested(form["data_schema"])
    assert shown["plate"] == LEAST["plate"], "as it was typed"
    assert shown["household"] == "Miller"
    assert shown["guest"] == {"uses_left": 3}
    assert is_open(form, "guest"), "it may be what has to be corrected"
    assert not is_open(form, "times"), "nothing is set there"
    result = await answer(hass, form, shown | {"plate": "XY 9876"})
    assert result["description_placeholders"] is not None
    assert result["description_placeholders"]["plate"] == "XY9876"
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_added"
    (vehicle,) = register_store.register.vehicles
    assert (vehicle.plate, vehicle.household, vehicle.uses_left) == ("XY9876", "Miller", 3)


async def test_a_change_can_be_corrected_without_losing_what_was_changed(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(replace(ANNA, household="Miller"))
    result = await edit(hass, entry, "anna")
    result = await answer(hass, result, {"name": "Anna Lee", "plate": "AB 124 CD"})
    assert result["menu_options"] == ["save", "edit_vehicle"]
    form = await answer(hass, result, {"next_step_id": "edit_vehicle"})
    assert not is_open(form, "guest"), "nothing is set there"
    shown = suggested(form["data_schema"])
    assert (shown["name"], shown["plate"]) == ("Anna Lee", "AB 124 CD")
    assert "household" not in shown, "it was emptied"
    await answer(hass, await answer(hass, form, shown | {"plate": "AB 123 CD"}), SAVE)
    assert register_store.register.vehicles == (replace(ANNA, name="Anna Lee"),)


async def test_a_vehicle_s_code_is_kept_as_a_hash_shown_as_set_replaced_and_removed(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    def code_on_the_list() -> KeptCode | None:
        (vehicle,) = register_store.register.vehicles
        return vehicle.code

    result = await fill_in(hass, entry, code="048215")
    form = await answer(hass, result, {"next_step_id": "add_vehicle"})
    assert suggested(form["data_schema"])["code"] == "set"
    corrected = suggested(form["data_schema"]) | {"name": "Anna Lee"}
    await answer(hass, await answer(hass, form, corrected), SAVE)
    first = code_on_the_list()
    assert first is not None
    assert fitting("048215", [first]) == {first}

    vehicle_id = register_store.register.vehicles[0].id
    form = await edit(hass, entry, vehicle_id)
    assert suggested(form["data_schema"])["code"] == "set"
    form = await answer(hass, form, LEAST | {"code": "set1"})
    assert form["errors"] == {"base": "further_down", "code": "bad_code"}
    assert suggested(form["data_schema"])["code"] == "set"
    await answer(hass, await answer(hass, form, LEAST | {"code": "set"}), SAVE)
    assert code_on_the_list() == first

    form = await edit(hass, entry, vehicle_id)
    form = await answer(hass, form, LEAST | {"code": "735193", "name": " "})
    assert form["errors"] == {"name": "name_missing"}
    assert "735193" not in str(suggested(form["data_schema"]))
    await answer(hass, await answer(hass, form, LEAST | {"code": "set"}), SAVE)
    second = code_on_the_list()
    assert second is not None
    assert fitting("735193", [second]) == {second}

    await answer(hass, await answer(hass, await edit(hass, entry, vehicle_id), LEAST), SAVE)
    assert code_on_the_list() is None


async def test_everything_about_a_vehicle_can_be_said(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    result = await fill_in(
        hass,
        entry,
        gates=[GATE_ID],
        household=" Miller ",
        enabled=False,
        second_factor="always",
        times={"weekdays": ["sat", "mon"], "start_time": "22:00:30", "end_time": "06:00:00"},
        guest={
            "valid_from": "2027-01-01 08:00:00",
            "valid_until": "2027-07-01 08:00:00",
            "uses_left": 3.0,
        },
    )
    await answer(hass, result, SAVE)
    (vehicle,) = register_store.register.vehicles
    assert vehicle == Vehicle(
        id=vehicle.id,
        name="Anna",
        plate="AB123CD",
        gates=frozenset({GATE_ID}),
        household="Miller",
        enabled=False,
        schedule=Schedule((DailyWindow(frozenset({0, 5}), time(22), time(6)),)),
        valid_from=datetime(2027, 1, 1, 7, tzinfo=UTC),
        valid_until=datetime(2027, 7, 1, 6, tzinfo=UTC),
        uses_left=3,
        second_factor=True,
    )


@pytest.mark.parametrize(
    ("times", "window"),
    [
        ({"weekdays": ["sun"]}, DailyWindow(frozenset({6}), time(0), time(0))),
        ({"start_time": "08:00:00"}, DailyWindow(EVERY_DAY, time(8), time(0))),
        ({"end_time": "18:30:00"}, DailyWindow(EVERY_DAY, time(0), time(18, 30))),
    ],
)
async def test_a_schedule_may_be_said_in_part(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    times: dict[str, Any],
    window: DailyWindow,
) -> None:
    await answer(hass, await fill_in(hass, entry, times=times), SAVE)
    (vehicle,) = register_store.register.vehicles
    assert vehicle.schedule == Schedule((window,))


async def test_fault_46_a_pass_that_ends_when_the_clocks_change_ends_at_the_earlier_hour(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    guest = {"valid_from": "2027-10-31 02:30:00"}
    await answer(hass, await fill_in(hass, entry, guest=guest), SAVE)
    guest = {"valid_until": "2027-10-31 02:30:00"}
    await answer(hass, await fill_in(hass, entry, plate="XY 9876", guest=guest), SAVE)
    begins, ends = register_store.register.vehicles
    assert begins.valid_from == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert ends.valid_until == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"plate": "  "}, {"plate": f"plate_{PlateProblem.EMPTY.value}"}),
        ({"plate": "AB*"}, {"plate": f"plate_{PlateProblem.WILDCARD.value}"}),
        ({"plate": "A"}, {"plate": f"plate_{PlateProblem.TOO_SHORT.value}"}),
        ({"plate": "AB123CD4567"}, {"plate": f"plate_{PlateProblem.TOO_LONG.value}"}),
        ({"plate": "АВСЕ"}, {"plate": f"plate_{PlateProblem.HOMOGLYPH.value}"}),
        ({"plate": "АBC123"}, {"plate": f"plate_{PlateProblem.MIXED_SCRIPT.value}"}),
        ({"plate": "東123"}, {"plate": f"plate_{PlateProblem.UNSUPPORTED_CHARACTER.value}"}),
        ({"name": " "}, {"name": "name_missing"}),
        ({"name": "n" * 65}, {"name": "name_too_long"}),
        ({"name": "Anna (AB 123-cd)"}, {"name": "name_tells_plate"}),
        ({"times": {"start_time": "08:00:01", "end_time": "08:00:59"}}, {"times": "times_equal"}),
        (
            {
                "guest": {
                    "valid_from": "2027-01-02 00:00:00",
                    "valid_until": "2027-01-02 00:00:00",
                }
            },
            {"guest": "ends_before_start"},
        ),
    ],
)
async def test_fault_39_what_is_no_vehicle_is_refused_with_the_reason_until_it_is_mended(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    answers: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await fill_in(hass, entry, **answers)
    assert result["type"] is FlowResultType.FORM
    assert marked(result) == errors
    for section in ("times", "guest"):
        assert is_open(result, section) == (section in answers)
    result = await answer(hass, result, LEAST)
    assert result["step_id"] == "confirm"


async def test_a_plate_that_a_listed_name_tells_waits_for_that_name_to_change(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(Vehicle(id="ben", name="Ben ABI23 CD", plate="XY9876"))
    result = await fill_in(hass, entry)
    assert result["errors"] == {"plate": "plate_told_by_name"}
    assert result["description_placeholders"] == {"other": "Ben ABI23 CD"}


@pytest.mark.parametrize(
    "answers",
    [
        {"gates": ["elsewhere"]},
        {"second_factor": "sometimes"},
        {"times": {"weekdays": ["someday"]}},
        {"times": {"start_time": "25:00"}},
        {"guest": {"valid_from": "tomorrow"}},
        {"guest": {"uses_left": -1}},
    ],
)
async def test_what_the_form_cannot_hold_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    answers: dict[str, Any],
) -> None:
    with pytest.raises(InvalidData):
        await fill_in(hass, entry, **answers)


@pytest.mark.parametrize(
    ("plate", "warning"),
    [
        ("AB 124 CD", "differs in one character"),
        ("A8 123 CD", "easily mistaken"),
    ],
)
async def test_an_entry_that_could_be_taken_for_another_is_saved_only_after_a_warning(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    plate: str,
    warning: str,
) -> None:
    await register_store.add(ANNA)
    result = await fill_in(hass, entry, name="Ben", plate=plate)
    assert result["step_id"] == "confirm_dangers"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["warnings"].startswith("- Anna ")
    assert warning in placeholders["warnings"]
    assert "AB123CD" not in placeholders["warnings"]
    assert len(register_store.register) == 1
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_added"


async def test_a_second_entry_for_one_plate_is_not_said_to_be_a_misread(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await fill_in(hass, entry, name="Ben")
    assert result["step_id"] == "confirm_warnings"
    assert "Both entries are for one plate" in warnings_in(result)
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_added"


@pytest.mark.parametrize(
    ("answers", "setting", "warning"),
    [
        ({"plate": "AB1"}, {}, "Gate Front gate reads no plate of fewer than 4 characters"),
        ({}, {"longest_text": 6}, "Gate Front gate reads no plate of more than 6 characters"),
        ({"second_factor": "always"}, {}, "No gate names what confirms for Anna"),
    ],
)
async def test_an_entry_that_would_never_open_a_gate_is_saved_only_after_a_warning(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    answers: dict[str, Any],
    setting: dict[str, Any],
    warning: str,
) -> None:
    set_up_gate(hass, entry, **setting)
    result = await fill_in(hass, entry, **answers)
    assert result["step_id"] == "confirm_warnings"
    assert warnings_in(result).startswith(f"- {warning}")
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_added_not_now"


async def test_a_vehicle_that_always_needs_a_confirmation_may_pass_where_one_can_come(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    set_up_gate(hass, entry, second_factor_entities=["person.anna"])
    result = await fill_in(hass, entry, second_factor="always")
    assert result["step_id"] == "confirm"
    assert (await answer(hass, result, SAVE))["reason"] == "vehicle_added"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"enabled": False}, "switched off"),
        ({"guest": {"valid_from": "2099-01-01 00:00:00"}}, "the pass has not begun"),
    ],
)
async def test_a_vehicle_that_may_not_pass_now_is_told_so_with_the_reason(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    answers: dict[str, Any],
    reason: str,
) -> None:
    result = await answer(hass, await fill_in(hass, entry, **answers), SAVE)
    assert result["reason"] == "vehicle_added_not_now"
    assert result["description_placeholders"] == {"name": "Anna", "reason": reason}


@pytest.mark.parametrize(
    ("spent", "had", "problem", "reason"),
    [
        (
            {"valid_until": "2020-01-01 08:00:00"},
            {"valid_until": datetime(2020, 1, 1, tzinfo=UTC)},
            "pass_ended",
            "the pass has ended",
        ),
        (
            {"uses_left": 0},
            {"uses_left": 0},
            "pass_without_openings",
            "all openings of the pass are used",
        ),
    ],
)
async def test_a_pass_that_is_over_cannot_be_entered_but_its_other_fields_can_be_changed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    spent: dict[str, Any],
    had: dict[str, Any],
    problem: str,
    reason: str,
) -> None:
    result = await fill_in(hass, entry, guest=spent)
    assert result["errors"] == {"base": "further_down_guest", "guest": problem}
    assert is_open(result, "guest")
    await register_store.add(replace(ANNA, id="ben", name="Ben", plate="XY9876", uses_left=2))
    result = await change(hass, entry, "ben", guest=spent)
    assert result["errors"] == {"base": "further_down_guest", "guest": problem}
    await register_store.add(replace(ANNA, **had))
    result = await change(hass, entry, "anna", name="Anna Miller")
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_changed_not_now"
    assert result["description_placeholders"] == {"name": "Anna Miller", "reason": reason}
    assert register_store.register.get("anna") == replace(ANNA, name="Anna Miller", **had)


async def test_entries_of_one_household_do_not_warn_of_each_other(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await answer(hass, await fill_in(hass, entry, household="Miller"), SAVE)
    result = await fill_in(hass, entry, plate="AB124CD", household="Miller")
    assert result["step_id"] == "confirm"


async def test_a_vehicle_is_changed_by_the_form_that_shows_it_as_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    vehicle = Vehicle(
        id="guest",
        name="Guest",
        plate="GU555ST",
        gates=frozenset({GATE_ID}),
        household="Miller",
        schedule=Schedule((DailyWindow(frozenset({1, 3}), time(8), time(18, 30)),)),
        valid_from=datetime(2027, 1, 1, 7, tzinfo=UTC),
        valid_until=datetime(2027, 7, 1, 6, tzinfo=UTC),
        uses_left=0,
        second_factor=False,
    )
    await register_store.add(vehicle)
    result = await edit(hass, entry, "guest")
    assert result["step_id"] == "edit_vehicle"
    shown = suggested(result["data_schema"])
    assert shown["guest"]["valid_from"] == "2027-01-01 08:00:00"
    result = await answer(hass, await answer(hass, result, shown), SAVE)
    assert result["reason"] == "vehicle_changed_not_now"
    assert register_store.register.get("guest") == vehicle

    del shown["times"], shown["guest"]
    result = await answer(hass, await edit(hass, entry, "guest"), shown)
    await answer(hass, result, SAVE)
    assert register_store.register.get("guest") == Vehicle(
        id="guest",
        name="Guest",
        plate="GU555ST",
        gates=frozenset({GATE_ID}),
        household="Miller",
        second_factor=False,
    )


@pytest.mark.parametrize(("said", "left"), [(1, 0), (3, 3), (None, None)])
async def test_an_opening_that_is_used_while_the_form_is_open_stays_used_unless_it_is_said_anew(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    said: int | None,
    left: int | None,
) -> None:
    await register_store.add(replace(ANNA, uses_left=1))
    result = await edit(hass, entry, "anna")
    shown = suggested(result["data_schema"])
    await register_store.use("anna")
    guest = {} if said is None else {"uses_left": said}
    result = await answer(hass, result, shown | {"name": "Anna Miller", "guest": guest})
    await answer(hass, result, SAVE)
    vehicle = register_store.register.get("anna")
    assert vehicle == replace(ANNA, name="Anna Miller", uses_left=left)


@pytest.mark.parametrize("step", ["change_vehicle", "remove_vehicle"])
async def test_vehicles_are_chosen_by_name_without_their_plates(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore, step: str
) -> None:
    for number, (name, household) in enumerate(
        (("Anna", None), ("Van", None), ("Van", "Miller"), ("Van", "Miller"), ("Van", "Smith"))
    ):
        await register_store.add(
            Vehicle(id=f"v{number}", name=name, plate=f"AB{number}CD", household=household)
        )
    result = await go_to(hass, entry, step)
    assert result["data_schema"] is not None
    (selector,) = result["data_schema"].schema.values()
    assert {one["value"]: one["label"] for one in selector.config["options"]} == {
        "v0": "Anna",
        "v1": "Van",
        "v2": "Van, Miller (1)",
        "v3": "Van, Miller (2)",
        "v4": "Van, Smith",
    }


async def test_a_form_that_shows_a_plate_is_written_down_first(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    archive = entry.runtime_data.privacy.archive
    await go_to(hass, entry, "change_vehicle")
    assert [one.action for one in await archive.account_since(0.0)] == [AuditAction.STARTED]
    await edit(hass, entry, "anna")
    record = (await archive.account_since(0.0))[-1]
    assert (record.action, record.details) == (AuditAction.LIST_READ, {"vehicle": "anna"})
    with patch.object(archive, "account", side_effect=AuditError("disk full")):
        result = await edit(hass, entry, "anna")
    assert result["reason"] == "not_accounted"


async def test_a_vehicle_of_a_gate_that_is_gone_does_not_come_to_pass_every_gate(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(
        Vehicle(id="anna", name="Anna", plate="AB123CD", gates=frozenset({"gone"}))
    )
    result = await edit(hass, entry, "anna")
    assert result["data_schema"] is not None
    assert result["data_schema"].schema["gates"].config["options"] == [
        {"value": "gone", "label": "A gate that was deleted"},
        {"value": GATE_ID, "label": "Front gate"},
    ]
    result = await answer(hass, result, suggested(result["data_schema"]))
    assert result["step_id"] == "confirm_warnings"
    assert "names only gates that are gone" in warnings_in(result)
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_changed_not_now"
    vehicle = register_store.register.get("anna")
    assert vehicle is not None
    assert vehicle.gates == {"gone"}


@pytest.mark.parametrize("step", ["change_vehicle", "remove_vehicle"])
async def test_no_vehicle_is_chosen_before_the_owner_chooses_one(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore, step: str
) -> None:
    await register_store.add(ANNA)
    result = await go_to(hass, entry, step)
    assert result["data_schema"] is not None
    (field,) = result["data_schema"].schema
    # Home Assistant would choose the first of what is required.
    assert isinstance(field, vol.Optional)
    assert field.default is vol.UNDEFINED
    assert suggested(result["data_schema"]) == {}
    assert not result["errors"]
    result = await answer(hass, result, {})
    assert result["step_id"] == step
    assert result["errors"] == {"vehicle_id": "vehicle_not_chosen"}
    assert register_store.register.vehicles == (ANNA,)


async def test_a_vehicle_is_removed_only_after_it_was_named_and_confirmed(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(replace(ANNA, household="Miller", uses_left=2))
    result = await go_to(hass, entry, "remove_vehicle")
    result = await answer(hass, result, {"vehicle_id": "anna"})
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "confirm_removal"
    assert result["menu_options"] == ["remove", "init"]
    assert result["description_placeholders"] == {
        "name": "Anna",
        "details": "Miller; guest, openings left: 2",
    }
    assert len(register_store.register) == 1
    result = await answer(hass, result, {"next_step_id": "remove"})
    assert result["reason"] == "vehicle_removed"
    assert result["description_placeholders"] == {"name": "Anna"}
    assert len(register_store.register) == 0


async def test_a_vehicle_that_is_not_confirmed_stays_on_the_list(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await go_to(hass, entry, "remove_vehicle")
    result = await answer(hass, result, {"vehicle_id": "anna"})
    result = await answer(hass, result, {"next_step_id": "init"})
    assert result["step_id"] == "init"
    assert register_store.register.vehicles == (ANNA,)


async def test_a_vehicle_that_goes_while_its_removal_is_confirmed_is_said_to_be_gone(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await go_to(hass, entry, "remove_vehicle")
    result = await answer(hass, result, {"vehicle_id": "anna"})
    await register_store.remove("anna")
    result = await answer(hass, result, {"next_step_id": "remove"})
    assert result["reason"] == "vehicle_not_listed"


async def test_the_list_is_shown_and_leads_back_to_the_menu(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    limits: dict[str, Any] = {"household": "Miller", "gates": frozenset({GATE_ID})}
    await register_store.add(Vehicle(id="b", name="*B*", plate="B1234", enabled=False, **limits))
    ended = datetime(2026, 1, 28, 12, tzinfo=UTC)
    await register_store.add(Vehicle(id="c", name="C", plate="C1234", valid_until=ended))
    await register_store.add(Vehicle(id="d", name="D", plate="D1234", uses_left=2))
    result = await go_to(hass, entry, "show_vehicles")
    assert result["description_placeholders"] == {
        "vehicles": "- **Anna**: AB123CD\n"
        r"- **\*B\***: B1234 (Miller; Front gate; switched off)" + "\n"
        "- **C**: C1234 (guest, ended 28 January 2026, 04:00)\n"
        "- **D**: D1234 (guest, openings left: 2)"
    }
    result = await answer(hass, result, {})
    assert result["type"] is FlowResultType.MENU


@pytest.mark.parametrize("step", ["change_vehicle", "remove_vehicle"])
async def test_a_vehicle_that_goes_while_it_is_chosen_is_said_to_be_gone(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore, step: str
) -> None:
    await register_store.add(ANNA)
    result = await go_to(hass, entry, step)
    await register_store.remove("anna")
    result = await answer(hass, result, {"vehicle_id": "anna"})
    assert result["reason"] == "vehicle_not_listed"


async def test_a_vehicle_that_goes_while_it_is_changed_does_not_come_back(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await change(hass, entry, "anna")
    await register_store.remove("anna")
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_not_listed"
    assert len(register_store.register) == 0


async def test_what_somebody_else_said_while_a_vehicle_is_changed_is_not_undone(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await change(hass, entry, "anna", name="Anna Miller")
    switched_off = await register_store.update(replace(ANNA, enabled=False))
    result = await answer(hass, result, SAVE)
    assert result["reason"] == "vehicle_changed_meanwhile"
    assert register_store.register.vehicles == (switched_off,)
    result = await change(hass, entry, "anna", name="Anna Miller")
    await answer(hass, result, SAVE)
    assert register_store.register.get("anna") == replace(switched_off, name="Anna Miller")


async def test_a_change_that_could_not_be_written_can_be_submitted_and_begun_again(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await change(hass, entry, "anna", name="Anna Miller")
    with patch.object(register_store._file, "write", return_value=False):
        for answers in (SAVE, {}):
            result = await answer(hass, result, answers)
            assert result["errors"] == {"base": "register_not_saved"}
        other = await change(hass, entry, "anna", household="Miller")
        assert (await answer(hass, other, SAVE))["errors"] == {"base": "register_not_saved"}
    await answer(hass, other, {})
    saved = replace(ANNA, name="Anna Miller", household="Miller", enabled=False)
    assert register_store.register.vehicles == (saved,)


async def test_a_name_that_tells_a_plate_listed_since_it_was_checked_is_asked_for_again(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    bert = {"name": "Bert xy12zq", "plate": "EF456GH"}
    result = await fill_in(hass, entry, **bert)
    await register_store.add(replace(ANNA, plate="XY12ZQ"))
    result = await answer(hass, result, SAVE)
    assert (result["step_id"], result["errors"]) == ("add_vehicle", {"name": "name_tells_plate"})
    assert suggested(result["data_schema"])["plate"] == "EF456GH"
    assert len(register_store.register) == 1
    result = await answer(hass, result, bert | {"name": "Bert"})
    assert (await answer(hass, result, SAVE))["reason"] == "vehicle_added"


async def test_nor_is_a_plate_changed_to_one_that_a_name_tells_since_it_was_checked(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await change(hass, entry, "anna", plate="XY12ZQ")
    await register_store.add(Vehicle(id="bert", name="Bert xy12zq", plate="EF456GH"))
    result = await answer(hass, result, SAVE)
    assert (result["step_id"], result["errors"]) == (
        "edit_vehicle",
        {"plate": "plate_told_by_name"},
    )
    assert register_store.register.get("anna") == ANNA


async def test_a_vehicle_that_cannot_be_saved_can_be_submitted_again(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    result = await fill_in(hass, entry)
    with patch.object(register_store, "add", side_effect=RegisterNotSaved):
        result = await answer(hass, result, SAVE)
    assert result["errors"] == {"base": "register_not_saved"}
    result = await answer(hass, result, {})
    assert result["reason"] == "vehicle_added"
    assert len(register_store.register) == 1


async def test_a_removal_that_is_not_written_is_said_so(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    result = await go_to(hass, entry, "remove_vehicle")
    result = await answer(hass, result, {"vehicle_id": "anna"})
    with patch.object(register_store, "remove", side_effect=RegisterNotSaved):
        result = await answer(hass, result, {"next_step_id": "remove"})
    assert result["reason"] == "removal_not_saved"


@pytest.mark.parametrize(
    "step", ["add_vehicle", "change_vehicle", "remove_vehicle", "confirm", "confirm_removal"]
)
async def test_a_form_that_is_sent_when_nothing_runs_any_more_ends_and_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore, step: str
) -> None:
    await register_store.add(ANNA)
    car = {"name": "Ben", "plate": "BX55ZZL"}
    if step == "confirm":
        form, answers = await fill_in(hass, entry, **car), SAVE
    elif step == "confirm_removal":
        form = await go_to(hass, entry, "remove_vehicle")
        form, answers = (
            await answer(hass, form, {"vehicle_id": "anna"}),
            {"next_step_id": "remove"},
        )
    else:
        form = await go_to(hass, entry, step)
        answers = car if step == "add_vehicle" else {"vehicle_id": "anna"}
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    del entry.runtime_data
    assert (await answer(hass, form, answers))["reason"] == "not_loaded"
