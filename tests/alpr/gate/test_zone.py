"""Where a plate may decide, and whether the whole of it is shown there."""

from __future__ import annotations

import io

from hypothesis import given, strategies as st
import numpy as np
from PIL import Image
import pytest

from custom_components.alpr_gate.alpr.gate.zone import EDGE, in_zone, is_shown, is_whole
from custom_components.alpr_gate.alpr.types import ZONE_MARGIN, Box, Point, Zone
from custom_components.alpr_gate.alpr.vision.decode import decode
from tests.alpr.gate.kit import SIZE

WIDTH, HEIGHT = SIZE
RIGHT_HALF: Zone = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
TRIANGLE: Zone = ((0.5, 0.2), (0.8, 0.8), (0.2, 0.8))
MIDDLE: Zone = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))


def test_the_middle_of_a_plate_is_in_the_zone_or_the_plate_is_not() -> None:
    for x, inside in ((WIDTH * 0.45, False), (WIDTH * 0.55, True), (WIDTH * 0.9, True)):
        box = Box(x - 50, HEIGHT / 2 - 12, x + 50, HEIGHT / 2 + 12)
        assert in_zone(box, SIZE, RIGHT_HALF) is inside
        assert in_zone(box, SIZE, ())


@pytest.mark.parametrize("zone", [(), ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))])
def test_a_plate_may_come_as_near_to_the_edge_as_a_share_of_its_width(zone: Zone) -> None:
    width, height = 100.0, 25.0
    room = EDGE * width
    near = Box(room, room, room + width, room + height)
    far = Box(WIDTH - room - width, HEIGHT - room - height, WIDTH - room, HEIGHT - room)
    assert is_whole(near, SIZE, zone)
    assert is_whole(far, SIZE, zone)
    for box, across, down in ((near, -1, 0), (near, 0, -1), (far, 1, 0), (far, 0, 1)):
        cut = Box(box.x1 + across, box.y1 + down, box.x2 + across, box.y2 + down)
        assert not is_whole(cut, SIZE, zone)


@pytest.mark.parametrize(
    ("across", "down"), [(-1, 0), (1, 0), (0, -1), (0, 1)], ids=["left", "right", "above", "below"]
)
def test_a_plate_may_come_as_near_to_what_is_hidden_round_the_zone(across: int, down: int) -> None:
    width, height = 120.0, 30.0
    room = EDGE * width
    reach = ZONE_MARGIN * WIDTH - room - 0.01
    x = WIDTH / 2 + across * (0.1 * WIDTH + reach - width / 2)
    y = HEIGHT / 2 + down * (0.1 * HEIGHT + reach - height / 2)
    whole = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    assert is_whole(whole, SIZE, MIDDLE)
    x, y = x + 2 * across, y + 2 * down
    cut = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    assert not is_whole(cut, SIZE, MIDDLE)


def test_a_plate_that_sticks_out_of_a_notch_of_the_zone_is_not_whole() -> None:
    notched: Zone = ((0, 0), (0.35, 0), (0.35, 0.8), (0.65, 0.8), (0.65, 0), (1, 0), (1, 1), (0, 1))
    over_the_notch = Box(0.3 * WIDTH, 0.55 * HEIGHT, 0.7 * WIDTH, 0.75 * HEIGHT)
    assert not is_whole(over_the_notch, SIZE, notched)
    assert is_whole(over_the_notch, SIZE, ())


def test_a_corner_that_a_zone_names_twice_changes_nothing() -> None:
    twice: Zone = (*MIDDLE, MIDDLE[-1])
    for x in range(0, WIDTH, 40):
        assert is_shown((x, HEIGHT / 2), SIZE, twice) is is_shown((x, HEIGHT / 2), SIZE, MIDDLE)


FRACTIONS = st.integers(0, 16).map(lambda sixteenths: sixteenths / 16)


@given(
    st.lists(st.tuples(FRACTIONS, FRACTIONS), min_size=3, max_size=3, unique=True),
    st.lists(st.tuples(st.integers(0, 159), st.integers(0, 119)), min_size=40, max_size=40),
)
def test_what_the_gate_takes_as_shown_is_what_the_engine_leaves_in_the_picture(
    corners: list[Point], points: list[tuple[int, int]]
) -> None:
    (x1, y1), (x2, y2), (x3, y3) = corners
    if abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) < 0.01:
        return
    zone = tuple(corners)
    size = (160, 120)
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, "PNG")
    left = np.asarray(decode(target.getvalue(), zone=zone).pixels)[..., 0] == 255
    for x, y in points:
        around = {is_shown((x + a, y + b), size, zone) for a in (-2, 0.5, 3) for b in (-2, 0.5, 3)}
        if len(around) == 1:
            assert left[y, x] == around.pop()
