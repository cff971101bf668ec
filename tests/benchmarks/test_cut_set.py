"""Pictures that end beside a plate or within it, and what counts as whole there."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
import pytest

from scripts.benchmarks.cut_set import CUTS, counted_as_whole, cut_set
from scripts.benchmarks.score import Answer, Found
from scripts.benchmarks.sets import Edges, Sample

PLATE: Edges = (200.0, 100.0, 300.0, 125.0)
GROUPS = {beside: group for group, beside in CUTS.items()}


@pytest.fixture
def cut(tmp_path: Path) -> dict[str, Sample]:
    path = tmp_path / "car.png"
    Image.new("RGB", (500, 300)).save(path)
    sample = Sample(path, "cars", ((10.0, 10.0, 40.0, 20.0), PLATE), None)
    return {each.group: each for each in cut_set([sample], tmp_path / "cut")}


def said(box: Edges, score: float = 0.9) -> Answer:
    return Answer("", (), (Found(box, score),), {})


def test_a_picture_is_cut_as_far_beside_its_widest_plate_as_it_says(cut: dict[str, Sample]) -> None:
    assert cut.keys() == CUTS.keys()
    for group, beside in CUTS.items():
        with Image.open(cut[group].path) as image:
            width = image.width
        ((left, top, right, bottom),) = cut[group].boxes
        assert (top, bottom) == (100, 125)
        assert right - left == pytest.approx(100 * min(1.0, 1.0 + beside))
        assert min(left, width - right) == pytest.approx(100 * max(0.0, beside))


def test_a_plate_too_near_to_the_pictures_own_edge_or_too_small_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "car.png"
    Image.new("RGB", (110, 50)).save(path)
    filling = Sample(path, "cars", ((5.0, 5.0, 105.0, 30.0),), None)
    groups = {each.group for each in cut_set([filling], tmp_path / "cut")}
    assert groups == {group for group, beside in CUTS.items() if beside <= 0.05}
    small = Sample(path, "cars", ((5.0, 5.0, 45.0, 15.0),), None)
    assert cut_set([small], tmp_path / "cut") == ()


def test_whole_is_what_was_found_surely_and_off_the_edge(cut: dict[str, Sample]) -> None:
    sample = cut[GROUPS[0.12]]
    (plate,) = sample.boxes
    with Image.open(sample.path) as image:
        width = image.width
    to_the_edge = (0.0, *plate[1:]) if plate[0] < 100 else (*plate[:2], float(width), plate[3])
    elsewhere = (plate[0], 200.0, plate[2], 225.0)
    assert counted_as_whole([(sample, said(plate))]) == 1
    assert counted_as_whole([(sample, said(plate, 0.4))]) == 0
    assert counted_as_whole([(sample, said(to_the_edge))]) == 0
    assert counted_as_whole([(sample, said(elsewhere))]) == 0
    assert counted_as_whole([(sample, said(plate)), (sample, said(elsewhere))]) == 0.5
