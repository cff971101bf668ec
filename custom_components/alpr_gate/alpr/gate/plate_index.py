"""Finds the entries of a list that have a plate, or one close to it, whatever the list's length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from .plate import glyph_key, is_neighbour, misread_key
from .vehicle import Vehicle


class PlateIndex:
    """Entries by plate, and plates by what close ones have in common.

    Its values are tuples that are replaced, never changed, so that a copy shares them: copying two
    dictionaries costs far less than working their keys out again.
    """

    __slots__ = ("_by_plate", "_close")

    def __init__(self) -> None:
        self._by_plate: dict[str, tuple[Vehicle, ...]] = {}
        self._close: dict[str, tuple[str, ...]] = {}

    def copy(self) -> Self:
        """Another index of the same entries."""
        other = type(self)()
        other._by_plate = self._by_plate.copy()  # noqa: SLF001 - one of its own kind
        other._close = self._close.copy()  # noqa: SLF001
        return other

    def same(self, key: str) -> tuple[Vehicle, ...]:
        """The entries with this glyph key, in the order in which they were added."""
        return self._by_plate.get(key, ())

    def near(self, key: str) -> tuple[str, ...]:
        """Glyph keys that are neighbours of ``key``, sorted; never its own."""
        candidates = {other for index in _close_keys(key) for other in self._close.get(index, ())}
        return tuple(sorted(other for other in candidates if is_neighbour(key, other)))

    def add(self, vehicle: Vehicle) -> None:
        """Take in an entry; among those with its plate it is the last."""
        key = glyph_key(vehicle.plate)
        known = self.same(key)
        self._by_plate[key] = (*known, vehicle)
        if not known:
            for index in _close_keys(key):
                self._close[index] = (*self._close.get(index, ()), key)

    def replace(self, before: Vehicle, after: Vehicle) -> None:
        """Put an entry with the same plate in the place of another."""
        key = glyph_key(before.plate)
        self._by_plate[key] = tuple(
            after if vehicle is before else vehicle for vehicle in self._by_plate[key]
        )

    def remove(self, vehicle: Vehicle) -> None:
        """Forget an entry that is in it."""
        key = glyph_key(vehicle.plate)
        others = tuple(other for other in self._by_plate[key] if other is not vehicle)
        if others:
            self._by_plate[key] = others
            return
        del self._by_plate[key]
        for index in _close_keys(key):
            rest = tuple(other for other in self._close[index] if other != key)
            if rest:
                self._close[index] = rest
            else:
                del self._close[index]

    def sort(self, key: str, order: Iterator[str]) -> None:
        """Bring the entries with this glyph key into the order of all ids."""
        entries = {vehicle.id: vehicle for vehicle in self._by_plate[key]}
        self._by_plate[key] = tuple(entries[each] for each in order if each in entries)


def _close_keys(key: str) -> set[str]:
    """Index entries that two plates share when they are one edit or one likely misread apart.

    Deleting one character of each makes any two strings one edit apart meet (Garbe, SymSpell,
    2012); the misread key, marked so that it meets only its own kind, does the same for confusable
    glyphs.
    """
    deletions = {key[:place] + key[place + 1 :] for place in range(len(key))}
    return {key, f"~{misread_key(key)}"} | deletions
