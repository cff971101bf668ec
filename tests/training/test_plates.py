"""Plates are drawn from tables and seeds: the same seed, the same plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw
import pytest

from training.plates import draw_plate, load_styles
from training.plates.canvas import Canvas, any_paint
from training.plates.marks import draw_mark
from training.plates.plate import make_room
from training.plates.registration import (
    ALPHABET,
    MAX_LENGTH,
    Kind,
    arbitrary_text,
    fits,
    lay_out,
    random_text,
    slots,
)
from training.plates.scripts import flowing, ideogram
from training.plates.wear import wear


@pytest.fixture(autouse=True)
def our_own_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as a fresh clone does: without fetched fonts."""
    monkeypatch.setenv("ALPR_TRAINING_FONTS", "none")


@pytest.mark.parametrize("name", sorted(load_styles()))
def test_every_style_draws_a_plate_that_can_be_read(name: str) -> None:
    style = load_styles()[name]
    plate = draw_plate(np.random.default_rng(3), style=name)
    assert plate.rgb.dtype == np.uint8
    assert plate.rgb.ndim == 3
    assert plate.rgb.std() > 15
    assert 1 <= len(plate.text) <= MAX_LENGTH
    assert set(plate.text) <= set(ALPHABET)
    assert any(fits(form, plate.text) for form in style.formats)
    assert plate.rgb.shape[1] / plate.rgb.shape[0] == pytest.approx(
        style.size_mm[0] / style.size_mm[1], rel=0.1
    )


def test_all_parts_of_the_world_that_are_promised_have_styles() -> None:
    regions = {style.region for style in load_styles().values()}
    assert {
        "europe",
        "united_states",
        "canada",
        "latin_america",
        "uk_commonwealth",
        "asia_africa",
    } <= regions
    assert len(load_styles()) >= 60
    assert any(style.two_line for style in load_styles().values())


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_draws_the_same_plate(seed: int) -> None:
    first, second = (draw_plate(np.random.default_rng(seed)) for _ in range(2))
    assert first.text == second.text
    assert np.array_equal(first.rgb, second.rgb)


def test_different_seeds_draw_different_plates() -> None:
    assert len({draw_plate(np.random.default_rng(seed)).text for seed in range(10)}) == 10


def test_any_text_can_stand_on_a_plate() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        text = arbitrary_text(rng)
        assert draw_plate(rng, style="germany", text=text).text == text


@pytest.mark.parametrize("text", ["", "ABC-123", "abc", "Ä1", "A" * 11])
def test_what_cannot_stand_on_a_plate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a plate has"):
        draw_plate(np.random.default_rng(0), text=text)


def test_a_style_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        draw_plate(np.random.default_rng(0), style="atlantis")


def test_a_format_is_laid_out_in_lines_of_pieces() -> None:
    first, second = lay_out("AA 99/(AA)9", "XY12ZQ3")
    assert [piece.kind for piece in first] == [Kind.LETTERS, Kind.GAP, Kind.LETTERS]
    assert [(piece.kind, piece.text) for piece in second] == [
        (Kind.STACK, "ZQ"),
        (Kind.LETTERS, "3"),
    ]
    with pytest.raises(ValueError, match="does not fill"):
        lay_out("AAA", "XY")


@pytest.mark.parametrize("name", sorted(load_styles())[::7])
def test_texts_follow_the_formats_they_are_made_from(name: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        text, form = random_text(load_styles()[name], rng)
        assert fits(form, text)
        assert len(slots(form)) == len(text)


@pytest.mark.parametrize("seed", range(8))
def test_worn_paint_loses_ink_and_gains_none(seed: int) -> None:
    ink = Image.new("L", (120, 40), 0)
    ink.paste(255, (20, 5, 100, 35))
    worn = np.asarray(wear(ink, np.random.default_rng(seed)))
    fresh = np.asarray(ink)
    assert worn.shape == fresh.shape
    assert (worn <= fresh).all()
    assert fresh.mean() * 0.2 < worn.mean() < fresh.mean()


@pytest.mark.parametrize("seed", range(20))
def test_colours_of_any_kind_are_far_enough_apart_to_be_read(seed: int) -> None:
    paint = any_paint(np.random.default_rng(seed), apart=75)
    lightness = np.array([0.299, 0.587, 0.114])
    difference = np.subtract(paint.ground, paint.ink) @ lightness
    assert abs(difference) > 70
    assert all(0 <= value <= 255 for value in (*paint.ground, *paint.ink))


def test_a_picture_at_the_side_leaves_the_registration_its_room() -> None:
    style = replace(load_styles()["us_ohio"], aside=1.0)
    rng = np.random.default_rng(1)
    canvas = Canvas(Image.new("RGB", (300, 150), "white"), style.paints[0])
    moved = make_room(canvas, style, rng)
    left, _, right, _ = moved.zone
    assert right - left < style.zone[2] - style.zone[0]
    assert (left > style.zone[0]) != (right < style.zone[2])
    assert np.asarray(canvas.image).std() > 0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("write", [ideogram, flowing])
def test_other_scripts_leave_ink_where_they_belong(write: Callable[..., None], seed: int) -> None:
    sheet = Image.new("L", (120, 100), 255)
    write(ImageDraw.Draw(sheet), (30, 30, 90, 70), 0, np.random.default_rng(seed))
    ink = np.asarray(sheet) < 128
    inside = np.zeros_like(ink)
    inside[24:77, 24:97] = True
    assert 0.02 < ink[30:70, 30:90].mean() < 0.7
    assert not (ink & ~inside).any()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", ["ideogram", "flowing", "name"])
def test_marks_of_writing_stay_near_their_place(name: str, seed: int) -> None:
    sheet = Image.new("RGB", (140, 120), "white")
    draw_mark(
        ImageDraw.Draw(sheet), name, (40, 30, 100, 90), (0, 0, 0), np.random.default_rng(seed)
    )
    ink = np.asarray(sheet.convert("L")) < 128
    inside = np.zeros_like(ink)
    inside[20:100, 30:110] = True
    assert ink[inside].any()
    assert not ink[~inside].any()


@pytest.mark.parametrize("name", ["china_blue", "gulf_american"])
def test_what_is_written_in_other_scripts_is_not_to_be_read(name: str) -> None:
    style = load_styles()[name]
    texts = [draw_plate(np.random.default_rng(seed), style=name).text for seed in range(12)]
    assert all(any(fits(form, text) for form in style.formats) for text in texts)
    assert all(set(text) <= set(ALPHABET) for text in texts)
