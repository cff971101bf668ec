"""Snapshots on their way to the engine: the newest of each camera, and every camera in its turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from custom_components.alpr_gate.alpr.types import FrameReads, Timings
from custom_components.alpr_gate.frame_reader import FrameReader
from custom_components.alpr_gate.snapshot import Snapshot

from .street import IDENTITY

if TYPE_CHECKING:
    from custom_components.alpr_gate.engine_process import Engine


class SlowEngine:
    """Reads a picture when a test lets it."""

    def __init__(self) -> None:
        self.read_of: list[bytes] = []
        self.may_read = asyncio.Semaphore(0)

    async def read(self, body: bytes, *, sequence: int, **_: object) -> FrameReads:
        await self.may_read.acquire()
        self.read_of.append(body)
        return FrameReads(sequence, (640, 480), (), Timings(1, 1, 1), IDENTITY, 0.5)


def snapshot(camera: str, number: int) -> Snapshot:
    name = f"{camera} {number}".encode()
    return Snapshot(camera, number, float(number), float(number), name, name)


async def test_a_camera_that_answers_more_often_than_the_engine_reads_starves_no_other() -> None:
    engine = SlowEngine()
    reader = FrameReader(
        cast("Engine", engine),
        zone=(),
        read=lambda _frame: None,
        refused=lambda _snapshot, _problem: None,
        failed=lambda _problem: None,
    )
    running = asyncio.create_task(reader.run())
    for number in range(12):
        # Two answers of each camera come while one picture is read, the yard's always later.
        for camera in ("street", "yard"):
            reader.offer(snapshot(camera, number))
        if number % 2:
            engine.may_read.release()
            await asyncio.sleep(0.01)
    running.cancel()
    cameras = [body.split()[0] for body in engine.read_of]
    assert cameras.count(b"yard") == cameras.count(b"street") == 3
    assert reader.dropped > 0
    assert engine.read_of[-1].split()[1] != b"0", "the newest of its camera is read"
