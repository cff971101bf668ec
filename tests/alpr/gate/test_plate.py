"""The normal form of a plate, and which plates are alike or near."""

from __future__ import annotations

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.gate.plate import (
    ALPHABET,
    CONFUSABLE,
    PlateProblem,
    PlateRefused,
    glyph_key,
    is_neighbour,
    misread_key,
    neighbours,
    normal_form,
    one_edit_apart,
    printed_alike,
)

plates = st.text(ALPHABET, min_size=2, max_size=10)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("AB 123 CD", "AB123CD"),
        ("ab-123-cd", "AB123CD"),
        (" b·md 4711 ", "BMD4711"),
        ("1.234.567", "1234567"),
        ("AB\u00a0123", "AB123"),
        ("TU:12/34", "TU1234"),
        ("a1", "A1"),
        ("MH 20 EE 7596", "MH20EE7596"),
    ],
)
def test_a_plate_is_listed_without_separators_and_in_capitals(typed: str, form: str) -> None:
    assert normal_form(typed) == form


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", PlateProblem.EMPTY),
        ("  ", PlateProblem.EMPTY),
        ("--", PlateProblem.EMPTY),
        ("ABC*", PlateProblem.WILDCARD),
        ("ABC?23", PlateProblem.WILDCARD),
        ("ABC|XYZ", PlateProblem.WILDCARD),
        ("[A-Z]+", PlateProblem.WILDCARD),
        ("AB..CD", PlateProblem.WILDCARD),
        ("AB…", PlateProblem.WILDCARD),
        (".BC123", PlateProblem.WILDCARD),
        ("ABC12.", PlateProblem.WILDCARD),
        ("A", PlateProblem.TOO_SHORT),
        ("ABCDEFGHIJK", PlateProblem.TOO_LONG),
        ("АВС123", PlateProblem.HOMOGLYPH),
        ("АВ", PlateProblem.HOMOGLYPH),
        ("AВ123", PlateProblem.MIXED_SCRIPT),
        ("ＡＢ１２３", PlateProblem.HOMOGLYPH),
        ("ЖЩ123", PlateProblem.UNSUPPORTED_CHARACTER),
        ("ÄB123", PlateProblem.UNSUPPORTED_CHARACTER),
        ("\ufb01123", PlateProblem.HOMOGLYPH),
        ("京A12345", PlateProblem.MIXED_SCRIPT),
    ],
)
def test_fault_39_what_names_no_single_plate_is_refused(typed: str, problem: PlateProblem) -> None:
    with pytest.raises(PlateRefused) as error:
        normal_form(typed)
    assert error.value.problem is problem
    assert str(error.value) == problem.value
    assert typed.strip() == "" or typed not in str(error.value)


@given(st.text(max_size=20))
def test_whatever_is_typed_becomes_one_plate_or_is_refused(typed: str) -> None:
    try:
        form = normal_form(typed)
    except PlateRefused:
        return
    assert 2 <= len(form) <= 10
    assert set(form) <= set(ALPHABET)
    assert normal_form(form) == form


@given(plates)
def test_only_o_with_0_and_i_with_1_are_printed_alike(plate: str) -> None:
    assert printed_alike(plate, plate.replace("O", "0").replace("1", "I"))
    for place, character in enumerate(plate):
        for other in ALPHABET:
            changed = plate[:place] + other + plate[place + 1 :]
            same = other == character or {other, character} in ({"O", "0"}, {"I", "1"})
            assert printed_alike(plate, changed) is same


def _levenshtein(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row, before = [i], row
        for j, b in enumerate(second, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
    return row[-1]


@given(st.text("AB1", max_size=6), st.text("AB1", max_size=6))
def test_one_edit_apart_is_a_levenshtein_distance_of_one(first: str, second: str) -> None:
    assert one_edit_apart(first, second) is (_levenshtein(first, second) == 1)


@pytest.mark.parametrize("kind", CONFUSABLE)
def test_every_pair_of_a_confusable_class_is_a_misread_apart(kind: str) -> None:
    assert len({misread_key(f"A{glyph}Z") for glyph in kind}) == 1


@given(plates)
def test_every_neighbour_is_one_and_none_is_printed_alike(plate: str) -> None:
    for near in neighbours(plate[:6]):
        assert is_neighbour(plate[:6], near)
        assert not printed_alike(plate[:6], near)


def test_neighbours_hold_every_single_edit_and_every_misread() -> None:
    near = set(neighbours("B80"))
    assert {"B8", "80", "B80A", "AB80", "C80", "B81", "880", "BB0", "B8D", "88Q"} <= near
    assert not {"B80", "B8O"} & near


def test_a_neighbour_is_never_empty() -> None:
    assert "" not in set(neighbours("A"))
    assert {"A", "B"} <= set(neighbours("AB"))


@given(plates, plates)
def test_being_neighbours_is_mutual(first: str, second: str) -> None:
    assert is_neighbour(first, second) is is_neighbour(second, first)


def test_a_plate_is_no_neighbour_of_itself() -> None:
    assert not is_neighbour("AB10", "ABIO")
    assert glyph_key("ABIO") == "AB10"
