"""The engine's HTTP service: pictures in, what is written on the plates in them out.

It holds no state and keeps no picture; it writes neither a picture nor anything read in one to a
log. The event loop only moves bytes: models are loaded and pictures read in one worker thread.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
import hmac
from itertools import count
import json
import logging
import re
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import web

from ..types import ImageProblem
from ..vision.errors import ImageRefused, ModelProblem, ModelRefused
from ..vision.zone import parse_zone
from .connections import Connections
from .errors import EngineProblem, ProtocolError
from .protocol import (
    MAX_BODY_BYTES,
    MAX_SEQUENCE,
    READ_DEADLINE,
    EngineStatus,
    Health,
    from_json,
    health_to_json,
    problem_to_json,
    to_json,
)
from .turns import SupersededError, Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ..types import EngineIdentity, FrameReads, Zone

BODY_DEADLINE: Final = READ_DEADLINE
"""Seconds in which a picture must have arrived whole, however steadily it drips."""
WORK_DEADLINE: Final = READ_DEADLINE + 2.0
"""Seconds over one picture after which the reader is taken to hang: nobody waits for it any more.
A slow machine needs few."""
MAX_BODIES: Final = 4
"""Pictures that may be arriving at the same time: they are held in memory."""
CONTENT_TYPES: Final = frozenset(
    {"image/jpeg", "image/png", "image/webp", "application/octet-stream"}
)
"""What a picture may be labelled; what it is, its bytes say."""

_SEQUENCE: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_LOGGER = logging.getLogger(__name__)


class Recogniser(Protocol):
    """What the service needs of whatever reads the pictures."""

    @property
    def identity(self) -> EngineIdentity:
        """Who reads."""

    def read(
        self, body: bytes, *, zone: Zone = (), crop: bool = False, sequence: int = 0
    ) -> FrameReads:
        """Read one picture; raises ImageRefused and ModelRefused."""


class Service:
    """The handlers, and the one thing they share: whose turn it is."""

    def __init__(self, load: Callable[[], Recogniser]) -> None:
        """``load`` is called once, in the worker thread; raises ModelRefused."""
        self._load = load
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")
        self._turns = Turns()
        self._tickets = count()
        self._arriving = 0
        self._recogniser: Recogniser | None = None
        self._load_problem: str | None = None
        self.exhausted = asyncio.Event()
        """Set when memory ran out or a picture never ends: whoever runs the service had better
        start it afresh."""

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Load the models beside serving, and let go of the worker in the end."""
        loading = asyncio.create_task(self._load_models())
        yield
        loading.cancel()
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def health(self, _request: web.Request) -> web.Response:
        """``GET /v1/health``: 200 when ready, else 503 with the same message."""
        health = Health(
            status=self._status(),
            identity=None if self._recogniser is None else self._recogniser.identity,
            working=self._turns.working,
            waiting=self._turns.waiting,
            problem=self._load_problem,
        )
        return web.json_response(
            health_to_json(health), status=200 if health.status is EngineStatus.READY else 503
        )

    async def read(self, request: web.Request) -> web.Response:
        """``POST /v1/read``."""
        ticket = next(self._tickets)
        if self._recogniser is None:
            return self._not_ready()
        try:
            job = _job(self._recogniser, request)
            body = await self._body(request)
            await self._turns.take(ticket)
            return web.Response(body=await self._work(job, body), content_type="application/json")
        except ImageRefused as refused:
            too_large = refused.problem is ImageProblem.TOO_LARGE
            return _refuse(413 if too_large else 400, refused.problem)
        except ProtocolError:
            return _refuse(400, EngineProblem.NONSENSE)
        except SupersededError:
            return _refuse(429, EngineProblem.BUSY)
        except TimeoutError:
            return _refuse(408, EngineProblem.TIMED_OUT)
        except ModelRefused as refused:
            return _refuse(500, EngineProblem.MODEL_REFUSED, refused.problem)
        except MemoryError:
            self.exhausted.set()
            return _refuse(500, EngineProblem.FAILED, "out_of_memory")
        except Exception as error:  # noqa: BLE001 - one bad picture must not cost the next one
            # Its text might quote what was read; its type cannot.
            _LOGGER.error("A read failed: %s", type(error).__name__)
            return _refuse(500, EngineProblem.FAILED)

    def _status(self) -> EngineStatus:
        if self._recogniser is not None:
            return EngineStatus.READY
        return EngineStatus.LOADING if self._load_problem is None else EngineStatus.REFUSED

    def _not_ready(self) -> web.Response:
        if self._load_problem is None:
            return _refuse(503, EngineProblem.LOADING)
        if self._load_problem in ModelProblem:
            return _refuse(503, EngineProblem.MODEL_REFUSED, self._load_problem)
        return _refuse(503, EngineProblem.FAILED, self._load_problem)

    async def _load_models(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._recogniser = await loop.run_in_executor(self._worker, self._load)
        except ModelRefused as refused:
            _LOGGER.error("The models were refused: %s", refused)
            self._load_problem = refused.problem.value
        except Exception as error:  # noqa: BLE001 - said in health, which whoever asks can act on
            _LOGGER.error("The models could not be loaded: %s: %s", type(error).__name__, error)
            self._load_problem = "out_of_memory" if isinstance(error, MemoryError) else "failed"

    async def _body(self, request: web.Request) -> bytes:
        """The picture; raises ImageRefused, SupersededError when too many arrive, TimeoutError."""
        if (request.content_length or 0) > MAX_BODY_BYTES:
            raise ImageRefused(ImageProblem.TOO_LARGE)
        if self._arriving >= MAX_BODIES:
            raise SupersededError
        self._arriving += 1
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_DEADLINE):
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > MAX_BODY_BYTES:
                        raise ImageRefused(ImageProblem.TOO_LARGE)
        finally:
            self._arriving -= 1
        if not body:
            raise ImageRefused(ImageProblem.EMPTY)
        return bytes(body)

    async def _work(self, job: Callable[[bytes], bytes], body: bytes) -> bytes:
        """Do the job in the worker; the turn lasts as long as that, even if nobody waits for it."""
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._worker, job, body)
        # A thread cannot be ended: a picture that keeps it busy for ever costs this process.
        hangs = loop.call_later(WORK_DEADLINE, self.exhausted.set)
        work.add_done_callback(lambda _work: hangs.cancel())
        work.add_done_callback(self._work_ended)
        # Not a shield: that would log an error which comes when the asker has gone, with its text.
        await asyncio.wait([work])
        return work.result()

    def _work_ended(self, work: asyncio.Future[bytes]) -> None:
        self._turns.give_back()
        if not work.cancelled():
            # Marks an error as seen, which else would be logged when the asker has gone.
            work.exception()


