"""One gate: listens to what concerns it, and keeps going when its configuration changes."""

from __future__ import annotations

from datetime import timedelta
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .alpr.gate.decision import Confirmation
from .confirming import proving_nothing
from .doorkeeper import Doorkeeper
from .entity_change import confirms, turned_on
from .entity_watch import watch_entities
from .gate_board import GateBoard
from .lost_entities import LostEntities
from .motor import memory_of
from .repairs import report_confirming, report_opener

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.core import CALLBACK_TYPE

    from .alpr.gate.gate_memory import GateMemory
    from .alpr.types import FrameReads
    from .engine_process import Engine
    from .gate_config import GateConfig
    from .opening_account import OpeningAccount
    from .register_store import RegisterStore

_LOGGER = logging.getLogger(__name__)

HEARTBEAT: Final = timedelta(seconds=1)
"""How often visits that end and second factors that run out are looked for."""

SETTLE_SECONDS: Final = 10.0
"""After the start, entities report what happened before it; none of that is a confirmation."""


class GateController:
    """Wires one gate; entities hold on to it for as long as its subentry exists."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: GateConfig,
        engine: Engine,
        register_store: RegisterStore,
        account: OpeningAccount,
    ) -> None:
        self.hass = hass
        self.config = config
        self.board = GateBoard(hass)
        self._engine = engine
        self._list = register_store
        self._account = account
        self._doorkeeper: Doorkeeper | None = None
        self._lost: LostEntities | None = None
        """None until Home Assistant has started: before that, entities are still to come."""
        self._stops: list[CALLBACK_TYPE] = []
        self._memory: GateMemory | None = None
        self._settled_at = 0.0

    async def start(self) -> None:
        """Begin to watch this gate."""
        config = self.config
        self._memory = memory_of(self.hass, config, self._memory)
        doorkeeper = Doorkeeper(
            self.hass,
            config,
            self._engine,
            self._list,
            board=self.board,
            account=self._account,
            memory=self._memory,
        )
        self._doorkeeper = doorkeeper
        await self._is_opener_usable(doorkeeper)
        self.board.change(shadow=config.settings.shadow)
        self._settled_at = self.hass.loop.time() + SETTLE_SECONDS
        self._stops = [
            doorkeeper.gate.start(),
            watch_entities(self.hass, config.triggers, turned_on, self._triggered),
            watch_entities(self.hass, config.second_factor_entities, confirms, self._confirmed),
            self._engine.add_listener(doorkeeper.reading_changed),
            self._list.listen(doorkeeper.decide_again),
            async_track_time_interval(self.hass, self._beat, HEARTBEAT),
            async_at_started(self.hass, self._home_assistant_started),
        ]
        doorkeeper.reading_changed()

    async def stop(self) -> None:
        """End: nothing under way opens anything any more, and nothing is left running."""
        for stop in self._stops:
            stop()
        self._stops = []
        if self._doorkeeper is not None:
            await self._doorkeeper.stop()
            self._doorkeeper = None
        if self._lost is not None:
            self._lost.forget()
            self._lost = None
        report_opener(self.hass, self.config, is_usable=True)
        report_confirming(self.hass, self.config, [])
        self.board.forget()

    async def reconfigure(self, config: GateConfig) -> None:
        """Go on with another configuration; nothing that was seen before counts."""
        await self.stop()
        self.config = config
        await self.start()

    async def look_now(self) -> None:
        """Start a burst because a person wants one."""
        self._triggered("")

    async def scan(self) -> dict[str, FrameReads]:
        """Read one picture of each camera for a person who asks; nothing is decided by it.

        Raises SnapshotFailed, ImageRefused or EngineError.
        """
        return {} if self._doorkeeper is None else await self._doorkeeper.looker.scan()

    @property
    def takes_confirmations(self) -> bool:
        """Whether what happens now may confirm: not right after a start."""
        return self._doorkeeper is not None and self.hass.loop.time() >= self._settled_at

    @callback
    def confirm(self, source: str, *, at: float, vehicles: frozenset[str] | None = None) -> bool:
        """Something confirmed at monotonic second ``at``: these vehicles, or any where it is None.

        False where it does not count, because that was before the gate was ready.
        """
        if self._doorkeeper is None or at < self._settled_at:
            return False
        self._doorkeeper.confirmed(Confirmation(at, source, vehicles))
        return True

    @property
    def pictures_dropped(self) -> int:
        """Pictures that were never read because newer ones had come."""
        return 0 if self._doorkeeper is None else self._doorkeeper.looker.dropped

    def cameras_explained(self) -> list[dict[str, Any]]:
        """How each camera is, for diagnostics."""
        if self._doorkeeper is None:
            return []
        return [
            {
                "camera": camera.camera,
                "problem": camera.problem,
                "failures": camera.failures,
                "picture_problem": camera.picture_problem,
            }
            for camera in self._doorkeeper.looker.cameras.values()
        ]

    @callback
    def set_automatic(self, *, automatic: bool) -> None:
        """Let the gate open by itself, or not."""
        self.board.change(automatic=automatic)
        if self._doorkeeper is not None:
            self._doorkeeper.something_came()

    @callback
    def _triggered(self, _entity_id: str) -> None:
        if self._doorkeeper is not None:
            self._doorkeeper.looker.look()

    @callback
    def _confirmed(self, entity_id: str) -> None:
        if entity_id not in self._confirming_nothing():
            self.confirm(entity_id, at=self.hass.loop.time())

    def _confirming_nothing(self) -> list[str]:
        """What is named to confirm and proves nothing; the owner is asked to choose anew.

        The form refuses such an entity, but a label or an area may make one of it later.
        """
        config = self.config
        found = proving_nothing(
            self.hass,
            config.second_factor_entities,
            senses=(*config.triggers, config.gate_entity, config.obstruction_entity),
            opener=config.opener,
        )
        report_confirming(self.hass, config, found)
        return found

    @callback
    def _beat(self, _now: datetime) -> None:
        if self._doorkeeper is not None:
            self._doorkeeper.decide_again()
        if self._lost is not None:
            self._lost.look(self.hass.loop.time())
            if self._doorkeeper is not None and self._doorkeeper.opener_may_come:
                self.hass.async_create_task(self._prepare(self._doorkeeper), "alpr_gate opener")

    async def _is_opener_usable(self, doorkeeper: Doorkeeper) -> bool:
        """Get the opener ready; False when it can never be run.

        The integrations that it names look it over too: one that fails must not cost other gates.
        """
        try:
            return await doorkeeper.prepare()
        except Exception as error:  # noqa: BLE001 - told of as a repair, for this gate only
            # Not the error's own words: an opener may hold codes.
            _LOGGER.error("An opener could not be looked over: %s", type(error).__name__)
            return False

    async def _home_assistant_started(self, _hass: HomeAssistant) -> None:
        """Cameras and openers are there now: see what stands in view, and what can be opened."""
        self._settled_at = self.hass.loop.time() + SETTLE_SECONDS
        doorkeeper = self._doorkeeper
        if doorkeeper is None:
            return
        self._lost = LostEntities(self.hass, self.config)
        self._confirming_nothing()
        doorkeeper.looker.start()
        await self._prepare(doorkeeper)

    async def _prepare(self, doorkeeper: Doorkeeper) -> None:
        """Get the opener ready, or ask the owner to mend it; its device may appear late."""
        is_usable = await self._is_opener_usable(doorkeeper)
        if self._doorkeeper is doorkeeper:
            report_opener(self.hass, self.config, is_usable=is_usable)
