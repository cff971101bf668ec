"""One camera outside bursts: when it is looked through, and whether what stands there was seen.

What stands before a camera that gives pictures for the first time, or again, may have stood there
for long. One picture does not tell: somebody walks past a plate, headlights blind the camera.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from homeassistant.core import HomeAssistant, callback

if TYPE_CHECKING:
    from .alpr.types import Frame
    from .camera_health import CameraHealth

FIRST_LOOKS: Final = 4
"""Pictures that were read of what stands there, before it counts as seen."""
FIRST_LOOKS_APART_SECONDS: Final = 0.9
"""Pictures closer together count as one: what hides a plate hides it in all of them."""

FIRST_PRESENCE_PAUSE_SECONDS: Final = 1.0
LONGEST_PRESENCE_PAUSE_SECONDS: Final = 20.0
PRESENCE_PAUSE_GROWTH: Final = 1.25
"""A car that stays is looked at less and less often: it only has to be seen leaving."""


@dataclass(slots=True)
class FirstLooks:
    """How often it was seen what stands before a camera."""

    taken: int = 0
    _digest: bytes = b""
    _asked_at: float = float("-inf")

    def note(self, frame: Frame) -> bool:
        """Count a picture that was read, unless it shows nothing new; whether it counted."""
        is_new = frame.digest != self._digest
        counts = is_new and frame.asked_at - self._asked_at >= FIRST_LOOKS_APART_SECONDS
        if counts:
            self.taken += 1
            self._digest, self._asked_at = frame.digest, frame.asked_at
        return counts

    @property
    def are_over(self) -> bool:
        """Whether that was often enough."""
        return self.taken >= FIRST_LOOKS


class Occasions(Protocol):
    """What gives a reason to look, and who looks."""

    @property
    def present(self) -> bool:
        """Whether a car is believed in view."""

    @property
    def looking(self) -> bool:
        """Whether a burst is under way, which looks by itself."""

    @property
    def can_read(self) -> bool:
        """Whether pictures are read at the moment."""

    async def look_through(self, camera: CameraHealth) -> None:
        """Ask a camera once, and wait until its picture was read."""


class CameraWatch:
    """Looks through one camera whenever there is a reason; no camera waits for another."""

    def __init__(
        self,
        hass: HomeAssistant,
        camera: CameraHealth,
        occasions: Occasions,
        *,
        interval: float | None,
    ) -> None:
        """``interval`` is that of continuous watching, in seconds; None without it."""
        self._hass = hass
        self._camera = camera
        self._occasions = occasions
        self._interval = interval
        self._first_looks = FirstLooks()
        self._woken = asyncio.Event()
        self._presence_pause = FIRST_PRESENCE_PAUSE_SECONDS
        self._is_wanted = True
        """Nothing was read since pictures can be read: look as soon as may be."""

    @property
    def has_seen(self) -> bool:
        """Whether what stands before the camera was seen often enough."""
        return self._first_looks.are_over

    @callback
    def frame_read(self, frame: Frame) -> None:
        """A picture of this camera was read.

        First looks are taken at a steady pace, as long as each shows something new: a camera that
        always hands out the same picture is left alone for longer and longer.
        """
        self._is_wanted = False
        if not self.has_seen and self._first_looks.note(frame):
            self._presence_pause = FIRST_PRESENCE_PAUSE_SECONDS

    @callback
    def see_anew(self) -> None:
        """What stands there is not known any more."""
        self._first_looks = FirstLooks()
        self.look_again()

    @callback
    def look_now(self) -> None:
        """Pictures can be read again: look as soon as may be, as at the start."""
        self._is_wanted = True
        self.look_again()

    @callback
    def look_again(self) -> None:
        """A car came or left: begin anew with when to look next."""
        self._presence_pause = FIRST_PRESENCE_PAUSE_SECONDS
        self._woken.set()

    async def run(self) -> None:
        """Look at what stands in view at the start, then whenever ``pause`` has a reason."""
        await self._look()
        while True:
            pause = self.pause()
            self._woken.clear()
            is_due = False
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                is_due = True
            if (is_due or self._is_wanted) and not self._occasions.looking:
                await self._look()

    def pause(self) -> float | None:
        """Seconds until the next look outside a burst; None when there is no reason for one.

        A failing camera is tried again, so that it is known when it works; a burst does so itself.
        """
        pauses = [] if self._interval is None else [self._interval]
        if self._occasions.present or self._has_yet_to_see:
            pauses.append(self._presence_pause)
            self._presence_pause = min(
                LONGEST_PRESENCE_PAUSE_SECONDS, self._presence_pause * PRESENCE_PAUSE_GROWTH
            )
        tried_again_at = self._camera.tried_again_at
        if tried_again_at is not None and not self._occasions.looking:
            pauses.append(max(0.0, tried_again_at - self._hass.loop.time()))
        return min(pauses, default=None)

    @property
    def _has_yet_to_see(self) -> bool:
        """Whether looking on would tell what stands there; a failing camera is tried again."""
        shows = self._camera.problem is None and not self._camera.is_unreadable
        return shows and self._occasions.can_read and not self.has_seen

    async def _look(self) -> None:
        if self._camera.next_attempt_at <= self._hass.loop.time():
            await self._occasions.look_through(self._camera)
