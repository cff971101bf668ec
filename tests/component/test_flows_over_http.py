"""The forms as the frontend gets and answers them, and who may."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from unittest.mock import AsyncMock, Mock

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.register_store import RegisterStore

from .conftest import CAMERA, TRIGGER

pytestmark = pytest.mark.usefixtures("no_setup")

FLOW = "/api/config/config_entries/flow"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"


@pytest.fixture(autouse=True)
async def _frontend(hass: HomeAssistant) -> None:
    """Everything that answers over HTTP must be there before the server starts."""
    for component in ("config", "camera"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def admin(hass_client: ClientSessionGenerator) -> TestClient[Any, Any]:
    client: TestClient[Any, Any] = await hass_client()
    return client


@pytest.fixture
async def guest(
    hass_client: ClientSessionGenerator, hass_read_only_access_token: str
) -> TestClient[Any, Any]:
    client: TestClient[Any, Any] = await hass_client(hass_read_only_access_token)
    return client


async def post(client: TestClient[Any, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    answer: dict[str, Any] = await response.json()
    assert response.status == HTTPStatus.OK, answer
    return answer


def defaults(form: list[dict[str, Any]]) -> dict[str, Any]:
    """What the frontend sends when a person only presses "submit"."""
    answers: dict[str, Any] = {}
    for field in form:
        if "suggested_value" in field.get("description", {}):
            answers[field["name"]] = field["description"]["suggested_value"]
        elif "default" in field:
            answers[field["name"]] = field["default"]
        elif field.get("type") == "expandable":
            answers[field["name"]] = defaults(field["schema"])
    return answers


async def test_engine_and_first_gate_are_set_up_in_one_go(
    hass: HomeAssistant, admin: TestClient[Any, Any], probe: AsyncMock
) -> None:
    form = await post(admin, FLOW, {"handler": DOMAIN})
    assert form["step_id"] == "user"
    created = await post(admin, f"{FLOW}/{form['flow_id']}", defaults(form["data_schema"]))
    assert created["type"] == "create_entry"

    _, flow_id = created["next_flow"]
    response = await admin.get(f"{SUBENTRY_FLOW}/{flow_id}")
    form = await response.json()
    account = AsyncMock()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    entry.runtime_data = Mock(privacy=Mock(account=account))
    entry._async_set_state(hass, ConfigEntryState.LOADED, None)
    answers = defaults(form["data_schema"])
    assert answers["shadow"] is True
    answers |= {"name": "Gate", "cameras": [CAMERA], "triggers": [TRIGGER]}
    gate = await post(admin, f"{SUBENTRY_FLOW}/{flow_id}", answers)
    assert gate["type"] == "create_entry"
    (user,) = [user for user in await hass.auth.async_get_users() if user.is_admin]
    assert account.await_args is not None
    assert account.await_args.kwargs["user"] == user.id
    assert [subentry.title for subentry in entry.subentries.values()] == ["Gate"]


async def test_a_vehicle_is_added_changed_and_removed(
    hass: HomeAssistant,
    admin: TestClient[Any, Any],
    entry: MockConfigEntry,
    register_store: RegisterStore,
) -> None:
    async def at(step: str) -> dict[str, Any]:
        menu = await post(admin, OPTIONS_FLOW, {"handler": entry.entry_id})
        return await post(admin, f"{OPTIONS_FLOW}/{menu['flow_id']}", {"next_step_id": step})

    async def submit(form: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
        return await post(admin, f"{OPTIONS_FLOW}/{form['flow_id']}", answers)

    form = await at("add_vehicle")
    confirm = await submit(
        form, defaults(form["data_schema"]) | {"name": "Anna", "plate": "ab 123 cd"}
    )
    assert confirm["description_placeholders"]["plate"] == "AB123CD"
    assert (await submit(confirm, {"next_step_id": "save"}))["reason"] == "vehicle_added"
    (vehicle,) = register_store.register.vehicles

    form = await at("change_vehicle")
    form = await submit(form, {"vehicle_id": vehicle.id})
    confirm = await submit(form, defaults(form["data_schema"]) | {"enabled": False})
    assert (await submit(confirm, {"next_step_id": "save"}))["reason"] == "vehicle_changed_not_now"
    changed = register_store.register.get(vehicle.id)
    assert changed is not None
    assert not changed.enabled

    form = await at("remove_vehicle")
    assert defaults(form["data_schema"]) == {}
    confirm = await submit(form, {"vehicle_id": vehicle.id})
    assert (await submit(confirm, {"next_step_id": "remove"}))["reason"] == "vehicle_removed"
    assert register_store.register.vehicles == ()


async def test_fault_42_only_an_admin_is_let_into_any_flow(
    guest: TestClient[Any, Any], entry: MockConfigEntry, register_store: RegisterStore
) -> None:
    for path, handler in (
        (FLOW, DOMAIN),
        (SUBENTRY_FLOW, [entry.entry_id, "gate"]),
        (OPTIONS_FLOW, entry.entry_id),
    ):
        response = await guest.post(path, json={"handler": handler})
        assert response.status == HTTPStatus.UNAUTHORIZED
