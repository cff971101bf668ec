"""One picture in work, one waiting, and the newest is the one that waits."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.alpr_gate.alpr.engine.turns import SupersededError, Turns


async def _begun(turns: Turns, ticket: int) -> asyncio.Task[None]:
    """A task that has begun to wait for its turn."""
    task = asyncio.create_task(turns.take(ticket))
    await asyncio.sleep(0)
    return task


async def test_the_first_has_its_turn_at_once_and_the_second_after_it() -> None:
    turns = Turns()
    await turns.take(0)
    second = await _begun(turns, 1)
    assert (turns.working, turns.waiting) == (1, 1)

    turns.give_back()
    await second
    assert (turns.working, turns.waiting) == (1, 0)

    turns.give_back()
    assert (turns.working, turns.waiting) == (0, 0)


async def test_a_newer_one_takes_the_waiting_ones_place_at_once() -> None:
    turns = Turns()
    await turns.take(0)
    older = await _begun(turns, 1)
    newer = await _begun(turns, 2)

    with pytest.raises(SupersededError):
        await older
    assert not newer.done()
    turns.give_back()
    await newer


async def test_an_older_one_that_comes_late_does_not_take_a_newer_ones_place() -> None:
    turns = Turns()
    await turns.take(0)
    newer = await _begun(turns, 2)

    with pytest.raises(SupersededError):
        await turns.take(1)
    turns.give_back()
    await newer


async def test_one_that_no_longer_waits_leaves_its_place() -> None:
    turns = Turns()
    await turns.take(0)
    gone = await _begun(turns, 1)
    gone.cancel()
    await asyncio.wait([gone])
    assert turns.waiting == 0

    turns.give_back()
    assert turns.working == 0
    await turns.take(2)


async def test_a_turn_that_comes_to_one_who_is_just_leaving_goes_on_to_the_next() -> None:
    turns = Turns()
    await turns.take(0)
    leaving = await _begun(turns, 1)
    turns.give_back()
    leaving.cancel()
    await asyncio.wait([leaving])

    async with asyncio.timeout(1):
        await turns.take(2)


async def test_one_that_is_superseded_while_it_leaves_frees_nothing() -> None:
    turns = Turns()
    await turns.take(0)
    leaving = await _begun(turns, 1)
    newer = await _begun(turns, 2)
    leaving.cancel()
    await asyncio.wait([leaving])

    assert (turns.working, turns.waiting) == (1, 1)
    turns.give_back()
    await newer
