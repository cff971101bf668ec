"""Plays the arrivals before the camera and prints what Home Assistant did, and when."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
import time
from typing import TYPE_CHECKING

from .owner import CAR_SENSED, DRIVEWAY_SENSOR, GATE
from .street import FRAME_SECONDS

if TYPE_CHECKING:
    from .arrivals import Arrival, Play
    from .hub import Change, Hub
    from .owner import GateEntities
    from .street import Street

CAR_STAYS = 6.0
"""Seconds for which the car stands before the gate after its last frame, at most."""
QUIET = 3.0
"""Seconds without a car between two arrivals, so that each is a visit of its own."""
FIRST_LOOKS = 8.0
"""Seconds in which a gate that has just begun looks four times at what stands before it."""
PASSING = 2.0
"""Seconds in which a car passes the open gate."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the arrivals play."""

    hub: Hub
    street: Street
    entities: GateEntities


@dataclass(slots=True)
class Log:
    """What happened during one arrival, as it is printed."""

    stage: Stage
    started: float = field(default_factory=time.monotonic)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    """Event type and reason of every event of the gate."""
    gate_states: list[str] = field(default_factory=list)
    decided: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, text: str) -> None:
        """Print one line with the seconds since the arrival began."""
        print(f"  {time.monotonic() - self.started:6.2f} s  {text}", flush=True)

    def see(self, change: Change) -> None:
        """Note a state change that matters."""
        if change.entity_id == GATE and change.state != change.before:
            self.gate_states.append(change.state)
            self.note(f"gate       {change.state}")
        elif change.entity_id == self.stage.entities.event and change.state != change.before:
            kind, reason = change.attributes.get("event_type"), change.attributes.get("reason")
            if kind is None:
                return
            self.outcomes.append((str(kind), str(reason)))
            self.decided.set()
            vehicle = change.attributes.get("vehicle")
            self.note(f"event      {kind}: {reason}" + (f" ({vehicle})" if vehicle else ""))

    @property
    def opened(self) -> bool:
        """The gate was told to open."""
        return bool({"opening", "open"} & set(self.gate_states))


async def play_all(stage: Stage, play: Play) -> bool:
    """Play the three arrivals; returns whether each went right."""
    # What a gate sees first may have stood there before: let it see the empty street.
    await asyncio.sleep(FIRST_LOOKS)
    known = await _arrive(stage, play.known)
    stranger = await _arrive(stage, play.stranger)
    frozen = await _arrive(stage, play.frozen, hangs=True)
    results = {
        "the listed car opened the gate, once": known.gate_states.count("opening") == 1
        and any(kind == "opened" for kind, _ in known.outcomes),
        "the stranger did not": not stranger.opened
        and ("unknown", "not_listed") in stranger.outcomes,
        "the hanging camera did not": not frozen.opened
        and any(reason == "frozen_camera" for _, reason in frozen.outcomes),
    }
    for text, right in results.items():
        print(f"  {'right' if right else 'WRONG'}: {text}")
    await _print_timing(stage)
    return all(results.values())


async def _arrive(stage: Stage, arrival: Arrival, *, hangs: bool = False) -> Log:
    """Play one arrival and wait until it is over."""
    print(f"{arrival.title}:")
    log = Log(stage)
    forget = stage.hub.watch(log.see)
    try:
        await _show(stage, arrival, log, hangs=hangs)
        await _wait_for_outcome(log)
        if log.opened:
            await stage.hub.until(GATE, "open")
            await asyncio.sleep(PASSING)
        await _leave(stage, log)
    finally:
        forget()
    print()
    return log


async def _show(stage: Stage, arrival: Arrival, log: Log, *, hangs: bool) -> None:
    log.note("car        sensed by the driveway sensor")
    first, *others = arrival.frames
    await stage.street.show(first, hangs=hangs)
    await stage.hub.action("input_boolean", "turn_on", {"entity_id": CAR_SENSED})
    for frame in others:
        await asyncio.sleep(FRAME_SECONDS)
        await stage.street.show(frame)


async def _wait_for_outcome(log: Log) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CAR_STAYS):
            await log.decided.wait()


async def _leave(stage: Stage, log: Log) -> None:
    """The car is gone: the sensor clears and the gate operator closes by itself."""
    await stage.street.clear()
    await stage.hub.action("input_boolean", "turn_off", {"entity_id": CAR_SENSED})
    await stage.hub.until(DRIVEWAY_SENSOR, "off")
    if log.opened:
        await stage.hub.action("cover", "close_cover", {"entity_id": GATE})
        await stage.hub.until(GATE, "closed")
    await asyncio.sleep(QUIET)


async def _print_timing(stage: Stage) -> None:
    """Print the integration's own stop-watch."""
    entity_id = stage.entities.by_key.get("sensor.time_to_open")
    state = (await stage.hub.states()).get(entity_id or "")
    if state is not None:
        print(f"  first readable frame to the open command: {state['state']} ms")
