"""Notices when what should start a gate's looks is not there any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback

from .repairs import report_trigger

if TYPE_CHECKING:
    from .gate_config import GateConfig

GONE_SECONDS: Final = 300.0
"""An integration that is reloaded or updated takes its entities away for a while."""


class TriggerWatch:
    """Looks whether one gate's triggers exist, and asks the owner to replace those that do not."""

    def __init__(self, hass: HomeAssistant, config: GateConfig) -> None:
        self._hass = hass
        self._config = config
        self._gone_since: dict[str, float] = {}
        self._told: set[str] = set()

    @callback
    def look(self, now: float) -> None:
        """See which triggers exist at monotonic second ``now``."""
        for trigger in self._config.triggers:
            if self._hass.states.get(trigger) is not None:
                self._gone_since.pop(trigger, None)
                self._clear(trigger)
            elif now - self._gone_since.setdefault(trigger, now) >= GONE_SECONDS:
                self._tell(trigger)

    @callback
    def forget(self) -> None:
        """The gate is gone, or set up anew: nothing needs mending for it."""
        for trigger in tuple(self._told):
            self._clear(trigger)

    def _tell(self, trigger: str) -> None:
        if trigger not in self._told:
            self._told.add(trigger)
            report_trigger(self._hass, self._config, trigger, is_there=False)

    def _clear(self, trigger: str) -> None:
        if trigger in self._told:
            self._told.discard(trigger)
            report_trigger(self._hass, self._config, trigger, is_there=True)
