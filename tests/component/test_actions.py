"""Actions on the owner's list, and the one-off look: who may, what they answer, what they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

from homeassistant.auth.models import User
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.alpr_gate.actions import async_setup_actions
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.gate.code import KeptCode, fitting
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import (
    Box,
    EngineIdentity,
    FrameReads,
    ImageProblem,
    PlateRead,
    Timings,
)
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.gate_controller import GateController
from custom_components.alpr_gate.register_store import RegisterNotSaved, RegisterStore
from custom_components.alpr_gate.snapshot import SnapshotFailed, SnapshotProblem

from .conftest import CAMERA, GATE_ID
from .street import id_of

PLATE = "ab-123 cd"
CODE = "048215930671"
TELLING = ("AB123CD", "ab-123 cd", "NE11WER", "ne 11 wer", "AB*", CODE)
ANNA = Vehicle(id=id_of("Anna"), name="Anna", plate="AB123CD")
READS = FrameReads(
    sequence=1,
    size=(1920, 1080),
    plates=(
        PlateRead(
            text="AB123CD",
            box=Box(10, 20, 110, 44),
            detection=0.91234567,
            characters=tuple(((letter, 0.98),) for letter in "AB123CD"),
            region="DE",
        ),
    ),
    timing_ms=Timings(1, 40, 5),
    engine=EngineIdentity("1", "ncnn", ()),
    brightness=0.5,
)


@pytest.fixture(autouse=True)
async def _actions(hass: HomeAssistant) -> None:
    async_setup_actions(hass)


@pytest.fixture
def gate(entry: MockConfigEntry, register_store: RegisterStore) -> Mock:
    """The front gate, with a camera in which one plate is read."""
    gate = Mock(spec=GateController, scan=AsyncMock(return_value={CAMERA: READS}))
    entry.runtime_data.gates[GATE_ID] = gate
    return gate


async def act(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert answer is not None
    return dict(answer)


def key_of(error: HomeAssistantError) -> str | None:
    assert error.translation_domain == DOMAIN
    return error.translation_key


async def test_adding_answers_with_the_normal_form(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    answer = await act(hass, "add_vehicle", name="Anna", plate=PLATE)
    (vehicle,) = register_store.register.vehicles
    assert vehicle == Vehicle(id=vehicle.id, name="Anna", plate="AB123CD")
    assert answer == {
        "vehicle_id": vehicle.id,
        "name": "Anna",
        "plate": "AB123CD",
        "gates": [],
        "enabled": True,
        "second_factor": "as_gate",
        "warnings": [],
    }


async def test_adding_warns_of_entries_it_could_be_taken_for(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    answer = await act(hass, "add_vehicle", name="Ben", plate="AB124CD")
    (warning,) = answer["warnings"]
    assert warning.startswith("Anna ")
    assert "AB123CD" not in warning
    assert len(register_store.register) == 2


async def test_adding_and_updating_warn_of_a_plate_that_no_gate_reads(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    added = await act(hass, "add_vehicle", name="Anna", plate="AB1")
    assert [warning.split(":")[0] for warning in added["warnings"]] == [
        "Gate Front gate reads no plate of fewer than 4 characters"
    ]
    vehicle_id = added["vehicle_id"]
    changed = await act(hass, "update_vehicle", vehicle_id=vehicle_id, household="Miller")
    assert changed["warnings"] == added["warnings"]
    changed = await act(hass, "update_vehicle", vehicle_id=vehicle_id, plate="AB12")
    assert changed["warnings"] == []


async def test_every_field_can_be_given_and_is_answered(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    fields: dict[str, Any] = {
        "name": "Guest",
        "gates": ["front GATE"],
        "household": "Miller",
        "enabled": False,
        "weekdays": ["mon", "sun"],
        "start_time": "08:00:00",
        "end_time": "18:30:00",
        "valid_from": "2027-01-01 08:00:00",
        "valid_until": "2027-07-01 08:00:00",
        "uses_left": 3,
        "second_factor": "always",
    }
    added = await act(hass, "add_vehicle", plate=PLATE, **fields)
    (vehicle,) = register_store.register.vehicles
    assert vehicle.gates == {GATE_ID}
    expected = fields | {
        "gates": ["Front gate"],
        "plate": "AB123CD",
        "vehicle_id": vehicle.id,
    }
    (warning,) = added.pop("warnings")
    assert warning.startswith("No gate names what confirms for Guest")
    assert added == expected
    assert await act(hass, "list_vehicles") == {"vehicles": [expected]}


async def test_a_gate_can_be_named_by_its_device_or_its_id(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=GATE_ID,
        identifiers={(DOMAIN, GATE_ID)},
    )
    for named in (device.id, GATE_ID):
        answer = await act(hass, "add_vehicle", name="Anna", plate=PLATE, gates=named)
        assert answer["gates"] == ["Front gate"]


async def test_a_vehicle_s_code_is_set_kept_replaced_and_removed_and_never_answered(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    added = await act(hass, "add_vehicle", name="Anna", plate=PLATE, code="0123")
    vehicle_id = added["vehicle_id"]
    assert added["code"] == "set"

    async def code_after(**data: Any) -> KeptCode | None:
        await act(hass, "update_vehicle", vehicle_id=vehicle_id, **data)
        vehicle = register_store.register.get(vehicle_id)
        assert vehicle is not None
        return vehicle.code

    first = await code_after(household="Miller")
    assert first is not None
    assert fitting("0123", [first]) == {first}
    (listed,) = (await act(hass, "list_vehicles"))["vehicles"]
    assert listed["code"] == "set"
    assert await code_after(**{key: listed[key] for key in ("name", "code")}) == first
    second = await code_after(code=4567)
    assert second is not None
    assert fitting("4567", [second]) == {second}
    for problem in ("123", "12a4", "0123456789012", [["1234"]]):
        with pytest.raises((ServiceValidationError, vol.Invalid)) as refused:
            await code_after(code=problem)
        assert str(problem) not in str(refused.value)
    assert await code_after(enabled=True) == second
    assert await code_after(code="") is None
    assert "code" not in (await act(hass, "list_vehicles"))["vehicles"][0]


async def test_codes_of_a_list_have_one_salt_so_that_one_that_is_typed_is_hashed_once(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    for name, code in (("Anna", "1234"), ("Ben", "1234"), ("Cem", "5678")):
        await act(hass, "add_vehicle", name=name, plate=f"{name}99", code=code)
    codes = [vehicle.code for vehicle in register_store.register.vehicles]
    assert len({code.salt for code in codes if code}) == 1
    assert codes[0] is not None
    assert codes[0].salt not in {bytes(16)}


async def test_updating_changes_what_is_given_and_keeps_the_rest(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    added = await act(
        hass,
        "add_vehicle",
        name="Anna",
        plate=PLATE,
        household="Miller",
        uses_left=3,
        weekdays=["mon"],
        start_time="08:00:00",
        end_time="09:00:00",
    )
    vehicle_id = added["vehicle_id"]
    changed = await act(
        hass, "update_vehicle", vehicle_id=vehicle_id, plate="ne 11 wer", uses_left=None
    )
    del added["uses_left"]
    assert changed == added | {"plate": "NE11WER"}
    cleared = await act(
        hass,
        "update_vehicle",
        vehicle_id=vehicle_id,
        weekdays=[],
        start_time=None,
        end_time=None,
        household="",
        second_factor="never",
    )
    assert cleared == {
        "vehicle_id": vehicle_id,
        "name": "Anna",
        "plate": "NE11WER",
        "gates": [],
        "enabled": True,
        "second_factor": "never",
        "warnings": [],
    }


@pytest.mark.parametrize(("given", "left"), [({}, 0), ({"uses_left": 1}, 1)])
async def test_an_opening_that_is_used_while_a_change_is_accounted_for_stays_used(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    register_store: RegisterStore,
    given: dict[str, int],
    left: int,
) -> None:
    await register_store.add(replace(ANNA, uses_left=1))

    async def a_car_comes(*_: object, **__: object) -> None:
        await register_store.use(ANNA.id)

    with patch.object(entry.runtime_data.privacy, "account", side_effect=a_car_comes):
        answer = await act(hass, "update_vehicle", vehicle_id=ANNA.id, name="Anna Miller", **given)
    assert answer["uses_left"] == left
    vehicle = register_store.register.get(ANNA.id)
    assert vehicle == replace(ANNA, name="Anna Miller", uses_left=left)


async def test_a_change_does_not_undo_another_one_that_was_made_while_it_was_accounted_for(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    switched_off = replace(ANNA, enabled=False)

    async def somebody_switches_it_off(*_: object, **__: object) -> None:
        await register_store.update(switched_off)

    with (
        patch.object(entry.runtime_data.privacy, "account", side_effect=somebody_switches_it_off),
        pytest.raises(HomeAssistantError) as refused,
    ):
        await act(hass, "update_vehicle", vehicle_id=ANNA.id, name="Anna Miller")
    assert refused.value.translation_key == "vehicle_changed_meanwhile"
    assert register_store.register.vehicles == (switched_off,)


async def test_a_name_is_refused_that_tells_a_plate_listed_while_it_was_accounted_for(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    async def somebody_lists_anna(*_: object, **__: object) -> None:
        await register_store.add(ANNA)

    with (
        patch.object(entry.runtime_data.privacy, "account", side_effect=somebody_lists_anna),
        pytest.raises(ServiceValidationError) as refused,
    ):
        await act(hass, "add_vehicle", name="Van AB123CD", plate="NE11WER")
    assert refused.value.translation_key == "name_tells_plate"
    assert register_store.register.vehicles == (ANNA,)


async def test_a_pass_cannot_be_ended_by_a_change_but_one_that_is_over_can_be_corrected(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    over = replace(ANNA, valid_until=datetime(2020, 1, 1, tzinfo=UTC), uses_left=0)
    await register_store.add(ANNA)
    for data, key in (
        ({"valid_until": "2020-01-01 00:00:00"}, "pass_ended"),
        ({"uses_left": 0}, "pass_without_openings"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, "update_vehicle", vehicle_id=ANNA.id, **data)
        assert key_of(refused.value) == key
    assert register_store.register.vehicles == (ANNA,)
    await register_store.update(over)
    await act(hass, "update_vehicle", vehicle_id=ANNA.id, name="Anna Miller", uses_left=0)
    assert register_store.register.vehicles == (replace(over, name="Anna Miller"),)


async def test_removing_takes_a_vehicle_off_the_list(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    await register_store.add(ANNA)
    await hass.services.async_call(
        DOMAIN, "remove_vehicle", {"vehicle_id": id_of("Anna")}, blocking=True
    )
    assert len(register_store.register) == 0


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"plate": ""}, "plate_empty"),
        ({"plate": "AB*"}, "plate_wildcard"),
        ({"plate": "A"}, "plate_too_short"),
        ({"plate": "A" * 11}, "plate_too_long"),
        ({"plate": "АВСЕ"}, "plate_homoglyph"),
        ({"plate": "АBC123"}, "plate_mixed_script"),
        ({"plate": "東123"}, "plate_unsupported_character"),
        ({"name": " "}, "name_missing"),
        ({"name": "AB 123 CD"}, "name_tells_plate"),
        ({"start_time": "08:00", "end_time": "08:00"}, "times_equal"),
        ({"valid_from": "2027-01-02", "valid_until": "2027-01-01"}, "ends_before_start"),
        ({"valid_until": "2020-01-01 08:00:00"}, "pass_ended"),
        ({"uses_left": 0}, "pass_without_openings"),
        ({"gates": ["elsewhere"]}, "gate_unknown"),
    ],
)
async def test_fault_39_what_is_no_vehicle_is_refused_with_the_reason(
    hass: HomeAssistant, register_store: RegisterStore, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "add_vehicle", **({"name": "Anna", "plate": PLATE} | data))
    assert key_of(refused.value) == key
    assert not refused.value.translation_placeholders
    assert len(register_store.register) == 0


async def test_a_plate_that_a_listed_name_tells_is_refused_without_telling_it(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    ben = Vehicle(id=id_of("Ben"), name="Ben ABI23 CD", plate="XY9876")
    await register_store.add(ben)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "add_vehicle", name="Anna", plate=PLATE)
    assert key_of(refused.value) == "plate_told_by_name"
    assert refused.value.translation_placeholders == {"vehicle_id": ben.id}
    assert "I23" not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "Anna"},
        {"plate": PLATE},
        {"name": "Anna", "plate": PLATE, "weekdays": ["someday"]},
        {"name": "Anna", "plate": PLATE, "uses_left": -1},
        {"name": "Anna", "plate": PLATE, "uses_left": 10_001},
        {"name": "Anna", "plate": PLATE, "uses_left": 10**30},
        {"name": "Anna", "plate": PLATE, "second_factor": "sometimes"},
        {"name": "Anna", "plate": PLATE, "unheard_of": 1},
    ],
)
async def test_data_of_another_shape_is_refused_without_telling_the_plate(
    hass: HomeAssistant,
    register_store: RegisterStore,
    data: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(vol.Invalid) as refused:
        await act(hass, "add_vehicle", **data)
    assert PLATE not in str(refused.value)
    assert PLATE not in caplog.text


@pytest.mark.parametrize("plate", [None, True, 1.5, [PLATE], {"plate": PLATE}])
async def test_what_is_no_text_does_not_become_a_plate(
    hass: HomeAssistant,
    register_store: RegisterStore,
    caplog: pytest.LogCaptureFixture,
    plate: object,
) -> None:
    caplog.set_level("DEBUG")
    await register_store.add(ANNA)
    for action, data in (
        ("update_vehicle", {"vehicle_id": ANNA.id}),
        ("add_vehicle", {"name": "Ben"}),
    ):
        with pytest.raises(vol.Invalid) as refused:
            await act(hass, action, **data, plate=plate)
        assert PLATE not in str(refused.value)
    assert PLATE not in caplog.text
    assert register_store.register.vehicles == (ANNA,)


async def test_a_plate_of_digits_may_come_as_a_number(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    answer = await act(hass, "add_vehicle", name="Anna", plate=123456)
    assert answer["plate"] == "123456"


@pytest.mark.parametrize("action", ["update_vehicle", "remove_vehicle"])
async def test_what_is_not_listed_can_be_neither_changed_nor_removed(
    hass: HomeAssistant, register_store: RegisterStore, action: str
) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call(DOMAIN, action, {"vehicle_id": id_of("Anna")}, blocking=True)
    assert key_of(refused.value) == "vehicle_not_listed"


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("add_vehicle", {"name": "Ben", "plate": "XY 987"}),
        ("update_vehicle", {"vehicle_id": id_of("Anna"), "enabled": False}),
        ("remove_vehicle", {"vehicle_id": id_of("Anna")}),
        ("list_vehicles", {}),
        ("scan", {}),
    ],
)
async def test_fault_42_only_an_admin_may_use_any_of_them(
    hass: HomeAssistant,
    register_store: RegisterStore,
    gate: Mock,
    hass_read_only_user: User,
    action: str,
    data: dict[str, Any],
) -> None:
    await register_store.add(ANNA)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
            return_response=action in {"list_vehicles", "scan"},
        )
    assert register_store.register.vehicles == (ANNA,)
    gate.scan.assert_not_awaited()


@pytest.mark.parametrize("action", ["list_vehicles", "scan"])
async def test_an_integration_that_does_not_run_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, action: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, action)
    assert key_of(refused.value) == "not_loaded"


async def test_a_list_that_cannot_be_written_is_an_error(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    with (
        patch.object(register_store, "add", side_effect=RegisterNotSaved),
        pytest.raises(HomeAssistantError) as failed,
    ):
        await act(hass, "add_vehicle", name="Anna", plate=PLATE)
    assert key_of(failed.value) == "register_not_saved"


@pytest.mark.parametrize("data", [{}, {"gate": "front gate"}])
async def test_a_scan_answers_with_what_each_camera_reads(
    hass: HomeAssistant, gate: Mock, data: dict[str, Any]
) -> None:
    assert await act(hass, "scan", **data) == {
        "cameras": {
            CAMERA: {
                "size": [1920, 1080],
                "ms": 46,
                "plates": [
                    {
                        "text": "AB123CD",
                        "confidence": 0.98,
                        "detection": 0.9123,
                        "box": [10, 20, 110, 44],
                        "region": "DE",
                    }
                ],
            }
        }
    }


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (SnapshotFailed(SnapshotProblem.GONE), "scan_camera_failed"),
        (ImageRefused(ImageProblem.HTML), "scan_picture_refused"),
        (EngineError(EngineProblem.TIMED_OUT), "scan_engine_failed"),
    ],
)
async def test_a_scan_that_fails_says_what_failed(
    hass: HomeAssistant, gate: Mock, error: Exception, key: str
) -> None:
    gate.scan.side_effect = error
    with pytest.raises(HomeAssistantError) as failed:
        await act(hass, "scan")
    assert key_of(failed.value) == key


async def test_a_scan_needs_to_know_which_gate(
    hass: HomeAssistant, entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    for gates, data, key in (
        ({}, {}, "gate_not_named"),
        ({"one": Mock(), "two": Mock()}, {}, "gate_not_named"),
        ({}, {"gate": "nowhere"}, "gate_unknown"),
        ({}, {"gate": "Front gate"}, "gate_unknown"),
    ):
        entry.runtime_data.gates = gates
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, "scan", **data)
        assert key_of(refused.value) == key


async def use_everything(hass: HomeAssistant) -> None:
    """Bring plates in by every way an action has, also by those that are refused."""
    added = await act(hass, "add_vehicle", name="Anna", plate=PLATE)
    await act(hass, "update_vehicle", vehicle_id=added["vehicle_id"], plate="ne 11 wer")
    await act(hass, "update_vehicle", vehicle_id=added["vehicle_id"], code=CODE)
    await act(hass, "list_vehicles")
    for plate in ("AB*", PLATE):
        # Nobody waits for the answer: Home Assistant prints the call when it fails.
        await hass.services.async_call(DOMAIN, "add_vehicle", {"name": "", "plate": plate})
    await hass.services.async_call(DOMAIN, "enter_code", {"code": CODE})
    await hass.services.async_call(DOMAIN, "enter_code", {"code": f"{CODE}0", "gate": CODE})
    await hass.async_block_till_done()


async def test_no_plate_reaches_the_bus_or_a_log_by_an_action(
    hass: HomeAssistant, register_store: RegisterStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("INFO", "pytest_homeassistant_custom_component")
    calls: list[Event] = async_capture_events(hass, EVENT_CALL_SERVICE)
    await use_everything(hass)
    assert len(calls) == 8
    told = "".join(json_dumps(call.data) for call in calls)
    assert "REDACTED" in told
    assert "Error executing service" in caplog.text
    for plate in TELLING:
        assert plate not in told
        assert plate not in caplog.text


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("add_vehicle", {"name": PLATE, "plate": PLATE}, "name_tells_plate"),
        ("add_vehicle", {"name": "Anna", "plate": "", "household": PLATE}, "plate_empty"),
        (
            "add_vehicle",
            {"name": "Anna", "plate": PLATE, "household": PLATE},
            "household_tells_plate",
        ),
        ("add_vehicle", {"name": "Anna", "plate": "X 1", "gates": [PLATE]}, "gate_unknown"),
        ("add_vehicle", {"name": "Anna", "plate": "X 1", "gates": PLATE}, "gate_unknown"),
        ("add_vehicle", {"name": "Anna", "plate": "X 1", "gates": [[PLATE]]}, None),
        ("add_vehicle", {"name": [PLATE], "plate": "X 1"}, None),
        ("update_vehicle", {"vehicle_id": PLATE, "enabled": False}, "vehicle_not_listed"),
        ("update_vehicle", {"vehicle_id": "", "plate": PLATE}, "vehicle_not_listed"),
        ("remove_vehicle", {"vehicle_id": PLATE}, "vehicle_not_listed"),
        ("remove_vehicle", {"vehicle_id": [PLATE]}, None),
        ("scan", {"gate": PLATE}, "gate_unknown"),
    ],
)
async def test_a_plate_in_the_wrong_field_is_refused_and_not_repeated(
    hass: HomeAssistant,
    register_store: RegisterStore,
    gate: Mock,
    caplog: pytest.LogCaptureFixture,
    action: str,
    data: dict[str, Any],
    key: str | None,
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("INFO", "pytest_homeassistant_custom_component")
    calls: list[Event] = async_capture_events(hass, EVENT_CALL_SERVICE)
    with pytest.raises((HomeAssistantError, vol.Invalid)) as refused:
        await hass.services.async_call(
            DOMAIN, action, dict(data), blocking=True, return_response=action == "scan"
        )
    if key is not None:
        assert isinstance(refused.value, HomeAssistantError)
        assert key_of(refused.value) == key
    told = "".join(json_dumps(call.data) for call in calls)
    for text in (str(refused.value), told, caplog.text):
        assert PLATE not in text


async def test_no_plate_reaches_a_script_s_trace_by_an_action(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    script = {
        "guest": {
            "fields": {"plate": {}},
            "sequence": [
                {
                    "action": "alpr_gate.add_vehicle",
                    "data": {"name": "Guest", "plate": "{{ 'ne 11 ' ~ 'wer' }}"},
                }
            ],
        }
    }
    assert await async_setup_component(hass, "script", {"script": script})
    await hass.services.async_call("script", "guest", {}, blocking=True)
    assert register_store.register.vehicles[0].plate == "NE11WER"
    (trace,) = await async_list_traces(hass, "script", "script.guest")
    trace = await async_get_trace(hass, "script.guest", trace["run_id"])
    told = json_dumps(trace["trace"])
    assert "REDACTED" in told
    assert "ne 11 wer" not in told
