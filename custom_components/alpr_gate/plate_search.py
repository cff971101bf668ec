"""Searches a folder for plates, in every shape in which one may have been written down.

Nothing is told to anybody but the name of a file: neither the plate nor what stands around it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
import hashlib
import os
from typing import TYPE_CHECKING, Final

from .byte_finder import ByteFinder, pieces_of
from .written_plates import LONGEST_WRITTEN, WrittenPlates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

SHORT_PLATE: Final = 5
"""Plates shorter than this occur by chance in any large file: only their hashes are looked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A plate of one vehicle, or a trace of something destroyed, in one file."""

    path: Path | None
    """None for a text that is no file."""
    vehicle: str | None
    """Id of the vehicle whose plate it is; None for a trace of a destroyed picture."""
    place: str
    """The path below the folder that was searched, without names that tell the plate."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What was looked at and what was found."""

    files: int
    bytes: int
    findings: tuple[Finding, ...]
    unreadable: tuple[Path, ...]
    """Files that could not be read: nothing is known about them."""


def shapes_of(plate: str) -> frozenset[bytes]:
    """The byte strings that betray ``plate`` (normal form) where it is not written in clear.

    Base64 at every alignment, and the hexadecimal MD5, SHA-1 and SHA-256, in both cases.
    """
    shapes = set[bytes]()
    for variant in (plate.encode(), plate.lower().encode()):
        shapes |= _base64_of(variant)
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            digest = algorithm(variant, usedforsecurity=False).hexdigest()
            shapes |= {digest.encode(), digest.upper().encode()}
    return frozenset(shapes)


def _base64_of(data: bytes) -> set[bytes]:
    """The characters of base64 that depend on ``data`` alone, for each of three alignments."""
    found = set[bytes]()
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data)
        first = -(-shift * 8 // 6)
        last = (shift + len(data)) * 8 // 6
        part = encoded[first:last]
        if len(part) > SHORT_PLATE:
            found.add(part)
    return found


class PlateFinder:
    """Looks for the plates of vehicles in every shape, and for traces of what was destroyed."""

    def __init__(
        self,
        plates: Mapping[str, str],
        traces: frozenset[bytes] = frozenset(),
        *,
        after_piece: Callable[[], None] | None = None,
    ) -> None:
        """``plates`` are by vehicle id; ``after_piece`` is called after each piece of a file."""
        self._after_piece = after_piece
        self._owners: dict[bytes, set[str | None]] = {trace: {None} for trace in traces}
        self._vehicles: dict[str, set[str | None]] = {}
        for vehicle, plate in plates.items():
            for shape in shapes_of(plate):
                self._owners.setdefault(shape, set()).add(vehicle)
            if len(plate) >= SHORT_PLATE:
                self._vehicles.setdefault(plate, set()).add(vehicle)
        self._overlap = max([LONGEST_WRITTEN, *map(len, self._owners)]) - 1
        self._shapes = ByteFinder(self._owners.keys())
        self._written = WrittenPlates(self._vehicles)

    def in_bytes(self, data: bytes) -> frozenset[str | None]:
        """Whose plates are in ``data``; None stands for a trace."""
        found = set[str | None]()
        for shape in self._shapes.in_bytes(data):
            found |= self._owners[shape]
        for plate in self._written.in_bytes(data):
            found |= self._vehicles[plate]
        return frozenset(found)

    def in_file(self, path: Path) -> frozenset[str | None]:
        """Whose plates are in a file; nobody's when it does not exist. Raises OSError."""
        found = set[str | None]()
        if not self._owners:
            return frozenset()
        for piece in pieces_of(path, overlap=self._overlap, after_piece=self._after_piece):
            found |= self.in_bytes(piece)
        return frozenset(found)


def search(
    folder: Path,
    plates: Mapping[str, str],
    *,
    traces: frozenset[bytes] = frozenset(),
    texts: Mapping[str, bytes] | None = None,
    leave_out: Iterable[Path] = (),
    after_piece: Callable[[], None] | None = None,
) -> SearchReport:
    """Search every file below ``folder``, and its name, for the plates (by vehicle id).

    ``texts`` are searched too, and found under their names: what could be written but is not yet.
    ``traces`` are bytes of destroyed pictures, to be found nowhere. ``leave_out`` names files and
    folders where plates belong, such as the owner's list. Symbolic links are not followed. Blocks,
    and takes as long as reading every byte does; ``after_piece`` is called after each piece of a
    file and may rest, or raise to end the search.
    """
    finder = PlateFinder(plates, traces, after_piece=after_piece)
    root = folder.absolute()
    files, size = 0, 0
    findings = {
        Finding(None, owner, " ".join(_hidden(word, finder) for word in name.split()))
        for name, text in (texts or {}).items()
        for owner in finder.in_bytes(text)
    }
    unreadable: list[Path] = []
    for path in _files_below(root, {path.absolute() for path in leave_out}):
        place = path.relative_to(root)
        try:
            found = finder.in_file(path) | finder.in_bytes(os.fsencode(place))
            size += path.stat().st_size
        except OSError:
            unreadable.append(path)
            continue
        files += 1
        shown = _without_plates(place, finder) if found else ""
        findings |= {Finding(path, owner, shown) for owner in found}
    ordered = tuple(sorted(findings, key=lambda finding: (finding.place, finding.vehicle or "")))
    return SearchReport(files, size, ordered, tuple(unreadable))


def _without_plates(place: Path, finder: PlateFinder) -> str:
    """The path with "…" in the place of every name that tells a plate."""
    return "/".join(_hidden(name, finder) for name in place.parts)


def _hidden(name: str, finder: PlateFinder) -> str:
    return "…" if finder.in_bytes(os.fsencode(name)) else name


def _files_below(folder: Path, excluded: set[Path]) -> Iterator[Path]:
    for root, folders, names in folder.walk():
        folders[:] = [name for name in folders if root / name not in excluded]
        for name in names:
            path = root / name
            if path not in excluded and path.is_file() and not path.is_symlink():
                yield path
