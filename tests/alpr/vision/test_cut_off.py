"""Boxes that leave out a plate's first or last character."""

from __future__ import annotations

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.gate.evidence import Look, consensus
from custom_components.alpr_gate.alpr.types import Box, Corners
from custom_components.alpr_gate.alpr.vision.backends.base import Detection, Reading
from custom_components.alpr_gate.alpr.vision.cut_off import (
    BELIEVED,
    NEAR_END,
    WIDER,
    doubted,
    doubtful_sides,
    widened,
)


def reading(text: str, chance: float = 0.9) -> Reading:
    """A reading, and an empty position behind it."""
    return Reading((*(((letter, chance),) for letter in text), (("", 0.1),)))


@pytest.mark.parametrize(
    ("ends", "sides"),
    [
        (None, (False, False)),
        ((0.2, 0.2), (False, False)),
        ((NEAR_END, NEAR_END), (False, False)),
        ((0.1, 0.2), (True, False)),
        ((0.2, 0.1), (False, True)),
        ((0.01, 0.02), (True, True)),
    ],
)
def test_a_side_is_doubtful_where_a_character_stands_at_the_edge(
    ends: tuple[float, float] | None, sides: tuple[bool, bool]
) -> None:
    assert doubtful_sides(Reading((), ends=ends)) == sides


@pytest.mark.parametrize(
    ("before", "again", "doubt"),
    [
        (reading("JT2905", 0.99), reading("PJT2905", BELIEVED), True),
        (reading("JT2905", 0.99), reading("PJT2905", BELIEVED - 0.01), False),
        (reading("FJT2905", 0.8), reading("PJT2905", 0.81), True),
        (reading("FJT2905", 0.8), reading("PJT2905", 0.8), False),
        (reading("PJT2905", 0.8), reading("PJT2905", 0.9), False),
        (reading("PJT2905", 0.3), reading("JT2905", 0.99), False),
        (reading("PJT2905"), reading(""), False),
        (reading(""), reading("PJT2905"), False),
    ],
)
def test_what_a_wider_part_shows_more_makes_the_reading_unsure_and_never_another(
    before: Reading, again: Reading, *, doubt: bool
) -> None:
    after = doubted(before, again, (True, False))
    assert after.text == before.text
    assert (after.weakest < before.weakest) is doubt


@pytest.mark.parametrize(("sides", "unsure"), [((True, False), {0}), ((False, True), {2})])
def test_the_character_beside_the_doubtful_end_is_the_one_that_is_doubted(
    sides: tuple[bool, bool], unsure: set[int]
) -> None:
    before = reading("ABC", 0.9)
    after = doubted(before, reading("XABC", 0.75), sides)
    changed = {
        place
        for place, (one, other) in enumerate(zip(before.characters, after.characters, strict=True))
        if one != other
    }
    assert changed == unsure
    (place,) = unsure
    (best, chance), (nothing, rest) = after.characters[place]
    assert (best, nothing) == ("ABC"[place], "")
    assert chance == pytest.approx(0.45)
    assert 0.9 * chance < rest < chance


def test_looks_that_all_have_this_doubt_do_not_add_up_to_certainty() -> None:
    doubt = doubted(reading("ABC", 0.99), reading("XABC", 0.9), (True, False)).characters[:3]
    together = consensus([Look("camera", float(at), "ABC", doubt, 0.9) for at in range(8)])
    assert together is not None
    assert together.weakest < 0.6
    assert together.margin < 1.2


SIDES = st.tuples(st.booleans(), st.booleans())


@given(SIDES, st.floats(-200, 200), st.floats(-200, 200), st.floats(10, 500), st.floats(5, 200))
def test_a_plate_is_widened_by_its_share_at_the_doubtful_sides_only(
    sides: tuple[bool, bool], x: float, y: float, width: float, height: float
) -> None:
    box = Box(x, y, x + width, y + height)
    wider = widened(Detection(box, 0.7), sides)
    assert wider.box.x1 == pytest.approx(x - WIDER * width * sides[0])
    assert wider.box.x2 == pytest.approx(x + width + WIDER * width * sides[1])
    assert (wider.box.y1, wider.box.y2, wider.score) == (box.y1, box.y2, 0.7)
    assert wider.corners is None


@pytest.mark.parametrize(
    ("sides", "moved"),
    [
        ((True, False), ((-20, -10), (100, 50), (100, 80), (-20, 20))),
        ((False, True), ((0, 0), (120, 60), (120, 90), (0, 30))),
    ],
)
def test_the_corners_of_a_tilted_plate_move_along_its_edges(
    sides: tuple[bool, bool], moved: Corners
) -> None:
    corners: Corners = ((0, 0), (100, 50), (100, 80), (0, 30))
    assert widened(Detection(Box(0, 0, 100, 80), 0.9, corners), sides).corners == moved
