"""Which cars stand before one gate: their visits begin, go on in every camera, and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..types import Frame, Moment, PlateRead, Reason
from .plate import is_alike
from .plausible import objection
from .register import Register
from .settings import GateSettings
from .track import Track
from .tracking import Ghost, assign, is_about_as_near, nearest
from .visit import Visit
from .zone import in_zone

MOST_VISITS = 32
"""Cars that are followed at once; the one not seen for the longest time makes room."""
MOST_GHOSTS = 64
"""Cars that are remembered at once after they were lost; the one lost first makes room."""
UNSEEN_SECONDS = 180.0
"""For so long what was read of a stranger is kept while no camera shows the car."""
RETURN_SECONDS = 3.0
"""For so long, or until a trigger, a camera that was silent shows what stood there already."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What one picture shows."""

    seen: tuple[Visit, ...]
    """The cars, the one at the gate first."""
    objections: tuple[Reason, ...]
    """Why plates were not looked at."""
    left: tuple[Visit, ...]
    """The cars whose visits ended with it."""
    pictured: str | None
    """The visit of the plate that the engine put first, whose surroundings it cut out."""


class Arrivals:
    """The visits that go on at one gate."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.visits: list[Visit] = []
        self._nearest: dict[str, str | None] = {}
        """By camera, the visit of the car at the gate; None while two are about as near."""
        self._new_id = new_id
        self._ghosts: list[Ghost] = []
        self._first_burst_at: float | None = None
        """From then on, cars are seen when they come."""
        self._burst_at: float | None = None
        self._returned: dict[str, float | None] = {}
        """Cameras that were silent, and when they gave their first picture since."""

    def find(self, visit_id: str) -> Visit | None:
        """The visit of that id, while it goes on."""
        return next((visit for visit in self.visits if visit.id == visit_id), None)

    def start_burst(self, now: Moment) -> None:
        """A trigger came: cars seen from now on have come, and pictures of them are looks."""
        self._burst_at = now.monotonic
        if self._first_burst_at is None:
            self._first_burst_at = now.monotonic
        self._returned.clear()

    def camera_returned(self, camera: str) -> None:
        """A camera gives pictures again: what it shows first may have stood there for long.

        Before the first trigger that is so in any case.
        """
        if self._burst_at is None:
            return
        self._returned[camera] = None
        for visit in self.visits:
            if camera in visit.track.sightings:
                visit.stood_there = True

    def forget(self, register: Register, now: Moment) -> None:
        """Remember lost cars no longer than need be, nor such as have been taken off the list.

        One that was let in is known for as long as a visit goes on that may be its own.
        A camera that fails, or shows a black night, does not say that a car has left: what was read
        of a stranger is forgotten all the same.
        """
        self._ghosts = [
            ghost
            for ghost in self._ghosts
            if (
                now.monotonic - ghost.ended_at <= ghost.lasts
                or any(map(ghost.is_looked_for_in, self.visits))
            )
            and (ghost.visit.listed_as is None or register.lists(ghost.visit.key))
        ]
        for visit in self.visits:
            if visit.listed_as is None and now.monotonic - visit.track.last_seen > UNSEEN_SECONDS:
                visit.forget_reading()

    def follow(self, frame: Frame, settings: GateSettings, now: Moment) -> Scene:
        """Find or begin the visit of every plate in the zone; end those that have left."""
        if frame.camera in self._returned and self._returned[frame.camera] is None:
            self._returned[frame.camera] = frame.asked_at
        size = frame.reads.size
        objections = [objection(read, size, settings) for read in frame.reads.plates]
        shown = [
            (number, read, reason)
            for number, (read, reason) in enumerate(
                zip(frame.reads.plates, objections, strict=True)
            )
            if reason is not Reason.OUTSIDE_ZONE and in_zone(read.box, size, settings.zone)
        ]
        known = assign(self.visits, frame, [read for _, read, _ in shown])
        seen: list[tuple[Visit, PlateRead]] = []
        left: list[Visit] = []
        pictured = None
        for (number, read, reason), visit in zip(shown, known, strict=True):
            if visit is None and reason is not None:
                continue
            here = visit or self._begin(frame, read, left, now)
            here.see(frame, read)
            if reason is None and self._is_triggered(frame):
                here.take_look(frame, read, settings)
            seen.append((here, read))
            pictured = here.id if number == 0 else pictured
        self._end_absent(frame, {visit.id for visit, _ in seen}, left, settings, now)
        if seen:
            self._choose_nearest(frame, seen, settings)
        first = self._nearest.get(frame.camera)
        seen.sort(key=lambda pair: (pair[0].id != first, -pair[1].box.width))
        return Scene(
            tuple(visit for visit, _ in seen),
            tuple(reason for reason in objections if reason is not None),
            tuple(left),
            pictured,
        )

    def was_let_in(self, visit: Visit, key: str) -> bool:
        """Whether this visit, now read as ``key``, is of a car that the gate was opened for.

        It is still there in another track, or another camera saw it a moment ago: a car that
        drives in is seen by one camera after the other.
        """
        if any(each.key == key and each.is_let_in for each in self.visits if each is not visit):
            return True
        return any(ghost.has_come_through(key, visit) for ghost in self._ghosts)

    def may_be_inside(self, visit: Visit, key: str) -> bool:
        """Whether this visit, now read as ``key``, may be of a car that drove in a moment ago."""
        return any(ghost.may_be_inside(key, visit) for ghost in self._ghosts)

    def is_nearest(self, visit: Visit) -> bool:
        """Whether it is the car at the gate in the camera that saw it last.

        What another camera shows meanwhile, a parked car perhaps, says nothing of that.
        """
        camera = visit.track.last_camera
        return camera is not None and self._nearest.get(camera) == visit.id

    def is_rivalled(self, visit: Visit, settings: GateSettings) -> bool:
        """Whether it is in doubt which car is at the gate, though this one is the nearest.

        Another camera shows another car that is not known to be behind. Or the same plate is in one
        picture twice, and one of them is a copy.
        """
        young = settings.max_frame_age
        return any(
            (other.key == visit.key and other.track.stands_beside(visit.track, young))
            or (
                other.is_surely_another(visit)
                and visit.track.last_seen - other.track.last_seen <= young
                and not _is_behind(other.track, visit.track, settings)
            )
            for other in self.visits
            if other is not visit
        )

    def _begin(self, frame: Frame, read: PlateRead, left: list[Visit], now: Moment) -> Visit:
        visit = Visit(
            self._new_id(),
            frame.asked_at,
            stood_there=not self._is_watched(frame) or self._stood_there(frame),
            track=Track(last_seen=frame.asked_at),
        )
        for ghost in self._ghosts:
            if ghost.is_again(frame.camera, read, now.monotonic):
                visit.go_on_with(ghost.visit)
            if ghost.is_further(frame.camera, read, now.monotonic):
                visit.track.go_on_leaving(ghost.visit.track, frame.camera)
        self.visits.append(visit)
        if len(self.visits) > MOST_VISITS:
            left.append(self._end(min(self.visits, key=lambda each: each.track.last_seen), now))
        return visit

    def _is_watched(self, frame: Frame) -> bool:
        """Whether a car that is new in this picture was seen to come.

        Also in a picture that was on its way when a trigger came: it is no look, but shows a car
        that has just come and not one that stood there.
        """
        return self._first_burst_at is not None and frame.asked_at >= self._first_burst_at

    def _is_triggered(self, frame: Frame) -> bool:
        return self._burst_at is not None and frame.asked_at >= self._burst_at

    def _stood_there(self, frame: Frame) -> bool:
        """Whether the camera was silent until a moment ago."""
        first = self._returned.get(frame.camera)
        if first is not None and frame.asked_at - first >= RETURN_SECONDS:
            del self._returned[frame.camera]
        return frame.camera in self._returned

    def _end_absent(
        self, frame: Frame, seen: set[str], left: list[Visit], settings: GateSettings, now: Moment
    ) -> None:
        for visit in tuple(self.visits):
            if visit.id not in seen:
                visit.track.miss(frame.camera)
            if visit.track.has_left(settings, now.monotonic):
                left.append(self._end(visit, now))

    def _end(self, visit: Visit, now: Moment) -> Visit:
        self.visits.remove(visit)
        if visit.is_to_be_remembered:
            self._ghosts.append(Ghost(visit, now.monotonic))
            del self._ghosts[:-MOST_GHOSTS]
        return visit

    def _choose_nearest(
        self, frame: Frame, seen: list[tuple[Visit, PlateRead]], settings: GateSettings
    ) -> None:
        """Also among cars that this picture happens not to show: one stands before the other."""
        here = {visit.id: visit for visit, _ in seen}
        hidden = [
            (visit, box)
            for visit in self.visits
            if visit.id not in here
            and visit.track.is_hidden_from(frame.camera, settings, frame.asked_at)
            and (box := visit.track.box_in(frame.camera)) is not None
            and not any(is_alike(visit.key, other.key) for other in here.values())
        ]
        shown = [(visit, read.box) for visit, read in seen]
        visit, rivals = nearest(shown + hidden, settings.rival_size)
        self._nearest[frame.camera] = None if visit is None or rivals else visit.id


def _is_behind(other: Track, mine: Track, settings: GateSettings) -> bool:
    """Whether another car is farther from the gate than this one, as far as cameras can tell.

    Places in two pictures cannot be compared. But who has gone on from where the other one is now
    came before it.
    """
    now = mine.last_seen
    there, here = other.cameras_now(settings, now), mine.cameras_now(settings, now)
    if both := there & here:
        return all(
            not is_about_as_near(
                other.sightings[camera][-1].box, mine.sightings[camera][-1].box, settings.rival_size
            )
            for camera in both
            if not other.is_missed_by(camera) or other.is_hidden_from(camera, settings, now)
        )
    return bool(there & mine.sightings.keys()) and not here & other.sightings.keys()
