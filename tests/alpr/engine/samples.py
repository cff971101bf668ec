"""Reads, pictures, and recognisers that do on command what a real one does on a bad day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import io
import threading
from typing import TYPE_CHECKING

from PIL import Image

from custom_components.alpr_gate.alpr.types import (
    Box,
    EngineIdentity,
    FrameReads,
    ModelIdentity,
    PlateRead,
    Timings,
)
from custom_components.alpr_gate.alpr.vision.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from custom_components.alpr_gate.alpr.types import Zone

IDENTITY = EngineIdentity(
    version="1",
    backend="test",
    models=(ModelIdentity("detector", "a" * 64), ModelIdentity("reader", "b" * 64)),
)
CROP = b"\xff\xd8\xff\xe0 a small picture"


def plate(text: str = "AB12CDE") -> PlateRead:
    """A plate with an alternative at each position and a position without a character."""
    return PlateRead(
        text=text,
        box=Box(100.0, 200.5, 220.25, 240.0),
        detection=0.91,
        characters=(*(((letter, 0.95), ("", 0.03)) for letter in text), (("", 1.0),)),
        region="Bosnia and Herzegovina",
        corners=((100.0, 200.0), (220.0, 201.0), (219.0, 241.0), (-3.0, 240.0)),
    )


def frame_reads(*plates: PlateRead, sequence: int = 0) -> FrameReads:
    """A frame with these plates."""
    return FrameReads(
        sequence=sequence,
        size=(640, 480),
        plates=plates,
        timing_ms=Timings(decode=3.5, detect=40.0, read=6.25),
        engine=IDENTITY,
        brightness=0.4,
    )


def jpeg(width: int = 64, height: int = 48) -> bytes:
    """A grey picture with a few edges in it."""
    picture = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    target = io.BytesIO()
    picture.save(target, "JPEG")
    return target.getvalue()


@dataclass
class StubRecogniser:
    """Decodes for real, then answers ``reads``; may be held, or made to fail."""

    reads: FrameReads = field(default_factory=lambda: frame_reads(plate()))
    failure: Callable[[], Exception] | None = None
    identity: EngineIdentity = IDENTITY
    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released when a read begins."""
    may_end: threading.Event = field(default_factory=threading.Event)
    """While clear, reads do not end; set unless a test holds them."""
    seen: list[tuple[int, Zone, bool]] = field(default_factory=list)
    """Sequence, zone and crop of each picture that was read."""

    def __post_init__(self) -> None:
        self.may_end.set()

    def read(
        self, body: bytes, *, zone: Zone = (), crop: bool = False, sequence: int = 0
    ) -> FrameReads:
        self.seen.append((sequence, zone, crop))
        self.started.release()
        assert self.may_end.wait(30)
        if self.failure is not None:
            raise self.failure()
        decode(body, zone=zone)
        return replace(self.reads, sequence=sequence, crop=CROP if crop else None)
