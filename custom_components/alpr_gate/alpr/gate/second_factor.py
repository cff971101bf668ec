"""The second factor: something that happens shortly before or after the plate was proved.

A plate can be printed by anyone. What confirms must be a change (a telephone that comes home, a
button, a tag, a code), not a state that was there all along; the caller passes changes only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .decision import Confirmation

AGAIN_SECONDS = 120.0
"""For so long after it was seen last, a vehicle that was not seen to drive away has not left."""


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
    ``seconds`` before or after the proof, and not in the future. Every opening by one motor uses up
    what was before it, so ``not_before`` is no earlier: one arrival home may change two entities,
    and be told to two gates. Also where the car needed none: it may have been its driver's.
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


@dataclass(frozen=True, slots=True)
class _Window:
    """The time in which one vehicle waits for its confirmation."""

    began_at: float
    seen_at: float
    visit: str
    left: bool
    """It was seen to drive away in that visit."""

    def goes_on(self, visit: str, seen_at: float) -> bool:
        """Whether a vehicle seen in this visit has been there since."""
        has_left = self.left and visit != self.visit
        return not has_left and seen_at - self.seen_at <= AGAIN_SECONDS


class FactorMemory:
    """Since when the vehicles at one gate wait for their confirmation, by their id in the list.

    One that waits waits no longer for being read as another for
    a moment, or for showing its plate at another place: it must have left to begin anew.
    """

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def waits_since(
        self, vehicle: str, visit: str, *, proved_at: float, seen_at: float, leaves: bool
    ) -> float:
        """Note a vehicle whose plate is proved; returns when it was first, since it came.

        ``proved_at`` is when this visit's plate was proved, ``leaves`` whether it drives away.
        """
        known = self._windows.get(vehicle)
        if known is not None and known.goes_on(visit, seen_at):
            proved_at = min(proved_at, known.began_at)
        self._windows = {
            other: window
            for other, window in self._windows.items()
            if seen_at - window.seen_at <= AGAIN_SECONDS
        } | {vehicle: _Window(proved_at, seen_at, visit, leaves)}
        return proved_at

    def forget_waiting(self) -> None:
        """Every vehicle waits anew: other settings hold."""
        self._windows.clear()

    def opened(self, vehicle: str | None) -> None:
        """The gate is opened for a vehicle, which waits no more."""
        self._windows.pop(vehicle or "", None)
