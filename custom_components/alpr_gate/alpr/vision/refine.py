"""A look at the plate itself: whether it is one, and where its corners are.

The detector sees the whole picture small, and cannot tell a plate from a sign or a wheel, from the
frame it is held by, or its end from the bumper beside it. A box too wide shows the reader a
dealer's name, one too narrow hides a character.
"""

from __future__ import annotations

from dataclasses import replace
import math
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box
from .straighten import perspective, straightened

if TYPE_CHECKING:
    from ..types import Corners
    from .backends.base import Detection, Refiner
    from .decode import Pixels
    from .detect import Floats

MARGIN = 0.3
"""What is shown around the plate as the detector found it: a fraction of its width and height. The
network was trained with it."""
EDGE = 0.005
"""Widths of the plate: a box that comes so near to the picture's edge is not moved. What is beyond
cannot be seen, and the box must keep telling that it ends there. Where a box ends a little earlier
this network tells better than the detector whether the plate does (docs/benchmarks.md)."""
NEAR_ENOUGH = 0.65
"""Intersection over union of both boxes below which it is looked at again: there was little of the
plate in the first close look, or much besides."""
HOPELESS = 0.3
"""Score below which another look would be wasted."""
LEAST_SHARED = 0.3
"""Intersection over union of both boxes below which the network saw something else."""


def refined(refiner: Refiner, pixels: Pixels, detection: Detection) -> Detection | None:
    """What a close look says of a detection: where its corners are, and a score.

    The score is the geometric mean of what both networks believe: either can refuse a plate.

    Args:
        refiner: looks at it.
        pixels: the picture, in which ``detection`` was found.
        detection: with corners, or an upright box.

    Returns:
        None where there is nothing to look at.

    Raises:
        ModelRefused: BAD_OUTPUT when the network's answer makes no sense.
    """
    once = _looked_at(refiner, pixels, detection, detection.score)
    if once is None or once.score < HOPELESS or once.box.iou(detection.box) >= NEAR_ENOUGH:
        return once
    return _looked_at(refiner, pixels, once, detection.score)


def _looked_at(
    refiner: Refiner, pixels: Pixels, detection: Detection, believed: float
) -> Detection | None:
    """One close look; ``believed`` is the score of the network that found it."""
    rough = detection.corners or corners_of(detection.box)
    crop = straightened(pixels, rough, margin=MARGIN)
    if crop is None:
        return None
    look = refiner.look(crop)
    judged = replace(detection, score=math.sqrt(believed * look.plate))
    if not detection.box.keeps_off_edge((pixels.shape[1], pixels.shape[0]), EDGE):
        return judged
    corners = placed(look.corners, rough)
    box = box_of(corners)
    if box.iou(detection.box) < LEAST_SHARED:
        return judged
    return replace(judged, box=box, corners=corners)


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
