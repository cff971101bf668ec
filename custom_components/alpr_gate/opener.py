"""The one door: the only file that can make a gate move.

An opening needs a decision that says so, that was made for this gate from live frames, that is
still fresh, that was never used, that is accounted for on disk, and that is still right at this
very moment. Then the owner's opener runs once, with a deadline. Nothing queues, nothing is tried
again, nothing closes a gate.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.helpers.trace import script_execution_get, trace_clear

from .alpr.types import Reason, Verdict
from .const import DOMAIN
from .opener_check import OpenerProblem, opener_problem, without_disabled
from .opener_reach import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .alpr.gate.policy import Decision
    from .opening_account import OpeningAccount

_LOGGER = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 20.0
"""For the whole opener; a pulse with a delay fits in."""

GIVING_UP_SECONDS: Final = 5.0
"""For so long an opener that runs may still finish when its gate ends: half of it may be worse."""

STOPPING_SECONDS: Final = 1.0
"""For so long it is waited until an opener that was stopped has ended: some action may not end."""

_NONCES_KEPT: Final = 256
"""Far more than can be fresh at the same time."""


class Outcome(StrEnum):
    """What came of one decision at the door."""

    OPENED = "opened"
    """The opener ran to its end."""
    WOULD_OPEN = "would_open"
    """Everything was right, and the gate is in shadow mode or has no opener: nothing was moved."""
    REFUSED = "refused"
    """Not, or no longer, right: nothing was moved."""
    FAILED = "failed"
    """The one attempt ended in an error."""
    TIMED_OUT = "timed_out"
    """The one attempt did not end in time; what the gate did is not known."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The outcome, why, and when (monotonic seconds) the command was given, if it was."""

    outcome: Outcome
    reason: Reason
    commanded_at: float | None = None


