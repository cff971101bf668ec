"""Whoever steals the window cannot turn its tokens back into plates; plain hashes they could."""

from __future__ import annotations

from datetime import date
import secrets

from custom_components.alpr_gate.strangers import StrangerCounter
from scripts.attack_tokens import GUESSED_KEYS, found, keyed, plain

SPACE = 1, 3
VISITORS = [b"A007", b"K123", b"Q500", b"Z999"]
TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


def test_every_plain_hash_is_turned_back() -> None:
    assert found({plain(plate) for plate in VISITORS}, plain, SPACE) == len(VISITORS)


def test_no_token_is_turned_back_once_the_key_is_gone() -> None:
    counter = StrangerCounter(secrets.token_bytes)
    tokens = {counter.token(plate.decode(), TODAY) for plate in VISITORS}
    counter.token("MIDNIGHT", TOMORROW)
    for key in (*GUESSED_KEYS, counter._key):
        assert found(tokens, keyed(key), SPACE) == 0
    assert found(tokens, plain, SPACE) == 0


def test_the_attack_itself_works_with_the_key() -> None:
    counter = StrangerCounter(secrets.token_bytes)
    tokens = {counter.token(plate.decode(), TODAY) for plate in VISITORS}
    assert found(tokens, keyed(counter._key), SPACE) == len(VISITORS)
