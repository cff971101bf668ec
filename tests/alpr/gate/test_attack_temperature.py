"""The temperature that the attack measures makes reads as sure as they are right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.alpr_gate.alpr.types import Character, FrameReads
from scripts.attacks.temperature import best_temperature, tempered
from scripts.photo_reads import Photo, PhotoReads
from tests.alpr.gate.kit import Paper, plate

PAPER = Paper()


def read(text: str, probability: float) -> FrameReads:
    return PAPER.frame(plate(text, probability=probability)).reads


def sure(probability: float, name: str = "photo.jpg") -> PhotoReads:
    """Ten looks at "ABCD", of which three take the A for a Y, all equally sure."""
    right = read("ABCD", probability)
    (seen,) = right.plates
    taken: Character = (("Y", probability), ("A", 1 - probability))
    mistake = replace(seen, text="YBCD", characters=(taken, *seen.characters[1:]))
    wrong = replace(right, plates=(mistake,))
    photo = Photo("us", Path(name), "ABCD", (0, 0, 10, 10))
    return PhotoReads(photo, wrong, (wrong,) * 2 + (right,) * 7)


def probabilities(temperature: float) -> list[float]:
    reads = read("AAAA", 0.8)
    (position, *_) = tempered(reads, temperature).plates[0].characters
    return [probability for _, probability in position]


def test_at_temperature_one_reads_stay_as_they_are() -> None:
    assert probabilities(1.0) == pytest.approx([0.8, 0.2])


def test_a_low_temperature_makes_reads_surer_and_a_high_one_less_sure() -> None:
    assert probabilities(0.5)[0] > 0.9
    assert probabilities(2.0)[0] < 0.7


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_probabilities_never_add_up_to_more_than_one(temperature: float) -> None:
    assert sum(probabilities(temperature)) <= 1.0 + 1e-9


def test_reads_that_are_surer_than_right_ask_for_a_higher_temperature() -> None:
    surer = best_temperature([sure(0.999)])
    less_sure = best_temperature([sure(0.7)])
    assert surer > less_sure


def test_a_photograph_with_a_wrong_label_says_nothing() -> None:
    honest = [sure(0.9)]
    disputed = sure(0.999, "wts-lg-000085.jpg")
    assert best_temperature([*honest, disputed]) == best_temperature(honest)
