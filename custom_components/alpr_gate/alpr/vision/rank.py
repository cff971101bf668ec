"""Which of several plates belongs to the car that stands at the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import PlateRead
    from .decode import Pixels

SHARP = 400.0
"""Variance of the Laplacian at which a plate counts as half sharp."""


def sharpness(crop: Pixels) -> float:
    """How much fine detail a plate shows, 0 to 1.

    The variance of the Laplacian of the luminance (Pech-Pacheco et al., 2000), squeezed to 0..1.
    """
    if min(crop.shape[:2]) < 3:
        return 0.0
    grey = crop.astype(np.float32).mean(axis=2)
    laplacian = (
        grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    )
    variance = float(laplacian.var())
    return variance / (variance + SHARP)


def likelihood(plate: PlateRead, sharp: float, size: tuple[int, int]) -> float:
    """How likely a plate's car is the one at the gate; only the order of two values means anything.

    A near car's plate is high (``Box.nearness``), sharp, and low and central in the picture; what
    the detector and the reader doubt counts less.

    Args:
        plate: box in pixels of the upright picture.
        sharp: see ``sharpness``.
        size: width and height of the upright picture.
    """
    x, y = plate.box.centre
    off_centre = abs(2 * x / size[0] - 1)
    position = (1 - 0.4 * off_centre) * (0.6 + 0.4 * min(1.0, max(0.0, y / size[1])))
    doubt = (0.25 + 0.75 * plate.detection) * (0.25 + 0.75 * plate.confidence)
    return plate.box.nearness * position * (0.5 + 0.5 * sharp) * doubt
