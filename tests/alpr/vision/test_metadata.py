"""What a file holds besides its pixels never reaches a decoder, and costs nothing."""

from __future__ import annotations

import io
import time
import tracemalloc
import zlib

from hypothesis import given, settings, strategies as st
import numpy as np
from PIL import Image
import pytest

from custom_components.alpr_gate.alpr.vision.decode import ImageRefused, decode
from custom_components.alpr_gate.alpr.vision.image_header import read_header

from .pictures import encoded, exif_block, jpeg_segment, noise, png_chunk, webp_canvas, webp_file

PHOTO = noise(48, 32)
JPEG = encoded(PHOTO)
PNG = encoded(PHOTO, "PNG")
WEBP = encoded(PHOTO, "WEBP")
AFTER_SIZE = 33
"""Where a PNG's first chunk ends."""
EXIF = b"Exif\x00\x00"
ON_ITS_SIDE = exif_block((0x0112, 3, 1, 6))
UNDONE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def jpeg_with(*segments: tuple[int, bytes], body: bytes = JPEG) -> bytes:
    """A JPEG with these segments in front of all others."""
    return body[:2] + b"".join(jpeg_segment(*segment) for segment in segments) + body[2:]


def png_with(*chunks: tuple[bytes, bytes], body: bytes = PNG) -> bytes:
    """A PNG with these chunks behind its size."""
    parts = b"".join(png_chunk(*chunk) for chunk in chunks)
    return body[:AFTER_SIZE] + parts + body[AFTER_SIZE:]


def webp_with(*chunks: tuple[bytes, bytes], flags: int = 0x2C) -> bytes:
    """A WebP with these chunks behind its picture, and flags that promise them."""
    return webp_file(webp_canvas(48, 32, flags=flags), (WEBP[12:16], WEBP[20:]), *chunks)


def png_kinds(body: bytes) -> list[bytes]:
    kinds, position = [], 8
    while position < len(body):
        kinds.append(body[position + 4 : position + 8])
        position += 12 + int.from_bytes(body[position : position + 4])
    return kinds


def test_of_a_jpeg_the_decoder_gets_nothing_that_is_not_about_pixels() -> None:
    others = [(marker, b"secret %02x" % marker) for marker in (*range(0xE1, 0xF0), 0xFE)]
    others.remove((0xEE, b"secret ee"))
    body = jpeg_with(*others, (0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"))
    plain = read_header(body[:-2] + jpeg_segment(0xFE, b"secret at the end") + body[-2:]).plain
    assert b"secret" not in plain
    assert plain == jpeg_with((0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"))


def test_of_a_jpeg_the_decoder_gets_neither_fill_bytes_nor_what_comes_behind_it() -> None:
    filled = JPEG[:2] + b"\xff" * 1000 + JPEG[2:-2] + b"\xff" * 1000 + JPEG[-2:] + b"behind"
    assert len(read_header(filled).plain) < len(JPEG) + 1010
    assert b"behind" not in read_header(filled).plain
    assert np.array_equal(decode(filled).pixels, decode(JPEG).pixels)


def test_of_a_png_the_decoder_gets_nothing_that_is_not_about_pixels() -> None:
    palette = encoded(PHOTO.quantize(8), "PNG", transparency=bytes(range(8)))
    names = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"gAMA", b"fcTL", b"prVt", b"NEWS")
    crowded = png_with(*((name, b"secret") for name in names), body=palette)
    crowded = crowded[:-12] + png_chunk(b"tEXt", b"secret") + crowded[-12:]
    assert read_header(crowded).plain == palette
    assert png_kinds(palette) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]


def test_of_a_webp_the_decoder_gets_nothing_that_is_not_about_pixels() -> None:
    body = webp_with((b"EXIF", b"secret"), (b"XMP ", b"secret"), (b"ICCP", b"odd"), flags=0x3C)
    plain = read_header(body).plain
    assert plain == webp_file(webp_canvas(48, 32, flags=0x10), (WEBP[12:16], WEBP[20:]))
    assert read_header(webp_file((b"VP8 ", WEBP[20:]), (b"EXIF", b"secret"))).plain == WEBP


def test_the_transparency_of_a_webp_stays() -> None:
    clear = PHOTO.convert("RGBA")
    clear.putalpha(90)
    body = encoded(clear, "WEBP", exif=EXIF + ON_ITS_SIDE)
    plain = read_header(body).plain
    assert b"ALPH" in plain
    with Image.open(io.BytesIO(plain)) as image:
        assert image.convert("RGBA").getpixel((5, 5))[3] == 90  # type: ignore[index]


@pytest.mark.parametrize("body", [JPEG, PNG], ids=["jpeg", "png"])
def test_a_file_without_metadata_is_not_copied(body: bytes) -> None:
    assert read_header(body).plain is body


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"keep_rgb": True}),
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("PNG", "RGB", {}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "I;16", {}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {"lossless": True}),
    ],
)
def test_metadata_changes_nothing_but_which_way_up_a_picture_is(
    kind: str, mode: str, options: dict[str, object], orientation: int
) -> None:
    picture = PHOTO.convert("L").convert(mode) if mode == "I;16" else PHOTO.convert(mode)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Camera"
    noted = encoded(picture, kind, exif=exif, icc_profile=b"profile" * 99, **options)
    stored = Image.fromarray(decode(encoded(picture, kind, **options)).pixels)
    upright = stored.transpose(UNDONE[orientation]) if orientation > 1 else stored
    assert np.array_equal(decode(noted).pixels, np.asarray(upright))
    assert decode(noted).size == upright.size


