"""What helps with a report of a problem, without plates, names, tokens and addresses."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_CODE, CONF_TOKEN, CONF_URL

from .const import SUBENTRY_TYPE_GATE
from .engine_process import EngineProcess

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from .engine_process import Engine
    from .gate_controller import GateController
    from .privacy_desk import PrivacyDesk
    from .runtime import AlprGateConfigEntry

_REDACTED: Final = {CONF_CODE, CONF_TOKEN, CONF_URL, "last_vehicle", "opener"}
"""An opener may hold codes; names of vehicles are their owners' business."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AlprGateConfigEntry
) -> dict[str, Any]:
    """Everything but what would tell who comes and goes; what is saved only, while nothing runs."""
    saved = {
        "state": entry.state.value,
        "entry": async_redact_data(dict(entry.data), _REDACTED),
    }
    if entry.state is not ConfigEntryState.LOADED:
        gates = entry.get_subentries_of_type(SUBENTRY_TYPE_GATE)
        return {
            **saved,
            "gates": [{"config": async_redact_data(dict(gate.data), _REDACTED)} for gate in gates],
        }
    data = entry.runtime_data
    register = data.register_store.register
    return {
        **saved,
        "engine": _engine(data.engine),
        "vehicles_listed": len(register),
        "list_revision": register.revision,
        "privacy": _privacy(data.privacy),
        "gates": [_gate(gate) for gate in data.gates.values()],
    }


def _privacy(desk: PrivacyDesk) -> dict[str, Any]:
    status, report = desk.news.status, desk.self_test.report
    return {
        "problems": sorted(status.problems),
        "visits": status.visits,
        "pictures": status.pictures,
        "holds": status.holds,
        "verified_at": status.verified_at,
        "clock_jump": status.clock_jump,
        "retention": {key: str(value) for key, value in asdict(desk.settings.retention).items()},
        "four_eyes": desk.settings.four_eyes.required,
        "self_test": None
        if report is None
        else {"files": report.files, "bytes": report.bytes, "findings": len(report.findings)},
    }


def _engine(engine: Engine) -> dict[str, Any]:
    return {
        "state": engine.state.value,
        "problem": engine.problem and engine.problem.value,
        "code": engine.code,
        "failures": engine.failures,
        "restarts": engine.restarts if isinstance(engine, EngineProcess) else None,
        "health": engine.health and asdict(engine.health),
        "timings_ms": engine.timings and asdict(engine.timings),
    }


def _gate(gate: GateController) -> dict[str, Any]:
    config = asdict(gate.config)
    return {
        "config": async_redact_data(config, _REDACTED),
        "status": async_redact_data(asdict(gate.board.status), _REDACTED),
        "cameras": gate.cameras_explained(),
        "pictures_dropped": gate.pictures_dropped,
        "last_decisions": gate.board.decisions,
    }
