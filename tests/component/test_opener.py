"""The one door: what it takes to move a gate, and that nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from unittest.mock import Mock, patch

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.alpr_gate import opener as opener_module
from custom_components.alpr_gate.alpr.gate.policy import Decision, GateSettings
from custom_components.alpr_gate.alpr.types import Movement, Reason, Verdict
from custom_components.alpr_gate.opener import Opener, Opening, Outcome
from custom_components.alpr_gate.opener_check import OpenerProblem
from custom_components.alpr_gate.opening_account import OpeningAccount

GATE = "gate-1"
SEQUENCE = [{"action": "test.open"}]


def decision(hass: HomeAssistant, **changes: Any) -> Decision:
    """A decision that opens, made now."""
    now = hass.loop.time()
    made = Decision(
        verdict=Verdict.OPEN,
        reason=Reason.LISTED,
        gate=GATE,
        visit="visit-1",
        vehicle="vehicle-1",
        looks=2,
        looks_seen=2,
        weakest=0.99,
        margin=1000.0,
        listed_margin=None,
        detection=0.9,
        movement=Movement.APPROACHING,
        made_at=now,
        expires_at=now + 1.5,
        nonce="nonce-1",
        register_revision=1,
        settings=GateSettings(),
        engine=None,
    )
    return replace(made, **changes)


class Door:
    """An opener whose action notes when it is called, and can be made to misbehave."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.objection: Reason | None = None
        self.account = Mock(spec=OpeningAccount)
        self.calls = 0
        self.commands: list[tuple[str, bool]] = []
        """For every command the visit, and whether it was sent."""
        self.behave: Callable[[], Any] | None = None
        self.openers: list[Opener] = []
        hass.services.async_register("test", "open", self._called)

    def _commanding(self, decision: Decision, is_sent: bool) -> None:
        self.commands.append((decision.visit, is_sent))

    async def _called(self, _call: ServiceCall) -> None:
        self.calls += 1
        if self.behave is not None:
            await self.behave()

    async def opener(self, *, prepared: bool = True, **changes: Any) -> Opener:
        made = Opener(
            self.hass,
            **{
                "gate": GATE,
                "name": "Front gate",
                "sequence": SEQUENCE,
                "toggle": False,
                "shadow": False,
                "account": self.account,
                "still_valid": lambda _decision: self.objection,
                "commanding": self._commanding,
                **changes,
            },
        )
        self.openers.append(made)
        if prepared:
            assert await made.prepare()
        return made


@pytest.fixture
async def door(hass: HomeAssistant) -> AsyncIterator[Door]:
    door = Door(hass)
    yield door
    for opener in door.openers:
        await opener.give_up()


async def test_a_good_decision_opens_once(hass: HomeAssistant, door: Door) -> None:
    opener = await door.opener()
    before = hass.loop.time()
    opening = await opener.open(decision(hass))
    assert opening.outcome is Outcome.OPENED
    assert opening.reason is Reason.LISTED
    assert opening.commanded_at is not None
    assert before <= opening.commanded_at <= hass.loop.time()
    assert door.calls == 1
    assert door.commands == [("visit-1", True)]


async def test_a_decision_opens_at_most_once(hass: HomeAssistant, door: Door) -> None:
    opener = await door.opener()
    used = decision(hass)
    await opener.open(used)
    assert await opener.open(used) == Opening(Outcome.REFUSED, Reason.ALREADY_OPENED)
    assert door.calls == 1


@pytest.mark.parametrize("verdict", [Verdict.ASK, Verdict.REFUSE, Verdict.WAIT])
async def test_only_a_decision_to_open_opens(
    hass: HomeAssistant, door: Door, verdict: Verdict
) -> None:
    opener = await door.opener()
    opening = await opener.open(decision(hass, verdict=verdict))
    assert opening.outcome is Outcome.REFUSED
    assert door.calls == 0


async def test_a_decision_of_another_gate_does_not_open(hass: HomeAssistant, door: Door) -> None:
    opener = await door.opener()
    opening = await opener.open(decision(hass, gate="gate-2"))
    assert opening.outcome is Outcome.REFUSED
    assert door.calls == 0


