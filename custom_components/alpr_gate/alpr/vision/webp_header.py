"""A WebP's size and orientation, and the file without its metadata.

Sources: the WebP container specification (RIFF chunks), RFC 6386 and the specification of the
lossless bitstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..types import ImageProblem
from .errors import ImageRefused
from .image_parts import MOST_PARTS, ImageFormat, ImageHeader, exactly
from .orientation import orientation_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANIMATED, _WITH_XMP, _WITH_EXIF, _WITH_PROFILE = 0x02, 0x04, 0x08, 0x20
"""Flags in a VP8X chunk."""
_METADATA = _WITH_XMP | _WITH_EXIF | _WITH_PROFILE
_CANVAS_LENGTH = 10


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes | memoryview


def read_webp(body: bytes) -> ImageHeader:
    """Walk through a WebP up to its end, or that of its picture where nothing may follow.

    Raises:
        ImageRefused: UNSUPPORTED_FORMAT for a moving picture, TRUNCATED or DAMAGED.
    """
    chunks = _chunks(body)
    first = next(chunks, None)
    if first is None or (size := _size(first)) is None:
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP without a picture at its start")
    if first.kind != b"VP8X":
        return ImageHeader(ImageFormat.WEBP, *size, 1, _file([first]))
    flags = first.content[0]
    if flags & _ANIMATED:
        raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
    kept = [_without_metadata(first)]
    orientation: int | None = None
    pictures = 0
    for chunk in chunks:
        if chunk.kind in {b"ALPH", b"VP8 ", b"VP8L"}:
            kept.append(chunk)
        if chunk.kind in {b"VP8 ", b"VP8L"}:
            pictures += 1
            if _size(chunk) != size:
                raise ImageRefused(ImageProblem.DAMAGED, "a WebP with two different sizes")
        elif chunk.kind == b"EXIF" and orientation is None and flags & _WITH_EXIF:
            orientation = orientation_in(memoryview(chunk.content))
    if pictures != 1:
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP without a picture, or with several")
    return ImageHeader(ImageFormat.WEBP, *size, orientation or 1, _file(kept))


def _chunks(body: bytes) -> Iterator[_Chunk]:
    """Every chunk of a still picture."""
    end = 8 + int.from_bytes(body[4:8], "little")
    if len(body) < end:
        raise ImageRefused(ImageProblem.TRUNCATED)
    position = 12
    for _ in range(MOST_PARTS):
        if position >= end:
            return
        if position + 8 > end:
            raise ImageRefused(ImageProblem.DAMAGED, "a WebP with less than a chunk at its end")
        kind = body[position : position + 4]
        length = int.from_bytes(body[position + 4 : position + 8], "little")
        if position + 8 + length > end:
            raise ImageRefused(ImageProblem.TRUNCATED)
        if kind in {b"ANIM", b"ANMF"}:
            raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
        yield _Chunk(kind, exactly(body, position + 8, length))
        position += 8 + length + length % 2
    raise ImageRefused(ImageProblem.DAMAGED, "a WebP in too many pieces")


def _without_metadata(canvas: _Chunk) -> _Chunk:
    """A VP8X chunk that promises neither EXIF nor XMP nor a colour profile."""
    flags, rest = canvas.content[0] & ~_METADATA, canvas.content[1:_CANVAS_LENGTH]
    return _Chunk(canvas.kind, bytes((flags, *rest)))


def _file(chunks: list[_Chunk]) -> bytes:
    """A WebP of these chunks, each padded to an even length."""
    pieces: list[bytes | memoryview] = [b"WEBP"]
    for kind, content in chunks:
        length = len(content)
        pieces += (kind, length.to_bytes(4, "little"), content, b"\x00" * (length % 2))
    total = sum(len(piece) for piece in pieces)
    return b"".join((b"RIFF", total.to_bytes(4, "little"), *pieces))


def _size(chunk: _Chunk) -> tuple[int, int] | None:
    """Width and height that a chunk tells; None for one that tells none."""
    match chunk.kind:
        case b"VP8X":
            return _canvas_size(chunk.content)
        case b"VP8 ":
            return _vp8_size(chunk.content)
        case b"VP8L":
            return _vp8l_size(chunk.content)
        case _:
            return None


def _canvas_size(content: bytes | memoryview) -> tuple[int, int]:
    if len(content) < _CANVAS_LENGTH:
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP whose canvas has no size")
    return 1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")


def _vp8_size(content: bytes | memoryview) -> tuple[int, int]:
    """Size in a lossy bitstream (RFC 6386, 9.1)."""
    if len(content) < 10 or content[3:6] != b"\x9d\x01\x2a":
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP bitstream without its start code")
    width = int.from_bytes(content[6:8], "little") & 0x3FFF
    height = int.from_bytes(content[8:10], "little") & 0x3FFF
    return width, height


def _vp8l_size(content: bytes | memoryview) -> tuple[int, int]:
    """Size in a lossless bitstream: 14 bits each, less one."""
    if len(content) < 5 or content[0] != 0x2F:
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP bitstream without its signature")
    bits = int.from_bytes(content[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
