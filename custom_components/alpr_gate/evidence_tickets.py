"""Short-lived permissions to see one picture once: what a link holds in place of the visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TICKET_SECONDS: Final = 60.0
MOST_TICKETS: Final = 50


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may see which visit's picture, and until when (monotonic seconds)."""

    mark: str
    user: str
    until: float


class EvidenceTickets:
    """Gives tickets out and takes each once."""

    def __init__(self, new_name: Callable[[int], str]) -> None:
        """``new_name`` makes an unguessable name from so many random bytes."""
        self._new_name = new_name
        self._tickets: dict[str, Ticket] = {}

    def give(self, mark: str, user: str, now: float) -> str:
        """The name of a ticket for ``user``; the oldest goes when there are too many."""
        self._forget_old(now)
        while len(self._tickets) >= MOST_TICKETS:
            del self._tickets[next(iter(self._tickets))]
        name = self._new_name(32)
        self._tickets[name] = Ticket(mark, user, now + TICKET_SECONDS)
        return name

    def take(self, name: str, user: str, now: float) -> str | None:
        """The mark of the visit whose picture ``user`` may see now; None when there is none."""
        self._forget_old(now)
        ticket = self._tickets.get(name)
        if ticket is None or ticket.user != user:
            return None
        del self._tickets[name]
        return ticket.mark

    def _forget_old(self, now: float) -> None:
        self._tickets = {name: one for name, one in self._tickets.items() if one.until > now}
