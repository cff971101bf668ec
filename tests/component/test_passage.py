"""From a car before the gate to the one command, and what is told of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from unittest.mock import patch

from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, EntityCategory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.alpr_gate import gate_controller
from custom_components.alpr_gate.alpr.types import Reason
from custom_components.alpr_gate.engine_state import EngineState
from custom_components.alpr_gate.evidence_memory import STRANGER_SECONDS

from .street import BACK_CAMERA, CAMERA, KNOWN, STRANGER, TRIGGER, Answer, Street, id_of, plate

EVENT = "event.front_gate_passage"
IMAGE = "image.front_gate_last_evidence"
PRESENT = "binary_sensor.front_gate_vehicle_present"
LAST_VEHICLE = "sensor.front_gate_last_vehicle_let_in"
LAST_REASON = "sensor.front_gate_last_reason"
TIME_TO_OPEN = "sensor.front_gate_time_to_open"
WOULD_OPEN = "sensor.front_gate_would_have_opened"
WOULD_REFUSE = "sensor.front_gate_would_have_refused"
SHADOW = "binary_sensor.front_gate_shadow_mode"
AUTOMATIC = "switch.front_gate_automatic_opening"
LOOK_NOW = "button.front_gate_look_now"


def state(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


async def test_a_listed_car_opens_the_gate_once(hass: HomeAssistant, loaded: Street) -> None:
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    await asyncio.sleep(0.5)
    assert loaded.commands == ["open_cover"]
    told = hass.states.get(EVENT)
    assert told is not None
    assert told.attributes["vehicle"] == "Ann's car"
    assert told.attributes["explanation"] == "The vehicle is on the list."
    assert told.attributes["looks"] >= 2
    assert told.attributes["milliseconds"] == float(state(hass, TIME_TO_OPEN))
    assert 50 < told.attributes["milliseconds"] < 1000
    assert state(hass, LAST_VEHICLE) == "Ann's car"


async def test_the_last_reason_follows_what_is_told_and_is_unknown_until_something_is(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert state(hass, LAST_REASON) == STATE_UNKNOWN
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    assert state(hass, LAST_REASON) == "listed"
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    loaded.gate_is("closed")
    await loaded.arrive(loaded.pictures.approach(STRANGER))
    await loaded.until_told("unknown", "not_listed")
    assert state(hass, LAST_REASON) == "not_listed"
    found = hass.states.get(LAST_REASON)
    assert found is not None
    assert found.attributes["device_class"] == "enum"
    assert found.attributes["options"] == list(Reason)
    registered = er.async_get(hass).async_get(LAST_REASON)
    assert registered is not None
    assert registered.entity_category is EntityCategory.DIAGNOSTIC

    assert loaded.entry is not None
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, LAST_REASON) == STATE_UNKNOWN


async def test_a_stranger_does_not_open_it_and_is_told_of_once(loaded: Street) -> None:
    await loaded.arrive(loaded.pictures.approach(STRANGER))
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    assert loaded.commands == []
    assert loaded.events == [("unknown", "not_listed")]


async def test_the_burst_ends_when_the_gate_opens(loaded: Street) -> None:
    await loaded.arrive(loaded.pictures.approach(KNOWN, 40))
    await loaded.until_told("opened", "listed")
    await loaded.until(lambda: not loaded.gate.board.status.looking, seconds=0.5)


async def test_while_the_opener_runs_nothing_else_is_told_of_the_visit(
    hass: HomeAssistant, loaded: Street
) -> None:
    async def slowly(_call: ServiceCall) -> None:
        await asyncio.sleep(1)

    hass.services.async_register("cover", "open_cover", slowly)
    await loaded.arrive(loaded.pictures.approach(KNOWN, 20))
    await loaded.until_told("opened", "listed")
    await asyncio.sleep(0.3)
    assert loaded.events == [("opened", "listed")]


async def test_without_a_trigger_nothing_opens(loaded: Street) -> None:
    await loaded.until(lambda: loaded.camera.asked)
    loaded.camera.show(loaded.pictures.approach(KNOWN))
    await asyncio.sleep(0.5)
    assert loaded.commands == []


async def test_the_button_looks_as_a_trigger_does(hass: HomeAssistant, loaded: Street) -> None:
    loaded.camera.show(loaded.pictures.approach(KNOWN))
    await hass.services.async_call("button", "press", {"entity_id": LOOK_NOW}, blocking=True)
    await loaded.until_told("opened", "listed")


async def test_a_vehicle_is_present_from_its_first_look_until_it_has_left(
    hass: HomeAssistant, loaded: Street
) -> None:
    await loaded.until(lambda: state(hass, PRESENT) == STATE_OFF)
    await loaded.arrive(loaded.pictures.approach(STRANGER, 5))
    await loaded.until(lambda: state(hass, PRESENT) == STATE_ON)
    await loaded.until(lambda: state(hass, PRESENT) == STATE_OFF)
    assert loaded.camera.has_shown_all


async def test_the_evidence_picture_is_shown_and_a_strangers_is_gone_after_three_minutes(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert state(hass, IMAGE) == STATE_UNKNOWN
    await loaded.arrive(loaded.pictures.approach(STRANGER))
    await loaded.until_told("unknown", "not_listed")
    assert state(hass, IMAGE) != STATE_UNKNOWN
    assert b"crop of" in (await async_get_image(hass, IMAGE)).content
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=STRANGER_SECONDS + 1))
    await hass.async_block_till_done()
    assert state(hass, IMAGE) == STATE_UNKNOWN
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, IMAGE)


async def test_with_automatic_opening_off_a_listed_car_is_refused(
    hass: HomeAssistant, loaded: Street
) -> None:
    await hass.services.async_call("switch", "turn_off", {"entity_id": AUTOMATIC}, blocking=True)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "automatic_off")
    assert loaded.commands == []
    assert state(hass, AUTOMATIC) == STATE_OFF
    await hass.services.async_call("switch", "turn_on", {"entity_id": AUTOMATIC}, blocking=True)
    assert state(hass, AUTOMATIC) == STATE_ON


async def left(street: Street) -> None:
    """Let the car drive out of view."""
    await street.until(lambda: not street.gate.board.status.looking)
    street.camera.show([])
    await street.until(lambda: not street.gate.board.status.vehicle_present)


def standing(street: Street, pictures: int = 200) -> list[Answer]:
    return [street.pictures.paint(plate(KNOWN, width=150)) for _ in range(pictures)]


async def test_a_listed_car_that_stood_there_before_the_start_is_told_to_come_again(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    street.camera.show(standing(street))
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: street.gate.board.status.vehicle_present)
    for _ in range(2):
        await street.trigger()
        await street.until(lambda: not street.gate.board.status.looking)
    assert street.events == [("refused", "stood_there")]
    told = hass.states.get(EVENT)
    assert told is not None
    assert told.attributes["vehicle"] == "Ann's car"
    assert "come again" in told.attributes["explanation"]

    await left(street)
    await street.arrive(standing(street))
    await left(street)
    assert street.events == [("refused", "stood_there")] * 2, "it came back too soon"
    assert street.commands == []

    elsewhere = [plate(KNOWN, width=100.0 + 8 * look, x=900.0) for look in range(8)]
    await street.arrive(street.pictures.paint(seen) for seen in elsewhere)
    await street.until_told("opened", "listed")
    await street.unload()


async def test_a_car_that_was_opened_for_and_is_seen_again_is_no_news(loaded: Street) -> None:
    await loaded.arrive([*loaded.pictures.approach(KNOWN), *standing(loaded)])
    await loaded.until_told("opened", "listed")
    await asyncio.sleep(0.3)
    for _ in range(2):
        await left(loaded)
        await loaded.arrive(standing(loaded))
    await left(loaded)
    assert loaded.events == [("opened", "listed")]
    assert loaded.commands == ["open_cover"]


async def test_in_shadow_mode_it_is_counted_what_would_have_happened(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, shadow=True)
    await street.list_car("Ann's car", KNOWN)
    assert (state(hass, WOULD_OPEN), state(hass, WOULD_REFUSE)) == ("0", "0")
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("would_open", "shadow_mode")
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    await street.arrive(street.pictures.approach(STRANGER))
    await street.until(lambda: state(hass, WOULD_REFUSE) == "1")
    assert state(hass, WOULD_OPEN) == "1"
    assert street.commands == []
    await street.unload()


async def test_in_shadow_mode_no_vehicle_is_said_to_have_been_let_in(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, shadow=True)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("would_open", "shadow_mode")
    await street.until(lambda: state(hass, TIME_TO_OPEN) != "unknown")
    assert state(hass, LAST_VEHICLE) == "unknown"
    await street.unload()


async def test_what_shadow_mode_counted_stays_when_it_is_turned_off_and_counts_no_further(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, shadow=True)
    await street.arrive(street.pictures.approach(STRANGER))
    await street.until(lambda: state(hass, WOULD_REFUSE) == "1")
    await street.configure(shadow=False)
    assert (state(hass, WOULD_OPEN), state(hass, WOULD_REFUSE)) == ("0", "1")
    await street.arrive(street.pictures.approach(STRANGER))
    await street.until(lambda: street.events.count(("unknown", "not_listed")) == 2)
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    assert (state(hass, WOULD_OPEN), state(hass, WOULD_REFUSE)) == ("0", "1")
    await street.unload()


async def test_whether_a_gate_is_in_shadow_mode_can_be_seen(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, shadow=True)
    assert state(hass, SHADOW) == STATE_ON
    await street.configure(shadow=False)
    assert state(hass, SHADOW) == STATE_OFF
    await street.unload()


async def test_continuous_watching_needs_no_trigger(street: Street, entry: MockConfigEntry) -> None:
    await street.load(entry, interval=0.2, triggers=[])
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: street.camera.asked > 1)
    street.camera.show(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    assert street.commands == ["open_cover"]
    await street.unload()


async def test_a_car_that_stands_there_at_the_start_of_watching_does_not_open(
    street: Street, entry: MockConfigEntry
) -> None:
    parked = [street.pictures.paint(plate(KNOWN, width=150)) for _ in range(60)]
    street.camera.show(parked)
    await street.load(entry, interval=0.1, triggers=[])
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: street.camera.has_shown_all, seconds=20)
    assert street.commands == []
    await street.unload()


async def test_a_car_that_stood_there_at_the_start_does_not_open_at_the_first_trigger(
    street: Street, entry: MockConfigEntry
) -> None:
    """Also when the engine takes its time to load: it is looked at as soon as it can be."""
    street.engine.loads_slowly = True
    street.camera.show([street.pictures.paint(plate(KNOWN, width=150)) for _ in range(60)])
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await asyncio.sleep(0.1)
    assert not street.gate.board.status.vehicle_present
    street.engine.become(EngineState.READY)
    await street.until(lambda: street.gate.board.status.vehicle_present)
    await street.trigger()
    await street.until(lambda: not street.gate.board.status.looking)
    assert street.commands == []
    await street.unload()


async def test_a_second_factor_opens_after_the_plate(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)
    hass.states.async_set("person.ann", "not_home")
    await street.load(entry, second_factor=True, second_factor_entities=["person.ann"])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN, 30))
    await street.until_told("asked", "second_factor_needed")
    assert street.commands == []
    hass.states.async_set("person.ann", "home")
    await street.until_told("opened", "listed")
    assert street.commands == ["open_cover"]
    await street.unload()


async def test_a_second_factor_may_come_before_the_plate(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)
    hass.states.async_set("input_button.gate", "unknown")
    await street.load(entry, second_factor=True, second_factor_entities=["input_button.gate"])
    await street.list_car("Ann's car", KNOWN)
    hass.states.async_set("input_button.gate", dt_util.utcnow().isoformat())
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.unload()


async def test_a_trigger_that_was_on_before_is_no_trigger(
    hass: HomeAssistant, loaded: Street
) -> None:
    await loaded.until(lambda: loaded.camera.asked)
    await asyncio.sleep(0.1)
    asked = loaded.camera.asked
    hass.states.async_set(TRIGGER, "unavailable")
    hass.states.async_set(TRIGGER, "on")
    await asyncio.sleep(0.3)
    assert loaded.camera.asked == asked


async def test_a_trigger_right_after_an_opening_is_not_lost(loaded: Street) -> None:
    """The last answer of the first burst is still on its way when the next car comes."""

    async def slow() -> bytes:
        await asyncio.sleep(0.4)
        return loaded.pictures.paint()

    await loaded.arrive([*loaded.pictures.approach(KNOWN, 3), slow])
    keeper = loaded.gate._doorkeeper
    assert keeper is not None
    first = keeper.looker._burst
    assert first is not None
    await loaded.until_told("opened", "listed")
    await loaded.trigger()
    await loaded.until(lambda: keeper.looker._burst not in {None, first}, seconds=1)


async def test_a_scan_reads_every_camera_and_decides_nothing(
    street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, cameras=[CAMERA, BACK_CAMERA])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    street.camera.show([street.pictures.paint(plate(KNOWN))])
    reads = await street.gate.scan()
    assert reads.keys() == {CAMERA, BACK_CAMERA}
    assert [seen.text for seen in reads[CAMERA].plates] == [KNOWN]
    assert reads[BACK_CAMERA].plates == ()
    assert reads[CAMERA].crop is None
    assert (street.commands, street.events) == ([], [])
    gate = street.gate
    await street.unload()
    assert await gate.scan() == {}


async def test_an_opening_of_a_pass_that_cannot_be_written_still_counts(loaded: Street) -> None:
    """The list is on a full disk: the use is in force at once, and the list says what is wrong."""
    await loaded.data.register_store.remove(id_of("Ann's car"))
    await loaded.list_car("Plumber", KNOWN, uses_left=1)
    with patch.object(loaded.data.register_store._file, "write", return_value=False):
        await loaded.arrive(loaded.pictures.approach(KNOWN, 4))
        await loaded.until_told("opened", "listed")
    vehicle = loaded.data.register_store.register.get(id_of("Plumber"))
    assert vehicle is not None
    assert vehicle.uses_left == 0
