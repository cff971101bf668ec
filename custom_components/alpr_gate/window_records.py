"""What is written down of a visit, what comes back, and what a purge did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What is written down of one visit: no plate."""

    mark: str
    """"v" and 32 random hexadecimal digits: names the visit, and is what an erasure looks for."""
    at: float
    gate: str
    """Id of the gate."""
    verdict: str
    reason: str
    looks: int
    vehicle: str | None = None
    """Id of a listed vehicle."""
    token: bytes | None = None
    """Keyed token of an unknown vehicle; its key dies with its day."""


@dataclass(frozen=True, slots=True)
class StoredVisit(VisitRecord):
    """A visit as it stands in the window."""

    expires: float = 0.0
    has_picture: bool = False
    held_until: float | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A visit kept beyond the window."""

    mark: str
    until: float
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Destruction:
    """What one purge destroyed and what a look at the files found afterwards."""

    visits: int
    pictures: int
    traces_looked_for: int
    traces_left: int
    """0, or the destruction failed."""
    rewritten: bool
    """The file had to be rewritten to be rid of traces."""

    pictures_destroyed: frozenset[bytes] = frozenset()
    """Samples of the destroyed pictures, to look for elsewhere too."""

    @property
    def verified(self) -> bool:
        """Whether everything destroyed is gone."""
        return self.traces_left == 0

    def plus(self, other: Destruction) -> Destruction:
        """Both together."""
        return Destruction(
            self.visits + other.visits,
            self.pictures + other.pictures,
            self.traces_looked_for + other.traces_looked_for,
            self.traces_left + other.traces_left,
            rewritten=self.rewritten or other.rewritten,
            pictures_destroyed=self.pictures_destroyed or other.pictures_destroyed,
        )


NOTHING_DESTROYED: Final = Destruction(0, 0, 0, 0, rewritten=False)
