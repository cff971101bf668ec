"""Two cars that one camera sees while the first has gone on to another: which of them is behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.arrivals import Arrivals
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.track import SETTLED
from custom_components.alpr_gate.alpr.gate.visit import Visit
from custom_components.alpr_gate.alpr.types import PlateRead, Reason
from tests.alpr.gate.kit import LISTED, STRANGER, Paper, plate

SETTINGS = GateSettings()
NOW = 1000.0


def sees(visit: Visit, text: str, camera: str, *widths: float) -> None:
    """A camera sees it every tenth of a second, the last time now."""
    for ago, width in reversed([*enumerate(reversed(widths))]):
        read = plate(text, width=width)
        frame = replace(Paper().frame(read, camera=camera), asked_at=NOW - 0.1 * ago)
        visit.see(frame, read)
        visit.take_look(frame, read, replace(SETTINGS, look_spacing=0.0))
    visit.proof = visit.evidence(SETTINGS, NOW)


@pytest.fixture
def listed() -> Visit:
    """The listed car, which has gone on to the camera at the gate."""
    visit = Visit("listed", NOW - 5.0)
    sees(visit, LISTED, "gate", 100.0)
    return visit


@pytest.fixture
def stranger() -> Visit:
    """Another car, proved as well."""
    visit = Visit("stranger", NOW - 5.0)
    sees(visit, STRANGER, "road", 60.0)
    return visit


def two_lines(read: PlateRead) -> PlateRead:
    """The same plate four fifths as high as wide."""
    box = read.box
    return replace(read, box=replace(box, y1=box.y2 - 0.8 * box.width))


def is_rivalled(listed: Visit, stranger: Visit) -> bool:
    arrivals = Arrivals(iter("ab").__next__)
    arrivals.visits = [stranger, listed]
    return arrivals.is_rivalled(listed, SETTINGS)


@pytest.mark.parametrize(
    ("theirs", "mine", "expected"),
    [
        ((60.0, 60.0, 60.0), (120.0, 120.0, 120.0), False),
        ((120.0, 120.0, 120.0), (60.0, 60.0, 60.0), True),
        ((120.0, 120.0, 60.0), (60.0, 60.0, 120.0), False),
        ((60.0, 60.0, 120.0), (120.0, 120.0, 60.0), True),
        ((120.0, 60.0, 60.0), (120.0, 120.0, 120.0), False),
        ((60.0, 120.0, 120.0), (120.0, 120.0, 120.0), True),
    ],
)
def test_of_two_cars_before_one_camera_the_one_that_is_narrower_now_is_behind(
    listed: Visit,
    stranger: Visit,
    theirs: tuple[float, ...],
    mine: tuple[float, ...],
    expected: bool,
) -> None:
    sees(stranger, STRANGER, "drive", *theirs)
    sees(listed, LISTED, "drive", *mine)
    assert is_rivalled(listed, stranger) is expected


def test_so_is_a_proved_car_that_the_camera_has_shown_only_once_so_far(
    listed: Visit, stranger: Visit
) -> None:
    sees(listed, LISTED, "drive", 100.0)
    sees(stranger, STRANGER, "drive", 140.0)
    assert is_rivalled(listed, stranger)


@pytest.mark.parametrize("pictures", range(1, SETTLED + 2))
def test_one_that_the_picture_happens_not_to_show_counts_if_it_was_seen_three_times(
    listed: Visit, stranger: Visit, pictures: int
) -> None:
    sees(listed, LISTED, "drive", 100.0)
    sees(stranger, STRANGER, "drive", *[140.0] * pictures)
    stranger.track.miss("drive")
    assert is_rivalled(listed, stranger) is (pictures >= SETTLED)


def test_so_does_one_that_several_pictures_do_not_show_as_long_as_it_was_there_a_moment_ago(
    listed: Visit, stranger: Visit
) -> None:
    sees(listed, LISTED, "drive", 100.0)
    sees(stranger, STRANGER, "drive", *[140.0] * SETTLED)
    for _ in range(SETTINGS.absent_looks):
        stranger.track.miss("drive")
    assert is_rivalled(listed, stranger)


def test_a_listed_car_behind_a_motorcycle_does_not_open_for_it() -> None:
    paper = Paper()
    for look in range(8):
        motorcycle = two_lines(plate(STRANGER, x=500, width=60 + look))
        car = plate(x=800, width=80 + 3 * look)
        for decision in paper.show_all(motorcycle, car):
            assert not paper.command(decision)
            assert decision.reason is not Reason.LISTED
    for look in range(14):
        decision = paper.show(plate(x=800, width=105 + look))
    assert paper.command(decision), "it has gone"


def test_a_car_about_as_near_holds_up_the_listed_one_although_its_plate_is_read_unsurely() -> None:
    paper, reasons = Paper(), set[Reason]()
    for look in range(12):
        unsure = plate(STRANGER, x=300, width=100, probability=0.4)
        for decision in paper.show_all(plate(x=900, width=100 + look), unsure):
            assert not paper.command(decision)
            reasons.add(decision.reason)
    assert Reason.SEVERAL_PLATES in reasons


@pytest.mark.parametrize("pictures", [SETTLED - 1, SETTLED, SETTLED + 3])
def test_so_it_does_in_a_picture_that_happens_not_to_show_it(pictures: int) -> None:
    paper = Paper()
    for look in range(pictures):
        unsure = plate(STRANGER, x=300, width=130, probability=0.4)
        paper.show_all(plate(x=900, width=90 + 4 * look), unsure)
    missed = [paper.show(plate(x=900, width=90 + 4 * (pictures + look))) for look in range(2)]
    assert any(map(paper.command, missed)) is (pictures < SETTLED)
