"""Measures the rolling window: writing, searching, destroying and looking whether it is gone.

`scripts/bench-window` prints the table in `docs/privacy.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import count
import os
from pathlib import Path
import random
import resource
import statistics
import sys
import tempfile
import time

from custom_components.alpr_gate.archive_status import Clocks, VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditChain
from custom_components.alpr_gate.keeper import Keeper
from custom_components.alpr_gate.retention import Retention
from custom_components.alpr_gate.window_file import WindowFile

DAY = 24 * 3600.0
VEHICLES = 500
SAMPLES = 400


def fill(path: Path, visits: int, destroyed: int) -> None:
    """Write ``visits`` visits, of which ``destroyed`` expire after a day."""
    chance = random.Random(visits)
    file = WindowFile(path)
    file.open()
    with file.transaction():
        file.db.executemany(
            "INSERT INTO visits (mark, at, expires, gate, verdict, reason, looks, vehicle)"
            " VALUES (?, ?, ?, ?, 'open', 'listed', 2, ?)",
            (
                (
                    f"v{chance.getrandbits(128):032x}",
                    float(number),
                    DAY if number < destroyed else 100 * DAY,
                    f"gate-{number % 3}",
                    f"vehicle-{chance.randrange(VEHICLES)}",
                )
                for number in range(visits)
            ),
        )
    file.close()


def milliseconds(work: Callable[[], object], samples: int = SAMPLES) -> list[float]:
    """How long each of ``samples`` calls takes, sorted."""
    times = []
    for _ in range(samples):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def measure(folder: Path, visits: int, destroyed: int) -> str:
    """One row of the table."""
    fill(folder / "window.db", visits, destroyed)
    now = [float(visits)]
    marks = count()
    keeper = Keeper(
        folder / "window.db",
        AuditChain(folder / "audit"),
        clocks=Clocks(lambda: now[0], lambda: now[0]),
        new_mark=lambda: f"v{next(marks):032x}",
        retention=Retention(),
    )
    now[0] = min(now[0], DAY - 1.0)
    keeper.start()
    recording = milliseconds(
        lambda: keeper.record(VisitToKeep("gate-1", "open", "listed", 2, "vehicle-1"))
    )
    searching = milliseconds(lambda: keeper.search(vehicle="vehicle-7"), 50)
    by_time = milliseconds(lambda: keeper.search(gate="gate-1", since=1.0, until=visits / 2), 50)
    now[0] = DAY
    began = time.perf_counter()
    done = keeper.purge()
    seconds = time.perf_counter() - began
    keeper.stop()
    if done is None or done.visits != destroyed or not done.verified:
        sys.exit(f"the purge went wrong: {done}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {visits:,} | {statistics.median(recording):.2f} / {recording[int(SAMPLES * 0.99)]:.2f}"
        f" | {statistics.median(searching):.1f} | {statistics.median(by_time):.1f}"
        f" | {done.visits:,} in {seconds:.1f} s | {memory:.0f} |"
    )


def accounting(folder: Path) -> str:
    """How long a gate waits until its opening is written down."""
    chain = AuditChain(folder / "audit")
    chain.open()
    times = milliseconds(lambda: chain.append(1.0, AuditAction.OPENED, details={"gate": "gate-1"}))
    return (
        "writing down an opening before the gate moves:"
        f" {statistics.median(times):.1f} ms, 99th percentile {times[int(SAMPLES * 0.99)]:.1f} ms"
    )


def main() -> None:
    """Measure windows of growing size."""
    parser = argparse.ArgumentParser(prog="scripts/bench-window", description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--destroyed", type=int, default=100_000)
    chosen = parser.parse_args()
    print(
        "| visits in the window | recording, ms (median / 99th percentile)"
        " | search by vehicle, ms | search by gate and time, ms"
        " | destroyed and verified | peak memory, MB |"
    )
    print("|---|---|---|---|---|---|")
    for visits in chosen.visits:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(Path(folder), visits, min(visits, chosen.destroyed)), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print(f"\n{accounting(Path(folder))}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
