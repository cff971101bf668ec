"""A JPEG's size and orientation, and the file without its metadata.

Source: ITU-T T.81 annex B (markers).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..types import ImageProblem
from .errors import ImageRefused
from .image_parts import MOST_PARTS, ImageFormat, ImageHeader, Kept, exactly
from .orientation import is_exif, orientation_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_AFTER_ENTROPY = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next real marker: not a stuffed zero, a restart marker or a fill byte."""
_FILL = re.compile(rb"\xff+")
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
_EXIF = 0xE1
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset(range(0xD0, 0xD8)) | {0x01}
_METADATA = frozenset(range(0xE1, 0xF0)) - {0xEE} | {0xFE}
"""Application data and comments, without what tells how the colours are stored: APP0 and APP14."""
_PIXELS = _START_OF_FRAME | {0xC4, 0xCC, _START_OF_SCAN, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}
"""Frames, scans, their tables, and how colours are stored. No decoder takes a file with anything
else, and some look for further segments inside such a segment."""

MOST_SCANS = 64
"""A progressive JPEG has about ten; each costs a pass over all pixels, however few bytes it has."""


class _Segment(NamedTuple):
    """``content`` comes after the length; a scan's pixels lie between its content and ``end``."""

    marker: int
    start: int
    content: memoryview
    end: int


def read_jpeg(body: bytes) -> ImageHeader:
    """Walk through a JPEG up to its end; what comes behind it (as in a stereo picture) is left out.

    Raises:
        ImageRefused: TRUNCATED or DAMAGED.
    """
    size: tuple[int, int] | None = None
    scans = 0
    orientation: int | None = None
    kept = Kept(body)
    kept.keep(0, 2)
    for marker, start, content, end in _segments(body):
        if marker in _METADATA:
            if marker == _EXIF and orientation is None and not scans and is_exif(content):
                orientation = orientation_in(content)
            continue
        kept.keep(start, end)
        if marker in _START_OF_FRAME:
            if size is not None or len(content) < 6:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG with a second or broken frame")
            size = int.from_bytes(content[3:5]), int.from_bytes(content[1:3])
        elif marker == _START_OF_SCAN:
            if size is None:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG scan before its frame")
            scans += 1
            if scans > MOST_SCANS:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG with too many scans")
    if size is None or not scans:
        raise ImageRefused(ImageProblem.DAMAGED, "a JPEG without a picture")
    return ImageHeader(ImageFormat.JPEG, *size, orientation or 1, kept.joined())


def _segments(body: bytes) -> Iterator[_Segment]:
    """Every segment after the first marker, the end of the picture being the last.

    Fill bytes belong to no segment.
    """
    position = 2
    for _ in range(MOST_PARTS):
        position = _skip_fill(body, position)
        start = position - 1
        marker = body[position]
        position += 1
        if marker == _END_OF_IMAGE or marker in _WITHOUT_LENGTH:
            yield _Segment(marker, start, memoryview(b""), position)
            if marker == _END_OF_IMAGE:
                return
            continue
        if marker not in _PIXELS and marker not in _METADATA:
            raise ImageRefused(ImageProblem.DAMAGED, "not a marker of a still JPEG")
        length = int.from_bytes(exactly(body, position, 2))
        if length < 2:
            raise ImageRefused(ImageProblem.DAMAGED, "a JPEG segment shorter than its own length")
        content = exactly(body, position, length)[2:]
        position += length
        if marker == _START_OF_SCAN:
            following = _AFTER_ENTROPY.search(body, position)
            if following is None:
                raise ImageRefused(ImageProblem.TRUNCATED)
            position = following.start()
        yield _Segment(marker, start, content, position)
    raise ImageRefused(ImageProblem.DAMAGED, "a JPEG in too many pieces")


def _skip_fill(body: bytes, position: int) -> int:
    """Position of the marker's second byte; a marker may be preceded by any number of 0xFF."""
    exactly(body, position, 1)
    fill = _FILL.match(body, position)
    if fill is None:
        raise ImageRefused(ImageProblem.DAMAGED, "a JPEG marker is not where it must be")
    exactly(body, fill.end(), 1)
    return fill.end()
