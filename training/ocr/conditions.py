"""How hard photographs are to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conditions:
    """How hard it is: 1 is a gate's everyday, more is harder."""

    tilt: float = 1.0
    blur: float = 1.0
    dark: float = 1.0
    small: float = 1.0
    rain: float = 1.0


EVERYDAY = Conditions()
