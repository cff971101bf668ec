"""Which gates stand before one motor: what forbids to move it forbids it to all of them."""

from __future__ import annotations

from copy import copy
import json
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.util.hass_dict import HassKey

from .alpr.gate.gate_memory import GateMemory
from .const import DOMAIN
from .opener_check import steps
from .opener_reach import MANY, TARGETED_BY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from homeassistant.core import HomeAssistant

    from .gate_config import GateConfig

_TARGETS: Final = (ATTR_ENTITY_ID, *MANY)

_MEMORIES: HassKey[dict[str, GateMemory]] = HassKey(f"{DOMAIN}_gate_memories")
"""By motor: what forbids to move it outlives a reload of the integration."""


def memory_of(hass: HomeAssistant, config: GateConfig, known: GateMemory | None) -> GateMemory:
    """What is remembered of the motor that a gate moves, with all gates that move it.

    ``known`` is what the gate went by until its settings were changed: that still forbids.
    """
    memories = hass.data.setdefault(_MEMORIES, {})
    motor = motor_of(config)
    if motor not in memories:
        memories[motor] = GateMemory() if known is None else copy(known)
    memory = memories[motor]
    if known is not None and memory.lockout is None:
        memory.lockout = known.lockout
    return memory


def motor_of(config: GateConfig) -> str:
    """A name for what a gate moves: equal for gates that move the same thing.

    The entity that tells its state, else what the opener is aimed at, else the opener as it is
    written. A gate that moves nothing is by itself: what it would have done forbids nothing.
    """
    if config.settings.shadow or not config.opener:
        return f"gate {config.subentry_id}"
    if config.gate_entity is not None:
        return f"entity {config.gate_entity}"
    if targets := sorted(set(_targets(config.opener))):
        return f"targets {json.dumps(targets)}"
    return f"opener {json.dumps(config.opener, sort_keys=True, default=str)}"


def _targets(opener: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Everything that the actions of an opener are aimed at, by its kind."""
    for step in steps(list(opener)):
        if "condition" in step or "trigger" in step:
            continue
        for part in (step, *(step.get(key) for key in TARGETED_BY)):
            if not isinstance(part, dict):
                continue
            for kind in _TARGETS:
                named = part.get(kind, [])
                for one in named if isinstance(named, list) else [named]:
                    yield kind, str(one)
