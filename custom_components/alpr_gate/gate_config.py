"""What the owner said about one gate, made from the subentry it is saved in."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from homeassistant.const import CONF_CODE

from .alpr.gate.code import KeptCode
from .alpr.gate.settings import GateSettings
from .alpr.vision.zone import parse_zone
from .const import (
    CONF_BURST_LENGTH,
    CONF_BURST_RATE,
    CONF_CAMERAS,
    CONF_GATE_ENTITY,
    CONF_INTERVAL,
    CONF_OBSTRUCTION_ENTITY,
    CONF_OPENER,
    CONF_SECOND_FACTOR_ENTITIES,
    CONF_TRIGGERS,
    CONF_ZONE,
    DEFAULT_BURST_LENGTH,
    DEFAULT_BURST_RATE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeassistant.config_entries import ConfigSubentry

    from .alpr.types import Zone


@dataclass(frozen=True, slots=True)
class GateConfig:
    """One gate as the owner set it up; immutable, so a change makes a new one."""

    subentry_id: str
    name: str
    cameras: tuple[str, ...]
    """Entity ids of the cameras that look at this gate; at least one."""
    triggers: tuple[str, ...]
    """Entity ids whose turning on (or, for event entities, whose event) starts a burst."""
    interval: float | None
    """Seconds between two looks of continuous watching; None when only triggers start a burst."""
    zone: Zone
    opener: tuple[dict[str, Any], ...]
    """The action sequence that opens the gate, as typed in; empty when nothing opens it."""
    gate_entity: str | None
    """Entity that tells the gate's state."""
    obstruction_entity: str | None
    """Entity that is on while something stands in the gate's way."""
    second_factor_entities: tuple[str, ...]
    burst_rate: float
    """Snapshots a second from each camera."""
    burst_length: float
    """Seconds a burst lasts after its last trigger."""
    settings: GateSettings
    code: KeptCode | None = None
    """What may be typed at this gate as a second factor for any vehicle."""

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> GateConfig:
        """Read a saved gate; raises KeyError, TypeError, ValueError or ImageRefused."""
        data = subentry.data
        settings = settings_from(data)
        interval, code = data.get(CONF_INTERVAL), data.get(CONF_CODE)
        return cls(
            subentry_id=subentry.subentry_id,
            name=subentry.title,
            cameras=tuple(data[CONF_CAMERAS]),
            triggers=tuple(data.get(CONF_TRIGGERS, ())),
            interval=float(interval) if interval else None,
            zone=settings.zone,
            opener=tuple(data.get(CONF_OPENER, ())),
            gate_entity=data.get(CONF_GATE_ENTITY),
            obstruction_entity=data.get(CONF_OBSTRUCTION_ENTITY),
            second_factor_entities=tuple(data.get(CONF_SECOND_FACTOR_ENTITIES, ())),
            burst_rate=float(data.get(CONF_BURST_RATE, DEFAULT_BURST_RATE)),
            burst_length=float(data.get(CONF_BURST_LENGTH, DEFAULT_BURST_LENGTH)),
            settings=settings,
            code=None if code is None else KeptCode.from_text(code),
        )


def settings_from(data: Mapping[str, Any]) -> GateSettings:
    """How a gate decides: what was saved under the settings' names, the safe defaults for the rest.

    Raises ValueError for settings that contradict one another or are out of their range.
    """
    saved = {field.name: data[field.name] for field in fields(GateSettings) if field.name in data}
    saved[CONF_ZONE] = parse_zone(data.get(CONF_ZONE, ""))
    saved["state_named"] = data.get(CONF_GATE_ENTITY) is not None
    saved["obstruction_named"] = data.get(CONF_OBSTRUCTION_ENTITY) is not None
    return GateSettings(**saved)