@pytest.mark.parametrize(("made", "expires"), [(-2.0, -0.5), (5.0, 6.0), (-1.0, 0.0)])
async def test_a_decision_that_is_too_old_or_not_made_yet_does_not_open(
    hass: HomeAssistant, door: Door, made: float, expires: float
) -> None:
    opener = await door.opener()
    now = hass.loop.time()
    opening = await opener.open(decision(hass, made_at=now + made, expires_at=now + expires))
    assert opening == Opening(Outcome.REFUSED, Reason.DECISION_EXPIRED)
    assert door.calls == 0


async def test_what_is_no_longer_right_at_the_moment_of_opening_does_not_open(
    hass: HomeAssistant, door: Door
) -> None:
    opener = await door.opener()
    door.objection = Reason.LIST_CHANGED
    refused = decision(hass)
    assert await opener.open(refused) == Opening(Outcome.REFUSED, Reason.LIST_CHANGED)
    assert door.calls == 0
    assert door.commands == []


async def test_in_shadow_mode_nothing_moves(hass: HomeAssistant, door: Door) -> None:
    opener = await door.opener(shadow=True)
    opening = await opener.open(decision(hass))
    assert opening.outcome is Outcome.WOULD_OPEN
    assert opening.reason is Reason.SHADOW_MODE
    assert door.calls == 0
    assert door.commands == [("visit-1", False)]


async def test_a_gate_without_opener_never_moves(hass: HomeAssistant, door: Door) -> None:
    opener = await door.opener(sequence=())
    opening = await opener.open(decision(hass))
    assert opening.outcome is Outcome.WOULD_OPEN
    assert door.commands == [("visit-1", False)]


@pytest.mark.parametrize(
    "sequence",
    [
        [{"action": "cover.close_cover", "target": {"entity_id": "cover.gate"}}],
        [{"action": "cover.toggle", "target": {"entity_id": "cover.gate"}}],
        [{"action": "cover.set_cover_position", "data": {"position": 30}}],
        [{"action": "cover.set_cover_position", "data_template": {"position": "{{ 0 }}"}}],
        [{"if": [], "then": [{"action": "valve.close_valve"}]}],
        [{"action": "test.open", "enabled": False}],
    ],
)
async def test_an_opener_that_would_close_or_does_nothing_is_never_run(
    hass: HomeAssistant, door: Door, sequence: list[dict[str, Any]]
) -> None:
    opener = await door.opener(sequence=sequence, prepared=False)
    assert not await opener.prepare()
    assert not opener.may_come
    opening = await opener.open(decision(hass))
    assert opening == Opening(Outcome.FAILED, Reason.OPENER_FAILED)
    assert door.commands == [("visit-1", False)]


async def test_a_disabled_step_is_not_run(hass: HomeAssistant, door: Door) -> None:
    closing = {"action": "test.close", "enabled": False}
    opener = await door.opener(sequence=[closing, *SEQUENCE])
    assert (await opener.open(decision(hass))).outcome is Outcome.OPENED
    assert door.calls == 1


async def test_an_opener_whose_device_is_not_there_yet_is_out_of_reach_until_it_is(
    hass: HomeAssistant, door: Door
) -> None:
    opener = await door.opener(prepared=False)
    with patch.object(opener_module, "opener_problem", return_value=OpenerProblem.INVALID):
        assert not await opener.prepare()
    assert opener.may_come
    tried = decision(hass)
    assert await opener.open(tried) == Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
    assert not door.account.about_to_open.called
    assert door.commands == []
    assert await opener.prepare()
    assert (await opener.open(tried)).outcome is Outcome.OPENED


async def test_an_opener_whose_action_is_not_there_is_out_of_reach_until_it_is(
    hass: HomeAssistant, door: Door
) -> None:
    hass.services.async_remove("test", "open")
    opener = await door.opener(prepared=False)
    assert not await opener.prepare()
    assert opener.may_come
    tried = decision(hass)
    assert await opener.open(tried) == Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
    hass.services.async_register("test", "open", door._called)
    assert await opener.prepare()
    hass.services.async_remove("test", "open")
    assert await opener.open(tried) == Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
    assert door.commands == [], "no pass is used"
    hass.services.async_register("test", "open", door._called)
    assert (await opener.open(tried)).outcome is Outcome.OPENED


async def test_an_opener_that_was_given_up_is_not_made_ready_any_more(
    hass: HomeAssistant, door: Door
) -> None:
    opener = await door.opener(prepared=False)
    await opener.give_up()
    await opener.prepare()
    assert opener._script is None


