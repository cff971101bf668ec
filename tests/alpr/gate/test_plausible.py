"""What may be the plate of a car at the gate, at the very edge of every limit."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from custom_components.alpr_gate.alpr.gate.plausible import objection, picture_problem
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.types import Box, PlateRead, Reason
from tests.alpr.gate.kit import LISTED, SIZE, Paper, characters, plate

SETTINGS = GateSettings()
WIDTH, HEIGHT = SIZE


def told(read: PlateRead, settings: GateSettings = SETTINGS) -> Reason | None:
    return objection(read, SIZE, settings)


def boxed(x1: float, y1: float, x2: float, y2: float) -> PlateRead:
    return replace(plate(), box=Box(x1, y1, x2, y2))


def test_a_plain_plate_meets_no_objection() -> None:
    assert told(plate()) is None


@pytest.mark.parametrize(
    ("brightness", "problem"),
    [
        (SETTINGS.darkest, None),
        (SETTINGS.brightest, None),
        (SETTINGS.darkest - 0.001, Reason.UNREADABLE_PICTURE),
        (SETTINGS.brightest + 0.001, Reason.UNREADABLE_PICTURE),
        (nan, Reason.UNREADABLE_PICTURE),
    ],
)
def test_a_picture_counts_from_the_darkest_to_the_brightest(
    brightness: float, problem: Reason | None
) -> None:
    frame = Paper().frame(brightness=brightness)
    assert picture_problem(frame.reads, SETTINGS) is problem


@pytest.mark.parametrize(
    "box",
    [
        (500, 400, 500, 430),
        (500, 400, 600, 400),
        (600, 400, 500, 430),
        (500, 430, 600, 400),
        (600, 430, 500, 400),
        (nan, 400, 600, 430),
        (500, nan, 600, 430),
        (500, 400, inf, 430),
        (500, 400, 600, inf),
    ],
)
def test_a_box_without_an_area_is_no_plate(box: tuple[float, float, float, float]) -> None:
    assert told(boxed(*box)) is Reason.IMPLAUSIBLE_PLATE


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        (SETTINGS.detection, None),
        (SETTINGS.detection - 0.001, Reason.DETECTION_UNSURE),
        (0.0, Reason.DETECTION_UNSURE),
        (1.0, None),
        (-0.001, Reason.IMPLAUSIBLE_PLATE),
        (1.001, Reason.IMPLAUSIBLE_PLATE),
        (nan, Reason.IMPLAUSIBLE_PLATE),
    ],
)
def test_the_detector_must_be_as_sure_as_asked(detection: float, reason: Reason | None) -> None:
    assert told(plate(detection=detection)) is reason


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (SETTINGS.smallest_plate, SETTINGS.smallest_plate / 4, None),
        (SETTINGS.smallest_plate - 0.5, SETTINGS.smallest_plate / 4, Reason.IMPLAUSIBLE_PLATE),
        (SETTINGS.narrowest_plate * 64, 64, None),
        (SETTINGS.narrowest_plate * 64 - 1, 64, Reason.IMPLAUSIBLE_PLATE),
        (SETTINGS.widest_plate * 32, 32, None),
        (SETTINGS.widest_plate * 32 + 1, 32, Reason.IMPLAUSIBLE_PLATE),
    ],
)
def test_a_plate_has_the_size_and_the_shape_of_one(
    width: float, height: float, reason: Reason | None
) -> None:
    assert told(boxed(512, 256, 512 + width, 256 + height)) is reason


@pytest.mark.parametrize(
    ("length", "reason"),
    [
        (SETTINGS.shortest_text - 1, Reason.IMPLAUSIBLE_PLATE),
        (SETTINGS.shortest_text, None),
        (SETTINGS.longest_text, None),
        (SETTINGS.longest_text + 1, Reason.IMPLAUSIBLE_PLATE),
    ],
)
def test_a_text_is_as_long_as_a_plates_may_be(length: int, reason: Reason | None) -> None:
    assert told(plate("A1B2C3D4E5F6G7"[:length])) is reason


@pytest.mark.parametrize(
    "positions",
    [
        ((("A", 0.9), ("a", 0.1)),),
        ((("A", 0.9), ("Ä", 0.1)),),
        ((("A", 1.001),),),
        ((("A", 0.9), ("B", -0.001)),),
        ((("A", nan),),),
        ((),),
        ((("B", 0.9), ("A", 0.1)),),
    ],
)
def test_characters_that_make_no_sense_are_not_believed(
    positions: tuple[tuple[tuple[str, float], ...], ...],
) -> None:
    read = replace(plate(), text="A" + LISTED, characters=positions + characters(LISTED))
    assert told(read) is Reason.IMPLAUSIBLE_PLATE


@pytest.mark.parametrize(
    "position", [(("A", 1.0), ("", 0.0)), (("A", 0.6), ("", 0.4)), (("A", 1.0),)]
)
def test_there_may_be_no_character_at_a_place(position: tuple[tuple[str, float], ...]) -> None:
    read = replace(plate(), text="A" + LISTED, characters=(position, *characters(LISTED)))
    assert told(read) is None


def test_what_the_edge_of_the_picture_or_what_surrounds_the_zone_may_cut_off_is_no_look() -> None:
    right = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    left_of_its_border, inside = boxed(460, 300, 960, 420), boxed(660, 300, 1160, 420)
    assert told(boxed(2, 300, 302, 370)) is Reason.IMPLAUSIBLE_PLATE
    assert told(left_of_its_border) is told(inside) is None
    zoned = replace(SETTINGS, zone=right)
    assert told(left_of_its_border, zoned) is Reason.IMPLAUSIBLE_PLATE
    assert told(inside, zoned) is None


def test_a_plate_whose_middle_is_outside_the_zone_may_not_decide() -> None:
    right = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    read = plate(x=WIDTH * 0.3)
    assert told(read, replace(SETTINGS, zone=right)) is Reason.OUTSIDE_ZONE
