"""Looking into the history: for people with a purpose, accounted for, perhaps with four eyes.

Who lets them, and who sees that they looked, is in `access_actions.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio as vol

from .admin_action import async_register_admin_action, loaded_entry, refusal
from .audit import AuditAction
from .const import CONF_APPROVED_REQUEST, CONF_GATE, CONF_VEHICLE_ID, CONF_VISIT
from .evidence_tickets import TICKET_SECONDS
from .evidence_view import evidence_link
from .gate_names import gate_id_of, gate_names
from .look_ups import AccessRefusedError, checked_purpose
from .sealed import Sealed, sealing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from homeassistant.auth.models import User
    from homeassistant.core import ServiceResponse
    from homeassistant.util.json import JsonValueType

    from .privacy_desk import PrivacyDesk
    from .runtime import AlprGateConfigEntry
    from .window_records import StoredVisit

CONF_LIMIT: Final = "limit"
CONF_PURPOSE: Final = "purpose"
CONF_SINCE: Final = "since"
CONF_UNTIL: Final = "until"
MOST_VISITS: Final = 1000
LONGEST_HOLD: Final = 365 * 24 * 3600.0

SEARCH_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_PURPOSE): Sealed,
        vol.Optional(CONF_VEHICLE_ID): cv.string,
        vol.Optional(CONF_GATE): Sealed,
        vol.Optional(CONF_SINCE): cv.datetime,
        vol.Optional(CONF_UNTIL): cv.datetime,
        vol.Optional(CONF_LIMIT, default=100): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MOST_VISITS)
        ),
        vol.Optional(CONF_APPROVED_REQUEST): cv.string,
    }
)
VIEW_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_VISIT): cv.string,
        vol.Required(CONF_PURPOSE): Sealed,
        vol.Optional(CONF_APPROVED_REQUEST): cv.string,
    }
)
HOLD_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_VISIT): cv.string,
        vol.Required(CONF_PURPOSE): Sealed,
        vol.Required(CONF_UNTIL): cv.datetime,
    }
)
RELEASE_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_VISIT): cv.string, vol.Required(CONF_PURPOSE): Sealed}
)


@callback
def async_setup_history_actions(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, schema, response in (
        ("search_visits", _search_visits, SEARCH_SCHEMA, SupportsResponse.ONLY),
        ("view_evidence", _view_evidence, VIEW_SCHEMA, SupportsResponse.ONLY),
        ("hold_visit", _hold_visit, HOLD_SCHEMA, SupportsResponse.NONE),
        ("release_visit", _release_visit, RELEASE_SCHEMA, SupportsResponse.NONE),
    ):
        sealed = vol.All(sealing(CONF_PURPOSE, CONF_GATE), schema)
        async_register_admin_action(hass, name, handler, sealed, response)


@dataclass(frozen=True, slots=True)
class Look:
    """One person's permitted look into the history."""

    user: User
    purpose: str
    approved_by: str | None


async def permitted_look(entry: AlprGateConfigEntry, call: ServiceCall) -> Look:
    """Who looks and why; raises ServiceValidationError when they may not."""
    user = await person(call)
    purpose = purpose_of(call)
    try:
        request = entry.runtime_data.privacy.access.use(
            call.data.get(CONF_APPROVED_REQUEST), user.id, call.hass.loop.time()
        )
    except AccessRefusedError as refused:
        raise refusal(refused.problem.value) from None
    if request is None:
        return Look(user, purpose, None)
    return Look(user, request.purpose, request.approved_by)


@callback
def noticed(entry: AlprGateConfigEntry, hass: HomeAssistant, look: Look, vehicle: str) -> None:
    """Count one look-up of a vehicle, and show the other admins when there are too many."""
    desk = entry.runtime_data.privacy
    count = desk.curiosity.looked_up(look.user.id, vehicle, hass.loop.time())
    if count is not None:
        desk.news.looked_up_repeatedly(count)


