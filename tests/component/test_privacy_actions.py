"""Looking into the history, and a person's rights, as actions: who may, what for, what is noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.auth.models import User
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir, restore_state
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.alpr_gate.archive_status import VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditError, AuditRecord
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.look_ups import FourEyes
from custom_components.alpr_gate.privacy_desk import PrivacyDesk, audit_file
from custom_components.alpr_gate.privacy_settings import PrivacySettings
from custom_components.alpr_gate.register_store import RegisterNotSaved, VehicleNotListed
from custom_components.alpr_gate.retention import Retention
from custom_components.alpr_gate.sure_store import SureStore

from .conftest import GATE_ID
from .street import KNOWN, STRANGER, Street, id_of

PURPOSE = "The gate was damaged last night"
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 20


@pytest.fixture
async def desk(hass: HomeAssistant, loaded: Street) -> PrivacyDesk:
    """The desk of the loaded entry, with the notes of what was done so far."""
    return loaded.data.privacy


@pytest.fixture
def vehicle_id(loaded: Street) -> str:
    return loaded.data.register_store.register.vehicles[0].id


@pytest.fixture
async def visit(hass: HomeAssistant, desk: PrivacyDesk, vehicle_id: str) -> str:
    """A visit of the listed car, with a picture."""
    await desk.follow(PrivacySettings(retention=Retention(listed_pictures=True)))
    mark = await desk.archive.record(
        VisitToKeep(GATE_ID, "open", "listed", 2, vehicle=vehicle_id, picture=PICTURE)
    )
    assert mark is not None
    return mark


async def act(
    hass: HomeAssistant, user: User | None, action: str, *, answers: bool = True, **data: Any
) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        return_response=answers,
        context=Context(user_id=None if user is None else user.id),
    )
    return dict(answer or {})


async def account(desk: PrivacyDesk) -> list[AuditRecord]:
    return await desk.archive.account_since(0.0)


async def noted(desk: PrivacyDesk, action: AuditAction) -> AuditRecord:
    """The last record of one kind."""
    return [record for record in await account(desk) if record.action is action][-1]


async def refused(hass: HomeAssistant, user: User | None, action: str, **data: Any) -> str | None:
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, user, action, **data)
    return error.value.translation_key


async def test_a_search_needs_a_purpose_a_person_and_is_written_down(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    assert await refused(hass, hass_admin_user, "search_visits", purpose="x") == "purpose_missing"
    assert await refused(hass, None, "search_visits", purpose=PURPOSE) == "person_needed"
    answer = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, gate="Front gate")
    (found,) = answer["visits"]
    assert found["visit"] == visit
    assert found["vehicle"] == "Ann's car"
    assert found["gate"] == "Front gate"
    assert found["picture"] is True
    assert KNOWN not in json.dumps(answer)
    record = await noted(desk, AuditAction.SEARCHED)
    assert (record.user, record.purpose) == (hass_admin_user.id, PURPOSE)
    assert record.details["gate"] == GATE_ID


async def test_a_search_can_be_narrowed(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    later = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    narrowed: tuple[dict[str, Any], ...] = ({"since": later}, {"vehicle_id": id_of("another")})
    for none in narrowed:
        found = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, **none)
        assert found == {"visits": []}
    fitting: tuple[dict[str, Any], ...] = ({"until": later}, {"vehicle_id": vehicle_id})
    for one in fitting:
        found = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, **one)
        assert len(found["visits"]) == 1


async def test_a_purpose_is_not_put_on_the_bus_nor_with_a_plate_anywhere(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str
) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    key = await refused(hass, hass_admin_user, "search_visits", purpose=f"who is {KNOWN} really")
    assert key == "purpose_tells_plate"
    await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE)
    told = [call.data["service_data"]["purpose"] for call in calls]
    assert told == ["**REDACTED**"] * 2
    assert KNOWN not in await hass.async_add_executor_job(audit_file(hass).read_text)


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("search_visits", {"vehicle_id": STRANGER}, "vehicle_not_listed"),
        ("search_visits", {"gate": STRANGER}, "gate_unknown"),
        ("search_visits", {"request_id": STRANGER}, "no_such_request"),
        ("export_vehicle", {"vehicle_id": STRANGER}, "vehicle_not_listed"),
        ("forget_vehicle", {"vehicle_id": STRANGER}, "vehicle_not_listed"),
        ("view_evidence", {"visit": STRANGER}, "visit_unknown"),
    ],
)
async def test_a_plate_in_the_wrong_field_is_neither_written_down_nor_put_on_the_bus(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    desk: PrivacyDesk,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    assert await refused(hass, hass_admin_user, action, purpose=PURPOSE, **data) == key
    assert STRANGER not in "".join(str(call.data) for call in calls)
    written = await hass.async_add_executor_job(audit_file(hass).read_text)
    assert STRANGER not in written


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("search_visits", {"purpose": PURPOSE}),
        ("list_vehicles", {}),
        ("remove_vehicle", {"vehicle_id": "any"}),
        ("add_vehicle", {"name": "Mine", "plate": "MI 11 NE"}),
        ("forget_vehicle", {"vehicle_id": "any", "purpose": PURPOSE}),
        ("export_vehicle", {"vehicle_id": "any", "purpose": PURPOSE}),
        ("verify_retention", {}),
        ("approve_access", {"request_id": "any"}),
    ],
)
async def test_fault_42_who_is_no_admin_is_denied_and_the_attempt_is_written_down(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    loaded: Street,
    desk: PrivacyDesk,
    action: str,
    data: dict[str, Any],
) -> None:
    before = loaded.data.register_store.register
    with pytest.raises(Unauthorized):
        await act(
            hass,
            hass_read_only_user,
            action,
            answers=action not in {"remove_vehicle", "approve_access"},
            **data,
        )
    assert loaded.data.register_store.register is before
    record = await noted(desk, AuditAction.DENIED)
    assert record.user == hass_read_only_user.id
    assert record.details["called"] == action


async def test_every_change_of_the_list_is_written_down_with_who_made_it(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk
) -> None:
    added = await act(hass, hass_admin_user, "add_vehicle", name="Bo's car", plate="BO 12 BO")
    vehicle = added["vehicle_id"]
    await act(hass, hass_admin_user, "update_vehicle", vehicle_id=vehicle, enabled=False)
    await act(hass, hass_admin_user, "list_vehicles")
    await act(hass, hass_admin_user, "remove_vehicle", answers=False, vehicle_id=vehicle)
    done = [(record.action, record.user) for record in await account(desk)][-4:]
    assert done == [
        (AuditAction.VEHICLE_ADDED, hass_admin_user.id),
        (AuditAction.VEHICLE_CHANGED, hass_admin_user.id),
        (AuditAction.LIST_READ, hass_admin_user.id),
        (AuditAction.VEHICLE_REMOVED, hass_admin_user.id),
    ]
    assert "BO12BO" not in await hass.async_add_executor_job(audit_file(hass).read_text)


async def test_fault_37_what_cannot_be_written_down_gives_nobody_a_permission(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    loaded: Street,
    desk: PrivacyDesk,
    vehicle_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    monkeypatch.setattr(desk.archive._chain, "append", full)
    register = loaded.data.register_store.register
    tried: dict[str, dict[str, Any]] = {
        "add_vehicle": {"name": "Bo's car", "plate": "BO 12 BO"},
        "update_vehicle": {"vehicle_id": vehicle_id, "name": "Ann"},
        "search_visits": {"purpose": PURPOSE},
    }
    for action, data in tried.items():
        with pytest.raises(HomeAssistantError) as error:
            await act(hass, hass_admin_user, action, **data)
        assert error.value.translation_key == "not_accounted"
    assert loaded.data.register_store.register is register
    assert ir.async_get(hass).async_get_issue(DOMAIN, "audit_unwritable") is not None
    await act(hass, hass_admin_user, "remove_vehicle", answers=False, vehicle_id=vehicle_id)
    assert len(loaded.data.register_store.register) == 0


async def test_with_four_eyes_history_opens_once_when_somebody_else_approves(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_owner_user: MockUser,
    desk: PrivacyDesk,
    visit: str,
) -> None:
    await desk.follow(PrivacySettings(four_eyes=FourEyes(required=True)))
    ann, bo = hass_admin_user, hass_owner_user
    assert await refused(hass, ann, "search_visits", purpose=PURPOSE) == "approval_needed"
    request = (await act(hass, ann, "request_access", purpose=PURPOSE))["request_id"]
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "access_requested")
    assert issue is not None
    assert issue.translation_placeholders is None
    waiting = {"request_id": request, "user": ann.name, "purpose": PURPOSE}
    assert (await act(hass, bo, "show_look_ups"))["waiting"] == [waiting]
    search: dict[str, Any] = {"purpose": PURPOSE, "request_id": request}
    assert await refused(hass, ann, "search_visits", **search) == "approval_needed"
    with pytest.raises(ServiceValidationError) as own:
        await act(hass, ann, "approve_access", answers=False, request_id=request)
    assert own.value.translation_key == "own_request"
    await act(hass, bo, "approve_access", answers=False, request_id=request)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "access_requested") is None
    assert (await act(hass, bo, "show_look_ups"))["waiting"] == []
    assert len((await act(hass, ann, "search_visits", **search))["visits"]) == 1
    assert (await noted(desk, AuditAction.SEARCHED)).details["approved_by"] == bo.id
    assert await refused(hass, ann, "search_visits", **search) == "no_such_request"


async def test_an_approval_that_cannot_be_written_down_opens_nothing(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_owner_user: MockUser,
    desk: PrivacyDesk,
    visit: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    await desk.follow(PrivacySettings(four_eyes=FourEyes(required=True)))
    request = (await act(hass, hass_admin_user, "request_access", purpose=PURPOSE))["request_id"]
    with monkeypatch.context() as broken:
        broken.setattr(desk.archive._chain, "append", full)
        with pytest.raises(HomeAssistantError):
            await act(hass, hass_owner_user, "approve_access", answers=False, request_id=request)
        with pytest.raises(HomeAssistantError):
            await act(hass, hass_admin_user, "request_access", purpose=PURPOSE)
    search: dict[str, Any] = {"purpose": PURPOSE, "request_id": request}
    assert await refused(hass, hass_admin_user, "search_visits", **search) == "no_such_request"


async def test_a_named_approver_need_not_be_an_admin_and_others_cannot_approve(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_owner_user: MockUser,
    hass_read_only_user: MockUser,
    desk: PrivacyDesk,
    visit: str,
) -> None:
    officer = hass_read_only_user
    rule = FourEyes(required=True, approvers=frozenset({officer.id}))
    await desk.follow(PrivacySettings(four_eyes=rule))
    request = (await act(hass, hass_admin_user, "request_access", purpose=PURPOSE))["request_id"]
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, hass_owner_user, "approve_access", answers=False, request_id=request)
    assert error.value.translation_key == "not_an_approver"
    (waiting,) = (await act(hass, officer, "show_look_ups"))["waiting"]
    assert waiting["request_id"] == request
    await act(hass, officer, "approve_access", answers=False, request_id=request)
    found = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, request_id=request)
    assert len(found["visits"]) == 1


async def test_a_picture_is_served_once_to_the_one_who_asked(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_owner_user: MockUser,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    desk: PrivacyDesk,
    visit: str,
) -> None:
    await hass.auth.async_create_refresh_token(hass_admin_user, "http://localhost")
    answer = await act(hass, hass_admin_user, "view_evidence", visit=visit, purpose=PURPOSE)
    log_in = await hass.auth.async_create_refresh_token(hass_owner_user, "http://localhost")
    somebody = await hass_client(hass.auth.async_create_access_token(log_in))
    other = await somebody.get(answer["url"].partition("?")[0])
    assert other.status == HTTPStatus.NOT_FOUND
    nobody = await hass_client_no_auth()
    assert (await nobody.get(answer["url"].partition("?")[0])).status == HTTPStatus.UNAUTHORIZED
    served = await nobody.get(answer["url"])
    assert served.status == HTTPStatus.OK
    assert await served.read() == PICTURE
    assert served.headers["Cache-Control"] == "no-store"
    assert (await nobody.get(answer["url"])).status == HTTPStatus.NOT_FOUND
    record = await noted(desk, AuditAction.EVIDENCE_VIEWED)
    assert record.details["visit"] == visit


async def test_repeated_look_ups_of_one_vehicle_are_shown_to_the_other_admins(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    registry = ir.async_get(hass)

    def shown() -> list[ir.IssueEntry]:
        return [i for i in registry.issues.values() if i.translation_key == "repeated_look_ups"]

    for _ in range(2):
        await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, vehicle_id=vehicle_id)
    assert shown() == []
    await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, vehicle_id=vehicle_id)
    (issue,) = shown()
    assert issue.translation_placeholders == {"count": "3"}
    state = hass.states.get("event.alpr_gate_privacy_news_for_admins")
    assert state is not None
    assert state.attributes["event_type"] == "repeated_look_ups"
    assert "Ann" not in str(state.as_dict())


type Curiosity = Callable[..., Awaitable[tuple[set[str], list[str]]]]


@pytest.fixture
def curiosity(hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk) -> Curiosity:
    """Searches; returns the listed vehicles that are shown, and those it is a look-up of."""

    async def search(**asked: Any) -> tuple[set[str], list[str]]:
        with patch.object(desk.curiosity, "looked_up", return_value=None) as looked_up:
            found = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, **asked)
        shown = {visit["vehicle_id"] for visit in found["visits"]} - {None}
        return shown, [call.args[1] for call in looked_up.call_args_list]

    return search


ANN, BO = id_of("Ann"), id_of("Bo")


async def came(desk: PrivacyDesk, vehicle: str | None, gate: str = GATE_ID) -> str:
    """Let a vehicle come, or a stranger; returns a moment just after it."""
    await desk.archive.record(VisitToKeep(gate, "open", "listed", 2, vehicle=vehicle))
    at = (await desk.archive.search(limit=1))[0].at
    return dt_util.utc_from_timestamp(at + 1e-5).isoformat()


async def test_who_lists_what_came_looks_nobody_up_though_only_one_car_came(
    desk: PrivacyDesk, curiosity: Curiosity
) -> None:
    lately = await came(desk, BO)
    await came(desk, None)
    await came(desk, ANN)
    later = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    for asked in ({}, {"gate": "Front gate"}, {"until": later}):
        assert await curiosity(since=lately, **asked) == ({ANN}, [])
    assert await curiosity(limit=1) == ({ANN}, [])
    assert (await noted(desk, AuditAction.SEARCHED)).details["vehicle"] is None
    assert await curiosity() == ({ANN, BO}, [])


async def test_where_one_car_comes_at_all_no_search_is_aimed_at_it_unless_it_is_named(
    desk: PrivacyDesk, curiosity: Curiosity
) -> None:
    until = await came(desk, ANN)
    await came(desk, None)
    await came(desk, ANN)
    for asked in ({}, {"gate": "Front gate"}, {"until": until}, {"limit": 1}):
        assert await curiosity(**asked) == ({ANN}, [])
    assert await curiosity(vehicle_id=ANN) == ({ANN}, [ANN])


async def test_a_time_that_is_cut_out_around_one_car_is_as_good_as_its_name(
    desk: PrivacyDesk, curiosity: Curiosity
) -> None:
    since = await came(desk, BO)
    until = await came(desk, ANN)
    await came(desk, BO)
    assert await curiosity(since=since, until=until) == ({ANN}, [ANN])
    assert (await noted(desk, AuditAction.SEARCHED)).details["vehicle"] == ANN
    assert await curiosity(until=until, limit=1) == ({ANN}, [ANN])
    assert await curiosity(until=until) == ({ANN, BO}, [])


async def test_a_gate_that_only_one_car_passes_is_as_good_as_its_name(
    desk: PrivacyDesk, curiosity: Curiosity
) -> None:
    since = await came(desk, BO, gate="another gate")
    await came(desk, ANN)
    assert await curiosity(gate="Front gate") == ({ANN}, [ANN])
    assert await curiosity(gate="Front gate", since=since) == ({ANN}, [ANN])
    await came(desk, BO)
    await came(desk, ANN)
    assert await curiosity(gate="Front gate") == ({ANN, BO}, [])


async def test_who_looked_and_what_for_is_told_to_admins_and_approvers_only(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
    desk: PrivacyDesk,
    visit: str,
    vehicle_id: str,
) -> None:
    search: dict[str, Any] = {"purpose": PURPOSE, "vehicle_id": vehicle_id}
    await act(hass, hass_admin_user, "search_visits", **search)
    await desk.account(AuditAction.OPENED, user=None, vehicle=vehicle_id)
    with pytest.raises(Unauthorized):
        await act(hass, hass_read_only_user, "show_look_ups")
    assert await refused(hass, None, "show_look_ups") == "person_needed"
    denied, looked = (await act(hass, hass_admin_user, "show_look_ups"))["account"]
    assert (denied["action"], denied["user"]) == ("denied", hass_read_only_user.name)
    assert (looked["action"], looked["user"]) == ("searched", hass_admin_user.name)
    assert (looked["vehicle"], looked["purpose"]) == ("Ann's car", PURPOSE)
    (newest,) = (await act(hass, hass_admin_user, "show_look_ups", limit=1))["account"]
    assert newest == denied
    assert (await noted(desk, AuditAction.LOOK_UPS_SHOWN)).user == hass_admin_user.id


async def test_no_user_reads_in_repairs_who_asks_or_looks_and_what_for(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    desk: PrivacyDesk,
    visit: str,
    vehicle_id: str,
) -> None:
    await async_setup_component(hass, "repairs", {})
    request = (await act(hass, hass_admin_user, "request_access", purpose=PURPOSE))["request_id"]
    for _ in range(3):
        await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, vehicle_id=vehicle_id)
    desk.news.rules_changed()
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id({"type": "repairs/list_issues"})
    told = (await client.receive_json())["result"]["issues"]
    assert {issue["issue_id"] for issue in told} == {
        "access_requested",
        "repeated_look_ups",
        "access_rules_changed",
    }
    for secret in (request, PURPOSE, hass_admin_user.name, "Ann's car"):
        assert secret not in str(told)


async def test_a_warning_that_an_insider_ignored_comes_again(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    async def look() -> None:
        await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, vehicle_id=vehicle_id)

    async def ask() -> None:
        await act(hass, hass_admin_user, "request_access", purpose=PURPOSE)

    async def change() -> None:
        desk.news.rules_changed()

    for _ in range(2):
        await look()
    for issue_id, warn in (
        ("repeated_look_ups", look),
        ("access_requested", ask),
        ("access_rules_changed", change),
    ):
        await warn()
        ir.async_ignore_issue(hass, DOMAIN, issue_id, True)
        await warn()
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        assert issue.dismissed_version is None


async def test_a_request_is_asked_for_until_none_waits(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_owner_user: MockUser,
    desk: PrivacyDesk,
    visit: str,
) -> None:
    requests = [
        (await act(hass, hass_admin_user, "request_access", purpose=PURPOSE))["request_id"]
        for _ in range(2)
    ]
    for request, still_asked in zip(requests, (True, False), strict=True):
        await act(hass, hass_owner_user, "approve_access", answers=False, request_id=request)
        issue = ir.async_get(hass).async_get_issue(DOMAIN, "access_requested")
        assert (issue is not None) is still_asked
    await act(hass, hass_admin_user, "request_access", purpose=PURPOSE)
    desk.news.forget_requests(hass.loop.time() + desk.access.rule.seconds)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "access_requested") is None


async def test_a_restart_makes_nobody_inconspicuous(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    loaded: Street,
    visit: str,
    vehicle_id: str,
) -> None:
    search: dict[str, Any] = {"purpose": PURPOSE, "vehicle_id": vehicle_id}
    for _ in range(2):
        await act(hass, hass_admin_user, "search_visits", **search)
    assert loaded.entry is not None
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await act(hass, hass_admin_user, "search_visits", **search)
    keys = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "repeated_look_ups" in keys


@pytest.mark.parametrize(
    ("zone", "edge"),
    [("US/Pacific", "9999-12-31 23:59:59"), ("Europe/Berlin", "0001-01-01 00:00:00")],
)
async def test_the_edges_of_the_calendar_are_no_dates(
    hass: HomeAssistant, hass_admin_user: MockUser, visit: str, zone: str, edge: str
) -> None:
    await hass.config.async_set_time_zone(zone)
    for field in ("since", "until"):
        key = await refused(
            hass, hass_admin_user, "search_visits", purpose=PURPOSE, **{field: edge}
        )
        assert key == "bad_date"
    with pytest.raises(ServiceValidationError) as error:
        await act(
            hass,
            hass_admin_user,
            "hold_visit",
            answers=False,
            visit=visit,
            purpose=PURPOSE,
            until=edge,
        )
    assert error.value.translation_key == "bad_date"


async def test_a_visit_can_be_held_and_released(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str
) -> None:
    until = (dt_util.utcnow() + timedelta(days=60)).isoformat()
    hold: dict[str, Any] = {"visit": visit, "purpose": PURPOSE, "until": until}
    await act(hass, hass_admin_user, "hold_visit", answers=False, **hold)
    (held,) = await desk.archive.holds()
    assert (held.mark, held.reason, held.person) == (visit, PURPOSE, hass_admin_user.name)
    certificate = await act(hass, hass_admin_user, "verify_retention")
    assert certificate["holds"][0]["reason"] == PURPOSE
    await act(hass, hass_admin_user, "release_visit", answers=False, visit=visit, purpose=PURPOSE)
    assert await desk.archive.holds() == []
    for key, changes in (
        ("hold_out_of_bounds", {"until": (dt_util.utcnow() - timedelta(days=1)).isoformat()}),
        ("hold_out_of_bounds", {"until": (dt_util.utcnow() + timedelta(days=400)).isoformat()}),
        ("visit_unknown", {"visit": "v0"}),
    ):
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, hass_admin_user, "hold_visit", answers=False, **hold | changes)
        assert error.value.translation_key == key


async def test_forgetting_a_vehicle_leaves_nothing_and_says_so(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    loaded: Street,
    desk: PrivacyDesk,
    visit: str,
    vehicle_id: str,
) -> None:
    answer = await act(
        hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE
    )
    assert answer["visits_destroyed"] == 1
    assert answer["pictures_destroyed"] == 1
    assert answer["verified"] is True
    assert answer["plate_found_in"] == []
    assert answer["plate_also_listed_as"] == []
    assert answer["cannot_be_proved"]
    assert len(loaded.data.register_store.register) == 0
    assert await desk.archive.search(vehicle=vehicle_id) == []
    record = await noted(desk, AuditAction.VEHICLE_FORGOTTEN)
    assert record.action is AuditAction.VEHICLE_FORGOTTEN
    again = {"vehicle_id": vehicle_id, "purpose": PURPOSE}
    assert await refused(hass, hass_admin_user, "forget_vehicle", **again) == "vehicle_not_held"


async def test_forgetting_a_vehicle_drops_the_history_of_what_names_vehicles_and_of_nothing_else(
    hass: HomeAssistant, hass_admin_user: MockUser, vehicle_id: str
) -> None:
    purged = async_mock_service(hass, "recorder", "purge_entities")
    await act(hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE)
    (call,) = purged
    assert set(call.data["entity_id"]) == {
        "event.front_gate_passage",
        "sensor.front_gate_last_vehicle_let_in",
    }
    assert call.data["keep_days"] == 0


async def test_forgetting_names_the_place_where_the_plate_is_still_found(
    hass: HomeAssistant, hass_admin_user: MockUser, visit: str, vehicle_id: str
) -> None:
    note = Path(hass.config.path("notes.txt"))
    await hass.async_add_executor_job(note.write_text, f"gate opens for {KNOWN.lower()}\n")
    answer = await act(
        hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE
    )
    assert answer["verified"] is False
    assert answer["plate_found_in"] == ["notes.txt"]


async def test_forgetting_names_the_other_entry_that_keeps_the_plate_on_the_list(
    hass: HomeAssistant, hass_admin_user: MockUser, vehicle_id: str
) -> None:
    await act(hass, hass_admin_user, "add_vehicle", name="The same car", plate=KNOWN)
    answer = await act(
        hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE
    )
    assert answer["plate_also_listed_as"] == ["The same car"]


async def test_a_vehicle_that_is_forgotten_while_it_is_in_view_leaves_no_name_id_or_picture(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    loaded: Street,
    desk: PrivacyDesk,
    vehicle_id: str,
) -> None:
    kept = Retention(listed_pictures=True, unknown_pictures=True)
    await desk.follow(PrivacySettings(retention=kept))
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    told = hass.states.get("event.front_gate_passage")
    assert told is not None
    assert told.attributes["vehicle"] == "Ann's car"
    await act(hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE)
    for state in hass.states.async_all():
        assert "Ann" not in json.dumps(state.as_dict(), default=str)
    for stored in restore_state.async_get(hass).async_get_stored_states():
        assert "Ann" not in json.dumps(stored.as_dict(), default=str)
    still_told = hass.states.get("event.front_gate_passage")
    assert still_told is not None
    assert still_told.state == told.state
    assert still_told.attributes["reason"] == "listed"
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    await loaded.until(lambda: desk.archive.status.visits == 1)
    (visit,) = await desk.archive.search()
    assert visit.vehicle is None
    assert not visit.has_picture


async def test_a_vehicle_that_was_forgotten_before_the_start_is_not_named_after_it(
    hass: HomeAssistant, hass_admin_user: MockUser, loaded: Street, vehicle_id: str
) -> None:
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    assert loaded.entry is not None
    await hass.config_entries.async_reload(loaded.entry.entry_id)
    told = hass.states.get("event.front_gate_passage")
    assert told is not None
    assert told.attributes["vehicle"] == "Ann's car"
    await act(hass, hass_admin_user, "forget_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE)
    for state in hass.states.async_all():
        assert "Ann" not in json.dumps(state.as_dict(), default=str)


async def test_fault_37_forgetting_on_a_full_disk_destroys_the_rest_and_is_not_verified(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    forget: dict[str, Any] = {"vehicle_id": vehicle_id, "purpose": PURPOSE}
    with patch.object(SureStore, "write", return_value=False):
        answer = await act(hass, hass_admin_user, "forget_vehicle", **forget)
    assert answer["visits_destroyed"] == 1
    assert answer["verified"] is False
    assert await desk.archive.search(vehicle=vehicle_id) == []
    answer = await act(hass, hass_admin_user, "forget_vehicle", **forget)
    assert answer["verified"] is True
    assert await refused(hass, hass_admin_user, "forget_vehicle", **forget) == "vehicle_not_held"


async def test_fault_37_removing_again_writes_what_was_not_written_and_is_written_down_twice(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, vehicle_id: str
) -> None:
    remove: dict[str, Any] = {"answers": False, "vehicle_id": vehicle_id}
    with (
        patch.object(SureStore, "write", return_value=False),
        pytest.raises(RegisterNotSaved),
    ):
        await act(hass, hass_admin_user, "remove_vehicle", **remove)
    await act(hass, hass_admin_user, "remove_vehicle", **remove)
    done = [one for one in await account(desk) if one.action is AuditAction.VEHICLE_REMOVED]
    assert len(done) == 2
    with pytest.raises(VehicleNotListed):
        await act(hass, hass_admin_user, "remove_vehicle", **remove)


async def test_an_export_holds_everything_about_one_vehicle(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str, vehicle_id: str
) -> None:
    await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE, vehicle_id=vehicle_id)
    answer = await act(
        hass, hass_admin_user, "export_vehicle", vehicle_id=vehicle_id, purpose=PURPOSE
    )
    assert answer["on_the_list"]["plate"] == KNOWN
    assert [one["visit"] for one in answer["visits"]] == [visit]
    assert {"searched", "vehicle_exported"} <= {one["action"] for one in answer["account"]}
    assert {one["user"] for one in answer["account"]} == {hass_admin_user.name}


async def test_the_certificate_tells_what_was_searched_and_names_what_was_found(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str
) -> None:
    clean = await act(hass, hass_admin_user, "verify_retention")
    assert clean["clean"] is True
    assert clean["found"] == []
    assert clean["searched"]["files"] > 3
    assert clean["searched"]["plates"] == 1
    assert clean["window"]["visits"] == 1
    assert clean["window"]["overdue"] == 0
    assert clean["account"]["fault"] is None
    assert clean["account"]["head"] == (await noted(desk, AuditAction.VERIFIED)).previous
    assert len(clean["cannot_be_proved"]) >= 5
    assert clean["kept_for"]["listed_visits"] == "3 days"
    www = Path(hass.config.path("www"))
    await hass.async_add_executor_job(www.mkdir)
    await hass.async_add_executor_job((www / f"{KNOWN}.jpg").write_bytes, b"jpeg")
    dirty = await act(hass, hass_admin_user, "verify_retention")
    assert dirty["clean"] is False
    assert dirty["found"] == [{"place": "www/…", "what": "plate", "vehicle": "Ann's car"}]
    assert KNOWN not in json.dumps(dirty)


async def test_purging_now_is_written_down_and_answers_what_was_destroyed(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk, visit: str
) -> None:
    keeper = desk.archive._keeper
    later = 4 * 24 * 3600
    clock = keeper.account._clock
    keeper.account._clock = replace(clock, anchor=clock.anchor + later, offset=clock.offset - later)
    answer = await act(hass, hass_admin_user, "purge_now")
    assert (answer["visits_destroyed"], answer["pictures_destroyed"]) == (1, 1)
    assert answer["verified"] is True
    assert answer["traces_looked_for"] > 1
    asked = [r for r in await account(desk) if r.details.get("asked_for")]
    assert asked[-1].user == hass_admin_user.id


async def test_the_notice_is_made_from_the_settings_in_force(
    hass: HomeAssistant, hass_admin_user: MockUser, desk: PrivacyDesk
) -> None:
    await desk.follow(
        PrivacySettings(
            retention=Retention(listed=timedelta(days=7)), controller="Ann Miller, Mill Lane 1"
        )
    )
    notice = await act(hass, hass_admin_user, "privacy_notice")
    for document in ("text", "page", "policy"):
        assert "Ann Miller, Mill Lane 1" in notice[document]
        assert "Front gate" in notice[document]
        assert "7 days" in notice[document]
    assert "1798.90.51" in notice["policy"]


@pytest.fixture
async def watched(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> AsyncIterator[Street]:
    await street.load(entry, absent_seconds=0.1)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    yield street
    await street.unload()


@pytest.mark.parametrize(
    ("settings", "told", "kept"),
    [
        ({"shadow": True}, ("would_open", "shadow_mode"), ("open", "shadow_mode")),
        (
            {"opener": [{"action": "test.broken"}]},
            ("failed", "opener_failed"),
            ("refuse", "opener_failed"),
        ),
    ],
)
async def test_the_history_tells_what_came_of_a_decision_to_open(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    street: Street,
    entry: MockConfigEntry,
    settings: dict[str, Any],
    told: tuple[str, str],
    kept: tuple[str, str],
) -> None:
    async def broken(_call: ServiceCall) -> None:
        raise HomeAssistantError("the motor does not answer")

    hass.services.async_register("test", "broken", broken)
    await street.load(entry, absent_seconds=0.1, **settings)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN, 4))
    await street.until_told(*told)
    await street.until(lambda: street.data.privacy.news.status.visits == 1)
    (visit,) = (await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE))["visits"]
    assert (visit["verdict"], visit["reason"]) == kept
    await street.unload()


async def test_the_key_of_a_day_goes_with_it_also_where_no_car_comes_any_more(
    hass: HomeAssistant, watched: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a sensor ask how many have come today: the owner has switched it off."""
    monkeypatch.setattr(PrivacyDesk, "strangers_today", lambda _: 0)
    strangers = watched.data.privacy.strangers
    yesterday = dt_util.now().date() - timedelta(days=1)
    token = strangers.token(STRANGER, yesterday)
    strangers.came(token, yesterday)
    before = strangers._key
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1, seconds=1))
    await watched.until(lambda: strangers._key != before)
    assert not strangers._seen


