"""Small pictures made in the test: nothing here comes from a camera."""

from __future__ import annotations

import io
import struct
from typing import Any
import zlib

import numpy as np
from PIL import Image


def noise(width: int = 96, height: int = 64, *, seed: int = 7) -> Image.Image:
    """A smooth random picture: compresses like a photograph, no two rows alike."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (max(2, height // 8), max(2, width // 8), 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunk(kind: bytes, content: bytes = b"") -> bytes:
    """A PNG chunk with its length and checksum."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_size(width: int, height: int) -> bytes:
    """The chunk that a PNG begins with."""
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def jpeg_segment(marker: int, content: bytes) -> bytes:
    """A JPEG segment with its length."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def webp_file(*parts: tuple[bytes, bytes]) -> bytes:
    """A WebP of chunks, padded to even lengths."""
    inner = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)
        for kind, content in parts
    )
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def webp_canvas(width: int, height: int, *, flags: int = 0) -> tuple[bytes, bytes]:
    """The chunk that a WebP with more than a picture in it begins with."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes((flags, 0, 0, 0)) + sides


def exif_block(
    *entries: tuple[int, int, int, int], order: str = "<", count: int | None = None
) -> bytes:
    """An EXIF block whose only directory has these entries.

    Args:
        entries: tag, type, how many values, and the four bytes that hold the value or tell where
            it is; a lone SHORT is moved to where it belongs.
        order: ``<`` or ``>``, for the smaller or the larger byte first.
        count: how many entries the directory claims to have; as many as it has when not given.
    """
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    told = struct.pack(order + "H", len(entries) if count is None else count)
    return head + told + b"".join(_entry(order, *entry) for entry in entries) + b"\x00" * 4


def _entry(order: str, tag: int, kind: int, count: int, value: int) -> bytes:
    stored = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
    return struct.pack(order + "HHI", tag, kind, count) + stored


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims a size and whose checksums are right."""
    pixels = png_chunk(b"IDAT", zlib.compress(b"\x00" * 64))
    return PNG_SIGNATURE + png_size(width, height) + pixels + png_chunk(b"IEND")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header claims a size."""
    body = bytearray(encoded(noise(16, 16)))
    frame = body.index(b"\xff\xc0")
    body[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(body)


def webp_claiming(width: int, height: int) -> bytes:
    """A small lossless WebP whose bitstream claims a size of up to 16384."""
    body = bytearray(encoded(noise(16, 16), "WEBP", lossless=True))
    start = body.index(b"VP8L") + 9
    bits = int.from_bytes(body[start : start + 4], "little") & ~0x0FFFFFFF
    bits |= (width - 1) | (height - 1) << 14
    body[start : start + 4] = bits.to_bytes(4, "little")
    return bytes(body)
