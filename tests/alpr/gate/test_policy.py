"""The rules of deciding, one by one: whatever is in doubt keeps the gate shut."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from custom_components.alpr_gate.alpr.gate.evidence import Look, consensus
from custom_components.alpr_gate.alpr.gate.policy import Case, Situation, decide
from custom_components.alpr_gate.alpr.gate.register import Match
from custom_components.alpr_gate.alpr.gate.second_factor import Factor
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.tracking import Ghost
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.gate.visit import Visit
from custom_components.alpr_gate.alpr.types import Box, GateState, Movement, Reason, Verdict
from tests.alpr.gate.kit import LISTED, Paper, characters, plate

PROVED = consensus([Look("camera", float(n), LISTED, characters(LISTED), 0.9) for n in range(3)])
MATCH = Match(Reason.LISTED, Vehicle("v1", "Anna", LISTED))
GOOD = Case(Reason.NO_PLATE, 3, consensus=PROVED, match=MATCH)
CLEAR = Situation(gate=GateState.CLOSED, obstructed=False)
SETTINGS = GateSettings()


def test_a_case_against_which_nothing_speaks_opens() -> None:
    assert decide(GOOD, CLEAR, SETTINGS) == (Verdict.OPEN, Reason.LISTED)


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        ({"consensus": None, "looks": 0}, Verdict.WAIT, Reason.NO_PLATE),
        ({"consensus": None, "looks": 1}, Verdict.WAIT, Reason.NO_PLATE),
        ({"consensus": None, "looks": 2}, Verdict.REFUSE, Reason.LOOKS_DISAGREE),
        (
            {"consensus": None, "looks": 0, "reading": Reason.STALE_FRAME},
            Verdict.REFUSE,
            Reason.STALE_FRAME,
        ),
        ({"match": None}, Verdict.REFUSE, Reason.NOT_LISTED),
        ({"match": Match(Reason.NEAR_MISS, None)}, Verdict.REFUSE, Reason.NEAR_MISS),
        ({"listed_margin": 99.0}, Verdict.WAIT, Reason.MARGIN_TOO_SMALL),
        ({"listed_margin": 100.0}, Verdict.OPEN, Reason.LISTED),
        ({"let_in": True}, Verdict.REFUSE, Reason.ALREADY_OPENED),
        ({"stood_there": True}, Verdict.REFUSE, Reason.STOOD_THERE),
        ({"let_in": True, "stood_there": True}, Verdict.REFUSE, Reason.ALREADY_OPENED),
        ({"nearest": False}, Verdict.WAIT, Reason.SEVERAL_PLATES),
        ({"movement": Movement.LEAVING}, Verdict.REFUSE, Reason.LEAVING),
        ({"may_be_leaving": True}, Verdict.WAIT, Reason.MORE_LOOKS_NEEDED),
        (
            {"may_be_leaving": True, "movement": Movement.APPROACHING},
            Verdict.OPEN,
            Reason.LISTED,
        ),
        ({"factor": Factor.AWAITED}, Verdict.ASK, Reason.SECOND_FACTOR_NEEDED),
        ({"factor": Factor.LATE}, Verdict.REFUSE, Reason.SECOND_FACTOR_MISSING),
        ({"factor": Factor.CONFIRMED}, Verdict.OPEN, Reason.LISTED),
        ({"settling": True}, Verdict.REFUSE, Reason.GATE_MOVING),
        ({"lockout": Reason.GATE_STOPPED}, Verdict.REFUSE, Reason.GATE_STOPPED),
    ],
)
def test_each_doubt_keeps_the_gate_shut_and_has_its_reason(
    change: dict[str, object], verdict: Verdict, reason: Reason
) -> None:
    case = replace(GOOD, **change)  # type: ignore[arg-type]
    assert decide(case, CLEAR, SETTINGS) == (verdict, reason)


@pytest.mark.parametrize(
    ("agreeing", "looks", "ruling"),
    [
        (2, 2, (Verdict.OPEN, Reason.LISTED)),
        (2, 3, (Verdict.WAIT, Reason.MORE_LOOKS_NEEDED)),
        (3, 4, (Verdict.OPEN, Reason.LISTED)),
        (5, 8, (Verdict.OPEN, Reason.LISTED)),
        (4, 8, (Verdict.WAIT, Reason.MORE_LOOKS_NEEDED)),
    ],
)
def test_each_look_that_says_something_else_must_be_outweighed(
    agreeing: int, looks: int, ruling: tuple[Verdict, Reason]
) -> None:
    assert PROVED is not None
    found = replace(PROVED, agreeing=agreeing, looks=looks)
    assert decide(replace(GOOD, consensus=found), CLEAR, SETTINGS) == ruling


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"looks_needed": 4}, Reason.MORE_LOOKS_NEEDED),
        ({"detection": 0.95}, Reason.DETECTION_UNSURE),
        ({"weakest_character": 0.9999}, Reason.CHARACTERS_UNSURE),
        ({"margin": 1e9}, Reason.MARGIN_TOO_SMALL),
    ],
)
def test_each_setting_can_ask_for_more(settings: dict[str, float], reason: Reason) -> None:
    asked = replace(SETTINGS, **settings)  # type: ignore[arg-type]
    assert decide(GOOD, CLEAR, asked) == (Verdict.WAIT, reason)


def test_what_just_reaches_every_limit_is_proof() -> None:
    assert PROVED is not None
    exactly = replace(
        SETTINGS,
        looks_needed=PROVED.net_agreeing,
        agreement=PROVED.agreement,
        detection=PROVED.detection,
        weakest_character=PROVED.weakest,
        margin=PROVED.margin,
        listed_margin=500.0,
    )
    case = replace(GOOD, listed_margin=500.0)
    assert decide(case, CLEAR, exactly) == (Verdict.OPEN, Reason.LISTED)


def test_only_one_combination_of_gate_obstruction_and_switch_opens() -> None:
    opened = []
    for gate, obstructed, automatic in product(GateState, (None, False, True), (False, True)):
        situation = Situation(gate=gate, obstructed=obstructed, automatic=automatic)
        asked = GateSettings(state_named=True, obstruction_named=True)
        if decide(GOOD, situation, asked)[0] is Verdict.OPEN:
            opened.append((gate, obstructed, automatic))
    assert opened == [(GateState.CLOSED, False, True)]


@pytest.mark.parametrize("state", GateState)
def test_a_toggle_is_never_pressed_unless_the_gate_is_known_closed(state: GateState) -> None:
    asked = GateSettings(toggle_opener=True)
    verdict, _ = decide(GOOD, Situation(gate=state, obstructed=False), asked)
    assert (verdict is Verdict.OPEN) is (state is GateState.CLOSED)


@pytest.mark.parametrize(
    ("camera", "text", "x", "seconds", "again"),
    [
        ("front", LISTED, 600, 10, True),
        ("front", "HB07KXA", 600, 10, True),
        ("side", LISTED, 600, 10, False),
        ("front", "QQ11QQQ", 600, 10, False),
        ("front", LISTED, 700, 10, False),
        ("front", LISTED, 600, 121, False),
    ],
)
def test_a_ghost_is_the_same_car_at_the_same_place_for_a_while(
    camera: str, text: str, x: float, seconds: float, again: bool
) -> None:
    visit = Visit("v", 0.0)
    visit.see(Paper().frame(plate(), camera="front"), plate())
    ghost = Ghost(visit, 0.0)
    assert ghost.is_again(camera, plate(text, x=x), seconds) is again


def test_a_box_turned_inside_out_overlaps_nothing() -> None:
    assert Box(10, 10, 0, 0).area == 0.0
    assert Box(0, 0, 10, 10).iou(Box(20, 20, 30, 30)) == 0.0
