"""Counts unknown vehicles without knowing them: a keyed token whose key dies with its day.

A plain hash of a plate can be reversed by trying every plate. A keyed hash cannot once its key is
gone. The key is random, lives in memory only, is replaced every day and at every start, and the one
before is forgotten: from then on nobody can tell which token belonged to which plate, nor whether a
car of today was here yesterday.
"""

from __future__ import annotations

from collections import Counter
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

KEY_BYTES: Final = 32
TOKEN_BYTES: Final = 16
MOST: Final = 10_000
"""Different strangers counted in one day; beyond it new ones are not, so memory is bounded."""


class StrangerCounter:
    """How often each unknown vehicle came today, and how many there were."""

    def __init__(self, new_key: Callable[[int], bytes]) -> None:
        """Take keys from ``new_key``, which returns so many random bytes."""
        self._new_key = new_key
        self._day: date | None = None
        self._key = b""
        self._seen: Counter[bytes] = Counter()

    def token(self, plate: str, today: date) -> bytes:
        """The token of ``plate`` (normal form) today."""
        self.turn_page(today)
        return hmac.new(self._key, plate.encode(), hashlib.sha256).digest()[:TOKEN_BYTES]

    def came(self, token: bytes, today: date) -> int:
        """Count one visit; returns how often the same vehicle has come today."""
        self.turn_page(today)
        if token not in self._seen and len(self._seen) >= MOST:
            return 1
        self._seen[token] += 1
        return self._seen[token]

    def times(self, token: bytes, today: date) -> int | None:
        """How often the vehicle of this token has come today.

        None where nobody can tell: the token is of another day, or of before the start.
        """
        self.turn_page(today)
        return self._seen.get(token)

    def vehicles(self, today: date) -> int:
        """How many different unknown vehicles have come today."""
        self.turn_page(today)
        return len(self._seen)

    def turn_page(self, today: date) -> None:
        """Forget the key and the counts of the day before; also called where no car comes."""
        if today != self._day:
            self._day, self._key = today, self._new_key(KEY_BYTES)
            self._seen.clear()
