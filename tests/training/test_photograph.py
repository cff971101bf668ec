"""The camera that photographs flat plates for the reader to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from training.ocr.photograph import (
    EVERYDAY,
    INPUT,
    as_found,
    at_the_gate,
    passed_on,
    photograph,
    upright,
)
from training.ocr.surroundings import surroundings
from training.plates import draw_plate


@pytest.fixture(autouse=True)
def our_own_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as a fresh clone does: without fetched fonts."""
    monkeypatch.setenv("ALPR_TRAINING_FONTS", "none")


@pytest.mark.parametrize("seed", range(40))
def test_every_photograph_is_as_large_as_the_reader_wants_it_and_shows_something(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    plate = draw_plate(rng)
    picture = photograph(rng, plate.rgb, len(plate.text), two_line=plate.two_line)
    assert picture.shape == (INPUT[1], INPUT[0], 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 1


def test_the_same_seed_takes_the_same_photograph() -> None:
    def taken() -> list[bytes]:
        rng = np.random.default_rng(4)
        plate = draw_plate(rng)
        return [photograph(rng, plate.rgb, 7, two_line=False).tobytes() for _ in range(5)]

    assert taken() == taken()


@pytest.mark.parametrize("seed", range(40))
def test_what_is_around_a_plate_fills_the_picture_whatever_is_drawn_in_it(seed: int) -> None:
    ground = surroundings(np.random.default_rng(seed), (90, 40), (5.0, 4.0, 85.0, 36.0))
    assert ground.shape == (40, 90, 3)
    assert ground.dtype == np.float32
    assert 0 <= ground.min() <= ground.max() <= 255


def test_the_camera_knows_where_the_plate_is_in_its_picture() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        red = np.full((60, 120, 3), (250, 0, 0), np.uint8)
        picture, corners = at_the_gate(rng, red, 100.0, EVERYDAY)
        height, width = picture.shape[:2]
        assert corners.min() >= 0
        assert (corners <= (width, height)).all()
        x, y = corners.mean(axis=0).astype(int)
        assert picture[y, x].tolist() == [250, 0, 0]


def test_a_picture_that_is_passed_on_keeps_the_plate_at_the_same_place() -> None:
    rng = np.random.default_rng(3)
    corners = np.array([[10, 5], [70, 8], [70, 30], [10, 28]], np.float64)
    for _ in range(20):
        picture, moved = passed_on(rng, np.zeros((40, 80, 3), np.uint8), corners)
        height, width = picture.shape[:2]
        assert np.allclose(moved / (width, height), corners / (80, 40))


def test_corners_are_mostly_found_near_to_where_they_are() -> None:
    rng = np.random.default_rng(3)
    corners = np.array([[0, 0], [100, 0], [100, 50], [0, 50]], np.float64)
    errors = np.array([np.abs(as_found(rng, corners) - corners).max() for _ in range(400)])
    assert np.quantile(errors, 0.5) < 3
    assert 3 < errors.max() < 30


def test_a_tilted_plate_is_seen_from_the_front() -> None:
    corners = np.array([[20, 10], [120, 30], [118, 80], [18, 60]], np.float64)
    picture = np.zeros((100, 150, 3), np.uint8)
    rows, columns = np.mgrid[0:100, 0:150]
    inside = (columns > 21) & (columns < 117) & (abs(rows - 45 - (columns - 69) * 0.2) < 24)
    picture[inside] = 255
    seen = upright(np.random.default_rng(1), picture, corners)
    assert seen.shape == (INPUT[1], INPUT[0], 3)
    assert seen[20:-20, 20:-20].min() == 255
