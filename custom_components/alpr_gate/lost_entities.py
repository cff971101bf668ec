"""Notices when an entity or action that a gate needs is gone, or unavailable for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.helpers import entity_registry as er

from .opener_check import called_actions, is_missing, without_disabled
from .opener_names import named_in
from .opener_reach import is_gone
from .repairs import EntityIssue, report_entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .gate_config import GateConfig

LOST_SECONDS: Final = 300.0
"""An integration that is reloaded or updated takes its entities away for a while."""


class LostEntities:
    """Looks after everything but the cameras of one gate, and asks the owner to mend what is lost.

    Cameras are looked after by asking them for pictures.
    """

    def __init__(self, hass: HomeAssistant, config: GateConfig) -> None:
        self._hass = hass
        self._config = config
        self._needed = frozenset(_needed(hass, config))
        self._lost_since: dict[tuple[EntityIssue, str], float] = {}
        self._told: set[tuple[EntityIssue, str]] = set()

    @callback
    def look(self, now: float) -> None:
        """See what can be used at monotonic second ``now``."""
        for needed in self._needed:
            if not _is_lost(self._hass, *needed):
                self._lost_since.pop(needed, None)
                self._clear(needed)
            elif now - self._lost_since.setdefault(needed, now) >= LOST_SECONDS:
                self._tell(needed)

    @callback
    def forget(self) -> None:
        """The gate is gone, or set up anew: nothing needs mending for it."""
        for needed in tuple(self._told):
            self._clear(needed)

    def _tell(self, needed: tuple[EntityIssue, str]) -> None:
        if needed not in self._told:
            self._told.add(needed)
            report_entity(self._hass, self._config, *needed, is_well=False)

    def _clear(self, needed: tuple[EntityIssue, str]) -> None:
        if needed in self._told:
            self._told.discard(needed)
            report_entity(self._hass, self._config, *needed, is_well=True)


def _needed(hass: HomeAssistant, config: GateConfig) -> Iterator[tuple[EntityIssue, str]]:
    """What a gate needs, each with what is to be said when it is lost."""
    for entity in config.triggers:
        yield EntityIssue.TRIGGER, entity
    if config.gate_entity is not None:
        yield EntityIssue.GATE, config.gate_entity
    if config.obstruction_entity is not None:
        yield EntityIssue.OBSTRUCTION, config.obstruction_entity
    for entity in config.second_factor_entities:
        yield EntityIssue.SECOND_FACTOR, entity
    registry = er.async_get(hass)
    for named in named_in(hass, config.opener):
        # The actions of devices name entities by their id in the registry, if it is still there.
        opener = er.async_resolve_entity_id(registry, named.name)
        if named.kind == ATTR_ENTITY_ID and opener is not None and valid_entity_id(opener):
            yield EntityIssue.OPENER, opener
    for action in called_actions(without_disabled(hass, config.opener)):
        yield EntityIssue.ACTION, action


def _is_lost(hass: HomeAssistant, issue: EntityIssue, name: str) -> bool:
    if issue is EntityIssue.ACTION:
        return is_missing(hass, name)
    return is_gone(hass, name)
