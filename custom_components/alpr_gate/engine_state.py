"""What every engine is to the rest of the integration, wherever it runs: state and ``read``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
import logging
import time
from typing import TYPE_CHECKING, Final

from .alpr.engine.errors import EngineError, EngineProblem
from .alpr.engine.protocol import READ_DEADLINE
from .alpr.vision.errors import ImageRefused, ModelProblem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .alpr.engine.client import EngineClient
    from .alpr.engine.protocol import Health
    from .alpr.types import FrameReads, Zone


class EngineKind(StrEnum):
    """Which engine the owner chose."""

    BUILT_IN = "built_in"
    FAST_PLATE_OCR = "fast_plate_ocr"
    REMOTE = "remote"


class EngineState(StrEnum):
    """How an engine is."""

    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"
    """It does not read at the moment; it is tried again without anybody's help."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the owner chose; ``url`` and ``token`` belong to a remote engine only."""

    kind: EngineKind
    url: str | None = None
    token: str | None = None
    models_folder: Path | None = None
    """The owner's own models; None for the built-in ones."""


@dataclass(frozen=True, slots=True)
class EngineTimings:
    """Milliseconds that the last picture took."""

    decode: float
    detect: float
    read: float
    round_trip: float
    """From asking to the answer: the three others, and waiting and transport."""


FAILURES_TO_REPORT: Final = 3
"""Failures without a good while between them that are no longer an accident."""

_LOGGER = logging.getLogger(__name__)

_OWNER_MUST_MEND: Final = frozenset(
    {
        EngineProblem.UNAUTHORISED,
        EngineProblem.REDIRECTED,
        EngineProblem.WRONG_VERSION,
        EngineProblem.NONSENSE,
        EngineProblem.MODEL_REFUSED,
    }
)
"""Problems that do not go away by trying again."""

_SEEN_IN_HEALTH: Final = frozenset(
    {
        EngineProblem.UNREACHABLE,
        EngineProblem.UNAUTHORISED,
        EngineProblem.REDIRECTED,
        EngineProblem.WRONG_VERSION,
    }
)
"""Problems that asking for its health meets as well, so that good health disproves them."""

_NO_FAILURE: Final = frozenset({EngineProblem.BUSY, EngineProblem.LOADING})


class Engine(ABC):
    """Reads pictures somewhere else, and knows whether that works.

    One instance from set-up to unload. Everything is called in the event loop.
    """

    def __init__(self) -> None:
        self.state = EngineState.STOPPED
        self.problem: EngineProblem | None = None
        """Why it fails, or has kept failing until now; None when all is well."""
        self.code: str | None = None
        """More about the problem, as the engine calls it: which ``ModelProblem``."""
        self.health: Health | None = None
        """What the engine last told of itself: version, backend, models, queue."""
        self.timings: EngineTimings | None = None
        self.failures = 0
        """Failures without a good while between them."""
        self._client: EngineClient | None = None
        self._read_failed = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def keeps_failing(self) -> bool:
        """Whether the owner should be told: trying again has not helped, or cannot."""
        return self.failures >= FAILURES_TO_REPORT or (
            self.state is EngineState.FAILING and self.problem in _OWNER_MUST_MEND
        )

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever state, problem or health changes; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @abstractmethod
    async def start(self) -> None:
        """Begin; returns at once and goes on in the background."""

    @abstractmethod
    async def stop(self) -> None:
        """End, and leave nothing behind: no process, file, task or connection."""

    async def read(
        self,
        body: bytes,
        *,
        sequence: int = 0,
        zone: Zone = (),
        crop: bool = False,
        timeout: float = READ_DEADLINE,  # noqa: ASYNC109 - the whole request's, as the client's
    ) -> FrameReads:
        """What is in a picture: see ``EngineClient.read``, which raises the same.

        The answer of an engine that was stopped or restarted meanwhile is thrown away.
        """
        client = self._client
        if client is None:
            raise self._not_running()
        asked_at = time.monotonic()
        try:
            reads = await client.read(
                body, sequence=sequence, zone=zone, crop=crop, timeout=timeout
            )
        except (EngineError, ImageRefused) as error:
            if client is self._client:
                self._read_ended(error)
            raise
        if client is not self._client:
            raise self._not_running()
        spent = reads.timing_ms
        self.timings = EngineTimings(
            decode=spent.decode,
            detect=spent.detect,
            read=spent.read,
            round_trip=(time.monotonic() - asked_at) * 1000,
        )
        self._read_ended(None)
        return reads

    def _read_ended(self, error: EngineError | ImageRefused | None) -> None:
        """Learn from a read how the engine is.

        After a read that went wrong by itself, health proves nothing: only a picture that was read
        does.
        """
        if isinstance(error, EngineError):
            if error.problem not in _NO_FAILURE:
                self._read_failed = error.problem not in _SEEN_IN_HEALTH
                self._failed(error)
        elif self._read_failed and error is None:
            self._read_failed = False
            self._change(EngineState.READY)

    def _failed(self, error: EngineError) -> None:
        """Count a failure and say so."""
        self.failures += 1
        self._change(EngineState.FAILING, error.problem, error.code)

    def _change(
        self, state: EngineState, problem: EngineProblem | None = None, code: str | None = None
    ) -> None:
        """Take on a state, tell the listeners, and log when it stops and when it begins to read."""
        before, self.state = self.state, state
        if state is EngineState.FAILING or self.failures < FAILURES_TO_REPORT:
            self.problem, self.code = problem, code
        if state is EngineState.FAILING and before is not state:
            reason = str(EngineError(problem or EngineProblem.FAILED, code))
            _LOGGER.warning("The engine does not read (%s); it is tried again by itself", reason)
        elif before is EngineState.FAILING and state is EngineState.READY:
            _LOGGER.warning("The engine reads again")
        for listener in tuple(self._listeners):
            listener()

    def _not_running(self) -> EngineError:
        """The error of a read while there is no engine to ask."""
        if self.state is EngineState.STARTING:
            return EngineError(EngineProblem.LOADING)
        return EngineError(self.problem or EngineProblem.UNREACHABLE, self.code)


def load_error(health: Health) -> EngineError:
    """Why an engine that has refused its models cannot read."""
    if health.problem in ModelProblem:
        return EngineError(EngineProblem.MODEL_REFUSED, health.problem)
    return EngineError(EngineProblem.FAILED, health.problem)
