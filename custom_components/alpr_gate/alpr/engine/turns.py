"""Who is read next: one picture in work, one waiting, and a newer one takes its place.

A queue would only make every answer late: a car is where the newest picture shows it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


class SupersededError(Exception):
    """A newer picture took this one's place."""


@dataclass(frozen=True, slots=True)
class _Waiter:
    ticket: int
    turn: asyncio.Future[None]


class Turns:
    """Hands out the one turn. Used from one event loop only."""

    def __init__(self) -> None:
        self._working = False
        self._waiter: _Waiter | None = None

    @property
    def working(self) -> int:
        """Pictures in work, 0 or 1."""
        return int(self._working)

    @property
    def waiting(self) -> int:
        """Pictures that wait, 0 or 1."""
        return int(self._waiter is not None)

    async def take(self, ticket: int) -> None:
        """Wait for the turn, which ``give_back`` ends; a higher ``ticket`` is a newer picture.

        Raises SupersededError at once when a newer picture waits, or as soon as one comes to wait.
        """
        if not self._working:
            self._working = True
            return
        if self._waiter is not None:
            if self._waiter.ticket > ticket:
                raise SupersededError
            self._waiter.turn.set_exception(SupersededError())
        waiter = _Waiter(ticket, asyncio.get_running_loop().create_future())
        self._waiter = waiter
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if self._waiter is waiter:
                self._waiter = None
            elif waiter.turn.done() and not waiter.turn.cancelled() and not waiter.turn.exception():
                # The turn came in the very moment in which nobody wanted it any more.
                self.give_back()
            raise

    def give_back(self) -> None:
        """End the turn: it goes to whoever waits."""
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            self._working = False
        else:
            waiter.turn.set_result(None)
