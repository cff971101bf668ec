"""What the tests inside a Home Assistant share."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.const import (
    CONF_CAMERAS,
    CONF_ENGINE,
    CONF_GATE_ENTITY,
    CONF_OPENER,
    CONF_SHADOW,
    CONF_TRIGGERS,
    DOMAIN,
    NAME,
    SUBENTRY_TYPE_GATE,
)
from custom_components.alpr_gate.engine_process import EngineKind

GATE_ID = "01JD3ZT8Q5V7M2K9N4X6B1C0AA"
CAMERA = "camera.street"
TRIGGER = "binary_sensor.loop"
GATE = "cover.gate"


@pytest.fixture(autouse=True)
def _custom_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration in this repository."""


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """The built-in engine and one gate that may really be opened; not set up yet."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=NAME,
        data={CONF_ENGINE: EngineKind.BUILT_IN.value},
        subentries_data=[
            ConfigSubentryData(
                subentry_id=GATE_ID,
                subentry_type=SUBENTRY_TYPE_GATE,
                title="Front gate",
                unique_id=None,
                data={
                    CONF_CAMERAS: [CAMERA],
                    CONF_TRIGGERS: [TRIGGER],
                    CONF_GATE_ENTITY: GATE,
                    CONF_OPENER: [{"action": "cover.open_cover", "target": {"entity_id": GATE}}],
                    CONF_SHADOW: False,
                },
            )
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def probe() -> Iterator[AsyncMock]:
    """The trial of an engine before it is saved; it goes well."""
    with patch("custom_components.alpr_gate.config_flow.probe", autospec=True) as probe:
        yield probe


@pytest.fixture
def no_setup() -> Iterator[AsyncMock]:
    """Entries are saved, but what they set up is left out."""
    with patch(
        "custom_components.alpr_gate.async_setup_entry", return_value=True, autospec=True
    ) as setup:
        yield setup
