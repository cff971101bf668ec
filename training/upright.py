"""A plate set upright by its four corners, as the integration shows it to its networks."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

WIDTH, HEIGHT = 128, 64
"""What the refiner and the reader see, in pixels."""
FULL_WIDTH = 128
"""Pixels: plates at least twice as wide are made smaller first, as the integration does."""


def set_upright(
    picture: Pixels, corners: Points, margin: float, *, continued: bool
) -> tuple[Pixels, Points]:
    """The plate with these corners seen from the front.

    :param corners: 4 x 2 in pixels, clockwise from the upper left.
    :param margin: what is shown around it, as a fraction of its width and height.
    :param continued: the picture's last pixels go on beyond its edge; otherwise it is black there.
    :return: 64 x 128 x 3, and the 3 x 3 matrix that takes places in ``picture`` there.
    """
    span = 1 + 2 * margin
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    target = (square + margin) / span * (WIDTH, HEIGHT)
    across = max(float(np.hypot(*(corners[1] - corners[0]))), 1.0)
    shrink = max(1, int(across // FULL_WIDTH))
    if shrink > 1:
        picture = cv2.resize(
            picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA
        ).astype(np.uint8, copy=False)
    matrix = cv2.getPerspectiveTransform(
        (corners / shrink).astype(np.float32), target.astype(np.float32)
    )
    rgb = cv2.warpPerspective(
        picture,
        matrix,
        (WIDTH, HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if continued else cv2.BORDER_CONSTANT,
    )
    whole = matrix @ np.diag([1 / shrink, 1 / shrink, 1.0])
    return rgb.astype(np.uint8, copy=False), whole.astype(np.float64)
