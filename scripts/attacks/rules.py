"""When others would open: the default rules of two projects that people use for gates.

Both look at the reads that this project's recogniser gives them, frame by frame, and open with the
first that passes. What they do besides (Frigate makes a group's most confident text stand for all)
is left out: it does not concern whether a wrong character is let through.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
import re
from statistics import fmean

from custom_components.alpr_gate.alpr.gate.plate import one_edit_apart
from custom_components.alpr_gate.alpr.types import FrameReads, PlateRead

FRIGATE_CONFIDENCE = 0.9
"""``lpr.recognition_threshold``: least mean probability of the characters."""
FRIGATE_SHORTEST = 4
"""``lpr.min_plate_length``."""
LICENSE_PLATE_CONTROL_SIMILARITY = 0.80
LICENSE_PLATE_CONTROL_CONFIDENCE = 0.3


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as both projects see it."""

    plates: frozenset[str]
    stripped: frozenset[str]
    """Without the E or H at the end that LicensePlateControl does not compare."""

    @classmethod
    def of(cls, plates: Collection[str]) -> Listed:
        """These plates, in normal form."""
        return cls(frozenset(plates), frozenset(map(_stripped, plates)))


def frigate_opens(reads: FrameReads, listed: Listed) -> bool:
    """Frigate 0.16: the whole text, or Levenshtein distance 1 (``match_distance``), is known.

    Its entries are regular expressions, which lets still more through; plates alone are not.
    """
    return any(_frigate_knows(read, listed) for read in reads.plates)


def license_plate_control_opens(reads: FrameReads, listed: Listed) -> bool:
    """LicensePlateControl: 1 - Levenshtein distance / the longer length is at least 0.80.

    Of several plates in a picture it takes the one of the greatest confidence.
    """
    best = max(reads.plates, key=_mean, default=None)
    if best is None or _mean(best) <= LICENSE_PLATE_CONTROL_CONFIDENCE:
        return False
    text = _stripped(best.text)
    return text in listed.stripped or any(_similar(text, plate) for plate in listed.stripped)


def _frigate_knows(read: PlateRead, listed: Listed) -> bool:
    if len(read.text) < FRIGATE_SHORTEST or _mean(read) < FRIGATE_CONFIDENCE:
        return False
    known = listed.plates
    return read.text in known or any(one_edit_apart(read.text, plate) for plate in known)


def _mean(read: PlateRead) -> float:
    letters = read.characters[: len(read.text)]
    return fmean(position[0][1] for position in letters) if letters else 0.0


def _stripped(plate: str) -> str:
    return re.sub("[EH]$", "", plate)


def _similar(first: str, second: str) -> bool:
    longest = max(len(first), len(second))
    if longest == 0 or abs(len(first) - len(second)) > longest / 5 + 1:
        return False
    similarity = 1 - _levenshtein(first, second) / longest
    return similarity >= LICENSE_PLATE_CONTROL_SIMILARITY


def _levenshtein(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        diagonal, row[0] = row[0], at
        for place, other in enumerate(second, 1):
            replaced = diagonal + (letter != other)
            diagonal = row[place]
            row[place] = min(row[place] + 1, row[place - 1] + 1, replaced)
    return row[-1]
