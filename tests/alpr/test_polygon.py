"""Whether a point lies in a polygon."""

from __future__ import annotations

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.polygon import contains
from custom_components.alpr_gate.alpr.types import Point, Zone

RECTANGLE: Zone = ((0.2, 0.3), (0.8, 0.3), (0.8, 0.7), (0.2, 0.7))
TRIANGLE: Zone = ((0.5, 0.2), (0.8, 0.8), (0.2, 0.8))
ARROW: Zone = ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0), (0.5, 0.5))


def test_what_has_no_corners_contains_nothing() -> None:
    assert not contains((), (0.5, 0.5))


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_rectangle_contains_what_lies_between_its_sides(x: float, y: float) -> None:
    assert contains(RECTANGLE, (x, y)) is (0.2 < x <= 0.8 and 0.3 < y <= 0.7) or (
        x in {0.2, 0.8} or y in {0.3, 0.7}
    )


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((0.50, 0.45), True),
        ((0.30, 0.45), False),
        ((0.30, 0.70), True),
        ((0.20, 0.70), False),
        ((0.70, 0.45), False),
        ((0.70, 0.70), True),
        ((0.80, 0.70), False),
        ((0.50, 0.85), False),
        ((0.50, 0.15), False),
    ],
)
def test_a_triangle_contains_what_lies_between_its_slanted_sides(
    point: Point, inside: bool
) -> None:
    assert contains(TRIANGLE, point) is inside
    assert contains(TRIANGLE[::-1], point) is inside


def test_the_notch_of_an_arrow_is_outside() -> None:
    assert contains(ARROW, (0.7, 0.5))
    assert not contains(ARROW, (0.3, 0.5))


@given(st.integers(0, 96).map(lambda i: (i + 0.3) / 97), st.integers(0, 96))
def test_the_direction_in_which_the_corners_go_does_not_matter(x: float, row: int) -> None:
    point = x, (row + 0.4) / 97
    assert contains(ARROW, point) is contains(ARROW[::-1], point)
