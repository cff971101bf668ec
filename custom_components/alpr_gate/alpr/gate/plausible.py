"""Which of the things read in a picture may be the plate of a car at the gate."""

from __future__ import annotations

import math

from ..types import FrameReads, PlateRead, Reason
from .plate import ALPHABET
from .settings import GateSettings
from .zone import in_zone, is_whole


def picture_problem(reads: FrameReads, settings: GateSettings) -> Reason | None:
    """Why nothing in this picture counts: black, overexposed, or numbers that make no sense."""
    if not settings.darkest <= reads.brightness <= settings.brightest:
        return Reason.UNREADABLE_PICTURE
    return None


def objection(read: PlateRead, size: tuple[int, int], settings: GateSettings) -> Reason | None:
    """Why this plate cannot be a look; None when it can."""
    if not _sane(read):
        return Reason.IMPLAUSIBLE_PLATE
    if not in_zone(read.box, size, settings.zone):
        return Reason.OUTSIDE_ZONE
    if read.detection < settings.detection:
        return Reason.DETECTION_UNSURE
    shape = read.box.width / read.box.height
    plausible = (
        read.box.width >= settings.smallest_plate
        and settings.narrowest_plate <= shape <= settings.widest_plate
        and settings.shortest_text <= len(read.text) <= settings.longest_text
        and is_whole(read.box, size, settings.zone)
    )
    return None if plausible else Reason.IMPLAUSIBLE_PLATE


def _sane(read: PlateRead) -> bool:
    """Whether every number is one, every probability in range, and the text is what was read."""
    box = read.box
    numbers = (box.x1, box.y1, box.x2, box.y2, read.detection)
    if not all(map(math.isfinite, numbers)) or box.width <= 0 or box.height <= 0:
        return False
    best = "".join(position[0][0] if position else "?" for position in read.characters)
    return (
        0.0 <= read.detection <= 1.0
        and best == read.text
        and all(character in ALPHABET for character in read.text)
        and all(
            0.0 <= probability <= 1.0 and (character == "" or character in ALPHABET)
            for position in read.characters
            for character, probability in position
        )
    )
