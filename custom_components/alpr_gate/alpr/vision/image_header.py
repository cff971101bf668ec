"""What a picture claims to be, from its bytes alone: no pixel is decoded here.

Only JPEG, PNG and WebP are known. Each walk below follows the file's own structure to its end, so a
file that was cut short is found out before a decoder could pad it.

Sources: ITU-T T.81 annex B (JPEG markers), the PNG specification (chunks), and the WebP container
specification (RIFF chunks).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
import re
import zlib

from ..types import ImageProblem
from .errors import ImageRefused


class ImageFormat(StrEnum):
    """The formats that are decoded; the values are Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format and stored size in pixels, before any rotation."""

    format: ImageFormat
    width: int
    height: int


_HTML = re.compile(rb"\s*(?:<!--|<!doctype|<html|<head|<body|<\?xml|<script|<title)", re.IGNORECASE)
_HTML_WITHIN = 1024
"""Bytes of leading white space and byte-order mark that are looked over."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_AFTER_ENTROPY = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next real marker: not a stuffed zero, a restart marker or a fill byte."""
_FILL = re.compile(rb"\xff+")
_LEAST_MARKER = 0xC0
"""No segment has a lower one."""
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset(range(0xD0, 0xD8)) | {0x01}

MOST_SCANS = 64
"""A progressive JPEG has about ten; each costs a pass over all pixels, however few bytes it has."""
MOST_PARTS = 20_000
"""Segments or chunks of one file: pictures have far fewer, and walking them takes time."""


def read_header(body: bytes) -> ImageHeader:
    """Tell the format and size of a complete, still picture.

    Raises:
        ImageRefused: EMPTY, HTML, NOT_AN_IMAGE, UNSUPPORTED_FORMAT (also for moving pictures),
            TRUNCATED or DAMAGED.
    """
    if not body:
        raise ImageRefused(ImageProblem.EMPTY)
    if body.startswith(b"\xff\xd8\xff"):
        return _jpeg(body)
    if body.startswith(_PNG_SIGNATURE):
        return _png(body)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return _webp(body)
    if _looks_like_html(body):
        raise ImageRefused(ImageProblem.HTML, "the address answers with a web page")
    if _is_another_picture(body):
        raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "only JPEG, PNG and WebP are read")
    if any(sign.startswith(body) for sign in (b"\xff\xd8\xff", _PNG_SIGNATURE)):
        raise ImageRefused(ImageProblem.TRUNCATED)
    raise ImageRefused(ImageProblem.NOT_AN_IMAGE)


def _looks_like_html(body: bytes) -> bool:
    start = body[:_HTML_WITHIN].removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        start = start[2:].replace(b"\x00", b"")
    return _HTML.match(start) is not None


def _is_another_picture(body: bytes) -> bool:
    """True for well-known formats that are refused by name: a clearer word than "not a picture"."""
    known = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00", b"8BPS", b"%PDF")
    return body.startswith(known) or body[4:8] == b"ftyp"


def _jpeg(body: bytes) -> ImageHeader:
    size: tuple[int, int] | None = None
    scans = 0
    position = 2
    for _ in range(MOST_PARTS):
        position = _skip_fill(body, position)
        marker = body[position]
        position += 1
        if marker == _END_OF_IMAGE:
            if size is None or not scans:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG without a picture")
            return ImageHeader(ImageFormat.JPEG, *size)
        if marker in _WITHOUT_LENGTH:
            continue
        if marker < _LEAST_MARKER:
            # Decoders pass over it, and see what would be hidden here as its contents.
            raise ImageRefused(ImageProblem.DAMAGED, "not a JPEG marker")
        length = int.from_bytes(_exactly(body, position, 2))
        if length < 2:
            raise ImageRefused(ImageProblem.DAMAGED, "a JPEG segment shorter than its own length")
        segment = _exactly(body, position, length)
        position += length
        if marker in _START_OF_FRAME:
            if size is not None or length < 8:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG with a second or broken frame")
            size = int.from_bytes(segment[5:7]), int.from_bytes(segment[3:5])
        elif marker == _START_OF_SCAN:
            if size is None:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG scan before its frame")
            scans += 1
            if scans > MOST_SCANS:
                raise ImageRefused(ImageProblem.DAMAGED, "a JPEG with too many scans")
            following = _AFTER_ENTROPY.search(body, position)
            if following is None:
                raise ImageRefused(ImageProblem.TRUNCATED)
            position = following.start()
    raise ImageRefused(ImageProblem.DAMAGED, "a JPEG in too many pieces")


