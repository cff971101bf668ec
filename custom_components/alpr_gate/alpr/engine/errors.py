"""What can go wrong between Home Assistant and an engine: one error, with its reason in an enum."""

from __future__ import annotations

from enum import StrEnum


class EngineProblem(StrEnum):
    """Why an engine gave no answer that can be used."""

    UNREACHABLE = "unreachable"
    """Nobody listens there, or the connection broke."""
    TIMED_OUT = "timed_out"
    UNAUTHORISED = "unauthorised"
    """The token is missing or wrong."""
    BUSY = "busy"
    """The picture waited and a newer one took its place, or too many arrived at once."""
    LOADING = "loading"
    REDIRECTED = "redirected"
    """The address sends elsewhere, which is never followed: pictures go only where they should."""
    WRONG_VERSION = "wrong_version"
    """It speaks another version of the protocol."""
    NONSENSE = "nonsense"
    """The answer is not one that an engine gives."""
    MODEL_REFUSED = "model_refused"
    """A model was not loaded, or what it put out was not believed."""
    FAILED = "failed"
    """The engine says that it failed, or its process ended."""


class EngineError(Exception):
    """An engine gave no usable answer; holds nothing of what was asked or read."""

    def __init__(self, problem: EngineProblem, code: str | None = None) -> None:
        """``code`` is the engine's own reason (``a-z`` and ``_``) where it gave one."""
        super().__init__(f"{problem.value}: {code}" if code else problem.value)
        self.problem = problem
        self.code = code


class ProtocolError(ValueError):
    """A message does not keep to the protocol; says which field, never what it held."""

    def __init__(self, field: str, *, version: bool = False) -> None:
        """``version``: the message is of another protocol version."""
        super().__init__(field)
        self.field = field
        self.version = version
