"""What can be wrong with a picture or with a model: two errors, each with a reason in an enum."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..types import ImageProblem


class ImageRefused(Exception):  # noqa: N818 - says what happened, in the words of the project
    """A picture was refused before anything was read in it."""

    def __init__(self, problem: ImageProblem, detail: str = "") -> None:
        """``detail`` is for people at a terminal; it never holds anything read in the picture."""
        super().__init__(f"{problem.value}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail


class ModelProblem(StrEnum):
    """Why a model was not used."""

    MISSING = "missing"
    """There is no such file, or no model in the folder."""
    UNKNOWN = "unknown"
    """A file is there, but nothing says which hash it must have."""
    WRONG_HASH = "wrong_hash"
    BAD_MANIFEST = "bad_manifest"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    """The hash is right and the network still does not load."""
    BACKEND_MISSING = "backend_missing"
    """The packages that run this kind of model are not installed."""
    DOWNLOAD_FAILED = "download_failed"
    BAD_OUTPUT = "bad_output"
    """The network answered with NaN, or with values out of their range."""


class ModelRefused(Exception):  # noqa: N818
    """A model was not loaded, or its answer was not believed."""

    def __init__(self, problem: ModelProblem, detail: str) -> None:
        """``detail`` is a sentence that says what to do next."""
        super().__init__(f"{problem.value}: {detail}")
        self.problem = problem
        self.detail = detail
