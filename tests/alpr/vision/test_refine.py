"""The closer look that finds a plate's corners."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box, Corners, ModelIdentity
from custom_components.alpr_gate.alpr.vision.backends.base import Detection
from custom_components.alpr_gate.alpr.vision.backends.ncnn import PlateCorners
from custom_components.alpr_gate.alpr.vision.catalog import Role
from custom_components.alpr_gate.alpr.vision.decode import Pixels
from custom_components.alpr_gate.alpr.vision.detect import Floats, plate_corners
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.load import BUILT_IN
from custom_components.alpr_gate.alpr.vision.model_files import models_in
from custom_components.alpr_gate.alpr.vision.refine import (
    MARGIN,
    RefinedDetector,
    box_of,
    corners_of,
    placed,
)
from training.refiner import views
from training.scenes import draw_scene

PICTURE = np.full((200, 400, 3), 90, np.uint8)
BOX = Box(100, 80, 200, 110)
INSET = MARGIN / (1 + 2 * MARGIN)
UNMOVED = np.array(corners_of(Box(INSET, INSET, 1 - INSET, 1 - INSET)), np.float32)
"""Corners that say: the detector was right."""

FINDER, ROUGH = ModelIdentity("finder", "f" * 64), ModelIdentity("rough", "0" * 64)


@dataclass
class Seeing:
    """A detector that answers what the test says."""

    found: tuple[Detection, ...]
    identities: tuple[ModelIdentity, ...] = (ROUGH,)

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        return self.found


@dataclass
class Finding:
    """A finder of corners that answers what the test says, and remembers what it was shown."""

    answer: Floats
    identity: ModelIdentity = FINDER
    shown: list[Pixels] = field(default_factory=list)

    def corners(self, crop: Pixels) -> Floats:
        self.shown.append(crop)
        return self.answer


def refined(detection: Detection, answer: Floats) -> Detection:
    (found,) = RefinedDetector(Seeing((detection,)), Finding(answer)).detect(PICTURE)
    return found


def test_a_plate_moves_to_the_corners_that_were_found() -> None:
    # The crop is 160 x 48 pixels: the plate is 20 pixels narrower at the right than the box.
    answer = UNMOVED.copy()
    answer[1:3, 0] -= 20 / 160
    found = refined(Detection(BOX, 0.8), answer)
    assert found.score == 0.8
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
    answer = UNMOVED * 0.3
    detection = Detection(BOX, 0.8)
    assert refined(detection, answer) == detection


@pytest.mark.parametrize("edge", [(0, 0), (300, 0), (0, 170), (300, 170)])
def test_a_plate_at_the_edge_of_the_picture_keeps_telling_that_it_ends_there(
    edge: tuple[int, int],
) -> None:
    x, y = edge
    cut = Detection(Box(x + 2, y + 2, x + 98, y + 28), 0.8)
    finder = Finding(UNMOVED)
    assert RefinedDetector(Seeing((cut,)), finder).detect(PICTURE) == (cut,)
    assert finder.shown == []


def test_a_plate_without_pixels_is_not_looked_at() -> None:
    outside = Detection(Box(100, 80, 100.4, 81), 0.8)
    finder = Finding(UNMOVED)
    assert RefinedDetector(Seeing((outside,)), finder).detect(PICTURE) == (outside,)
    assert finder.shown == []


def test_every_plate_is_looked_at_with_its_surroundings() -> None:
    finder = Finding(UNMOVED)
    both = (Detection(BOX, 0.8), Detection(Box(250, 20, 350, 50), 0.7))
    RefinedDetector(Seeing(both), finder).detect(PICTURE)
    assert [crop.shape[:2] for crop in finder.shown] == [(48, 160), (48, 160)]


def test_two_boxes_that_move_onto_one_plate_become_one() -> None:
    # Both are looked at; the second one's plate lies where the first one's is.
    class Moving(Finding):
        def corners(self, crop: Pixels) -> Floats:
            self.shown.append(crop)
            return UNMOVED if len(self.shown) == 1 else UNMOVED - (0.3 / 1.6, 0)

    surer, other = Detection(BOX, 0.9), Detection(Box(130, 80, 230, 110), 0.7)
    found = RefinedDetector(Seeing((surer, other)), Moving(UNMOVED)).detect(PICTURE)
    assert [each.score for each in found] == [0.9]
    assert found[0].box.iou(BOX) > 0.999


def test_plates_are_cut_out_as_they_were_in_training() -> None:
    assert MARGIN == views.MARGIN


def test_both_networks_are_named() -> None:
    assert RefinedDetector(Seeing(()), Finding(UNMOVED)).identities == (ROUGH, FINDER)


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
        plate_corners(answer)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_an_answer_that_is_not_four_corners_is_not_believed() -> None:
    with pytest.raises(ModelRefused) as caught:
        plate_corners(UNMOVED[:3])
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


ERRORS = {
    "too wide": Box(-0.15, -0.15, 1.15, 1.25),
    "cut off at the left": Box(0.16, 0.0, 1.0, 1.0),
    "cut off at the right": Box(0.0, 0.0, 0.84, 1.0),
    "too low": Box(0.0, 0.25, 1.0, 1.25),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("number", range(3))
def test_the_built_in_refiner_mends_a_box(number: int, error: Box) -> None:
    pytest.importorskip("ncnn")
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
    model = next(each for each in models_in(BUILT_IN) if each.spec.role is Role.REFINER)
    detector = RefinedDetector(Seeing((Detection(wrong, 0.9),)), PlateCorners(model))
    (found,) = detector.detect(scene.rgb)
    assert found.box.iou(truth) > max(0.75, wrong.iou(truth))
    assert replace(found, box=wrong, corners=None) == Detection(wrong, 0.9)
