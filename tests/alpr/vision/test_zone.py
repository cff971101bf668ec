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


def test_a_point_is_inside_or_outside_a_zone() -> None:
    assert inside(SQUARE, (0.5, 0.5))
    assert not inside(SQUARE, (0.1, 0.5))
