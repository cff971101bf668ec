"""What an admin can do with the owner's list, and the one-off look at a gate, as actions.

Home Assistant writes the data of every action to its bus, from where the recorder keeps it, and
may print it when an action fails. So a plate, and every text that may be one, is taken out of the
data before that happens, and is handed on in a box that does not print what is in it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_CODE, CONF_NAME, WEEKDAYS
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import probatio as vol

from .access_actions import async_setup_access_actions
from .admin_action import async_register_admin_action, loaded_entry, refusal
from .alpr.engine.errors import EngineError
from .alpr.gate.vehicle import MOST_USES
from .alpr.vision.errors import ImageRefused
from .audit import AuditAction
from .code_action import async_setup_code_action
from .code_form import CodeField
from .const import (
    CONF_GATE,
    CONF_VEHICLE_ID,
    DOMAIN,
    SERVICE_ADD_VEHICLE,
    SERVICE_LIST_VEHICLES,
    SERVICE_REMOVE_VEHICLE,
    SERVICE_SCAN,
    SERVICE_UPDATE_VEHICLE,
)
from .gate_names import gate_id_of, gate_meant, gate_names
from .history_actions import async_setup_history_actions
from .list_account import ListAccount
from .register_store import VehicleNotListed
from .rights_actions import async_setup_rights_actions
from .sealed import Sealed, sealing
from .snapshot import SnapshotFailed
from .vehicle_fields import (
    CONF_ENABLED,
    CONF_END_TIME,
    CONF_GATES,
    CONF_HOUSEHOLD,
    CONF_PLATE,
    CONF_START_TIME,
    CONF_USES_LEFT,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_VEHICLE_SECOND_FACTOR,
    CONF_WEEKDAYS,
    SECOND_FACTOR,
    VehicleRefused,
    fields_of,
    vehicle_from_fields,
)
from .vehicle_warnings import warnings_about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeassistant.core import ServiceResponse
    from homeassistant.util.json import JsonValueType

    from .alpr.gate.vehicle import Vehicle
    from .alpr.types import FrameReads
    from .runtime import AlprGateConfigEntry

_TYPED: Final = (CONF_NAME, CONF_PLATE, CONF_GATES, CONF_HOUSEHOLD, CONF_CODE)
"""Free text: a plate may be in any of it, meant to be there or not. A code is a secret."""
_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_GATES): vol.All(cv.ensure_list, [Sealed]),
    vol.Optional(CONF_HOUSEHOLD): vol.Any(None, Sealed),
    vol.Optional(CONF_ENABLED): cv.boolean,
    vol.Optional(CONF_WEEKDAYS): vol.All(cv.ensure_list, [vol.In(WEEKDAYS)]),
    vol.Optional(CONF_START_TIME): vol.Any(None, cv.time),
    vol.Optional(CONF_END_TIME): vol.Any(None, cv.time),
    vol.Optional(CONF_VALID_FROM): vol.Any(None, cv.datetime),
    vol.Optional(CONF_VALID_UNTIL): vol.Any(None, cv.datetime),
    vol.Optional(CONF_USES_LEFT): vol.Any(
        None, vol.All(vol.Coerce(int), vol.Range(min=0, max=MOST_USES))
    ),
    vol.Optional(CONF_VEHICLE_SECOND_FACTOR): vol.In(SECOND_FACTOR),
    vol.Optional(CONF_CODE): vol.Any(None, Sealed),
}
_ADD_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_NAME): Sealed, vol.Required(CONF_PLATE): Sealed, **_FIELDS}
)
_UPDATE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_VEHICLE_ID): cv.string,
        vol.Optional(CONF_NAME): Sealed,
        vol.Optional(CONF_PLATE): Sealed,
        **_FIELDS,
    }
)
_REMOVE_SCHEMA: Final = vol.Schema({vol.Required(CONF_VEHICLE_ID): cv.string})
_SCAN_SCHEMA: Final = vol.Schema({vol.Optional(CONF_GATE): Sealed})


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register the actions; all but the one for a code are for admins only."""
    for name, handler, schema, response in (
        (
            SERVICE_ADD_VEHICLE,
            _add_vehicle,
            vol.All(sealing(*_TYPED), _ADD_SCHEMA),
            SupportsResponse.OPTIONAL,
        ),
        (
            SERVICE_UPDATE_VEHICLE,
            _update_vehicle,
            vol.All(sealing(*_TYPED), _UPDATE_SCHEMA),
            SupportsResponse.OPTIONAL,
        ),
        (
            SERVICE_REMOVE_VEHICLE,
            _remove_vehicle,
            vol.All(sealing(), _REMOVE_SCHEMA),
            SupportsResponse.NONE,
        ),
        (SERVICE_LIST_VEHICLES, _list_vehicles, vol.Schema({}), SupportsResponse.ONLY),
        (
            SERVICE_SCAN,
            _scan,
            vol.All(sealing(CONF_GATE), _SCAN_SCHEMA),
            SupportsResponse.ONLY,
        ),
    ):
        async_register_admin_action(hass, name, handler, schema, response)
    async_setup_code_action(hass)
    async_setup_history_actions(hass)
    async_setup_access_actions(hass)
    async_setup_rights_actions(hass)


