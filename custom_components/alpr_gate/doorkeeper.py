"""From what was read to what is done: frames in, decisions made, the door asked, everybody told.

One doorkeeper works with one gate's configuration; a changed configuration gets a new one, which
knows nothing of the cars that were seen before, only what forbids to move the gate.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .alpr.gate.attendant import Attendant
from .alpr.gate.policy import Confirmation, Decision, Situation
from .alpr.types import Moment, Reason, Verdict
from .clock_watch import ClockWatch
from .const import DOMAIN
from .engine_process import EngineState
from .gate_watch import GateWatch
from .looker import Looker
from .opener import Opener
from .reading_report import ReadingReport
from .register_store import RegisterNotSaved
from .visit_news import VisitNews

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .alpr.gate.gate_memory import GateMemory
    from .alpr.types import Frame
    from .camera_health import CameraHealth
    from .engine_process import Engine
    from .gate_board import GateBoard
    from .gate_config import GateConfig
    from .looker import BurstTally
    from .opening_account import OpeningAccount
    from .register_store import RegisterStore

CONFIRMATIONS_KEPT: Final = 16

TELLING_SECONDS: Final = 2.0
"""For so long it is waited at the end until it is told what came of an opening."""

_CLOCK: HassKey[ClockWatch] = HassKey(f"{DOMAIN}_clock_watch")
"""One for all gates: a clock in doubt stays in doubt when a gate is set up anew."""


class Doorkeeper:
    """Decides for one gate, and has it opened."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: GateConfig,
        engine: Engine,
        register_store: RegisterStore,
        *,
        board: GateBoard,
        account: OpeningAccount,
        memory: GateMemory,
    ) -> None:
        self._hass = hass
        self._engine = engine
        self._list = register_store
        self._board = board
        self._attendant = Attendant(
            config.subentry_id, config.settings, lambda: uuid4().hex, memory
        )
        self._clock = hass.data.setdefault(_CLOCK, ClockWatch(self._now()))
        self._confirmations: deque[Confirmation] = deque(maxlen=CONFIRMATIONS_KEPT)
        self._silent = set(config.cameras)
        """Cameras that are out, or have not given a picture yet."""
        self._is_watching = config.interval is not None
        self._news = VisitNews(board, self._name_of)
        self._report = ReadingReport(hass, config, board)
        self._openings: set[asyncio.Task[None]] = set()
        self._visits_at_the_door: set[str] = set()
        self._stopped = False
        self.gate = GateWatch(
            hass,
            gate_entity=config.gate_entity,
            obstruction_entity=config.obstruction_entity,
            changed=self.something_came,
        )
        self.looker = Looker(hass, config, engine, self)
        self._opener = Opener(
            hass,
            gate=config.subentry_id,
            name=config.name,
            sequence=config.opener,
            toggle=config.settings.toggle_opener,
            shadow=config.settings.shadow,
            account=account,
            still_valid=self._objection,
            commanding=self._commanding,
        )

    async def prepare(self) -> bool:
        """Get the owner's opener ready; False when it cannot be run."""
        return await self._opener.prepare()

    @property
    def opener_may_come(self) -> bool:
        """Whether what the opener names may still appear: prepare again now and then."""
        return self._opener.may_come

    async def stop(self) -> None:
        """End: nothing opens any more; what came of an opener that runs is told before."""
        self._stopped = True
        await self.looker.stop()
        await self._opener.give_up()
        if self._openings:
            await asyncio.wait(self._openings, timeout=TELLING_SECONDS)
        for opening in tuple(self._openings):
            opening.cancel()
        self._report.forget()

    @property
    def present(self) -> bool:
        """Whether a car is believed in view."""
        return self._attendant.present

    # ---- what comes in

    @callback
    def frame_read(self, frame: Frame) -> None:
        """Decide with one more frame."""
        if self._stopped:
            return
        now = self._now()
        if not self.looker.has_seen(frame.camera):
            self._attendant.camera_returned(frame.camera)
        decisions = self._attendant.observe(
            frame, register=self._list.register, situation=self._situation(now), now=now
        )
        self._news.seen(decisions, frame, self._attendant.pictured)
        fault = self._attendant.camera_fault(frame.camera)
        self._report.camera_believed(frame.camera, fault, now.monotonic)
        self._act_on(decisions)
        if self._is_watching and any(self._news.is_undecided(each) for each in decisions):
            self.looker.look_closer()

    @callback
    def decide_again(self) -> None:
        """Something other than a frame changed: the list, or the time."""
        if self._stopped:
            return
        now = self._now()
        self._news.tidy(now.monotonic)
        self._act_on(
            self._attendant.tick(
                register=self._list.register, situation=self._situation(now), now=now
            )
        )

    @callback
    def something_came(self) -> None:
        """What a car in view may have waited for: a gate opens for what it sees, so look at it."""
        self.decide_again()
        if not self._stopped and self._attendant.expects:
            self.looker.look_closer()

    @callback
    def confirmed(self, confirmation: Confirmation) -> None:
        """A second factor has just happened."""
        self._confirmations.append(confirmation)
        self.something_came()

    @callback
    def camera_changed(self, camera: CameraHealth) -> None:
        """A camera failed or gave a picture again, or its pictures cannot be read or can again."""
        self._report.camera_changed(camera, self._hass.loop.time())
        if camera.is_out:
            self._silent.add(camera.camera)
        elif camera.problem is None and camera.camera in self._silent:
            self._silent.discard(camera.camera)
            self._camera_returned(camera.camera)
        self.reading_changed()

    def _camera_returned(self, camera: str) -> None:
        """Cars that it shows may have stood there for long, unless a trigger has just come.

        A trigger before it was seen what stands there says nothing of them: somebody may have
        walked past a car that stood there all night.
        """
        if self._is_watching or not self.looker.looking or not self.looker.has_seen(camera):
            self.looker.see_anew(camera)

    @callback
    def reading_changed(self) -> None:
        """See whether anything can be read; look at what stands in view once it can."""
        is_ready = self._engine.state is EngineState.READY
        is_reading = is_ready and any(not camera.is_out for camera in self.looker.cameras.values())
        if is_reading and not self._board.status.reading:
            for camera in set(self.looker.cameras) - self._silent:
                self._camera_returned(camera)
            self.looker.look_now()
        self._board.change(reading=is_reading)

    @callback
    def burst_began(self) -> None:
        """Cameras are about to be asked: only what they are asked for from now on is new."""
        self._attendant.start_burst(self._now())
        self._board.change(looking=True)

    @callback
    def burst_ended(self, tally: BurstTally) -> None:
        """Everything the burst brought has been read."""
        self._report.burst_ended(tally)
        self._board.change(looking=False)

    # ---- what is decided

    def _now(self) -> Moment:
        return Moment(self._hass.loop.time(), dt_util.now())

    def _situation(self, now: Moment) -> Situation:
        return Situation(
            gate=self.gate.state,
            obstructed=self.gate.obstructed,
            automatic=self._board.status.automatic,
            confirmations=tuple(self._confirmations),
            clock_in_doubt=self._clock.in_doubt(now),
        )

    def _act_on(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            if decision.verdict is Verdict.OPEN:
                self._open_with(decision)
            else:
                self._news.decided(decision)
        for summary in self._attendant.take_ended():
            self._news.ended(summary)
        is_present = self._attendant.present
        if is_present != self._board.status.vehicle_present:
            self.looker.look_again()
            self._board.change(vehicle_present=is_present)

    def _open_with(self, decision: Decision) -> None:
        """Ask the door, unless it is just being asked for the same visit."""
        if decision.visit in self._visits_at_the_door:
            return
        opening = self._hass.async_create_background_task(self._open(decision), "alpr_gate opening")
        self._openings.add(opening)
        opening.add_done_callback(self._openings.discard)

    async def _open(self, decision: Decision) -> None:
        self._visits_at_the_door.add(decision.visit)
        try:
            opening = await self._opener.open(decision)
        finally:
            self._visits_at_the_door.discard(decision.visit)
        if not self._stopped or opening.commanded_at is not None:
            self._news.came_of(decision, opening)

    def _objection(self, decision: Decision) -> Reason | None:
        """Why the door must stay shut after all, judged by everything as it is at this moment."""
        if self._stopped:
            return Reason.DECISION_EXPIRED
        now = self._now()
        return self._attendant.still_valid(
            decision, register=self._list.register, situation=self._situation(now), now=now
        )

    def _commanding(self, decision: Decision, is_sent: bool) -> None:
        """The one command of a visit is about to be given, or would be."""
        self._attendant.opened(decision.visit, self._now())
        self._news.commanded(decision)
        self.looker.end_burst()
        if decision.vehicle is not None and is_sent:
            self._hass.async_create_task(self._count_use(decision.vehicle), "alpr_gate pass used")

    async def _count_use(self, vehicle: str) -> None:
        """Count one opening of a guest pass; the list itself says when it cannot be written."""
        try:
            await self._list.use(vehicle)
        except RegisterNotSaved:
            return

    def _name_of(self, vehicle: str | None) -> str | None:
        entry = None if vehicle is None else self._list.register.get(vehicle)
        return None if entry is None else entry.name
