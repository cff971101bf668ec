"""The zone as an owner types it."""

from __future__ import annotations

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.types import ImageProblem, Zone
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.alpr.vision.zone import check_zone, format_zone, parse_zone
from custom_components.alpr_gate.zone_text import zone_from_text, zone_to_text

BOX: Zone = ((0.1, 0.4), (0.9, 0.4), (0.9, 1.0), (0.1, 1.0))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("", ()),
        ("  ", ()),
        ("10, 40, 90, 100", BOX),
        ("10 40 90 100", BOX),
        ("10%, 40 %, 90%, 100%", BOX),
        ("10,40;90,40;90,100;10,100", BOX),
        ("10, 40; 90, 40; 90, 100; 10, 100;", BOX),
        ("0.1, 0.4, 0.9, 1", BOX),
        ("0.1,0.4;0.9,0.4;0.9,1.0;0.1,1.0", BOX),
        ("0, 60; 55.5, 35; 100, 100", ((0, 0.6), (0.555, 0.35), (1, 1))),
    ],
)
def test_boxes_and_corners_are_understood(text: str, zone: Zone) -> None:
    assert zone_from_text(text) == zone


@pytest.mark.parametrize(
    "text",
    [
        "left",
        "10, 40, 90",
        "10, 40, 90, 100, 110",
        "10, 40, 90, 101",
        "-1, 40, 90, 100",
        "10, 40, 10, 100",
        "90, 40, 10, 100",
        "10, 100, 90, 40",
        "nan, 40, 90, 100",
        "inf, 40, 90, 100",
        "10, 40; 90, 40",
        "10, 40; 90, 40; 90",
        "10, 40; 90, 40; 90, 100, 3",
        ";".join(f"{x}, {x * x / 100}" for x in range(100)),
        "%",
        "; ;;1",
    ],
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        zone_from_text(text)
    assert refused.value.problem is ImageProblem.BAD_ZONE


@given(text=st.text(alphabet="0123456789.,;% -eni", max_size=60))
def test_whatever_is_typed_is_a_good_zone_or_refused(text: str) -> None:
    try:
        zone = zone_from_text(text)
    except ImageRefused:
        return
    check_zone(zone)
    assert parse_zone(format_zone(zone)) == zone


@given(
    corners=st.lists(
        st.tuples(*(st.integers(0, 1000).map(lambda tenths: tenths / 10),) * 2),
        min_size=3,
        max_size=8,
    )
)
def test_a_zone_is_shown_as_it_was_typed(corners: list[tuple[float, float]]) -> None:
    assume(any(number > 1 for corner in corners for number in corner))
    text = "; ".join(f"{x:g}, {y:g}" for x, y in corners)
    try:
        zone = zone_from_text(text)
    except ImageRefused:
        assume(False)
    assert zone_to_text(zone) == text
