"""The close look that tells a plate from other things, and finds its corners."""

from __future__ import annotations

from dataclasses import dataclass, field
import math

from hypothesis import given, strategies as st
import numpy as np
from PIL import Image, ImageDraw, ImageFont
import pytest

from custom_components.alpr_gate.alpr.types import Box, Corners, ModelIdentity
from custom_components.alpr_gate.alpr.vision import refine
from custom_components.alpr_gate.alpr.vision.backends.base import CloserLook, Detection
from custom_components.alpr_gate.alpr.vision.backends.ncnn import OnePlateRefiner
from custom_components.alpr_gate.alpr.vision.catalog import Role
from custom_components.alpr_gate.alpr.vision.decode import Pixels
from custom_components.alpr_gate.alpr.vision.detect import Floats, closer_look
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.load import BUILT_IN
from custom_components.alpr_gate.alpr.vision.model_files import models_in
from custom_components.alpr_gate.alpr.vision.refine import MARGIN, box_of, corners_of, placed
from training.refiner import views
from training.scenes import draw_scene

PICTURE = np.full((200, 400, 3), 90, np.uint8)
BOX = Box(100, 80, 200, 110)
INSET = MARGIN / (1 + 2 * MARGIN)
UNMOVED = np.array(corners_of(Box(INSET, INSET, 1 - INSET, 1 - INSET)), np.float32)
"""Corners that say: the detector was right."""

SURE = np.ones(1, np.float32)


@dataclass
class Looking:
    """A refiner that answers what the test says, and remembers what it was shown."""

    answer: Floats
    plate: float = 1.0
    identity: ModelIdentity = ModelIdentity("refiner", "f" * 64)  # noqa: RUF009 - it is frozen
    shown: list[Pixels] = field(default_factory=list)

    def look(self, crop: Pixels) -> CloserLook:
        self.shown.append(crop)
        return CloserLook(self.answer, self.plate)


def refined(detection: Detection, answer: Floats, plate: float = 1.0) -> Detection:
    found = refine.refined(Looking(answer, plate), PICTURE, detection)
    assert found is not None
    return found


def test_a_plate_moves_to_the_corners_that_were_found() -> None:
    # The crop is 160 x 48 pixels: the plate is 20 pixels narrower at the right than the box.
    answer = UNMOVED.copy()
    answer[1:3, 0] -= 20 / 160
    found = refined(Detection(BOX, 0.8), answer)
    assert found.score == pytest.approx(0.8**0.5)
    expected = Box(100, 80, 180, 110)
    assert found.corners is not None
    assert np.array(found.corners) == pytest.approx(np.array(corners_of(expected)), abs=0.01)
    assert found.box.iou(expected) > 0.999


def test_a_plate_that_was_found_well_stays_where_it_is() -> None:
    found = refined(Detection(BOX, 0.8), UNMOVED)
    assert found.box.iou(BOX) > 0.999


def test_the_box_holds_all_corners_of_a_tilted_plate() -> None:
    tilted: Corners = ((100, 90), (198, 80), (200, 112), (102, 120))
    found = refined(Detection(BOX, 0.8, tilted), UNMOVED)
    assert found.corners is not None
    assert np.array(found.corners) == pytest.approx(np.array(tilted), abs=0.01)
    assert found.box == box_of(found.corners)


def test_what_lies_elsewhere_is_another_thing_and_nothing_moves() -> None:
    found = refined(Detection(BOX, 0.8), UNMOVED * 0.3)
    assert (found.box, found.corners) == (BOX, None)


@given(st.floats(0, 1), st.floats(0, 1))
def test_either_network_can_refuse_a_plate(first: float, second: float) -> None:
    score = refined(Detection(BOX, first), UNMOVED, second).score
    assert min(first, second) - 1e-9 <= score <= max(first, second) + 1e-9
    assert score <= math.sqrt(min(first, second)) + 1e-9


@pytest.mark.parametrize("edge", [(0, 0), (300, 0), (0, 170), (300, 170)])
def test_a_plate_at_the_edge_of_the_picture_keeps_telling_that_it_ends_there(
    edge: tuple[int, int],
) -> None:
    x, y = edge
    cut = Detection(Box(x + 0.4, y + 0.4, x + 99.6, y + 29.6), 0.8)
    found = refined(cut, UNMOVED - 0.05, plate=0.2)
    assert (found.box, found.corners) == (cut.box, cut.corners)
    assert found.score == pytest.approx(0.4)


def test_a_box_that_ends_before_the_edge_of_the_picture_is_moved_like_any_other() -> None:
    found = refined(Detection(Box(2, 80, 98, 110), 0.8), UNMOVED + np.array([0.05, 0], np.float32))
    assert found.box.iou(Box(9.7, 80, 105.7, 110)) > 0.99


@dataclass
class Approaching(Looking):
    """Sees the plate 40 pixels to the right of the box, and the next time in the middle."""

    def look(self, crop: Pixels) -> CloserLook:
        super().look(crop)
        moved = UNMOVED + np.array([0.25, 0], np.float32) if len(self.shown) == 1 else UNMOVED
        return CloserLook(moved, self.plate)


