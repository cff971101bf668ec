"""Measures what deciding costs per look, and what an edit of the list costs, as lists grow.

`scripts/bench-decide` prints the table in `docs/decisions.md`. Times are CPU time of one thread, so
that a busy machine does not change them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
import platform
import random
import statistics
import string
import sys
import time as clock

from custom_components.alpr_gate.alpr.gate.attendant import Attendant
from custom_components.alpr_gate.alpr.gate.decision import Situation
from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.schedule import EVERY_DAY, DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import (
    Box,
    EngineIdentity,
    Frame,
    FrameReads,
    GateState,
    Moment,
    PlateRead,
    Timings,
)

SIZES = (10, 100, 1_000, 10_000)
LOOKS = 24
"""Of one visit: four a second, so that the evidence is as long as it can become."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALPHABET = string.ascii_uppercase + string.digits
EDITS = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time in milliseconds."""

    median: float
    p99: float

    @classmethod
    def of(cls, times: Iterable[float]) -> Cost:
        """Of many measurements."""
        ranked = sorted(times)
        return cls(statistics.median(ranked), ranked[int(len(ranked) * 0.99)])

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.median:.2f} / {self.p99:.2f}"


def entries(number: int) -> list[Vehicle]:
    """Vehicles and guest passes by turns; plates with many neighbours among one another."""
    chance = random.Random(number)
    daily = Schedule((DailyWindow(EVERY_DAY, time(6), time(22)),))
    made = []
    for at in range(number):
        plate = "".join(chance.choices(string.ascii_uppercase[:8] + string.digits, k=7))
        if at % 2:
            made.append(Vehicle(f"v{at}", "vehicle", plate, schedule=daily))
        else:
            until = NOON + timedelta(days=7)
            made.append(Vehicle(f"v{at}", "pass", plate, valid_until=until, uses_left=5))
    return made


def read(text: str, width: float, chance: random.Random) -> PlateRead:
    """A plate as a recogniser gives it: three alternatives a position."""
    characters = tuple(
        (
            (letter, sure := chance.uniform(0.9, 0.99)),
            (chance.choice(ALPHABET.replace(letter, "")), (1 - sure) * 0.6),
            ("", (1 - sure) * 0.2),
        )
        for letter in text
    )
    box = Box(600 - width / 2, 380, 600 + width / 2, 380 + width / 4)
    return PlateRead(text, box, 0.9, characters)


def looks(register: Register, plates: Iterable[str]) -> list[float]:
    """Milliseconds of every look of one visit for each plate."""
    chance = random.Random(1)
    situation = Situation(gate=GateState.CLOSED, obstructed=False)
    engine = EngineIdentity("1", "bench", ())
    times = []
    for plate in plates:
        ids = map(str, count())
        attendant = Attendant("gate", GateSettings(), partial(next, ids))
        attendant.start_burst(Moment(0.0, NOON))
        for at in range(1, LOOKS + 1):
            seen = (read(plate, 80.0 + 3 * at, chance),)
            reads = FrameReads(at, (1280, 720), seen, Timings(1, 1, 1), engine, 0.5)
            frame = Frame("camera", at.to_bytes(8), at / 4, at / 4, reads)
            now = Moment(at / 4, NOON + timedelta(seconds=at / 4))
            began = clock.thread_time()
            attendant.observe(frame, register=register, situation=situation, now=now)
            times.append((clock.thread_time() - began) * 1000)
    return times


def edits(edit: Callable[[int], object]) -> list[float]:
    """Milliseconds of every one of ``EDITS`` edits."""
    times = []
    for at in range(EDITS):
        began = clock.thread_time()
        edit(at)
        times.append((clock.thread_time() - began) * 1000)
    return times


def row(number: int, cars: int) -> tuple[str, ...]:
    """One line of the table."""
    chance = random.Random(2)
    listed = entries(number)
    register = Register.of(listed)
    known = [chance.choice(listed).plate for _ in range(cars)]
    strangers = ["".join(chance.choices(ALPHABET, k=7)) for _ in range(cars)]
    ids = [vehicle.id for vehicle in listed if vehicle.uses_left]
    return (
        f"{number:,}",
        str(Cost.of(looks(register, known))),
        str(Cost.of(looks(register, strangers))),
        str(Cost.of(edits(lambda at: register.with_vehicle(Vehicle("n", "new", f"QQ{at}"))))),
        str(Cost.of(edits(lambda at: register.without_vehicle(listed[at % number].id)))),
        str(Cost.of(edits(lambda at: register.used(ids[at % len(ids)])))),
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cars", type=int, default=40, help="visits of each kind (%(default)s)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}; milliseconds, median / p99\n")
    print("| entries | look at a listed car | look at a stranger | add | remove | use a pass |")
    print("|---|---|---|---|---|---|")
    for number in SIZES:
        print(f"| {' | '.join(row(number, options.cars))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
