"""An error or a log that shows a value of the library shows no plate."""

from __future__ import annotations

from dataclasses import replace

from custom_components.alpr_gate.alpr.gate.evidence import Look, consensus
from custom_components.alpr_gate.alpr.gate.register import Match
from custom_components.alpr_gate.alpr.gate.tracking import Ghost
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import GateState, Reason
from tests.alpr.gate.kit import LISTED, Paper, plate

NEIGHBOUR = "HB07KXA"


def test_no_value_that_holds_a_plate_shows_it() -> None:
    paper = Paper(vehicles=(Vehicle("v1", "Anna", LISTED), Vehicle("v2", "Ben", NEIGHBOUR)))
    read = plate()
    frame = paper.frame(read)
    look = Look("camera", 1.0, read.text, read.characters, read.detection)
    found = consensus([look, replace(look, at=2.0)])
    opened = paper.proved()
    assert paper.command(opened)
    paper.gate_is(GateState.OPEN)
    visit = paper.attendant._arrivals.visits[0]
    visit.goes_on_as = LISTED
    match = paper.register.find(LISTED, "gate", paper.moment)
    assert isinstance(match, Match)
    assert match.neighbours
    assert (found is not None, visit.proof is not None) == (True, True)
    values = [read, frame, replace(frame.reads, crop=LISTED.encode()), look, found, opened, match]
    values += [visit, visit.looks, visit.proof, Ghost(visit, 1.0), *paper.register.vehicles]
    values += [paper.attendant._case(visit, paper.register, paper.situation, paper.moment)]
    for value in values:
        for text in (LISTED, NEIGHBOUR, "('H', 0.9", "'H': 0.9"):
            assert text not in repr(value), type(value).__name__


def test_nor_does_the_summary_of_a_visit_that_ended() -> None:
    paper = Paper()
    paper.proved()
    for _ in range(4):
        paper.show(wait=1.0)
    (summary,) = paper.attendant.take_ended()
    assert summary.plate == LISTED
    assert LISTED not in repr(summary)
    assert summary.reason is Reason.LISTED
