"""What the tests inside a Home Assistant share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from unittest.mock import AsyncMock, Mock, patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryDataWithId
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
from custom_components.alpr_gate.privacy_desk import PrivacyDesk
from custom_components.alpr_gate.privacy_settings import PrivacySettings
from custom_components.alpr_gate.register_store import RegisterStore
from custom_components.alpr_gate.runtime import AlprGateData

from .street import KNOWN, Street, a_street

GATE_ID = "01JD3ZT8Q5V7M2K9N4X6B1C0AA"
CAMERA = "camera.street"
TRIGGER = "binary_sensor.loop"
GATE = "cover.gate"


@pytest.fixture(autouse=True)
def _custom_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration in this repository."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give every test a config folder of its own."""
    return hass_tmp_config_dir


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """The built-in engine and one gate that may really be opened; not set up yet."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=NAME,
        data={CONF_ENGINE: EngineKind.BUILT_IN.value},
        subentries_data=[
            ConfigSubentryDataWithId(
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


@pytest.fixture
async def register_store(
    hass: HomeAssistant, entry: MockConfigEntry
) -> AsyncIterator[RegisterStore]:
    """The empty list of an entry that counts as loaded, without its engine and its gates."""
    store = RegisterStore(hass)
    await store.load()
    desk = PrivacyDesk(hass, PrivacySettings.from_options(entry.options), store)
    await desk.start()
    entry.runtime_data = Mock(spec=AlprGateData, register_store=store, gates={}, privacy=desk)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    yield store
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    await desk.stop()


@pytest.fixture
async def street(hass: HomeAssistant) -> AsyncIterator[Street]:
    """A street with two cameras and a closed gate, and an engine that reads what is painted."""
    async with a_street(hass) as street:
        with (
            patch("custom_components.alpr_gate.open_engine", return_value=street.engine),
            patch("custom_components.alpr_gate.camera_watch.FIRST_PRESENCE_PAUSE_SECONDS", 0.1),
            patch("custom_components.alpr_gate.camera_watch.FIRST_LOOKS", 1),
        ):
            yield street


@pytest.fixture
async def loaded(street: Street, entry: MockConfigEntry) -> AsyncIterator[Street]:
    """The street with the integration watching it, and one car on the list."""
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    yield street
    await street.unload()
