"""Who may look into the history, and who looks too often: pure rules, times in monotonic seconds.

The abuse that happens with such systems is not a break-in but a jealous insider: somebody who may
look, and looks up one person again and again. So a look-up needs a purpose and is written down, and
one person looking up one vehicle repeatedly is shown to the others who may look.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_PURPOSE: Final = 8
LONGEST_PURPOSE: Final = 200
MOST_REQUESTS: Final = 20
"""Requests for access that may wait at once."""


class AccessProblem(StrEnum):
    """Why history or evidence stays shut."""

    PURPOSE_MISSING = "purpose_missing"
    """No purpose, or one too short to mean anything."""
    PURPOSE_TOO_LONG = "purpose_too_long"
    PURPOSE_TELLS_PLATE = "purpose_tells_plate"
    """It seems to hold a plate: purposes are written down, plates are not."""
    APPROVAL_NEEDED = "approval_needed"
    """A second person must approve first."""
    NO_SUCH_REQUEST = "no_such_request"
    """It ran out, was used, or never was."""
    OWN_REQUEST = "own_request"
    """Nobody approves what they asked for themselves."""
    NOT_AN_APPROVER = "not_an_approver"
    """The owner named who may approve, and this person is not among them."""
    TOO_MANY_REQUESTS = "too_many_requests"


class AccessRefusedError(Exception):
    """History or evidence stays shut."""

    def __init__(self, problem: AccessProblem) -> None:
        """Refuse because of ``problem``."""
        super().__init__(problem)
        self.problem = problem


_LIKE_A_PLATE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4,10}"
    r"|[A-Z]{1,4}[ .-]?\d{1,4}(?:[ .-]?[A-Z]{1,4})?"
    r"|\d{1,4}[ .-][A-Z]{1,4}(?:[ .-]?\d{1,4})?"
    r")(?![A-Za-z0-9])"
)
"""Letters and digits in one word, or capitals and digits side by side."""


def checked_purpose(purpose: str | None) -> str:
    """The purpose without stray blanks; raises AccessRefusedError when it cannot be kept."""
    text = " ".join((purpose or "").split())
    if len(text) < SHORTEST_PURPOSE:
        raise AccessRefusedError(AccessProblem.PURPOSE_MISSING)
    if len(text) > LONGEST_PURPOSE:
        raise AccessRefusedError(AccessProblem.PURPOSE_TOO_LONG)
    if _LIKE_A_PLATE.search(text):
        raise AccessRefusedError(AccessProblem.PURPOSE_TELLS_PLATE)
    return text


@dataclass(frozen=True, slots=True)
class FourEyes:
    """The rule that a second person opens history and evidence."""

    required: bool = False
    seconds: float = 600.0
    """How long a request waits for approval, and an approval for its use."""
    approvers: frozenset[str] = frozenset()
    """Ids of the users who may approve, such as a data-protection officer; empty for any admin."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One person's wish to look."""

    request_id: str
    user: str
    purpose: str
    until: float
    approved_by: str | None = None


class AccessDesk:
    """Where access is asked for, approved and used, once each."""

    def __init__(self, rule: FourEyes, new_id: Callable[[], str]) -> None:
        """Apply ``rule``; ``new_id`` makes the ids of requests."""
        self.rule = rule
        self._new_id = new_id
        self._requests: dict[str, AccessRequest] = {}

    def waiting(self, now: float) -> tuple[AccessRequest, ...]:
        """Requests that still wait for somebody's approval."""
        self._forget_old(now)
        return tuple(r for r in self._requests.values() if r.approved_by is None)

    def ask(self, user: str, purpose: str, now: float) -> AccessRequest:
        """Ask for access; raises AccessRefusedError."""
        self._forget_old(now)
        if len(self._requests) >= MOST_REQUESTS:
            raise AccessRefusedError(AccessProblem.TOO_MANY_REQUESTS)
        request = AccessRequest(
            self._new_id(), user, checked_purpose(purpose), now + self.rule.seconds
        )
        self._requests[request.request_id] = request
        return request

    def approve(self, request_id: str, user: str, now: float) -> AccessRequest:
        """Approve somebody else's request; raises AccessRefusedError."""
        self._forget_old(now)
        request = self._requests.get(request_id)
        if request is None or request.approved_by is not None:
            raise AccessRefusedError(AccessProblem.NO_SUCH_REQUEST)
        if request.user == user:
            raise AccessRefusedError(AccessProblem.OWN_REQUEST)
        if self.rule.approvers and user not in self.rule.approvers:
            raise AccessRefusedError(AccessProblem.NOT_AN_APPROVER)
        approved = replace(request, approved_by=user, until=now + self.rule.seconds)
        self._requests[request_id] = approved
        return approved

    def withdraw(self, request_id: str) -> None:
        """Forget a request, approved or not."""
        self._requests.pop(request_id, None)

    def use(self, request_id: str | None, user: str, now: float) -> AccessRequest | None:
        """Let ``user`` look once, if the rule allows it; raises AccessRefusedError.

        Returns the approved request that was used up, or None when the rule asks for none.
        """
        if not self.rule.required:
            return None
        self._forget_old(now)
        if request_id is None:
            raise AccessRefusedError(AccessProblem.APPROVAL_NEEDED)
        request = self._requests.get(request_id)
        if request is None or request.user != user:
            raise AccessRefusedError(AccessProblem.NO_SUCH_REQUEST)
        if request.approved_by is None:
            raise AccessRefusedError(AccessProblem.APPROVAL_NEEDED)
        del self._requests[request_id]
        return request

    def _forget_old(self, now: float) -> None:
        self._requests = {key: r for key, r in self._requests.items() if r.until > now}


@dataclass(frozen=True, slots=True)
class CuriosityRule:
    """When one person looking up one vehicle becomes conspicuous."""

    look_ups: int = 3
    seconds: float = 7 * 24 * 3600.0


class CuriosityWatch:
    """Counts look-ups of one vehicle by one person."""

    def __init__(self, rule: CuriosityRule) -> None:
        """Apply ``rule``."""
        self.rule = rule
        self._times: dict[tuple[str, str], deque[float]] = {}

    def looked_up(self, user: str, vehicle: str, now: float) -> int | None:
        """Count one look-up; returns how many there were when they have become conspicuous."""
        self._forget_old(now)
        times = self._times.setdefault((user, vehicle), deque(maxlen=1000))
        times.append(now)
        return len(times) if len(times) >= self.rule.look_ups else None

    def _forget_old(self, now: float) -> None:
        for key, times in list(self._times.items()):
            while times and times[0] <= now - self.rule.seconds:
                times.popleft()
            if not times:
                del self._times[key]
