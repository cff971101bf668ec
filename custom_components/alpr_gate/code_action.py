"""The action that takes a code from a keypad, or from a person with a dashboard.

A keypad calls it through an automation, which acts for nobody; a person needs no more rights than
for a tap on a button. What lets them in is the code.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import CONF_CODE
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.util.hass_dict import HassKey
import probatio as vol

from .admin_action import async_register_admin_action, loaded_entry, refusal
from .alpr.gate.code import CodeGuard, KeptCode, fitting, is_code
from .audit import AuditAction
from .const import CONF_GATE, DOMAIN, SERVICE_ENTER_CODE
from .gate_names import gate_meant
from .repairs import raise_codes_refused
from .sealed import Sealed, sealing

if TYPE_CHECKING:
    from homeassistant.auth.models import User

    from .gate_controller import GateController
    from .runtime import AlprGateConfigEntry

ENTER_CODE_SCHEMA: Final = vol.Schema(
    {vol.Optional(CONF_GATE): Sealed, vol.Required(CONF_CODE): Sealed}
)
_SOURCE: Final = "code"


@dataclass(slots=True)
class _Keypad:
    """What was typed at one gate."""

    guard: CodeGuard = field(default_factory=CodeGuard)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Codes are compared one after the other: while one is, it counts as wrong, and must not shut
    out those of other people."""


_KEYPADS: HassKey[defaultdict[str, _Keypad]] = HassKey(f"{DOMAIN}_keypads")
"""By gate: a reload of the integration, or other settings, free no guesses."""


@callback
def async_setup_code_action(hass: HomeAssistant) -> None:
    """Register the action; it takes whom Home Assistant lets control things."""
    async_register_admin_action(
        hass,
        SERVICE_ENTER_CODE,
        _enter_code,
        vol.All(sealing(CONF_GATE, CONF_CODE), ENTER_CODE_SCHEMA),
        SupportsResponse.NONE,
        may_too=_may_control,
    )


def _may_control(_hass: HomeAssistant, user: User) -> bool:
    return user.permissions.access_all_entities(POLICY_CONTROL)


async def _enter_code(call: ServiceCall) -> None:
    """Let a right code confirm, by the time at which it was typed."""
    typed_at = call.hass.loop.time()
    entry = loaded_entry(call.hass)
    gate = entry.runtime_data.gates[gate_meant(call, entry)]
    code = call.data[CONF_CODE].text.strip()
    if not is_code(code):
        raise refusal("code_malformed")
    keypads = call.hass.data.setdefault(_KEYPADS, defaultdict(_Keypad))
    keypad = keypads[gate.config.subentry_id]
    async with keypad.turn:
        vehicles = await _vehicles_confirmed(call, entry, gate, keypad, code)
    if not gate.confirm(_SOURCE, at=typed_at, vehicles=vehicles):
        raise refusal("code_too_soon")


async def _vehicles_confirmed(
    call: ServiceCall,
    entry: AlprGateConfigEntry,
    gate: GateController,
    keypad: _Keypad,
    code: str,
) -> frozenset[str] | None:
    """The vehicles that a code confirms, None for any; raises ServiceValidationError."""
    common, own = gate.config.code, _codes_of_vehicles(gate, entry)
    kept = [*own.values()] if common is None else [common, *own.values()]
    if not kept:
        raise refusal("code_not_set")
    if keypad.guard.refuses(call.hass.loop.time()):
        raise refusal("codes_refused")
    if not gate.takes_confirmations:
        raise refusal("code_too_soon")
    keypad.guard.trying(call.hass.loop.time())
    right = await call.hass.async_add_executor_job(fitting, code, kept)
    if not right:
        if keypad.guard.refuses(call.hass.loop.time()):
            await _tell_of_guesses(call, entry, gate)
        raise refusal("code_wrong")
    keypad.guard.was_right()
    if common in right:
        return None
    return frozenset(vehicle for vehicle, code_of in own.items() if code_of in right)


def _codes_of_vehicles(gate: GateController, entry: AlprGateConfigEntry) -> dict[str, KeptCode]:
    """The codes of the vehicles that may pass a gate, by the vehicle's id."""
    return {
        vehicle.id: vehicle.code
        for vehicle in entry.runtime_data.register_store.register.vehicles
        if vehicle.code is not None
        and vehicle.enabled
        and (not vehicle.gates or gate.config.subentry_id in vehicle.gates)
    }


async def _tell_of_guesses(
    call: ServiceCall, entry: AlprGateConfigEntry, gate: GateController
) -> None:
    """Tell the owner that somebody guesses, without what was typed."""
    raise_codes_refused(call.hass, gate.config)
    await entry.runtime_data.privacy.account_anyway(
        AuditAction.CODES_REFUSED, user=call.context.user_id, gate=gate.config.subentry_id
    )