@pytest.mark.parametrize(
    "body",
    [
        jpeg_with((0xE1, EXIF + ON_ITS_SIDE), (0xE1, EXIF + exif_block((0x0112, 3, 1, 3)))),
        jpeg_with((0xE1, b"http://ns.adobe.com/xap/1.0/\x00"), (0xE1, EXIF + ON_ITS_SIDE)),
        PNG[:-12] + png_chunk(b"eXIf", ON_ITS_SIDE) + PNG[-12:],
        png_with((b"eXIf", EXIF + ON_ITS_SIDE)),
        webp_with((b"EXIF", ON_ITS_SIDE)),
        webp_with((b"EXIF", EXIF + ON_ITS_SIDE)),
    ],
    ids=["the first of two", "behind xmp", "behind the pixels", "prefix", "webp", "webp prefix"],
)
def test_the_orientation_is_found_wherever_cameras_write_it(body: bytes) -> None:
    assert decode(body).size == (32, 48)


@pytest.mark.parametrize(
    "body",
    [
        jpeg_with((0xE2, EXIF + ON_ITS_SIDE)),
        JPEG[:-2] + jpeg_segment(0xE1, EXIF + ON_ITS_SIDE) + JPEG[-2:],
        webp_with((b"EXIF", ON_ITS_SIDE), flags=0),
    ],
    ids=["another segment", "behind a scan", "not promised"],
)
def test_an_orientation_is_not_looked_for_elsewhere(body: bytes) -> None:
    assert decode(body).size == (48, 32)


def hungry_directory(length: int = 200_000) -> bytes:
    """A thousand entries, each of which claims the whole block as its value."""
    block = exif_block(*((tag, 7, length - 1, 1) for tag in range(1000, 2000)))
    return block + b"\x00" * (length - len(block))


MEBIBYTE = zlib.compress(b"a" * 1_000_000)
BOMBS = {
    "png exif": png_with((b"eXIf", hungry_directory())),
    "png exif behind": PNG[:-12] + png_chunk(b"eXIf", hungry_directory()) + PNG[-12:],
    "png ztxt": png_with(*((b"zTXt", b"%d\x00\x00" % i + MEBIBYTE) for i in range(60))),
    "png itxt": png_with(*((b"iTXt", b"%d\x00\x01\x00\x00\x00" % i + MEBIBYTE) for i in range(60))),
    "png profile": png_with((b"iCCP", b"x\x00\x00" + MEBIBYTE)),
    "jpeg exif": jpeg_with((0xE1, EXIF + hungry_directory(65_000))),
    "jpeg index": jpeg_with((0xE2, b"MPF\x00" + hungry_directory(65_000))),
    "webp exif": webp_with((b"EXIF", hungry_directory())),
}


def assert_cheap(body: bytes) -> None:
    """The picture is read and costs no more memory than its file does."""
    tracemalloc.start()
    try:
        assert decode(body).size in {(48, 32), (32, 48)}
        assert tracemalloc.get_traced_memory()[1] < 300_000 + 2 * len(body)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_metadata_that_swells_costs_no_memory(body: bytes) -> None:
    assert_cheap(body)


SLOW = {
    "fill bytes": JPEG[:2] + b"\xff" * 8_000_000 + JPEG[2:],
    "many exif segments": jpeg_with(*[(0xE1, EXIF + b"x" * 800)] * 18_000),
    "prefixes": png_with((b"eXIf", EXIF * 1_000_000)),
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW.keys())
def test_metadata_in_many_pieces_costs_little_time(body: bytes) -> None:
    started = time.perf_counter()
    assert decode(body).size == (48, 32)
    assert time.perf_counter() - started < 1


CLAIM = st.tuples(
    st.integers(0, 0xFFFF), st.integers(0, 14), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF)
)
CONTENT = (
    st.binary(max_size=200)
    | st.binary(max_size=80).map(lambda rest: EXIF + rest)
    | st.lists(CLAIM).map(lambda claims: EXIF + exif_block(*claims))
    | st.binary(max_size=20).map(lambda rest: b"x\x00\x00" + MEBIBYTE + rest)
)


@given(
    st.one_of(
        st.lists(st.tuples(st.sampled_from([*range(0xE1, 0xEE), 0xEF, 0xFE]), CONTENT)).map(
            lambda parts: jpeg_with(*parts)
        ),
        st.lists(
            st.tuples(st.sampled_from([b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"iCCP"]), CONTENT)
        ).map(lambda parts: png_with(*parts)),
        st.lists(st.tuples(st.sampled_from([b"EXIF", b"XMP ", b"ICCP", b"NEWS"]), CONTENT)).map(
            lambda parts: webp_with(*parts)
        ),
    )
)
def test_whatever_the_metadata_holds_the_picture_is_read_at_little_cost(body: bytes) -> None:
    assert_cheap(body)


@settings(max_examples=200)
@given(
    st.sampled_from([jpeg_with((0xE1, EXIF + ON_ITS_SIDE)), png_with((b"eXIf", ON_ITS_SIDE))])
    | st.just(webp_with((b"EXIF", ON_ITS_SIDE))),
    st.integers(0, 120),
    st.binary(max_size=12),
)
def test_bytes_written_over_a_files_structure_end_in_a_picture_or_a_refusal(
    body: bytes, where: int, written: bytes
) -> None:
    try:
        picture = decode(body[:where] + written + body[where + len(written) :])
    except ImageRefused:
        return
    assert picture.pixels.shape[2] == 3
