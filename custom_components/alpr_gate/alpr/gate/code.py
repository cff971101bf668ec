"""Codes that confirm: kept as slow hashes only, and guessed at seldom.

A hash slows down whoever has the file; a code of four digits is found all the same, within hours.
What guards it is that nobody may try more than a few at a gate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
import hashlib
import hmac
from typing import Self

SHORTEST_CODE = 4
LONGEST_CODE = 12
SALT_BYTES = 16
WRONG_CODES = 5
"""Wrong codes at one gate within ``WITHIN_SECONDS`` after which none is taken any more."""
WITHIN_SECONDS = 900.0
REFUSED_SECONDS = 900.0
"""How long none is taken."""

_KIND = "scrypt1"
"""Names the hash and how much work it is: another amount gets another name."""
_WORK = {"n": 1 << 14, "r": 8, "p": 5}
"""16 MiB, five times over, as OWASP asks for."""
_DIGEST_BYTES = 32
_NEVER = float("-inf")


def is_code(text: str) -> bool:
    """Whether it can be a code: 4 to 12 digits."""
    return text.isascii() and text.isdigit() and SHORTEST_CODE <= len(text) <= LONGEST_CODE


@dataclass(frozen=True, slots=True, repr=False)
class KeptCode:
    """What is kept of a code; it can be compared with one that is typed, and not be read."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, code: str, salt: bytes) -> Self:
        """Keep a code. Slow: tenths of a second, so call it from a worker.

        Codes with one salt are compared with one hash: give those of one list the same.
        """
        return cls(salt, _digest(code, salt))

    @classmethod
    def from_text(cls, text: object) -> Self:
        """Read what ``text`` gave; raises ValueError when it is no kept code."""
        kind, *parts = text.split("$") if isinstance(text, str) else ("",)
        if kind != _KIND or len(parts) != 2:
            raise ValueError("no kept code")
        salt, digest = (bytes.fromhex(part) for part in parts)
        if len(salt) != SALT_BYTES or len(digest) != _DIGEST_BYTES:
            raise ValueError("no kept code")
        return cls(salt, digest)

    @property
    def text(self) -> str:
        """For the disk, and for nothing else."""
        return f"{_KIND}${self.salt.hex()}${self.digest.hex()}"

    def __repr__(self) -> str:
        return "KeptCode()"


def fitting(code: str, kept: Iterable[KeptCode]) -> frozenset[KeptCode]:
    """Those that are just this code. Slow: one hash for each salt, so call it from a worker."""
    hashed = cache(lambda salt: _digest(code, salt))
    return frozenset([one for one in kept if hmac.compare_digest(one.digest, hashed(one.salt))])


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, dklen=_DIGEST_BYTES, **_WORK)


class CodeGuard:
    """Lets codes be tried at one gate, one after the other, until too many were wrong.

    Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._wrong: deque[float] = deque(maxlen=WRONG_CODES)
        self._refused_until = _NEVER

    def refuses(self, now: float) -> bool:
        """Whether no code is taken, not even the right one."""
        return now < self._refused_until

    def trying(self, now: float) -> None:
        """A code is about to be compared; it counts as wrong until ``was_right`` is called.

        So whoever breaks off before the answer has had a try, too.
        """
        self._wrong.append(now)
        if len(self._wrong) == WRONG_CODES and now - self._wrong[0] < WITHIN_SECONDS:
            self._refused_until = now + REFUSED_SECONDS

    def was_right(self) -> None:
        """The last one was right; it frees no guesses that were wrong before it."""
        self._wrong.pop()
        self._refused_until = _NEVER
