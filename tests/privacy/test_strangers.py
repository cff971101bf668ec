"""Unknown vehicles are counted without being known."""

from __future__ import annotations

from datetime import date
from itertools import count, product
import string

import pytest

from custom_components.alpr_gate import strangers
from custom_components.alpr_gate.strangers import StrangerCounter

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def _counter() -> StrangerCounter:
    numbers = count(1)
    return StrangerCounter(lambda length: next(numbers).to_bytes(length))


def test_the_same_car_has_the_same_token_all_day_and_another_the_next() -> None:
    counter = _counter()
    first = counter.token("AB123CD", MONDAY)
    assert counter.token("AB123CD", MONDAY) == first
    assert counter.token("AB123CE", MONDAY) != first
    assert counter.token("AB123CD", TUESDAY) != first


def test_visits_are_counted_by_day() -> None:
    counter = _counter()
    token = counter.token("AB123CD", MONDAY)
    assert [counter.came(token, MONDAY) for _ in range(3)] == [1, 2, 3]
    assert counter.vehicles(MONDAY) == 1
    assert counter.times(token, MONDAY) == 3
    assert counter.times(token, TUESDAY) is None, "nobody can tell any more"
    assert counter.came(counter.token("AB123CD", TUESDAY), TUESDAY) == 1


def test_a_day_ends_even_when_no_car_comes() -> None:
    counter = _counter()
    counter.came(counter.token("AB123CD", MONDAY), MONDAY)
    assert counter.vehicles(TUESDAY) == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "MOST", 3)
    counter = _counter()
    for plate in ("A1", "B2", "C3", "D4", "E5"):
        assert counter.came(counter.token(plate, MONDAY), MONDAY) == 1
    assert counter.vehicles(MONDAY) == 3
    assert counter.came(counter.token("A1", MONDAY), MONDAY) == 2


def test_without_its_key_no_token_can_be_traced_to_a_plate_but_a_plain_hash_can() -> None:
    """A small space stands for all plates here; `scripts` holds the attack on a whole one."""
    import hashlib

    plates = ["".join(letters) + "7" for letters in product(string.ascii_uppercase, repeat=2)]
    counter = _counter()
    tokens = {counter.token(plate, MONDAY) for plate in plates[::50]}
    plain = {hashlib.sha256(plate.encode()).digest()[:16] for plate in plates[::50]}
    guesses = {hashlib.sha256(plate.encode()).digest()[:16] for plate in plates}
    counter.token("X", TUESDAY)
    later = {counter.token(plate, TUESDAY) for plate in plates}
    assert plain <= guesses
    assert not tokens & guesses
    assert not tokens & later
