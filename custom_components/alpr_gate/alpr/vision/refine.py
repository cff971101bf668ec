"""From where the detector thinks a plate is to where its corners are: a look at the plate itself.

The detector sees the whole picture small, and cannot tell a plate from the frame it is held by, or
its end from the bumper beside it. A box too wide shows the reader a dealer's name, one too narrow
hides a character.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box
from .detect import suppress_overlaps
from .straighten import perspective, straightened

if TYPE_CHECKING:
    from ..types import Corners, ModelIdentity
    from .backends.base import CornerFinder, Detection, Detector
    from .decode import Pixels
    from .detect import Floats

MARGIN = 0.3
"""What is shown around the plate as the detector found it: a fraction of its width and height. The
network was trained with it."""
EDGE = 0.03
"""Widths of the plate: nearer to the picture's edge it may be cut off, and is left alone. What is
beyond cannot be seen, and the box must keep telling that it ends there."""
SAME_PLATE = 0.45
"""Intersection over union from which on two boxes have moved onto one plate: the better stays."""
LEAST_SHARED = 0.3
"""Intersection over union of both boxes below which the network saw something else."""


class RefinedDetector:
    """A detector whose plates are looked at once more, to find their corners."""

    def __init__(self, detector: Detector, finder: CornerFinder) -> None:
        """``finder`` was trained on what ``detector`` finds."""
        self._detector = detector
        self._finder = finder

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """See ``Detector``."""
        return *self._detector.identities, self._finder.identity

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        found = [self._refined(pixels, each) for each in self._detector.detect(pixels)]
        return suppress_overlaps(found, SAME_PLATE)

    def _refined(self, pixels: Pixels, detection: Detection) -> Detection:
        if not detection.box.keeps_off_edge((pixels.shape[1], pixels.shape[0]), EDGE):
            return detection
        rough = detection.corners or corners_of(detection.box)
        crop = straightened(pixels, rough, margin=MARGIN)
        if crop is None:
            return detection
        corners = placed(self._finder.corners(crop), rough)
        box = box_of(corners)
        if box.iou(detection.box) < LEAST_SHARED:
            return detection
        return replace(detection, box=box, corners=corners)


def placed(found: Floats, rough: Corners) -> Corners:
    """Corners in the picture, from those in a crop of ``rough`` with ``MARGIN`` around it.

    Args:
        found: 4 x 2, from 0 to 1 across and down the crop.
        rough: in pixels of the picture.
    """
    inner = corners_of(Box(MARGIN, MARGIN, 1 + MARGIN, 1 + MARGIN))
    try:
        a, b, c, d, e, f, g, h = perspective(inner, rough)
    except np.linalg.LinAlgError:
        return rough
    one, two, three, four = (
        ((a * x + b * y + c) / (g * x + h * y + 1), (d * x + e * y + f) / (g * x + h * y + 1))
        for x, y in (found * (1 + 2 * MARGIN)).tolist()
    )
    return one, two, three, four


def corners_of(box: Box) -> Corners:
    """The corners of an upright box."""
    return (box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2)


def box_of(corners: Corners) -> Box:
    """The upright box around four corners."""
    across, down = zip(*corners, strict=True)
    return Box(min(across), min(down), max(across), max(down))
