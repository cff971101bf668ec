"""Finds plates as people write them: spaced in any way, in capitals or small letters, O for 0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from .alpr.gate.plate import LONGEST, glyph_key
from .byte_finder import ByteFinder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_WRITTEN: Final = 2 * LONGEST - 1
"""Bytes of the longest plate, letter by letter."""
_SEPARATORS: Final = b" -._"
"""The last one stands for a blank in the ids that Home Assistant makes of names."""
_IS_KEPT: Final = ~np.isin(np.arange(256), list(_SEPARATORS))
_AS_KEY: Final = bytes(range(256)).upper().translate(bytes.maketrans(b"OI", b"01"))
_BETWEEN: Final = re.compile(rb"[ ._-]")
_MOST_GROUPS: Final = 3


class WrittenPlates:
    """Looks for plates in data whose separators are left out and whose letters are made alike.

    So two strings a plate are enough, where writing out every way to space it would take hundreds.
    What is found is looked at once more as it stands, because without its separators and its case
    much that is no plate looks like one.
    """

    def __init__(self, plates: Iterable[str]) -> None:
        """Look for these, in normal form; raises ValueError when one is too short to be found."""
        self._forward: dict[bytes, set[str]] = {}
        self._backward: dict[bytes, set[str]] = {}
        for plate in plates:
            key = glyph_key(plate).encode()
            self._forward.setdefault(key, set()).add(plate)
            self._backward.setdefault(key[::-1], set()).add(plate)
        self._finder = ByteFinder({*self._forward, *self._backward})

    def in_bytes(self, data: bytes) -> frozenset[str]:
        """Which of the plates are written in ``data``."""
        found = set[str]()
        for key, written in self._candidates(data):
            if _is_one_case(written):
                groups = _BETWEEN.split(written)
                if _are_groups_of_a_plate(written, groups):
                    found |= self._forward.get(key, set())
                if len(groups) == 1:
                    found |= self._backward.get(key, set())
        return frozenset(found)

    def _candidates(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """What was found without separators, and the same as it stands in ``data``."""
        view = data.translate(_AS_KEY, _SEPARATORS)
        hits = self._finder.occurrences(view)
        if not hits:
            return
        places = np.flatnonzero(_IS_KEPT[np.frombuffer(data, np.uint8)])
        for start, key in hits:
            yield key, data[places[start] : places[start + len(key) - 1] + 1]


def _is_one_case(written: bytes) -> bool:
    """In base64 and the like, letters of both cases look like a plate by chance."""
    return written in (written.upper(), written.lower())


def _are_groups_of_a_plate(written: bytes, groups: list[bytes]) -> bool:
    """Whether it is written as plates are: whole, in a few groups, or apart wherever it can be."""
    if not all(groups):
        return False
    if len(groups) > 1 and written.translate(None, _SEPARATORS).isdigit() and b" " not in written:
        # Digits with dots and hyphens are numbers and dates, of which every recorder is full.
        return False
    return len(groups) <= _MOST_GROUPS or all(
        group.isdigit() or group.isalpha() for group in groups
    )
