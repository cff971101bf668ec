"""The camera that photographs flat plates for the reader to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from training.ocr import photograph as camera
from training.ocr.conditions import Conditions
from training.ocr.photograph import HARDEST, INPUT, compress, hide_letter, photograph
from training.ocr.surroundings import surroundings
from training.plates import draw_plate
from training.upright import Pixels


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


@pytest.fixture
def qualities(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of every JPEG that is made from now on."""
    asked = []

    def as_jpeg(_rng: np.random.Generator, crop: Pixels, quality: int) -> Pixels:
        asked.append(quality)
        return crop

    monkeypatch.setattr(camera, "_as_jpeg", as_jpeg)
    return asked


def test_large_letters_are_compressed_as_hard_as_a_poor_stream_and_small_ones_less(
    qualities: list[int],
) -> None:
    rng = np.random.default_rng(3)
    picture = np.zeros((40, 90, 3), np.uint8)
    for _ in range(300):
        compress(rng, picture, letter=15.0)
    large = list(qualities)
    qualities.clear()
    for _ in range(300):
        compress(rng, picture, letter=6.0)
    assert HARDEST <= min(large) < 30
    assert min(qualities) >= 45
    assert max(large + qualities) <= 95


def test_a_compressed_picture_keeps_its_shape_and_loses_detail() -> None:
    rng = np.random.default_rng(3)
    picture = rng.integers(0, 255, (37, 91, 3)).astype(np.uint8)
    compressed = [compress(rng, picture, letter=12.0) for _ in range(30)]
    assert all(each.shape == picture.shape and each.dtype == np.uint8 for each in compressed)
    assert any(not np.array_equal(each, picture) for each in compressed)


@pytest.mark.parametrize("seed", range(20))
def test_about_one_letter_is_hidden_and_the_rest_stays_as_it_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (60, 140, 3)).astype(np.uint8)
    hidden = hide_letter(rng, picture, 16.0)
    assert hidden.shape == picture.shape
    assert hidden.dtype == np.uint8
    changed = np.abs(hidden.astype(int) - picture) > 20
    (columns,) = np.nonzero(changed.any(axis=(0, 2)))
    assert 6 <= columns.max() - columns.min() <= 32


@pytest.mark.parametrize("seed", range(20))
def test_the_hidden_letter_lies_on_the_plate_where_the_picture_shows_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (120, 280, 3)).astype(np.uint8)
    hidden = hide_letter(rng, picture, 10.0, within=(100.0, 40.0, 200.0, 80.0))
    changed = np.abs(hidden.astype(int) - picture) > 20
    (columns,) = np.nonzero(changed.any(axis=(0, 2)))
    assert columns.min() >= 95
    assert columns.max() <= 205


def test_plates_set_upright_fill_the_picture_better_than_those_cut_out_by_a_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen from the front nothing around the plate is left but a narrow margin."""
    monkeypatch.setattr(camera, "light", lambda rng, crop, conditions: crop)

    def mean_share_of_plate(upright: float) -> float:
        monkeypatch.setattr(camera, "UPRIGHT", upright)
        rng = np.random.default_rng(2)
        bright = np.full((80, 360, 3), (255, 0, 255), np.uint8)
        conditions = Conditions(tilt=3.0)
        shares = []
        for _ in range(60):
            picture = photograph(rng, bright, 7, two_line=False, conditions=conditions).astype(int)
            shares.append((picture[..., 0] + picture[..., 2] - 2 * picture[..., 1] > 255).mean())
        return float(np.mean(shares))

    assert mean_share_of_plate(1.0) > mean_share_of_plate(0.0) + 0.08
