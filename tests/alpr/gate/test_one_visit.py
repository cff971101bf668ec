"""What one visit remembers of its car, at the very edge of every limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.track import SETTLED, SIGHTINGS_KEPT
from custom_components.alpr_gate.alpr.gate.visit import LOOKS_KEPT, SURE, Visit
from custom_components.alpr_gate.alpr.types import Frame, Movement
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

SETTINGS = GateSettings()


@pytest.fixture
def paper() -> Paper:
    """Makes frames and holds the clock."""
    return Paper()


def visit_of(paper: Paper) -> Visit:
    return Visit("visit", paper.now)


def seen(visit: Visit, paper: Paper) -> Frame:
    frame = paper.frame(plate())
    visit.see(frame, frame.reads.plates[0])
    return frame


def shown(*boxes: tuple[float, float, float], camera: str = "camera") -> Visit:
    """A visit that one camera saw, by time, place and width."""
    visit = Visit("visit", 0.0)
    for at, x, width in boxes:
        sees(visit, at, x, width, camera)
    return visit


def sees(visit: Visit, at: float, x: float, width: float, camera: str = "camera") -> None:
    read = plate(x=x, width=width)
    visit.see(replace(Paper().frame(read, camera=camera), asked_at=at), read)


def looked(visit: Visit, paper: Paper) -> None:
    frame = seen(visit, paper)
    visit.take_look(frame, frame.reads.plates[0], SETTINGS)


def test_a_car_that_stays_for_hours_takes_no_more_memory(paper: Paper) -> None:
    visit = visit_of(paper)
    for _ in range(3 * SIGHTINGS_KEPT):
        paper.wait(1.0)
        looked(visit, paper)
    assert len(visit.track.sightings["camera"]) == SIGHTINGS_KEPT
    assert len(visit.looks) == LOOKS_KEPT


def test_pictures_without_the_car_are_counted_one_by_one_until_it_is_seen_again(
    paper: Paper,
) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    assert visit.track.missing == {"camera": 0}
    visit.track.miss("camera")
    visit.track.miss("camera")
    assert visit.track.missing == {"camera": 2}
    seen(visit, paper)
    assert visit.track.missing == {"camera": 0}


def test_a_picture_of_a_camera_that_never_saw_the_car_is_not_missed(paper: Paper) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    visit.track.miss("other")
    assert visit.track.missing == {"camera": 0}


@pytest.mark.parametrize(("late", "left"), [(-0.001, False), (0.0, True)])
def test_a_car_has_left_once_it_was_not_seen_for_the_whole_time(
    paper: Paper, late: float, left: bool
) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    for _ in range(SETTINGS.absent_looks):
        visit.track.miss("camera")
    now = visit.track.last_seen + SETTINGS.absent_seconds + late
    assert visit.track.has_left(SETTINGS, now) is left


def test_a_look_as_late_as_the_spacing_asks_counts(paper: Paper) -> None:
    visit = visit_of(paper)
    looked(visit, paper)
    paper.wait(SETTINGS.look_spacing)
    looked(visit, paper)
    assert len(visit.looks) == 2


def test_a_look_counts_until_it_is_older_than_allowed(paper: Paper) -> None:
    visit = visit_of(paper)
    looked(visit, paper)
    oldest = visit.looks[0].at + SETTINGS.evidence_seconds
    assert visit.looks_seen(SETTINGS, oldest) == 1
    assert visit.evidence(SETTINGS, oldest) is not None
    assert visit.looks_seen(SETTINGS, oldest + 0.001) == 0
    assert visit.evidence(SETTINGS, oldest + 0.001) is None


def test_a_visit_that_saw_nothing_yet_knows_nothing(paper: Paper) -> None:
    visit = visit_of(paper)
    assert visit.track.movement is Movement.UNKNOWN
    assert visit.track.may_be_leaving(paper.settings)
    assert not visit.track.is_parked
    assert visit.track.box_in("camera") is None
    assert visit.plate is None


@pytest.mark.parametrize(("confidence", "contradicts"), [(SURE, True), (SURE - 0.001, False)])
def test_only_a_sure_read_of_another_car_contradicts_what_was_proved(
    paper: Paper, confidence: float, contradicts: bool
) -> None:
    visit = visit_of(paper)
    for _ in range(3):
        paper.wait(1.0)
        looked(visit, paper)
    visit.proof = visit.evidence(SETTINGS, paper.now)
    assert visit.proof is not None
    assert visit.proof.plate == LISTED
    assert visit.contradicted_by(plate(STRANGER, probability=confidence)) is contradicts
    assert not visit.contradicted_by(plate(LISTED, probability=confidence))


# ---- hidden, and beside another


@pytest.mark.parametrize(
    ("seen", "missed", "seconds", "hidden"),
    [
        (SETTLED - 1, 0, 0.1, False),
        (SETTLED, 0, 0.1, True),
        (SETTLED, SETTINGS.absent_looks - 1, 60.0, True),
        (SETTLED, 60, SETTINGS.absent_seconds - 0.1, True),
        (SETTLED, SETTINGS.absent_looks, SETTINGS.absent_seconds, False),
    ],
)
def test_a_car_may_be_hidden_until_both_enough_pictures_and_enough_time_are_without_it(
    seen: int, missed: int, seconds: float, hidden: bool
) -> None:
    visit = shown(*((0.5 * number, 600.0, 120.0) for number in range(seen)))
    for _ in range(missed):
        visit.track.miss("camera")
    assert visit.track.is_hidden_from("camera", SETTINGS, visit.track.last_seen + seconds) is hidden


@pytest.mark.parametrize(
    ("later", "shift", "camera", "beside"),
    [
        (0.0, 200.0, "camera", True),
        (3.0, 200.0, "camera", True),
        (3.1, 200.0, "camera", False),
        (0.0, 60.0, "camera", False),
        (0.0, 200.0, "side", False),
    ],
)
def test_two_plates_are_beside_each_other_where_one_camera_saw_them_apart_at_about_one_time(
    later: float, shift: float, camera: str, beside: bool
) -> None:
    first, second = shown((0.0, 600.0, 120.0)), shown((later, 600.0 + shift, 120.0), camera=camera)
    assert first.track.stands_beside(second.track, 3.0) is beside
    assert second.track.stands_beside(first.track, 3.0) is beside


# ---- driven away


def drove_away() -> Visit:
    """It became half as wide within two seconds, and has stood there for six."""
    away = [(0.25 * step, 600.0, 120.0 - 7.5 * step) for step in range(9)]
    return shown(*away, *((2.0 + 0.5 * step, 600.0, 60.0) for step in range(1, 13)))


@pytest.mark.parametrize(
    ("widths", "comes"),
    [
        ((61.0, 63.0, 65.0, 66.0, 66.0, 66.0), False),
        ((62.0, 64.0, 66.0, 68.0, 70.0, 72.0), True),
    ],
)
def test_a_car_that_drove_away_comes_once_its_plate_has_clearly_become_wider(
    widths: tuple[float, ...], comes: bool
) -> None:
    visit = drove_away()
    for step, width in enumerate(widths):
        sees(visit, 8.25 + 0.25 * step, 600.0, width)
    assert visit.track.came_nearer is comes
    assert visit.track.has_driven_away is not comes


def test_a_car_that_drove_away_and_stands_nearer_after_a_pause_was_not_seen_to_come() -> None:
    visit = drove_away()
    for step in range(6):
        sees(visit, 28.0 + 0.5 * step, 600.0, 80.0)
    assert not visit.track.came_nearer
    assert visit.track.movement is Movement.LEAVING


def test_a_plate_that_another_camera_shows_wider_has_not_become_wider_for_that() -> None:
    visit = drove_away()
    for step, width in enumerate((200.0, 200.0, 200.0, 200.0, 208.0, 213.0, 213.0, 213.0)):
        sees(visit, 8.25 + 0.25 * step, 600.0, width, "side")
    assert not visit.track.came_nearer
    assert visit.track.movement is Movement.LEAVING


def test_a_car_near_at_first_and_then_farther_at_two_other_places_has_driven_away() -> None:
    visit = shown((0.0, 600.0, 120.0), (2.0, 650.0, 70.0), (4.0, 700.0, 66.0))
    for step in range(3):
        sees(visit, 6.0 + 2 * step, 700.0, 66.0)
    assert visit.track.has_driven_away
