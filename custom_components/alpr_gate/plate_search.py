"""Searches a folder for plates, in every shape in which one may have been written down.

Nothing is told to anybody but the name of a file: neither the plate nor what stands around it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
import hashlib
from itertools import pairwise
import os
from typing import TYPE_CHECKING, Final

from .byte_finder import SHORTEST, ByteFinder

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
    """The byte strings that betray ``plate`` (normal form, A-Z and 0-9).

    Plain in both cases, spaced between letters and digits and letter by letter, reversed, in base64
    at every alignment, and the hexadecimal MD5, SHA-1 and SHA-256 of the normal form.
    """
    data = plate.encode()
    plain = {plate, plate.lower(), " ".join(plate), *_grouped(plate), plate[::-1]}
    shapes = {shape.encode() for shape in plain} if len(plate) >= SHORT_PLATE else set[bytes]()
    for variant in (data, data.lower()):
        shapes |= _base64_of(variant)
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            digest = algorithm(variant, usedforsecurity=False).hexdigest()
            shapes |= {digest.encode(), digest.upper().encode()}
    return frozenset(shape for shape in shapes if len(shape) >= SHORTEST)


def _grouped(plate: str) -> Iterator[str]:
    """With a blank, a hyphen or a dot wherever letters change to digits or back."""
    for separator in (" ", "-", "."):
        text = plate[0]
        for before, after in pairwise(plate):
            text += (separator if before.isdigit() != after.isdigit() else "") + after
        yield text
        yield text.lower()


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
    owners: dict[bytes, set[str | None]] = {trace: {None} for trace in traces}
    for vehicle, plate in plates.items():
        for shape in shapes_of(plate):
            owners.setdefault(shape, set()).add(vehicle)
    finder = ByteFinder(owners.keys(), after_piece=after_piece)
    root = folder.absolute()
    files, size = 0, 0
    findings = {
        Finding(None, owner, " ".join(_hidden(word, finder) for word in name.split()))
        for name, text in (texts or {}).items()
        for shape in finder.in_bytes(text)
        for owner in owners[shape]
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
        findings |= {Finding(path, owner, shown) for shape in found for owner in owners[shape]}
    ordered = tuple(sorted(findings, key=lambda finding: (finding.place, finding.vehicle or "")))
    return SearchReport(files, size, ordered, tuple(unreadable))


def _without_plates(place: Path, finder: ByteFinder) -> str:
    """The path with "…" in the place of every name that tells a plate."""
    return "/".join(_hidden(name, finder) for name in place.parts)


def _hidden(name: str, finder: ByteFinder) -> str:
    return "…" if finder.in_bytes(os.fsencode(name)) else name


def _files_below(folder: Path, excluded: set[Path]) -> Iterator[Path]:
    for root, folders, names in folder.walk():
        folders[:] = [name for name in folders if root / name not in excluded]
        for name in names:
            path = root / name
            if path not in excluded and path.is_file() and not path.is_symlink():
                yield path
