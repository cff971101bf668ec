"""The rough cuts that the refiner learns from."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from training.detector.pictures import Picture, Pixels
from training.refiner.views import HEIGHT, MARGIN, WIDTH, Rough, cut_out, drawn, real

SEEDS = range(12)
INSET = MARGIN / (1 + 2 * MARGIN)


def plate() -> Pixels:
    return np.full((40, 160, 3), 255, np.uint8)


def street() -> Picture:
    """A dark picture with one bright plate in it."""
    rgb = np.full((300, 500, 3), 30, np.uint8)
    rgb[150:175, 200:300] = 240
    return Picture(rgb, np.array([[200, 150, 300, 175]], np.float32))


def seen(make: Callable[[np.random.Generator], Rough | None]) -> list[Rough]:
    views = [make(np.random.default_rng(seed)) for seed in SEEDS]
    return [view for view in views if view is not None]


def inside(view: Rough) -> np.ndarray:
    """Which pixels of a view lie within its corners."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillConvexPoly(mask, np.round(view.corners * (WIDTH, HEIGHT)).astype(np.int32), 1)
    return mask.astype(bool)


@pytest.mark.parametrize("turn", [0.0, 0.2, -0.35])
@pytest.mark.parametrize("width", [60, 150, 400])
def test_corners_stay_on_the_plate_whatever_was_cut_out(width: int, turn: float) -> None:
    rng = np.random.default_rng(3)
    height = width // 4
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = flat @ rotation.T + (width, width)
    picture = np.zeros((3 * width, 3 * width, 3), np.uint8)
    cv2.fillConvexPoly(picture, np.round(corners).astype(np.int32), (255, 255, 255))
    guess = corners + rng.normal(0, 0.05, (4, 2)) * (width, height)
    view = cut_out(picture, corners, guess, whole=True)
    bright = view.rgb.mean(axis=2) > 127
    within = inside(view)
    assert (bright == within).mean() > 0.95


def test_a_right_guess_puts_the_plate_in_the_middle() -> None:
    corners = np.array([[20, 20], [120, 20], [120, 45], [20, 45]], np.float64)
    view = cut_out(np.zeros((80, 150, 3), np.uint8), corners, corners, whole=True)
    near, far = INSET, 1 - INSET
    expected = [[near, near], [far, near], [far, far], [near, far]]
    assert view.corners == pytest.approx(np.array(expected), abs=0.01)


def test_drawn_plates_are_brighter_than_what_they_lie_on() -> None:
    views = seen(lambda rng: drawn(rng, [plate()], [street()]))
    assert len(views) == len(SEEDS)
    apart = [view.rgb[inside(view)].mean() - view.rgb[~inside(view)].mean() for view in views]
    assert np.median(apart) > 15
    assert all(view.whole and view.rgb.shape == (HEIGHT, WIDTH, 3) for view in views)


def test_the_box_of_a_real_plate_is_where_the_plate_is() -> None:
    views = seen(lambda rng: real(rng, [street()]))
    apart = [view.rgb[inside(view)].mean() - view.rgb[~inside(view)].mean() for view in views]
    assert np.median(apart) > 60
    assert not any(view.whole for view in views)


def test_guesses_miss_on_every_side() -> None:
    rng = np.random.default_rng(1)
    lefts = [real(rng, [street()]) for _ in range(60)]
    edges = np.array([view.corners[0] for view in lefts if view is not None])
    assert (edges < INSET - 0.02).any(axis=0).all()
    assert (edges > INSET + 0.02).any(axis=0).all()


def test_plates_too_small_to_know_their_edges_are_left_out() -> None:
    tiny = Picture(street().rgb, np.array([[200, 150, 215, 155]], np.float32))
    empty = Picture(street().rgb, np.zeros((0, 4), np.float32))
    rng = np.random.default_rng(1)
    assert real(rng, [tiny]) is None
    assert real(rng, [empty]) is None
