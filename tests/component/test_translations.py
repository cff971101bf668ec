"""Every word a person can meet in the forms, actions and errors is there, and says what to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
import inspect
import json
from pathlib import Path
import re
import sys
from types import ModuleType
from typing import Any

import homeassistant
from homeassistant.helpers.selector import ActionSelector
import pytest
import yaml

from custom_components import alpr_gate
from custom_components.alpr_gate import (
    access_actions,
    actions,
    admin_action,
    automatic_memory,
    code_action,
    config_flow,
    gate_flow,
    gate_names,
    history_actions,
    list_account,
    options_flow,
    privacy_desk,
    register_store,
    rights_actions,
    self_test,
    vehicle_fields,
)
from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.alpr.gate.plate import SHORTEST, PlateProblem
from custom_components.alpr_gate.alpr.gate.register import DangerKind
from custom_components.alpr_gate.alpr.types import Reason
from custom_components.alpr_gate.archive_status import ArchiveProblem
from custom_components.alpr_gate.engine_process import EngineKind
from custom_components.alpr_gate.form_sections import FURTHER_DOWN
from custom_components.alpr_gate.gate_form import GATE_SCHEMA
from custom_components.alpr_gate.look_ups import AccessProblem
from custom_components.alpr_gate.many_vehicles_flow import MANY_VEHICLES_SCHEMA
from custom_components.alpr_gate.opener_check import OpenerProblem
from custom_components.alpr_gate.privacy_form import SECTION_NOTICE, privacy_schema
from custom_components.alpr_gate.privacy_news import PrivacyEventType
from custom_components.alpr_gate.repairs import LIST_ISSUE, VISITS_ISSUE
from custom_components.alpr_gate.retention import RetentionProblem
from custom_components.alpr_gate.vehicle_fields import SECOND_FACTOR
from custom_components.alpr_gate.vehicle_form import vehicle_schema
from custom_components.alpr_gate.vehicle_lines import LineProblem
from custom_components.alpr_gate.vehicle_standing import NotNow
from custom_components.alpr_gate.vehicle_warnings import Futility
from custom_components.alpr_gate.vehicle_words import MOMENTS, MONTHS, STATES_OF_A_GUEST

FOLDER = Path(inspect.getfile(alpr_gate)).parent
WORDS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text())


def constants(node: ast.AST | None) -> Iterator[str]:
    """Every text a value can be, through "a if b else c"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def given(module: ModuleType, keyword: str) -> set[str]:
    """Every text a module gives to the keyword argument."""
    return {
        text
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.keyword) and node.arg == keyword
        for text in constants(node.value)
    }


def called_with(module: ModuleType, function: str, position: int) -> set[str]:
    """Every text a module calls a function with."""
    return {
        text
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
        and len(node.args) > position
        for text in constants(node.args[position])
    }


def errors_set(module: ModuleType) -> set[str]:
    """Every text a module puts into a dictionary called errors."""
    return {
        text
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and isinstance(node.targets[0].value, ast.Name)
        and node.targets[0].value.id == "errors"
        for text in constants(node.value)
    }


VEHICLE_ERRORS = called_with(vehicle_fields, "VehicleRefused", 1) | {
    f"plate_{problem.value}" for problem in PlateProblem
}


OPTIONS_FLOWS = [
    module
    for flow in options_flow.OwnersListFlow.__mro__
    if (module := sys.modules[flow.__module__]).__name__.startswith(f"{alpr_gate.__name__}.")
]
PRIVACY_ERRORS = {"four_eyes_alone", "duration_missing", "not_accounted"} | set(RetentionProblem)


