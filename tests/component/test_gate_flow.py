"""Adding and changing a gate: what is asked, what is refused, what is saved."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.code import KeptCode, fitting
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.audit import AuditAction, AuditError, AuditRecord
from custom_components.alpr_gate.const import SUBENTRY_TYPE_GATE
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.register_store import RegisterStore

from .conftest import CAMERA, GATE, GATE_ID, TRIGGER
from .forms import marked
from .street import id_of

pytestmark = pytest.mark.usefixtures("register_store")

OPEN_GATE = {"action": "cover.open_cover", "target": {"entity_id": GATE}}
LEAST = {"name": "Back gate", "cameras": [CAMERA], "triggers": [TRIGGER]}


@pytest.fixture(autouse=True)
def _actions_of_the_house(hass: HomeAssistant) -> None:
    for domain, action in (("cover", "open_cover"), ("switch", "toggle")):
        hass.services.async_register(domain, action, lambda _call: None)


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_TYPE_GATE), context={"source": SOURCE_USER}
    )


async def answer(
    hass: HomeAssistant, result: SubentryFlowResult, answers: dict[str, Any]
) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_configure(result["flow_id"], answers)


async def add(hass: HomeAssistant, entry: MockConfigEntry, **answers: Any) -> SubentryFlowResult:
    return await answer(hass, await begin(hass, entry), LEAST | answers)


def saved(entry: MockConfigEntry, name: str = "Back gate") -> ConfigSubentry:
    gates: list[ConfigSubentry] = list(entry.subentries.values())
    return next(gate for gate in gates if gate.title == name)


async def test_a_new_gate_starts_in_shadow_mode_with_safe_defaults(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await add(hass, entry)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    config = GateConfig.from_subentry(saved(entry))
    assert config.settings == GateSettings(shadow=True)
    assert (config.name, config.cameras, config.triggers) == ("Back gate", (CAMERA,), (TRIGGER,))
    assert (config.interval, config.burst_rate, config.burst_length) == (None, 4.0, 10.0)
    assert (config.opener, config.gate_entity, config.obstruction_entity) == ((), None, None)
    assert config.second_factor_entities == ()


async def test_everything_about_a_gate_can_be_said(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await add(
        hass,
        entry,
        name="  Back gate ",
        cameras=[CAMERA, "camera.drive"],
        triggers=[TRIGGER, "event.doorbell"],
        opener=[OPEN_GATE, {"delay": {"seconds": 1}}],
        toggle_opener=True,
        gate_entity=GATE,
        obstruction_entity="binary_sensor.barrier",
        exit_allowed=True,
        shadow=False,
        looking={"zone": "10, 40, 90, 100", "interval": 2, "burst_rate": 5, "burst_length": 8},
        confirmation={
            "second_factor": True,
            "second_factor_entities": ["person.anna"],
            "second_factor_seconds": 30,
        },
        proof={
            "looks_needed": 3,
            "weakest_character": 95.5,
            "margin": 50,
            "listed_margin": 200,
            "agreement": 70,
            "detection": 60,
            "max_frame_age": 2,
        },
        plate={
            "smallest_plate": 50,
            "narrowest_plate": 2,
            "widest_plate": 6,
            "shortest_text": 5,
            "longest_text": 8,
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    config = GateConfig.from_subentry(saved(entry))
    zone = ((0.1, 0.4), (0.9, 0.4), (0.9, 1.0), (0.1, 1.0))
    assert config == GateConfig(
        subentry_id=config.subentry_id,
        name="Back gate",
        cameras=(CAMERA, "camera.drive"),
        triggers=(TRIGGER, "event.doorbell"),
        interval=2.0,
        zone=zone,
        opener=(OPEN_GATE, {"delay": {"seconds": 1}}),
        gate_entity=GATE,
        obstruction_entity="binary_sensor.barrier",
        second_factor_entities=("person.anna",),
        burst_rate=5.0,
        burst_length=8.0,
        settings=GateSettings(
            looks_needed=3,
            weakest_character=0.955,
            margin=50,
            listed_margin=200,
            agreement=0.7,
            detection=0.6,
            max_frame_age=2,
            smallest_plate=50,
            narrowest_plate=2,
            widest_plate=6,
            shortest_text=5,
            longest_text=8,
            zone=zone,
            exit_allowed=True,
            second_factor=True,
            second_factor_seconds=30,
            toggle_opener=True,
            state_named=True,
            obstruction_named=True,
            shadow=False,
        ),
    )
    assert type(config.settings.looks_needed) is int


async def test_a_gate_without_a_trigger_can_be_watched_continuously(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await add(hass, entry, triggers=[], looking={"interval": 0.5})
    config = GateConfig.from_subentry(saved(entry))
    assert (config.triggers, config.interval) == ((), 0.5)


@pytest.mark.parametrize(
    "answers",
    [
        {"looking": {"burst_rate": 1, "burst_length": 4}},
        {"looking": {"burst_rate": 1, "burst_length": 2}, "cameras": [CAMERA, "camera.drive"]},
        {"looking": {"burst_rate": 1, "burst_length": 2, "interval": 1}},
    ],
)
async def test_looks_that_can_be_reached_may_be_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry, answers: dict[str, Any]
) -> None:
    result = await add(hass, entry, proof={"looks_needed": 4}, **answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_single_action_is_taken_like_a_list_of_one(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await add(hass, entry, opener=OPEN_GATE, shadow=False)
    assert GateConfig.from_subentry(saved(entry)).opener == (OPEN_GATE,)


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        ({"name": "FRONT gate"}, {"name": "name_taken"}),
        ({"cameras": []}, {"cameras": "camera_missing"}),
        ({"triggers": []}, {"triggers": "trigger_missing"}),
        ({"shadow": False}, {"opener": "opener_missing"}),
        ({"toggle_opener": True}, {"gate_entity": "toggle_needs_gate_entity"}),
        ({"confirmation": {"second_factor": True}}, {"confirmation": "second_factor_needs_entity"}),
        ({"plate": {"shortest_text": 8, "longest_text": 7}}, {"plate": "settings_disagree"}),
        ({"plate": {"narrowest_plate": 4, "widest_plate": 3}}, {"plate": "settings_disagree"}),
        ({"plate": {"narrowest_plate": 2, "widest_plate": 2}}, {"plate": "settings_disagree"}),
        (
            {"looking": {"burst_rate": 1, "burst_length": 3}, "proof": {"looks_needed": 4}},
            {"proof": "looks_never_enough"},
        ),
        (
            # Looks of more than ten seconds ago do not count any more.
            {"looking": {"burst_rate": 1, "burst_length": 60}, "proof": {"looks_needed": 11}},
            {"proof": "looks_never_enough"},
        ),
        ({"looking": {"zone": "over there"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "10, 20, 30"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "10, 40, 90, 101"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "50, 40, 50, 100"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "90, 40, 10, 100"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "0, 0; 100, 100"}}, {"looking": "bad_zone"}),
        ({"looking": {"zone": "nan, 0, 100, 100"}}, {"looking": "bad_zone"}),
        ({"opener": [{"no": "action"}]}, {"opener": "opener_invalid"}),
        ({"opener": "open it"}, {"opener": "opener_invalid"}),
    ],
)
async def test_a_gate_that_could_not_work_is_refused_until_it_is_mended(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    answers: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await add(hass, entry, **answers)
    assert result["type"] is FlowResultType.FORM
    assert marked(result) == errors
    assert len(entry.subentries) == 1
    result = await answer(hass, result, LEAST)
    assert result["type"] is FlowResultType.CREATE_ENTRY


def open_sections(result: SubentryFlowResult) -> set[str]:
    """The sections of a form that are shown open."""
    assert result["data_schema"] is not None
    return {
        str(key)
        for key, value in result["data_schema"].schema.items()
        if isinstance(value, section) and not value.options["collapsed"]
    }


async def test_the_section_that_holds_a_mistake_is_shown_open_with_what_was_typed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await begin(hass, entry)
    assert open_sections(form) == set()
    form = await answer(hass, form, LEAST | {"looking": {"zone": "over there"}})
    assert open_sections(form) == {"looking"}
    assert suggested(form["data_schema"])["looking"]["zone"] == "over there"
    form = await answer(hass, form, LEAST | {"confirmation": {"second_factor": True}})
    assert open_sections(form) == {"confirmation"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"name": "  "}, None),
        ({"shadow": False}, "further_down"),
        ({"confirmation": {"second_factor": True}}, "further_down_confirmation"),
        ({"looking": {"zone": "over there"}}, "further_down_looking"),
    ],
)
async def test_what_is_wrong_further_down_is_told_at_the_top_of_the_form(
    hass: HomeAssistant, entry: MockConfigEntry, answers: dict[str, Any], told: str | None
) -> None:
    result = await add(hass, entry, **answers)
    assert result["errors"] is not None
    assert result["errors"].get("base") == told


async def test_a_section_in_which_something_is_not_as_usual_is_shown_open(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await add(hass, entry, proof={"weakest_character": 97.3}, looking={"burst_rate": 4})
    result = await entry.start_subentry_reconfigure_flow(hass, saved(entry).subentry_id)
    assert open_sections(result) == {"proof"}
    usual = suggested(result["data_schema"]) | {"proof": {}}
    await answer(hass, result, usual)
    result = await entry.start_subentry_reconfigure_flow(hass, saved(entry).subentry_id)
    assert open_sections(result) == set()


@pytest.mark.parametrize(
    "closing",
    [
        {"action": "cover.close_cover", "target": {"entity_id": GATE}},
        {"service": "valve.close_valve"},
        {
            "if": [{"condition": "state", "entity_id": GATE, "state": "closed"}],
            "then": [OPEN_GATE],
            "else": [{"action": "cover.close_cover", "target": {"entity_id": GATE}}],
        },
    ],
)
async def test_an_opener_that_closes_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, closing: dict[str, Any]
) -> None:
    result = await add(hass, entry, opener=[closing], gate_entity=GATE, toggle_opener=True)
    assert marked(result) == {"opener": "opener_closes"}


async def test_a_device_s_own_action_that_closes_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    closing = {"device_id": "gate", "domain": "cover", "type": "close", "entity_id": GATE}
    with patch("custom_components.alpr_gate.opener_check.async_validate_actions_config"):
        result = await add(hass, entry, opener=[closing])
    assert marked(result) == {"opener": "opener_closes"}


async def test_an_opener_whose_action_does_not_exist_is_refused_where_it_is_chosen(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.services.async_remove("cover", "open_cover")
    result = await add(hass, entry, opener=[OPEN_GATE])
    assert marked(result) == {"opener": "opener_action_missing"}


async def test_an_opener_that_opens_and_closes_by_turns_must_be_called_so(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    toggle = {"action": "switch.toggle", "target": {"entity_id": "switch.gate"}}
    result = await add(hass, entry, opener=[toggle], gate_entity=GATE)
    assert marked(result) == {"opener": "opener_toggles"}
    result = await answer(
        hass, result, LEAST | {"opener": [toggle], "gate_entity": GATE, "toggle_opener": True}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "answers",
    [
        {"cameras": ["light.street"]},
        {"gate_entity": "camera.street"},
        {"proof": {"looks_needed": 0}},
        {"proof": {"weakest_character": 100}},
        {"proof": {"detection": 96}},
        {"confirmation": {"second_factor_seconds": 0}},
        {"looking": {"burst_rate": 100}},
    ],
)
async def test_what_the_form_cannot_hold_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, answers: dict[str, Any]
) -> None:
    with pytest.raises(InvalidData):
        await add(hass, entry, **answers)


def suggested(schema: Any) -> dict[str, Any]:
    """What a form shows to begin with, sections included."""
    shown: dict[str, Any] = {}
    for key, value in schema.schema.items():
        if hasattr(value, "schema"):
            shown[str(key)] = suggested(value.schema)
        elif key.description and "suggested_value" in key.description:
            shown[str(key)] = key.description["suggested_value"]
    return shown


async def test_a_gate_is_changed_by_the_form_that_shows_it_as_it_is(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    answers = LEAST | {
        "opener": [OPEN_GATE],
        "gate_entity": GATE,
        "shadow": False,
        "looking": {"zone": "0, 60; 55, 35; 100, 60; 100, 100; 0, 100", "interval": 3.0},
        "proof": {"weakest_character": 97.3},
    }
    await add(hass, entry, **answers)
    before = saved(entry)

    result = await entry.start_subentry_reconfigure_flow(hass, before.subentry_id)
    assert result["step_id"] == "reconfigure"
    shown = suggested(result["data_schema"])
    assert shown["looking"]["zone"] == "0, 60; 55, 35; 100, 60; 100, 100; 0, 100"
    assert shown["proof"]["weakest_character"] == 97.3
    assert shown["name"] == "Back gate"

    result = await answer(hass, result, shown)
    assert result["reason"] == "reconfigure_successful"
    assert saved(entry).data == before.data

    del shown["gate_entity"]
    shown["name"] = "Side gate"
    result = await entry.start_subentry_reconfigure_flow(hass, before.subentry_id)
    await answer(hass, result, shown)
    after = GateConfig.from_subentry(saved(entry, "Side gate"))
    assert after.subentry_id == before.subentry_id
    assert after.gate_entity is None


async def test_a_gate_saved_by_hand_is_shown_and_completed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await entry.start_subentry_reconfigure_flow(hass, GATE_ID)
    shown = suggested(result["data_schema"])
    assert shown["proof"] == {}
    result = await answer(hass, result, shown)
    assert result["reason"] == "reconfigure_successful"
    assert GateConfig.from_subentry(saved(entry, "Front gate")).settings == GateSettings(
        state_named=True
    )


async def last_record(entry: MockConfigEntry) -> AuditRecord:
    record: AuditRecord = (await entry.runtime_data.privacy.archive.account_since(0.0))[-1]
    return record


async def test_the_account_names_the_settings_of_a_gate_that_change_and_not_their_values(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await add(hass, entry, name="KA7X0SR")
    record = await last_record(entry)
    assert record.action is AuditAction.SETTINGS_CHANGED
    assert record.details["gate"] is None
    assert "KA7X0SR" not in str(record)

    gate = saved(entry, "KA7X0SR")
    result = await entry.start_subentry_reconfigure_flow(hass, gate.subentry_id)
    shown = suggested(result["data_schema"])
    shown["name"] = "Back gate"
    shown["proof"]["looks_needed"] = 1
    await answer(hass, result, shown)
    record = await last_record(entry)
    assert record.action is AuditAction.SETTINGS_CHANGED
    assert record.details == {"gate": gate.subentry_id, "settings": "looks_needed name"}


async def test_what_cannot_be_written_down_changes_no_gate(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(entry.runtime_data.privacy.archive._chain, "append", full)
        result = await add(hass, entry)
        assert result["errors"] == {"base": "not_accounted"}
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    result = await answer(hass, result, LEAST)
    assert result["errors"] == {"base": "not_loaded"}
    assert len(entry.subentries) == 1
    entry.mock_state(hass, ConfigEntryState.LOADED)
    result = await answer(hass, result, LEAST)
    assert result["type"] is FlowResultType.CREATE_ENTRY


CODE = "048215"


def code_shown(form: SubentryFlowResult) -> str | None:
    """What the form shows in the field of the code; nothing else in it may tell the code."""
    schema = form["data_schema"]
    assert schema is not None
    told = repr([(key, key.description, getattr(key, "default", None)) for key in schema.schema])
    (inner,) = [value for key, value in schema.schema.items() if key == "confirmation"]
    (field,) = [key for key in inner.schema.schema if key == "code"]
    (around,) = [key for key in schema.schema if key == "confirmation"]
    suggested = (around.description or {}).get("suggested_value") or {}
    assert CODE not in f"{told} {form}"
    shown: str | None = suggested.get("code", (field.description or {}).get("suggested_value"))
    return shown


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_TYPE_GATE),
        context={
            "source": SOURCE_RECONFIGURE,
            "subentry_id": saved(entry).subentry_id,
        },
    )


def confirming(**answers: Any) -> dict[str, Any]:
    return LEAST | {"confirmation": {"second_factor": True, **answers}}


async def test_a_code_is_kept_as_a_hash_shown_as_set_replaced_and_removed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await answer(hass, await begin(hass, entry), confirming(code=CODE))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CODE not in str(entry.as_dict())
    first = GateConfig.from_subentry(saved(entry)).code
    assert first is not None
    assert fitting(CODE, [first]) == {first}

    form = await reconfigure(hass, entry)
    assert code_shown(form) == "set"
    await answer(hass, form, confirming(code="set"))
    assert GateConfig.from_subentry(saved(entry)).code == first

    await answer(hass, await reconfigure(hass, entry), confirming(code="7351"))
    second = GateConfig.from_subentry(saved(entry)).code
    assert second is not None
    assert second.salt != first.salt
    assert fitting("7351", [first, second]) == {second}

    answers = LEAST | {"confirmation": {"second_factor": False}}
    await answer(hass, await reconfigure(hass, entry), answers)
    assert GateConfig.from_subentry(saved(entry)).code is None
    assert code_shown(await reconfigure(hass, entry)) is None


async def test_a_code_that_was_typed_outlasts_another_error_and_is_not_shown_back(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await answer(hass, await begin(hass, entry), confirming(code=CODE) | {"name": " "})
    assert form["errors"] == {"name": "name_missing"}
    assert code_shown(form) == "set"
    await answer(hass, form, confirming(code="set"))
    code = GateConfig.from_subentry(saved(entry)).code
    assert code is not None
    assert fitting(CODE, [code]) == {code}


@pytest.mark.parametrize("typed", ["123", "0482150482150", f"{CODE}a", f"set{CODE}"])
async def test_what_is_no_code_is_refused_also_beside_another_error(
    hass: HomeAssistant, entry: MockConfigEntry, typed: str
) -> None:
    wrong = confirming(code=typed) | {"looking": {"zone": "over there"}}
    form = await answer(hass, await begin(hass, entry), wrong)
    assert marked(form) == {"confirmation": "bad_code", "looking": "bad_zone"}
    assert code_shown(form) is None
    form = await answer(hass, form, confirming(code=typed))
    assert marked(form) == {"confirmation": "bad_code"}


async def test_vehicles_with_codes_of_their_own_are_enough_of_what_confirms(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    anna = Vehicle(id_of("Anna"), "Anna", "AB123CD", code=KeptCode.of("1234", bytes(16)))
    await register_store.add(anna)
    result = await answer(hass, await begin(hass, entry), confirming())
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("chosen", ["gate", "barrier", "trigger", "opener", "ours"])
async def test_what_every_car_changes_is_refused_as_what_confirms_and_told_by_its_name(
    hass: HomeAssistant, entry: MockConfigEntry, chosen: str
) -> None:
    ours = er.async_get(hass).async_get_or_create("event", "alpr_gate", "passage").entity_id
    entity = {
        "gate": "sensor.gate",
        "barrier": "binary_sensor.barrier",
        "trigger": TRIGGER,
        "opener": GATE,
        "ours": ours,
    }[chosen]
    hass.states.async_set(entity, "off", {"friendly_name": "The wrong one"})
    answers = {
        "opener": [OPEN_GATE],
        "gate_entity": "sensor.gate",
        "obstruction_entity": "binary_sensor.barrier",
    }
    form = await answer(
        hass,
        await begin(hass, entry),
        confirming(second_factor_entities=["person.anna", entity]) | answers,
    )
    assert marked(form) == {"confirmation": "confirms_nothing"}
    assert form["description_placeholders"] == {"entities": "The wrong one"}
    assert open_sections(form) == {"confirmation"}
    form = await answer(hass, form, confirming(second_factor_entities=["person.anna"]) | answers)
    assert form["type"] is FlowResultType.CREATE_ENTRY


async def test_a_gate_s_code_that_is_damaged_makes_the_gate_unusable_and_is_not_shown(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await answer(hass, await begin(hass, entry), confirming(code=CODE))
    gate = saved(entry)
    hass.config_entries.async_update_subentry(entry, gate, data={**gate.data, "code": CODE})
    with pytest.raises(ValueError, match="kept code") as refused:
        GateConfig.from_subentry(saved(entry))
    assert CODE not in str(refused.value)
    form = await reconfigure(hass, entry)
    assert form["type"] is FlowResultType.FORM
    assert code_shown(form) is not None
