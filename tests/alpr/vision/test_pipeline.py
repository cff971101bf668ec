from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
import io

import numpy as np
from PIL import Image
import pytest

from custom_components.alpr_gate.alpr.types import Box, Corners, EngineIdentity, ModelIdentity
from custom_components.alpr_gate.alpr.vision.backends.base import Detection, Reading
from custom_components.alpr_gate.alpr.vision.decode import Pixels
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser

from .pictures import encoded, noise

MODEL = ModelIdentity("stub", "0" * 64)
RIGHT_HALF = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))


@dataclass
class Seeing:
    """A detector that answers what the test says, and remembers what it was shown."""

    found: tuple[Detection, ...]
    identities: tuple[ModelIdentity, ...] = (MODEL,)
    shown: list[Pixels] = field(default_factory=list)

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        self.shown.append(pixels)
        return self.found


@dataclass
class Reads:
    """A reader that answers one text after another."""

    texts: list[str]
    chance: float = 0.9
    margins: tuple[float, ...] = (0.0,)
    size: tuple[int, int] = (128, 64)
    identity: ModelIdentity = MODEL
    shown: list[Pixels] = field(default_factory=list)

    reads: int = 0

    def read(self, crops: Iterable[Pixels]) -> Reading:
        text = self.texts[self.reads % len(self.texts)]
        self.reads += 1
        self.shown.extend(crops)
        return Reading(tuple(((letter, self.chance),) for letter in text))


def found(x: float, y: float, width: float, height: float = 20, score: float = 0.9) -> Detection:
    return Detection(Box(x, y, x + width, y + height), score)


def recogniser(detector: Seeing, reader: Reads) -> Recogniser:
    return Recogniser(detector, reader, EngineIdentity("1", "stub", (MODEL, MODEL)))


PHOTO = encoded(noise(640, 480))


def test_a_plate_is_cut_out_and_read() -> None:
    detector, reader = Seeing((found(100, 50, 120, 30),)), Reads(["AB12CD"])
    reads = recogniser(detector, reader).read(PHOTO, sequence=7)
    (plate,) = reads.plates
    assert plate.text == "AB12CD"
    assert plate.box == Box(100, 50, 220, 80)
    assert plate.confidence == pytest.approx(0.9)
    assert reader.shown[0].shape == (30, 120, 3)
    assert reads.size == (640, 480)
    assert reads.sequence == 7
    assert reads.timing_ms.decode > 0
    assert reads.timing_ms.total >= reads.timing_ms.decode
    assert reads.crop is None


def test_where_nothing_is_legible_there_is_no_plate() -> None:
    assert recogniser(Seeing((found(0, 0, 50),)), Reads([""])).read(PHOTO).plates == ()


def test_the_nearer_of_two_cars_comes_first() -> None:
    far, near = found(300, 100, 60, 15), found(250, 350, 160, 40)
    reads = recogniser(Seeing((far, near)), Reads(["FAR", "NEAR"])).read(PHOTO)
    assert [plate.text for plate in reads.plates] == ["NEAR", "FAR"]


def test_of_two_plates_of_one_size_the_one_in_the_middle_comes_first() -> None:
    aside, middle = found(10, 300, 120, 30), found(260, 300, 120, 30)
    reads = recogniser(Seeing((aside, middle)), Reads(["ASIDE", "MIDDLE"])).read(PHOTO)
    assert reads.plates[0].text == "MIDDLE"


def test_plates_outside_the_zone_are_never_read() -> None:
    # The window starts a margin (64 pixels) left of the zone, at 256.
    detector = Seeing((found(10, 300, 100), found(150, 300, 100)))
    reader = Reads(["SEEN"])
    reads = recogniser(detector, reader).read(PHOTO, zone=RIGHT_HALF)
    assert detector.shown[0].shape == (480, 384, 3)
    assert [plate.box for plate in reads.plates] == [Box(406, 300, 506, 320)]
    assert len(reader.shown) == 1


