"""Which pictures count, at the edges of what is fresh."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.alpr_gate.alpr.gate.freshness import DIGESTS_KEPT, CameraFault, Freshness
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.types import Frame, Reason
from tests.alpr.gate.kit import Paper

READS = Paper().frame().reads
SETTINGS = GateSettings(max_frame_age=3.0)


def frame(number: int, asked: float, arrived: float | None = None) -> Frame:
    """Picture ``number`` of a camera."""
    return Frame("camera", number.to_bytes(8), asked, asked if arrived is None else arrived, READS)


def check(
    freshness: Freshness, shown: Frame, now: float, *, not_before: float = 0.0
) -> Reason | None:
    return freshness.check(shown, not_before=not_before, settings=SETTINGS, now=now)


@pytest.mark.parametrize(
    ("asked", "arrived", "now", "reason"),
    [
        (10.0, 10.0, 10.0, None),
        (10.0, 13.0, 13.0, None),
        (10.0, 13.0, 13.1, Reason.ENGINE_BUSY),
        (10.0, 13.1, 13.2, Reason.STALE_FRAME),
        (10.0, 9.9, 10.0, Reason.STALE_FRAME),
        (10.0, 10.2, 10.1, Reason.STALE_FRAME),
        (9.9, 10.0, 10.0, Reason.STALE_FRAME),
    ],
)
def test_a_picture_is_asked_for_arrives_and_is_looked_at_in_time(
    asked: float, arrived: float, now: float, reason: Reason | None
) -> None:
    assert check(Freshness(), frame(1, asked, arrived), now, not_before=10.0) is reason


@pytest.mark.parametrize(
    ("asked", "reason"), [(10.0, Reason.STALE_FRAME), (10.1, None), (9.9, Reason.STALE_FRAME)]
)
def test_a_picture_is_asked_for_after_the_one_before(asked: float, reason: Reason | None) -> None:
    freshness = Freshness()
    assert check(freshness, frame(1, 10.0), 10.0) is None
    assert check(freshness, frame(2, asked), 10.1) is reason


def test_a_picture_is_recognised_among_the_last_512_and_the_oldest_is_forgotten_first() -> None:
    freshness = Freshness()
    for number in range(DIGESTS_KEPT + 1):
        assert check(freshness, frame(number, number), float(number)) is None
    later = float(DIGESTS_KEPT + 1)
    assert check(freshness, frame(1, later), later) is Reason.STALE_FRAME
    assert check(freshness, frame(0, later + 1), later + 1) is None


def test_a_picture_that_another_camera_of_the_gate_gave_is_no_new_one() -> None:
    freshness = Freshness()
    assert check(freshness, frame(1, 10.0), 10.0) is None
    other = replace(frame(1, 10.1), camera="other")
    assert check(freshness, other, 10.1) is Reason.STALE_FRAME
    assert freshness.fault("camera") is None
    assert freshness.fault("other") is not None
    assert check(freshness, replace(frame(2, 10.2), camera="other"), 10.2) is None


def test_a_fault_tells_the_camera_since_when_and_how_often() -> None:
    freshness = Freshness()
    assert freshness.fault("camera") is None
    first = frame(1, 10.0)
    check(freshness, first, 10.0)
    assert freshness.fault("camera") is None
    check(freshness, replace(first, asked_at=11.0, arrived_at=11.5), 11.5)
    frozen = CameraFault("camera", Reason.FROZEN_CAMERA, 11.5, 1)
    assert freshness.fault("camera") == frozen
    check(freshness, frame(2, 5.0), 12.0)
    assert freshness.fault("camera") == CameraFault("camera", Reason.STALE_FRAME, 11.5, 2)
    check(freshness, frame(3, 12.5), 12.5)
    assert freshness.fault("camera") is None


def test_a_slow_engine_is_no_fault_of_the_camera_and_begins_a_row_of_its_own() -> None:
    freshness = Freshness()
    for number in (1, 2):
        check(freshness, frame(number, 10.0 * number), 10.0 * number + 3.1)
    assert freshness.fault("camera") == CameraFault("camera", Reason.ENGINE_BUSY, 10.0, 2)
    check(freshness, frame(2, 30.0), 30.0)
    assert freshness.fault("camera") == CameraFault("camera", Reason.FROZEN_CAMERA, 30.0, 1)
    check(freshness, frame(3, 40.0), 43.1)
    assert freshness.fault("camera") == CameraFault("camera", Reason.ENGINE_BUSY, 40.0, 1)
    check(freshness, frame(4, 50.0), 50.0)
    assert freshness.fault("camera") is None


def test_a_picture_that_comes_again_is_the_cameras_fault_however_slow_the_engine_is() -> None:
    freshness = Freshness()
    check(freshness, frame(1, 10.0), 10.0)
    assert check(freshness, frame(1, 20.0), 23.1) is Reason.FROZEN_CAMERA
    check(freshness, frame(2, 30.0), 30.0)
    assert check(freshness, frame(1, 40.0), 43.1) is Reason.STALE_FRAME