def leaves(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(words, dict):
        for key, value in words.items():
            yield from leaves(value, f"{path}.{key}")
    else:
        yield path, words


def test_two_lists_that_are_filled_in_have_words_between_them() -> None:
    """Markdown shows two lists, one below the other, as one."""
    alone = re.compile(r"^\{\w+\}\s+^\{\w+\}$", re.MULTILINE)
    assert not [path for path, words in leaves(WORDS) if alone.search(words)]


def fields(schema: Any) -> Iterator[tuple[str | None, str]]:
    """Section and name of every field of a form."""
    for key, value in schema.schema.items():
        if hasattr(value, "schema"):
            yield from ((str(key), name) for _, name in fields(value.schema))
        else:
            yield None, str(key)


def assert_form_is_explained(
    step: Mapping[str, Any], schema: Any, *, by_the_step: frozenset[str] = frozenset()
) -> None:
    """``by_the_step`` are the fields whose selector shows no description of its own."""
    named: set[tuple[str | None, str]] = {(None, name) for name in step["data"]}
    for section, words in step.get("sections", {}).items():
        named |= {(section, name) for name in words["data"]}
        assert words["name"]
        assert words["description"]
        assert words["data"].keys() == words["data_description"].keys()
    assert named == set(fields(schema))
    assert step["data"].keys() - by_the_step == step["data_description"].keys()
    for field in by_the_step:
        assert f'"{step["data"][field]}"' in step["description"]


@pytest.mark.parametrize("step", ["user", "reconfigure"])
def test_every_field_of_a_gate_is_named_and_explained_where_it_can_be_read(step: str) -> None:
    words = WORDS["config_subentries"]["gate"]["step"][step]
    actions = {
        str(key) for key, value in GATE_SCHEMA.schema.items() if isinstance(value, ActionSelector)
    }
    assert actions == {"opener"}
    assert_form_is_explained(words, GATE_SCHEMA, by_the_step=frozenset(actions))


@pytest.mark.parametrize("step", ["add_vehicle", "edit_vehicle"])
def test_every_field_of_a_vehicle_is_named_and_explained(step: str) -> None:
    assert_form_is_explained(WORDS["options"]["step"][step], vehicle_schema({}))


def test_the_field_for_many_vehicles_is_named_and_explained() -> None:
    assert_form_is_explained(WORDS["options"]["step"]["add_many_vehicles"], MANY_VEHICLES_SCHEMA)


@pytest.mark.parametrize(
    ("section", "modules"),
    [
        (WORDS["config"], [config_flow]),
        (WORDS["config_subentries"]["gate"], [gate_flow]),
        (WORDS["options"], OPTIONS_FLOWS),
    ],
    ids=["config", "gate", "options"],
)
def test_every_step_and_every_end_of_a_flow_has_words(
    section: Mapping[str, Any], modules: list[ModuleType]
) -> None:
    steps = {
        name.removeprefix("async_step_")
        for module in modules
        for flow in vars(module).values()
        if inspect.isclass(flow) and flow.__module__ == module.__name__
        for name in vars(flow)
        if name.startswith("async_step_")
    }
    show_nothing = {"reauth", "remove", "remove_all"}
    assert steps - show_nothing == section["step"].keys()
    ends = set[str]().union(*(given(module, "reason") for module in modules))
    assert ends == section.get("abort", {}).keys()


@pytest.mark.parametrize("step", WORDS["config"]["step"])
def test_every_form_about_the_engine_says_what_an_engine_is(step: str) -> None:
    words = WORDS["config"]["step"][step]
    assert re.search(r"reads( licence)? plates", words["description"])
    assert "engine" not in str(words["data"].values())
    assert "engine" not in str(WORDS["selector"]["engine"]["options"].values())


@pytest.mark.parametrize("step", ["confirm", "confirm_dangers", "confirm_warnings"])
def test_a_vehicle_that_is_shown_back_can_be_saved_or_corrected(step: str) -> None:
    words = WORDS["options"]["step"][step]["menu_options"]
    assert words.keys() == {"save", "add_vehicle", "edit_vehicle"}
    assert words["add_vehicle"] == words["edit_vehicle"]


def test_a_removal_can_be_confirmed_or_left() -> None:
    words = WORDS["options"]["step"]["confirm_removal"]["menu_options"]
    assert words.keys() == {"remove", "init"}


NEVER_WRONG = {f"{FURTHER_DOWN}_{SECTION_NOTICE}"}


def told_of(schema: Any) -> set[str]:
    """Every word at the top of a form for what is wrong further down."""
    sections = [key for key, value in schema.schema.items() if hasattr(value, "schema")]
    return {FURTHER_DOWN, *(f"{FURTHER_DOWN}_{section}" for section in sections)}


def test_every_error_of_a_form_says_what_to_do_and_none_is_left_over() -> None:
    assert WORDS["config"]["error"].keys() == errors_set(config_flow) | {
        f"engine_{problem.value}" for problem in EngineProblem
    }
    assert WORDS["config_subentries"]["gate"]["error"].keys() == (
        errors_set(gate_flow) | set(OpenerProblem) | told_of(GATE_SCHEMA)
    )
    assert WORDS["options"]["error"].keys() == (
        set[str]().union(*map(errors_set, OPTIONS_FLOWS))
        | VEHICLE_ERRORS
        | PRIVACY_ERRORS
        | set(LineProblem)
        | told_of(vehicle_schema({}))
        | (told_of(privacy_schema({})) - NEVER_WRONG)
    )


@pytest.mark.parametrize(
    ("errors", "sections"),
    [
        (WORDS["config_subentries"]["gate"], WORDS["config_subentries"]["gate"]["step"]["user"]),
        (WORDS["options"], WORDS["options"]["step"]["add_vehicle"]),
        (WORDS["options"], WORDS["options"]["step"]["privacy"]),
    ],
    ids=["gate", "vehicle", "privacy"],
)
def test_the_word_at_the_top_names_the_section_as_the_form_does(
    errors: Mapping[str, Any], sections: Mapping[str, Any]
) -> None:
    for section, words in sections["sections"].items():
        key = f"{FURTHER_DOWN}_{section}"
        if key not in NEVER_WRONG:
            assert f'"{words["name"]}"' in errors["error"][key]


@pytest.mark.parametrize("problem", [PlateProblem.EMPTY, PlateProblem.TOO_SHORT])
def test_a_plate_that_is_too_short_or_missing_is_told_how_many_characters_it_needs(
    problem: PlateProblem,
) -> None:
    needed = f"at least {SHORTEST} letters or digits"
    key = f"plate_{problem.value}"
    assert needed in WORDS["options"]["error"][key]
    assert needed in WORDS["exceptions"][key]["message"]


def test_no_count_has_a_unit_that_is_wrong_for_one() -> None:
    sensors = WORDS["entity"]["sensor"]
    assert [key for key, words in sensors.items() if "unit_of_measurement" in words] == []


def test_plates_are_spelled_in_one_way_only() -> None:
    assert [path for path, text in leaves(WORDS) if "license" in text.casefold()] == []


def test_every_refusal_of_an_action_has_words() -> None:
    keys = VEHICLE_ERRORS | {f"danger_{kind.value}" for kind in DangerKind}
    keys |= {f"futile_{futility.value}" for futility in Futility} | set(AccessProblem)
    for module in (
        access_actions,
        actions,
        admin_action,
        automatic_memory,
        code_action,
        gate_names,
        history_actions,
        list_account,
        privacy_desk,
        register_store,
        rights_actions,
        self_test,
    ):
        keys |= called_with(module, "refusal", 0) | called_with(module, "_failed", 0)
        keys |= given(module, "translation_key")
    assert keys == WORDS["exceptions"].keys()


PEOPLE_ISSUES = ("repeated_look_ups", "access_rules_changed")


def test_every_issue_about_privacy_has_words() -> None:
    left = (LIST_ISSUE, VISITS_ISSUE)
    issues = (*ArchiveProblem, "plate_found", "access_requested", *left, *PEOPLE_ISSUES)
    for issue in issues:
        assert WORDS["issues"][issue].keys() == {"title", "description"}


def test_every_reason_has_the_same_words_in_the_event_and_in_the_sensor() -> None:
    # Home Assistant looks them up by entity, and its references work in its own components only.
    event = WORDS["entity"]["event"]["passage"]["state_attributes"]["reason"]["state"]
    assert event.keys() == set(Reason)
    assert WORDS["entity"]["sensor"]["last_reason"]["state"] == event


def test_every_event_about_privacy_has_words() -> None:
    words = WORDS["entity"]["event"]["privacy"]["state_attributes"]["event_type"]["state"]
    assert words.keys() == set(PrivacyEventType)


def test_every_field_about_privacy_is_named_and_explained() -> None:
    schema = privacy_schema({})
    words = WORDS["options"]["step"]["privacy"]["sections"]
    assert list(words) == [str(key) for key in schema.schema]
    for name, fields_ in schema.schema.items():
        keys = {str(key) for key in fields_.schema.schema}
        assert words[str(name)]["data"].keys() == keys
        assert words[str(name)]["data_description"].keys() == keys


def test_every_issue_of_the_list_has_words() -> None:
    for issue in ("register_corrupt", "register_not_saved", "register_unreadable"):
        assert WORDS["issues"][issue].keys() == {"title", "description"}


def test_every_choice_has_words() -> None:
    assert WORDS["selector"]["engine"]["options"].keys() == set(EngineKind)
    assert WORDS["selector"]["vehicle_second_factor"]["options"].keys() == SECOND_FACTOR.keys()
    assert WORDS["selector"]["vehicle_not_now"]["options"].keys() == set(NotNow)
    assert WORDS["selector"]["vehicle_guest"]["options"].keys() == set(STATES_OF_A_GUEST)
    assert WORDS["selector"]["moment"]["options"].keys() == set(MOMENTS)
    assert tuple(WORDS["selector"]["month"]["options"]) == MONTHS
    assert list(WORDS["selector"]["weekday"]["options"]) == [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    ]


@pytest.mark.parametrize("action", SERVICES)
def test_every_field_of_an_action_is_named_and_explained(action: str) -> None:
    described = (SERVICES[action] or {}).get("fields", {})
    sections = {name for name, field in described.items() if "fields" in field}
    names = {name for name in described if name not in sections} | {
        name for section in sections for name in described[section]["fields"]
    }
    words = WORDS["services"][action]
    assert words["name"]
    assert words["description"]
    assert words.get("fields", {}).keys() == names
    assert words.get("sections", {}).keys() == sections
    assert all(
        field.keys() == {"name", "description"} for field in words.get("fields", {}).values()
    )
    assert ICONS["services"][action]["service"].startswith("mdi:")
    assert ICONS["services"][action].get("sections", {}).keys() == sections


def test_actions_take_the_fields_they_describe() -> None:
    for action, schema in (
        ("add_vehicle", actions._ADD_SCHEMA),
        ("update_vehicle", actions._UPDATE_SCHEMA),
        ("remove_vehicle", actions._REMOVE_SCHEMA),
        ("scan", actions._SCAN_SCHEMA),
        ("enter_code", code_action.ENTER_CODE_SCHEMA),
        ("search_visits", history_actions.SEARCH_SCHEMA),
        ("request_access", access_actions.REQUEST_SCHEMA),
        ("approve_access", access_actions.APPROVE_SCHEMA),
        ("show_look_ups", access_actions.SHOW_SCHEMA),
        ("view_evidence", history_actions.VIEW_SCHEMA),
        ("hold_visit", history_actions.HOLD_SCHEMA),
        ("release_visit", history_actions.RELEASE_SCHEMA),
        ("forget_vehicle", rights_actions.FORGET_SCHEMA),
        ("export_vehicle", rights_actions.EXPORT_SCHEMA),
        ("privacy_notice", rights_actions.NOTICE_SCHEMA),
    ):
        assert WORDS["services"][action]["fields"].keys() == {str(key) for key in schema.schema}


@pytest.mark.parametrize(
    "not_taken",
    [
        pytest.param(r"^\s|\s$|^$", id="spaces around it, or nothing"),
        pytest.param(r"https?://\S", id="an address: that belongs into a placeholder"),
        pytest.param(r"<[a-z/]", id="HTML"),
        pytest.param(r"'\{\w+\}'", id="a placeholder in single quotes"),
        pytest.param(r"\[%key:", id="a reference: those work in Home Assistant itself only"),
    ],
)
def test_no_text_has_what_home_assistant_does_not_take(not_taken: str) -> None:
    assert [path for path, text in leaves(WORDS) if re.search(not_taken, text)] == []


def test_every_way_is_told_by_what_home_assistant_shows() -> None:
    # A gate's settings and the list are behind a gear, the engine behind three dots: none of them
    # is a page below the integration's.
    ways = [
        text for _, text in leaves(WORDS) if "Settings > Devices & services > ALPR Gate" in text
    ]
    assert len(ways) > 5
    for text in ways:
        assert re.search(r"> ALPR Gate, the (gear|three dots) beside \S", text), text


def test_the_quality_scale_answers_every_rule() -> None:
    platinum = Path(inspect.getfile(homeassistant)).parent / "components" / "unifi_access"
    answered = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    asked = yaml.safe_load((platinum / "quality_scale.yaml").read_text())["rules"]
    assert answered.keys() == asked.keys()
    for rule, answer in answered.items():
        if isinstance(answer, dict):
            assert answer["status"] == "exempt", rule
            assert answer["comment"], rule
        else:
            assert answer in {"done", "todo"}, rule


def test_forgetting_one_vehicle_says_that_everybody_s_history_goes() -> None:
    assert "everybody's" in WORDS["services"]["forget_vehicle"]["description"]
