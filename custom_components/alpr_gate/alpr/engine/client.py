"""Asks an engine, near or far, and believes its answer only as far as the protocol allows."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Final

import aiohttp

from ..types import ImageProblem
from ..vision.errors import ImageRefused
from ..vision.zone import format_zone
from .checks import parse_json
from .errors import EngineError, EngineProblem, ProtocolError
from .protocol import (
    MAX_ANSWER_BYTES,
    MAX_BODY_BYTES,
    READ_DEADLINE,
    TOKEN_SHAPE,
    from_json,
    health_from_json,
    problem_from_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..types import FrameReads, Zone
    from .protocol import Health

__all__ = ["EngineClient", "EngineError", "EngineProblem", "unix_session"]

HEALTH_DEADLINE: Final = 5.0

_PROBLEM_OF_STATUS: Final = {
    401: EngineProblem.UNAUTHORISED,
    403: EngineProblem.UNAUTHORISED,
    429: EngineProblem.BUSY,
    502: EngineProblem.UNREACHABLE,
    503: EngineProblem.UNREACHABLE,
    504: EngineProblem.UNREACHABLE,
}
"""What a proxy in between means by a status, without a message of the engine's."""


def unix_session(socket: Path) -> aiohttp.ClientSession:
    """A session whose every request goes to the engine that listens on ``socket``."""
    return aiohttp.ClientSession(
        connector=aiohttp.UnixConnector(path=str(socket)), cookie_jar=aiohttp.DummyCookieJar()
    )


class EngineClient:
    """One engine's address, and the two questions it answers.

    Both raise EngineError; neither waits longer than its deadline, follows a redirect, or takes
    more than ``MAX_ANSWER_BYTES``.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, token: str | None = None
    ) -> None:
        """``session`` stays the caller's to close; ``token`` is sent as a bearer token."""
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._token = token

    async def read(
        self,
        body: bytes,
        *,
        sequence: int = 0,
        zone: Zone = (),
        crop: bool = False,
        timeout: float = READ_DEADLINE,  # noqa: ASYNC109 - the whole request's, not a wait's
    ) -> FrameReads:
        """What is in the picture ``body``; the answer is for ``sequence`` or refused.

        Raises:
            ImageRefused: the picture or the zone is not acceptable.
            EngineError: there is no usable answer; after ``timeout`` seconds at the latest.
        """
        if not body:
            raise ImageRefused(ImageProblem.EMPTY)
        if len(body) > MAX_BODY_BYTES:
            raise ImageRefused(ImageProblem.TOO_LARGE)
        query = {"sequence": str(sequence)}
        if zone:
            query["zone"] = format_zone(zone)
        if crop:
            query["crop"] = "1"
        status, answer = await self._ask("POST", "/v1/read", timeout, query=query, body=body)
        if status != 200:
            raise _refusal(status, answer)
        try:
            reads = _understood(answer, from_json)
        except ProtocolError as error:
            raise _not_believed(error) from error
        if reads.sequence != sequence or (reads.crop is not None and not crop):
            raise EngineError(EngineProblem.NONSENSE)
        return reads

    async def health(
        self,
        *,
        timeout: float = HEALTH_DEADLINE,  # noqa: ASYNC109 - as in read
    ) -> Health:
        """How the engine is; also while it loads or has refused its models. Raises EngineError."""
        status, answer = await self._ask("GET", "/v1/health", timeout)
        if status not in {200, 503}:
            raise _refusal(status, answer)
        try:
            return _understood(answer, health_from_json)
        except ProtocolError as error:
            if status == 503 and not error.version:
                raise EngineError(EngineProblem.UNREACHABLE) from error
            raise _not_believed(error) from error

    async def _ask(
        self,
        method: str,
        path: str,
        deadline: float,
        *,
        query: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, bytes]:
        """One request: the answer's status and body. Raises EngineError."""
        try:
            async with (
                asyncio.timeout(deadline),
                self._session.request(
                    method,
                    self._base_url + path,
                    params=query,
                    data=None if body is None else BytesIO(body),
                    headers=self._headers(body),
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=deadline),
                ) as response,
            ):
                if 300 <= response.status < 400:
                    raise EngineError(EngineProblem.REDIRECTED)
                return response.status, await _capped_body(response)
        except TimeoutError as error:
            raise EngineError(EngineProblem.TIMED_OUT) from error
        except (aiohttp.ClientResponseError, aiohttp.InvalidURL) as error:
            raise EngineError(EngineProblem.NONSENSE) from error
        except (aiohttp.ClientError, OSError) as error:
            raise EngineError(EngineProblem.UNREACHABLE) from error
        except EngineError:
            raise
        except Exception as error:
            # Whatever an answer brings out in the HTTP library, it is none of an engine's.
            raise EngineError(EngineProblem.NONSENSE) from error

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = content_type(body)
        if self._token is not None:
            if TOKEN_SHAPE.fullmatch(self._token) is None:
                raise EngineError(EngineProblem.UNAUTHORISED)
            headers["Authorization"] = f"Bearer {self._token}"
        return headers


def content_type(body: bytes) -> str:
    """What the picture's first bytes say it is: a label only, the engine looks for itself."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    return "application/octet-stream"


async def _capped_body(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body; raises EngineError(NONSENSE) when it is packed or too long."""
    if "Content-Encoding" in response.headers:
        raise EngineError(EngineProblem.NONSENSE)
    if (response.content_length or 0) > MAX_ANSWER_BYTES:
        raise EngineError(EngineProblem.NONSENSE)
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            raise EngineError(EngineProblem.NONSENSE)
    return bytes(answer)


def _understood[T](answer: bytes, read: Callable[[object], T]) -> T:
    """What ``read`` finds in the answer; raises ProtocolError, whatever it holds."""
    try:
        return read(parse_json(answer))
    except ProtocolError:
        raise
    except Exception as error:
        # A message that brings out a mistake of ours is not right either.
        raise ProtocolError("message") from error


def _not_believed(error: ProtocolError) -> EngineError:
    """The problem behind a message that does not keep to the protocol."""
    if error.version:
        return EngineError(EngineProblem.WRONG_VERSION)
    return EngineError(EngineProblem.NONSENSE, error.field)


def _refusal(status: int, answer: bytes) -> EngineError | ImageRefused:
    """What an answer other than 200 means, by the engine's own words or else by its status."""
    try:
        problem, code = _understood(answer, problem_from_json)
    except ProtocolError as error:
        if error.version:
            return EngineError(EngineProblem.WRONG_VERSION)
        return EngineError(_PROBLEM_OF_STATUS.get(status, EngineProblem.NONSENSE))
    if status in {400, 413} and problem in ImageProblem:
        return ImageRefused(ImageProblem(problem))
    if problem in EngineProblem:
        return EngineError(EngineProblem(problem), code)
    return EngineError(EngineProblem.NONSENSE)
