"""docs/decisions.md says what the code does."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from custom_components.alpr_gate.alpr.gate import arrivals, evidence, track, tracking, visit, zone
from custom_components.alpr_gate.alpr.gate.freshness import DIGESTS_KEPT
from custom_components.alpr_gate.alpr.gate.movement import (
    GROWN,
    MOVED_GROWTH,
    MOVED_SHIFT,
    STILL_SECONDS,
)
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.types import Reason, Verdict

DOCUMENT = (Path(__file__).parents[3] / "docs" / "decisions.md").read_text(encoding="utf-8")
PROSE = " ".join(DOCUMENT.split())
ROWS = {
    cells[0].strip("`"): cells
    for line in DOCUMENT.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}


def _said(value: object) -> str:
    if value == ():
        return "everywhere"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


@pytest.mark.parametrize("name", [field.name for field in fields(GateSettings)])
def test_every_setting_is_explained_with_its_default_and_what_changing_it_costs(name: str) -> None:
    cells = ROWS[name]
    default = _said(getattr(GateSettings(), name))
    assert cells[1].split(" (")[0] == default
    assert len(cells) == 6
    assert all(cells)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_says_what_it_means_and_what_to_do(reason: Reason) -> None:
    cells = ROWS[reason.value]
    assert len(cells) == 3
    assert all(cells)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_named(verdict: Verdict) -> None:
    assert ROWS[verdict.value][1]


def test_the_document_names_nothing_that_is_gone() -> None:
    known = {field.name for field in fields(GateSettings)} | set(Reason) | set(Verdict)
    assert set(ROWS) == known


@pytest.mark.parametrize(
    "said",
    [
        f"last {DIGESTS_KEPT} of this camera",
        f"{zone.EDGE:.0%}".replace("%", " % of its width away from the picture's edge"),
        f"at most {tracking.REACH} of its width away",
        f"{tracking.SPEED:g} widths a second",
        f"never over {tracking.FARTHEST:g};",
        f"at most {tracking.GROWTH} times",
        f"never over {tracking.MOST_GROWTH:g}.",
        f"weakest character {visit.SURE}",
        f"stood for {track.PARKED_SECONDS:g} seconds is parked",
        f"grows {GROWN} times",
        f"neither for {STILL_SECONDS} seconds",
        f"1 / (1 + (n - 1) × {evidence.CORRELATION})",
        f"more than {1 - evidence.DOUBT}, or less than {evidence.DOUBT}",
        f"for {tracking.GHOST_SECONDS:g} seconds a plate",
        f"its middle within {MOVED_SHIFT} of its width, at most {MOVED_GROWTH} times",
        f"{arrivals.UNSEEN_SECONDS:g} seconds in which no camera shows the car",
        f"and {arrivals.MOST_GHOSTS} ghosts",
        f"(overlap {tracking.SAME_PLACE})",
    ],
)
def test_the_numbers_in_the_text_are_those_of_the_code(said: str) -> None:
    assert said in PROSE
