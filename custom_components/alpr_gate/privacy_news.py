"""What admins are told about privacy: problems of what is kept, requests, and too much curiosity.

Events and repair issues say what happened and how often, without names, purposes and ids of
requests: every user of Home Assistant sees them, and can ignore an issue for everybody. Who it was
and what for is in the account, of which the action `show_look_ups` answers to those who may know.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
import hashlib
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .archive_status import ArchiveProblem
from .const import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from homeassistant.core import CALLBACK_TYPE

    from .archive import Archive
    from .archive_status import ArchiveStatus
    from .look_ups import AccessRequest

ISSUE_PLATE_FOUND: Final = "plate_found"
ISSUE_ACCESS_REQUESTED: Final = "access_requested"
ISSUE_REPEATED_LOOK_UPS: Final = "repeated_look_ups"
ISSUE_RULES_CHANGED: Final = "access_rules_changed"


class PrivacyEventType(StrEnum):
    """What admins should hear of."""

    ACCESS_REQUESTED = "access_requested"
    ACCESS_APPROVED = "access_approved"
    REPEATED_LOOK_UPS = "repeated_look_ups"
    RULES_CHANGED = "rules_changed"
    CLOCK_JUMPED = "clock_jumped"
    ACCOUNT_BROKEN = "account_broken"
    PLATE_FOUND = "plate_found"


@dataclass(frozen=True, slots=True)
class PrivacyEvent:
    """One thing that admins should hear of; no names and no plates."""

    type: PrivacyEventType
    count: int | None = None


class PrivacyNews:
    """Tells entities, and raises and clears the repair issues."""

    def __init__(self, hass: HomeAssistant, archive: Archive) -> None:
        """Tell of ``archive``."""
        self._hass = hass
        self._archive = archive
        self._last = archive.status
        self._listeners: list[Callable[[], None]] = []
        self._event_listeners: list[Callable[[PrivacyEvent], None]] = []
        self._untold: list[PrivacyEvent] = []
        """What happened before anybody listened."""
        self._requests: dict[str, float] = {}
        self._places: frozenset[str] = frozenset()

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` whenever something may have changed; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def listen_to_events(self, listener: Callable[[PrivacyEvent], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with every event, the untold ones first; returns what ends that."""
        self._event_listeners.append(listener)
        untold, self._untold = self._untold, []
        for event in untold:
            listener(event)
        return lambda: self._event_listeners.remove(listener)

    @callback
    def look(self) -> None:
        """Compare the archive with how it was, and tell what is different."""
        before, now = self._last, self._archive.status
        self._last = now
        for problem in ArchiveProblem:
            if problem in now.problems:
                self._issue(problem.value, problem.value)
            elif problem in before.problems:
                self._clear(problem.value)
        if now.clock_jumps > before.clock_jumps:
            self._tell(PrivacyEventType.CLOCK_JUMPED)
        if ArchiveProblem.AUDIT_BROKEN in now.problems - before.problems:
            self._tell(PrivacyEventType.ACCOUNT_BROKEN)
        self._changed()

    @property
    def status(self) -> ArchiveStatus:
        """The archive as it was last looked at."""
        return self._last

    @callback
    def access_requested(self, request: AccessRequest) -> None:
        """Ask the other admins to approve."""
        self._requests[request.request_id] = request.until
        self._raise_anew(ISSUE_ACCESS_REQUESTED)
        self._tell(PrivacyEventType.ACCESS_REQUESTED)

    @callback
    def access_approved(self, request: AccessRequest) -> None:
        """Somebody approved."""
        self._no_longer_asked(request.request_id)
        self._tell(PrivacyEventType.ACCESS_APPROVED)

    @callback
    def forget_requests(self, now: float) -> None:
        """Stop asking for what ran out (monotonic seconds)."""
        for request_id in [key for key, until in self._requests.items() if until <= now]:
            self._no_longer_asked(request_id)

    @callback
    def looked_up_repeatedly(self, look_ups: int) -> None:
        """Show the other admins that one person looks up one vehicle again and again."""
        self._raise_anew(ISSUE_REPEATED_LOOK_UPS, persistent=True, count=str(look_ups))
        self._tell(PrivacyEventType.REPEATED_LOOK_UPS, look_ups)

    @callback
    def rules_changed(self) -> None:
        """Show the other admins that somebody changed who may look, and what is conspicuous."""
        self._raise_anew(ISSUE_RULES_CHANGED, persistent=True)
        self._tell(PrivacyEventType.RULES_CHANGED)

    @callback
    def plates_found(self, places: Collection[str]) -> None:
        """Name the places where something was found that should not be there; others are clean."""
        fresh = frozenset(places)
        for place in self._places - fresh:
            self._clear(_place_issue(place))
        for place in fresh:
            self._issue(_place_issue(place), ISSUE_PLATE_FOUND, place=place)
        if fresh - self._places:
            self._tell(PrivacyEventType.PLATE_FOUND, len(fresh))
        self._places = fresh
        self._changed()

    @callback
    def clear(self) -> None:
        """Nobody looks any more: take back what only holds while somebody does."""
        for problem in ArchiveProblem:
            self._clear(problem.value)
        self._clear(ISSUE_ACCESS_REQUESTED)
        for place in self._places:
            self._clear(_place_issue(place))

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _tell(self, kind: PrivacyEventType, count: int | None = None) -> None:
        event = PrivacyEvent(kind, count)
        if not self._event_listeners:
            self._untold.append(event)
        for listener in tuple(self._event_listeners):
            listener(event)

    def _no_longer_asked(self, request_id: str) -> None:
        self._requests.pop(request_id, None)
        if not self._requests:
            self._clear(ISSUE_ACCESS_REQUESTED)

    def _raise_anew(self, key: str, *, persistent: bool = False, **placeholders: str) -> None:
        """Warn of what a person did; whoever ignored the warning before is shown it again.

        Any user can ignore it, also the one it is about.
        """
        self._clear(key)
        self._issue(
            key, key, severity=ir.IssueSeverity.WARNING, persistent=persistent, **placeholders
        )

    def _issue(
        self,
        issue_id: str,
        key: str,
        *,
        severity: ir.IssueSeverity = ir.IssueSeverity.ERROR,
        persistent: bool = False,
        **placeholders: str,
    ) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            is_persistent=persistent,
            severity=severity,
            translation_key=key,
            translation_placeholders=placeholders or None,
        )

    def _clear(self, issue_id: str) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)


def _place_issue(place: str) -> str:
    return f"{ISSUE_PLATE_FOUND}_{_digest(place)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