def make_app(load: Callable[[], Recogniser], token: str | None = None) -> web.Application:
    """The service as an application; with ``token``, every request needs it as a bearer token.

    Serve it with ``hosting.listening``, which limits who may be connected for how long.
    """
    service = Service(load)
    connections = Connections()
    app = web.Application(middlewares=[_admission(token, connections)])
    app[SERVICE] = service
    app[CONNECTIONS] = connections
    app.cleanup_ctx.append(service.running)
    app.router.add_get("/v1/health", service.health, allow_head=False)
    app.router.add_post("/v1/read", service.read)
    return app


SERVICE: Final = web.AppKey("service", Service)
CONNECTIONS: Final = web.AppKey("connections", Connections)


def _admission(
    token: str | None, connections: Connections
) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Answers only requests that hold the token, whose connections may stay open."""
    expected = None if token is None else f"Bearer {token}".encode()

    @web.middleware
    async def check(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if expected is None or hmac.compare_digest(given, expected):
            connections.trust(request)
            return await handler(request)
        response = _refuse(401, EngineProblem.UNAUTHORISED)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    return check


def _job(recogniser: Recogniser, request: web.Request) -> Callable[[bytes], bytes]:
    """What is to be done with the picture, from the request's head.

    Raises ImageRefused, and ProtocolError for a query that no client of ours would send.
    """
    if request.content_type not in CONTENT_TYPES or "Content-Encoding" in request.headers:
        raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT)
    sequence = request.query.get("sequence", "0")
    if _SEQUENCE.fullmatch(sequence) is None or int(sequence) > MAX_SEQUENCE:
        raise ProtocolError("sequence")
    crop = request.query.get("crop", "0")
    if crop not in {"0", "1"}:
        raise ProtocolError("crop")
    return partial(
        _read_to_json,
        recogniser,
        zone=parse_zone(request.query.get("zone", "")),
        crop=crop == "1",
        sequence=int(sequence),
    )


def _read_to_json(
    recogniser: Recogniser, body: bytes, *, zone: Zone, crop: bool, sequence: int
) -> bytes:
    """Read a picture; a model that puts out NaN or nonsense is not believed, and so refused."""
    message = to_json(recogniser.read(body, zone=zone, crop=crop, sequence=sequence))
    try:
        from_json(message)
        return json.dumps(message, allow_nan=False).encode()
    except (ProtocolError, ValueError) as error:
        raise ModelRefused(ModelProblem.BAD_OUTPUT, "the models put out nonsense") from error


def _refuse(status: int, problem: str, code: str | None = None) -> web.Response:
    """Any answer but 200; what was not read of the request is not waited for."""
    response = web.json_response(problem_to_json(problem, code), status=status)
    if status in {401, 408, 413}:
        response.force_close()
    return response
