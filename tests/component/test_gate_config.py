"""What a saved gate means, and what makes none."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
import pytest

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.gate_config import GateConfig

LEAST: dict[str, Any] = {"cameras": ["camera.street"]}


def gate(**data: Any) -> GateConfig:
    return GateConfig.from_subentry(
        ConfigSubentry(
            data=MappingProxyType(LEAST | data),
            subentry_id="front",
            subentry_type="gate",
            title="Front gate",
            unique_id=None,
        )
    )


def test_what_is_not_saved_is_the_safe_default() -> None:
    assert gate() == GateConfig(
        subentry_id="front",
        name="Front gate",
        cameras=("camera.street",),
        triggers=(),
        interval=None,
        zone=(),
        opener=(),
        gate_entity=None,
        obstruction_entity=None,
        second_factor_entities=(),
        burst_rate=4.0,
        burst_length=10.0,
        settings=GateSettings(),
    )


def test_a_gate_whose_entities_are_named_has_a_fault_when_they_do_not_tell() -> None:
    settings = gate(gate_entity="cover.gate", obstruction_entity="binary_sensor.barrier").settings
    assert settings.state_named
    assert settings.obstruction_named


def test_the_zone_is_the_decision_s_too() -> None:
    config = gate(zone="0,0;1,0;1,1")
    assert config.zone == config.settings.zone == ((0, 0), (1, 0), (1, 1))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"zone": "nowhere"}, ImageRefused),
        ({"looks_needed": 0}, ValueError),
        ({"shortest_text": 9, "longest_text": 8}, ValueError),
        ({"narrowest_plate": 3.0, "widest_plate": 3.0}, ValueError),
        ({"looks_needed": "two"}, TypeError),
        ({"burst_rate": "fast"}, ValueError),
    ],
)
def test_settings_that_make_no_gate_are_an_error(
    data: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        gate(**data)


def test_a_gate_without_cameras_is_an_error() -> None:
    with pytest.raises(KeyError):
        GateConfig.from_subentry(
            ConfigSubentry(
                data=MappingProxyType({}), subentry_type="gate", title="Gate", unique_id=None
            )
        )
