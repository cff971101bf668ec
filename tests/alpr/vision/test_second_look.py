from __future__ import annotations

from dataclasses import dataclass, field, replace
import math
from typing import ClassVar

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box, ModelIdentity
from custom_components.alpr_gate.alpr.vision.backends.base import Detection
from custom_components.alpr_gate.alpr.vision.decode import Pixels
from custom_components.alpr_gate.alpr.vision.second_look import (
    Closeness,
    SecondLook,
    View,
    around,
    parts,
)

MODEL = ModelIdentity("stub", "0" * 64)
SIDE = 400
CLOSENESS = Closeness(floor=0.5, doubtful=0.3, sure=0.8, beside=0.55, wide_enough=24, best_width=80)


def street(*plates: tuple[int, int, int, int]) -> Pixels:
    """A black picture with white plates at x, y, width, height."""
    pixels = np.zeros((720, 1280, 3), np.uint8)
    for x, y, width, height in plates:
        pixels[y : y + height, x : x + width] = 255
    return pixels


@dataclass
class ShortSighted:
    """Finds white rows of pixels, the surer the wider they are in its small input."""

    identity: ModelIdentity = MODEL
    views: list[tuple[int, int]] = field(default_factory=list)

    def ratio(self, size: tuple[int, int]) -> float:
        return SIDE / max(size)

    def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
        self.views.append((pixels.shape[1], pixels.shape[0]))
        rows, columns = np.nonzero(pixels[:, :, 0])
        if not len(rows):
            return ()
        box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        seen = box.width * ratio
        corners = ((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2))
        score = min(0.95, seen / 30)
        return (Detection(box, score, corners),) if score >= floor else ()


def looking() -> tuple[SecondLook, ShortSighted]:
    detector = ShortSighted()
    return SecondLook(detector, CLOSENESS), detector


def test_a_near_plate_needs_one_look() -> None:
    second, detector = looking()
    (found,) = second.detect(street((500, 400, 200, 50)))
    assert found.box == Box(500, 400, 700, 450)
    assert len(detector.views) == 1


def test_a_plate_that_was_doubtful_is_looked_at_closely() -> None:
    second, detector = looking()
    (found,) = second.detect(street((900, 600, 40, 10)))
    assert found.box == Box(900, 600, 940, 610)
    assert found.score == pytest.approx(0.95)
    assert found.corners is not None
    assert list(found.corners[2]) == [940, 610]
    assert detector.views == [(1280, 720), (128, 128)]


def test_a_plate_too_small_to_be_seen_at_all_is_found_in_a_part() -> None:
    second, detector = looking()
    (found,) = second.detect(street((1000, 300, 27, 8)))
    assert found.box == Box(1000, 300, 1027, 308)
    assert len(detector.views) == 4


def test_an_empty_picture_costs_a_look_at_each_part_and_finds_nothing() -> None:
    second, detector = looking()
    assert second.detect(street()) == ()
    assert len(detector.views) == 1 + len(parts(1280, 720))


def test_what_a_closer_look_does_not_confirm_is_no_plate() -> None:
    class Mistaken(ShortSighted):
        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            self.views.append((pixels.shape[1], pixels.shape[0]))
            badge = Detection(Box(600, 300, 640, 310), 0.6)
            return (badge,) if pixels.shape[1] == 1280 else ()

    detector = Mistaken()
    assert SecondLook(detector, CLOSENESS).detect(street()) == ()
    assert len(detector.views) == 2 + len(parts(1280, 720))


def test_where_a_badge_was_no_plate_the_parts_are_searched_for_one() -> None:
    class Mistaken(ShortSighted):
        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            if pixels.shape[1] == 1280:
                return (Detection(Box(600, 300, 640, 310), 0.6),)
            return super().look(pixels, ratio, floor)

    (found,) = SecondLook(Mistaken(), CLOSENESS).detect(street((1000, 300, 27, 8)))
    assert found.box == Box(1000, 300, 1027, 308)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_first_look_takes_its_share_of_the_pixels_and_the_parts_take_all(
    share: float,
) -> None:
    class Noting(ShortSighted):
        ratios: ClassVar[list[float]] = []

        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            self.ratios.append(ratio)
            return ()

    detector = Noting()
    detector.ratios.clear()
    SecondLook(detector, replace(CLOSENESS, first=share)).detect(street())
    first, *others = detector.ratios
    assert first == pytest.approx(SIDE / 1280 * math.sqrt(share))
    assert others == [pytest.approx(SIDE / parts(1280, 720)[0].size[0])] * len(parts(1280, 720))


@pytest.mark.parametrize(("score", "looks"), [(0.5, 1), (0.6, 2)])
def test_beside_a_plate_seen_well_only_what_may_well_be_one_is_looked_at_again(
    score: float, looks: int
) -> None:
    class Badge(ShortSighted):
        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            self.views.append((pixels.shape[1], pixels.shape[0]))
            if pixels.shape[1] < 1280:
                return ()
            return Detection(Box(500, 400, 700, 450), 0.9), Detection(
                Box(600, 300, 640, 310), score
            )

    detector = Badge()
    (found,) = SecondLook(detector, CLOSENESS).detect(street())
    assert found.box == Box(500, 400, 700, 450)
    assert len(detector.views) == looks


def test_a_large_plate_with_a_low_score_is_not_worth_another_look() -> None:
    class Unsure(ShortSighted):
        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            self.views.append((pixels.shape[1], pixels.shape[0]))
            return (Detection(Box(200, 200, 800, 400), 0.6),)

    detector = Unsure()
    (found,) = SecondLook(detector, CLOSENESS).detect(street())
    assert found.score == pytest.approx(0.6)
    assert len(detector.views) == 1


@given(st.integers(50, 4000), st.integers(50, 4000), st.floats(0, 1), st.floats(0, 1))
def test_a_plate_no_wider_than_a_seventh_lies_whole_in_one_part(
    width: int, height: int, x: float, y: float
) -> None:
    plate = max(width, height) // 7
    left, top = round(x * max(0, width - plate)), round(y * max(0, height - plate // 3))
    assert any(
        view.left <= left
        and left + min(plate, width) <= view.right
        and view.top <= top
        and top + min(plate // 3, height) <= view.bottom
        for view in parts(width, height)
    )


@given(
    st.tuples(st.floats(-50, 700), st.floats(-50, 500)),
    st.floats(1, 3000),
    st.integers(1, 640),
    st.integers(1, 480),
)
def test_a_view_never_leaves_the_picture(
    centre: tuple[float, float], side: float, width: int, height: int
) -> None:
    view = around(centre, side, width, height)
    assert 0 <= view.left < view.right <= width
    assert 0 <= view.top < view.bottom <= height


def test_a_view_is_round_what_it_shows() -> None:
    assert around((100, 100), 60, 640, 480) == View(70, 70, 130, 130)