async def _search_visits(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    vehicle = call.data.get(CONF_VEHICLE_ID)
    gate = call.data.get(CONF_GATE)
    gate = None if gate is None else gate_id_of(call.hass, entry, gate.text)
    since, until = _unix(call.data.get(CONF_SINCE)), _unix(call.data.get(CONF_UNTIL))
    look = await permitted_look(entry, call)
    desk = entry.runtime_data.privacy
    visits = await desk.archive.search(
        vehicle=vehicle, gate=gate, since=since, until=until, limit=call.data[CONF_LIMIT]
    )
    aimed_at = vehicle or await _singled_out(desk, visits, gate=gate, since=since, until=until)
    await desk.account(
        AuditAction.SEARCHED,
        user=look.user.id,
        purpose=look.purpose,
        vehicle=aimed_at,
        gate=gate,
        since=since,
        until=until,
        approved_by=look.approved_by,
    )
    if aimed_at is not None:
        noticed(entry, call.hass, look, aimed_at)
    return {"visits": [described_visit(entry, visit) for visit in visits]}


async def _singled_out(
    desk: PrivacyDesk,
    visits: Iterable[StoredVisit],
    *,
    gate: str | None,
    since: float | None,
    until: float | None,
) -> str | None:
    """The vehicle that a search was narrowed to without naming it; None where it was not.

    An end in the past that leaves out others, or a gate where others never pass, is as good as a
    name. What came since some moment is not: that only one car came is no doing of who asks.
    """
    shown = _vehicles(visits)
    if len(shown) != 1:
        return None

    async def others(**asked: Any) -> bool:
        return bool(_vehicles(await desk.archive.search(limit=MOST_VISITS, **asked)) - shown)

    by_time = until is not None and await others(gate=gate, since=since)
    by_gate = gate is not None and not await others(gate=gate) and await others()
    return next(iter(shown)) if by_time or by_gate else None


def _vehicles(visits: Iterable[StoredVisit]) -> set[str]:
    """The listed vehicles among these visits."""
    return {visit.vehicle for visit in visits if visit.vehicle is not None}


async def _view_evidence(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    visit = await _visit(entry, call)
    if not visit.has_picture:
        raise refusal("no_picture")
    look = await permitted_look(entry, call)
    await desk.account(
        AuditAction.EVIDENCE_VIEWED,
        user=look.user.id,
        purpose=look.purpose,
        visit=visit.mark,
        vehicle=visit.vehicle,
        approved_by=look.approved_by,
    )
    if visit.vehicle is not None:
        noticed(entry, call.hass, look, visit.vehicle)
    ticket = desk.tickets.give(visit.mark, look.user.id, call.hass.loop.time())
    return {
        "url": evidence_link(call.hass, ticket, look.user),
        "seconds": TICKET_SECONDS,
        "visit": described_visit(entry, visit),
    }


async def _hold_visit(call: ServiceCall) -> None:
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    user, reason = await person(call), purpose_of(call)
    visit = await _visit(entry, call)
    seconds = (_utc(call.data[CONF_UNTIL]) - dt_util.utcnow()).total_seconds()
    if not 0 < seconds <= LONGEST_HOLD:
        raise refusal("hold_out_of_bounds")
    await desk.account(
        AuditAction.HELD, user=user.id, purpose=reason, visit=visit.mark, seconds=round(seconds)
    )
    await desk.archive.hold(visit.mark, seconds=seconds, reason=reason, person=user.name or user.id)
    desk.news.look()


async def _release_visit(call: ServiceCall) -> None:
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    user, reason = await person(call), purpose_of(call)
    visit = await _visit(entry, call)
    if visit.held_until is None:
        raise refusal("visit_not_held")
    await desk.account(AuditAction.RELEASED, user=user.id, purpose=reason, visit=visit.mark)
    await desk.archive.release(visit.mark)
    desk.news.look()


def described_visit(entry: AlprGateConfigEntry, visit: StoredVisit) -> dict[str, JsonValueType]:
    """A visit for a response: a listed vehicle by its name, a stranger as a token of its day."""
    return {
        "visit": visit.mark,
        "at": local(visit.at),
        "gate": gate_names(entry).get(visit.gate, visit.gate),
        "verdict": visit.verdict,
        "reason": visit.reason,
        "looks": visit.looks,
        "vehicle_id": visit.vehicle,
        "vehicle": None if visit.vehicle is None else name_of(entry, visit.vehicle),
        "stranger": None if visit.token is None else visit.token.hex()[:8],
        "times_today": None if visit.token is None else _times_today(entry, visit.token),
        "picture": visit.has_picture,
        "kept_until": local(max(visit.expires, visit.held_until or 0.0)),
        "held": visit.held_until is not None,
    }


async def person(call: ServiceCall) -> User:
    """Who asks; raises ServiceValidationError when nobody is behind the call."""
    user_id = call.context.user_id
    user = None if user_id is None else await call.hass.auth.async_get_user(user_id)
    if user is None:
        raise refusal("person_needed")
    return user


def purpose_of(call: ServiceCall) -> str:
    """The purpose a caller gave; raises ServiceValidationError when it cannot be kept."""
    try:
        return checked_purpose(call.data[CONF_PURPOSE].text)
    except AccessRefusedError as refused:
        raise refusal(refused.problem.value) from None


async def _visit(entry: AlprGateConfigEntry, call: ServiceCall) -> StoredVisit:
    visit = await entry.runtime_data.privacy.archive.visit(call.data[CONF_VISIT])
    if visit is None:
        raise refusal("visit_unknown")
    return visit


def name_of(entry: AlprGateConfigEntry, vehicle: str) -> str:
    """A vehicle's name; its id when it is on the list no more."""
    listed = entry.runtime_data.register_store.register.get(vehicle)
    return vehicle if listed is None else listed.name


def _times_today(entry: AlprGateConfigEntry, token: bytes) -> int | None:
    return entry.runtime_data.privacy.strangers.times(token, dt_util.now().date())


def _unix(moment: datetime | None) -> float | None:
    return None if moment is None else _utc(moment).timestamp()


def _utc(moment: datetime) -> datetime:
    """The moment in UTC; raises ServiceValidationError at the edges of the calendar."""
    try:
        return dt_util.as_utc(moment)
    except OverflowError:
        raise refusal("bad_date") from None


def local(at: float) -> str:
    """A time (Unix seconds) for a response, in the owner's time zone."""
    return dt_util.as_local(dt_util.utc_from_timestamp(at)).isoformat(timespec="seconds")
