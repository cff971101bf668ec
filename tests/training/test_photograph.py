"""The camera that photographs flat plates for the reader to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from training.ocr.photograph import INPUT, photograph
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