async def test_a_visit_that_ended_can_be_searched_a_stranger_as_a_token_only(
    hass: HomeAssistant, hass_admin_user: MockUser, watched: Street
) -> None:
    for plate, told in ((KNOWN, ("opened", "listed")), (STRANGER, ("unknown", "not_listed"))):
        await watched.arrive(watched.pictures.approach(plate, 4))
        await watched.until_told(*told)
        await watched.until(lambda: not watched.gate.board.status.vehicle_present)
        watched.gate_is("closed")
    await watched.until(lambda: watched.data.privacy.news.status.visits == 2)
    answer = await act(hass, hass_admin_user, "search_visits", purpose=PURPOSE)
    stranger, known = answer["visits"]
    assert (known["vehicle"], known["verdict"], known["stranger"]) == ("Ann's car", "open", None)
    assert (stranger["vehicle"], stranger["reason"]) == (None, "not_listed")
    assert len(stranger["stranger"]) == 8
    assert stranger["times_today"] == 1
    assert STRANGER not in json.dumps(answer)
    state = hass.states.get("sensor.alpr_gate_privacy_unknown_vehicles_today")
    assert state is not None
    assert state.state == "1"
    opened = await noted(watched.data.privacy, AuditAction.OPENED)
    assert opened.details["vehicle"] == id_of("Ann's car")


async def test_fault_37_a_gate_does_not_open_when_the_account_cannot_be_written(
    hass: HomeAssistant, watched: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(watched.data.privacy.archive._chain, "append", full)
        await watched.arrive(watched.pictures.approach(KNOWN, 4))
        await watched.until_told("refused", "not_recorded")
        await watched.until(lambda: not watched.gate.board.status.vehicle_present)
    assert watched.commands == []
    assert ir.async_get(hass).async_get_issue(DOMAIN, "audit_unwritable") is not None
    await watched.arrive(watched.pictures.approach(KNOWN, 4))
    await watched.until_told("opened", "listed")
    assert ir.async_get(hass).async_get_issue(DOMAIN, "audit_unwritable") is None
