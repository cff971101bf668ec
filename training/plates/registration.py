"""Registration texts and how they are laid out on a plate.

The format language, one character at a time:

====== ===========================================================
``A``  a letter of the style's alphabet
``9``  a digit
``#``  a letter or a digit
a..z   that very letter; ``0``..``8`` that very digit
blank  a gap between groups
``-``  a printed dash, ``.`` a printed dot, ``*`` an emblem or seal
``/``  the next line
``()`` letters stacked in small one above the other
``<>`` letters in small, beside each other
====== ===========================================================

Small and stacked letters belong to the registration: they are read where they stand, the
upper before the lower.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from training.plates.style import Style

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
ALPHABET = DIGITS + LETTERS
MAX_LENGTH = 10

Rng = np.random.Generator


class Kind(Enum):
    """What one piece of a line is."""

    LETTERS = "letters"
    STACK = "stack"
    SMALL = "small"
    GAP = "gap"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters, a gap (empty text) or a mark (text is its name)."""

    kind: Kind
    text: str = ""


Line = tuple[Piece, ...]


def _is_slot(symbol: str) -> bool:
    return symbol in "A9#" or symbol.islower() or symbol in "012345678"


def slots(form: str) -> str:
    """The format's character slots alone, in reading order."""
    return "".join(symbol for symbol in form if _is_slot(symbol))


def fits(form: str, text: str) -> bool:
    """True if the text could have been made by the format."""
    pattern = slots(form)
    if len(pattern) != len(text):
        return False
    return all(_allowed(symbol, char) for symbol, char in zip(pattern, text, strict=True))


def _allowed(symbol: str, char: str) -> bool:
    if symbol == "A":
        return char in LETTERS
    if symbol == "9":
        return char in DIGITS
    return symbol == "#" or symbol.upper() == char


def _fill(symbol: str, letters: str, rng: Rng) -> str:
    if symbol == "A":
        return str(rng.choice(list(letters)))
    if symbol == "9":
        return str(rng.integers(10))
    if symbol == "#":
        return str(rng.choice(list(letters + DIGITS)))
    return symbol.upper()


def random_text(style: Style, rng: Rng) -> tuple[str, str]:
    """A text as the style issues it, and the format it was made from."""
    form = str(rng.choice(list(style.formats)))
    return "".join(_fill(symbol, style.letters, rng) for symbol in slots(form)), form


def arbitrary_text(rng: Rng, shortest: int = 3, longest: int = 8, *, seldom: int = 10) -> str:
    """A text that follows no format at all; one in five may be up to ``seldom`` characters long."""
    most = max(longest, seldom) if rng.random() < 0.2 else longest
    length = int(rng.integers(shortest, most + 1))
    return "".join(rng.choice(list(ALPHABET), length))


def format_for(style: Style, text: str, rng: Rng) -> str:
    """The style's format that suits the text, or a free layout of the same length."""
    fitting = [form for form in style.formats if fits(form, text)]
    if not fitting:
        fitting = [form for form in style.formats if len(slots(form)) == len(text)]
    if fitting:
        return str(rng.choice(fitting))
    return _free_format(len(text), style.two_line, rng)


def _free_format(length: int, two_line: bool, rng: Rng) -> str:
    if length < 4:
        return "#" * length
    cut = int(rng.integers(2, length - 1))
    joint = "/" if two_line else str(rng.choice(["", " ", "-", "*"]))
    return "#" * cut + joint + "#" * (length - cut)


_PIECES = {" ": Kind.GAP, "-": Kind.MARK, ".": Kind.MARK, "*": Kind.MARK}
_MARK_NAMES = {"-": "dash", ".": "dot", "*": "*"}
_OPEN = {"(": Kind.STACK, "<": Kind.SMALL}


def lay_out(form: str, text: str) -> tuple[Line, ...]:
    """The text cut into lines of pieces. Raises ValueError if the lengths differ."""
    if len(slots(form)) != len(text):
        raise ValueError("the text does not fill the format")
    chars = iter(text)
    lines: list[Line] = []
    pieces: list[Piece] = []
    run, kind = "", Kind.LETTERS
    for symbol in form + "/":
        if _is_slot(symbol):
            run += next(chars)
            continue
        if run:
            pieces.append(Piece(kind, run))
            run = ""
        kind = _OPEN.get(symbol, Kind.LETTERS)
        if symbol in _PIECES:
            pieces.append(Piece(_PIECES[symbol], _MARK_NAMES.get(symbol, "")))
        elif symbol == "/":
            lines.append(tuple(pieces))
            pieces = []
    return tuple(lines)
