from __future__ import annotations

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.alpr.vision.zone import (
    bounds,
    check_zone,
    format_zone,
    inside,
    parse_zone,
)

SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
ARROW = ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0), (0.5, 0.5))

fractions = st.floats(0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "0,0;1,1",
        "0,0;1,0;1,1;nan,0",
        "0,0;1,0;1,2",
        "0,0;1,0;1,-0.1",
        "0,0;0.5,0.5;1,1",
        "0,0;1,0;1",
        "0,0,0;1,0;1,1",
        "a,b;c,d;e,f",
        ";".join(["0,0", "1,0", "1,1"] * 40),
        "0,0;1e400,0;1,1",
        "0,0;" * 100_000,
    ],
)
def test_what_is_no_area_of_the_picture_is_refused(text: str) -> None:
    with pytest.raises(ImageRefused) as caught:
        parse_zone(text)
    assert caught.value.problem is ImageProblem.BAD_ZONE


def test_no_text_is_the_whole_picture() -> None:
    assert parse_zone(" ") == ()
    assert bounds(()) == (0, 0, 1, 1)
    assert inside((), (0.1, 0.9))


@given(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=10))
def test_a_zone_survives_being_written_and_read(points: list[tuple[float, float]]) -> None:
    zone = tuple(points)
    try:
        check_zone(zone)
    except ImageRefused:
        assume(False)
    assert parse_zone(format_zone(zone)) == zone


@pytest.mark.parametrize(
    ("point", "expected"),
    [((0.5, 0.5), True), ((0.1, 0.5), False), ((0.9, 0.5), False), ((0.5, 0.1), False)],
)
def test_a_point_is_inside_or_outside_a_square(point: tuple[float, float], expected: bool) -> None:
    assert inside(SQUARE, point) is expected


def test_the_notch_of_an_arrow_is_outside() -> None:
    assert inside(ARROW, (0.7, 0.5))
    assert not inside(ARROW, (0.3, 0.5))


@given(st.integers(0, 96).map(lambda i: (i + 0.3) / 97), st.integers(0, 96))
def test_the_direction_in_which_the_corners_go_does_not_matter(x: float, row: int) -> None:
    point = x, (row + 0.4) / 97
    assert inside(ARROW, point) is inside(ARROW[::-1], point)
