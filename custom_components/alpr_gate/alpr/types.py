"""Values that cross a boundary between the parts of the library: frozen dataclasses and enums.

What was read of a plate is left out of ``repr``: an error or a log would tell it.

Units: pixels of the upright picture unless a name says otherwise, origin top left; probabilities
and scores from 0 to 1; durations in seconds unless a name ends in ``_ms``; ``monotonic`` times come
from one monotonic clock and are never compared with wall-clock times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

type Point = tuple[float, float]
"""x and y."""

type Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left of a plate, as read on the plate."""

type Zone = tuple[Point, ...]
"""A polygon of at least three points in fractions of the upright picture; empty means all of it."""

ZONE_MARGIN = 0.1
"""What is shown round a zone, as a fraction of the picture's longer side, so that most plates whose
middle lies inside stay whole. Everything further out is painted over before anybody looks."""

type Alternative = tuple[str, float]
"""One character (A-Z, 0-9, or "" for "there is none here") and its probability."""

type Character = tuple[Alternative, ...]
"""One position of a plate: alternatives, the likeliest first; probabilities add up to at most 1."""


# --------------------------------------------------------------------------- reads


@dataclass(frozen=True, slots=True)
class Box:
    """An upright bounding box in pixels, ``x1 < x2`` and ``y1 < y2``."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Area in square pixels; 0 for a box turned inside out."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @property
    def nearness(self) -> float:
        """How near its car is, in pixels; only the order of two values means anything.

        The height of a plate hardly changes as its car turns away. One nearly as high as wide has
        two lines, whose letters are half as high: no more than half the width counts.
        """
        return min(self.height, self.width / 2)

    def keeps_off_edge(self, size: tuple[int, int], share: float) -> bool:
        """Whether it stays ``share`` of its width away from the edge of a picture of that size."""
        room = share * self.width
        return (
            self.x1 >= room
            and self.y1 >= room
            and self.x2 <= size[0] - room
            and self.y2 <= size[1] - room
        )

    def iou(self, other: Box) -> float:
        """Intersection over union with ``other``, 0 to 1."""
        shared = Box(
            max(self.x1, other.x1),
            max(self.y1, other.y1),
            min(self.x2, other.x2),
            min(self.y2, other.y2),
        )
        if shared.width <= 0 or shared.height <= 0:
            return 0.0
        return shared.area / (self.area + other.area - shared.area)


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One plate as read in one picture."""

    text: str = field(repr=False)
    """The likeliest text: A-Z and 0-9, never empty."""
    box: Box
    detection: float
    """The detector's score that this is a plate, 0 to 1."""
    characters: tuple[Character, ...] = field(repr=False)
    """One entry for each character of ``text``, and possibly more whose best alternative is ""."""
    region: str | None = None
    """Country or state where the model names one."""
    corners: Corners | None = None

    @property
    def confidence(self) -> float:
        """Probability of the weakest character, 0 to 1: a chain is as strong as that."""
        return min((position[0][1] for position in self.characters if position), default=0.0)


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent on one picture, by stage."""

    decode: float
    detect: float
    read: float

    @property
    def total(self) -> float:
        """All stages together."""
        return self.decode + self.detect + self.read


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights were used: what a decision must be able to name afterwards."""

    name: str
    sha256: str
    """Hash of the weights file, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Who read a picture."""

    version: str
    backend: str
    models: tuple[ModelIdentity, ...]


@dataclass(frozen=True, slots=True)
class FrameReads:
    """Everything read in one picture, the likeliest car at the gate first."""

    sequence: int
    size: tuple[int, int]
    """Width and height of the upright picture in pixels."""
    plates: tuple[PlateRead, ...]
    timing_ms: Timings
    engine: EngineIdentity
    brightness: float
    """Mean luminance, 0 to 1: near 0 is black, near 1 overexposed."""
    crop: bytes | None = field(default=None, repr=False)
    """JPEG of the first plate's surroundings, only when asked for."""