def test_what_lay_at_the_side_is_looked_at_again_from_where_it_is() -> None:
    looking = Approaching(UNMOVED)
    found = refine.refined(looking, PICTURE, Detection(BOX, 0.81))
    assert found is not None
    assert len(looking.shown) == 2
    assert found.box.iou(Box(140, 80, 240, 110)) > 0.99
    assert found.score == pytest.approx(0.9)


def test_what_is_no_plate_is_not_looked_at_again() -> None:
    looking = Approaching(UNMOVED, plate=0.05)
    found = refine.refined(looking, PICTURE, Detection(BOX, 0.81))
    assert found is not None
    assert found.score < refine.HOPELESS
    assert len(looking.shown) == 1


def test_a_plate_without_pixels_is_none() -> None:
    outside = Detection(Box(100, 80, 100.4, 81), 0.8)
    looking = Looking(UNMOVED)
    assert refine.refined(looking, PICTURE, outside) is None
    assert looking.shown == []


def test_a_plate_is_looked_at_with_its_surroundings() -> None:
    looking = Looking(UNMOVED)
    refine.refined(looking, PICTURE, Detection(BOX, 0.8))
    assert [crop.shape[:2] for crop in looking.shown] == [(48, 160)]


def test_plates_are_cut_out_as_they_were_in_training() -> None:
    assert MARGIN == views.MARGIN


SHIFTS = st.floats(-0.15, 0.15)


@given(st.lists(st.tuples(SHIFTS, SHIFTS), min_size=4, max_size=4))
def test_corners_that_stay_in_the_crop_stay_in_the_picture(
    shifts: list[tuple[float, float]],
) -> None:
    one, two, three, four = (
        (x + across * BOX.width, y + down * BOX.height)
        for (x, y), (across, down) in zip(corners_of(BOX), shifts, strict=True)
    )
    rough: Corners = (one, two, three, four)
    assert np.array(placed(UNMOVED, rough)) == pytest.approx(np.array(rough), abs=0.01)


def test_corners_of_a_plate_that_is_a_line_are_left_alone() -> None:
    line: Corners = ((0, 0), (10, 0), (20, 0), (30, 0))
    assert placed(UNMOVED, line) == line


@pytest.mark.parametrize("nonsense", [np.nan, np.inf, -0.1, 1.1])
def test_a_corner_outside_the_crop_is_not_believed(nonsense: float) -> None:
    answer = UNMOVED.copy()
    answer[2, 1] = nonsense
    with pytest.raises(ModelRefused) as caught:
        closer_look(answer, SURE)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


@pytest.mark.parametrize(
    ("corners", "plate"),
    [
        (UNMOVED[:3], SURE),
        (UNMOVED, np.ones(2, np.float32)),
        (UNMOVED, np.array([np.nan], np.float32)),
        (UNMOVED, np.array([-0.1], np.float32)),
        (UNMOVED, np.array([1.1], np.float32)),
    ],
)
def test_an_answer_that_is_not_four_corners_and_a_probability_is_not_believed(
    corners: Floats, plate: Floats
) -> None:
    with pytest.raises(ModelRefused) as caught:
        closer_look(corners, plate)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


@pytest.fixture(scope="module")
def built_in() -> OnePlateRefiner:
    pytest.importorskip("ncnn")
    return OnePlateRefiner(
        next(each for each in models_in(BUILT_IN) if each.spec.role is Role.REFINER)
    )


ERRORS = {
    "too wide": Box(-0.15, -0.15, 1.15, 1.25),
    "cut off at the left": Box(0.16, 0.0, 1.0, 1.0),
    "cut off at the right": Box(0.0, 0.0, 0.84, 1.0),
    "too low": Box(0.0, 0.25, 1.0, 1.25),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("number", range(3))
def test_the_built_in_refiner_mends_a_box(
    built_in: OnePlateRefiner, number: int, error: Box
) -> None:
    scene = draw_scene(
        np.random.default_rng((8, number)),
        plate_text="WLM9036",
        style="eu",
        light="day",
        distance=5.0,
        yaw=0.05,
        side=0.0,
    )
    truth = Box(*(float(edge) for edge in scene.plates[0].box))
    wrong = Box(
        truth.x1 + error.x1 * truth.width,
        truth.y1 + error.y1 * truth.height,
        truth.x1 + error.x2 * truth.width,
        truth.y1 + error.y2 * truth.height,
    )
    found = refine.refined(built_in, scene.rgb, Detection(wrong, 0.9))
    assert found is not None
    assert found.box.iou(truth) > max(0.75, wrong.iou(truth))
    assert found.score > 0.8


@pytest.mark.parametrize("number", range(6))
def test_the_built_in_refiner_takes_no_stop_sign_for_a_plate(
    built_in: OnePlateRefiner, number: int
) -> None:
    rng = np.random.default_rng((9, number))
    side = 80
    picture = np.full((240, 320, 3), rng.integers(60, 200), np.uint8)
    sheet = Image.fromarray(picture)
    draw = ImageDraw.Draw(sheet)
    draw.regular_polygon((160, 120, side / 2), 8, rotation=22, fill=(180, 25, 30))
    draw.text((160, 120), "STOP", "white", ImageFont.load_default(24), anchor="mm")
    word = Box(160 - 0.45 * side, 105, 160 + 0.45 * side, 135)
    found = refine.refined(built_in, np.asarray(sheet), Detection(word, 0.8))
    assert found is not None
    assert found.score < 0.4
