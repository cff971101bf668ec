"""What one visit remembers of its car, at the very edge of every limit."""

from __future__ import annotations

import pytest

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.visit import LOOKS_KEPT, SIGHTINGS_KEPT, SURE, Visit
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


def looked(visit: Visit, paper: Paper) -> None:
    frame = seen(visit, paper)
    visit.take_look(frame, frame.reads.plates[0], SETTINGS)


def test_a_car_that_stays_for_hours_takes_no_more_memory(paper: Paper) -> None:
    visit = visit_of(paper)
    for _ in range(3 * SIGHTINGS_KEPT):
        paper.wait(1.0)
        looked(visit, paper)
    assert len(visit.sightings["camera"]) == SIGHTINGS_KEPT
    assert len(visit.looks) == LOOKS_KEPT


def test_pictures_without_the_car_are_counted_one_by_one_until_it_is_seen_again(
    paper: Paper,
) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    assert visit.missing == {"camera": 0}
    visit.miss("camera")
    visit.miss("camera")
    assert visit.missing == {"camera": 2}
    seen(visit, paper)
    assert visit.missing == {"camera": 0}


def test_a_picture_of_a_camera_that_never_saw_the_car_is_not_missed(paper: Paper) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    visit.miss("other")
    assert visit.missing == {"camera": 0}


@pytest.mark.parametrize(("late", "left"), [(-0.001, False), (0.0, True)])
def test_a_car_has_left_once_it_was_not_seen_for_the_whole_time(
    paper: Paper, late: float, left: bool
) -> None:
    visit = visit_of(paper)
    seen(visit, paper)
    for _ in range(SETTINGS.absent_looks):
        visit.miss("camera")
    now = visit.last_seen + SETTINGS.absent_seconds + late
    assert visit.has_left(SETTINGS, now) is left


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
    assert visit.movement is Movement.UNKNOWN
    assert visit.may_be_leaving(paper.settings)
    assert not visit.is_parked
    assert visit.box_in("camera") is None
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
