"""What the entities of a gate show: what it is like now, and what has just happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .alpr.types import Reason


class GateEventType(StrEnum):
    """What can happen at a gate, as the event entity names it."""

    OPENED = "opened"
    WOULD_OPEN = "would_open"
    """In shadow mode, where nothing is opened."""
    ASKED = "asked"
    """A listed vehicle waits for its second factor."""
    REFUSED = "refused"
    """A listed vehicle, or a plate that could not be told, was not let in."""
    UNKNOWN = "unknown"
    """A vehicle that is not on the list."""
    FAILED = "failed"
    """A camera, the engine or the opener did not do its part."""


@dataclass(frozen=True, slots=True)
class GateEvent:
    """One thing that happened at a gate; never holds a plate."""

    type: GateEventType
    reason: Reason
    vehicle: str | None = None
    """The name the owner gave to a listed vehicle."""
    visit: str | None = None
    looks: int | None = None
    """Independent looks the decision rests on."""
    weakest: float | None = None
    """Probability of the weakest character, 0 to 1."""
    margin: float | None = None
    milliseconds: float | None = None
    """From the arrival of the visit's first readable frame to the open command."""


@dataclass(frozen=True, slots=True)
class GateStatus:
    """What a gate is like at this moment."""

    reading: bool = False
    """At least one camera and the engine do their part."""
    looking: bool = False
    """A burst is under way."""
    vehicle_present: bool = False
    shadow: bool = True
    automatic: bool = False
    """The owner lets this gate open by itself."""
    last_vehicle: str | None = None
    """Name of the last listed vehicle the gate opened for."""
    milliseconds_to_open: float | None = None
    """Of the last opening, done or shown in shadow mode: first readable frame's arrival to the
    open command."""
    would_open: int = 0
    would_refuse: int = 0
    picture_at: datetime | None = None
    """When the evidence picture in memory was taken; None when there is none."""
