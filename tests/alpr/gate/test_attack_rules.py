"""The rules of others that the attack compares with are the ones they use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.attacks.rules import Listed, frigate_opens, license_plate_control_opens
from tests.alpr.gate.kit import Paper, plate

LISTED = Listed.of({"AB123CD"})
PAPER = Paper()


@pytest.mark.parametrize(
    ("text", "sure", "opens"),
    [
        ("AB123CD", 0.95, True),
        ("AB123CD", 0.89, False),
        ("AB123C", 0.95, True),
        ("AB123CE", 0.95, True),
        ("AB123CDE", 0.95, True),
        ("AB124CE", 0.95, False),
        ("AB1", 0.95, False),
    ],
)
def test_frigate_opens_one_edit_away(text: str, sure: float, *, opens: bool) -> None:
    reads = PAPER.frame(plate(text, probability=sure)).reads
    assert frigate_opens(reads, LISTED) is opens


@pytest.mark.parametrize(
    ("text", "sure", "opens"),
    [
        ("AB123CD", 0.5, True),
        ("AB123CD", 0.3, False),
        ("AB123CE", 0.5, True),
        ("AB123XX", 0.5, False),
        ("AB123CDH", 0.5, True),
        ("AB12CD", 0.5, True),
        ("B123C", 0.5, False),
    ],
)
def test_license_plate_control_opens_four_fifths_alike(
    text: str, sure: float, *, opens: bool
) -> None:
    reads = PAPER.frame(plate(text, probability=sure)).reads
    assert license_plate_control_opens(reads, LISTED) is opens


def test_without_a_plate_nobody_opens() -> None:
    reads = PAPER.frame().reads
    assert not frigate_opens(reads, LISTED)
    assert not license_plate_control_opens(reads, LISTED)
    nothing = replace(plate("AB123CD"), characters=())
    assert not frigate_opens(PAPER.frame(nothing).reads, LISTED)