def _skip_fill(body: bytes, position: int) -> int:
    """Position of the marker's second byte; a marker may be preceded by any number of 0xFF."""
    _exactly(body, position, 1)
    fill = _FILL.match(body, position)
    if fill is None:
        raise ImageRefused(ImageProblem.DAMAGED, "a JPEG marker is not where it must be")
    _exactly(body, fill.end(), 1)
    return fill.end()


def _png(body: bytes) -> ImageHeader:
    size: tuple[int, int] | None = None
    position = len(_PNG_SIGNATURE)
    for _ in range(MOST_PARTS):
        length = int.from_bytes(_exactly(body, position, 4))
        kind = _exactly(body, position + 4, 4)
        content = _exactly(body, position + 8, length)
        checksum = int.from_bytes(_exactly(body, position + 8 + length, 4))
        if zlib.crc32(content, zlib.crc32(kind)) != checksum:
            raise ImageRefused(ImageProblem.DAMAGED, "a PNG checksum is wrong")
        position += 12 + length
        if size is None:
            if kind != b"IHDR" or length != 13:
                raise ImageRefused(ImageProblem.DAMAGED, "a PNG that does not start with its size")
            size = int.from_bytes(content[0:4]), int.from_bytes(content[4:8])
        elif kind == b"acTL":
            raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
        elif kind == b"IEND":
            return ImageHeader(ImageFormat.PNG, *size)
    raise ImageRefused(ImageProblem.DAMAGED, "a PNG in too many pieces")


_ANIMATED = 0x02
"""The flag in a VP8X chunk."""


def _webp(body: bytes) -> ImageHeader:
    riff = int.from_bytes(body[4:8], "little")
    if len(body) < 8 + riff:
        raise ImageRefused(ImageProblem.TRUNCATED)
    end = 8 + riff
    canvas: tuple[int, int] | None = None
    position = 12
    for _ in range(MOST_PARTS):
        if position + 8 > end:
            break
        kind = body[position : position + 4]
        length = int.from_bytes(body[position + 4 : position + 8], "little")
        content = body[position + 8 : position + 8 + length]
        if len(content) < length or position + 8 + length > end:
            raise ImageRefused(ImageProblem.TRUNCATED)
        if kind == b"VP8X" and length >= 10:
            if content[0] & _ANIMATED:
                raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
            canvas = (
                1 + int.from_bytes(content[4:7], "little"),
                1 + int.from_bytes(content[7:10], "little"),
            )
        elif kind in {b"ANIM", b"ANMF"}:
            raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "a moving picture")
        elif kind in {b"VP8 ", b"VP8L"}:
            size = _vp8_size(content) if kind == b"VP8 " else _vp8l_size(content)
            if canvas not in {None, size}:
                raise ImageRefused(ImageProblem.DAMAGED, "a WebP with two different sizes")
            return ImageHeader(ImageFormat.WEBP, *size)
        position += 8 + length + length % 2
    raise ImageRefused(ImageProblem.DAMAGED, "a WebP without a picture")


def _vp8_size(content: bytes) -> tuple[int, int]:
    """Size in a lossy bitstream (RFC 6386, 9.1)."""
    if len(content) < 10 or content[3:6] != b"\x9d\x01\x2a":
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP bitstream without its start code")
    width = int.from_bytes(content[6:8], "little") & 0x3FFF
    height = int.from_bytes(content[8:10], "little") & 0x3FFF
    return width, height


def _vp8l_size(content: bytes) -> tuple[int, int]:
    """Size in a lossless bitstream: 14 bits each, less one."""
    if len(content) < 5 or content[0] != 0x2F:
        raise ImageRefused(ImageProblem.DAMAGED, "a WebP bitstream without its signature")
    bits = int.from_bytes(content[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)


def _exactly(body: bytes, position: int, length: int) -> bytes:
    """``length`` bytes at ``position``.

    Raises:
        ImageRefused: TRUNCATED when there are fewer.
    """
    piece = body[position : position + length]
    if len(piece) < length:
        raise ImageRefused(ImageProblem.TRUNCATED)
    return piece
