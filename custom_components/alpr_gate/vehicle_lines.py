"""Text with one vehicle a line, as it is typed or pasted from a table, taken apart.

A line is ``name; plate; household``; the household may be left out. Instead of the semicolon there
may be a comma or a tab, and a part may stand in double quotes. Nothing here knows the list.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Final

from .alpr.gate.plate import PlateRefused, normal_form

_BETWEEN_LINES: Final = re.compile(r"\r\n|\r|\n")
_BETWEEN_PARTS: Final = ("\t", ";", ",")
_FEWEST_PARTS: Final = 2
_MOST_PARTS: Final = 3
_LONGEST_LINE: Final = 1000
"""No longer text is of use, and there is a length that the reader of tables does not take."""
_HEADINGS: Final = frozenset(
    {"plate", "plates", "licence plate", "license plate", "number plate", "registration"}
)
"""What stands above a column of plates. Some of these words could be plates themselves."""


class LineProblem(StrEnum):
    """Why a line names no vehicle."""

    TOO_LONG = "line_too_long"
    NO_PLATE = "line_no_plate"
    """It has only one part."""
    TOO_MANY_PARTS = "line_too_many_parts"
    OTHER_ORDER = "line_other_order"
    """What stands in the place of the plate has no digit, and another part is one with digits."""


@dataclass(frozen=True, slots=True)
class VehicleLine:
    """What one line says; what is said of plates in `alpr/gate/plate.py` is not checked yet."""

    number: int
    """Counted from 1, empty lines included."""
    name: str = field(repr=False)
    plate: str = field(repr=False)
    household: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line that names no vehicle."""

    number: int
    name: str = field(repr=False)
    """Its first part, which may be something else than a name, and empty; of one that is too long
    its beginning."""
    problem: LineProblem


def lines_of(text: str) -> list[VehicleLine | FaultyLine]:
    """What each line says, in order; empty lines and a heading above the others say nothing."""
    numbered = enumerate(_BETWEEN_LINES.split(text.removeprefix("\ufeff")), 1)
    split = [(number, _parts(line.strip(" "))) for number, line in numbered]
    said = [(number, parts) for number, parts in split if parts]
    if said and _is_heading(said[0][1]):
        del said[0]
    return [_line(number, parts) for number, parts in said]


def _parts(line: str) -> list[str]:
    """The parts of a line without empty ones at its end; none where it is empty.

    One that is too long stays in one part: cut off, it could name another plate.
    """
    if len(line) > _LONGEST_LINE:
        return [line]
    parts = [line.strip()]
    for mark in _BETWEEN_PARTS:
        if mark in line:
            parts = [part.strip() for part in _read(line, mark)]
        if len(parts) > 1:
            break
    while parts and not parts[-1]:
        del parts[-1]
    return parts


def _read(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])


def _is_heading(parts: list[str]) -> bool:
    return len(parts) >= _FEWEST_PARTS and parts[1].casefold() in _HEADINGS


def _line(number: int, parts: list[str]) -> VehicleLine | FaultyLine:
    if len(parts[0]) > _LONGEST_LINE:
        return FaultyLine(number, parts[0][:_LONGEST_LINE], LineProblem.TOO_LONG)
    if len(parts) < _FEWEST_PARTS:
        return FaultyLine(number, parts[0], LineProblem.NO_PLATE)
    if len(parts) > _MOST_PARTS:
        return FaultyLine(number, parts[0], LineProblem.TOO_MANY_PARTS)
    name, plate, *others = parts
    if not has_digit(plate) and any(_is_mixed_plate(part) for part in (name, *others)):
        return FaultyLine(number, name, LineProblem.OTHER_ORDER)
    return VehicleLine(number, name, plate, *others)


def has_digit(plate: str) -> bool:
    """Whether there is a digit in it: in nearly every plate there is."""
    return any(character.isdigit() for character in plate)


def _is_mixed_plate(text: str) -> bool:
    """Whether this could be a plate, of letters and digits."""
    try:
        plate = normal_form(text)
    except PlateRefused:
        return False
    return has_digit(plate) and not plate.isdigit()
