"""Looks add up to a consensus, and what is not sure stays unsure."""

from __future__ import annotations

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.gate.evidence import (
    CLASSES,
    CORRELATION,
    DOUBT,
    Look,
    consensus,
    log_likelihood,
    pool,
)
from custom_components.alpr_gate.alpr.types import Character
from tests.alpr.gate.kit import characters


def _look(text: str = "AB12", probability: float = 0.9, at: float = 0.0) -> Look:
    return Look("camera", at, text, characters(text, probability), 0.8)


def test_no_look_says_nothing() -> None:
    assert consensus([]) is None


def test_one_look_says_what_it_read_and_is_no_surer_than_it_was() -> None:
    found = consensus([_look(probability=0.9)])
    assert found is not None
    assert (found.plate, found.agreeing, found.looks, found.agreement) == ("AB12", 1, 1, 1.0)
    assert found.weakest <= 0.9
    assert found.detection == 0.8


@given(st.integers(1, 12))
def test_looks_that_agree_make_it_surer_but_less_than_independent_ones_would(count: int) -> None:
    found = consensus([_look(probability=0.8)] * count)
    more = consensus([_look(probability=0.8)] * (count + 1))
    assert found is not None
    assert more is not None
    assert more.weakest > found.weakest
    worth = count / (1 + (count - 1) * CORRELATION)
    assert math.log(found.margin) == pytest.approx(worth * math.log(0.8 / 0.2), rel=0.01)


def test_no_look_is_surer_than_doubt_allows() -> None:
    found = consensus([_look(probability=1.0)])
    assert found is not None
    assert found.margin == pytest.approx((1 - DOUBT) / DOUBT)


def test_o_and_0_add_up_and_so_do_i_and_1() -> None:
    found = consensus([_look("AB0I"), _look("ABO1")])
    assert found is not None
    assert (found.key, found.agreeing) == ("AB01", 2)
    both: tuple[Character, ...] = ((("O", 0.5), ("0", 0.49)),) * 4
    sure = consensus([Look("camera", 0.0, "OOOO", both, 0.8)])
    assert sure is not None
    assert sure.weakest > 0.9


def test_the_majority_of_a_length_is_heard_and_the_others_disagree() -> None:
    found = consensus([_look("AB12"), _look("AB12"), _look("B12")])
    assert found is not None
    assert (found.plate, found.agreeing, found.looks) == ("AB12", 2, 3)
    assert found.agreement == pytest.approx(2 / 3)


def test_an_unsure_look_that_disagrees_weighs_little() -> None:
    found = consensus([_look("AB12", 0.95), _look("AB12", 0.95), _look("AB17", 0.3)])
    assert found is not None
    assert found.agreement > 0.85


def test_two_lengths_that_are_even_say_nothing() -> None:
    assert consensus([_look("AB12"), _look("B12")]) is None


def test_a_consensus_that_no_look_read_by_itself_says_nothing() -> None:
    left = (*characters("A", 0.99), *characters("B", 0.6), *characters("C", 0.6))
    right = (*characters("X", 0.6), *characters("B", 0.99), *characters("Q", 0.6))
    third = (*characters("X", 0.6), *characters("Y", 0.6), *characters("C", 0.99))
    looks = [
        Look("camera", 0.0, "ABC", left, 0.8),
        Look("camera", 0.0, "XBQ", right, 0.8),
        Look("camera", 0.0, "XYC", third, 0.8),
    ]
    found = consensus(looks)
    assert found is None or found.agreeing >= 1


def test_a_look_of_which_nothing_is_known_weighs_nothing() -> None:
    empty = Look("camera", 0.0, "AB", ((), ()), 0.8)
    assert empty.weakest == 0.0
    assert Look("camera", 0.0, "", (), 0.8).weakest == 0.0
    found = consensus([empty])
    assert found is None or found.agreement == 0.0


def test_the_margin_over_another_plate_counts_every_difference() -> None:
    found = consensus([_look("AB12", 0.9)] * 2)
    assert found is not None
    one, two = found.margin_over("AB17"), found.margin_over("AB77")
    assert 1 < one < two
    assert found.margin_over("AB12") == pytest.approx(1.0)
    assert found.margin_over("ABI2") == pytest.approx(1.0)
    assert found.margin_over("AB1") >= one
    assert found.margin_over("AB123") >= one


def test_slots_beyond_the_text_count_when_the_reader_gives_them() -> None:
    blank: Character = (("", 0.6), ("7", 0.4))
    look = Look("camera", 0.0, "AB12", (*characters("AB12", 0.99), blank), 0.8)
    found = consensus([look])
    assert found is not None
    assert found.key == "AB12"
    assert found.weakest < 0.65
    assert found.margin == pytest.approx(1.5, rel=0.01)


@given(
    st.lists(
        st.tuples(st.text("AB01", min_size=3, max_size=3), st.floats(0.05, 1.0)),
        min_size=1,
        max_size=6,
    )
)
def test_pooled_probabilities_are_probabilities(looks: list[tuple[str, float]]) -> None:
    pooled = pool([_look(text, probability) for text, probability in looks])
    for position in pooled:
        assert set(position) == set(CLASSES)
        assert sum(position.values()) == pytest.approx(1.0)
        assert all(0.0 < probability < 1.0 for probability in position.values())
    best = "".join(max(position, key=lambda c: position[c]) for position in pooled)
    assert log_likelihood(pooled, best) <= 0.0


@given(st.permutations(["AB12", "AB12", "AB17", "AB12", "XB12"]), st.floats(0.85, 0.99))
def test_the_order_of_looks_does_not_matter(texts: list[str], probability: float) -> None:
    found = consensus([_look(text, probability) for text in texts])
    assert found is not None
    assert (found.plate, found.agreeing) == ("AB12", 3)


def test_a_text_of_another_length_is_as_likely_as_its_missing_and_spare_characters() -> None:
    pooled = ({"A": 0.9, "": 0.1}, {"B": 0.6, "": 0.4})
    assert log_likelihood(pooled, "AB") == pytest.approx(math.log(0.9 * 0.6))
    assert log_likelihood(pooled, "A") == pytest.approx(math.log(0.9 * 0.4))
    spare = math.log(DOUBT * DOUBT)
    assert log_likelihood(pooled, "ABC") == pytest.approx(math.log(0.9 * 0.6) + spare)
    assert log_likelihood((), "") == 0.0


@given(st.integers(1, 12))
def test_more_looks_of_the_same_kind_do_not_raise_the_lead_in_one_look(count: int) -> None:
    found = consensus([_look(probability=0.8)] * count)
    assert found is not None
    assert found.lead_in_one_look(()) == pytest.approx(0.8 / 0.2, rel=0.01)


def test_the_lead_in_one_look_is_over_the_nearest_of_the_plates_named() -> None:
    half_shut = ((("A", 0.9), ("B", 0.05)), *characters("B12", 0.9), (("", 0.7), ("3", 0.3)))
    found = consensus([Look("camera", 0.0, "AB12", half_shut, 0.8)] * 3)
    assert found is not None
    assert found.lead_in_one_look(["AB123"]) == pytest.approx(0.7 / 0.3, rel=0.02)
    assert found.lead_in_one_look(["QQ99", "AB123"]) == found.lead_in_one_look(["AB123"])


def test_every_look_that_says_something_else_takes_one_that_agrees_away() -> None:
    found = consensus([*[_look("AB12")] * 4, _look("AB17"), _look("AB1")])
    assert found is not None
    assert (found.agreeing, found.looks, found.net_agreeing) == (4, 6, 2)
