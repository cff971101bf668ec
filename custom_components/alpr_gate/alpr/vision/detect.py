"""From a detector network's numbers to boxes in the picture, without the network itself."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box
from .backends.base import CloserLook, Detection
from .errors import ModelProblem, ModelRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Floats = NDArray[np.float32]

SCORE_TOLERANCE = 1e-3
"""How far outside 0..1 a score may lie by rounding before the network is not believed."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture was fitted into the network's input: scaled, then padded evenly."""

    ratio: float
    """Network pixels for each picture pixel."""
    inner: tuple[int, int]
    """Width and height of the scaled picture in network pixels."""
    outer: tuple[int, int]
    """Width and height of the network's input."""

    @classmethod
    def fit(cls, size: tuple[int, int], outer: tuple[int, int]) -> Letterbox:
        """Fit a picture of ``size`` (width, height) into an input of the size ``outer``.

        The rounding is the one YOLO's own tools use, so both backends see the same pixels.
        """
        width, height = size
        ratio = min(outer[1] / height, outer[0] / width)
        return cls(ratio, (max(1, round(width * ratio)), max(1, round(height * ratio))), outer)

    @classmethod
    def scaled(cls, size: tuple[int, int], ratio: float, multiple: int) -> Letterbox:
        """Scale a picture and pad it to the next whole ``multiple`` of network pixels."""
        inner = max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))
        across, down = (math.ceil(side / multiple) * multiple for side in inner)
        return cls(ratio, inner, (across, down))

    @property
    def pad(self) -> tuple[float, float]:
        """Half of the padding, across and down, in network pixels."""
        return (self.outer[0] - self.inner[0]) / 2, (self.outer[1] - self.inner[1]) / 2

    @property
    def border(self) -> tuple[int, int, int, int]:
        """Rows above and below, columns left and right."""
        across, down = self.pad
        return round(down - 0.1), round(down + 0.1), round(across - 0.1), round(across + 0.1)


def yolo_detections(
    output: Floats, letterbox: Letterbox, *, floor: float, overlap: float = 0.45
) -> tuple[Detection, ...]:
    """Decode the output of a one-class YOLO head before its non-maximum suppression.

    Args:
        output: 5 x n: centre x, centre y, width, height in network pixels, and score.
        letterbox: how the picture was fitted into the network's input.
        floor: detections with a lower score are left out.
        overlap: of two boxes with a larger intersection over union the better stays.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape, NaN, or a score outside 0..1.
    """
    if output.ndim != 2 or output.shape[0] != 5:
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT, f"the detector answered with the shape {output.shape}"
        )
    scores = believable(output[4], "detector")
    chosen = np.flatnonzero(scores >= floor)
    if not np.isfinite(output[:, chosen]).all():
        raise ModelRefused(ModelProblem.BAD_OUTPUT, "the detector answered with NaN")
    centre_x, centre_y, width, height = output[:4, chosen]
    boxes = np.stack(
        [
            (centre_x - width / 2 - letterbox.pad[0]) / letterbox.ratio,
            (centre_y - height / 2 - letterbox.pad[1]) / letterbox.ratio,
            (centre_x + width / 2 - letterbox.pad[0]) / letterbox.ratio,
            (centre_y + height / 2 - letterbox.pad[1]) / letterbox.ratio,
        ],
        axis=1,
    )
    candidates = [
        Detection(Box(*(float(edge) for edge in box)), float(score))
        for box, score in zip(boxes, scores[chosen], strict=True)
    ]
    return suppress_overlaps(candidates, overlap)


CORNER_CHANNELS = 13
MOST_CANDIDATES = 200
"""Of more cells above the floor those with the highest score are looked at."""


def corner_detections(
    grid: Floats, letterbox: Letterbox, *, floor: float, overlap: float = 0.45
) -> tuple[Detection, ...]:
    """Decode a grid of cells that each may be the middle of a plate.

    Args:
        grid: 13 x rows x columns. The channels are the score; the distances from the cell's centre
            to the left, top, right and bottom of the box; and, for top left, top right, bottom
            right and bottom left, where the corner is from the cell's centre, across and down.
            Lengths are network pixels.
        letterbox: how the picture was fitted into the network's input.
        floor: detections with a lower score are left out.
        overlap: of two boxes with a larger intersection over union the better stays.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape, NaN, or a score outside 0..1.
    """
    if grid.ndim != 3 or grid.shape[0] != CORNER_CHANNELS:
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT, f"the detector answered with the shape {grid.shape}"
        )
    scores = believable(grid[0], "detector")
    cells = np.flatnonzero(scores >= floor)
    cells = cells[np.argsort(-scores.flat[cells], kind="stable")][:MOST_CANDIDATES]
    rows, columns = np.unravel_index(cells, scores.shape)
    values = grid[1:, rows, columns].T
    if not np.isfinite(values).all():
        raise ModelRefused(ModelProblem.BAD_OUTPUT, "the detector answered with NaN")
    stride = letterbox.outer[0] / scores.shape[1]
    centres = np.stack([columns, rows], axis=1) * stride + stride / 2
    top_left, bottom_right = centres - values[:, 0:2], centres + values[:, 2:4]
    corners = centres[:, None, :] + values[:, 4:12].reshape(-1, 4, 2)
    places = np.concatenate([top_left[:, None], bottom_right[:, None], corners], axis=1)
    places = (places - np.array(letterbox.pad)) / letterbox.ratio
    candidates = [
        _with_corners(points, float(score))
        for points, score in zip(places.tolist(), scores.flat[cells], strict=True)
    ]
    return suppress_overlaps(candidates, overlap)


def _with_corners(points: list[list[float]], score: float) -> Detection:
    """A detection from the box's two corners and the plate's four."""
    (left, top), (right, bottom), *corners = points
    one, two, three, four = ((x, y) for x, y in corners)
    return Detection(Box(left, top, right, bottom), score, (one, two, three, four))


def closer_look(corners: Floats, plate: Floats) -> CloserLook:
    """What a network says of a picture of one plate.

    Args:
        corners: 4 x 2, from 0 to 1 across and down.
        plate: one probability.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape, NaN, a corner outside the picture, or what is no
            probability.
    """
    if corners.shape != (4, 2) or plate.shape != (1,):
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT,
            f"the refiner answered with the shapes {corners.shape} and {plate.shape}",
        )
    (probability,) = believable(plate, "refiner").tolist()
    return CloserLook(believable(corners, "refiner"), probability)


def suppress_overlaps(candidates: list[Detection], overlap: float) -> tuple[Detection, ...]:
    """Non-maximum suppression: the best first, without what overlaps a better one too much."""
    kept: list[Detection] = []
    for candidate in sorted(candidates, key=lambda each: -each.score):
        if all(candidate.box.iou(other.box) <= overlap for other in kept):
            kept.append(candidate)
    return tuple(kept)


def believable(scores: Floats, who: str) -> Floats:
    """Probabilities clipped to 0..1 against rounding.

    Raises:
        ModelRefused: BAD_OUTPUT when they are not numbers from 0 to 1 at all.
    """
    # Written so that NaN fails it.
    if not ((scores >= -SCORE_TOLERANCE) & (scores <= 1 + SCORE_TOLERANCE)).all():
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT, f"the {who} answered with numbers outside 0 to 1"
        )
    clipped: Floats = np.clip(scores, 0.0, 1.0)
    return clipped
