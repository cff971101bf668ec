"""A street before the camera of a real Home Assistant, and an engine that knows what was painted.

A picture's bytes are random behind the first ones of a JPEG; the engine knows by the bytes what was
painted on them, so that nothing but the plate that was meant can be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import random
from typing import TYPE_CHECKING

from custom_components.alpr_gate.alpr.engine.hosting import TcpAddress, listening
from custom_components.alpr_gate.alpr.engine.server import make_app
from custom_components.alpr_gate.alpr.types import (
    Box,
    EngineIdentity,
    FrameReads,
    ModelIdentity,
    PlateRead,
    Timings,
    Zone,
)

if TYPE_CHECKING:
    from demo.house import House

TOKEN = "a-token-of-more-than-sixteen"
FRAME_SECONDS = 0.12
LOOKS = 7
_JPEG = b"\xff\xd8\xff\xe0"


@dataclass(slots=True)
class Car:
    """A car that comes to the gate."""

    plate: str
    crop: bytes
    """The picture of its plate's surroundings."""


@dataclass(slots=True)
class PaintedStreet:
    """Paints pictures, and reads them again."""

    chance: random.Random
    identity: EngineIdentity = field(
        default_factory=lambda: EngineIdentity("1", "painted", (ModelIdentity("none", "0" * 64),))
    )
    _painted: dict[bytes, tuple[Car, float]] = field(default_factory=dict)

    def car(self) -> Car:
        """A new car with a plate of its own."""
        letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "123456789"
        plate = "".join(
            self.chance.choice(letters if place in {0, 1, 4, 5, 6} else digits)
            for place in range(7)
        )
        return Car(plate, _JPEG + self.chance.randbytes(6_000))

    def empty(self) -> bytes:
        """The street without a car: every picture differs, as those of a living camera do."""
        return _JPEG + self.chance.randbytes(2_000)

    def approach(self, car: Car) -> list[bytes]:
        """A car that comes nearer."""
        film = [self.empty() for _ in range(LOOKS)]
        for look, body in enumerate(film):
            self._painted[body] = car, 110.0 + 8 * look
        return film

    def read(
        self, body: bytes, *, zone: Zone = (), crop: bool = False, sequence: int = 0
    ) -> FrameReads:
        """Read what was painted, as the engine's service asks for it."""
        car, width = self._painted.get(body, (None, 0.0))
        plates = () if car is None else (_plate(car.plate, width),)
        return FrameReads(
            sequence=sequence,
            size=(1280, 720),
            plates=plates,
            timing_ms=Timings(1.0, 2.0, 3.0),
            engine=self.identity,
            brightness=0.5,
            crop=car.crop if crop and car is not None else None,
        )


def _plate(text: str, width: float) -> PlateRead:
    return PlateRead(
        text=text,
        box=Box(500.0, 400.0, 500.0 + width, 400.0 + width / 4.5),
        detection=0.95,
        characters=tuple(((letter, 0.99),) for letter in text),
    )


@asynccontextmanager
async def engine_of(street: PaintedStreet) -> AsyncGenerator[str]:
    """The engine's own service, reading the street; its address."""
    load: Callable[[], object] = lambda: street  # noqa: E731
    app = make_app(load, TOKEN)  # type: ignore[arg-type]
    async with listening(app, TcpAddress("127.0.0.1", 0)) as listener:
        host, port = listener.sockets[0].getsockname()
        yield f"http://{host}:{port}"


class Projector:
    """Shows films before the camera of a house, and a living street in between."""

    def __init__(self, house: House, street: PaintedStreet) -> None:
        """Show nothing yet; `run` does."""
        self._house = house
        self._street = street
        self._film: list[bytes] = []

    def show(self, film: list[bytes]) -> None:
        """Put a film in."""
        self._film = list(film)

    @property
    def is_over(self) -> bool:
        """Whether the film is over."""
        return not self._film

    async def run(self) -> None:
        """Show one picture after the other, for ever."""
        while True:
            picture = self._film.pop(0) if self._film else self._street.empty()
            await asyncio.to_thread(self._house.show, picture)
            await asyncio.sleep(FRAME_SECONDS)
