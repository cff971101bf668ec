"""What every backend offers: a detector that finds plates and a reader that reads one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...types import Box
from ..straighten import moved_corners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...types import Character, Corners, ModelIdentity
    from ..decode import Pixels
    from ..detect import Floats


@dataclass(frozen=True, slots=True)
class Detection:
    """One plate found in a picture, in pixels of what was given to the detector."""

    box: Box
    score: float
    """0 to 1."""
    corners: Corners | None = None

    def moved(
        self, across: float = 1.0, down: float = 1.0, left: float = 0.0, top: float = 0.0
    ) -> Detection:
        """The same detection after scaling and then shifting the picture's coordinates."""
        box = Box(
            self.box.x1 * across + left,
            self.box.y1 * down + top,
            self.box.x2 * across + left,
            self.box.y2 * down + top,
        )
        corners = self.corners
        if corners is not None:
            corners = moved_corners(corners, across, down, left, top)
        return Detection(box, self.score, corners)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is written on one plate."""

    characters: tuple[Character, ...]
    """One entry for each character, and possibly more whose best alternative is ""."""
    region: str | None = None

    @property
    def text(self) -> str:
        """The best alternative of every position, one after another; may be empty."""
        return "".join(position[0][0] for position in self.characters if position)


class Detector(Protocol):
    """Finds plates. Not safe to call from two threads at once."""

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """Which weights these are, of each network."""

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """Find plates, the highest score first.

        Raises:
            ModelRefused: BAD_OUTPUT when the network's answer makes no sense.
        """


class ScalingDetector(Protocol):
    """A detector that takes a picture at any scale. Not safe to call from two threads at once."""

    @property
    def identity(self) -> ModelIdentity:
        """Which weights these are."""

    def ratio(self, size: tuple[int, int]) -> float:
        """Network pixels for each pixel of a picture of that width and height, as it is used to."""

    def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
        """Find plates with a score of at least ``floor``, the highest first.

        Raises:
            ModelRefused: BAD_OUTPUT when the network's answer makes no sense.
        """


@dataclass(frozen=True, slots=True, eq=False)
class CloserLook:
    """What a crop shows that may hold one plate."""

    corners: Floats
    """Of the plate, in the order of ``Corners``: 4 x 2, from 0 to 1 across and down."""
    plate: float
    """Probability that it is a plate, 0 to 1; if not, ``corners`` mean nothing."""


class Refiner(Protocol):
    """Looks closely at one plate. Not safe to call from two threads at once."""

    @property
    def identity(self) -> ModelIdentity:
        """Which weights these are."""

    def look(self, crop: Pixels) -> CloserLook:
        """Look at a crop that shows one plate and a little of what is around it.

        Raises:
            ModelRefused: BAD_OUTPUT when the network's answer makes no sense.
        """


class Reader(Protocol):
    """Reads one plate. Not safe to call from two threads at once."""

    @property
    def identity(self) -> ModelIdentity:
        """Which weights these are."""

    @property
    def margins(self) -> tuple[float, ...]:
        """What it wants to see round the plate in each crop: fractions of its width and height."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels to which crops are best cut out; it takes any."""

    def read(self, crops: Iterable[Pixels]) -> Reading:
        """Read one plate from one or more crops of it; an empty text when nothing is legible.

        Takes no more of the crops than it needs: cutting them out costs time.

        Raises:
            ModelRefused: BAD_OUTPUT when the network's answer makes no sense.
        """
