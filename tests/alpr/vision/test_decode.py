from __future__ import annotations

import time
import tracemalloc

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np
from PIL import Image
import pytest

from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.alpr.vision.decode import ImageRefused, decode

from .pictures import encoded, jpeg_claiming, noise, png_chunk, png_claiming, webp_claiming

PHOTO = noise(160, 120)
JPEG = encoded(PHOTO)
PNG = encoded(PHOTO, "PNG")
WEBP = encoded(PHOTO, "WEBP")


def refusal(body: bytes, **options: object) -> ImageProblem:
    with pytest.raises(ImageRefused) as caught:
        decode(body, **options)  # type: ignore[arg-type]
    return caught.value.problem


@pytest.mark.parametrize(
    "bomb",
    [
        png_claiming(30_000, 30_000),
        jpeg_claiming(60_000, 60_000),
        webp_claiming(16_000, 16_000),
        png_claiming(5_000, 5_001),
        png_claiming(16_385, 1),
        png_claiming(1, 5_000_000),
    ],
    ids=["png", "jpeg", "webp", "just over the limit", "a wide strip", "a high strip"],
)
def test_a_pixel_bomb_is_refused_before_any_memory_is_spent_on_it(bomb: bytes) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    assert refusal(bomb) is ImageProblem.TOO_MANY_PIXELS
    assert time.perf_counter() - started < 0.5
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_pixel_bomb_never_reaches_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(Image, "open", opened)
    assert refusal(webp_claiming(16_000, 16_000)) is ImageProblem.TOO_MANY_PIXELS


def test_a_body_over_16_mib_is_refused_unseen() -> None:
    assert refusal(JPEG + b"\x00" * 16 * 1024 * 1024) is ImageProblem.TOO_LARGE


