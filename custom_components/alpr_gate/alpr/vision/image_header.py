"""What a picture claims to be, from its bytes alone: no pixel is decoded here.

Only JPEG, PNG and WebP are known. The walk through each follows the file's own structure to its
end, so a file that was cut short is found out before a decoder could pad it; on its way it reads
the orientation and leaves out all other metadata.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..types import ImageProblem
from .errors import ImageRefused
from .jpeg_header import read_jpeg
from .png_header import PNG_SIGNATURE, read_png
from .webp_header import read_webp

if TYPE_CHECKING:
    from .image_parts import ImageHeader

_HTML = re.compile(rb"\s*(?:<!--|<!doctype|<html|<head|<body|<\?xml|<script|<title)", re.IGNORECASE)
_HTML_WITHIN = 1024
"""Bytes of leading white space and byte-order mark that are looked over."""


def read_header(body: bytes) -> ImageHeader:
    """Tell the format, size and orientation of a complete, still picture.

    Raises:
        ImageRefused: EMPTY, HTML, NOT_AN_IMAGE, UNSUPPORTED_FORMAT (also for moving pictures),
            TRUNCATED or DAMAGED.
    """
    if not body:
        raise ImageRefused(ImageProblem.EMPTY)
    if body.startswith(b"\xff\xd8\xff"):
        return read_jpeg(body)
    if body.startswith(PNG_SIGNATURE):
        return read_png(body)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return read_webp(body)
    if _looks_like_html(body):
        raise ImageRefused(ImageProblem.HTML, "the address answers with a web page")
    if _is_another_picture(body):
        raise ImageRefused(ImageProblem.UNSUPPORTED_FORMAT, "only JPEG, PNG and WebP are read")
    if any(sign.startswith(body) for sign in (b"\xff\xd8\xff", PNG_SIGNATURE)):
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
