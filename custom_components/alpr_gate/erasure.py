"""Looks whether bytes that were destroyed are really gone from files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .byte_finder import ByteFinder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAMPLE_LENGTH: Final = 16
"""Bytes of a picture that identify it: compressed picture data does not repeat by chance."""
SAMPLE_EVERY: Final = 1024
HEADER: Final = 700
"""Bytes at the start of a JPEG, its tables, that are the same in every picture of a camera."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What must be gone: nothing here tells what a plate was."""

    marks: frozenset[bytes] = frozenset()
    """Random marks of destroyed visits."""
    pictures: frozenset[bytes] = frozenset()
    """Samples from destroyed pictures."""
    words: frozenset[bytes] = frozenset()
    """Anything else, such as a vehicle's id."""

    @property
    def all(self) -> frozenset[bytes]:
        """Everything to look for."""
        return self.marks | self.pictures | self.words


def samples_of(picture: bytes) -> frozenset[bytes]:
    """Bytes that betray what is left of ``picture``: a sample of each KiB of its compressed data.

    Runs of few different bytes are left out: they occur by chance.
    """
    starts = range(min(HEADER, len(picture) // 2), len(picture) - SAMPLE_LENGTH, SAMPLE_EVERY)
    return frozenset(
        sample
        for start in starts
        if len(set(sample := picture[start : start + SAMPLE_LENGTH])) > SAMPLE_LENGTH // 2
    )


def remains(files: Iterable[Path], traces: Traces) -> int:
    """How many traces are still found in ``files``; a file that does not exist holds none."""
    finder = ByteFinder(traces.all)
    found: set[bytes] = set()
    for path in files:
        found |= finder.in_file(path)
    return len(found)
