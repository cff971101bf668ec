"""What one config entry holds while it is loaded: wiring only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from homeassistant.core import CALLBACK_TYPE

    from .engine_process import Engine
    from .gate_controller import GateController
    from .privacy_desk import PrivacyDesk
    from .register_store import RegisterStore

type AlprGateConfigEntry = ConfigEntry[AlprGateData]


@dataclass(slots=True)
class AlprGateData:
    """The engine, the owner's list, what is kept, and the gates of one entry."""

    engine: Engine
    register_store: RegisterStore
    privacy: PrivacyDesk
    loaded_with: Mapping[str, Any] = field(default_factory=dict)
    """The entry's data at the time: other data needs another engine."""
    gates: dict[str, GateController] = field(default_factory=dict)
    """By the gate's subentry id."""
    following: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while gates are started, changed or stopped."""
    _gate_watchers: list[Callable[[GateController], None]] = field(default_factory=list)

    @callback
    def watch_gates(self, added: Callable[[GateController], None]) -> CALLBACK_TYPE:
        """Call ``added`` for every gate there is, and for each that comes; returns the stop."""
        for gate in self.gates.values():
            added(gate)
        self._gate_watchers.append(added)
        return lambda: self._gate_watchers.remove(added)

    @callback
    def add_gate(self, gate: GateController) -> None:
        """A gate was set up: make its entities."""
        self.gates[gate.config.subentry_id] = gate
        for added in tuple(self._gate_watchers):
            added(gate)
