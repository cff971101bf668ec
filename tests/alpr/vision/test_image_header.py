"""Broken and hostile files: each is refused with its reason before a decoder sees it."""

from __future__ import annotations

import struct
import zlib

import pytest

from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.alpr.vision.image_header import read_header
from custom_components.alpr_gate.alpr.vision.image_parts import MOST_PARTS, ImageFormat

from .pictures import (
    PNG_SIGNATURE,
    jpeg_segment,
    png_chunk,
    png_size,
    webp_canvas,
    webp_file,
)

START, END = b"\xff\xd8", b"\xff\xd9"


FRAME = jpeg_segment(0xC0, struct.pack(">BHHB", 8, 48, 64, 1) + b"\x01\x11\x00")
SCAN = jpeg_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34\xff\x00\x56"
SIZE = png_size(64, 48)
PIXELS = png_chunk(b"IDAT", b"pixels")


LOSSY = b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 64, 48)
LOSSLESS = b"\x2f" + struct.pack("<I", 63 | 47 << 14)
CANVAS = webp_canvas(64, 48)
LEFT_OVER = webp_file(CANVAS, (b"VP8 ", LOSSY))[8:] + b"tIM"


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (START + FRAME + SCAN + END, ImageFormat.JPEG),
        (START + b"\xff\xff" + FRAME + b"\xff\x01" + SCAN + SCAN + END, ImageFormat.JPEG),
        (
            PNG_SIGNATURE + SIZE + png_chunk(b"tEXt", b"a note") + png_chunk(b"IEND"),
            ImageFormat.PNG,
        ),
        (webp_file((b"VP8 ", LOSSY)), ImageFormat.WEBP),
        (webp_file((b"VP8L", LOSSLESS)), ImageFormat.WEBP),
        (webp_file(CANVAS, (b"ICCP", b"odd"), (b"VP8 ", LOSSY)), ImageFormat.WEBP),
    ],
    ids=["jpeg", "jpeg with fill bytes", "png", "webp", "lossless webp", "webp with a canvas"],
)
def test_the_size_is_read_without_decoding(body: bytes, form: ImageFormat) -> None:
    header = read_header(body)
    assert (header.format, header.width, header.height) == (form, 64, 48)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (START + FRAME + END, "without a picture"),
        (START + SCAN + END, "before its frame"),
        (START + FRAME + FRAME + SCAN + END, "second or broken frame"),
        (START + jpeg_segment(0xC0, b"\x08\x00") + SCAN + END, "second or broken frame"),
        (START + b"\xff\xe0\x00\x01" + END, "shorter than its own length"),
        (START + jpeg_segment(0xE0, b"JFIF") + b"\x00" + FRAME + END, "not where it must be"),
        (START + b"\xff\x01" * (MOST_PARTS + 1) + END, "too many pieces"),
        *(
            (START + FRAME + jpeg_segment(marker, b"\x00" * 8) + SCAN + END, "still JPEG")
            for marker in (0xC8, 0xD8, 0xDE, 0xDF, 0xF0, 0xFD)
        ),
        (
            PNG_SIGNATURE + png_chunk(b"IDAT", b"early") + png_chunk(b"IEND"),
            "does not start with its size",
        ),
        (PNG_SIGNATURE + SIZE[:-1] + b"\x00", "checksum"),
        (PNG_SIGNATURE + SIZE + png_chunk(b"tIME") * MOST_PARTS, "too many pieces"),
        (
            PNG_SIGNATURE + SIZE + PIXELS + png_chunk(b"tEXt") + PIXELS + png_chunk(b"IEND"),
            "among its pixels",
        ),
        (PNG_SIGNATURE + SIZE + png_chunk(b"iC\x7fP") + png_chunk(b"IEND"), "four letters"),
        (webp_file(), "without a picture"),
        (webp_file((b"ICCP", b"colours")), "without a picture"),
        (webp_file((b"ICCP", b"colours"), (b"VP8 ", LOSSY)), "without a picture"),
        (webp_file(CANVAS, (b"ICCP", b"colours")), "without a picture"),
        (webp_file(CANVAS, (b"VP8 ", LOSSY), (b"VP8 ", LOSSY)), "with several"),
        (webp_file((b"VP8X", CANVAS[1][:9]), (b"VP8 ", LOSSY)), "no size"),
        (webp_file(CANVAS, (b"VP8 ", LOSSY), *[(b"tIME", b"")] * MOST_PARTS), "too many pieces"),
        (b"RIFF" + struct.pack("<I", len(LEFT_OVER)) + LEFT_OVER, "less than a chunk"),
        (webp_file((b"VP8 ", LOSSY[:9])), "without its start code"),
        (webp_file((b"VP8L", b"\x00" + LOSSLESS[1:])), "without its signature"),
        (webp_file(webp_canvas(64, 49), (b"VP8 ", LOSSY)), "two different sizes"),
    ],
    # Some of the files are too long to name a test.
    ids=lambda value: value if isinstance(value, str) else f"{zlib.crc32(value):08x}",
)
def test_a_file_that_breaks_its_own_format_is_damaged(body: bytes, said: str) -> None:
    with pytest.raises(ImageRefused, match=said) as caught:
        read_header(body)
    assert caught.value.problem is ImageProblem.DAMAGED


@pytest.mark.parametrize(
    "body",
    [
        PNG_SIGNATURE + SIZE + png_chunk(b"acTL", b"\x00" * 8) + png_chunk(b"IEND"),
        webp_file(webp_canvas(64, 48, flags=0x02), (b"VP8 ", LOSSY)),
        webp_file((b"ANIM", b"\x00" * 6), (b"VP8 ", LOSSY)),
    ],
    ids=["png", "webp by its flag", "webp by its parts"],
)
def test_a_moving_picture_is_not_a_still_one(body: bytes) -> None:
    with pytest.raises(ImageRefused) as caught:
        read_header(body)
    assert caught.value.problem is ImageProblem.UNSUPPORTED_FORMAT


@pytest.mark.parametrize(
    "body",
    [
        START + FRAME + SCAN,
        START + FRAME + b"\xff",
        webp_file((b"VP8 ", LOSSY))[:-1],
        webp_file((b"VP8 ", LOSSY)).replace(struct.pack("<I", 10), struct.pack("<I", 400)),
        START,
    ],
    ids=["no end", "half a marker", "riff", "chunk longer than its file", "the first bytes alone"],
)
def test_a_file_that_ends_too_early_was_cut_short(body: bytes) -> None:
    with pytest.raises(ImageRefused) as caught:
        read_header(body)
    assert caught.value.problem is ImageProblem.TRUNCATED


def test_what_a_decoder_passes_over_hides_no_scans() -> None:
    hidden = b"\xff\x00\xff\xfe" + b"\x00" * 65_532
    with pytest.raises(ImageRefused) as caught:
        read_header(START + FRAME + hidden + SCAN)
    assert caught.value.problem is ImageProblem.DAMAGED
