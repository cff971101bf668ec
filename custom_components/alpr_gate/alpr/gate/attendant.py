"""The attendant of one gate: remembers who stands before it. Only this has a state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..types import EngineIdentity, Frame, Moment, Reason, Verdict
from .arrivals import Arrivals
from .decision import Decision, Situation
from .evidence import Consensus
from .freshness import CameraFault, Freshness
from .gate_memory import GateMemory
from .plausible import picture_problem
from .policy import Case, decide, reading_in_doubt
from .register import Register
from .second_factor import Factor, FactorMemory, matching, standing
from .settings import GateSettings
from .visit import Visit
from .visit_summary import VisitSummary, summary_of

__all__ = ["Attendant", "CameraFault"]

NEVER = float("-inf")


class Attendant:
    """Turns frames into decisions for one gate.

    Reads no clock and draws no chance: every call brings its own ``now``, which never goes back,
    and ``new_id`` makes the ids of visits and decisions.
    """

    def __init__(
        self,
        gate: str,
        settings: GateSettings,
        new_id: Callable[[], str],
        memory: GateMemory | None = None,
    ) -> None:
        """``memory`` is what an attendant before this one knew of the gate."""
        self.gate = gate
        self.settings = settings
        self.pictured: str | None = None
        """The visit whose car the last frame's picture shows, if any."""
        self._new_id = new_id
        self._freshness = Freshness()
        self._arrivals = Arrivals(new_id)
        self._ended: list[VisitSummary] = []
        self._opening: dict[str, Decision] = {}
        """The last decision to open of each visit."""
        self._factors = FactorMemory()
        self._not_before = NEVER
        self._gate = memory or GateMemory()
        self._engine: EngineIdentity | None = None

    # ---- what is seen from outside

    @property
    def present(self) -> bool:
        """Whether a car is believed in view. While it is, keep sending a frame now and then."""
        return bool(self._arrivals.visits)

    @property
    def expects(self) -> bool:
        """Whether a car in view may still be let in: something that changes concerns it."""
        return any(visit.is_expected for visit in self._arrivals.visits)

    @property
    def locked(self) -> Reason | None:
        """Why the gate is locked out until it is closed and clear again; None when not."""
        return self._gate.lockout

    def plate_of(self, visit: str) -> str | None:
        """What was read of a visit that goes on, for memory only."""
        known = self._arrivals.find(visit)
        return None if known is None else known.plate

    def camera_fault(self, camera: str) -> CameraFault | None:
        """What is wrong with a camera now; None while its pictures are new and fresh."""
        return self._freshness.fault(camera)

    def take_ended(self) -> tuple[VisitSummary, ...]:
        """The visits that ended since the last call."""
        ended, self._ended = tuple(self._ended), []
        return ended

    # ---- what happens

    def start_burst(self, now: Moment) -> None:
        """A trigger came. Frames asked for before it never count as looks.

        Frames observed before the first burst show what stands in view already: those cars do not
        open until they have left. Send one such frame after a start if there may be parked cars.
        """
        self._arrivals.start_burst(now)

    def camera_returned(self, camera: str) -> None:
        """A camera that failed, or was never heard, gives pictures.

        Cars that it shows now may have stood there for long: they do not open until they have left.
        """
        self._arrivals.camera_returned(camera)

    def observe(
        self, frame: Frame, *, register: Register, situation: Situation, now: Moment
    ) -> tuple[Decision, ...]:
        """Take one frame in. Never empty: the visit of the car at the gate comes first.

        A frame that shows nothing usable gives one decision whose visit is "".
        """
        self._gate.watch(situation, self.settings)
        self._arrivals.forget(register, now)
        self._engine = frame.reads.engine
        self.pictured = None
        problem = self._freshness.check(
            frame, not_before=self._not_before, settings=self.settings, now=now.monotonic
        ) or picture_problem(frame.reads, self.settings)
        if problem is not None:
            return (self._of_nobody(problem, register, situation, now),)
        scene = self._arrivals.follow(frame, self.settings, now)
        self.pictured = scene.pictured
        for visit in scene.left:
            self._end(visit)
        if not scene.seen:
            reason = scene.objections[0] if scene.objections else Reason.NO_PLATE
            return (self._of_nobody(reason, register, situation, now),)
        return tuple(self._decide(visit, register, situation, now) for visit in scene.seen)

    def tick(
        self, *, register: Register, situation: Situation, now: Moment
    ) -> tuple[Decision, ...]:
        """Decide again without a new frame: a second factor came or ran out, or the gate changed.

        Only decisions that differ from the visit's last one come back.
        """
        self._gate.watch(situation, self.settings)
        self._arrivals.forget(register, now)
        changed = []
        for visit in self._arrivals.visits:
            before = visit.last
            after = self._decide(visit, register, situation, now)
            if before is None or (after.verdict, after.reason) != (before.verdict, before.reason):
                changed.append(after)
        return tuple(changed)

    def opened(self, visit: str, now: Moment) -> None:
        """The one command of this visit is about to be given: always call it before that."""
        self._gate.commanded(self.settings, now)
        known = self._arrivals.find(visit)
        if known is None:
            return
        known.opened = True
        self._factors.opened(known.proved_as)

    def still_valid(
        self, decision: Decision, *, register: Register, situation: Situation, now: Moment
    ) -> Reason | None:
        """Why a decision to open may no longer be carried out; None when it may.

        Ask immediately before the command, with everything as it is then.
        """
        self._gate.watch(situation, self.settings)
        visit = self._arrivals.find(decision.visit)
        latest = self._opening.get(decision.visit)
        if visit is None or now.monotonic >= decision.expires_at:
            return Reason.DECISION_EXPIRED
        if decision.verdict is not Verdict.OPEN or decision.gate != self.gate:
            return Reason.DECISION_EXPIRED
        if latest is None or latest.made_at < decision.made_at:
            return Reason.DECISION_EXPIRED
        case = self._case(visit, register, situation, now)
        verdict, reason = decide(case, situation, self.settings)
        if verdict is not Verdict.OPEN:
            left = case.vehicle is None
            return Reason.LIST_CHANGED if left and reason in _STRANGER else reason
        if case.vehicle is None or case.vehicle.id != decision.vehicle:
            return Reason.LIST_CHANGED
        touched = register.touched(case.vehicle.id)
        if touched is None or touched > decision.register_revision:
            return Reason.LIST_CHANGED
        return None

    def update_settings(self, settings: GateSettings, now: Moment) -> None:
        """Decide by other settings from now on; what was seen before counts no more."""
        self.settings = settings
        self._not_before = now.monotonic
        for visit in self._arrivals.visits:
            visit.looks.clear()
            visit.proof = visit.proved_at = None
        self._factors.forget_waiting()
        self._opening.clear()

    def _end(self, visit: Visit) -> None:
        told = self._opening.pop(visit.id, None) or visit.last
        if told is not None:
            self._ended.append(summary_of(visit, told, self.gate))

    # ---- deciding

    def _decide(
        self, visit: Visit, register: Register, situation: Situation, now: Moment
    ) -> Decision:
        case = self._case(visit, register, situation, now)
        decision = self._decision(visit, case, register, situation, now)
        visit.last = decision
        if decision.verdict is Verdict.OPEN:
            self._opening[visit.id] = decision
        elif not visit.opened:
            self._opening.pop(visit.id, None)
        return decision

    def _case(self, visit: Visit, register: Register, situation: Situation, now: Moment) -> Case:
        """Gather all that a decision about one visit rests on."""
        found = visit.evidence(self.settings, now.monotonic)
        if found is not None and self._arrivals.was_let_in(visit, found.key):
            visit.goes_on_as = found.key
        case = Case(
            reading=Reason.MORE_LOOKS_NEEDED,
            looks=visit.looks_seen(self.settings, now.monotonic),
            consensus=found,
            movement=visit.track.movement,
            may_be_leaving=visit.track.may_be_leaving(self.settings),
            nearest=self._arrivals.is_nearest(visit)
            and not self._arrivals.is_rivalled(visit, self.settings),
            stood_there=visit.stood_there,
            stayed=visit.stayed,
            stayed_unproved=visit.stayed_unproved,
            seen_now=found is not None
            and visit.is_seen_now(found.key, self.settings, now.monotonic),
            settling=self._gate.is_settling(self.settings, now),
            unmoved=self._gate.is_unmoved(now),
            lockout=self._gate.lockout,
        )
        case = self._with_list(case, register, situation, now)
        self._note_proof(case, visit, now)
        let_in = visit.is_let_in or (
            found is not None and self._arrivals.may_be_inside(visit, found.key)
        )
        return self._with_factor(replace(case, let_in=let_in), visit, situation, now)

    def _with_list(self, case: Case, register: Register, situation: Situation, now: Moment) -> Case:
        found = case.consensus
        if found is None:
            return case
        match = register.find(found.plate, self.gate, now, clock_in_doubt=situation.clock_in_doubt)
        near = match.neighbours
        margin = found.lead_in_one_look(near) if near else None
        return replace(case, match=match, listed_margin=margin)

    def _note_proof(self, case: Case, visit: Visit, now: Moment) -> None:
        """Note the first instant at which the reading was beyond doubt: the second factor's."""
        if case.consensus is None or reading_in_doubt(case, self.settings) is not None:
            return
        if visit.opened and visit.proof is not None:
            return
        if _is_listed_as_another(case, visit):
            visit.goes_on_as = None
        proved_at = visit.proved_at
        if proved_at is None or visit.proof is None or visit.proof.key != case.consensus.key:
            proved_at = now.monotonic
        visit.proof = case.consensus
        visit.proved_at, visit.proved_as = proved_at, None
        if case.vehicle is not None:
            visit.proved_as = case.vehicle.id
            visit.proved_at = self._waits_since(visit, case.vehicle.id, proved_at)

    def _waits_since(self, visit: Visit, vehicle: str, proved_at: float) -> float:
        if visit.is_let_in:
            return proved_at
        return self._factors.waits_since(
            vehicle,
            visit.id,
            proved_at=proved_at,
            seen_at=visit.track.last_seen,
            leaves=visit.track.has_driven_away,
        )

    def _with_factor(self, case: Case, visit: Visit, situation: Situation, now: Moment) -> Case:
        vehicle = case.vehicle
        if vehicle is None or visit.proved_at is None:
            return case
        wanted = vehicle.second_factor
        confirmation = matching(
            situation.confirmations,
            visit.proved_at,
            vehicle=vehicle.id,
            seconds=self.settings.second_factor_seconds,
            not_before=max(self._not_before, self._gate.commanded_at),
            now=now.monotonic,
        )
        factor = standing(
            needed=self.settings.second_factor if wanted is None else wanted,
            confirmation=confirmation,
            proved_at=visit.proved_at,
            seconds=self.settings.second_factor_seconds,
            now=now.monotonic,
        )
        visit.waits = factor in {Factor.AWAITED, Factor.CONFIRMED}
        return replace(case, factor=factor)

    def _decision(
        self, visit: Visit, case: Case, register: Register, situation: Situation, now: Moment
    ) -> Decision:
        verdict, reason = decide(case, situation, self.settings)
        found: Consensus | None = case.consensus
        return Decision(
            verdict=verdict,
            reason=reason,
            gate=self.gate,
            visit=visit.id,
            vehicle=None if case.vehicle is None else case.vehicle.id,
            looks=0 if found is None else found.agreeing,
            looks_seen=case.looks,
            weakest=0.0 if found is None else found.weakest,
            margin=0.0 if found is None else found.margin,
            listed_margin=case.listed_margin,
            detection=0.0 if found is None else found.detection,
            movement=case.movement,
            made_at=now.monotonic,
            expires_at=now.monotonic + self.settings.decision_seconds,
            nonce=self._new_id(),
            register_revision=register.revision,
            settings=self.settings,
            engine=self._engine,
        )

    def _of_nobody(
        self, reason: Reason, register: Register, situation: Situation, now: Moment
    ) -> Decision:
        """What is said of a picture in which nothing counts."""
        nobody = Visit("", now.monotonic)
        case = Case(reading=reason, looks=0)
        return self._decision(nobody, case, register, situation, now)


def _is_listed_as_another(case: Case, visit: Visit) -> bool:
    """Whether it is proved to be a listed car, and not the one that was let in where it stands.

    Two cars of one fleet may differ in one character, and stop at the same place. The margin over
    the other's plate, which is listed too, has been asked for.
    """
    assert case.consensus is not None
    return case.vehicle is not None and visit.goes_on_as not in {None, case.consensus.key}


_STRANGER = frozenset({Reason.NOT_LISTED, Reason.NEAR_MISS})
