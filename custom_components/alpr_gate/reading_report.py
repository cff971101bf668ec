"""Tells when a gate cannot see: cameras that fail, hang or send nonsense, an engine that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback

from .alpr.engine.errors import EngineProblem
from .alpr.types import Reason
from .gate_status import GateEvent, GateEventType
from .repairs import CameraIssue, clear_camera_issue, clear_camera_issues, raise_camera_issue
from .snapshot import SnapshotProblem

if TYPE_CHECKING:
    from .alpr.gate.attendant import CameraFault
    from .alpr.types import ImageProblem
    from .camera_health import CameraHealth
    from .gate_board import GateBoard
    from .gate_config import GateConfig
    from .looker import BurstTally

FAULT_SECONDS: Final = 3.0
FAULT_PICTURES: Final = 4
"""Pictures that cannot be believed, this many over this long, are told. Some cameras renew their
picture only once a second."""
LATE_PICTURES: Final = 2
"""An engine that is too slow reads few pictures: this many over that time are told."""

LASTING_FAULT_SECONDS: Final = 30.0
"""From then on the owner has to mend it."""

GONE_SECONDS: Final = 60.0
"""A camera may be slower to start than this integration."""

OUTAGE_SECONDS: Final = 300.0
"""Most outages end by themselves sooner: a camera that restarts, a router that does."""

_NEEDS_LOGIN: Final = {SnapshotProblem.REFUSED, SnapshotProblem.LOGIN_PAGE}


class ReadingReport:
    """Events and repair issues about what one gate's pictures come from."""

    def __init__(self, hass: HomeAssistant, config: GateConfig, board: GateBoard) -> None:
        self._hass = hass
        self._config = config
        self._board = board
        self._told_out: set[str] = set()
        self._told_unreadable: set[str] = set()
        self._told_faults: dict[str, float] = {}
        """When the fault began that was told last, by camera."""

    @callback
    def camera_changed(self, camera: CameraHealth, now: float) -> None:
        """A camera failed or gave a picture again, or its pictures cannot be read or can again."""
        self._answers_changed(camera, now)
        self._pictures_changed(camera, now)

    def _answers_changed(self, camera: CameraHealth, now: float) -> None:
        """Tell of a camera that gives no pictures."""
        if camera.problem is None:
            self._told_out.discard(camera.camera)
            for issue in (CameraIssue.GONE, CameraIssue.REFUSES):
                clear_camera_issue(self._hass, self._config, camera.camera, issue)
            return
        if camera.problem in _NEEDS_LOGIN:
            self._raise(CameraIssue.REFUSES, camera.camera)
        elif camera.failing_for(now) >= _patience_with(camera.problem):
            self._raise(CameraIssue.GONE, camera.camera)
        if (camera.is_failing or camera.problem in _NEEDS_LOGIN) and (
            camera.camera not in self._told_out
        ):
            self._told_out.add(camera.camera)
            self._tell(Reason.CAMERA_FAILED)

    def _pictures_changed(self, camera: CameraHealth, now: float) -> None:
        """Tell of a camera whose pictures cannot be read; the first that can takes it back."""
        if camera.picture_problem is None:
            if camera.camera in self._told_unreadable:
                self._told_unreadable.discard(camera.camera)
                clear_camera_issue(self._hass, self._config, camera.camera, CameraIssue.UNREADABLE)
            return
        if not camera.is_unreadable:
            return
        if camera.camera not in self._told_unreadable:
            self._told_unreadable.add(camera.camera)
            self._tell(Reason.UNREADABLE_PICTURE)
        if camera.refused_for(now) >= LASTING_FAULT_SECONDS:
            self._raise(CameraIssue.UNREADABLE, camera.camera, camera.picture_problem)

    @callback
    def camera_believed(self, camera: str, fault: CameraFault | None, now: float) -> None:
        """A picture was read: new and fresh (no ``fault``), not to be believed, or too late.

        Where the engine is too slow the camera has nothing to be mended.
        """
        if fault is None:
            if self._told_faults.pop(camera, None) is not None:
                clear_camera_issue(self._hass, self._config, camera, CameraIssue.FROZEN)
            return
        lasted = now - fault.since
        is_engines = fault.reason is Reason.ENGINE_BUSY
        enough = LATE_PICTURES if is_engines else FAULT_PICTURES
        if fault.pictures < enough or lasted < FAULT_SECONDS:
            return
        if self._told_faults.get(camera) != fault.since:
            self._told_faults[camera] = fault.since
            self._tell(fault.reason)
        if lasted >= LASTING_FAULT_SECONDS and not is_engines:
            self._raise(CameraIssue.FROZEN, camera)

    @callback
    def burst_ended(self, tally: BurstTally) -> None:
        """Say so if the engine read nothing in a whole burst."""
        if tally.read:
            return
        if tally.engine_problem is EngineProblem.BUSY:
            self._tell(Reason.ENGINE_BUSY)
        elif tally.engine_problem is not None:
            self._tell(Reason.ENGINE_FAILED)

    @callback
    def forget(self) -> None:
        """The gate is gone, or set up anew: nothing needs mending for it."""
        clear_camera_issues(self._hass, self._config)

    def _tell(self, reason: Reason) -> None:
        self._board.tell(GateEvent(GateEventType.FAILED, reason))

    def _raise(
        self, issue: CameraIssue, camera: str, picture_problem: ImageProblem | None = None
    ) -> None:
        raise_camera_issue(self._hass, self._config, camera, issue, picture_problem)


def _patience_with(problem: SnapshotProblem) -> float:
    """Seconds of a problem before the owner has to mend it."""
    return GONE_SECONDS if problem is SnapshotProblem.GONE else OUTAGE_SECONDS
