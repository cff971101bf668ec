"""The ready automations: valid, and doing what they say with a gate's events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA, PLATFORM_SCHEMA
from homeassistant.components.blueprint.models import (
    Blueprint,
    BlueprintInputs,
    DomainBlueprints,
)
from homeassistant.components.trace.util import async_list_traces
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.template import Template
from homeassistant.helpers.trigger import TriggerInfo
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "alpr_gate"
FILES = sorted(FOLDER.glob("*.yaml"))
PASSAGE = "event.front_gate_passage"
ENGINE = "binary_sensor.engine_problem"
SAY: list[dict[str, Any]] = [{"action": "test.say", "data": {"text": "{{ sentence }}"}}]
INPUTS: dict[str, dict[str, Any]] = {
    "unknown_vehicle": {
        "passage": PASSAGE,
        "evidence": "image.front_gate_last_evidence",
        "phone": "a-device",
    },
    "listed_vehicle": {"passage": PASSAGE, "announcement": SAY},
    "keypad_code": {"topic": "zigbee2mqtt/keypad", "gate": "a-device"},
    "reading_fails": {
        "passage": [PASSAGE],
        "engine_problem": ENGINE,
        "problem_minutes": 0,
        "warning": SAY,
    },
}


def blueprint(path: Path) -> Blueprint:
    return Blueprint(
        yaml_util.load_yaml_dict(path),
        expected_domain="automation",
        path=path.name,
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_blueprint_is_valid_and_so_is_the_automation_made_from_it(path: Path) -> None:
    found = blueprint(path)
    assert found.validate() is None
    inputs = BlueprintInputs(
        found, {"use_blueprint": {"path": path.name, "input": INPUTS[path.stem]}}
    )
    inputs.validate()
    PLATFORM_SCHEMA({**inputs.async_substitute(), "id": "one"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_blueprint_says_what_every_input_is_for(path: Path) -> None:
    for field in blueprint(path).inputs.values():
        assert field["name"]
        assert field["description"]
        assert field["selector"]


def test_there_is_a_blueprint_for_each_of_what_is_tested() -> None:
    assert {path.stem for path in FILES} == set(INPUTS)


@pytest.fixture
async def said(hass: HomeAssistant) -> list[str]:
    """What automations say, in order."""
    texts: list[str] = []

    async def say(call: ServiceCall) -> None:
        texts.append(call.data["text"])

    hass.services.async_register("test", "say", say)
    hass.states.async_set(ENGINE, "off", {"friendly_name": "Engine Problem"})
    hass.states.async_set(PASSAGE, "unknown", {"friendly_name": "Front gate Passage"})
    return texts


async def _start(hass: HomeAssistant, name: str, **inputs: object) -> None:
    path = FOLDER / f"{name}.yaml"
    found = await hass.async_add_executor_job(blueprint, path)
    use = {"path": path.name, "input": {**INPUTS[name], **inputs}}
    with patch.object(DomainBlueprints, "_load_blueprint", return_value=found):
        assert await async_setup_component(
            hass, "automation", {"automation": {"id": name, "alias": name, "use_blueprint": use}}
        )
        await hass.async_block_till_done()


async def _tell(hass: HomeAssistant, number: int, event_type: str, **attributes: str) -> None:
    """The event entity tells the ``number``-th thing."""
    told = {"friendly_name": "Front gate Passage", "event_type": event_type, **attributes}
    hass.states.async_set(PASSAGE, f"2026-11-23T12:00:{number:02d}.000+00:00", told)
    await hass.async_block_till_done()


async def test_a_listed_vehicle_is_announced_by_its_name(
    hass: HomeAssistant, said: list[str]
) -> None:
    await _start(hass, "listed_vehicle")
    await _tell(hass, 1, "opened", vehicle="Anna")
    await _tell(hass, 2, "unknown")
    await _tell(hass, 3, "would_open", vehicle="Anna")
    await _tell(hass, 4, "opened", vehicle="Bert")
    assert said == ["Anna is at the gate", "Bert is at the gate"]


async def test_shadow_mode_is_announced_where_the_owner_wants_it(
    hass: HomeAssistant, said: list[str]
) -> None:
    await _start(hass, "listed_vehicle", shadow=True)
    await _tell(hass, 1, "would_open", vehicle="Anna")
    assert said == ["Anna is at the gate"]


@pytest.mark.parametrize("how", ["unavailable", "gone"])
async def test_an_event_that_comes_back_with_the_hub_is_not_announced_again(
    hass: HomeAssistant, said: list[str], how: str
) -> None:
    await _start(hass, "listed_vehicle")
    await _tell(hass, 1, "opened", vehicle="Anna")
    if how == "gone":
        hass.states.async_remove(PASSAGE)
    else:
        hass.states.async_set(PASSAGE, how)
    await hass.async_block_till_done()
    await _tell(hass, 1, "opened", vehicle="Anna")
    assert said == ["Anna is at the gate"]


async def test_a_gate_that_cannot_read_warns(hass: HomeAssistant, said: list[str]) -> None:
    await _start(hass, "reading_fails")
    await _tell(hass, 1, "opened", explanation="The vehicle is on the list.")
    await _tell(hass, 2, "failed", explanation="A camera gives no pictures.")
    hass.states.async_set(ENGINE, "on", {"friendly_name": "Engine Problem"})
    await hass.async_block_till_done()
    assert said == [
        "Front gate Passage: A camera gives no pictures.",
        "Engine Problem: the engine does not read. Gates open for nobody.",
    ]


@pytest.mark.parametrize(("event_type", "passes"), [("unknown", True), ("opened", False)])
async def test_only_an_unknown_vehicle_is_notified_about(
    hass: HomeAssistant, event_type: str, *, passes: bool
) -> None:
    path = FOLDER / "unknown_vehicle.yaml"
    data = (await hass.async_add_executor_job(blueprint, path)).data
    condition = Template(data["conditions"][0]["value_template"], hass)
    state = {"attributes": {"event_type": event_type}}
    assert condition.async_render({"trigger": {"from_state": {}, "to_state": state}}) is passes


async def test_the_notification_carries_the_picture_in_memory(hass: HomeAssistant) -> None:
    path = FOLDER / "unknown_vehicle.yaml"
    data = (await hass.async_add_executor_job(blueprint, path)).data
    image = "image.front_gate_last_evidence"
    hass.states.async_set(image, "unknown", {"entity_picture": "/api/image_proxy/image.x?token=1"})
    shown = Template(data["actions"][0]["data"]["image"], hass)
    assert shown.async_render({"evidence": image}) == "/api/image_proxy/image.x?token=1"


class Keypad:
    """What an MQTT keypad publishes, without a broker."""

    def __init__(self) -> None:
        self.publish: Callable[[dict[str, Any]], object] = lambda _message: None

    async def attach(
        self, hass: HomeAssistant, _config: ConfigType, action: Any, _info: TriggerInfo
    ) -> CALLBACK_TYPE:
        """Stand in for the trigger of MQTT."""
        self.publish = lambda trigger: hass.async_run_hass_job(
            HassJob(action), {"trigger": trigger}
        )
        return lambda: None


@pytest.mark.parametrize(
    ("inputs", "trigger", "typed"),
    [
        ({}, {"payload_json": {"action": "disarm", "action_code": "048215"}}, ["048215"]),
        ({}, {"payload_json": {"action": "disarm", "action_code": "482150"}}, [482150]),
        ({}, {"payload_json": {"action": "emergency", "action_code": None}}, []),
        ({}, {"payload_json": {"battery": 90}}, []),
        ({}, {"payload": "nonsense"}, []),
        ({"code": "{{ payload }}"}, {"payload": "048215"}, ["048215"]),
        ({"code": "{{ payload }}"}, {"payload": ""}, []),
    ],
)
async def test_a_keypad_s_code_is_handed_on_and_leaves_no_trace(
    hass: HomeAssistant,
    inputs: dict[str, Any],
    trigger: dict[str, Any],
    typed: list[object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    handed_on: list[object] = []

    async def enter_code(call: ServiceCall) -> None:
        handed_on.append(call.data["code"])
        raise HomeAssistantError("wrong")

    hass.services.async_register("alpr_gate", "enter_code", enter_code)
    keypad = Keypad()
    module = Mock(spec=["async_attach_trigger", "TRIGGER_SCHEMA"])
    module.TRIGGER_SCHEMA = lambda config: config
    module.async_attach_trigger = keypad.attach
    with patch(
        "homeassistant.helpers.trigger._async_get_trigger_platform",
        return_value=("mqtt", module),
    ):
        await _start(hass, "keypad_code", **inputs)
    keypad.publish({"payload": "", **trigger})
    await hass.async_block_till_done()
    assert handed_on == typed
    assert await async_list_traces(hass, "automation", None) == []
    assert "Template variable" not in caplog.text, "a keypad tells of its battery, too"
