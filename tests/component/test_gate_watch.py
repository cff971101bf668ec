"""What is known of a gate from the entities the owner named."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate.alpr.types import GateState
from custom_components.alpr_gate.gate_watch import GateWatch

GATE = "cover.gate"
BEAM = "binary_sensor.beam"


class Watched:
    """A gate watch and how often it told of a change."""

    def __init__(
        self, hass: HomeAssistant, gate: str | None = GATE, beam: str | None = BEAM
    ) -> None:
        self.changes = 0
        self.watch = GateWatch(
            hass, gate_entity=gate, obstruction_entity=beam, changed=self._changed
        )
        self.stop = self.watch.start()

    def _changed(self) -> None:
        self.changes += 1


async def play(hass: HomeAssistant, *states: str, **attributes: object) -> None:
    for state in states:
        hass.states.async_set(GATE, state, attributes)
        await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("entity_id", "state", "known"),
    [
        ("cover.gate", "closed", GateState.CLOSED),
        ("cover.gate", "open", GateState.OPEN),
        ("cover.gate", "opening", GateState.OPENING),
        ("cover.gate", "closing", GateState.CLOSING),
        ("lock.gate", "locked", GateState.CLOSED),
        ("lock.gate", "unlocking", GateState.OPENING),
        ("lock.gate", "jammed", GateState.STOPPED),
        ("binary_sensor.gate", "on", GateState.OPEN),
        ("binary_sensor.gate", "off", GateState.CLOSED),
        ("sensor.gate", "Shut", GateState.CLOSED),
        ("sensor.gate", "stopped", GateState.STOPPED),
        ("sensor.gate", "hello", GateState.UNKNOWN),
        ("cover.gate", "unknown", GateState.UNKNOWN),
        ("cover.gate", "unavailable", GateState.UNAVAILABLE),
    ],
)
async def test_the_state_of_covers_locks_contacts_and_texts_is_understood(
    hass: HomeAssistant, entity_id: str, state: str, known: GateState
) -> None:
    hass.states.async_set(entity_id, state)
    watched = Watched(hass, gate=entity_id)
    assert watched.watch.state is known
    watched.stop()


async def test_a_gate_entity_that_does_not_exist_is_unavailable(hass: HomeAssistant) -> None:
    assert Watched(hass).watch.state is GateState.UNAVAILABLE


async def test_without_a_gate_entity_nothing_is_known(hass: HomeAssistant) -> None:
    assert Watched(hass, gate=None).watch.state is GateState.UNKNOWN


async def test_a_state_that_is_only_assumed_or_restored_is_no_knowledge(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(GATE, "closed", {"assumed_state": True})
    assert Watched(hass).watch.state is GateState.UNKNOWN
    hass.states.async_set(GATE, "closed", {"restored": True})
    assert Watched(hass).watch.state is GateState.UNAVAILABLE


@pytest.mark.parametrize(
    ("movement", "position", "known"),
    [
        (("closed", "opening", "open"), 40, GateState.STOPPED),
        (("closed", "opening", "open"), 100, GateState.OPEN),
        (("closed", "opening", "open"), None, GateState.OPEN),
        (("open", "closing", "open"), None, GateState.STOPPED),
        (("open", "closing", "open"), 60, GateState.STOPPED),
        (("open", "closing", "closed"), None, GateState.CLOSED),
        (("open", "closing", "unavailable", "open"), None, GateState.STOPPED),
    ],
)
async def test_a_gate_that_stops_half_way_counts_as_stopped(
    hass: HomeAssistant,
    movement: tuple[str, ...],
    position: int | None,
    known: GateState,
) -> None:
    hass.states.async_set(GATE, "unknown")
    watched = Watched(hass)
    attributes = {} if position is None else {"current_position": position}
    await play(hass, *movement, **attributes)
    assert watched.watch.state is known


@pytest.mark.parametrize(
    ("movement", "position"),
    [(("closed",), 0), (("opening", "open"), 100), (("open",), 100)],
)
async def test_a_stop_is_over_when_the_gate_has_reached_an_end(
    hass: HomeAssistant, movement: tuple[str, ...], position: int
) -> None:
    hass.states.async_set(GATE, "open")
    watched = Watched(hass)
    await play(hass, "closing", "open", current_position=50)
    assert watched.watch.state is GateState.STOPPED
    await play(hass, *movement, current_position=position)
    assert watched.watch.state is not GateState.STOPPED


@pytest.mark.parametrize(
    ("state", "obstructed"),
    [("on", True), ("off", False), ("unknown", None), ("unavailable", None), (None, None)],
)
async def test_an_obstruction_is_known_only_from_a_sensor_that_works(
    hass: HomeAssistant, state: str | None, obstructed: bool | None
) -> None:
    if state is not None:
        hass.states.async_set(BEAM, state)
    assert Watched(hass).watch.obstructed is obstructed
    assert Watched(hass, beam=None).watch.obstructed is None


async def test_every_change_of_gate_and_sensor_is_told_until_it_ends(hass: HomeAssistant) -> None:
    watched = Watched(hass)
    hass.states.async_set(BEAM, "on")
    await play(hass, "opening")
    assert watched.changes == 2
    hass.states.async_remove(GATE)
    await hass.async_block_till_done()
    assert watched.changes == 3
    watched.stop()
    await play(hass, "closed")
    assert watched.changes == 3
