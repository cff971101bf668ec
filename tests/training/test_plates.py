"""Plates are drawn from tables and seeds: the same seed, the same plate."""

from __future__ import annotations

import numpy as np
import pytest

from training.plates import draw_plate, load_styles
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
