from __future__ import annotations

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box
from custom_components.alpr_gate.alpr.vision.backends.base import Detection
from custom_components.alpr_gate.alpr.vision.detect import (
    Letterbox,
    corner_detections,
    suppress_overlaps,
    yolo_detections,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused

WIDE = Letterbox.fit((832, 416), (416, 416))


def answer(*rows: tuple[float, float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).T


def test_a_box_comes_back_in_pixels_of_the_picture() -> None:
    found = yolo_detections(answer((208, 208, 40, 20, 0.9)), WIDE, floor=0.25)
    assert len(found) == 1
    assert found[0].score == pytest.approx(0.9)
    # Half the scale, and 104 rows of padding above.
    assert found[0].box == Box(376, 188, 456, 228)


def test_what_scores_below_the_floor_is_left_out() -> None:
    assert yolo_detections(answer((208, 208, 40, 20, 0.24)), WIDE, floor=0.25) == ()


@pytest.mark.parametrize("nonsense", [np.nan, np.inf, -np.inf, 1.2, -0.2, 7e30])
def test_a_score_that_is_no_probability_is_not_believed(nonsense: float) -> None:
    with pytest.raises(ModelRefused) as caught:
        yolo_detections(answer((1, 1, 1, 1, 0.1), (2, 2, 2, 2, nonsense)), WIDE, floor=0.25)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


@pytest.mark.parametrize("nonsense", [np.nan, np.inf])
@pytest.mark.parametrize("place", range(4))
def test_a_box_that_is_no_place_is_not_believed(nonsense: float, place: int) -> None:
    row = [208.0, 208.0, 40.0, 20.0, 0.9]
    row[place] = nonsense
    with pytest.raises(ModelRefused) as caught:
        yolo_detections(np.array([row], np.float32).T, WIDE, floor=0.25)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_an_answer_of_another_shape_is_not_believed() -> None:
    with pytest.raises(ModelRefused) as caught:
        yolo_detections(np.zeros((6, 10), np.float32), WIDE, floor=0.25)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_of_two_boxes_on_one_plate_the_better_stays() -> None:
    rows = answer((100, 208, 40, 20, 0.6), (102, 208, 40, 20, 0.8), (300, 208, 40, 20, 0.5))
    found = yolo_detections(rows, WIDE, floor=0.25)
    assert [round(each.score, 3) for each in found] == [0.8, 0.5]


def grid_with(*cells: tuple[int, int, list[float]]) -> np.ndarray:
    """A grid of 52 x 52 cells, eight network pixels each, empty but for some at row, column."""
    grid = np.zeros((13, 52, 52), np.float32)
    for row, column, values in cells:
        grid[:, row, column] = values
    return grid


PLATE_CELL = [0.9, 20, 10, 20, 10, -20, -12, 20, -8, 20, 12, -20, 8]


def test_a_cell_of_the_grid_becomes_a_box_with_corners() -> None:
    (found,) = corner_detections(grid_with((26, 26, PLATE_CELL)), WIDE, floor=0.25)
    # The cell's centre is at 212, 212; half the scale, and 104 rows of padding above.
    assert found.score == pytest.approx(0.9)
    assert found.box == Box(384, 196, 464, 236)
    assert found.corners is not None
    assert [list(corner) for corner in found.corners] == [
        [384, 192],
        [464, 200],
        [464, 240],
        [384, 232],
    ]


def test_neighbouring_cells_of_one_plate_are_one_detection() -> None:
    weaker = [0.6, *PLATE_CELL[1:]]
    grid = grid_with((26, 26, PLATE_CELL), (26, 27, weaker), (10, 10, weaker))
    found = corner_detections(grid, WIDE, floor=0.25)
    assert [round(each.score, 2) for each in found] == [0.9, 0.6]


def test_a_grid_alight_everywhere_takes_no_time_to_speak_of() -> None:
    grid = np.full((13, 104, 104), 0.9, np.float32)
    assert 0 < len(corner_detections(grid, WIDE, floor=0.25)) <= 200


@pytest.mark.parametrize("channel", range(13))
@pytest.mark.parametrize("nonsense", [np.nan, np.inf])
def test_a_grid_with_nonsense_in_it_is_not_believed(channel: int, nonsense: float) -> None:
    cell = list(PLATE_CELL)
    cell[channel] = nonsense
    with pytest.raises(ModelRefused) as caught:
        corner_detections(grid_with((26, 26, cell)), WIDE, floor=0.25)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_a_grid_of_another_shape_is_not_believed() -> None:
    with pytest.raises(ModelRefused):
        corner_detections(np.zeros((5, 52, 52), np.float32), WIDE, floor=0.25)


@given(
    st.lists(
        st.builds(
            lambda x, y, w, h, s: Detection(Box(x, y, x + w, y + h), s),
            st.floats(0, 100),
            st.floats(0, 100),
            st.floats(1, 50),
            st.floats(1, 50),
            st.floats(0, 1),
        ),
        max_size=12,
    )
)
def test_what_is_kept_hardly_overlaps_and_what_is_dropped_overlaps_something_better(
    candidates: list[Detection],
) -> None:
    kept = suppress_overlaps(candidates, 0.45)
    for i, one in enumerate(kept):
        assert all(one.box.iou(other.box) <= 0.45 for other in kept[:i])
    for dropped in candidates:
        if dropped not in kept:
            assert any(
                other.score >= dropped.score and dropped.box.iou(other.box) > 0.45 for other in kept
            )


@pytest.mark.parametrize(
    ("size", "inner", "outer"),
    [
        ((1280, 720), (512, 288), (512, 288)),
        ((1000, 1000), (400, 400), (416, 416)),
        ((3, 2), (1, 1), (32, 32)),
    ],
)
def test_a_scaled_picture_is_padded_to_whole_multiples(
    size: tuple[int, int], inner: tuple[int, int], outer: tuple[int, int]
) -> None:
    scaled = Letterbox.scaled(size, 0.4, 32)
    assert (scaled.inner, scaled.outer) == (inner, outer)
    top, bottom, left, right = scaled.border
    assert (left + inner[0] + right, top + inner[1] + bottom) == outer


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (416, 416), (33, 900), (5000, 1)])
def test_a_fitted_picture_and_its_padding_fill_the_square_exactly(size: tuple[int, int]) -> None:
    fitted = Letterbox.fit(size, (416, 416))
    top, bottom, left, right = fitted.border
    assert fitted.inner[0] + left + right == 416
    assert fitted.inner[1] + top + bottom == 416
