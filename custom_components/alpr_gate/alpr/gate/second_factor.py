"""The second factor: something that happens shortly before or after the plate was proved.

A plate can be printed by anyone. What confirms must be a change (a telephone that comes home, a
button, a tag, a code), not a state that was there all along; the caller passes changes only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from .decision import Confirmation


class Factor(Enum):
    """How it stands with the second factor."""

    NOT_NEEDED = "not_needed"
    CONFIRMED = "confirmed"
    AWAITED = "awaited"
    LATE = "late"


def matching(
    confirmations: Iterable[Confirmation],
    proved_at: float,
    *,
    vehicle: str,
    seconds: float,
    not_before: float,
    now: float,
) -> Confirmation | None:
    """The first confirmation that belongs to a plate proved at ``proved_at``; None without one.

    It confirms any vehicle, or the one with this plate. It happened after ``not_before``, at most
    ``seconds`` before or after the proof, and not in the future. What was used up by an opening
    lies before ``not_before``: one arrival home may change two entities.
    """
    for confirmation in confirmations:
        near = abs(confirmation.at - proved_at) <= seconds
        meant = confirmation.vehicles is None or vehicle in confirmation.vehicles
        if near and meant and not_before < confirmation.at <= now:
            return confirmation
    return None


def standing(
    *, needed: bool, confirmation: Confirmation | None, proved_at: float, seconds: float, now: float
) -> Factor:
    """How it stands with the second factor of a plate proved at ``proved_at``."""
    if not needed:
        return Factor.NOT_NEEDED
    if now - proved_at > seconds:
        return Factor.LATE
    return Factor.AWAITED if confirmation is None else Factor.CONFIRMED


class FactorMemory:
    """Until when the confirmations at one gate are used up."""

    def __init__(self) -> None:
        self._spent_at = float("-inf")

    def standing(
        self,
        *,
        needed: bool,
        confirmations: Iterable[Confirmation],
        vehicle: str,
        proved_at: float,
        seconds: float,
        not_before: float,
        now: float,
    ) -> Factor:
        """How it stands with the second factor of a vehicle proved at ``proved_at``."""
        confirmation = matching(
            confirmations,
            proved_at,
            vehicle=vehicle,
            seconds=seconds,
            not_before=max(not_before, self._spent_at),
            now=now,
        )
        return standing(
            needed=needed,
            confirmation=confirmation,
            proved_at=proved_at,
            seconds=seconds,
            now=now,
        )

    def opened(self, now: float) -> None:
        """The gate is opened: every confirmation of before is used up.

        Also where the car needed none: the telephone that came home may have been its driver's.
        """
        self._spent_at = now
