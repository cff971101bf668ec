"""A street before a gate for tests: cars, cameras that show them, and an engine that reads them.

A picture's bytes are random; the engine knows by the bytes what was painted. So pictures differ as
those of a living camera do, and the same picture again has the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import hashlib
import secrets
from typing import Any, override

from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    ServiceCall,
    callback,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import (
    Box,
    Character,
    EngineIdentity,
    FrameReads,
    ImageProblem,
    ModelIdentity,
    PlateRead,
    Timings,
    Zone,
)
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused
from custom_components.alpr_gate.engine_state import Engine, EngineState, EngineTimings
from custom_components.alpr_gate.gate_controller import GateController
from custom_components.alpr_gate.runtime import AlprGateData

IDENTITY = EngineIdentity("1", "fake", (ModelIdentity("fake", "0" * 64),))
KNOWN = "KA7X0SR"
STRANGER = "ZQ48MPB"
CAMERA = "camera.street"
BACK_CAMERA = "camera.back"
TRIGGER = "binary_sensor.loop"
GATE = "cover.gate"

QUICK = {"burst_rate": 10.0, "burst_length": 1.5, "absent_seconds": 0.3}

type Answer = bytes | Exception | Callable[[], Awaitable[bytes | None]] | None


def id_of(name: str) -> str:
    """The id of a car on the list of a test: always the same, and shaped like every other."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest())
    return "".join(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digest >> 5 * place & 31] for place in range(26)
    )


def characters(text: str, confidence: float = 0.99) -> tuple[Character, ...]:
    """Each character read with ``confidence``."""
    return tuple(((char, confidence), ("8" if char != "8" else "B", 0.004)) for char in text)


def plate(
    text: str, *, width: float = 120.0, x: float = 300.0, confidence: float = 0.99
) -> PlateRead:
    """A plate as a good camera sees it, ``width`` pixels wide."""
    return PlateRead(
        text=text,
        box=Box(x, 300.0, x + width, 300.0 + width / 4.5),
        detection=0.95,
        characters=characters(text, confidence),
    )


@dataclass(slots=True)
class Pictures:
    """What was painted on which bytes."""

    painted: dict[bytes, tuple[PlateRead, ...] | Exception] = field(default_factory=dict)

    def paint(self, *plates: PlateRead) -> bytes:
        """A new picture that shows these plates."""
        return self._on_new_bytes(plates)

    def damaged(self, problem: ImageProblem) -> bytes:
        """A picture that the engine refuses."""
        return self._on_new_bytes(ImageRefused(problem))

    def approach(self, text: str, looks: int = 8, *, confidence: float = 0.99) -> list[bytes]:
        """A car that comes nearer."""
        return [
            self.paint(
                plate(text, width=100.0 + 8 * look, x=300.0 - 4 * look, confidence=confidence)
            )
            for look in range(looks)
        ]

    def departure(self, text: str, looks: int = 8) -> list[bytes]:
        """A car that drives away."""
        return list(reversed(self.approach(text, looks)))

    def empty(self, looks: int = 8) -> list[bytes]:
        """The street without a car; every picture differs from the others all the same."""
        return [self.paint() for _ in range(looks)]

    def _on_new_bytes(self, what: tuple[PlateRead, ...] | Exception) -> bytes:
        body = b"\xff\xd8\xff" + secrets.token_bytes(64)
        self.painted[body] = what
        return body


