"""How long a failing camera is left alone."""

from __future__ import annotations

from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.camera_health import (
    LONGEST_BACK_OFF_SECONDS,
    REFUSALS_TO_REPORT,
    TRIGGERED_BACK_OFF_SECONDS,
    CameraHealth,
)
from custom_components.alpr_gate.snapshot import Snapshot, SnapshotProblem


def failing(times: int, now: float = 100.0) -> CameraHealth:
    camera = CameraHealth("camera.street")
    for _ in range(times):
        camera.failed(SnapshotProblem.FAILED, now)
    return camera


def test_the_pause_doubles_with_each_failure_up_to_a_minute() -> None:
    pauses = [failing(times).next_attempt_at - 100.0 for times in range(1, 12)]
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == LONGEST_BACK_OFF_SECONDS


def test_a_camera_is_out_of_order_after_three_failures_in_a_row() -> None:
    assert not failing(2).is_out
    assert failing(3).is_out


def test_one_picture_makes_all_failures_forgotten() -> None:
    camera = failing(5)
    camera.succeeded(Snapshot("camera.street", 0, 200.0, 200.1, b"", b""))
    assert camera.problem is None
    assert not camera.is_out
    assert camera.next_attempt_at <= 200.0
    assert camera.failing_for(300.0) == 0.0


def test_a_trigger_brings_the_next_attempt_forward_but_not_at_once() -> None:
    camera = failing(8)
    camera.triggered()
    assert camera.next_attempt_at == 100.0 + TRIGGERED_BACK_OFF_SECONDS
    early = failing(1)
    early.triggered()
    assert early.next_attempt_at == 100.5


def test_a_trigger_changes_nothing_for_a_camera_that_works() -> None:
    camera = CameraHealth("camera.street")
    camera.triggered()
    assert camera.next_attempt_at == float("-inf")


def test_an_outage_is_counted_from_its_first_failure() -> None:
    camera = failing(1, now=50.0)
    camera.failed(SnapshotProblem.TIMED_OUT, 70.0)
    assert camera.failing_for(80.0) == 30.0


def picture(asked_at: float) -> Snapshot:
    return Snapshot("camera.street", 0, asked_at, asked_at + 0.1, b"", b"")


def unreadable(times: int) -> CameraHealth:
    """A camera that answers well, with pictures that cannot be read: one each second."""
    camera = CameraHealth("camera.street")
    for second in range(times):
        camera.succeeded(picture(100.0 + second))
        camera.picture_refused(ImageProblem.DAMAGED, 100.0 + second)
    return camera


def test_nothing_is_seen_through_a_camera_whose_pictures_are_refused_in_a_row() -> None:
    assert not unreadable(REFUSALS_TO_REPORT - 1).is_out
    camera = unreadable(REFUSALS_TO_REPORT)
    assert camera.is_out
    assert not camera.is_failing
    assert camera.refused_for(110.0) == 10.0


def test_one_picture_that_can_be_read_makes_all_refusals_forgotten() -> None:
    camera = unreadable(5)
    camera.picture_read()
    assert not camera.is_out
    assert camera.picture_problem is None
    assert camera.refused_for(200.0) == 0.0
    assert camera.tried_again_at is None


def test_a_camera_whose_picture_was_refused_is_asked_again_after_a_minute() -> None:
    assert unreadable(1).tried_again_at == 100.0 + LONGEST_BACK_OFF_SECONDS
