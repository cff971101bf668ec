"""A second, closer look where the first one over the whole picture is not enough.

A detector with a small input sees a plate 30 pixels wide in a 1280-pixel picture only 10 pixels
wide. Instead of a larger network for every picture, the same network looks again at parts of it:
at overlapping halves or quarters when it found nothing at all, and closely at what it is unsure of.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING

from ..types import Box
from .backends.base import Detection
from .detect import suppress_overlaps

if TYPE_CHECKING:
    from ..types import ModelIdentity
    from .backends.base import Detector
    from .decode import Pixels


@dataclass(frozen=True, slots=True)
class Closeness:
    """When to look again, and how closely."""

    floor: float
    """What scores lower in the end is no plate."""
    sure: float
    """A plate with at least this score, and wide enough, is not looked at again."""
    wide_enough: float
    """Width of a plate in the picture as the network sees it, in network pixels."""
    surroundings: float = 5.0
    """Side of the closer view, in widths of the plate."""
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
    def side(self) -> int:
        """The longer side."""
        return max(self.right - self.left, self.bottom - self.top)


class SecondLook:
    """A detector made of another one that may look several times."""

    def __init__(self, detector: Detector, network_side: int, closeness: Closeness) -> None:
        """``detector`` also returns what it is unsure of; ``network_side`` is its input's side."""
        self._detector = detector
        self._network_side = network_side
        self._closeness = closeness

    @property
    def identity(self) -> ModelIdentity:
        """See ``Detector``."""
        return self._detector.identity

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        height, width = pixels.shape[:2]
        views: tuple[View, ...] = (View(0, 0, width, height),)
        found = self._look(pixels, views[0])
        if not found:
            views = parts(width, height)
            found = tuple(each for view in views for each in self._look(pixels, view))
        limits = self._closeness
        seen = suppress_overlaps(list(found), limits.overlap)
        sure = [each for each in seen if self._is_sure(each, views[0].side)]
        unsure = [each for each in seen if each not in sure][: limits.most]
        sure += [again for each in unsure for again in self._closer(pixels, each)]
        kept = suppress_overlaps(sure, limits.overlap)
        return tuple(each for each in kept if each.score >= limits.floor)

    def _is_sure(self, detection: Detection, side: int) -> bool:
        """``side`` is the longer side of the view it was found in."""
        seen = detection.box.width * self._network_side / side
        return detection.score >= self._closeness.sure and seen >= self._closeness.wide_enough

    def _closer(self, pixels: Pixels, detection: Detection) -> list[Detection]:
        """What a closer view shows of one detection: it, better known, or nothing."""
        height, width = pixels.shape[:2]
        side = max(detection.box.width, detection.box.height) * self._closeness.surroundings
        view = around(detection.box.centre, side, width, height)
        if view.side > 0.8 * max(width, height):
            return [detection]
        return [again for again in self._look(pixels, view) if again.box.iou(detection.box) > 0.1]

    def _look(self, pixels: Pixels, view: View) -> tuple[Detection, ...]:
        part = pixels[view.top : view.bottom, view.left : view.right]
        return tuple(shifted(each, view.left, view.top) for each in self._detector.detect(part))


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


def shifted(detection: Detection, left: float, top: float) -> Detection:
    """The same detection in the coordinates of the picture that the view is a part of."""
    box = detection.box
    corners = detection.corners
    if corners is not None:
        one, two, three, four = ((x + left, y + top) for x, y in corners)
        corners = (one, two, three, four)
    moved = Box(box.x1 + left, box.y1 + top, box.x2 + left, box.y2 + top)
    return Detection(moved, detection.score, corners)
