"""An opener opens: what closes, what may, and what nobody can know is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.opener_check import (
    OpenerProblem,
    called_actions,
    opener_problem,
    without_disabled,
)

COVER = {"entity_id": "cover.gate"}
CLOSE = {"action": "cover.close_cover", "target": COVER}
POSITION = "cover.set_cover_position"


def device_action(hass: HomeAssistant, domain: str, **what: Any) -> dict[str, Any]:
    """What the picker of actions builds for a device that has one entity."""
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, connections={("mac", "12:34:56:AB:CD:EF")}
    )
    entity = er.async_get(hass).async_get_or_create(domain, "test", "1", device_id=device.id)
    return {"domain": domain, "device_id": device.id, "entity_id": entity.id, **what}


async def problem(
    hass: HomeAssistant, *actions: dict[str, Any], toggle: bool = False
) -> OpenerProblem | None:
    for name in called_actions(list(actions)):
        domain, _, action = name.partition(".")
        hass.services.async_register(domain, action, lambda _call: None)
    return await opener_problem(hass, list(actions), toggle=toggle)


@pytest.mark.parametrize(
    "shape",
    [lambda step: step, lambda step: {"if": [], "then": [step]}],
    ids=["alone", "in a branch"],
)
async def test_an_action_that_does_not_exist_is_refused(
    hass: HomeAssistant, shape: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    actions = [shape({"action": "cover.open_cover", "target": COVER})]
    missing = OpenerProblem.NO_SUCH_ACTION
    assert await opener_problem(hass, actions, toggle=False) is missing
    disabled = {"action": "test.gone", "enabled": False}
    assert await problem(hass, *actions) is None
    assert await opener_problem(hass, [*actions, disabled], toggle=False) is None


@pytest.mark.parametrize(
    "action",
    [
        {"action": "lock.lock", "target": {"entity_id": "lock.gate"}},
        {"action": "Lock.Lock", "target": {"entity_id": "lock.gate"}},
        {"action": "cover.close_cover_tilt", "target": COVER},
        {"action": "valve.close_valve", "target": {"entity_id": "valve.gate"}},
        {"action": "some_drive.close", "data": {"channel": 1}},
        {"action": POSITION, "target": COVER, "data": {"position": 0}},
        {"action": "Cover.Set_Cover_Position", "target": COVER, "data": {"position": 0}},
        {"action": POSITION, "target": COVER, "data": {"position": 99}},
        {"action": POSITION, "target": COVER, "data": {"position": "{{ 100 }}"}},
        {"action": POSITION, "target": COVER, "data": "{{ {'position': 0} }}"},
        {
            "action": POSITION,
            "target": COVER,
            "data": {"position": 100},
            "data_template": {"position": 0},
        },
        {"action": "cover.set_cover_tilt_position", "target": COVER, "data": {"tilt_position": 0}},
        {"service_template": "cover.close_cover", "target": COVER},
        {"action": "scene.apply", "data": {"entities": {"cover.gate": "closed"}}},
        {"action": "scene.apply", "data": {"entities": {"lock.gate": {"state": "locked"}}}},
    ],
)
@pytest.mark.parametrize("toggle", [False, True])
async def test_what_closes_is_refused_however_it_is_written(
    hass: HomeAssistant, action: dict[str, Any], toggle: bool
) -> None:
    assert await problem(hass, action, toggle=toggle) is OpenerProblem.CLOSES


@pytest.mark.parametrize(
    "action",
    [
        {"choose": [{"conditions": [], "sequence": [CLOSE]}]},
        {"choose": [], "default": [CLOSE]},
        {"if": [], "then": [], "else": [CLOSE]},
        {"parallel": [{"sequence": [CLOSE]}]},
        {"repeat": {"count": 2, "sequence": [CLOSE]}},
        {"sequence": [{"sequence": [CLOSE]}]},
    ],
)
async def test_what_closes_is_refused_wherever_it_stands(
    hass: HomeAssistant, action: dict[str, Any]
) -> None:
    assert await problem(hass, action) is OpenerProblem.CLOSES


@pytest.mark.parametrize(
    ("domain", "what", "found"),
    [
        ("cover", {"type": "close"}, OpenerProblem.CLOSES),
        ("cover", {"type": "close_tilt"}, OpenerProblem.CLOSES),
        ("cover", {"type": "set_position", "position": 0}, OpenerProblem.CLOSES),
        ("cover", {"type": "set_position"}, OpenerProblem.CLOSES),
        ("cover", {"type": "set_tilt_position", "position": 10}, OpenerProblem.CLOSES),
        ("cover", {"type": "set_position", "position": 100}, None),
        ("cover", {"type": "open"}, None),
        ("lock", {"type": "lock"}, OpenerProblem.CLOSES),
        ("lock", {"type": "unlock"}, None),
        ("light", {"type": "toggle"}, OpenerProblem.TOGGLES),
        ("switch", {"type": "turn_off"}, None),
    ],
)
async def test_a_device_s_own_action_is_judged_like_any_other(
    hass: HomeAssistant, domain: str, what: dict[str, Any], found: OpenerProblem | None
) -> None:
    assert await async_setup_component(hass, domain, {})
    assert await problem(hass, device_action(hass, domain, **what)) is found


@pytest.mark.parametrize(
    "action",
    [
        {"action": "{{ 'cover.close_cover' }}", "target": COVER},
        {"service": "cover.{{ 'open_cover' }}", "target": COVER},
        {"if": [], "then": [{"action": "{% if true %}cover.open_cover{% endif %}"}]},
    ],
)
async def test_an_action_whose_name_nobody_can_know_is_refused(
    hass: HomeAssistant, action: dict[str, Any]
) -> None:
    assert await problem(hass, action, toggle=True) is OpenerProblem.TEMPLATED


@pytest.mark.parametrize(
    "name",
    ["light.toggle", "Fan.Toggle", "cover.toggle_cover_tilt", "lcn.output_toggle", "lock.toggle"],
)
async def test_what_toggles_is_taken_only_where_the_owner_says_so(
    hass: HomeAssistant, name: str
) -> None:
    action = {"action": name, "target": {"entity_id": "light.gate"}}
    assert await problem(hass, action) is OpenerProblem.TOGGLES
    assert await problem(hass, action, toggle=True) is None


@pytest.mark.parametrize(
    "action",
    [
        {"action": "switch.turn_off", "target": {"entity_id": "switch.gate"}},
        {"action": "cover.open_cover", "target": COVER},
        {"action": "Cover.Set_Cover_Position", "target": COVER, "data": {"position": 100}},
        {"action": "lock.unlock", "target": {"entity_id": "lock.gate"}},
        {"action": "script.close_the_bonnet_and_open"},
        {"action": "scene.apply", "data": {"entities": {"cover.gate": "open", "light.a": "off"}}},
        {
            "action": "notify.phone",
            "data": {"message": "{{ now() }}", "data": {"actions": [{"action": "SEEN {{ 1 }}"}]}},
        },
        {"action": "cover.open_cover", "target": {"entity_id": "{{ 'cover.gate' }}"}},
    ],
)
async def test_what_opens_is_taken(hass: HomeAssistant, action: dict[str, Any]) -> None:
    assert await problem(hass, action) is None


DISABLED = [
    {"enabled": False},
    {"enabled": "false"},
    {"enabled": "{{ false }}"},
]


@pytest.mark.parametrize("disabled", DISABLED)
@pytest.mark.parametrize(
    "shape",
    [
        lambda step: [step],
        lambda step: [{"sequence": [step]}],
        lambda step: [{"if": [], "then": step}],
        lambda step: [{"choose": [{"conditions": [], "sequence": [step]}], "default": []}],
        lambda step: [{"delay": 1}, step],
        lambda step: [{"sequence": [{"action": "cover.open_cover"}], "enabled": False}, step],
    ],
    ids=["alone", "in a sequence", "as a branch", "in a choice", "after a pause", "among others"],
)
async def test_an_opener_of_which_nothing_is_ever_run_is_refused(
    hass: HomeAssistant,
    disabled: dict[str, Any],
    shape: Callable[[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    step = {"action": "cover.open_cover", "target": COVER}
    assert await problem(hass, *shape(step)) is None
    assert await problem(hass, *shape({**step, **disabled})) is OpenerProblem.NOTHING


async def test_what_only_waits_or_asks_opens_nothing(hass: HomeAssistant) -> None:
    asks = {"condition": "state", "entity_id": "cover.gate", "state": "closed"}
    assert await problem(hass, {"delay": 1}, asks) is OpenerProblem.NOTHING


@pytest.mark.parametrize("disabled", DISABLED)
async def test_a_disabled_step_is_no_reason_against_the_others(
    hass: HomeAssistant, disabled: dict[str, Any]
) -> None:
    opens = {"action": "cover.open_cover", "target": COVER, "enabled": True}
    assert await problem(hass, {**CLOSE, **disabled}, opens) is None
    assert without_disabled(hass, [{**CLOSE, **disabled}, opens]) == [opens]


async def test_a_step_whose_template_nobody_can_render_counts_as_run(hass: HomeAssistant) -> None:
    assert await problem(hass, {**CLOSE, "enabled": "{{ 1 / 0 }}"}) is OpenerProblem.CLOSES
