"""One call of a camera at a time, given up at a deadline.

Many cameras are asked in a thread of Home Assistant's, which nothing can end: whoever asked a
hanging camera again and again would take all of its threads. So a call that goes on after its
deadline stays known, whichever gate began it, and while it does the camera is not asked again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.components.camera import Camera, async_get_image
from homeassistant.components.camera.helper import get_camera_from_entity_id
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.components.camera import Image
    from homeassistant.core import HomeAssistant

DEADLINE_SECONDS: Final = 5
"""From asking the camera to its last byte."""

_NO_DEADLINE: Final = 1_000_000_000
"""For Home Assistant, in seconds: the deadline is kept here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a camera answered."""

    asked_at: float
    """Monotonic time at which the camera was asked: its turn may have come late."""
    body: bytes


@dataclass(frozen=True, slots=True)
class _Call:
    """A call under way."""

    task: asyncio.Task[Image]
    asked_at: float


_CALLS: HassKey[dict[str, _Call]] = HassKey(f"{DOMAIN}_camera_calls")
"""By camera; they outlive a reload of the integration, as hanging threads do."""


async def ask_camera(hass: HomeAssistant, camera: str) -> Answer:
    """Ask ``camera`` for one picture, after whoever else is just asking it.

    Raises TimeoutError when it does not answer in time, at once while it still owes an answer to
    an earlier call that did; otherwise whatever Home Assistant or the camera's integration raises.
    """
    calls = hass.data.setdefault(_CALLS, {})
    until = hass.loop.time() + DEADLINE_SECONDS
    while (earlier := calls.get(camera)) is not None and not earlier.task.done():
        await _wait_for(hass, earlier, min(until, earlier.asked_at + DEADLINE_SECONDS))
    can_be_ended = not _runs_in_thread(hass, camera)
    call = _begin(hass, camera, calls)
    try:
        await _wait_for(hass, call, call.asked_at + DEADLINE_SECONDS)
    finally:
        if can_be_ended:
            call.task.cancel()
    if call.task.cancelled():
        raise HomeAssistantError("the camera's integration gave the call up")
    return Answer(call.asked_at, call.task.result().content)


def _begin(hass: HomeAssistant, camera: str, calls: dict[str, _Call]) -> _Call:
    """Ask the camera in a task of its own, which is known until it has ended."""
    asked_at = hass.loop.time()
    task = hass.async_create_background_task(
        async_get_image(hass, camera, timeout=_NO_DEADLINE), f"{DOMAIN} call of a camera"
    )
    call = calls[camera] = _Call(task, asked_at)

    @callback
    def _ended(task: asyncio.Task[Image]) -> None:
        if calls.get(camera) is call:
            del calls[camera]
        if not task.cancelled():
            task.exception()  # looked at, so that one nobody waits for any more is not logged

    task.add_done_callback(_ended)
    return call


async def _wait_for(hass: HomeAssistant, call: _Call, until: float) -> None:
    """Wait until a call has ended; raises TimeoutError when it goes on after ``until``."""
    timeout = max(0.0, until - hass.loop.time())
    done, _ = await asyncio.wait({call.task}, timeout=timeout)
    if not done:
        raise TimeoutError


def _runs_in_thread(hass: HomeAssistant, camera: str) -> bool:
    """Whether Home Assistant asks the camera in a thread; raises HomeAssistantError if it is off.

    Cancelling such a call would only hide that its thread still hangs.
    """
    entity = get_camera_from_entity_id(hass, camera)
    asks = getattr(entity.async_camera_image, "__func__", None)
    return asks is Camera.async_camera_image and not entity.use_stream_for_stills
