"""Finding plates: one look over the whole picture, and a close one at all that might be a plate.

The first look is small, and quick: it may miss nothing, but need not tell a plate from a lamp. What
it proposes is looked at closely (``refine``), at the picture's own size. Only where nothing is left
then, the first network looks again at overlapping halves or quarters of the picture, in which a far
plate is larger.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING

from .detect import suppress_overlaps
from .refine import refined

if TYPE_CHECKING:
    from ..types import ModelIdentity
    from .backends.base import Detection, Refiner, ScalingDetector
    from .decode import Pixels


@dataclass(frozen=True, slots=True)
class Limits:
    """What is looked at closely, and what is believed. They belong to the two networks."""

    plate: float
    """Score in the end from which on it is a plate."""
    first: float = 1.0
    """Share of the network's pixels that the look over the whole picture takes."""
    most: int = 6
    """So many candidates are looked at closely, those with the highest score."""
    overlap: float = 0.45
    """Of two boxes with a larger intersection over union the better stays."""

    @property
    def candidate(self) -> float:
        """Score of the first look below which even the surest close one could not make a plate.

        The score in the end is the geometric mean of both (``refine``).
        """
        return self.plate**2


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, in whole pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


class PlateSearch:
    """A detector made of two networks: one proposes, the other looks closely."""

    def __init__(self, detector: ScalingDetector, refiner: Refiner, limits: Limits) -> None:
        """``refiner`` was trained on what ``detector`` finds."""
        self._detector = detector
        self._refiner = refiner
        self._limits = limits

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """See ``Detector``."""
        return self._detector.identity, self._refiner.identity

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        height, width = pixels.shape[:2]
        ratio = self._detector.ratio((width, height)) * math.sqrt(self._limits.first)
        return self._search(pixels, (View(0, 0, width, height),), ratio) or self._search_parts(
            pixels
        )

    def _search_parts(self, pixels: Pixels) -> tuple[Detection, ...]:
        """Look at halves or quarters, where plates are larger."""
        height, width = pixels.shape[:2]
        views = parts(width, height)
        return self._search(pixels, views, self._detector.ratio(views[0].size))

    def _search(
        self, pixels: Pixels, views: tuple[View, ...], ratio: float
    ) -> tuple[Detection, ...]:
        """The plates among what each view proposes."""
        limits = self._limits
        seen = [each for view in views for each in self._look(pixels, view, ratio)]
        candidates = suppress_overlaps(seen, limits.overlap)[: limits.most]
        looks = (refined(self._refiner, pixels, each) for each in candidates)
        plates = [each for each in looks if each is not None and each.score >= limits.plate]
        return suppress_overlaps(plates, limits.overlap)

    def _look(self, pixels: Pixels, view: View, ratio: float) -> tuple[Detection, ...]:
        part = pixels[view.top : view.bottom, view.left : view.right]
        found = self._detector.look(part, ratio, self._limits.candidate)
        return tuple(each.moved(left=view.left, top=view.top) for each in found)


def parts(width: int, height: int) -> tuple[View, ...]:
    """Overlapping views that together cover the picture: two for a long one, else four.

    Each is about 0.58 of the longer side, so that a plate in the middle lies whole in one of them.
    """
    side = math.ceil(0.58 * max(width, height))
    across, down = min(side, width), min(side, height)
    lefts = sorted({0, width - across})
    tops = sorted({0, height - down})
    return tuple(View(left, top, left + across, top + down) for top in tops for left in lefts)
