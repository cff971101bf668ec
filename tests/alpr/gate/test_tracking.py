"""Which plate belongs to which car: by place and size, by text only where nothing else tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.movement import Sighting
from custom_components.alpr_gate.alpr.gate.track import PARKED_SECONDS
from custom_components.alpr_gate.alpr.gate.tracking import (
    FARTHEST,
    GHOST_SECONDS,
    GROWTH,
    PARKED_GHOST_SECONDS,
    REACH,
    Ghost,
    assign,
    is_about_as_near,
    nearest,
)
from custom_components.alpr_gate.alpr.gate.visit import Visit
from custom_components.alpr_gate.alpr.types import Box, Frame, PlateRead
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

PAPER = Paper()


def frame(*reads: PlateRead, at: float, camera: str = "camera") -> Frame:
    return replace(PAPER.frame(*reads, camera=camera), asked_at=at)


def seen(read: PlateRead, *, at: float = 0.0, camera: str = "camera", name: str = "v") -> Visit:
    visit = Visit(name, at)
    visit.see(frame(read, at=at, camera=camera), read)
    return visit


def found(visits: list[Visit], *reads: PlateRead, at: float = 0.0, camera: str = "camera") -> str:
    """Names of the visits that the reads belong to; "-" for a new one."""
    known = assign(visits, frame(*reads, at=at, camera=camera), reads)
    return "".join("-" if visit is None else visit.id for visit in known)


@pytest.mark.parametrize(
    ("x", "y", "after", "belongs"),
    [
        (600 + REACH * 100, 400, 0.0, "v"),
        (600 + REACH * 100 + 1, 400, 0.0, "-"),
        (600, 400 + REACH * 100 + 1, 0.0, "-"),
        (600 + (REACH + 4 * 0.5) * 100, 400, 0.5, "v"),
        (600 + (REACH + 4 * 0.5) * 100 + 1, 400, 0.5, "-"),
        (600 + FARTHEST * 100, 400, 60.0, "v"),
        (600 + FARTHEST * 100 + 1, 400, 60.0, "-"),
    ],
)
def test_a_plate_belongs_to_the_car_it_can_have_moved_from(
    x: float, y: float, after: float, belongs: str
) -> None:
    visit = seen(plate(width=100))
    assert found([visit], plate(x=x, y=y, width=100), at=after) == belongs


@pytest.mark.parametrize(
    ("width", "after", "belongs"),
    [
        (100 * GROWTH, 0.0, "v"),
        (100 * GROWTH + 1, 0.0, "-"),
        (100 / GROWTH + 0.01, 0.0, "v"),
        (100 / GROWTH - 1, 0.0, "-"),
        (100 * (GROWTH + 0.5), 0.5, "v"),
        (100 * (GROWTH + 0.5) + 1, 0.5, "-"),
        (300, 60.0, "v"),
        (301, 60.0, "-"),
    ],
)
def test_a_plate_grows_only_as_fast_as_a_car_drives(
    width: float, after: float, belongs: str
) -> None:
    assert found([seen(plate(width=100))], plate(width=width), at=after) == belongs


def test_in_another_camera_only_the_same_text_makes_one_car() -> None:
    visit = seen(plate(LISTED), camera="front")
    assert found([visit], plate(LISTED), camera="side") == "v"
    assert found([visit], plate(STRANGER), camera="side") == "-"


def test_of_two_cars_the_one_at_that_place_goes_on() -> None:
    a = seen(plate(LISTED, x=560, width=100), name="a")
    b = seen(plate(LISTED, x=640, width=100), name="b")
    assert found([a, b], plate(STRANGER, x=565, width=100)) == "a"
    assert found([a, b], plate(STRANGER, x=635, width=100)) == "b"


def test_of_two_cars_at_one_place_the_one_of_that_size_goes_on() -> None:
    a = seen(plate(LISTED, width=100), name="a")
    b = seen(plate(LISTED, width=130), name="b")
    assert found([a, b], plate(STRANGER, width=127)) == "b"
    assert found([b, a], plate(STRANGER, width=103)) == "a"


def test_between_two_places_the_text_tells() -> None:
    a = seen(plate(LISTED, x=570, width=100), name="a")
    b = seen(plate(STRANGER, x=630, width=100), name="b")
    assert found([a, b], plate(LISTED, x=602, width=100)) == "a"
    assert found([a, b], plate(STRANGER, x=598, width=100)) == "b"


def test_the_text_tells_nothing_against_the_place() -> None:
    a = seen(plate(LISTED, x=560, width=100), name="a")
    b = seen(plate(STRANGER, x=640, width=100), name="b")
    assert found([a, b], plate(LISTED, x=632, width=100)) == "b"


def test_one_plate_is_never_two_cars() -> None:
    a = seen(plate(LISTED, x=600, width=100), name="a")
    b = seen(plate(LISTED, x=605, width=100), name="b")
    assert found([a, b], plate(x=601, width=100)) == "a"
    assert found([a, b], plate(x=601, width=100), plate(x=602, width=100)) == "ab"


def test_two_plates_are_never_one_car() -> None:
    visit = seen(plate(LISTED, x=600, width=100))
    assert found([visit], plate(x=620, width=100), plate(x=601, width=100)) == "-v"


@pytest.mark.parametrize(("later", "again"), [(GHOST_SECONDS, True), (GHOST_SECONDS + 0.1, False)])
def test_a_ghost_is_forgotten(later: float, *, again: bool) -> None:
    read = plate(LISTED)
    ghost = Ghost(seen(read), 10.0)
    assert ghost.is_again("camera", read, 10.0 + later) is again
    assert not ghost.is_again("side", read, 10.0)
    assert not ghost.is_again("camera", plate(STRANGER), 10.0)


@pytest.mark.parametrize(("shift", "again"), [(0.0, True), (50.0, True), (51.0, False)])
def test_a_ghost_stays_where_it_was(shift: float, *, again: bool) -> None:
    read = plate(LISTED, x=600, width=100)
    moved = replace(read, box=Box(550 + shift, read.box.y1, 650 + shift, read.box.y2))
    ghost = Ghost(seen(read), 10.0)
    assert ghost.is_again("camera", moved, 10.0) is again


@pytest.mark.parametrize(
    ("later", "width", "again"),
    [
        (GHOST_SECONDS, 140.0, True),
        (GHOST_SECONDS, 170.0, False),
        (GHOST_SECONDS + 0.1, 140.0, False),
    ],
)
def test_a_plate_that_covers_enough_of_where_a_ghost_stood_a_moment_ago_is_its_also_when_wider(
    later: float, width: float, *, again: bool
) -> None:
    visit = seen(plate(width=100))
    visit.stayed, visit.last = True, PAPER.show(plate(width=100))
    ghost = Ghost(visit, 10.0)
    assert ghost.is_again("camera", plate(width=width), 10.0 + later) is again


@pytest.mark.parametrize(
    ("later", "shift", "again"),
    [
        (GHOST_SECONDS + 1.0, 0.0, True),
        (GHOST_SECONDS + 1.0, 50.0, True),
        (GHOST_SECONDS + 1.0, 51.0, False),
        (PARKED_GHOST_SECONDS, 0.0, True),
        (PARKED_GHOST_SECONDS + 0.1, 0.0, False),
    ],
)
def test_a_parked_cars_ghost_stays_longer_where_the_car_was_at_rest(
    later: float, shift: float, *, again: bool
) -> None:
    read = plate(LISTED, x=600, width=100)
    moved = replace(read, box=Box(550 + shift, read.box.y1, 650 + shift, read.box.y2))
    visit = seen(read)
    visit.stayed, visit.last = True, PAPER.show(read)
    visit.track.rests["camera"] = Sighting(visit.track.last_seen - PARKED_SECONDS, read.box)
    assert Ghost(visit, 10.0).is_again("camera", moved, 10.0 + later) is again


@pytest.mark.parametrize(
    ("widths", "camera", "text", "later", "further"),
    [
        ((200, 190, 180, 170, 160, 150, 140), "camera", LISTED, GHOST_SECONDS, True),
        ((200, 190, 180, 170, 160, 150, 140), "camera", "HB07KXA", 1.0, True),
        ((200, 190, 180, 170, 160, 150, 140), "camera", STRANGER, 1.0, False),
        ((200, 190, 180, 170, 160, 150, 140), "side", LISTED, 1.0, False),
        ((200, 190, 180, 170, 160, 150, 140), "camera", LISTED, GHOST_SECONDS + 0.1, False),
        ((140, 140, 140, 140), "camera", LISTED, 1.0, False),
    ],
)
def test_a_ghost_that_drove_away_may_be_anywhere_in_its_cameras_picture(
    widths: tuple[int, ...], camera: str, text: str, later: float, *, further: bool
) -> None:
    visit = Visit("v", 0.0)
    for number, width in enumerate(widths):
        visit.see(frame(at=0.25 * number), plate(width=width))
    ghost = Ghost(visit, 10.0)
    assert ghost.is_further(camera, plate(text, x=100, width=60), 10.0 + later) is further


def test_what_has_stood_for_long_is_not_looked_for_further_on_under_another_plate() -> None:
    parked = seen(plate("PRIVATE", x=600, width=100))
    parked.track.rests["camera"] = Sighting(-PARKED_SECONDS, plate(x=600, width=100).box)
    later = frame(at=20.0)
    assert assign([parked], later, [plate(STRANGER, x=720, width=100)]) == [None]
    assert assign([parked], later, [plate("PRIVATE", x=720, width=100)]) == [parked]


@pytest.mark.parametrize(("width", "rivals"), [(79.9, False), (80.0, True), (99.0, True)])
def test_a_plate_about_as_wide_is_a_rival(width: float, *, rivals: bool) -> None:
    near, far = plate(LISTED, width=100), plate(STRANGER, x=200, width=width)
    car = seen(near, name="near")
    assert nearest([(seen(far, name="far"), far.box), (car, near.box)], 0.8) == (car, rivals)


@pytest.mark.parametrize(
    ("size", "near"),
    [
        ((60, 15), False),
        ((60, 24), True),
        ((60, 20), True),
        ((60, 19), False),
        ((36, 40), False),
        ((40, 40), True),
        ((80, 8), True),
    ],
)
def test_a_plate_that_is_narrower_but_as_high_is_as_near(
    size: tuple[float, float], *, near: bool
) -> None:
    width, height = size
    assert is_about_as_near(Box(0, 0, width, height), Box(0, 0, 100, 25), 0.8) is near


def test_where_no_plate_is_there_is_no_nearest_car() -> None:
    assert nearest([], 0.8) == (None, False)
