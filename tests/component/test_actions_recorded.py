"""What the actions leave in the database of a Home Assistant that records everything."""

from __future__ import annotations

from typing import Any

from homeassistant.components.recorder.db_schema import EventData, StateAttributes
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope
import pytest

from custom_components.alpr_gate.actions import async_setup_actions
from custom_components.alpr_gate.register_store import RegisterStore

from .test_actions import TELLING, use_everything


@pytest.fixture(autouse=True)
def _custom_integration(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration, and record from the beginning."""


async def test_no_plate_reaches_the_database_by_an_action(
    hass: HomeAssistant, register_store: RegisterStore
) -> None:
    async_setup_actions(hass)
    await use_everything(hass)
    await get_instance(hass).async_block_till_done()

    def everything() -> str:
        with session_scope(hass=hass) as session:
            events = session.query(EventData.shared_data).all()
            attributes = session.query(StateAttributes.shared_attrs).all()
        return repr(events) + repr(attributes)

    told = await get_instance(hass).async_add_executor_job(everything)
    assert told.count("add_vehicle") >= 1
    for plate in TELLING:
        assert plate not in told
