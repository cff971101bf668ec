"""Writing in other scripts on drawn plates."""

from __future__ import annotations

import numpy as np
import pytest

from training.plates.foreign import WRITING


@pytest.mark.parametrize("script", WRITING)
@pytest.mark.parametrize("size", [(4, 4), (30, 12), (80, 40), (20, 60)])
def test_writing_fills_the_size_it_is_given_with_some_ink(
    script: str, size: tuple[int, int]
) -> None:
    for seed in range(20):
        mask = WRITING[script](np.random.default_rng(seed), size)
        assert (mask.size, mask.mode) == (size, "L")
        inked = (np.asarray(mask) > 64).mean()
        assert 0.01 < inked < 0.9


@pytest.mark.parametrize("script", WRITING)
def test_the_same_seed_writes_the_same(script: str) -> None:
    def written() -> bytes:
        return WRITING[script](np.random.default_rng(5), (60, 30)).tobytes()

    assert written() == written()
