"""Cutting a plate out of a picture, and setting a tilted one upright."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from ..types import Box, Corners
    from .decode import Pixels


MOST_BEYOND = 256
"""Pixels that a picture is continued by beyond its edge, at most."""
ENOUGH_WIDTH = 128
"""Pixels across a plate below which it is not made smaller: readers see no more than that."""


def cut(pixels: Pixels, box: Box, *, margin: float = 0.0) -> Pixels | None:
    """The pixels inside a box, its edges cut to whole pixels as fast-alpr cuts them.

    Args:
        pixels: the picture.
        box: in pixels.
        margin: what to show round the box, as a fraction of its width and height.

    Returns:
        None when the box has no pixel inside the picture.
    """
    height, width = pixels.shape[:2]
    across, down = box.width * margin, box.height * margin
    left, top = max(0, int(box.x1 - across)), max(0, int(box.y1 - down))
    right, bottom = min(width, int(box.x2 + across)), min(height, int(box.y2 + down))
    if right <= left or bottom <= top:
        return None
    return pixels[top:bottom, left:right]


def straightened(
    pixels: Pixels,
    corners: Corners,
    *,
    margin: float = 0.0,
    continued: bool = False,
    size: tuple[int, int] | None = None,
) -> Pixels | None:
    """A plate seen from the front, from its four corners.

    Args:
        pixels: the picture.
        corners: in pixels, in the order of ``Corners``.
        margin: what to show round the plate, as a fraction of its width and height.
        continued: beyond the picture's edge its last pixels go on; otherwise it is black there.
            Black tells where the picture ends, but looks like a stroke beside the first letter.
        size: width and height of the answer in pixels: what is scaled once more afterwards loses
            detail. If left out, about as many as the plate has in the picture, or a whole fraction
            of them where that is enough.

    Returns:
        None when the corners span nothing.
    """
    top_left, top_right, bottom_right, bottom_left = corners
    width = max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right))
    height = max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right))
    if not (2 <= width <= 4 * pixels.shape[1] and 2 <= height <= 4 * pixels.shape[0]):
        return None
    part, corners = _surroundings(
        pixels, corners, margin * (width + height), MOST_BEYOND if continued else 0
    )
    if not part.size:
        return None
    # Pillow copies an array with gaps between its rows ten times slower.
    image = Image.fromarray(np.ascontiguousarray(part))
    if (smaller := int(width // ENOUGH_WIDTH)) > 1:
        # Points picked out of a fine picture would make patterns that are not on the plate.
        image = image.reduce(smaller)
        corners = moved_corners(corners, 1 / smaller, 1 / smaller)
        width, height = width / smaller, height / smaller
    whole = 1 + 2 * margin
    if size is None:
        size = max(1, round(width * whole)), max(1, round(height * whole))
    else:
        width, height = size[0] / whole, size[1] / whole
    across, down = width * margin, height * margin
    target = (
        (across, down),
        (across + width, down),
        (across + width, down + height),
        (across, down + height),
    )
    try:
        coefficients = perspective(target, corners)
    except np.linalg.LinAlgError:
        return None
    upright = image.transform(
        size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR
    )
    return np.asarray(upright)


def _surroundings(
    pixels: Pixels, corners: Corners, margin: float, most_beyond: int
) -> tuple[Pixels, Corners]:
    """The part of the picture that holds a plate and what is near it, and the corners therein.

    Copying this part costs far less than copying the whole picture. ``margin`` is in pixels, and
    doubled, for the near side of a plate seen at an angle shows more of them. The picture's last
    pixels go on for at most ``most_beyond`` beyond its edge.
    """
    reach = 2 * margin + 4
    across, down = zip(*corners, strict=True)
    height, width = pixels.shape[:2]
    left, right = int(min(across) - reach), math.ceil(max(across) + reach)
    top, bottom = int(min(down) - reach), math.ceil(max(down) + reach)
    part = pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if not part.size:
        return part, corners
    beyond = [
        min(most_beyond, max(0, each)) for each in (-top, bottom - height, -left, right - width)
    ]
    if any(beyond):
        above, below, before, after = beyond
        part = np.pad(part, ((above, below), (before, after), (0, 0)), mode="edge")
    moved = moved_corners(corners, left=beyond[2] - max(0, left), top=beyond[0] - max(0, top))
    return part, moved


def moved_corners(
    corners: Corners, across: float = 1.0, down: float = 1.0, left: float = 0.0, top: float = 0.0
) -> Corners:
    """Corners after scaling and then shifting the picture's coordinates."""
    one, two, three, four = ((x * across + left, y * down + top) for x, y in corners)
    return one, two, three, four


def perspective(source: Corners, target: Corners) -> tuple[float, ...]:
    """The eight coefficients a..h of the projective map from ``source`` to ``target``.

    (x, y) goes to ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1)).

    Raises:
        numpy.linalg.LinAlgError: when three corners lie on one line.
    """
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values.extend([u, v])
    solved = np.linalg.solve(np.array(rows, np.float64), np.array(values, np.float64))
    return tuple(float(coefficient) for coefficient in solved)
