"""Watching those who look: asking a second person, approving, and seeing who looked and what for.

Answers hold names and purposes. Repair issues cannot: every user of Home Assistant sees those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
import probatio as vol

from .admin_action import async_register_admin_action, loaded_entry, refusal
from .audit import AuditAction
from .const import CONF_APPROVED_REQUEST, DOMAIN
from .gate_names import gate_names
from .history_actions import CONF_LIMIT, CONF_PURPOSE, local, name_of, person
from .look_ups import AccessRefusedError
from .privacy_desk import NotAccountedError
from .sealed import Sealed, sealing

if TYPE_CHECKING:
    from homeassistant.auth.models import User
    from homeassistant.core import ServiceResponse
    from homeassistant.util.json import JsonValueType

    from .audit import AuditRecord
    from .runtime import AlprGateConfigEntry

MOST_RECORDS: Final = 1000
_ABOUT_LOOKING: Final = frozenset(
    {
        AuditAction.SEARCHED,
        AuditAction.EVIDENCE_VIEWED,
        AuditAction.VEHICLE_EXPORTED,
        AuditAction.ACCESS_REQUESTED,
        AuditAction.ACCESS_APPROVED,
        AuditAction.DENIED,
        AuditAction.SETTINGS_CHANGED,
    }
)
"""What is shown of the account: openings and visits are not, or nobody would need a purpose."""

REQUEST_SCHEMA: Final = vol.Schema({vol.Required(CONF_PURPOSE): Sealed})
APPROVE_SCHEMA: Final = vol.Schema({vol.Required(CONF_APPROVED_REQUEST): cv.string})
SHOW_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_LIMIT, default=100): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MOST_RECORDS)
        )
    }
)


@callback
def async_setup_access_actions(hass: HomeAssistant) -> None:
    """Register the actions; a named approver, who need not be an admin, may approve and see."""
    request = vol.All(sealing(CONF_PURPOSE), REQUEST_SCHEMA)
    async_register_admin_action(
        hass, "request_access", _request_access, request, SupportsResponse.OPTIONAL
    )
    approve = vol.All(sealing(), APPROVE_SCHEMA)
    for name, handler, schema, response in (
        ("approve_access", _approve_access, approve, SupportsResponse.NONE),
        ("show_look_ups", _show_look_ups, SHOW_SCHEMA, SupportsResponse.ONLY),
    ):
        async_register_admin_action(
            hass, name, handler, schema, response, may_too=_is_named_approver
        )


async def _request_access(call: ServiceCall) -> ServiceResponse:
    desk = loaded_entry(call.hass).runtime_data.privacy
    user = await person(call)
    try:
        request = desk.access.ask(user.id, call.data[CONF_PURPOSE].text, call.hass.loop.time())
    except AccessRefusedError as refused:
        raise refusal(refused.problem.value) from None
    try:
        await desk.account(
            AuditAction.ACCESS_REQUESTED,
            user=user.id,
            purpose=request.purpose,
            request=request.request_id,
        )
    except NotAccountedError:
        desk.access.withdraw(request.request_id)
        raise
    desk.news.access_requested(request)
    return {"request_id": request.request_id, "seconds": desk.access.rule.seconds}


async def _approve_access(call: ServiceCall) -> None:
    desk = loaded_entry(call.hass).runtime_data.privacy
    user = await person(call)
    request_id = call.data[CONF_APPROVED_REQUEST]
    try:
        request = desk.access.approve(request_id, user.id, call.hass.loop.time())
        await desk.account(AuditAction.ACCESS_APPROVED, user=user.id, request=request_id)
    except NotAccountedError:
        desk.access.withdraw(request_id)
        raise
    except AccessRefusedError as refused:
        await desk.account_anyway(
            AuditAction.DENIED, user=user.id, called=call.service, problem=refused.problem.value
        )
        raise refusal(refused.problem.value) from None
    desk.news.access_approved(request)


async def _show_look_ups(call: ServiceCall) -> ServiceResponse:
    """What waits for approval, and what is written of those who looked, the newest first."""
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    await desk.account(AuditAction.LOOK_UPS_SHOWN, user=(await person(call)).id)
    people = {user.id: user.name or user.id for user in await call.hass.auth.async_get_users()}
    records = [
        record
        for record in await desk.archive.account_since(0.0)
        if record.action in _ABOUT_LOOKING
    ]
    return {
        "waiting": [
            {
                CONF_APPROVED_REQUEST: request.request_id,
                "user": people.get(request.user, request.user),
                "purpose": request.purpose,
            }
            for request in desk.access.waiting(call.hass.loop.time())
        ],
        "account": [
            _described(record, entry, people)
            for record in records[: -call.data[CONF_LIMIT] - 1 : -1]
        ],
    }


def _described(
    record: AuditRecord, entry: AlprGateConfigEntry, people: dict[str, str]
) -> dict[str, JsonValueType]:
    vehicle, gate = record.details.get("vehicle"), record.details.get("gate")
    return {
        "at": local(record.at),
        "action": record.action.value,
        "user": None if record.user is None else people.get(record.user, record.user),
        "purpose": record.purpose,
        "vehicle": name_of(entry, vehicle) if isinstance(vehicle, str) else None,
        "gate": gate_names(entry).get(gate, gate) if isinstance(gate, str) else None,
        "settings": record.details.get("settings"),
    }


def _is_named_approver(hass: HomeAssistant, user: User) -> bool:
    entries: list[AlprGateConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return any(user.id in entry.runtime_data.privacy.access.rule.approvers for entry in entries)
