"""Which of several plates is the one of the car at the gate."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box, PlateRead
from custom_components.alpr_gate.alpr.vision.rank import likelihood, sharpness

SIZE = (1280, 720)


def plate(
    *,
    width: float = 120.0,
    height: float = 40.0,
    centre: tuple[float, float] = (640.0, 500.0),
    detection: float = 0.9,
    sure: float = 0.95,
) -> PlateRead:
    """A plate of seven equally sure characters."""
    x, y = centre
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    characters = tuple(((letter, sure),) for letter in "ABC1234")
    return PlateRead("ABC1234", box, detection, characters)


LIKELY = plate()


@pytest.mark.parametrize(
    ("less", "why"),
    [
        (plate(width=60, height=20), "farther away"),
        (plate(width=30, height=40), "turned so far that it is another car's"),
        (plate(centre=(100, 500)), "at the side"),
        (plate(centre=(640, 100)), "farther up"),
        (plate(detection=0.6), "perhaps no plate"),
        (plate(sure=0.5), "badly read"),
    ],
)
def test_a_plate_is_less_likely_the_one_at_the_gate(less: PlateRead, why: str) -> None:
    assert likelihood(less, 0.5, SIZE) < likelihood(LIKELY, 0.5, SIZE), why


def test_a_blurred_plate_is_less_likely_than_a_sharp_one() -> None:
    assert likelihood(LIKELY, 0.1, SIZE) < likelihood(LIKELY, 0.9, SIZE)


def test_a_square_plate_counts_as_near_as_a_long_one_with_letters_of_the_same_height() -> None:
    square, long = plate(width=80, height=70), plate(width=180, height=40)
    assert likelihood(square, 0.5, SIZE) == pytest.approx(likelihood(long, 0.5, SIZE))


def test_turning_away_a_little_makes_a_long_plate_no_less_likely() -> None:
    assert likelihood(plate(width=90), 0.5, SIZE) == likelihood(LIKELY, 0.5, SIZE)


def test_what_has_edges_is_sharper_than_what_has_none() -> None:
    stripes = np.zeros((20, 60, 3), np.uint8)
    stripes[:, ::4] = 255
    grey = np.full((20, 60, 3), 90, np.uint8)
    assert sharpness(grey) == 0
    assert 0.5 < sharpness(stripes) < 1
    assert sharpness(grey[:2]) == 0
