from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw
import pytest

from custom_components.alpr_gate.alpr.types import Box, Corners
from custom_components.alpr_gate.alpr.vision.straighten import cut, perspective, straightened

FLAT: Corners = ((0, 0), (120, 0), (120, 30), (0, 30))


def plate() -> Image.Image:
    """White with a black bar at the left and a red one at the bottom right."""
    image = Image.new("RGB", (120, 30), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 5, 20, 24), fill="black")
    draw.rectangle((90, 18, 110, 26), fill="red")
    return image


def turned(angle: float) -> tuple[np.ndarray, Corners]:
    """The plate turned by ``angle`` degrees on a grey picture, and where its corners are."""
    image = Image.new("RGB", (240, 240), "grey")
    image.paste(plate(), (60, 105))
    centre = 120.0, 120.0
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))

    def where(x: float, y: float) -> tuple[float, float]:
        right, down = x + 60 - centre[0], y + 105 - centre[1]
        return (
            centre[0] + right * cosine + down * sine,
            centre[1] - right * sine + down * cosine,
        )

    one, two, three, four = (where(x, y) for x, y in FLAT)
    rotated = image.rotate(angle, Image.Resampling.BICUBIC, center=centre)
    return np.asarray(rotated), (one, two, three, four)


@pytest.mark.parametrize("angle", [0, 12, -25, 40])
def test_a_tilted_plate_is_set_upright(angle: float) -> None:
    pixels, corners = turned(angle)
    upright = straightened(pixels, corners)
    assert upright is not None
    assert upright.shape[:2] == (30, 120)
    difference = np.abs(upright.astype(int) - np.asarray(plate()).astype(int))
    assert difference[3:-3, 3:-3].mean() < 12


def test_a_margin_shows_what_is_round_the_plate() -> None:
    pixels, corners = turned(0)
    upright = straightened(pixels, corners, margin=0.1)
    assert upright is not None
    assert upright.shape[:2] == (36, 144)
    assert tuple(upright[1, 70]) == (128, 128, 128)


@pytest.mark.parametrize("size", [(128, 64), (60, 16), (300, 60)])
def test_a_plate_fills_whatever_size_is_asked_for_with_its_margin(size: tuple[int, int]) -> None:
    pixels, corners = turned(12)
    upright = straightened(pixels, corners, margin=0.25, size=size)
    assert upright is not None
    assert (upright.shape[1], upright.shape[0]) == size
    expected = Image.new("RGB", (180, 45), "grey")
    expected.paste(plate(), (30, 8))
    difference = np.abs(upright.astype(int) - np.asarray(expected.resize(size)).astype(int))
    assert difference.mean() < 12


@pytest.mark.parametrize("edge", [(0, 0), (120, 0), (0, 30), (120, 30)])
def test_beyond_the_picture_there_is_no_black_stroke_beside_a_plate(edge: tuple[int, int]) -> None:
    bright = np.full((60, 240, 3), 200, np.uint8)
    x, y = edge
    corners: Corners = ((x, y), (x + 120, y), (x + 120, y + 30), (x, y + 30))
    crop = straightened(bright, corners, margin=0.3, continued=True)
    assert crop is not None
    assert crop.min() == 200


def test_black_tells_where_the_picture_ends_to_who_wants_to_know() -> None:
    bright = np.full((60, 240, 3), 200, np.uint8)
    crop = straightened(bright, ((0, 15), (120, 15), (120, 45), (0, 45)), margin=0.3)
    assert crop is not None
    assert crop[:, :30].max() == 0
    assert crop[:, 40:].min() == 200


def test_a_plate_mostly_beyond_the_picture_is_cut_out_all_the_same() -> None:
    bright = np.full((60, 240, 3), 200, np.uint8)
    corners: Corners = ((-700, 0), (200, 0), (200, 55), (-700, 55))
    crop = straightened(bright, corners, margin=0.3, continued=True)
    assert crop is not None
    assert crop.max() == 200


def test_where_a_plate_is_in_a_picture_changes_nothing_about_it() -> None:
    pixels, corners = turned(12)
    wide = np.pad(pixels, ((300, 200), (500, 400), (0, 0)), mode="edge")
    one, two, three, four = ((x + 500, y + 300) for x, y in corners)
    there = straightened(wide, (one, two, three, four), margin=0.1)
    here = straightened(pixels, corners, margin=0.1)
    assert there is not None
    assert here is not None
    assert np.abs(there.astype(int) - here.astype(int)).max() <= 1


def test_a_plate_seen_in_many_pixels_is_averaged_not_thinned_out() -> None:
    fine = np.zeros((300, 600, 3), np.uint8)
    fine[:, ::2] = 255
    corners: Corners = ((50, 50), (562, 50), (562, 178), (50, 178))
    upright = straightened(fine, corners)
    assert upright is not None
    assert upright.shape == (32, 128, 3)
    assert np.abs(upright.astype(int) - 127).max() <= 2


def test_a_plate_that_is_not_in_the_picture_is_not_cut_out() -> None:
    corners: Corners = ((80, 10), (120, 10), (120, 20), (80, 20))
    assert straightened(np.zeros((50, 50, 3), np.uint8), corners) is None


@pytest.mark.parametrize(
    "corners",
    [
        ((5, 5), (5, 5), (5, 5), (5, 5)),
        ((0, 0), (10, 10), (20, 20), (30, 30)),
        ((0, 0), (1e6, 0), (1e6, 1e6), (0, 1e6)),
    ],
    ids=["a point", "a line", "far outside"],
)
def test_corners_that_span_no_plate_are_not_followed(corners: Corners) -> None:
    assert straightened(np.zeros((50, 50, 3), np.uint8), corners) is None


def test_the_map_sends_each_corner_to_its_place() -> None:
    target: Corners = ((3, 4), (100, 9), (95, 60), (1, 55))
    a, b, c, d, e, f, g, h = perspective(FLAT, target)
    for (x, y), (u, v) in zip(FLAT, target, strict=True):
        weight = g * x + h * y + 1
        assert (a * x + b * y + c) / weight == pytest.approx(u)
        assert (d * x + e * y + f) / weight == pytest.approx(v)


def test_a_box_is_cut_at_the_edge_of_the_picture() -> None:
    pixels = np.zeros((50, 80, 3), np.uint8)
    piece = cut(pixels, Box(-5.5, 10.9, 200, 20.2))
    assert piece is not None
    assert piece.shape == (10, 80, 3)
    assert cut(pixels, Box(90, 10, 100, 20)) is None
    assert cut(pixels, Box(10.1, 10, 10.9, 20)) is None