async def test_an_opener_may_set_the_open_position(hass: HomeAssistant, door: Door) -> None:
    hass.services.async_register("cover", "set_cover_position", Mock())
    opening = {"action": "cover.set_cover_position", "data": {"position": 100}}
    assert await (await door.opener(sequence=[opening], prepared=False)).prepare()


async def test_an_opener_that_raises_is_not_tried_again(hass: HomeAssistant, door: Door) -> None:
    async def fail() -> None:
        raise HomeAssistantError("the motor is off")

    door.behave = fail
    opener = await door.opener()
    tried = decision(hass)
    opening = await opener.open(tried)
    assert (opening.outcome, opening.reason) == (Outcome.FAILED, Reason.OPENER_FAILED)
    assert opening.commanded_at is not None
    assert (await opener.open(tried)).outcome is Outcome.REFUSED
    assert door.calls == 1
    assert door.commands == [("visit-1", True)]


@pytest.mark.parametrize(
    ("states", "targets", "reaches"),
    [
        ({"cover.gate": "closed"}, ["cover.gate"], True),
        ({"cover.gate": "unavailable"}, ["cover.gate"], False),
        ({}, ["cover.gate"], False),
        ({"button.gate": "unknown"}, ["button.gate"], True),
        ({"switch.relay": "unavailable"}, ["switch.relay"], False),
        (
            {"switch.relay": "off", "light.lamp": "unavailable"},
            ["switch.relay", "light.lamp"],
            True,
        ),
        ({"lock.gate": "unavailable", "light.lamp": "on"}, ["lock.gate", "light.lamp"], False),
        ({"cover.left": "closed"}, ["cover.left", "cover.right"], False),
        ({}, [], True),
    ],
)
async def test_fault_32_an_opener_that_is_not_there_is_not_told_as_an_opening(
    hass: HomeAssistant, door: Door, states: dict[str, str], targets: list[str], reaches: bool
) -> None:
    for entity, state in states.items():
        hass.states.async_set(entity, state)
    opener = await door.opener(
        sequence=[
            {"action": "test.open", "target": {"entity_id": targets}} if targets else SEQUENCE[0]
        ]
    )
    opening = await opener.open(decision(hass))
    if reaches:
        assert opening.outcome is Outcome.OPENED
    else:
        assert opening == Opening(Outcome.REFUSED, Reason.OPENER_OUT_OF_REACH)
        assert not door.account.about_to_open.called, "nothing was to be opened"
        assert not door.commands, "no pass is used"


async def test_once_it_is_there_again_the_same_car_is_let_in(
    hass: HomeAssistant, door: Door
) -> None:
    opener = await door.opener(
        sequence=[{"action": "test.open", "target": {"entity_id": "cover.gate"}}]
    )
    tried = decision(hass)
    assert (await opener.open(tried)).outcome is Outcome.REFUSED
    hass.states.async_set("cover.gate", "closed")
    assert (await opener.open(tried)).outcome is Outcome.OPENED


