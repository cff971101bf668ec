"""Which pictures count: new bytes, asked for after the trigger, young, and in order.

A camera that hangs gives the same bytes again; one that replays gives bytes it gave before; a slow
one answers with a picture from before the car came; two entities of one camera, or a recorder that
mixes its cameras up, give one picture as two. None of them is a look. Nor is a picture that
came in time and was read too late, but that is the engine's fault and not the camera's. Times are
monotonic seconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from ..types import Frame, Reason
from .settings import GateSettings

DIGESTS_KEPT = 512
"""Pictures of one camera that are recognised when they come again."""


@dataclass(frozen=True, slots=True)
class CameraFault:
    """A camera whose pictures cannot be believed, or are read too late."""

    camera: str
    reason: Reason
    """FROZEN_CAMERA or STALE_FRAME; ENGINE_BUSY where the engine is too slow for it."""
    since: float
    """Monotonic time of the first such picture in an unbroken row."""
    pictures: int


@dataclass(slots=True)
class _Camera:
    """What is remembered of one camera."""

    digests: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    last: bytes | None = None
    asked_at: float = float("-inf")
    fault: CameraFault | None = None


class Freshness:
    """Judges the pictures of the cameras of one gate."""

    def __init__(self) -> None:
        self._cameras: dict[str, _Camera] = {}

    def fault(self, camera: str) -> CameraFault | None:
        """What is wrong with a camera now; None while its pictures are new and fresh."""
        known = self._cameras.get(camera)
        return None if known is None else known.fault

    def check(
        self, frame: Frame, *, not_before: float, settings: GateSettings, now: float
    ) -> Reason | None:
        """Why this picture cannot count; None when it is new and fresh.

        ``not_before`` is the instant before which a picture must not have been asked for.
        """
        camera = self._cameras.setdefault(frame.camera, _Camera())
        is_replayed = any(frame.digest in each.digests for each in self._cameras.values())
        reason = _problem(camera, frame, not_before, settings, now, is_replayed=is_replayed)
        camera.last = frame.digest
        camera.asked_at = max(camera.asked_at, frame.asked_at)
        camera.digests[frame.digest] = None
        camera.digests.move_to_end(frame.digest)
        while len(camera.digests) > DIGESTS_KEPT:
            camera.digests.popitem(last=False)
        camera.fault = _fault_after(camera.fault, frame, reason)
        return reason


def _problem(
    camera: _Camera,
    frame: Frame,
    not_before: float,
    settings: GateSettings,
    now: float,
    *,
    is_replayed: bool,
) -> Reason | None:
    """``is_replayed`` says that some camera gave the same bytes before."""
    if frame.digest == camera.last:
        return Reason.FROZEN_CAMERA
    early = frame.asked_at < not_before or frame.asked_at <= camera.asked_at
    impossible = not frame.asked_at <= frame.arrived_at <= now
    late = frame.arrived_at - frame.asked_at > settings.max_frame_age
    if is_replayed or early or impossible or late:
        return Reason.STALE_FRAME
    return Reason.ENGINE_BUSY if now - frame.asked_at > settings.max_frame_age else None


def _fault_after(
    before: CameraFault | None, frame: Frame, reason: Reason | None
) -> CameraFault | None:
    """A fault goes on while every picture is bad; its reason is that of the latest.

    The camera's faults and the engine's are never counted together.
    """
    if reason is None:
        return None
    is_engines = reason is Reason.ENGINE_BUSY
    if before is None or is_engines != (before.reason is Reason.ENGINE_BUSY):
        return CameraFault(frame.camera, reason, frame.arrived_at, 1)
    return CameraFault(frame.camera, reason, before.since, before.pictures + 1)
