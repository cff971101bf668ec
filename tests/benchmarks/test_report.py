"""From answers to the tables of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.benchmarks.report import (
    by_width as table_by_width,
    report,
    rightly_labelled as table_of_rightly_labelled,
)
from scripts.benchmarks.score import Answer, Found
from scripts.benchmarks.sets import Sample
from scripts.benchmarks.summary import Run, by_width, summary
from scripts.photo_remarks import LABELLED_WRONGLY


def pair(
    width: float, text: str, plate: str = "AB10", name: str = "x.jpg"
) -> tuple[Sample, Answer]:
    """A plate so wide that begins at 7, and what was read of it."""
    box = (7.0, 3.0, 7.0 + width, 23.0)
    found = (Found(box, 0.9),)
    ms = {"decode": 1.0, "detect": 2.0, "read": 3.0}
    return Sample(Path(name), "eu", (box,), plate), Answer(text, (0.9,), found, ms)


@pytest.mark.parametrize(
    ("width", "group"),
    [
        (12.0, "under 60"),
        (59.9, "under 60"),
        (60.0, "60 to 90"),
        (129.0, "90 to 130"),
        (130.0, "130 to 200"),
        (200.0, "200 and more"),
        (505.0, "200 and more"),
    ],
)
def test_a_plate_belongs_to_the_class_of_its_true_width(width: float, group: str) -> None:
    measured = pair(width, "AB10")
    assert by_width([measured]) == {group: [measured]}


def test_classes_come_from_narrow_to_wide_and_none_is_empty() -> None:
    pairs = [pair(300, "A"), pair(50, "A"), pair(100, "A"), pair(51, "A")]
    groups = by_width(pairs)
    assert list(groups) == ["under 60", "90 to 130", "200 and more"]
    assert [len(part) for part in groups.values()] == [2, 1, 1]


def test_the_page_tells_for_each_width_how_many_plates_every_system_reads() -> None:
    widths_and_reads = [(50, "ABIO", "XX10"), (55, "AB10", ""), (140, "AB10", "ABIO")]
    run = Run(1, "a machine")
    for name, place in (("ours", 1), ("theirs", 2)):
        run.photos[name] = [pair(row[0], str(row[place])) for row in widths_and_reads]
        run.peak_mb[name], run.cold_start_s[name] = 100.0, 0.5
    figures = summary(run)
    expected = """\
| width | ours | theirs |
| --- | --- | --- |
| under 60 | 2 of 2 | 0 of 2 |
| 130 to 200 | 1 of 1 | 1 of 1 |
"""
    assert table_by_width(figures["systems"]) == expected
    page = report(figures, {"ours": "our models", "theirs": "others"})
    assert expected in page
    assert "By width of the plate in the picture" in page


def test_the_page_tells_what_is_left_without_photographs_that_are_labelled_wrongly() -> None:
    wrong_label = next(iter(LABELLED_WRONGLY))
    run = Run(1, "a machine")
    run.photos["ours"] = [pair(50, "AB10"), pair(50, "XB10", name=wrong_label)]
    run.peak_mb["ours"], run.cold_start_s["ours"] = 100.0, 0.5
    figures = summary(run)
    expected = """\
| system | exact | O=0, I=1 | wrong, 5 % left out |
| --- | --- | --- | --- |
| ours | 1 of 1 | 1 of 1 | 0 |
"""
    assert table_of_rightly_labelled(figures["systems"]) == expected
    page = report(figures, {"ours": "our models"})
    assert expected in page
    assert f"`{wrong_label}`" in page
    assert "| ours | 1 of 2 | 1 of 2 | 1 |" in page, "nothing is left out of the main table"