async def test_an_opener_that_hangs_is_given_up(
    hass: HomeAssistant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(opener_module, "DEADLINE_SECONDS", 0.05)
    door.behave = hang
    opener = await door.opener()
    opening = await opener.open(decision(hass))
    assert (opening.outcome, opening.reason) == (Outcome.TIMED_OUT, Reason.OPENER_TIMED_OUT)
    assert door.calls == 1


async def test_an_opener_that_stops_at_a_condition_has_not_opened(
    hass: HomeAssistant, door: Door
) -> None:
    condition = {"condition": "state", "entity_id": "lock.gate", "state": "unlocked"}
    hass.states.async_set("lock.gate", "locked")
    opener = await door.opener(sequence=[condition, *SEQUENCE])
    opening = await opener.open(decision(hass))
    assert opening.outcome is Outcome.FAILED
    assert door.calls == 0


async def test_a_second_decision_does_not_queue_behind_a_command_under_way(
    hass: HomeAssistant, door: Door
) -> None:
    release = asyncio.Event()
    door.behave = release.wait
    opener = await door.opener()
    first = hass.async_create_task(opener.open(decision(hass)))
    await asyncio.sleep(0.01)
    second = await opener.open(decision(hass, nonce="nonce-2", visit="visit-2"))
    assert second == Opening(Outcome.REFUSED, Reason.ALREADY_OPENED)
    release.set()
    assert (await first).outcome is Outcome.OPENED
    assert door.calls == 1


async def test_an_opener_that_runs_may_finish_when_it_is_given_up(
    hass: HomeAssistant, door: Door
) -> None:
    async def slowly() -> None:
        await asyncio.sleep(0.1)

    door.behave = slowly
    opener = await door.opener()
    running = hass.async_create_task(opener.open(decision(hass)))
    await asyncio.sleep(0.01)
    await opener.give_up()
    assert (await running).outcome is Outcome.OPENED
    door.account.came_to_nothing.assert_not_awaited()
    late = await opener.open(decision(hass, nonce="nonce-2"))
    assert late == Opening(Outcome.REFUSED, Reason.DECISION_EXPIRED)
    assert door.calls == 1


async def test_one_that_does_not_is_stopped_and_told_as_failed(
    hass: HomeAssistant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opener_module, "GIVING_UP_SECONDS", 0.05)
    door.behave = asyncio.Event().wait
    opener = await door.opener()
    running = hass.async_create_task(opener.open(decision(hass)))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1.0):
        await opener.give_up()
    opening = await running
    assert (opening.outcome, opening.reason) == (Outcome.TIMED_OUT, Reason.OPENER_TIMED_OUT)
    door.account.came_to_nothing.assert_awaited_once()


async def test_an_action_that_cannot_be_ended_holds_up_neither_the_opener_nor_its_end(
    hass: HomeAssistant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opener_module, "GIVING_UP_SECONDS", 0.05)
    monkeypatch.setattr(opener_module, "STOPPING_SECONDS", 0.05)
    go = asyncio.Event()

    async def stubborn() -> None:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue

    door.behave = stubborn
    opener = await door.opener()
    running = hass.async_create_task(opener.open(decision(hass)))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1.0):
        await opener.give_up()
    assert (await running).outcome is Outcome.TIMED_OUT
    go.set()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_nonces_are_remembered_within_bounds(
    hass: HomeAssistant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opener_module, "_NONCES_KEPT", 2)
    opener = await door.opener(shadow=True)
    for number in range(4):
        await opener.open(decision(hass, nonce=f"nonce-{number}"))
    assert (await opener.open(decision(hass, nonce="nonce-3"))).outcome is Outcome.REFUSED
    assert len(opener._used) == 2


async def test_fault_37_an_opening_that_cannot_be_accounted_for_is_refused(
    hass: HomeAssistant, door: Door
) -> None:
    door.account.about_to_open.return_value = False
    opener = await door.opener()
    opening = await opener.open(decision(hass))
    assert opening == Opening(Outcome.REFUSED, Reason.NOT_RECORDED)
    assert door.calls == 0
    assert door.commands == []


async def test_what_is_no_longer_right_once_it_is_accounted_for_does_not_open(
    hass: HomeAssistant, door: Door
) -> None:
    async def remove_meanwhile(_decision: Decision) -> bool:
        door.objection = Reason.LIST_CHANGED
        return True

    door.account.about_to_open.side_effect = remove_meanwhile
    opener = await door.opener()
    opening = await opener.open(decision(hass))
    assert opening == Opening(Outcome.REFUSED, Reason.LIST_CHANGED)
    assert door.calls == 0
    door.account.came_to_nothing.assert_awaited_once()


async def test_while_an_opening_is_written_down_no_other_begins(
    hass: HomeAssistant, door: Door
) -> None:
    written = asyncio.Event()

    async def write(_decision: Decision) -> bool:
        return await written.wait()

    door.account.about_to_open.side_effect = write
    opener = await door.opener()
    first = hass.async_create_task(opener.open(decision(hass)))
    await asyncio.sleep(0)
    second = await opener.open(decision(hass, nonce="nonce-2"))
    assert second == Opening(Outcome.REFUSED, Reason.ALREADY_OPENED)
    assert door.calls == 0
    written.set()
    assert (await first).outcome is Outcome.OPENED
    assert door.calls == 1


async def test_in_shadow_mode_there_is_no_opening_to_account_for(
    hass: HomeAssistant, door: Door
) -> None:
    opener = await door.opener(shadow=True)
    await opener.open(decision(hass))
    door.account.about_to_open.assert_not_awaited()