def test_a_tilted_plate_is_straightened_to_the_readers_size_before_it_is_read() -> None:
    corners: Corners = ((100, 100), (220, 130), (212, 160), (92, 130))
    tilted = Detection(Box(92, 100, 220, 160), 0.9, corners)
    reader = Reads(["TILT"])
    (plate,) = recogniser(Seeing((tilted,)), reader).read(PHOTO).plates
    assert reader.shown[0].shape == (64, 128, 3)
    assert plate.corners == corners


def test_a_reader_that_wants_to_see_round_the_plate_does() -> None:
    corners: Corners = ((100, 100), (200, 100), (200, 140), (100, 140))
    flat, tilted = found(300, 100, 100, 40), Detection(Box(100, 100, 200, 140), 0.8, corners)
    reader = Reads(["WIDE"], margins=(0.1, 0.2))
    recogniser(Seeing((flat, tilted)), reader).read(PHOTO)
    assert [crop.shape[:2] for crop in reader.shown] == [(48, 120), (56, 140), *2 * [(64, 128)]]
    near, wide = (crop.astype(float) for crop in reader.shown[2:])
    assert np.abs(near - wide).mean() > 5
    assert reader.reads == 2


def test_a_small_plate_in_a_large_jpeg_is_read_with_all_its_pixels() -> None:
    body = encoded(noise(3840, 2160))
    detector, reader = Seeing((found(900, 500, 60, 15),)), Reads(["SMALL"])
    (plate,) = recogniser(detector, reader).read(body).plates
    assert detector.shown[0].shape == (1080, 1920, 3)
    assert reader.shown[0].shape == (30, 120, 3)
    assert plate.box == Box(1800, 1000, 1920, 1030)


def test_a_large_plate_in_a_large_jpeg_is_read_from_the_quick_picture() -> None:
    body = encoded(noise(3840, 2160))
    reader = Reads(["LARGE"])
    (plate,) = recogniser(Seeing((found(900, 500, 200, 50),)), reader).read(body).plates
    assert reader.shown[0].shape == (50, 200, 3)
    assert plate.box == Box(1800, 1000, 2200, 1100)


def test_boxes_never_leave_the_picture() -> None:
    reads = recogniser(Seeing((found(-10, -5, 120, 30),)), Reads(["EDGE"])).read(PHOTO)
    assert reads.plates[0].box == Box(0, 0, 110, 25)


def test_a_blank_picture_is_not_searched() -> None:
    detector = Seeing((found(0, 0, 50),))
    body = encoded(Image.new("RGB", (640, 480), (1, 1, 1)))
    reads = recogniser(detector, Reads(["GHOST"])).read(body)
    assert reads.plates == ()
    assert reads.brightness < 0.01
    assert detector.shown == []


def test_the_evidence_picture_shows_the_first_plate_and_its_surroundings() -> None:
    reads = recogniser(Seeing((found(300, 300, 100, 25),)), Reads(["CROP"])).read(PHOTO, crop=True)
    assert reads.crop is not None
    crop = Image.open(io.BytesIO(reads.crop))
    assert crop.format == "JPEG"
    assert crop.width == pytest.approx(301, abs=2)


def test_without_a_plate_there_is_no_evidence_picture() -> None:
    assert recogniser(Seeing(()), Reads(["X"])).read(PHOTO, crop=True).crop is None


def test_an_unbelievable_network_stops_the_read() -> None:
    class Broken(Seeing):
        def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
            raise ModelRefused(ModelProblem.BAD_OUTPUT, "NaN")

    with pytest.raises(ModelRefused):
        recogniser(Broken(()), Reads(["X"])).read(PHOTO)


def test_the_picture_given_to_the_detector_is_upright_rgb() -> None:
    detector = Seeing(())
    red = Image.new("RGB", (64, 32), (200, 10, 10))
    red.paste((10, 10, 200), (0, 0, 32, 32))
    recogniser(detector, Reads(["X"])).read(encoded(red, "PNG"))
    assert tuple(detector.shown[0][5, 60]) == (200, 10, 10)
    assert detector.shown[0].dtype == np.uint8
