"""The text of a plate: its normal form, what is printed alike, and what is easily mistaken.

Plates are compared in one form only: A to Z and 0 to 9, upper case, without separators. Two
glyphs are *printed alike* when many countries print the same shape for both: O with 0, and I with
1. Those count as equal everywhere. No other pair ever does: a misread that merely looks likely is
a *neighbour*, and a neighbour never opens a gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
import string
import unicodedata

ALPHABET = string.digits + string.ascii_uppercase
"""Every character a plate can have in its normal form."""

SHORTEST = 2
"""Fewest characters of a plate that the list accepts."""

LONGEST = 10
"""Most characters of a plate that the list accepts."""

CONFUSABLE = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "7T")
"""Glyphs that readers and people mistake for one another, by class."""

_SEPARATORS = frozenset(
    " \t\u00a0\u2007\u2009\u202f"  # spaces
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # hyphens, dashes, minus
    ".\u00b7\u2022\u2219\u30fb:/"  # dots, colon, slash
)
_WILDCARDS = frozenset("*?%_#[](){}|+^$\\~<>=!&@,;")
_ALIKE = str.maketrans("OI", "01")
_MISREAD = str.maketrans({glyph: kind[0] for kind in CONFUSABLE for glyph in kind})

# Letters of other scripts and variants of Latin letters that look like A-Z or 0-9 on a screen, from
# the Unicode security data (UTS 39, confusables.txt), reduced to what could be typed by mistake.
_LOOKALIKES = frozenset(
    "АВЕЅЗІЈКМНОРСТУХҮԚԜЬаеѕіјорсухүԛԝһкмнтв"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ"  # Greek
    "ՕՍԼօսցհո"  # Armenian
    "ıſȷɑɡɩʟʏ"  # Latin letters that are not A to Z
)


class PlateProblem(StrEnum):
    """Why a typed plate is not taken into the list."""

    EMPTY = "empty"
    WILDCARD = "wildcard"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    HOMOGLYPH = "homoglyph"
    """A character that only looks like A-Z or 0-9."""
    MIXED_SCRIPT = "mixed_script"
    """Letters of two scripts in one plate."""
    UNSUPPORTED_CHARACTER = "unsupported_character"


class PlateRefused(ValueError):  # noqa: N818 - a refusal, said to a person
    """A typed plate that is not taken; ``problem`` says why. Its text is not in the message."""

    def __init__(self, problem: PlateProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def normal_form(text: str) -> str:
    """The plate as it is listed and compared: A-Z and 0-9, upper case, no separators.

    Spaces, hyphens, dots between characters, colons and slashes are separators and are dropped.
    What could be meant as a pattern is refused rather than dropped: a list entry names one plate.

    Raises:
        PlateRefused: the text is not exactly one plate; ``problem`` says why.
    """
    stripped = text.strip()
    if not stripped:
        raise PlateRefused(PlateProblem.EMPTY)
    # "ABC..." and ".BC123" are how people write "anything": a dot separates only inside.
    if (
        any(character in _WILDCARDS for character in stripped)
        or ".." in stripped
        or "\u2026" in stripped
    ):
        raise PlateRefused(PlateProblem.WILDCARD)
    if stripped[0] == "." or stripped[-1] == ".":
        raise PlateRefused(PlateProblem.WILDCARD)
    kept = [character for character in stripped if character not in _SEPARATORS]
    if not kept:
        raise PlateRefused(PlateProblem.EMPTY)
    foreign = [character for character in kept if not _is_plain(character)]
    if foreign:
        raise PlateRefused(_foreign_problem(kept, foreign))
    if len(kept) < SHORTEST:
        raise PlateRefused(PlateProblem.TOO_SHORT)
    if len(kept) > LONGEST:
        raise PlateRefused(PlateProblem.TOO_LONG)
    return "".join(kept).upper()


def glyph_key(plate: str) -> str:
    """The plate with glyphs that are printed alike made one: O as 0, I as 1."""
    return plate.translate(_ALIKE)


def misread_key(plate: str) -> str:
    """The plate with every confusable class made one: equal keys are a likely misread apart."""
    return plate.translate(_MISREAD)


def printed_alike(first: str, second: str) -> bool:
    """Whether both plates, in normal form, are the same once O counts as 0 and I as 1."""
    return glyph_key(first) == glyph_key(second)


def one_edit_apart(first: str, second: str) -> bool:
    """Whether the Levenshtein distance is 1: one character substituted, missing or added."""
    shorter, longer = sorted((first, second), key=len)
    if len(longer) - len(shorter) > 1 or shorter == longer:
        return False
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    if len(shorter) == len(longer):
        return shorter[start + 1 :] == longer[start + 1 :]
    return shorter[start:] == longer[start + 1 :]


def is_alike(first: str, second: str) -> bool:
    """Whether one of two plates may be a misread of the other: printed alike, or neighbours."""
    a, b = glyph_key(first), glyph_key(second)
    return misread_key(a) == misread_key(b) or one_edit_apart(a, b)


def is_neighbour(first: str, second: str) -> bool:
    """Whether two plates are one character or one likely misread apart, and not printed alike."""
    return glyph_key(first) != glyph_key(second) and is_alike(first, second)


def neighbours(plate: str) -> Iterator[str]:
    """Every plate one substitution, deletion or insertion away, and every confusable variant.

    None of them is printed alike with ``plate``; the same text may come more than once.
    """
    for candidate in _one_edit(plate):
        if not printed_alike(candidate, plate):
            yield candidate
    for candidate in _misreads(plate):
        if not printed_alike(candidate, plate):
            yield candidate


def _one_edit(plate: str) -> Iterator[str]:
    for place in range(len(plate) + 1):
        before, after = plate[:place], plate[place:]
        for character in ALPHABET:
            yield before + character + after
            if after:
                yield before + character + after[1:]
        if after and len(plate) > 1:
            yield before + after[1:]


def _misreads(plate: str) -> Iterator[str]:
    """Every way to read each character as any of its confusable class."""
    if not plate:
        yield ""
        return
    first = plate[0]
    alike = next((kind for kind in CONFUSABLE if first in kind), first)
    for rest in _misreads(plate[1:]):
        for character in alike:
            yield character + rest


def _is_plain(character: str) -> bool:
    return character in string.ascii_letters or character in string.digits


def _foreign_problem(kept: list[str], foreign: list[str]) -> PlateProblem:
    """Name what is wrong with characters outside A-Z and 0-9, the most telling first."""
    lookalike = any(
        character in _LOOKALIKES or _is_plain(unicodedata.normalize("NFKC", character)[:1] or " ")
        for character in foreign
    )
    letters = [character for character in kept if character.isalpha()]
    other_script = [c for c in letters if not unicodedata.name(c, "").startswith("LATIN")]
    if other_script and len(other_script) < len(letters):
        return PlateProblem.MIXED_SCRIPT
    if lookalike:
        return PlateProblem.HOMOGLYPH
    return PlateProblem.UNSUPPORTED_CHARACTER
