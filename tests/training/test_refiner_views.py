"""The rough cuts that the refiner learns from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.detector.pictures import Picture, Pixels
from training.refiner.candidates import Candidate, read_candidates, write_candidates
from training.refiner.impostors import impostor
from training.refiner.views import MARGIN, Rough, cut_out, drawn, found, no_plate, real
from training.upright import HEIGHT, WIDTH

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


def proposed(*, plate: bool) -> Candidate:
    """A bright plate, or a bright lamp, that the detector framed a little too wide."""
    rgb = np.full((80, 200, 3), 30, np.uint8)
    rgb[30:50, 60:140] = 240
    corners = np.array([[60, 30], [140, 30], [140, 50], [60, 50]], np.float64)
    guess = corners + np.array([[-6, -3], [6, -3], [6, 3], [-6, 3]])
    return Candidate(rgb, guess, corners if plate else None, whole=plate)


def test_what_the_detector_found_keeps_telling_whether_it_was_a_plate() -> None:
    plates = seen(lambda rng: found(rng, [proposed(plate=True)]))
    others = seen(lambda rng: found(rng, [proposed(plate=False)]))
    assert {view.is_plate for view in plates} == {True}
    assert {view.is_plate for view in others} == {False}


def test_the_corners_of_a_plate_that_was_found_stay_on_it_mirrored_or_not() -> None:
    views = seen(lambda rng: found(rng, [proposed(plate=True)]))
    inner = [view.rgb[inside(view)].mean() for view in views]
    outer = [view.rgb[~inside(view)].mean() for view in views]
    assert np.median(np.subtract(inner, outer)) > 60


def test_candidates_are_read_as_they_were_written(tmp_path: Path) -> None:
    both = [proposed(plate=True), proposed(plate=False)]
    write_candidates(tmp_path / "00000.npz", both)
    read = read_candidates(tmp_path)
    for written, each in zip(both, read, strict=True):
        assert np.abs(written.rgb.astype(int) - each.rgb).mean() < 3
        assert each.guess == pytest.approx(written.guess)
        assert (each.corners is None) == (written.corners is None)
        assert each.whole == written.whole


def test_signs_lamps_and_lettering_are_no_plates_and_none_is_like_another() -> None:
    views = seen(lambda rng: no_plate(rng, [street()]))
    assert len(views) == len(SEEDS)
    assert not any(view.is_plate for view in views)
    drawings = {impostor(np.random.default_rng(seed)).tobytes() for seed in range(40)}
    assert len(drawings) == 40
