from __future__ import annotations

from pathlib import Path

import pytest

from scripts.benchmarks.score import (
    Answer,
    Found,
    detection,
    exact,
    overlap,
    percentile,
    wrong_above,
    wrong_reads_by_coverage,
    wrong_without_least_sure,
)
from scripts.benchmarks.sets import Edges, Sample, frames, photographs

BOX = (0.0, 0.0, 10.0, 10.0)


def sample(plate: str = "AB12", *boxes: Edges) -> Sample:
    return Sample(Path("x.jpg"), "eu", boxes or (BOX,), plate)


def answer(text: str, confidence: float = 1.0, *found: Found) -> Answer:
    return Answer(text, (confidence,), found, {"decode": 1, "detect": 2, "read": 3})


def test_o_and_0_are_one_only_where_that_is_allowed() -> None:
    pairs = [(sample("O1I0"), answer("0I10")), (sample("AB12"), answer("AB12"))]
    assert exact(pairs, strict=True) == 1
    assert exact(pairs, strict=False) == 2


def test_no_text_is_not_right_and_not_a_wrong_text() -> None:
    pairs = [(sample(), answer("", 0.0)), (sample(), answer("AB13", 0.5))]
    assert exact(pairs, strict=False) == 0
    assert [wrong for _, wrong, _ in wrong_reads_by_coverage(pairs)] == [1, 1]


def test_leaving_out_the_least_sure_leaves_the_sure_mistakes() -> None:
    pairs = [(sample(), answer("AB12", 0.5 + i / 100)) for i in range(18)]
    pairs += [(sample(), answer("WRONG", 0.1)), (sample(), answer("WRONG", 0.99))]
    assert wrong_without_least_sure(pairs, 0.05) == 1
    assert wrong_without_least_sure(pairs, 0.0) == 2
    wrong, kept = wrong_above(pairs, 0.6)
    assert wrong == 1
    assert kept == pytest.approx(9 / 20)


def test_one_box_cannot_find_two_plates_and_a_second_box_on_a_plate_is_false() -> None:
    near = Found((1, 0, 11, 10), 0.9)
    pairs = [(sample("A", BOX, (50, 0, 60, 10)), answer("A", 1, near, Found(BOX, 0.8)))]
    result = detection(pairs)
    assert result.rate == 0.5
    assert result.false_boxes == 1
    assert result.boxes == 2


def test_a_box_that_meets_less_than_half_is_false() -> None:
    result = detection([(sample(), answer("", 0, Found((6, 0, 16, 10), 0.9)))])
    assert (result.rate, result.false_boxes) == (0, 1)


def test_overlap_of_equal_apart_and_half_covered_boxes() -> None:
    assert overlap(BOX, BOX) == 1
    assert overlap(BOX, (10, 0, 20, 10)) == 0
    assert overlap(BOX, (0, 0, 10, 20)) == 0.5


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([7], 0.95) == 7


def test_sets_are_read_from_their_tables(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text(
        "set,file,x,y,width,height,plate\neu,a.jpg,10,20,30,40,AB12\n"
    )
    assert photographs(tmp_path) == (
        Sample(tmp_path / "eu" / "a.jpg", "eu", ((10, 20, 40, 60),), "AB12"),
    )
    (tmp_path / "boxes.csv").write_text(
        "file,x1,y1,x2,y2\nnightride_1.jpg,1,2,3,4\ndayride_1.jpg,1,2,3,4\ndayride_1.jpg,5,6,7,8\n"
    )
    day, night = frames(tmp_path, lambda _: True)
    assert (day.group, len(day.boxes)) == ("day", 2)
    assert (night.group, len(night.boxes)) == ("night", 1)
    assert frames(tmp_path, lambda name: name.startswith("night")) == (night,)
