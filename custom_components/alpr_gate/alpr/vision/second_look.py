"""A second, closer look where the first one over the whole picture is not enough.

A detector with a small input sees a plate 30 pixels wide in a 1280-pixel picture only 10 pixels
wide. Instead of a larger network for every picture, the same network looks again at parts of it:
closely at what it is unsure of, and at overlapping halves or quarters when nothing is left then.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING

from .detect import suppress_overlaps

if TYPE_CHECKING:
    from ..types import ModelIdentity
    from .backends.base import Detection, ScalingDetector
    from .decode import Pixels


SAME_PLATE = 0.1
"""Intersection over union above which a box in a closer view may be the one it was made for."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """When to look again, and how closely. Widths are in network pixels."""

    floor: float
    """What scores lower in the end is no plate."""
    doubtful: float
    """What scores lower at first is not worth another look."""
    sure: float
    """A plate with at least this score, and wide enough, is not looked at again."""
    beside: float
    """Beside such a plate, what scores lower is not worth another look: most often it is a badge or
    a lamp of the same car."""
    wide_enough: float
    """Width of a plate that is seen well."""
    best_width: float
    """Width that a plate has in a closer view."""
    surroundings: float = 3.2
    """Side of a closer view, in widths of the plate."""
    first: float = 1.0
    """Share of the network's pixels that the first look over the whole picture takes."""
    most: int = 3
    """So many unsure plates are looked at again, those with the highest score."""
    overlap: float = 0.45
    """Of two boxes with a larger intersection over union the better stays."""


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


class SecondLook:
    """A detector made of one that takes pictures at any scale, which may look several times."""

    def __init__(self, detector: ScalingDetector, closeness: Closeness) -> None:
        """``closeness`` belongs to the detector: its scores and what it was trained on."""
        self._detector = detector
        self._closeness = closeness

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """See ``Detector``."""
        return (self._detector.identity,)

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        height, width = pixels.shape[:2]
        ratio = self._detector.ratio((width, height)) * math.sqrt(self._closeness.first)
        whole = View(0, 0, width, height)
        return self._search(pixels, (whole,), ratio) or self._search_parts(pixels)

    def _search_parts(self, pixels: Pixels) -> tuple[Detection, ...]:
        """Look at halves or quarters, where plates are larger."""
        height, width = pixels.shape[:2]
        views = parts(width, height)
        return self._search(pixels, views, self._detector.ratio(views[0].size))

    def _search(
        self, pixels: Pixels, views: tuple[View, ...], ratio: float
    ) -> tuple[Detection, ...]:
        """Look at each view, and closely at what leaves a doubt."""
        limits = self._closeness
        found = [each for view in views for each in self._look(pixels, view, ratio)]
        seen = suppress_overlaps(found, limits.overlap)
        sure = [each for each in seen if self._is_sure(each, ratio)]
        worth_it = limits.beside if sure else limits.doubtful
        unsure = [each for each in seen if each not in sure and each.score >= worth_it]
        sure += [
            again for each in unsure[: limits.most] for again in self._closer(pixels, each, ratio)
        ]
        kept = suppress_overlaps(sure, limits.overlap)
        return tuple(each for each in kept if each.score >= limits.floor)

    def _is_sure(self, detection: Detection, ratio: float) -> bool:
        wide = detection.box.width * ratio >= self._closeness.wide_enough
        return wide and detection.score >= self._closeness.sure

    def _closer(self, pixels: Pixels, detection: Detection, ratio: float) -> list[Detection]:
        """What a closer view shows of one detection: it, better known, or nothing."""
        height, width = pixels.shape[:2]
        plate = max(detection.box.width, 2 * detection.box.height)
        closer_ratio = self._closeness.best_width / plate
        if closer_ratio < 1.2 * ratio:
            return [detection]
        side = plate * self._closeness.surroundings
        view = around(detection.box.centre, side, width, height)
        again = self._look(pixels, view, closer_ratio)
        return [each for each in again if each.box.iou(detection.box) > SAME_PLATE]

    def _look(self, pixels: Pixels, view: View, ratio: float) -> tuple[Detection, ...]:
        part = pixels[view.top : view.bottom, view.left : view.right]
        found = self._detector.look(part, ratio, self._closeness.doubtful)
        return tuple(each.moved(left=view.left, top=view.top) for each in found)


def around(centre: tuple[float, float], side: float, width: int, height: int) -> View:
    """A square view round a point, moved to lie inside the picture."""
    across, down = min(math.ceil(side), width), min(math.ceil(side), height)
    left = min(max(0, round(centre[0] - across / 2)), width - across)
    top = min(max(0, round(centre[1] - down / 2)), height - down)
    return View(left, top, left + across, top + down)


def parts(width: int, height: int) -> tuple[View, ...]:
    """Overlapping views that together cover the picture: two for a long one, else four.

    Each is about 0.58 of the longer side, so that a plate in the middle lies whole in one of them.
    """
    side = math.ceil(0.58 * max(width, height))
    across, down = min(side, width), min(side, height)
    lefts = sorted({0, width - across})
    tops = sorted({0, height - down})
    return tuple(View(left, top, left + across, top + down) for top in tops for left in lefts)
