"""Which gates count as standing before one motor, and what they know of it together."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate.alpr.types import Reason
from custom_components.alpr_gate.gate_config import GateConfig
from custom_components.alpr_gate.motor import memory_of, motor_of

COVER = {"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}
DEVICE = {"action": "switch.turn_on", "target": {"device_id": ["relay"]}}
SCRIPT = {"action": "script.open", "data": {"which": "front"}}


def in_text(named: object) -> dict[str, Any]:
    return {"action": "cover.open_cover", "target": {"entity_id": named}}


def gate(name: str, **data: Any) -> GateConfig:
    saved = {"cameras": ["camera.street"], "shadow": False, **data}
    return GateConfig.from_subentry(
        ConfigSubentry(
            data=MappingProxyType(saved),
            subentry_id=name,
            subentry_type="gate",
            title=name,
            unique_id=None,
        )
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"gate_entity": "cover.gate", "opener": [COVER]},
            {"gate_entity": "cover.gate", "opener": [DEVICE]},
        ),
        ({"gate_entity": "cover.gate", "opener": [COVER]}, {"opener": [COVER]}),
        ({"opener": [COVER]}, {"opener": [{"delay": 1}, COVER]}),
        ({"opener": [DEVICE]}, {"opener": [{"sequence": [DEVICE]}]}),
        ({"opener": [SCRIPT]}, {"opener": [SCRIPT]}),
        ({"opener": [COVER]}, {"opener": [COVER, {**DEVICE, "enabled": False}]}),
        ({"opener": [in_text("cover.b, cover.a")]}, {"opener": [in_text(["cover.a", "cover.b"])]}),
    ],
    ids=[
        "one state",
        "one with its state named",
        "one entity",
        "one device",
        "one script",
        "one disabled",
        "in one text",
    ],
)
async def test_gates_that_move_the_same_thing_share_a_motor(
    hass: HomeAssistant, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert motor_of(hass, gate("front", **one)) == motor_of(hass, gate("exit", **other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"opener": [COVER], "gate_entity": "cover.a"},
            {"opener": [COVER], "gate_entity": "cover.b"},
        ),
        ({"opener": [COVER]}, {"opener": [DEVICE]}),
        ({"opener": [SCRIPT]}, {"opener": [{**SCRIPT, "data": {"which": "back"}}]}),
        (
            {"opener": [COVER], "gate_entity": "cover.gate"},
            {"opener": [COVER], "gate_entity": "cover.gate", "shadow": True},
        ),
        ({"opener": [], "shadow": True}, {"opener": [], "shadow": True}),
    ],
    ids=["two states", "two targets", "two scripts", "one in shadow mode", "no opener"],
)
async def test_gates_that_do_not_are_apart(
    hass: HomeAssistant, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert motor_of(hass, gate("front", **one)) != motor_of(hass, gate("exit", **other))


async def test_what_only_asks_is_not_moved(hass: HomeAssistant) -> None:
    asks = {"condition": "state", "entity_id": "sun.sun", "state": "above_horizon"}
    assert motor_of(hass, gate("front", opener=[COVER])) == motor_of(
        hass, gate("exit", opener=[asks, COVER])
    )


async def test_what_locked_a_gate_out_locks_it_out_with_other_settings(hass: HomeAssistant) -> None:
    shadowed = memory_of(hass, gate("front", opener=[COVER], shadow=True), None)
    live = memory_of(hass, gate("front", opener=[COVER]), shadowed)
    assert live is not shadowed
    assert live.lockout is None
    shadowed.lockout = Reason.GATE_OBSTRUCTED
    again = memory_of(hass, gate("front", opener=[COVER]), shadowed)
    assert again is live
    assert again.lockout is Reason.GATE_OBSTRUCTED
    assert memory_of(hass, gate("exit", opener=[COVER]), None) is live