class Opener:
    """Opens one gate, on proof."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        gate: str,
        name: str,
        sequence: Sequence[dict[str, Any]],
        toggle: bool,
        shadow: bool,
        account: OpeningAccount,
        still_valid: Callable[[Decision], Reason | None],
        commanding: Callable[[Decision, bool], None],
    ) -> None:
        """What cannot be written into ``account`` is not done.

        ``still_valid`` judges a decision against the list and the gate of this very moment.

        ``commanding`` is called immediately before the one command of a decision; its second
        argument is False where nothing is sent: in shadow mode, or without an opener that can be
        run. ``toggle`` says that the owner knows the opener to open and close by turns.
        """
        self._hass = hass
        self._gate = gate
        self._name = name
        self._sequence = sequence
        self._toggle = toggle
        self._shadow = shadow
        self._account = account
        self._still_valid = still_valid
        self._commanding = commanding
        self._used: OrderedDict[str, None] = OrderedDict()
        self._script: Script | None = None
        self._problem: OpenerProblem | None = None
        """Why it could not be made ready."""
        self._is_free = asyncio.Event()
        """Not set from the account of a command to the end of what came of it."""
        self._is_free.set()
        self._deadline: asyncio.Timeout | None = None
        """When the opener that runs is stopped."""
        self._shut = False

    async def prepare(self) -> bool:
        """Check the owner's opener and make it ready; False when it cannot be run.

        What would close a gate is never made ready. What names a device or an action that is not
        there yet can be prepared again later.
        """
        if not self._sequence or self._script is not None:
            return True
        actions = list(self._sequence)
        self._problem = await opener_problem(self._hass, actions, toggle=self._toggle)
        if self._problem is not None:
            return False
        enabled = without_disabled(self._hass, actions)
        validated = await async_validate_actions_config(self._hass, cv.SCRIPT_SCHEMA(enabled))
        if self._shut or self._script is not None:
            return True
        self._script = Script(
            self._hass, validated, f"Open {self._name}", DOMAIN, log_exceptions=False
        )
        return True

    @property
    def may_come(self) -> bool:
        """Whether it could not be made ready for want of something that may still appear."""
        return self._problem in {OpenerProblem.INVALID, OpenerProblem.NO_SUCH_ACTION}

    async def give_up(self) -> None:
        """Never open again. An opener under way may finish within seconds, or is stopped then.

        The gate itself is not touched. Whoever asked for the opening learns what came of it.
        """
        self._shut = True
        if self._deadline is not None and not self._deadline.expired():
            soon = self._hass.loop.time() + GIVING_UP_SECONDS
            self._deadline.reschedule(min(soon, self._deadline.when() or soon))
        await self._is_free.wait()
        if self._script is not None and not self._script.is_running:
            await self._script.async_unload()

    async def open(self, decision: Decision) -> Opening:
        """Give the one command this decision allows, if everything about it is still right."""
        if not self._is_free.is_set():
            return Opening(Outcome.REFUSED, Reason.ALREADY_OPENED)
        if (reason := self._objection(decision)) is not None:
            return Opening(Outcome.REFUSED, reason)
        if self._shadow:
            return self._without_a_command(decision)
        if self._script is None and self.may_come:
            return Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
        if self._script is None:
            return self._without_a_command(decision)
        if is_out_of_reach(self._hass, self._script):
            return Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
        self._is_free.clear()
        try:
            return await self._open_on_record(decision, self._script)
        finally:
            self._is_free.set()

    def _without_a_command(self, decision: Decision) -> Opening:
        self._use_up(decision)
        self._commanding(decision, False)
        if self._shadow or not self._sequence:
            now = self._hass.loop.time()
            return Opening(Outcome.WOULD_OPEN, Reason.SHADOW_MODE, now)
        return Opening(Outcome.FAILED, Reason.OPENER_FAILED)

    async def _open_on_record(self, decision: Decision, script: Script) -> Opening:
        """Account for the command before it is given, and for what did not come of it."""
        if not await self._account.about_to_open(decision):
            return Opening(Outcome.REFUSED, Reason.NOT_RECORDED)
        opening = await self._command(decision, script)
        if opening.outcome is not Outcome.OPENED:
            await self._account.came_to_nothing(decision, opening.reason)
        return opening

    async def _command(self, decision: Decision, script: Script) -> Opening:
        """Judge once more, now that time has passed, and give the one command."""
        if (reason := self._objection(decision)) is not None:
            return Opening(Outcome.REFUSED, reason)
        self._use_up(decision)
        self._commanding(decision, True)
        return await self._run_once(script, self._hass.loop.time())

    def _objection(self, decision: Decision) -> Reason | None:
        """Why this decision must not move the gate now; None when it may."""
        if decision.verdict is not Verdict.OPEN or decision.gate != self._gate or self._shut:
            return Reason.DECISION_EXPIRED
        if decision.nonce in self._used:
            return Reason.ALREADY_OPENED
        if not decision.made_at <= self._hass.loop.time() < decision.expires_at:
            return Reason.DECISION_EXPIRED
        return self._still_valid(decision)

    def _use_up(self, decision: Decision) -> None:
        self._used[decision.nonce] = None
        if len(self._used) > _NONCES_KEPT:
            self._used.popitem(last=False)

    async def _run_once(self, script: Script, now: float) -> Opening:
        trace_clear()  # makes the script say how it ended
        run = self._hass.async_create_background_task(
            script.async_run(context=Context()), "alpr_gate opener"
        )
        try:
            async with asyncio.timeout(DEADLINE_SECONDS) as self._deadline:
                await asyncio.shield(run)
        except TimeoutError:
            _LOGGER.warning("%s: the opener did not finish in time", self._name)
            return Opening(Outcome.TIMED_OUT, Reason.OPENER_TIMED_OUT, now)
        except Exception as err:  # noqa: BLE001 - an opener may raise whatever its integration raises
            _LOGGER.warning("%s: the opener failed: %s", self._name, type(err).__name__)
            return Opening(Outcome.FAILED, Reason.OPENER_FAILED, now)
        finally:
            self._deadline = None
            run.cancel()
            await asyncio.wait({run}, timeout=STOPPING_SECONDS)
        if script_execution_get() != "finished":
            _LOGGER.warning("%s: the opener stopped before its end", self._name)
            return Opening(Outcome.FAILED, Reason.OPENER_FAILED, now)
        return Opening(Outcome.OPENED, Reason.LISTED, now)