class ImageProblem(StrEnum):
    """Why a picture was refused before anything was read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_AN_IMAGE = "not_an_image"
    HTML = "html"
    UNSUPPORTED_FORMAT = "unsupported_format"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    BAD_ZONE = "bad_zone"


# --------------------------------------------------------------------------- decisions


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks; passed in, never read, by everything that decides."""

    monotonic: float
    wall: datetime
    """Aware, in the owner's time zone: for schedules only."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One snapshot together with what was read in it."""

    camera: str
    digest: bytes
    """Hash of the picture's bytes."""
    asked_at: float
    """Monotonic time at which the camera was asked."""
    arrived_at: float
    """Monotonic time at which the picture had arrived."""
    reads: FrameReads


class Verdict(StrEnum):
    """What a decision says."""

    OPEN = "open"
    ASK = "ask"
    """Everything is proved but a second factor is still to come."""
    REFUSE = "refuse"
    WAIT = "wait"
    """Not enough seen yet; keep looking."""


class Movement(StrEnum):
    """What a car does, from how its plate grows and moves."""

    UNKNOWN = "unknown"
    APPROACHING = "approaching"
    STANDING = "standing"
    LEAVING = "leaving"


class GateState(StrEnum):
    """What is known of the gate."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    STOPPED = "stopped"
    """Stands half-way, or was stopped by hand."""
    UNKNOWN = "unknown"
    """The owner named no entity that tells, or it does not know."""
    UNAVAILABLE = "unavailable"


class Reason(StrEnum):
    """Why: event type, translation key, log word and documentation anchor all come from here."""

    # open
    LISTED = "listed"
    # ask
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    # wait
    NO_PLATE = "no_plate"
    MORE_LOOKS_NEEDED = "more_looks_needed"
    CHARACTERS_UNSURE = "characters_unsure"
    MARGIN_TOO_SMALL = "margin_too_small"
    DETECTION_UNSURE = "detection_unsure"
    # refuse: what was seen
    NOT_LISTED = "not_listed"
    NEAR_MISS = "near_miss"
    LOOKS_DISAGREE = "looks_disagree"
    IMPLAUSIBLE_PLATE = "implausible_plate"
    SEVERAL_PLATES = "several_plates"
    OUTSIDE_ZONE = "outside_zone"
    LEAVING = "leaving"
    ALREADY_OPENED = "already_opened"
    STOOD_THERE = "stood_there"
    PARKED = "parked"
    UNREADABLE_PICTURE = "unreadable_picture"
    FROZEN_CAMERA = "frozen_camera"
    STALE_FRAME = "stale_frame"
    # refuse: what the owner's list says
    VEHICLE_DISABLED = "vehicle_disabled"
    WRONG_GATE = "wrong_gate"
    OUTSIDE_SCHEDULE = "outside_schedule"
    PASS_EXPIRED = "pass_expired"  # noqa: S105 - a guest pass
    PASS_USED_UP = "pass_used_up"  # noqa: S105 - a guest pass
    CLOCK_IN_DOUBT = "clock_in_doubt"
    LIST_CHANGED = "list_changed"
    SECOND_FACTOR_MISSING = "second_factor_missing"
    # refuse: what the gate is like
    AUTOMATIC_OFF = "automatic_off"
    GATE_OPEN = "gate_open"
    GATE_MOVING = "gate_moving"
    GATE_STOPPED = "gate_stopped"
    GATE_UNAVAILABLE = "gate_unavailable"
    GATE_STATE_UNKNOWN = "gate_state_unknown"
    GATE_OBSTRUCTED = "gate_obstructed"
    # refuse: what failed
    DECISION_EXPIRED = "decision_expired"
    OPENER_FAILED = "opener_failed"
    OPENER_OUT_OF_REACH = "opener_out_of_reach"
    OPENER_TIMED_OUT = "opener_timed_out"
    NOT_RECORDED = "not_recorded"
    CAMERA_FAILED = "camera_failed"
    ENGINE_FAILED = "engine_failed"
    ENGINE_BUSY = "engine_busy"
    # what would have happened
    SHADOW_MODE = "shadow_mode"
