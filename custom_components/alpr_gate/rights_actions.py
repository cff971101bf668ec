"""What a person may ask for, and what an owner can prove: forget, export, verify, purge, notice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.util import dt as dt_util
import probatio as vol

from .admin_action import async_register_admin_action, loaded_entry, refusal
from .alpr.gate.register import DangerKind
from .archive import AUDIT_LIFETIME
from .audit import AuditAction
from .certificate import Evidence, certify
from .const import CONF_APPROVED_REQUEST, CONF_VEHICLE_ID
from .gate_names import gate_names
from .history_actions import (
    CONF_PURPOSE,
    described_visit,
    noticed,
    permitted_look,
    purpose_of,
)
from .notice import NoticeFacts, make_notice, what_cannot_be_proved
from .plate_search import SearchReport, search
from .register_store import RegisterNotSaved
from .sealed import Sealed, sealing
from .self_test import NOT_SEARCHED, left_out
from .vehicle_fields import fields_of

if TYPE_CHECKING:
    from homeassistant.core import ServiceResponse
    from homeassistant.util.json import JsonValueType

    from .alpr.gate.vehicle import Vehicle
    from .audit import AuditRecord
    from .register_store import RegisterStore
    from .runtime import AlprGateConfigEntry

CONF_LANGUAGE: Final = "language"
MOST_EXPORTED: Final = 100_000
RECORDER: Final = "recorder"
_TELLS_OF_VEHICLES: Final = ("_last_vehicle", "_passage")
"""Ends of the unique ids of entities whose history names vehicles."""

FORGET_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_VEHICLE_ID): cv.string, vol.Required(CONF_PURPOSE): Sealed}
)
EXPORT_SCHEMA: Final = FORGET_SCHEMA.extend({vol.Optional(CONF_APPROVED_REQUEST): cv.string})
NOTICE_SCHEMA: Final = vol.Schema({vol.Optional(CONF_LANGUAGE): cv.string})
NOTHING: Final = vol.Schema({})


@callback
def async_setup_rights_actions(hass: HomeAssistant) -> None:
    """Register the actions."""
    forget = vol.All(sealing(CONF_PURPOSE), FORGET_SCHEMA)
    export = vol.All(sealing(CONF_PURPOSE), EXPORT_SCHEMA)
    for name, handler, schema, response in (
        (
            "forget_vehicle",
            _forget_vehicle,
            forget,
            SupportsResponse.OPTIONAL,
        ),
        ("export_vehicle", _export_vehicle, export, SupportsResponse.ONLY),
        ("verify_retention", _verify_retention, NOTHING, SupportsResponse.ONLY),
        ("purge_now", _purge_now, NOTHING, SupportsResponse.OPTIONAL),
        ("privacy_notice", _privacy_notice, NOTICE_SCHEMA, SupportsResponse.ONLY),
    ):
        async_register_admin_action(hass, name, handler, schema, response)


async def _forget_vehicle(call: ServiceCall) -> ServiceResponse:
    """Destroy everything that refers to a vehicle, the list's entry last, and look for its plate.

    Nobody has to be asked twice before something is forgotten: the four-eyes rule is about looking.
    """
    entry = loaded_entry(call.hass)
    desk, store = entry.runtime_data.privacy, entry.runtime_data.register_store
    vehicle_id = call.data[CONF_VEHICLE_ID]
    held = store.held(vehicle_id)
    await desk.account_anyway(
        AuditAction.VEHICLE_FORGOTTEN,
        user=call.context.user_id,
        purpose=purpose_of(call),
        vehicle=vehicle_id,
    )
    is_erased = held is None or await _erased(store, vehicle_id)
    done = await desk.archive.forget(vehicle_id)
    desk.news.look()
    for gate in entry.runtime_data.gates.values():
        gate.board.forget_vehicle(vehicle_id)
    await _forget_history(call.hass, entry)
    if held is None and (done is None or not done.visits):
        raise refusal("vehicle_not_held")
    found = SearchReport(0, 0, (), ())
    if held is not None:
        found = await call.hass.async_add_executor_job(
            _search_everything, Path(call.hass.config.config_dir), {vehicle_id: held.plate}
        )
    return {
        "visits_destroyed": None if done is None else done.visits,
        "pictures_destroyed": None if done is None else done.pictures,
        "verified": is_erased and done is not None and done.verified and not found.findings,
        "plate_found_in": [*sorted({finding.place for finding in found.findings})],
        "plate_also_listed_as": [*_also_listed_as(store, held)],
        "cannot_be_proved": [*await _limits(call.hass)],
    }


def _also_listed_as(store: RegisterStore, vehicle: Vehicle | None) -> list[str]:
    """Names of the entries of the list that have the plate of ``vehicle``, and so keep it there."""
    if vehicle is None:
        return []
    return [
        danger.name
        for danger in store.register.dangers(vehicle)
        if danger.kind is DangerKind.SAME_PLATE
    ]


async def _erased(store: RegisterStore, vehicle_id: str) -> bool:
    """Take a vehicle off the list; False when it is still in the list's file."""
    try:
        await store.remove(vehicle_id)
    except RegisterNotSaved:
        return False
    return True


