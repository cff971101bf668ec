"""The last evidence picture of a gate, from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant, callback

from .entity import GateEntity

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

    from .gate_controller import GateController
    from .runtime import AlprGateConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AlprGateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Give every gate its picture."""

    @callback
    def _add(gate: GateController) -> None:
        async_add_entities([EvidenceImage(entry, gate)], config_subentry_id=gate.config.subentry_id)

    entry.async_on_unload(entry.runtime_data.watch_gates(_add))


class EvidenceImage(GateEntity, ImageEntity):
    """What the last decision rests on; a stranger's picture is gone after three minutes."""

    _attr_content_type = "image/jpeg"

    def __init__(self, entry: AlprGateConfigEntry, gate: GateController) -> None:
        GateEntity.__init__(self, entry, gate, "evidence")
        ImageEntity.__init__(self, gate.hass)

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        """When the picture was taken; None when there is none."""
        return self.gate.board.status.picture_at

    @override
    async def async_image(self) -> bytes | None:
        return self.gate.board.evidence.picture
