"""Which gates stand before one motor: what forbids to move it forbids it to all of them."""

from __future__ import annotations

from copy import copy
import json
from typing import TYPE_CHECKING

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.util.hass_dict import HassKey

from .alpr.gate.gate_memory import GateMemory
from .const import DOMAIN
from .opener_names import named_in

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from .gate_config import GateConfig

_MEMORIES: HassKey[dict[str, GateMemory]] = HassKey(f"{DOMAIN}_gate_memories")
"""By motor: what forbids to move it outlives a reload of the integration."""


def memory_of(hass: HomeAssistant, config: GateConfig, known: GateMemory | None) -> GateMemory:
    """What is remembered of the motor that a gate moves, with all gates that move it.

    ``known`` is what the gate went by until its settings were changed: that still forbids.
    """
    memories = hass.data.setdefault(_MEMORIES, {})
    motor = motor_of(hass, config)
    if motor not in memories:
        memories[motor] = GateMemory() if known is None else copy(known)
    memory = memories[motor]
    if known is not None and memory.lockout is None:
        memory.lockout = known.lockout
    return memory


def motor_of(hass: HomeAssistant, config: GateConfig) -> str:
    """A name for what a gate moves: equal for gates that move the same thing.

    The entity that tells its state, else what the opener is aimed at, else the opener as it is
    written. A cover that is opened tells its own state, whether the gate names it for that or not.
    A gate that moves nothing is by itself: what it would have done forbids nothing.
    """
    if config.settings.shadow or not config.opener:
        return f"gate {config.subentry_id}"
    if config.gate_entity is not None:
        return f"entity {config.gate_entity}"
    named = named_in(hass, config.opener)
    targets = sorted({(each.kind, each.name) for each in named if not each.is_asked})
    if len(targets) == 1 and targets[0][0] == ATTR_ENTITY_ID:
        return f"entity {targets[0][1]}"
    if targets:
        return f"targets {json.dumps(targets)}"
    return f"opener {json.dumps(config.opener, sort_keys=True, default=str)}"