async def _export_vehicle(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    vehicle_id = call.data[CONF_VEHICLE_ID]
    look = await permitted_look(entry, call)
    await desk.account(
        AuditAction.VEHICLE_EXPORTED,
        user=look.user.id,
        purpose=look.purpose,
        vehicle=vehicle_id,
        approved_by=look.approved_by,
    )
    noticed(entry, call.hass, look, vehicle_id)
    listed = entry.runtime_data.register_store.register.get(vehicle_id)
    visits = await desk.archive.search(vehicle=vehicle_id, limit=MOST_EXPORTED)
    marks = {visit.mark for visit in visits}
    if listed is None and not visits:
        raise refusal("vehicle_not_held")
    people = {user.id: user.name or user.id for user in await call.hass.auth.async_get_users()}
    return {
        CONF_VEHICLE_ID: vehicle_id,
        "made_at": dt_util.now().isoformat(timespec="seconds"),
        "on_the_list": None if listed is None else fields_of(listed),
        "visits": [described_visit(entry, visit) for visit in visits],
        "account": [
            _described_record(record, people)
            for record in await desk.archive.account_since(0.0)
            if record.details.get("vehicle") == vehicle_id or record.details.get("visit") in marks
        ],
        "held": [
            {"visit": hold.mark, "reason": hold.reason, "person": hold.person}
            for hold in await desk.archive.holds()
            if hold.mark in marks
        ],
    }


async def _verify_retention(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    desk = entry.runtime_data.privacy
    purge = await desk.archive.purge()
    report = await desk.self_test.run()
    chain = await desk.archive.verify_account()
    status = desk.archive.status
    evidence = Evidence(
        retention=desk.settings.retention,
        purge=purge,
        visits=status.visits,
        pictures=status.pictures,
        overdue=await desk.archive.overdue(),
        holds=await desk.archive.holds(),
        search=report,
        left_out=[
            str(path.relative_to(call.hass.config.config_dir))
            for path in left_out(Path(call.hass.config.config_dir))
        ],
        chain=chain,
        cannot_be_proved=await _limits(call.hass),
    )
    await desk.account(
        AuditAction.VERIFIED,
        user=call.context.user_id,
        files=report.files,
        found=len(report.findings),
        overdue=evidence.overdue,
        head=chain.head,
    )
    listed = entry.runtime_data.register_store.register.vehicles
    return certify(evidence, {vehicle.id: vehicle.name for vehicle in listed})


async def _purge_now(call: ServiceCall) -> ServiceResponse:
    desk = loaded_entry(call.hass).runtime_data.privacy
    await desk.account_anyway(AuditAction.PURGED, user=call.context.user_id, asked_for=True)
    done = await desk.archive.purge()
    desk.news.look()
    if done is None:
        raise refusal("window_unusable")
    return {
        "visits_destroyed": done.visits,
        "pictures_destroyed": done.pictures,
        "traces_looked_for": done.traces_looked_for,
        "traces_left": done.traces_left,
        "verified": done.verified,
    }


async def _privacy_notice(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    settings = entry.runtime_data.privacy.settings
    facts = NoticeFacts(
        gates=tuple(gate_names(entry).values()),
        controller=settings.controller,
        contact=settings.contact,
        officer=settings.officer,
        purpose=settings.purpose,
        remote_engine=CONF_URL in entry.data,
        retention=settings.retention,
        four_eyes=settings.four_eyes.required,
        audit_days=round(AUDIT_LIFETIME / (24 * 3600)),
        today=dt_util.now().date(),
    )
    language = call.data.get(CONF_LANGUAGE, call.hass.config.language)
    notice = await call.hass.async_add_executor_job(make_notice, facts, language)
    await entry.runtime_data.privacy.account_anyway(
        AuditAction.NOTICE_MADE, user=call.context.user_id
    )
    return {"text": notice.text, "page": notice.page, "policy": notice.policy}


async def _forget_history(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
    """Have Home Assistant drop the history of the entities that name vehicles, if it keeps any."""
    if not hass.services.has_service(RECORDER, "purge_entities"):
        return
    registry = er.async_get(hass)
    naming = [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.unique_id.endswith(_TELLS_OF_VEHICLES)
    ]
    if naming:
        await hass.services.async_call(
            RECORDER, "purge_entities", {"entity_id": naming, "keep_days": 0}, blocking=True
        )


def _search_everything(folder: Path, plates: dict[str, str]) -> SearchReport:
    """Search the owner's list too: the plate must be gone from it."""
    return search(folder, plates, leave_out=[folder / name for name in NOT_SEARCHED])


async def _limits(hass: HomeAssistant) -> tuple[str, ...]:
    return await hass.async_add_executor_job(what_cannot_be_proved, hass.config.language)


def _described_record(record: AuditRecord, people: dict[str, str]) -> dict[str, JsonValueType]:
    return {
        "at": dt_util.utc_from_timestamp(record.at).isoformat(timespec="seconds"),
        "action": record.action.value,
        "user": None if record.user is None else people.get(record.user, record.user),
        "purpose": record.purpose,
    }
