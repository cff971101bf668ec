"""An engine that misbehaves on command, run as a process: ``stand_in_engine.py SOCKET BEHAVIOUR``.

It is the real service in the real process, confined like the real one; only what reads is not
there: a picture's bytes say what to do instead of being read.
"""

from __future__ import annotations

import asyncio
import ctypes
from dataclasses import replace
import os
from pathlib import Path
import signal
import sys
import time

# The process knows the library under its own name, as the real one does; mypy does not.
from alpr.engine import confine  # type: ignore[import-not-found]
from alpr.engine.hosting import UnixAddress, serve  # type: ignore[import-not-found]
from alpr.engine.server import make_app  # type: ignore[import-not-found]
from alpr.types import (  # type: ignore[import-not-found]
    Box,
    EngineIdentity,
    FrameReads,
    ModelIdentity,
    PlateRead,
    Timings,
    Zone,
)
from alpr.vision.errors import (  # type: ignore[import-not-found]
    ModelProblem,
    ModelRefused,
)

PLATE = "AB12CDE"
READS = FrameReads(
    sequence=0,
    size=(640, 480),
    plates=(
        PlateRead(
            text=PLATE,
            box=Box(10.0, 10.0, 90.0, 30.0),
            detection=0.9,
            characters=tuple(((letter, 0.99),) for letter in PLATE),
        ),
    ),
    timing_ms=Timings(1.0, 2.0, 3.0),
    engine=EngineIdentity("1", "stand-in", (ModelIdentity("none", "0" * 64),)),
    brightness=0.5,
)


class Recogniser:
    """Does what the picture says."""

    identity = READS.engine

    def read(
        self, body: bytes, *, zone: Zone = (), crop: bool = False, sequence: int = 0
    ) -> FrameReads:
        """Read, or do as the picture says: each word below is one."""
        match body:
            case b"crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case b"exit":
                os._exit(3)
            case b"hang":
                time.sleep(600)
            case b"freeze":
                # Called through PyDLL it keeps the interpreter's lock, as a bug in C might.
                ctypes.PyDLL(None).sleep(600)
            case b"leak":
                bytearray(2 * confine.ADDRESS_SPACE)
            case b"nan":
                return replace(READS, brightness=float("nan"))
            case b"babble":
                sys.stderr.write(f"I read {PLATE}\n" * 20_000)
            case b"slow":
                time.sleep(0.3)
            case b"lie":
                return replace(READS, sequence=sequence + 1)
        return replace(READS, sequence=sequence)


def main(socket: Path, behaviour: str) -> None:
    """Run as the behaviour says: ``well``, or not."""
    confine.die_with_parent()
    confine.limit_memory()
    match behaviour:
        case "exits":
            sys.stderr.write("no module named ncnn\n")
            sys.exit(4)
        case "deaf":
            time.sleep(600)
        case "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
    status = asyncio.run(
        serve(make_app(lambda: load(behaviour)), UnixAddress(socket), until_parent_ends=True)
    )
    if behaviour == "stubborn":
        time.sleep(600)
    os._exit(status)


def load(behaviour: str) -> Recogniser:
    """Load the models, or refuse them."""
    if behaviour == "wrong_hash":
        raise ModelRefused(ModelProblem.WRONG_HASH, "put the original in its place")
    if behaviour == "loads_for_ever":
        time.sleep(600)
    if behaviour == "loads_slowly":
        time.sleep(0.5)
    return Recogniser()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
