"""Whether reads should be believed more or less than they say of themselves.

Temperature scaling (Guo et al., "On calibration of modern neural networks", 2017): every
probability to the power of 1 / temperature, made to add up to 1 again. Below 1 a recogniser is
believed more than it says, above 1 less. What fits best is the temperature at which the evidence
that the gate adds up gives the printed characters the highest likelihood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from custom_components.alpr_gate.alpr.gate.evidence import CLASSES, Look
from custom_components.alpr_gate.alpr.gate.plate import glyph_key, normal_form
from custom_components.alpr_gate.alpr.types import Character, FrameReads, PlateRead
from scripts.attacks.reliability import widest
from scripts.attacks.report import APPROACHES
from scripts.attacks.trial import trial
from scripts.photo_reads import PhotoReads
from scripts.photo_remarks import LABELLED_WRONGLY

TRIED = tuple(float(each) for each in np.round(np.arange(0.5, 2.01, 0.05), 2))


def measured(reads: Sequence[PhotoReads]) -> dict[str, Any]:
    """The temperature that fits best, and what the gate would do with reads of that temperature."""
    best = best_temperature(reads)
    trials = [trial(_photo_tempered(each, best)) for each in reads]
    opened = {kind: sum(getattr(each, kind).default for each in trials) for kind in APPROACHES}
    return {"best": best, "opened": opened}


def best_temperature(reads: Sequence[PhotoReads]) -> float:
    """Of ``TRIED`` the one with the highest likelihood of what is printed on the plates."""
    seen = [(plate, truth) for each in reads for plate, truth in _with_truth(each)]

    def fit(temperature: float) -> float:
        return sum(_log_likelihood(_plate_tempered(plate, temperature), it) for plate, it in seen)

    return max(TRIED, key=fit)


def tempered(frame: FrameReads, temperature: float) -> FrameReads:
    """The same reads, believed more or less."""
    plates = tuple(_plate_tempered(plate, temperature) for plate in frame.plates)
    return replace(frame, plates=plates)


def _plate_tempered(plate: PlateRead, temperature: float) -> PlateRead:
    characters = tuple(_scaled(each, temperature) for each in plate.characters)
    return replace(plate, characters=characters)


def _photo_tempered(reads: PhotoReads, temperature: float) -> PhotoReads:
    return replace(
        reads,
        single=tempered(reads.single, temperature),
        approach=tuple(tempered(frame, temperature) for frame in reads.approach),
    )


def _scaled(position: Character, temperature: float) -> Character:
    """A position's probabilities at a temperature; what none of them has is scaled alike."""
    rest = max(0.0, 1.0 - sum(probability for _, probability in position))
    others = max(1, len(CLASSES) - len(position))
    powers = [probability ** (1 / temperature) for _, probability in position]
    whole = sum(powers) + others * (rest / others) ** (1 / temperature)
    return tuple(
        (letter, power / whole) for (letter, _), power in zip(position, powers, strict=True)
    )


def _with_truth(reads: PhotoReads) -> Iterator[tuple[PlateRead, str]]:
    """Plates of as many characters as are printed; others cannot be compared by position."""
    if reads.photo.path.name in LABELLED_WRONGLY:
        return
    truth = glyph_key(normal_form(reads.photo.plate))
    for frame in (reads.single, *reads.approach):
        plate = widest(frame)
        if plate is not None and len(plate.text) == len(truth):
            yield plate, truth


def _log_likelihood(plate: PlateRead, truth: str) -> float:
    look = Look("", 0.0, plate.text, plate.characters, plate.detection)
    total = 0.0
    for place, opinion in enumerate(look.opinions):
        printed = truth[place] if place < len(truth) else ""
        # Opinions are not made to add up to 1 before they are pooled.
        total += opinion[CLASSES.index(printed)] - float(np.logaddexp.reduce(opinion))
    return total