async def _add_vehicle(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    beside = entry.runtime_data.register_store.register
    vehicle = await _vehicle(call, _fields(call, entry), vehicle_id=ulid_now(), seen=None)
    warnings = await warnings_about(call.hass, entry, vehicle)
    with _refusing():
        await ListAccount(entry.runtime_data, call.context.user_id).add(vehicle, beside=beside)
    return {
        **_described(vehicle, entry),
        "warnings": [*warnings],
    }


async def _update_vehicle(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    beside = entry.runtime_data.register_store.register
    known = beside.get(call.data[CONF_VEHICLE_ID])
    if known is None:
        raise VehicleNotListed
    fields = fields_of(known) | _fields(call, entry)
    vehicle = await _vehicle(call, fields, vehicle_id=known.id, seen=known)
    warnings = await warnings_about(call.hass, entry, vehicle)
    with _refusing():
        saved = await ListAccount(entry.runtime_data, call.context.user_id).update(
            vehicle,
            seen=known,
            beside=beside,
            # Openings that are given are what the caller wants, whatever was used meanwhile.
            counts_anew=CONF_USES_LEFT in call.data,
        )
    return {
        **_described(saved, entry),
        "warnings": [*warnings],
    }


async def _remove_vehicle(call: ServiceCall) -> None:
    data = loaded_entry(call.hass).runtime_data
    await ListAccount(data, call.context.user_id).remove(call.data[CONF_VEHICLE_ID])


async def _list_vehicles(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    await ListAccount(entry.runtime_data, call.context.user_id).read()
    register = entry.runtime_data.register_store.register
    return {"vehicles": [_described(vehicle, entry) for vehicle in register.vehicles]}


async def _scan(call: ServiceCall) -> ServiceResponse:
    entry = loaded_entry(call.hass)
    chosen = gate_meant(call, entry)
    await entry.runtime_data.privacy.account(
        AuditAction.SCANNED, user=call.context.user_id, gate=chosen
    )
    try:
        reads = await entry.runtime_data.gates[chosen].scan()
    except SnapshotFailed:
        raise _failed("scan_camera_failed") from None
    except ImageRefused:
        raise _failed("scan_picture_refused") from None
    except EngineError:
        raise _failed("scan_engine_failed") from None
    return {"cameras": {camera: _what_was_read(read) for camera, read in reads.items()}}


def _fields(call: ServiceCall, entry: AlprGateConfigEntry) -> dict[str, Any]:
    """The vehicle's fields that a call gives, with texts out of their boxes and gates by id."""
    fields: dict[str, Any] = {
        key: value.text if isinstance(value, Sealed) else value
        for key, value in call.data.items()
        if key != CONF_VEHICLE_ID
    }
    if CONF_GATES in fields:
        gates = fields[CONF_GATES]
        fields[CONF_GATES] = [gate_id_of(call.hass, entry, gate.text) for gate in gates]
    return fields


async def _vehicle(
    call: ServiceCall, fields: dict[str, Any], *, vehicle_id: str, seen: Vehicle | None
) -> Vehicle:
    listed = loaded_entry(call.hass).runtime_data.register_store.register.vehicles
    code = CodeField(seen.code if seen else None)
    fields = await code.take(call.hass, fields, listed)
    if code.is_refused:
        raise refusal("bad_code")
    with _refusing():
        return vehicle_from_fields(
            fields,
            vehicle_id=vehicle_id,
            listed=listed,
            seen=seen,
            now=dt_util.utcnow(),
            code=code.kept,
        )


@contextmanager
def _refusing() -> Iterator[None]:
    """Say to the caller why what was entered is no vehicle of this list."""
    try:
        yield
    except VehicleRefused as refused:
        if refused.because_of is None:
            raise refusal(refused.problem) from None
        # By its id: its name tells the plate, and the message may be logged.
        raise refusal(refused.problem, vehicle_id=refused.because_of.id) from None


def _described(vehicle: Vehicle, entry: AlprGateConfigEntry) -> dict[str, JsonValueType]:
    """A vehicle for a response: its fields with gates by name, and its id."""
    names = gate_names(entry)
    fields = fields_of(vehicle)
    fields[CONF_GATES] = [names.get(gate, gate) for gate in fields[CONF_GATES]]
    return {CONF_VEHICLE_ID: vehicle.id, **fields}


def _what_was_read(reads: FrameReads) -> dict[str, JsonValueType]:
    return {
        "size": list(reads.size),
        "ms": round(reads.timing_ms.total, 1),
        "plates": [
            {
                "text": plate.text,
                "confidence": round(plate.confidence, 4),
                "detection": round(plate.detection, 4),
                "box": [round(edge, 1) for edge in (box.x1, box.y1, box.x2, box.y2)],
                "region": plate.region,
            }
            for plate in reads.plates
            for box in (plate.box,)
        ],
    }


def _failed(key: str) -> HomeAssistantError:
    """What was asked for did not work."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