class FakeEngine(Engine):
    """Reads what was painted; can be slow, busy, broken or not there."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self.seconds = 0.001
        """How long a read takes."""
        self.loads_slowly = False
        """It is not ready when it was started, but when a test says so."""
        self.broken: EngineProblem | None = None
        self.bodies: list[bytes] = []
        self.starts = 0
        self.stops = 0

    @override
    async def start(self) -> None:
        self.starts += 1
        if self.loads_slowly:
            self.become(EngineState.STARTING, EngineProblem.LOADING)
        else:
            self.become(EngineState.READY)

    @override
    async def stop(self) -> None:
        self.stops += 1
        self._change(EngineState.STOPPED)

    def become(self, state: EngineState, problem: EngineProblem | None = None) -> None:
        """Change state, as a crash or a restart would."""
        self.broken = problem
        self.failures = 3 if state is EngineState.FAILING else 0
        self._change(state, problem)

    @override
    async def read(
        self,
        body: bytes,
        *,
        sequence: int = 0,
        zone: Zone = (),
        crop: bool = False,
        timeout: float = 10.0,
    ) -> FrameReads:
        self.bodies.append(body)
        await asyncio.sleep(self.seconds)
        if self.broken is not None:
            raise EngineError(self.broken)
        painted = self._pictures.painted[body]
        if isinstance(painted, Exception):
            raise painted
        self.timings = EngineTimings(1.0, 2.0, 3.0, 6.0)
        return FrameReads(
            sequence=sequence,
            size=(1280, 720),
            plates=painted,
            timing_ms=Timings(1.0, 2.0, 3.0),
            engine=IDENTITY,
            brightness=0.5,
            crop=b"\xff\xd8\xff crop of " + body if crop and painted else None,
        )


class StreetCamera(Camera):
    """Shows one answer after the other, and then new pictures of the empty street."""

    _attr_has_entity_name = False

    def __init__(self, name: str, pictures: Pictures) -> None:
        super().__init__()
        self._attr_name = name
        self._attr_unique_id = name
        self._pictures = pictures
        self._film: list[Answer] = []
        self.always: Answer = None
        """What is shown when the film is over; None for the empty street."""
        self.asked = 0

    def show(self, answers: Iterable[Answer]) -> None:
        """Put a film in: one answer for each time the camera is asked."""
        self._film = list(answers)

    @property
    def has_shown_all(self) -> bool:
        """Whether the film is over."""
        return not self._film

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self.asked += 1
        answer = self._film.pop(0) if self._film else (self.always or self._pictures.paint())
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return await answer()
        return answer


@dataclass(slots=True)
class Street:
    """Everything outside the integration."""

    hass: HomeAssistant
    pictures: Pictures
    camera: StreetCamera
    back_camera: StreetCamera
    engine: FakeEngine
    commands: list[str] = field(default_factory=list)
    """Every action called on the gate."""
    events: list[tuple[str, str]] = field(default_factory=list)
    """Type and reason of everything the gate's event entity told."""
    gate_moves: bool = True
    """Whether the gate does what it is told."""
    entry: MockConfigEntry | None = None

    @property
    def data(self) -> AlprGateData:
        """What the loaded entry holds."""
        assert self.entry is not None
        data: AlprGateData = self.entry.runtime_data
        return data

    @property
    def gate(self) -> GateController:
        """The one gate."""
        return next(iter(self.data.gates.values()))

    async def load(self, entry: MockConfigEntry, **changes: object) -> None:
        """Set the entry up; its gate looks quickly, so that tests are quick."""
        self.entry = entry
        for subentry in entry.subentries.values():
            self.hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, **QUICK, **changes}
            )
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()

    async def configure(self, **changes: object) -> None:
        """The owner changes the gate while everything runs."""
        assert self.entry is not None
        subentry = next(iter(self.entry.subentries.values()))
        self.hass.config_entries.async_update_subentry(
            self.entry, subentry, data={**subentry.data, **changes}
        )
        await self.hass.async_block_till_done()

    async def unload(self) -> None:
        """Take the entry down, if it is still up."""
        if self.entry is not None and self.entry.state is ConfigEntryState.LOADED:
            assert await self.hass.config_entries.async_unload(self.entry.entry_id)
            await self.hass.async_block_till_done()

    async def list_car(self, name: str, plate: str, **fields: Any) -> Vehicle:
        """Put a car on the owner's list."""
        vehicle = Vehicle(id=id_of(name), name=name, plate=plate, **fields)
        await self.data.register_store.add(vehicle)
        return vehicle

    @property
    def opened(self) -> int:
        """How often the gate was told to open."""
        return self.commands.count("open_cover")

    async def trigger(self) -> None:
        """The loop in the ground senses a car."""
        self.hass.states.async_set(TRIGGER, "off")
        self.hass.states.async_set(TRIGGER, "on")
        await asyncio.sleep(0)

    async def arrive(self, film: Iterable[Answer]) -> None:
        """A film begins at the camera, and the loop senses it."""
        self.camera.show(film)
        await self.trigger()

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Let time pass until something is so; fails when it does not come to be."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)

    async def until_told(self, kind: str, reason: str) -> None:
        """Let time pass until the gate's event entity has told this."""
        await self.until(lambda: (kind, reason) in self.events)

    async def until_seen(self, *cameras: str) -> None:
        """Let time pass until the gate knows what stands before these cameras, or before all."""
        keeper = self.gate._doorkeeper
        assert keeper is not None
        looker = keeper.looker
        await self.until(lambda: all(map(looker.has_seen, cameras or looker.cameras)))

    def gate_is(self, state: str, **attributes: object) -> None:
        """The gate's own entity reports a state."""
        self.hass.states.async_set(GATE, state, attributes)

    async def _command(self, call: ServiceCall) -> None:
        self.commands.append(call.service)
        if self.gate_moves:
            self.gate_is("opening")

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        if new is None or new.domain != "event" or (old is not None and old.state == new.state):
            return
        if "reason" in new.attributes:
            self.events.append((new.attributes["event_type"], new.attributes["reason"]))


async def add_cameras(hass: HomeAssistant, *cameras: StreetCamera) -> None:
    """Add cameras to Home Assistant."""
    assert await async_setup_component(hass, "camera", {})
    await hass.data[DATA_COMPONENT].async_add_entities(cameras)


@asynccontextmanager
async def a_street(hass: HomeAssistant) -> AsyncGenerator[Street]:
    """Build the street: two cameras, a loop in the ground, and a closed gate."""
    pictures = Pictures()
    street = Street(
        hass,
        pictures,
        StreetCamera("street", pictures),
        StreetCamera("back", pictures),
        FakeEngine(pictures),
    )
    await add_cameras(hass, street.camera, street.back_camera)
    for action in ("open_cover", "close_cover", "stop_cover", "toggle"):
        hass.services.async_register("cover", action, street._command)
    street.gate_is("closed")
    hass.states.async_set(TRIGGER, "off")
    hass.bus.async_listen(EVENT_STATE_CHANGED, street._state_changed)
    yield street
