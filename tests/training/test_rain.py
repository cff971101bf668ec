"""The rain in which the models learn to see."""

from __future__ import annotations

import numpy as np
import pytest

from training import rain as weather
from training.rain import rain


def board(rng: np.random.Generator) -> np.ndarray:
    """Dark letters on a grey ground, 60 x 160."""
    picture = np.full((60, 160, 3), 120, np.uint8)
    for left in range(10, 150, 20):
        picture[15:45, left : left + int(rng.integers(5, 12))] = 20
    return picture


@pytest.mark.parametrize("seed", range(40))
def test_rain_changes_the_picture_and_leaves_it_legible(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dry = board(rng)
    wet = rain(rng, dry, letter=16.0)
    assert wet.shape == dry.shape
    assert wet.dtype == np.uint8
    assert not np.array_equal(wet, dry)
    alike = np.corrcoef(wet[..., 1].ravel().astype(float), dry[..., 1].ravel().astype(float))
    assert alike[0, 1] > 0.55


def test_drops_fall_in_one_direction_longer_than_wide() -> None:
    rng = np.random.default_rng(5)
    streaks = [weather._streaks(rng, (80, 200), 16.0) for _ in range(20)]
    down = np.mean([np.abs(np.diff(each, axis=0)).mean() for each in streaks])
    across = np.mean([np.abs(np.diff(each, axis=1)).mean() for each in streaks])
    assert across > 1.5 * down
    assert all(0 <= each.min() <= each.max() <= 1 for each in streaks)
    assert np.mean([(each > 0.1).mean() for each in streaks]) < 0.3


def test_a_drop_on_the_glass_blurs_only_what_is_behind_it() -> None:
    rng = np.random.default_rng(2)
    dry = rng.integers(0, 256, (200, 400, 3)).astype(np.uint8)
    changed = np.abs(weather._sit(rng, dry, 20.0).astype(int) - dry).max(2) > 20
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert np.ptp(columns) <= 4 * 1.8 * 20
    assert np.ptp(rows) <= 4 * 1.8 * 1.6 * 20


def test_the_same_seed_makes_the_same_rain() -> None:
    dry = board(np.random.default_rng(0))
    once, again = (rain(np.random.default_rng(9), dry, 12.0).tobytes() for _ in range(2))
    assert once == again
