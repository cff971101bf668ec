"""Looking over a picture, and closely at what may be a plate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import math

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box, ModelIdentity
from custom_components.alpr_gate.alpr.vision.backends.base import CloserLook, Detection
from custom_components.alpr_gate.alpr.vision.decode import Pixels
from custom_components.alpr_gate.alpr.vision.refine import MARGIN, corners_of
from custom_components.alpr_gate.alpr.vision.search import Limits, PlateSearch, parts

PROPOSER, JUDGE = ModelIdentity("proposer", "0" * 64), ModelIdentity("judge", "f" * 64)
SIDE = 400
LIMITS = Limits(plate=0.55)
INSET = MARGIN / (1 + 2 * MARGIN)
UNMOVED = np.array(corners_of(Box(INSET, INSET, 1 - INSET, 1 - INSET)), np.float32)


def street(*plates: tuple[int, int, int, int]) -> Pixels:
    """A black picture with white plates at x, y, width, height."""
    pixels = np.zeros((720, 1280, 3), np.uint8)
    for x, y, width, height in plates:
        pixels[y : y + height, x : x + width] = 255
    return pixels


@dataclass
class ShortSighted:
    """Finds white rows of pixels, the surer the wider they are in its small input."""

    identity: ModelIdentity = PROPOSER
    views: list[tuple[int, int]] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def ratio(self, size: tuple[int, int]) -> float:
        return SIDE / max(size)

    def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
        self.views.append((pixels.shape[1], pixels.shape[0]))
        self.ratios.append(ratio)
        rows, columns = np.nonzero(pixels[:, :, 0])
        if not len(rows):
            return ()
        box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        score = min(0.95, box.width * ratio / 30)
        return (Detection(box, score, corners_of(box)),) if score >= floor else ()


@dataclass
class Proposing(ShortSighted):
    """Proposes the same for the whole picture, and nothing for a part of it."""

    proposed: tuple[Detection, ...] = ()

    def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
        whole = pixels.shape[1] == 1280
        super().look(pixels, ratio, floor)
        return self.proposed if whole else ()


@dataclass
class Judging:
    """Believes what is bright to be a plate, as sure as it is told, and moves nothing."""

    plate: float = 1.0
    identity: ModelIdentity = JUDGE
    shown: int = 0

    def look(self, crop: Pixels) -> CloserLook:
        self.shown += 1
        height, width = crop.shape[:2]
        bright = crop[height // 2, width // 2].mean() > 127
        return CloserLook(UNMOVED, self.plate if bright else 0.01)


def test_a_plate_that_both_are_sure_of_needs_one_look_of_each() -> None:
    detector, judge = ShortSighted(), Judging()
    (found,) = PlateSearch(detector, judge, LIMITS).detect(street((500, 400, 200, 50)))
    assert found.box.iou(Box(500, 400, 700, 450)) > 0.99
    assert (len(detector.views), judge.shown) == (1, 1)


def test_a_close_look_makes_a_doubtful_plate_sure() -> None:
    picture = street((800, 600, 45, 12))
    alone = ShortSighted().look(picture, SIDE / 1280, 0.0)[0].score
    assert alone < LIMITS.plate
    (found,) = PlateSearch(ShortSighted(), Judging(), LIMITS).detect(picture)
    assert found.score == pytest.approx(math.sqrt(alone))


def test_a_close_look_refuses_what_is_no_plate_however_sure_the_first_was() -> None:
    sign = Detection(Box(600, 300, 700, 330), 0.95)
    judge = Judging()
    assert PlateSearch(Proposing(proposed=(sign,)), judge, LIMITS).detect(street()) == ()
    assert judge.shown == 1


def test_a_plate_too_small_to_be_seen_at_all_is_found_in_a_part() -> None:
    detector = ShortSighted()
    (found,) = PlateSearch(detector, Judging(), LIMITS).detect(street((1000, 300, 27, 8)))
    assert found.box.iou(Box(1000, 300, 1027, 308)) > 0.99
    assert len(detector.views) == 1 + len(parts(1280, 720))


def test_where_a_sign_was_no_plate_the_parts_are_searched_for_one() -> None:
    class Mistaken(ShortSighted):
        def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
            if pixels.shape[1] == 1280:
                return (Detection(Box(600, 300, 640, 310), 0.9),)
            return super().look(pixels, ratio, floor)

    (found,) = PlateSearch(Mistaken(), Judging(), LIMITS).detect(street((1000, 300, 27, 8)))
    assert found.box.iou(Box(1000, 300, 1027, 308)) > 0.99


def test_a_sign_beside_a_plate_costs_a_close_look_and_no_more() -> None:
    plate, sign = Box(500, 400, 700, 450), Box(900, 100, 1000, 150)
    both = (Detection(sign, 0.95), Detection(plate, 0.9))
    detector, judge = Proposing(proposed=both), Judging()
    (found,) = PlateSearch(detector, judge, LIMITS).detect(street((500, 400, 200, 50)))
    assert found.box.iou(plate) > 0.99
    assert (len(detector.views), judge.shown) == (1, 2)


def test_an_empty_picture_costs_a_look_at_each_part_and_finds_nothing() -> None:
    detector, judge = ShortSighted(), Judging()
    assert PlateSearch(detector, judge, LIMITS).detect(street()) == ()
    assert len(detector.views) == 1 + len(parts(1280, 720))
    assert judge.shown == 0


def test_only_the_likeliest_of_many_candidates_are_looked_at_closely() -> None:
    many = tuple(
        Detection(Box(60 * i, 100, 60 * i + 40, 110), 0.3 + 0.03 * i) for i in range(1, 20)
    )
    seen: list[int] = []

    class Noting(Judging):
        def look(self, crop: Pixels) -> CloserLook:
            seen.append(1)
            return CloserLook(UNMOVED, 1.0)

    found = PlateSearch(Proposing(proposed=many), Noting(), LIMITS).detect(street())
    assert len(seen) == LIMITS.most
    likeliest = [each.box.x1 for each in many[: -LIMITS.most - 1 : -1]]
    assert [each.box.x1 for each in found] == pytest.approx(likeliest, abs=0.1)


def test_two_boxes_that_a_close_look_moves_onto_one_plate_become_one() -> None:
    class Moving(Judging):
        def look(self, crop: Pixels) -> CloserLook:
            self.shown += 1
            return CloserLook(UNMOVED if self.shown == 1 else UNMOVED - (0.3 / 1.6, 0), 1.0)

    surer, other = Detection(Box(100, 80, 200, 110), 0.9), Detection(Box(138, 80, 238, 110), 0.7)
    limits = replace(LIMITS, overlap=0.5)
    (found,) = PlateSearch(Proposing(proposed=(surer, other)), Moving(), limits).detect(street())
    assert found.box.iou(surer.box) > 0.99


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_first_look_takes_its_share_of_the_pixels_and_the_parts_take_all(
    share: float,
) -> None:
    detector = ShortSighted()
    PlateSearch(detector, Judging(), replace(LIMITS, first=share)).detect(street())
    first, *others = detector.ratios
    assert first == pytest.approx(SIDE / 1280 * math.sqrt(share))
    assert others == [pytest.approx(SIDE / parts(1280, 720)[0].size[0])] * len(parts(1280, 720))


def test_both_networks_are_named() -> None:
    assert PlateSearch(ShortSighted(), Judging(), LIMITS).identities == (PROPOSER, JUDGE)


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
