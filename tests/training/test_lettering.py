"""Letterings: letters as ink, bent so that no two dies are alike."""

from __future__ import annotations

import numpy as np
from PIL import Image
import pytest

from training.plates.lettering import BentLettering, choose_lettering
from training.plates.registration import ALPHABET

STILL = (0.0, 0.0)


@pytest.fixture(autouse=True)
def our_own_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as a fresh clone does: without fetched fonts."""
    monkeypatch.setenv("ALPR_TRAINING_FONTS", "none")


class Bar:
    """A lettering of one letter: a level bar across the middle."""

    def width_of(self, letter: str) -> float:
        return 1.0

    def mask(self, letter: str, width: int, height: int) -> Image.Image:
        ink = np.zeros((height, width), np.uint8)
        ink[height // 2 - 2 : height // 2 + 2] = 255
        return Image.fromarray(ink)


def bar_at(middle: float) -> float:
    """Where the bar's middle is seen, 0 at the top to 1, when the middle is moved so far."""
    lettering = BentLettering(Bar(), {"A": (STILL, (middle, 0.0))})
    ink = np.asarray(lettering.mask("A", 30, 100), np.float64).sum(1)
    return float((ink * np.arange(100)).sum() / ink.sum() / 100)


def test_a_letter_that_is_not_bent_stays_as_it_is() -> None:
    straight = np.asarray(Bar().mask("A", 30, 100))
    still = BentLettering(Bar(), {"A": (STILL, STILL)})
    assert np.array_equal(np.asarray(still.mask("A", 30, 100)), straight)


def test_a_bar_moves_up_and_down_with_the_bend() -> None:
    assert bar_at(0.1) < bar_at(0.0) - 0.05
    assert bar_at(-0.1) > bar_at(0.0) + 0.05


@pytest.mark.parametrize("look", ["fe", "din", "wright", "die", "any"])
@pytest.mark.parametrize("seed", range(6))
def test_every_letter_of_every_lettering_has_ink_from_top_to_bottom(look: str, seed: int) -> None:
    lettering = choose_lettering(np.random.default_rng(seed), look)
    for letter in ALPHABET:
        ink = np.asarray(lettering.mask(letter, 40, 80))
        assert ink.shape == (80, 40)
        assert ink.dtype == np.uint8
        assert ink[2:-2].any(axis=1).all()
        assert 0.05 < ink.mean() / 255 < 0.95


def test_some_letterings_are_bent_and_some_are_not() -> None:
    rng = np.random.default_rng(1)
    bent = [isinstance(choose_lettering(rng, "die"), BentLettering) for _ in range(40)]
    assert any(bent)
    assert not all(bent)
