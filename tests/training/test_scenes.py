"""Scenes and photographs of plates: what they show is known to the pixel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training.approach import approach_frames
from training.ocr.conditions import Conditions
from training.ocr.photograph import INPUT, photograph
from training.plates import draw_plate
from training.scenes import Light, approach, draw_scene
from training.scenes.empty import draw_empty

SIZE = (480, 270)


@pytest.mark.parametrize("light", list(Light))
def test_a_scene_shows_its_plate_where_it_says(light: Light) -> None:
    rng = np.random.default_rng(5)
    scene = draw_scene(rng, plate_text="AB12CDE", light=light, distance=6.0, side=0.0, size=SIZE)
    (plate,) = scene.plates
    assert scene.rgb.shape == (270, 480, 3)
    assert plate.text == "AB12CDE"
    x1, y1, x2, y2 = plate.box
    assert 0 <= x1 < x2 <= 480
    assert 0 <= y1 < y2 <= 270
    xs, ys = zip(*plate.corners, strict=True)
    assert (min(xs), min(ys), max(xs), max(ys)) == plate.box


def test_a_plate_stands_out_by_day() -> None:
    rng = np.random.default_rng(5)
    scene = draw_scene(rng, plate_text="AB12CDE", distance=5.0, side=0.0, yaw=0.0, size=SIZE)
    x1, y1, x2, y2 = (round(value) for value in scene.plates[0].box)
    assert scene.rgb[y1:y2, x1:x2].mean(axis=2).std() > 25


def test_the_same_seed_draws_the_same_scene() -> None:
    first, second = (
        draw_scene(np.random.default_rng(9), plate_text="X1", size=SIZE) for _ in range(2)
    )
    assert np.array_equal(first.rgb, second.rgb)
    assert first.plates == second.plates


def test_a_car_that_approaches_grows_in_view() -> None:
    scenes = list(approach(np.random.default_rng(2), "AB12CDE", frames=4, size=SIZE))
    widths = [scene.plates[0].box[2] - scene.plates[0].box[0] for scene in scenes]
    assert all(after > before for before, after in pairwise(widths))
    assert len({scene.rgb.tobytes() for scene in scenes}) == 4


def test_an_empty_place_has_no_plate() -> None:
    scene = draw_empty(np.random.default_rng(1), size=SIZE)
    assert scene.plates == ()
    assert scene.rgb.std() > 10


def test_an_approach_is_made_from_one_photograph() -> None:
    rng = np.random.default_rng(4)
    scene = draw_scene(rng, plate_text="AB12CDE", distance=6.0, side=0.0, size=SIZE)
    frames = approach_frames(scene.rgb, scene.plates[0].box, 3, frames=5)
    assert len({frame.tobytes() for frame in frames}) == 5
    again = approach_frames(scene.rgb, scene.plates[0].box, 3, frames=5)
    assert all(np.array_equal(a, b) for a, b in zip(frames, again, strict=True))


@pytest.mark.parametrize("conditions", [Conditions(), Conditions(3, 2, 3, 2)])
def test_a_photograph_of_a_plate_is_what_the_reader_sees(conditions: Conditions) -> None:
    rng = np.random.default_rng(6)
    for _ in range(30):
        plate = draw_plate(rng)
        picture = photograph(
            rng, plate.rgb, len(plate.text), two_line=plate.two_line, conditions=conditions
        )
        assert picture.shape == (INPUT[1], INPUT[0], 3)
        assert picture.dtype == np.uint8
