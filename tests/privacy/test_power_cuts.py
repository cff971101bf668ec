"""Killed at any moment of recording, purging and accounting: nothing confirmed is lost."""

from __future__ import annotations

from itertools import count
import os
from pathlib import Path
import random
import select
import signal
import time

import pytest

from custom_components.alpr_gate.archive_status import Clocks, VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditChain
from custom_components.alpr_gate.keeper import Keeper
from custom_components.alpr_gate.retention import Retention

ROUNDS = 200
SECONDS_A_VISIT = 20 * 3600.0
"""So fast does time pass for the child that every purge has something to destroy."""


class _Time:
    """Both clocks of a house, in step."""

    def __init__(self, now: float) -> None:
        """Begin at ``now``."""
        self.now = now


def _keeper(folder: Path, clock: _Time, first_mark: int) -> Keeper:
    marks = count(first_mark)
    return Keeper(
        folder / "window.db",
        AuditChain(folder / "audit"),
        clocks=Clocks(lambda: clock.now, lambda: clock.now),
        new_mark=lambda: f"v{next(marks):032x}",
        retention=Retention(listed_pictures=True),
    )


def _live(folder: Path, first_time: float, first_mark: int, confirmed: int) -> None:
    """Record, account and purge as fast as possible; confirm every account on a pipe."""
    clock = _Time(first_time)
    keeper = _keeper(folder, clock, first_mark)
    keeper.start()
    picture = random.Random(first_mark).randbytes(9_000)
    for number in count(first_mark):
        keeper.record(VisitToKeep("gate", "open", "listed", 2, "vehicle", None, picture))
        keeper.account.write(AuditAction.OPENED, details={"number": number})
        os.write(confirmed, f"{number}\n".encode())
        clock.now += SECONDS_A_VISIT


def _killed_after(
    seconds: float, folder: Path, first_time: float, first_mark: int, *, at_work: bool
) -> list[int]:
    """Let a child live for so long, kill it, and return the numbers that it confirmed.

    ``at_work`` counts the time from its first confirmation, else from its very start.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _live(folder, first_time, first_mark, writing)
        finally:
            os._exit(1)
    os.close(writing)
    if at_work:
        select.select([reading], [], [], 30.0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    with os.fdopen(reading, "rb") as pipe:
        return [int(line) for line in pipe.read().split()]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.timeout(300)
def test_killed_at_random_moments_nothing_is_corrupt_lost_or_served_late(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    confirmed: list[int] = []
    now = 1_000_000.0
    for number in range(ROUNDS):
        first_mark = number * 1_000_000
        confirmed += _killed_after(
            chance.uniform(0.002, 0.1), tmp_path, now, first_mark, at_work=number % 2 == 0
        )
        now += 2_000 * 24 * 3600.0
        keeper = _keeper(tmp_path, _Time(now), first_mark + 900_000)
        keeper.start()
        assert keeper.status.problems == frozenset()
        assert keeper.search() == []
        assert keeper.status.visits == 0
        keeper.stop()
    chain = AuditChain(tmp_path / "audit")
    assert chain.verify().fault is None
    accounted = [
        record.details["number"]
        for record in chain.records()
        if record.action is AuditAction.OPENED
    ]
    assert len(confirmed) >= ROUNDS // 2
    assert set(confirmed) <= set(accounted)
