"""Two heads judge one text together."""

from __future__ import annotations

from itertools import groupby, product

from hypothesis import given, settings, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.alpr_gate.alpr.vision.joint import (
    Text,
    _by_columns,
    column_texts,
    joint_slots,
    slot_texts,
    straight_text,
)

Rows = NDArray[np.float32]

LETTERS = 4
PAD = 3
POSITIONS = 5


def rows(seed: int, *shape: int, sharp: float = 2.0) -> Rows:
    logits = np.random.default_rng(seed).normal(0, sharp, (*shape, LETTERS))
    chances = np.exp(logits)
    return np.asarray(chances / chances.sum(-1, keepdims=True), np.float32)


def sure_slots(text: Text, *, doubt: float = 0.01) -> Rows:
    slots = np.full((POSITIONS, LETTERS), doubt / (LETTERS - 1), np.float32)
    padded = [*text, *[PAD] * (POSITIONS - len(text))]
    slots[np.arange(POSITIONS), padded] = 1 - doubt
    return slots


def sure_columns(path: list[int], *, doubt: float = 0.01) -> Rows:
    columns = np.full((len(path), LETTERS), doubt / (LETTERS - 1), np.float32)
    columns[np.arange(len(path)), path] = 1 - doubt
    return columns


def best(slots: Rows) -> Text:
    return tuple(int(each) for each in slots.argmax(1) if each != PAD)


def read_out(path: tuple[int, ...]) -> Text:
    """Repeated letters are one, gaps are none."""
    return tuple(letter for letter, _ in groupby(path) if letter != PAD)


@pytest.mark.parametrize("text", [(0,), (0, 1, 2), (1, 1), (2, 1, 1, 0)])
def test_the_columns_chance_of_a_text_is_the_sum_over_all_ways_to_write_it(text: Text) -> None:
    columns = rows(5, 6)
    ways = (path for path in product(range(LETTERS), repeat=6) if read_out(path) == text)
    expected = sum(np.prod([columns[i, letter] for i, letter in enumerate(way)]) for way in ways)
    (judged,) = _by_columns([text], columns[None], PAD)
    assert np.exp(judged) == pytest.approx(expected, rel=1e-4)


@given(st.integers(0, 10_000))
def test_the_search_over_columns_finds_the_likeliest_text_of_a_clear_picture(seed: int) -> None:
    columns = rows(seed, 5, sharp=6.0)
    chances: dict[Text, float] = {}
    for path in product(range(LETTERS), repeat=5):
        chance = float(np.prod([columns[i, letter] for i, letter in enumerate(path)]))
        chances[read_out(path)] = chances.get(read_out(path), 0.0) + chance
    likeliest = max(chances, key=lambda text: chances[text])
    if chances[likeliest] > 0.5:
        assert likeliest in column_texts(columns, PAD)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_every_position_is_a_softmax(seed: int, crops: int) -> None:
    together = joint_slots(rows(seed, crops, POSITIONS), rows(seed + 1, crops, 12), PAD)
    assert together.shape == (POSITIONS, LETTERS)
    assert together.min() >= 0
    assert together.sum(1) == pytest.approx(np.ones(POSITIONS), abs=1e-4)


def test_a_doubled_letter_that_the_columns_do_not_see_is_dropped() -> None:
    mixed = 0.55 * sure_slots((0, 1, 1, 2)) + 0.45 * sure_slots((0, 1, 2))
    slots = mixed.astype(np.float32)
    columns = sure_columns([0, 0, PAD, 1, 1, PAD, 2, 2])
    together = joint_slots(slots[None], columns[None], PAD)
    assert best(slots) != (0, 1, 2)
    assert best(together) == (0, 1, 2)


def test_two_lines_that_confuse_the_columns_are_read_by_sure_slots() -> None:
    slots = sure_slots((0, 1, 2, 0, 1), doubt=0.001)
    muddled = rows(3, 12, sharp=0.5)
    assert best(joint_slots(slots[None], muddled[None], PAD)) == (0, 1, 2, 0, 1)


def test_heads_that_agree_are_surer_than_heads_that_do_not() -> None:
    slots = sure_slots((0, 1, 2), doubt=0.2)
    agreeing = sure_columns([0, PAD, 1, PAD, 2, PAD], doubt=0.2)
    contrary = sure_columns([0, PAD, 1, PAD, 0, PAD], doubt=0.2)
    sure = joint_slots(slots[None], agreeing[None], PAD)
    unsure = joint_slots(slots[None], contrary[None], PAD)
    assert sure[2, 2] > 0.9
    assert sure[2, 2] > unsure[2, 2] + 0.1


def test_a_text_with_more_characters_than_positions_is_not_proposed() -> None:
    slots = sure_slots((0, 1, 2, 0, 1), doubt=0.3)
    columns = sure_columns([0, 1, 2, 0, 1, 2, 0])
    assert len(best(joint_slots(slots[None], columns[None], PAD))) <= POSITIONS


def test_blank_pictures_have_no_text() -> None:
    slots, columns = sure_slots(()), sure_columns([PAD] * 8)
    assert best(joint_slots(slots[None], columns[None], PAD)) == ()


def test_the_second_choice_of_a_doubtful_slot_is_proposed() -> None:
    slots = sure_slots((0, 1))
    slots[1] = [0.0, 0.6, 0.4, 0.0]
    assert {(0, 1), (0, 2)} <= slot_texts(slots, PAD)


def test_a_straight_reading_leaves_out_gaps_and_repeats() -> None:
    assert straight_text(sure_columns([PAD, 0, 0, PAD, 0, 1]), PAD) == (0, 0, 1)
