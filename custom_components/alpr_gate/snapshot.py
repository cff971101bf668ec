"""One picture from one camera, taken with a deadline and looked at with suspicion.

What comes back is only ever bytes that begin like a picture and are not too many; everything else a
camera can answer (an error, a login page, nothing, an endless stream) is a ``SnapshotProblem``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import ConfigEntryAuthFailed, Unauthorized
from homeassistant.helpers import entity_registry as er

from .camera_call import ask_camera

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

MOST_BYTES: Final = 16 * 1024 * 1024
"""The largest body the engine takes; anything larger is no snapshot."""

_HASH_AT_ONCE_BYTES: Final = 1024 * 1024
"""Up to here hashing takes about a millisecond; more goes to a worker thread."""

_SNIFFED_BYTES: Final = 512


class SnapshotProblem(StrEnum):
    """Why a camera gave no picture."""

    GONE = "gone"
    """There is no such camera entity."""
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    """The camera does not accept the name or password Home Assistant uses (401, 403)."""
    LOGIN_PAGE = "login_page"
    """A web page came instead of a picture."""
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"


class SnapshotFailed(Exception):  # noqa: N818 - a camera without a picture is everyday, not an error
    """The camera gave no picture."""

    def __init__(self, problem: SnapshotProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One picture as it came from a camera; times are monotonic seconds."""

    camera: str
    sequence: int
    asked_at: float
    arrived_at: float
    digest: bytes
    """16-byte BLAKE2b of ``body``: the same bytes again are no new look."""
    body: bytes


async def take_snapshot(hass: HomeAssistant, camera: str, *, sequence: int) -> Snapshot:
    """Ask ``camera`` for one picture in full resolution; raises SnapshotFailed."""
    state = hass.states.get(camera)
    if state is None:
        raise SnapshotFailed(SnapshotProblem.GONE)
    if state.state == STATE_UNAVAILABLE:
        raise SnapshotFailed(
            SnapshotProblem.REFUSED
            if _waits_for_login(hass, camera)
            else SnapshotProblem.UNAVAILABLE
        )
    try:
        answer = await ask_camera(hass, camera)
    except Exception as err:  # noqa: BLE001 - camera integrations raise whatever they like
        raise SnapshotFailed(_problem_of(hass, camera, err)) from None
    arrived_at = hass.loop.time()
    body = answer.body
    if problem := first_bytes_problem(body):
        raise SnapshotFailed(problem)
    return Snapshot(camera, sequence, answer.asked_at, arrived_at, await _digest(hass, body), body)


def _problem_of(hass: HomeAssistant, camera: str, error: Exception) -> SnapshotProblem:
    """Tell a refused login and a time-out from any other failure."""
    if is_refusal(error) or _waits_for_login(hass, camera):
        return SnapshotProblem.REFUSED
    if _caused_by(error, TimeoutError):
        return SnapshotProblem.TIMED_OUT
    return SnapshotProblem.FAILED


def is_refusal(error: BaseException) -> bool:
    """Say whether an error, or what caused it, is a 401 or 403 of the camera.

    Looks for the status where aiohttp (``status``) and httpx (``response.status_code``) put it.
    """
    refused = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    for link in _chain(error):
        if isinstance(link, (ConfigEntryAuthFailed, Unauthorized, PermissionError)):
            return True
        response = getattr(link, "response", None)
        statuses = (
            getattr(link, "status", None),
            getattr(link, "status_code", None),
            getattr(response, "status_code", None),
        )
        if any(status in refused for status in statuses if isinstance(status, int)):
            return True
    return False


def first_bytes_problem(body: bytes) -> SnapshotProblem | None:
    """Judge a body by its length and its first bytes; None when it may be a picture.

    Only JPEG, PNG and WebP pass. Whether it really is one, the engine finds out in its own process.
    """
    if not body:
        return SnapshotProblem.EMPTY
    if len(body) > MOST_BYTES:
        return SnapshotProblem.TOO_LARGE
    head = body[:_SNIFFED_BYTES]
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")):
        return SnapshotProblem.LOGIN_PAGE
    return SnapshotProblem.NOT_AN_IMAGE


async def _digest(hass: HomeAssistant, body: bytes) -> bytes:
    if len(body) <= _HASH_AT_ONCE_BYTES:
        return _hash(body)
    return await hass.async_add_executor_job(_hash, body)


def _hash(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _waits_for_login(hass: HomeAssistant, camera: str) -> bool:
    """Say whether the camera's integration is asking the owner to log in again."""
    entity = er.async_get(hass).async_get(camera)
    if entity is None or entity.config_entry_id is None:
        return False
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    return entry is not None and any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(link, kind) for link in _chain(error))


def _chain(error: BaseException) -> list[BaseException]:
    """The error, what caused it, and so on."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain
