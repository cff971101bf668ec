"""The half of the state machine that is about the owner's list and the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
import hypothesis.strategies as st

from custom_components.alpr_gate.alpr.gate.decision import Decision
from custom_components.alpr_gate.alpr.gate.plate import glyph_key
from custom_components.alpr_gate.alpr.gate.schedule import EVERY_DAY, DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from tests.alpr.gate.kit import LISTED, NOON
from tests.alpr.gate.owners_time import is_timed, may_pass_at
from tests.alpr.gate.watched_paper import WatchedPaper

TEXTS = (LISTED, "HB07KXA", "PLM4829", "QQ11QQQ")
IDS = ("v1", "v2")
BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
ZONES = st.sampled_from((BERLIN, BERLIN, LORD_HOWE))
NEVER_SET = datetime(2020, 1, 1, tzinfo=UTC)
THIS_PROGRAM = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock can be right that shows less."""
TURNS = st.sampled_from(
    (
        NOON,
        datetime(2027, 3, 28, 1, tzinfo=UTC),  # Berlin leaves out 02:00 to 03:00
        datetime(2027, 10, 31, 1, tzinfo=UTC),  # and has it twice
        datetime(2027, 10, 2, 15, 30, tzinfo=UTC),  # Lord Howe leaves out 02:00 to 02:30
        datetime(2027, 4, 3, 15, tzinfo=UTC),  # and has 01:30 to 02:00 twice
    )
)
JUMP_SECONDS, DOUBT_SECONDS = 30.0, 600.0
"""A clock that jumped further is not believed for so long."""
INSTANTS = st.builds(
    lambda turn, minutes, seconds: turn + timedelta(minutes=minutes, seconds=seconds),
    TURNS,
    st.sampled_from((0, 0, -30, 30, -60, 60)),
    st.sampled_from((0.0, -0.6, 5.0)),
)
SETTINGS_OF_CLOCKS = st.one_of(INSTANTS, INSTANTS, st.just(NEVER_SET))
DAYS = st.sampled_from((EVERY_DAY, EVERY_DAY, frozenset({6}), frozenset({0})))
TIMES = st.sampled_from((0.0, 1.75, 2.0, 2.5, 3.0, 13.0))


def schedule_of(days: frozenset[int], start: float, end: float) -> Schedule:
    """One window between two hours of the day; all day where they are the same."""
    first, last = (
        time(int(hour), int(hour % 1 * 60)) for hour in ((0, 0) if start == end else (start, end))
    )
    return Schedule((DailyWindow(days, first, last),))


@dataclass(frozen=True, slots=True)
class Guest:
    """A pass that is about to be made."""

    id: str
    plate: str
    uses: int | None
    begins: float | None
    """Seconds from now, as the wall clock says; None for always."""
    ends: float | None
    schedule: Schedule | None

    def from_now(self, wall: datetime) -> Vehicle:
        """The entry, when the wall clock shows this."""
        valid_from, valid_until = (
            None if seconds is None else wall + timedelta(seconds=seconds)
            for seconds in (self.begins, self.ends)
        )
        return Vehicle(
            self.id,
            "guest",
            self.plate,
            schedule=self.schedule,
            valid_from=valid_from,
            valid_until=valid_until,
            uses_left=self.uses,
        )


GUESTS = st.builds(
    Guest,
    id=st.sampled_from(IDS),
    plate=st.sampled_from(TEXTS),
    uses=st.sampled_from((None, None, 0, 1, 2)),
    begins=st.sampled_from((None, None, -60.0, 0.6, 60.0)),
    ends=st.sampled_from((None, None, 3600.0, 60.0, 0.6, -60.0)),
    schedule=st.none() | st.builds(schedule_of, DAYS, TIMES, TIMES),
)


class ListMachine(RuleBasedStateMachine):
    """Vehicles, passes and schedules, and a clock that is set and corrected."""

    paper: WatchedPaper

    def begin(self, paper: WatchedPaper) -> None:
        """Go on with this gate, of whose cars nothing is known."""
        self.paper = paper
        self.pending: list[Decision] = []
        self.made: dict[str, float] = {}
        """When each decision was made, on the monotonic clock."""
        self.left = {vehicle.id: vehicle.uses_left for vehicle in paper.register.vehicles}
        """Openings that each entry should have left; None where they are not counted."""
        self.doubted_until = float("-inf")
        """Monotonic time from which the wall clock may be believed."""

    def note(self, decisions: tuple[Decision, ...]) -> None:
        """Remember decisions, which may be brought to the door now or later."""
        self.pending += decisions
        self.made |= dict.fromkeys((each.nonce for each in decisions), self.paper.now)

    def decide_again(self) -> tuple[Decision, ...]:
        """Something other than a frame changed."""
        decisions = self.paper.tick()
        self.note(decisions)
        return decisions

    # ---- what the owner lists

    @rule(vehicle=st.sampled_from(IDS), text=st.sampled_from(TEXTS), on=st.booleans())
    def a_vehicle_is_listed(self, vehicle: str, text: str, on: bool) -> None:
        self.put(Vehicle(vehicle, "somebody", text, enabled=on))

    @rule(guest=GUESTS)
    def a_pass_is_made(self, guest: Guest) -> None:
        self.put(guest.from_now(self.wall))

    def put(self, entry: Vehicle) -> None:
        """List an entry."""
        self.paper.register = self.paper.register.with_vehicle(entry)
        self.left[entry.id] = entry.uses_left
        self.decide_again()

    @rule(vehicle=st.sampled_from(IDS))
    def a_vehicle_is_removed(self, vehicle: str) -> None:
        self.paper.register = self.paper.register.without_vehicle(vehicle)
        self.left.pop(vehicle, None)

    # ---- what the clock on the wall does

    @initialize(zone=ZONES, wall=SETTINGS_OF_CLOCKS)
    def the_house_is_somewhere(self, zone: tzinfo, wall: datetime) -> None:
        """What the clock shows at the start cannot be doubted, whoever set it."""
        self.paper.zone = zone
        self.paper.set_clock(wall)
        self.paper.start()

    @rule(zone=ZONES)
    def the_owner_moves(self, zone: tzinfo) -> None:
        """The instant is the same, what the clock shows is not: that is no jump."""
        self.settle()
        self.paper.zone = zone
        self.check_who_notices()

    @rule(wall=SETTINGS_OF_CLOCKS, evenly=st.sampled_from((0.0, DOUBT_SECONDS + 1.0)))
    def the_clock_is_set(self, wall: datetime, evenly: float) -> None:
        """Perhaps so long before it shows this that it is believed again by then."""
        self.settle()
        self.set_clock(wall - timedelta(seconds=evenly))
        self.check_who_notices()
        self.paper.wait(evenly)

    @rule(seconds=st.sampled_from((-31.0, -29.0, -1.0, 1.0, 29.0, 31.0)))
    def the_clock_is_corrected(self, seconds: float) -> None:
        self.settle()
        self.set_clock(self.wall + timedelta(seconds=seconds))
        self.check_who_notices()

    @property
    def wall(self) -> datetime:
        """What the wall clock says, in UTC."""
        return self.paper.moment.wall.astimezone(UTC)

    def set_clock(self, wall: datetime) -> None:
        """Set it while everything runs."""
        is_jump = abs(wall - self.wall).total_seconds() > JUMP_SECONDS
        self.paper.set_clock(wall)
        if is_jump:
            self.doubted_until = self.paper.now + DOUBT_SECONDS

    def settle(self) -> None:
        """Decide until nothing but what happens next can change a decision."""
        while self.decide_again():
            pass

    # ---- what is checked

    def check_who_notices(self) -> None:
        """The wall clock means nothing to a car none of whose entries has times."""
        for decision in self.decide_again():
            vehicle = self.paper.register.get(decision.vehicle or "")
            assert vehicle is not None
            key = glyph_key(vehicle.plate)
            entries = [v for v in self.paper.register.vehicles if glyph_key(v.plate) == key]
            assert any(is_timed(entry) for entry in entries)

    def check_the_list(self, decision: Decision) -> Vehicle:
        """Its entry lets it pass at this moment, and one opening of it is used now."""
        now, vehicle = self.paper.now, self.paper.register.get(decision.vehicle or "")
        assert vehicle is not None, "removal is effective at once"
        assert vehicle.enabled
        assert now - self.made[decision.nonce] < self.paper.settings.decision_seconds
        left = self.left[vehicle.id]
        if left is not None:
            assert left > 0, "a pass that is used up opens nothing"
            self.left[vehicle.id] = left - 1
        if is_timed(vehicle):
            assert now >= self.doubted_until, "a clock that jumped is not believed"
            assert self.wall >= THIS_PROGRAM, "nor one that was never set"
            assert may_pass_at(vehicle, self.wall, self.paper.zone)
        return vehicle

    @invariant()
    def every_opening_is_counted_once(self) -> None:
        """And nothing else is."""
        counted = {vehicle.id: vehicle.uses_left for vehicle in self.paper.register.vehicles}
        assert counted == self.left
