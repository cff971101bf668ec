from __future__ import annotations

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.alpr_gate.alpr.vision.backends.base import Reading
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.read import likeliest, slot_characters

ALPHABET = "AB1_"


def rows(*content: tuple[float, ...]) -> np.ndarray:
    return np.array(content, np.float32)


def test_each_position_has_its_alternatives_the_likeliest_first() -> None:
    characters = slot_characters(
        rows((0.1, 0.7, 0.2, 0.0), (0.0, 0.0, 0.9, 0.1), (0, 0, 0, 1)), ALPHABET, "_"
    )
    assert [[letter for letter, _ in position] for position in characters] == [
        ["B", "1", "A"],
        ["1", ""],
    ]
    assert characters[0][0][1] == pytest.approx(0.7)
    assert Reading(characters).text == "B1"


def test_a_real_chance_of_one_more_character_is_kept() -> None:
    characters = slot_characters(rows((1, 0, 0, 0), (0, 0.3, 0, 0.7)), ALPHABET, "_")
    assert Reading(characters).text == "A"
    assert [letter for letter, _ in characters[1]] == ["", "B"]


def test_a_gap_in_the_middle_is_no_character() -> None:
    characters = slot_characters(rows((1, 0, 0, 0), (0, 0.1, 0, 0.9), (0, 0, 1, 0)), ALPHABET, "_")
    assert Reading(characters).text == "A1"


@pytest.mark.parametrize(
    "nonsense",
    [
        rows((np.nan, 0, 0, 1)),
        rows((np.inf, 0, 0, 0)),
        rows((2, -1, 0, 0)),
        rows((0.2, 0.2, 0.2, 0.2)),
        rows((1, 0, 0)),
        np.zeros(4, np.float32),
    ],
    ids=["nan", "infinite", "out of range", "not adding up", "too narrow", "flat"],
)
def test_an_answer_that_is_no_probabilities_is_not_believed(nonsense: np.ndarray) -> None:
    with pytest.raises(ModelRefused) as caught:
        slot_characters(nonsense, ALPHABET, "_")
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


@given(st.lists(st.lists(st.floats(0, 20), min_size=4, max_size=4), min_size=1, max_size=10))
def test_probabilities_add_up_to_at_most_one_and_fall(logits: list[list[float]]) -> None:
    powers = np.exp(np.array(logits, np.float32))
    characters = slot_characters(powers / powers.sum(axis=1, keepdims=True), ALPHABET, "_")
    for position in characters:
        chances = [probability for _, probability in position]
        assert sum(chances) <= 1.0001
        assert chances == sorted(chances, reverse=True)
        assert len({letter for letter, _ in position}) == len(position)


def test_a_region_is_named_unless_the_network_does_not_know() -> None:
    labels = ("France", "Unknown")
    assert likeliest(rows((0.9, 0.1))[0], labels) == "France"
    assert likeliest(rows((0.1, 0.9))[0], labels) is None
    with pytest.raises(ModelRefused):
        likeliest(rows((np.nan, 0.9))[0], labels)
