"""Tries every plate of a format against a stolen window: plain hashes fall, keyed tokens do not.

`scripts/attack-tokens` prints the table in `docs/privacy.md` in two minutes; `--digits 4 --keys 1`
takes five. The attacker has the window's file with all tokens of a day, and all the time in the
world, but not the key: it was replaced at midnight and never left memory.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import date
import hashlib
import hmac
from itertools import product
import random
import secrets
import string
import time

from custom_components.alpr_gate.strangers import TOKEN_BYTES, StrangerCounter

VISITS = 200
GUESSED_KEYS = (b"", b"alpr_gate", bytes(32), bytes(range(32)))
"""Keys an attacker might try: none, obvious ones. The real one is one of 2 to the 256th."""


def plates(letters: int, digits: int) -> Iterator[bytes]:
    """Every plate of so many letters and digits, such as AAA000."""
    alphabet = [letter.encode() for letter in string.ascii_uppercase]
    numbers = [f"{number:0{digits}d}".encode() for number in range(10**digits)]
    for head in product(alphabet, repeat=letters):
        start = b"".join(head)
        for number in numbers:
            yield start + number


def plain(plate: bytes) -> bytes:
    """What a careless program would store."""
    return hashlib.sha256(plate).digest()[:TOKEN_BYTES]


def keyed(key: bytes) -> Callable[[bytes], bytes]:
    """The token as the program makes it, with a guessed key."""

    def token(plate: bytes) -> bytes:
        return hmac.digest(key, plate, "sha256")[:TOKEN_BYTES]

    return token


def found(stored: set[bytes], attempt: Callable[[bytes], bytes], space: tuple[int, int]) -> int:
    """How many of ``stored`` the attacker turns back into plates."""
    return sum(attempt(plate) in stored for plate in plates(*space))


def main() -> None:
    """Attack both and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/attack-tokens", description=__doc__)
    parser.add_argument("--letters", type=int, default=3)
    parser.add_argument("--digits", type=int, default=3)
    parser.add_argument("--keys", type=int, default=4, help="how many keys to guess (4)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    space = (chosen.letters, chosen.digits)
    chance = random.Random(chosen.seed)
    size = 26**chosen.letters * 10**chosen.digits
    wanted = set(chance.sample(range(size), VISITS))
    visitors = [plate for number, plate in enumerate(plates(*space)) if number in wanted]
    counter = StrangerCounter(secrets.token_bytes)
    today, tomorrow = date(2026, 11, 22), date(2026, 11, 23)
    tokens = {counter.token(plate.decode(), today) for plate in visitors}
    counter.token("MIDNIGHT", tomorrow)
    print(f"| stored of {VISITS} visitors | plates tried | found | seconds |")
    print("|---|---|---|---|")
    began = time.perf_counter()
    hits = found({plain(plate) for plate in visitors}, plain, space)
    print(f"| SHA-256 of the plate | {size:,} | {hits} | {time.perf_counter() - began:.0f} |")
    began = time.perf_counter()
    keys = GUESSED_KEYS[: chosen.keys]
    hits = sum(found(tokens, keyed(key), space) for key in keys)
    tried = f"{size:,} with each of {len(keys)} guessed keys"
    print(f"| keyed token, key gone | {tried} | {hits} | {time.perf_counter() - began:.0f} |")


if __name__ == "__main__":
    main()
