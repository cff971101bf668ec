"""Home Assistant's event loop is never held for long by us."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import time
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle

from .street import BACK_CAMERA, CAMERA, KNOWN, STRANGER, Street

LONGEST_HOLD_SECONDS = 0.05


@dataclass(slots=True)
class Held:
    """The longest that one callback, or one step of a task, has held the loop."""

    seconds: float = 0.0
    what: str = ""


@contextmanager
def stopwatch() -> Iterator[Held]:
    """Time everything that the loop runs."""
    longest = Held()
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        started = time.perf_counter()
        try:
            run(handle)
        finally:
            held = time.perf_counter() - started
            if held > longest.seconds:
                longest.seconds, longest.what = held, repr(handle)[:200]

    with patch.object(asyncio.Handle, "_run", timed):
        yield longest


@pytest.mark.slow
async def test_a_burst_with_a_long_list_and_large_pictures_never_holds_the_loop(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    """Two cameras, pictures of 4 MiB, a thousand vehicles, a listed car and a stranger."""
    await street.load(entry, cameras=[CAMERA, BACK_CAMERA])
    await street.list_car("Ann's car", KNOWN)
    listed = street.data.register_store.register.vehicles
    others = [
        Vehicle(id=f"id-{number}", name=f"Car {number}", plate=f"XX{number:04d}YY")
        for number in range(1000)
    ]
    street.data.register_store._in_force = Register.of([*listed, *others])
    await street.until_seen()
    for film in (street.pictures.approach(KNOWN), street.pictures.approach(STRANGER)):
        large = [_enlarged(street, body) for body in film]
        street.back_camera.show([_enlarged(street, body) for body in street.pictures.empty()])
        street.gate_is("closed")
        with stopwatch() as longest:
            await street.arrive(large)
            await street.until(lambda: not street.gate.board.status.looking)
        assert longest.seconds < LONGEST_HOLD_SECONDS, longest.what
        await street.until(lambda: not street.gate.board.status.vehicle_present)
    assert street.opened == 1
    await street.unload()


def _enlarged(street: Street, body: bytes) -> bytes:
    large = body + bytes(4 * 1024 * 1024)
    street.pictures.painted[large] = street.pictures.painted[body]
    return large
