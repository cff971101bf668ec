"""Finds any of very many byte strings in files, in one pass and bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

PIECE: Final = 128 * 1024
"""Bytes looked at together: about a millisecond, for which other threads of Python wait."""
SHORTEST: Final = 4
"""Bytes of the shortest string that can be looked for: shorter ones occur everywhere by chance."""


class ByteFinder:
    """Looks for a fixed set of byte strings.

    A table of all 24-bit beginnings of the strings is looked up for every position at once; only
    where it says so is a piece compared. Costs about 10 ms a megabyte, for one string or a million.
    """

    def __init__(
        self,
        strings: Collection[bytes],
        *,
        after_piece: Callable[[], None] | None = None,
    ) -> None:
        """Look for ``strings``; raises ValueError when one is shorter than ``SHORTEST``.

        ``after_piece`` is called after each piece of a file: it may rest, or raise to end.
        """
        self._after_piece = after_piece
        if any(len(string) < SHORTEST for string in strings):
            raise ValueError(f"cannot look for strings of fewer than {SHORTEST} bytes")
        self._strings = frozenset(strings)
        self._lengths = sorted({len(string) for string in strings})
        self._table = np.zeros(1 << 24 if strings else 0, np.bool_)
        beginnings = [int.from_bytes(string[:3]) for string in self._strings]
        self._table[beginnings] = True

    def in_bytes(self, data: bytes) -> frozenset[bytes]:
        """Which of the strings occur in ``data``."""
        return frozenset(string for _, string in self.occurrences(data))

    def occurrences(self, data: bytes) -> list[tuple[int, bytes]]:
        """Every place in ``data`` at which one of the strings begins, with that string."""
        if not self._strings or len(data) < SHORTEST:
            return []
        return [
            (start, candidate)
            for start in np.flatnonzero(self._table[_beginnings(data)]).tolist()
            for length in self._lengths
            if (candidate := data[start : start + length]) in self._strings
        ]

    def in_file(self, path: Path) -> frozenset[bytes]:
        """Which of the strings occur in a file; none when it does not exist. Raises OSError."""
        if not self._strings:
            return frozenset()
        found: set[bytes] = set()
        for piece in pieces_of(path, overlap=self._lengths[-1] - 1, after_piece=self._after_piece):
            found |= self.in_bytes(piece)
        return frozenset(found)


def pieces_of(
    path: Path, *, overlap: int, after_piece: Callable[[], None] | None
) -> Iterator[bytes]:
    """A file in pieces that overlap, so that nothing hides on a border; nothing when it is missing.

    ``after_piece`` is called after each: it may rest, or raise to end.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        tail = b""
        while fresh := file.read(PIECE):
            piece = tail + fresh
            yield piece
            if after_piece is not None:
                after_piece()
            tail = piece[-overlap:]


def _beginnings(data: bytes) -> np.typing.NDArray[np.integer]:
    """The 24-bit number that begins at each byte of ``data``, as indices of a table."""
    values = np.frombuffer(data, np.uint8).astype(np.int32)
    return values[:-2] << 16 | values[1:-1] << 8 | values[2:]
