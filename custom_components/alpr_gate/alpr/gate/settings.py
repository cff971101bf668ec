"""What an owner can set about deciding, with defaults that open on proof only."""

from __future__ import annotations

from dataclasses import dataclass, fields
import hashlib

from ..types import Zone

MOST_IN_ONE_LOOK = 900.0
"""No single look is ever surer than about a thousand to one: see ``evidence.DOUBT``."""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How one gate decides. docs/decisions.md says what raising and lowering each value costs."""

    # ---- the reading
    looks_needed: int = 2
    """Independent looks that must each read exactly the plate that opens, and one more for each
    that reads something else; at least 1."""
    weakest_character: float = 0.9
    """Least probability of the weakest character once all looks are added up, 0 to 1."""
    margin: float = 10.0
    """How many times likelier the reading must be than the next-best one; at least 1."""
    listed_margin: float = 100.0
    """The same in a typical single look, where another listed plate is one character or one misread
    away: what misleads the reader in every picture alike must not add up to proof."""
    agreement: float = 0.5
    """Least share of the looks, each as heavy as it is sure, that read just this plate, 0 to 1."""
    evidence_seconds: float = 10.0
    """Looks older than this no longer count."""

    # ---- what counts as a look
    detection: float = 0.5
    """Least score of the detector that it is a plate at all, 0 to 1."""
    smallest_plate: float = 32.0
    """Least width of a plate in pixels."""
    narrowest_plate: float = 0.8
    """Least width of a plate divided by its height."""
    widest_plate: float = 8.0
    """Greatest width of a plate divided by its height."""
    shortest_text: int = 4
    """Fewest characters that a gate opens for."""
    longest_text: int = 10
    """Most characters that a gate opens for."""
    darkest: float = 0.02
    """Least mean luminance of a picture, 0 to 1; a darker one is not read."""
    brightest: float = 0.98
    """Greatest mean luminance of a picture, 0 to 1."""
    max_frame_age: float = 3.0
    """Seconds from asking the camera to deciding after which a picture is stale."""
    look_spacing: float = 0.1
    """Least seconds between two looks of one camera: nearer ones are one look."""

    # ---- the car
    zone: Zone = ()
    """Where in the picture a plate may decide; empty is everywhere."""
    rival_size: float = 0.8
    """A plate this much as wide, or as high, as the car's own is as near as it, 0 to 1."""
    exit_allowed: bool = False
    """Whether a car that moves away may open."""
    absent_looks: int = 3
    """Pictures in a row without the car before it can have left."""
    absent_seconds: float = 2.0
    """Seconds without the car, with pictures, before it has left."""

    # ---- the second factor
    second_factor: bool = False
    """Whether a plate alone is not enough at this gate."""
    second_factor_seconds: float = 60.0
    """How far plate and confirmation may lie apart, in either order."""

    # ---- the gate
    toggle_opener: bool = False
    """The opener only knows one button that opens, stops and closes."""
    state_named: bool = False
    """The owner named an entity that tells the gate's state, so not knowing it is a fault."""
    obstruction_named: bool = False
    """The owner named an entity that tells obstructions, so not knowing is a fault."""
    settle_seconds: float = 10.0
    """Seconds after a command in which the gate gets no other."""
    decision_seconds: float = 1.5
    """Seconds for which a decision to open may be carried out."""
    shadow: bool = False
    """Only show what would have happened."""

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low:g} to {high:g}")
        if (
            self.shortest_text > self.longest_text
            or self.narrowest_plate >= self.widest_plate
            or self.darkest >= self.brightest
        ):
            raise ValueError("the least must be below the most")

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that differ between different settings."""
        text = repr([(field.name, getattr(self, field.name)) for field in fields(self)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_RANGES = (
    ("looks_needed", 1, 12),
    ("weakest_character", 0.5, 1.0),
    ("margin", 1.0, 1e9),
    ("listed_margin", 1.0, MOST_IN_ONE_LOOK),
    ("agreement", 0.0, 1.0),
    ("evidence_seconds", 1.0, 60.0),
    ("detection", 0.0, 1.0),
    ("smallest_plate", 8.0, 1000.0),
    ("narrowest_plate", 0.2, 4.0),
    ("widest_plate", 1.0, 20.0),
    ("shortest_text", 2, 10),
    ("longest_text", 2, 10),
    ("darkest", 0.0, 1.0),
    ("brightest", 0.0, 1.0),
    ("max_frame_age", 0.1, 30.0),
    ("look_spacing", 0.0, 5.0),
    ("rival_size", 0.1, 1.0),
    ("absent_looks", 1, 100),
    ("absent_seconds", 0.0, 600.0),
    ("second_factor_seconds", 1.0, 600.0),
    ("settle_seconds", 0.0, 600.0),
    ("decision_seconds", 0.1, 5.0),
)
