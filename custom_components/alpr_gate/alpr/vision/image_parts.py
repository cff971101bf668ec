"""What a walk through a picture's file finds, and what such walks have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..types import ImageProblem
from .errors import ImageRefused

MOST_PARTS = 20_000
"""Segments or chunks of one file: pictures have far fewer, and walking them takes time."""


class ImageFormat(StrEnum):
    """The formats that are decoded; the values are Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What a complete, still picture claims to be."""

    format: ImageFormat
    width: int
    height: int
    """Stored size in pixels, before any rotation."""
    orientation: int
    """EXIF orientation, 1 (upright) to 8."""
    plain: bytes = field(repr=False)
    """The same file with nothing but what its pixels are made of: decoders are not trusted with
    metadata, where a few bytes can cost gigabytes."""


class Kept:
    """The parts of a file that are handed on, in order."""

    def __init__(self, body: bytes) -> None:
        """Nothing of ``body`` is kept so far."""
        self._body = body
        self._ranges: list[tuple[int, int]] = []

    def keep(self, start: int, end: int) -> None:
        """Keep the bytes from ``start`` up to ``end``, which come after all that is kept."""
        if self._ranges and self._ranges[-1][1] == start:
            start, _ = self._ranges.pop()
        self._ranges.append((start, end))

    def joined(self) -> bytes:
        """What was kept; the file itself, not a copy, when that is all of it."""
        if self._ranges == [(0, len(self._body))]:
            return self._body
        view = memoryview(self._body)
        return b"".join(view[start:end] for start, end in self._ranges)


def exactly(body: bytes, position: int, length: int) -> memoryview:
    """``length`` bytes at ``position``, not copied.

    Raises:
        ImageRefused: TRUNCATED when there are fewer.
    """
    if position + length > len(body):
        raise ImageRefused(ImageProblem.TRUNCATED)
    return memoryview(body)[position : position + length]
