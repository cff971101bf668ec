"""Frames, both clocks, restarts, gate states, list edits, passes and second factors in any order.

The invariants of a gate that opens on proof, hunted by a machine. Ages are measured on the test's
own monotonic clock, so that a jump of the wall clock that made an old look fresh would be noticed.
``HYPOTHESIS_PROFILE=nightly`` runs 10,000 examples.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import settings
from hypothesis.stateful import invariant, precondition, rule
import hypothesis.strategies as st

from custom_components.alpr_gate.alpr.gate.decision import Decision
from custom_components.alpr_gate.alpr.gate.gate_memory import UNMOVED_SECONDS
from custom_components.alpr_gate.alpr.gate.plate import glyph_key
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.tracking import PASSAGE_SECONDS
from custom_components.alpr_gate.alpr.gate.vehicle import (
    Vehicle,
    vehicle_from_json,
    vehicle_to_json,
)
from custom_components.alpr_gate.alpr.types import Frame, GateState, Movement, Verdict
from tests.alpr.gate.kit import LISTED, plate
from tests.alpr.gate.list_machine import (
    DOUBT_SECONDS,
    GUESTS,
    INSTANTS,
    SETTINGS_OF_CLOCKS,
    TEXTS,
    Guest,
    ListMachine,
)
from tests.alpr.gate.watched_paper import WatchedPaper

PLACES = st.sampled_from((200.0, 600.0, 1000.0))
WIDTHS = st.sampled_from((30.0, 60.0, 100.0, 104.0, 110.0, 140.0))
SURE = st.sampled_from((0.4, 0.85, 0.97, 0.999))


class GateMachine(ListMachine):
    """Whatever happens, the door opens on proof alone."""

    def __init__(self) -> None:
        """Begin before a closed, clear gate with one listed vehicle."""
        super().__init__()
        settings = GateSettings(toggle_opener=True, settle_seconds=1.0)
        self.make(WatchedPaper(settings, (Vehicle("v1", "Anna", LISTED),)))

    def make(self, paper: WatchedPaper) -> None:
        """Stand before a gate that was just set up."""
        self.begin(paper)
        self.began = self.paper.now
        """Nothing before it may count."""
        self.shown: list[tuple[Frame, str, bytes]] = []
        self.commands: dict[str, int] = {}
        self.newest: dict[str, tuple[Frame, set[str]]] = {}
        """The last picture of each camera, and what it shows."""
        self.opened: list[tuple[str, set[str], float]] = []
        """What was commanded: the plate, the cameras that saw it until then, and when."""
        self.has_moved = True
        """The gate was seen to move since the last command."""
        self.confirmed: list[float] = []

    # ---- what happens

    @rule(
        text=st.sampled_from(TEXTS),
        x=PLACES,
        width=WIDTHS,
        sure=SURE,
        wait=st.sampled_from((0.05, 0.25, 0.25, 1.0, 6.0)),
        camera=st.sampled_from(("front", "front", "side")),
    )
    def a_car_is_seen(
        self, text: str, x: float, width: float, sure: float, wait: float, camera: str
    ) -> None:
        self.paper.wait(wait)
        self.take(self.paper.frame(plate(text, x=x, width=width, probability=sure), camera=camera))

    @rule(text=st.sampled_from(TEXTS), x=PLACES, looks=st.integers(2, 5), calm=st.booleans())
    def a_car_comes(self, text: str, x: float, looks: int, calm: bool) -> None:
        """After a trigger, perhaps to a gate that is ready for it."""
        if calm:
            self.paper.gate_is(GateState.CLOSED)
            self.paper.situation = replace(self.paper.situation, automatic=True)
        self.paper.trigger()
        for look in range(looks):
            self.paper.wait(0.25)
            self.take(self.paper.frame(plate(text, x=x, width=90.0 + 6 * look), camera="front"))

    @rule(guest=GUESTS, wall=st.none() | INSTANTS, x=PLACES, looks=st.integers(2, 5))
    def a_guest_comes(self, guest: Guest, wall: datetime | None, x: float, looks: int) -> None:
        """Alone, to a gate that is ready, perhaps just when what the clock shows matters."""
        self.the_street_empties("front")
        if wall is not None:
            self.the_clock_is_set(wall, DOUBT_SECONDS + 1.0)
        self.put(guest.from_now(self.wall))
        self.a_car_comes(guest.plate, x, looks, calm=True)

    @rule(camera=st.sampled_from(("front", "side")))
    def the_street_empties(self, camera: str) -> None:
        for _ in range(4):
            self.paper.wait(1.0)
            self.take(self.paper.frame(camera=camera))

    @rule(camera=st.sampled_from(("front", "side")), wait=st.sampled_from((0.25, 1.0)))
    def nothing_is_seen(self, camera: str, wait: float) -> None:
        self.paper.wait(wait)
        self.take(self.paper.frame(camera=camera))

    @rule(x=PLACES, width=WIDTHS)
    def two_cars_are_seen(self, x: float, width: float) -> None:
        self.paper.wait(0.25)
        other = plate(TEXTS[2], x=x - 150, width=120.0)
        self.take(self.paper.frame(plate(TEXTS[0], x=x, width=width), other))

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def an_old_picture_comes_again(self, data: st.DataObject) -> None:
        frame, _, _ = data.draw(st.sampled_from(self.shown))
        self.paper.wait(0.25)
        again = replace(frame, asked_at=self.paper.now - 0.05, arrived_at=self.paper.now - 0.02)
        decisions = self.paper.observe(again)
        self.note(decisions)
        for decision in decisions:
            assert decision.verdict is not Verdict.OPEN

    @rule()
    def a_trigger_comes(self) -> None:
        self.paper.trigger()

    @rule(seconds=st.sampled_from((0.5, 2.0, 12.0, 70.0, 200.0)))
    def time_passes(self, seconds: float) -> None:
        self.paper.wait(seconds)

    @rule(state=st.sampled_from(GateState), obstructed=st.sampled_from((None, False, True)))
    def the_gate_changes(self, state: GateState, obstructed: bool | None) -> None:
        self.paper.gate_is(state, obstructed=obstructed)
        self.decide_again()
        if state in {GateState.OPEN, GateState.OPENING, GateState.CLOSING, GateState.STOPPED}:
            self.has_moved = True

    @rule()
    def the_gate_is_closed_and_clear(self) -> None:
        self.paper.gate_is(GateState.CLOSED)
        self.decide_again()

    @rule()
    def somebody_confirms(self) -> None:
        self.paper.confirm()
        self.confirmed.append(self.paper.now)
        self.decide_again()

    @rule(automatic=st.booleans())
    def the_switch_is_turned(self, automatic: bool) -> None:
        self.paper.situation = replace(self.paper.situation, automatic=automatic)

    @rule(second_factor=st.booleans(), wall=st.none() | SETTINGS_OF_CLOCKS)
    def the_hub_restarts(self, second_factor: bool, wall: datetime | None) -> None:
        """The list is read from disk, and the wall clock may be another by then."""
        before, paper = self.pending, self.paper
        if wall is not None:
            paper.set_clock(wall)
        self.make(
            WatchedPaper(
                replace(paper.settings, second_factor=second_factor),
                tuple(vehicle_from_json(vehicle_to_json(v)) for v in paper.register.vehicles),
                now=paper.now,
                ahead=paper.ahead,
                zone=paper.zone,
            )
        )
        for decision in before:
            assert self.paper.valid(decision) is not None

    @rule()
    def the_gate_is_reloaded(self) -> None:
        """What confirmed and which pictures were seen is known no more; list and gate stay."""
        register, situation = self.paper.register, self.paper.situation
        self.paper.start()
        self.paper.register = register
        self.paper.situation = replace(situation, confirmations=())
        self.began, self.doubted_until = self.paper.now, float("-inf")
        self.shown, self.newest, self.opened, self.has_moved = [], {}, [], True

    @rule(camera=st.sampled_from(("front", "side")))
    def a_camera_comes_back(self, camera: str) -> None:
        self.paper.attendant.camera_returned(camera)

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def the_door_is_asked_late(self, data: st.DataObject) -> None:
        self.command(data.draw(st.sampled_from(self.pending)))

    # ---- what is checked

    def take(self, frame: Frame) -> None:
        """Show a frame, and try to open with every decision that says so."""
        for read in frame.reads.plates:
            self.shown.append((frame, read.text, frame.digest))
        texts = {glyph_key(read.text) for read in frame.reads.plates}
        self.newest[frame.camera] = frame, texts
        decisions = self.paper.observe(frame)
        assert decisions
        self.note(decisions)
        for decision in decisions:
            self.command(decision)

    def command(self, decision: Decision) -> None:
        """Ask the door, and check everything that must hold when it says yes."""
        if not self.paper.command(decision):
            return
        now, paper = self.paper.now, self.paper
        assert decision.verdict is Verdict.OPEN
        assert paper.situation.gate is GateState.CLOSED, "a toggle is pressed on a closed gate only"
        assert not paper.situation.obstructed
        assert paper.situation.automatic
        assert now < decision.expires_at
        assert decision.made_at >= self.began
        vehicle = self.check_the_list(decision)
        self.commands[decision.visit] = self.commands.get(decision.visit, 0) + 1
        assert self.commands[decision.visit] == 1, "at most one command a visit"
        oldest = max(self.began, decision.made_at - paper.settings.evidence_seconds)
        looks = {
            digest
            for frame, text, digest in self.shown
            if frame.asked_at >= oldest and glyph_key(text) == glyph_key(vehicle.plate)
        }
        assert len(looks) >= paper.settings.looks_needed, "fresh looks of exactly this plate"
        self.check_the_car(decision, glyph_key(vehicle.plate))
        if paper.settings.second_factor:
            near = paper.settings.second_factor_seconds
            assert any(
                at >= self.began and abs(at - decision.made_at) <= 2 * near for at in self.confirmed
            )
        self.decide_again()

    def check_the_car(self, decision: Decision, key: str) -> None:
        """It comes now, and has not come in already."""
        now, settings = self.paper.now, self.paper.settings
        assert any(
            key in texts and now - frame.asked_at <= settings.max_frame_age
            for frame, texts in self.newest.values()
        ), "the newest picture of a camera shows it"
        assert decision.movement is not Movement.LEAVING
        visit = self.paper.attendant._arrivals.find(decision.visit)
        assert visit is not None
        assert not visit.stayed, "a parked car opens nothing"
        cameras = set(visit.track.sightings)
        for plate_before, cameras_before, at in self.opened:
            if plate_before == key and now - at <= PASSAGE_SECONDS:
                assert cameras & cameras_before, "one arrival through several cameras opens once"
        if self.opened:
            assert self.has_moved or now - self.opened[-1][2] >= UNMOVED_SECONDS
        self.opened.append((key, cameras, now))
        self.has_moved = False

    @invariant()
    def memory_is_bounded(self) -> None:
        """However long it goes on."""
        assert len(self.paper.attendant._arrivals.visits) <= 32


TestGateMachine = GateMachine.TestCase
TestGateMachine.settings = settings(settings(), stateful_step_count=40)