@pytest.mark.parametrize("body", [JPEG, PNG, WEBP], ids=["jpeg", "png", "webp"])
def test_every_picture_cut_short_is_refused_wherever_it_is_cut(body: bytes) -> None:
    for length in {*range(12), *range(12, len(body), max(1, len(body) // 200)), len(body) - 1}:
        assert refusal(body[:length]) in {
            ImageProblem.EMPTY,
            ImageProblem.TRUNCATED,
            ImageProblem.NOT_AN_IMAGE,
        }, length
    assert refusal(body[: len(body) // 2]) is ImageProblem.TRUNCATED


def test_a_progressive_jpeg_cut_between_two_scans_is_refused() -> None:
    body = encoded(PHOTO, progressive=True)
    assert decode(body).size == (160, 120)
    second_scan = body.index(b"\xff\xda", body.index(b"\xff\xda") + 2)
    assert refusal(body[:second_scan]) is ImageProblem.TRUNCATED


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.sampled_from([JPEG, PNG, WEBP, encoded(PHOTO, progressive=True)]),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=20),
)
def test_flipped_bits_end_in_a_picture_or_a_refusal_and_in_nothing_else(
    body: bytes, flips: list[tuple[float, int]]
) -> None:
    damaged = bytearray(body)
    for where, bit in flips:
        damaged[int(where * len(damaged))] ^= 1 << bit
    try:
        picture = decode(bytes(damaged))
    except ImageRefused:
        return
    assert picture.pixels.ndim == 3
    assert picture.pixels.size <= 3 * 25_000_000


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_random_bytes_are_always_refused(body: bytes, start: bytes) -> None:
    refusal(start + body)


@pytest.mark.parametrize("bit", range(8))
def test_one_flipped_bit_in_the_pixels_of_a_png_is_noticed(bit: int) -> None:
    damaged = bytearray(PNG)
    damaged[PNG.index(b"IDAT") + 40] ^= 1 << bit
    assert refusal(bytes(damaged)) is ImageProblem.DAMAGED


def test_damage_under_a_right_checksum_is_noticed() -> None:
    start = PNG.index(b"IDAT")
    length = int.from_bytes(PNG[start - 4 : start])
    pixels = bytearray(PNG[start + 4 : start + 4 + length])
    pixels[len(pixels) // 2] ^= 0x10
    damaged = PNG[: start - 4] + png_chunk(b"IDAT", bytes(pixels)) + PNG[start + 8 + length :]
    assert refusal(damaged) is ImageProblem.DAMAGED


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><body>log in</body></html>",
        b"\n\n  <html>",
        b"\xef\xbb\xbf<!doctype HTML>",
        "<html>".encode("utf-16"),
        b"<?xml version='1.0'?><html xmlns='x'>",
        b"<head><title>Camera</title>",
    ],
)
def test_a_web_page_is_recognised_by_its_first_bytes(page: bytes) -> None:
    assert refusal(page) is ImageProblem.HTML


def test_a_web_page_behind_a_jpeg_is_a_jpeg_and_nothing_more() -> None:
    picture = decode(JPEG + b"<html><script>alert(1)</script>")
    assert np.array_equal(picture.pixels, decode(JPEG).pixels)


def test_a_picture_that_claims_another_format_in_front_is_not_decoded() -> None:
    assert refusal(b"GIF89a" + JPEG) is ImageProblem.UNSUPPORTED_FORMAT
    assert refusal(b"RIFF" + PNG) is ImageProblem.NOT_AN_IMAGE
    assert refusal(b"\xff\xd8\xff" + PNG) in {ImageProblem.DAMAGED, ImageProblem.TRUNCATED}


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused_by_name(kind: str) -> None:
    assert refusal(encoded(noise(32, 32), kind)) is ImageProblem.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    frames = [noise(32, 32, seed=seed) for seed in range(3)]
    body = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert refusal(body) is ImageProblem.UNSUPPORTED_FORMAT


def with_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes ``count`` times more: few bytes, many passes."""
    body = encoded(PHOTO, progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:-2] + body[last:-2] * count + body[-2:]


def test_a_jpeg_that_makes_the_decoder_go_over_it_again_and_again_is_refused() -> None:
    assert decode(with_scans(5)).size == (160, 120)
    assert refusal(with_scans(10_000)) is ImageProblem.DAMAGED


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xd8" + b"\xff" * 15_000_000,
        b"\xff\xd8\xff" + b"\xd0\xff" * 7_500_000,
        b"\xff\xd8" + b"\xff\xe1\x00\x02" * 3_500_000,
        b"\x89PNG\r\n\x1a\n" + PNG[8:33] + b"\x00\x00\x00\x00teXt\x9a\xe2\x98\x01" * 1_200_000,
        b"RIFF\xf0\xff\xff\x00WEBP" + b"XXXX\x00\x00\x00\x00" * 2_000_000,
    ],
    ids=["fill", "restarts", "segments", "chunks", "riff"],
)
def test_a_file_made_of_millions_of_pieces_costs_little_time(body: bytes) -> None:
    started = time.perf_counter()
    refusal(body)
    assert time.perf_counter() - started < 1


def test_the_first_picture_of_a_stereo_jpeg_is_read() -> None:
    body = encoded(PHOTO, "MPO", save_all=True, append_images=[noise(160, 120, seed=8)])
    assert decode(body).size == (160, 120)


def test_an_empty_body_is_refused() -> None:
    assert refusal(b"") is ImageProblem.EMPTY


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_upright(orientation: int) -> None:
    upright = noise(48, 32)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encoded(stored, "PNG", exif=exif))
    assert picture.size == (48, 32)
    assert np.array_equal(picture.pixels, np.asarray(upright))


@pytest.mark.parametrize(
    "exif", [b"Exif\x00\x00garbage", b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", b""]
)
def test_a_broken_exif_block_does_not_cost_the_picture(exif: bytes) -> None:
    assert decode(encoded(PHOTO, exif=exif)).size == (160, 120)


def test_grey_cmyk_palette_alpha_and_16_bit_become_rgb_of_the_same_brightness() -> None:
    grey = Image.new("L", (64, 48), 128)
    deep = Image.fromarray(np.full((48, 64), 128 << 8, np.uint16))
    variants = {
        "grey": encoded(grey),
        "cmyk": encoded(grey.convert("CMYK")),
        "palette": encoded(grey.convert("P"), "PNG"),
        "alpha": encoded(grey.convert("LA"), "PNG"),
        "rgba": encoded(grey.convert("RGBA"), "WEBP", lossless=True),
        "sixteen": encoded(deep, "PNG"),
        "one bit": encoded(Image.new("1", (64, 48), 0), "PNG"),
    }
    for name, body in variants.items():
        picture = decode(body)
        assert picture.pixels.shape == (48, 64, 3), name
        assert picture.pixels.dtype == np.uint8, name
        expected = 0.0 if name == "one bit" else 128 / 255
        assert picture.brightness == pytest.approx(expected, abs=0.01), name
        assert picture.contrast < 0.004, name


def test_a_large_jpeg_is_decoded_smaller_and_still_knows_its_size() -> None:
    body = encoded(noise(4000, 2000))
    picture = decode(body)
    assert picture.size == (4000, 2000)
    assert picture.pixels.shape == (1000, 2000, 3)
    assert picture.scale == (2.0, 2.0)
    full = picture.full_size()
    assert full.pixels.shape == (2000, 4000, 3)
    assert full.scale == (1.0, 1.0)


def test_an_ordinary_picture_keeps_every_pixel() -> None:
    picture = decode(encoded(noise(1920, 1080)))
    assert not picture.is_reduced
    assert picture.full_size() is picture


def test_brightness_tells_night_from_glare() -> None:
    assert decode(encoded(Image.new("RGB", (64, 64), (2, 2, 2)))).brightness < 0.02
    assert decode(encoded(Image.new("RGB", (64, 64), (253, 253, 253)))).brightness > 0.98


def test_outside_the_zone_and_its_margin_nothing_is_left_to_see() -> None:
    zone = ((0.5, 0.4), (1.0, 0.4), (1.0, 1.0), (0.5, 1.0))
    body = encoded(noise(400, 200), "PNG")
    picture, whole = decode(body, zone=zone), decode(body)
    assert (picture.pixels[:, :150] == 114).all()
    assert (picture.pixels[:30] == 114).all()
    assert np.array_equal(picture.pixels[80:, 200:], whole.pixels[80:, 200:])
    left, top, right, bottom = picture.window
    assert (left, top, right, bottom) == (160, 40, 400, 200)
    assert picture.in_zone((300, 150))
    assert not picture.in_zone((170, 150))


def test_a_bad_zone_is_refused_before_the_picture_is_looked_at() -> None:
    assert refusal(b"", zone=((0.0, 0.0), (1.0, 1.0))) is ImageProblem.BAD_ZONE
