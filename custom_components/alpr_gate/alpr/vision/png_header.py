"""A PNG's size and orientation, and the file without its metadata.

Source: the PNG specification (chunks).
"""

from __future__ import annotations

import zlib

from ..types import ImageProblem
from .errors import ImageRefused
from .image_parts import MOST_PARTS, ImageFormat, ImageHeader, Kept, exactly
from .orientation import orientation_in

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""The chunks that a still picture is made of. Others may be compressed a thousandfold."""


def read_png(body: bytes) -> ImageHeader:
    """Walk through a PNG up to its end, comparing every checksum.

    Raises:
        ImageRefused: UNSUPPORTED_FORMAT for a moving picture, TRUNCATED or DAMAGED.
    """
    size: tuple[int, int] | None = None
    orientation: int | None = None
    kept = Kept(body)
    kept.keep(0, len(PNG_SIGNATURE))
    position = len(PNG_SIGNATURE)
    pixels_end: int | None = None
    for _ in range(MOST_PARTS):
        start = position
        kind, content = _chunk(body, start)
        position += 12 + len(content)
        if kind in _PIXELS:
            kept.keep(start, position)
        if size is None:
            if kind != b"IHDR" or len(content) != 13:
                raise ImageRefused(ImageProblem.DAMAGED, "a PNG that does not start with its size")
            size = int.from_bytes(content[0:4]), int.from_bytes(content[4:8])
        elif kind == b"acTL":
            raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
        elif kind == b"eXIf" and orientation is None:
            orientation = orientation_in(content)
        elif kind == b"IDAT":
            if pixels_end not in {None, start}:
                raise ImageRefused(ImageProblem.DAMAGED, "a PNG with something among its pixels")
            pixels_end = position
        elif kind == b"IEND":
            return ImageHeader(ImageFormat.PNG, *size, orientation or 1, kept.joined())
    raise ImageRefused(ImageProblem.DAMAGED, "a PNG in too many pieces")


def _chunk(body: bytes, position: int) -> tuple[bytes, memoryview]:
    """Name and contents of the chunk at ``position``."""
    length = int.from_bytes(exactly(body, position, 4))
    kind = bytes(exactly(body, position + 4, 4))
    if not kind.isalpha():
        raise ImageRefused(ImageProblem.DAMAGED, "a PNG chunk whose name is not four letters")
    content = exactly(body, position + 8, length)
    checksum = int.from_bytes(exactly(body, position + 8 + length, 4))
    if zlib.crc32(content, zlib.crc32(kind)) != checksum:
        raise ImageRefused(ImageProblem.DAMAGED, "a PNG checksum is wrong")
    return kind, content
