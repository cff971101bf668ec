"""Training sees a plate set upright as the integration does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.vision.straighten import straightened
from training.upright import HEIGHT, WIDTH, Pixels, Points, set_upright


def soft_picture() -> Pixels:
    """Blotches without hard edges, so that half a pixel's difference is a small one."""
    coarse = np.random.default_rng(5).integers(0, 256, (24, 40, 3)).astype(np.uint8)
    return cv2.resize(coarse, (960, 576), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def tilted(width: float) -> Points:
    square = np.array([[0, 0], [1, 0.06], [1.02, 0.31], [0.01, 0.24]], np.float64)
    return square * width + (200, 150)


@pytest.mark.parametrize("width", [60, 110, 290, 430])
@pytest.mark.parametrize("margin", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("continued", [False, True])
def test_training_and_the_integration_set_a_plate_upright_alike(
    width: float, margin: float, continued: bool
) -> None:
    corners = tilted(width)
    one, two, three, four = ((float(x), float(y)) for x, y in corners)
    theirs = straightened(
        soft_picture(),
        (one, two, three, four),
        margin=margin,
        continued=continued,
        size=(WIDTH, HEIGHT),
    )
    assert theirs is not None

    def apart(from_corners: Points) -> float:
        ours, _ = set_upright(soft_picture(), from_corners, margin, continued=continued)
        return float(np.abs(ours.astype(int) - theirs).mean())

    assert apart(corners) < 0.5 * apart(corners + 3)


@pytest.mark.parametrize("width", [60, 430])
def test_the_matrix_tells_where_a_place_of_the_picture_is_seen(width: float) -> None:
    corners = tilted(width)
    _, matrix = set_upright(soft_picture(), corners, 0.25, continued=True)
    seen = cv2.perspectiveTransform(corners[None], matrix)[0] / (WIDTH, HEIGHT)
    third = 0.25 / 1.5
    expected = [[third, third], [1 - third, third], [1 - third, 1 - third], [third, 1 - third]]
    assert seen == pytest.approx(np.array(expected), abs=1e-3)
