"""Looks whether bytes that were destroyed are really gone from files.

Files are read in pieces of bounded size, so that memory does not grow with them.
"""

from __future__ import annotations

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

PIECE: Final = 4 * 1024 * 1024
PATTERN_LENGTH: Final = 16
"""Bytes of a picture that identify it: compressed picture data does not repeat by chance."""
MARK_LENGTH: Final = 33
MARK: Final = re.compile(rb"v[0-9a-f]{32}")
"""What every visit's mark looks like in the file."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What must be gone: nothing here tells what a plate was."""

    marks: frozenset[bytes] = frozenset()
    """Random marks of destroyed visits."""
    pictures: frozenset[bytes] = frozenset()
    """Samples of ``PATTERN_LENGTH`` bytes from destroyed pictures."""
    words: frozenset[bytes] = frozenset()
    """Anything else, of any length from 4 bytes."""

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.marks or self.pictures or self.words)


def samples_of(picture: bytes) -> frozenset[bytes]:
    """Bytes that betray what is left of ``picture``: one sample of each KiB of its compressed data.

    The first 700 bytes are skipped: JPEG headers and tables are the same in every picture.
    """
    starts = range(min(700, len(picture) // 2), len(picture) - PATTERN_LENGTH, 1024)
    return frozenset(
        sample
        for start in starts
        if len(set(sample := picture[start : start + PATTERN_LENGTH])) > PATTERN_LENGTH // 2
    )


def remains(files: Iterable[Path], traces: Traces) -> int:
    """How many traces are still found in ``files``; a file that does not exist holds none."""
    if not traces:
        return 0
    found: set[bytes] = set()
    table = _table(traces.pictures)
    overlap = max([MARK_LENGTH, PATTERN_LENGTH, *map(len, traces.words)])
    for path in files:
        for piece in _pieces(path, overlap):
            found.update(mark for mark in MARK.findall(piece) if mark in traces.marks)
            found.update(word for word in traces.words if word in piece)
            if traces.pictures:
                found.update(_pictures_in(piece, traces.pictures, table))
    return len(found)


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """The file in pieces that overlap, so that nothing hides on a border."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        tail = b""
        while fresh := file.read(PIECE):
            piece = tail + fresh
            yield piece
            tail = piece[-overlap:]


def _keys(data: bytes) -> NDArray[np.integer]:
    """The 24-bit number that begins at each byte of ``data``."""
    values = np.frombuffer(data, np.uint8).astype(np.uint32)
    return values[:-2] << 16 | values[1:-1] << 8 | values[2:]


def _table(patterns: frozenset[bytes]) -> NDArray[np.bool_]:
    """Which 24-bit beginnings any pattern has."""
    table = np.zeros(1 << 24 if patterns else 0, np.bool_)
    for pattern in patterns:
        table[int.from_bytes(pattern[:3])] = True
    return table


def _pictures_in(
    piece: bytes, patterns: frozenset[bytes], table: NDArray[np.bool_]
) -> Iterator[bytes]:
    if len(piece) < PATTERN_LENGTH:
        return
    for start in np.flatnonzero(table[_keys(piece)]):
        candidate = piece[start : start + PATTERN_LENGTH]
        if candidate in patterns:
            yield candidate
