"""Faults around the gate and the decision: at most one command, and never one on doubt."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count
from types import MappingProxyType, SimpleNamespace

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import burst, doorkeeper, gate_controller, opener
from custom_components.alpr_gate.alpr.types import Frame
from custom_components.alpr_gate.burst import Burst
from custom_components.alpr_gate.privacy_desk import audit_file

from .conftest import GATE_ID
from .street import (
    BACK_CAMERA,
    CAMERA,
    GATE,
    KNOWN,
    STRANGER,
    TRIGGER,
    Street,
    id_of,
    plate,
)

BEAM = "binary_sensor.beam"
AUTOMATIC = "switch.front_gate_automatic_opening"
OUT_OF_REACH = {"action": "cover.open_cover", "target": {"entity_id": "cover.gone"}}


async def burst_over(street: Street) -> None:
    await street.until(lambda: not street.gate.board.status.looking)


async def test_fault_18_two_plates_in_view_the_nearest_decides(loaded: Street) -> None:
    """A stranger stands right before the gate, a listed car small behind it."""
    film = [
        loaded.pictures.paint(plate(STRANGER, width=160 + 4 * n), plate(KNOWN, width=60, x=700))
        for n in range(8)
    ]
    await loaded.arrive(film)
    await burst_over(loaded)
    assert loaded.commands == []


async def test_fault_23_a_departing_car_does_not_open(loaded: Street) -> None:
    await loaded.arrive(loaded.pictures.departure(KNOWN, 12))
    await burst_over(loaded)
    assert loaded.commands == []


async def test_fault_23_a_parked_car_does_not_open_again(loaded: Street) -> None:
    parked = [loaded.pictures.paint(plate(KNOWN, width=150)) for _ in range(60)]
    await loaded.arrive(loaded.pictures.approach(KNOWN) + parked)
    await loaded.until_told("opened", "listed")
    loaded.gate_is("open")
    loaded.gate_is("closed")
    for _ in range(3):
        await loaded.trigger()
        await asyncio.sleep(0.4)
    await burst_over(loaded)
    assert loaded.commands == ["open_cover"]


async def test_fault_29_a_clock_that_jumps_shuts_out_a_guest_pass_but_no_resident(
    loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = dt_util.now() + timedelta(days=1)
    await loaded.list_car("Plumber", STRANGER, valid_until=ends)
    late = SimpleNamespace(now=lambda: dt_util.now() - timedelta(hours=1))
    monkeypatch.setattr(doorkeeper, "dt_util", late)
    await loaded.arrive(loaded.pictures.approach(STRANGER))
    await loaded.until_told("refused", "clock_in_doubt")
    assert loaded.commands == []
    await burst_over(loaded)
    await loaded.until(lambda: not loaded.gate.board.status.vehicle_present)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")


async def test_fault_29_a_clock_in_doubt_stays_so_when_the_gate_s_settings_are_saved(
    loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await loaded.list_car("Plumber", STRANGER, valid_until=dt_util.now() + timedelta(days=1))
    late = SimpleNamespace(now=lambda: dt_util.now() - timedelta(hours=1))
    monkeypatch.setattr(doorkeeper, "dt_util", late)
    loaded.gate._doorkeeper.decide_again()  # type: ignore[union-attr]
    await loaded.configure(burst_length=1.6)
    await asyncio.sleep(0.3)
    await loaded.arrive(loaded.pictures.approach(STRANGER, 12))
    await loaded.until_told("refused", "clock_in_doubt")
    assert loaded.commands == []


async def test_fault_30_a_restart_in_the_middle_replays_nothing(
    hass: HomeAssistant, loaded: Street
) -> None:
    """The car was being read when the entry went down; only new looks after a trigger count."""
    film = loaded.pictures.approach(KNOWN, 40)
    loaded.engine.seconds = 0.2
    await loaded.arrive(film)
    await loaded.until(lambda: film[0] in loaded.engine.bodies)
    await loaded.unload()
    assert loaded.commands == []
    loaded.camera.show([loaded.pictures.paint(plate(KNOWN, width=150)) for _ in range(20)])
    assert loaded.entry is not None
    assert await hass.config_entries.async_setup(loaded.entry.entry_id)
    await hass.async_block_till_done()
    await asyncio.sleep(0.6)
    assert loaded.commands == []


async def test_fault_30_nothing_is_a_trigger_while_home_assistant_starts(
    hass: HomeAssistant, loaded: Street
) -> None:
    hass.set_state(CoreState.starting)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await asyncio.sleep(0.3)
    assert not loaded.gate.board.status.looking
    assert loaded.commands == []
    hass.set_state(CoreState.running)


async def test_fault_31_the_result_of_a_read_is_discarded_by_a_reload(
    hass: HomeAssistant, loaded: Street
) -> None:
    loaded.engine.seconds = 0.3
    film = loaded.pictures.approach(KNOWN, 40)
    await loaded.arrive(film)
    await loaded.until(lambda: len(set(film) & set(loaded.engine.bodies)) == 2)
    assert loaded.entry is not None
    assert await hass.config_entries.async_reload(loaded.entry.entry_id)
    await hass.async_block_till_done()
    loaded.camera.show([])
    await asyncio.sleep(0.6)
    assert loaded.commands == []
    assert ("opened", "listed") not in loaded.events


async def opener_runs(street: Street, entry: MockConfigEntry, *, milliseconds: int) -> None:
    """The owner's opener waits before it commands the gate, and is just waiting."""
    opens = {"action": "cover.open_cover", "target": {"entity_id": GATE}}
    await street.load(entry, opener=[{"delay": {"milliseconds": milliseconds}}, opens])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    keeper = street.gate._doorkeeper
    assert keeper is not None
    await street.until(lambda: keeper._visits_at_the_door)
    await asyncio.sleep(0.1)


@pytest.mark.parametrize("end", ["unload", "settings"])
async def test_fault_31_an_opener_under_way_finishes_and_is_told_before_its_gate_ends(
    street: Street, entry: MockConfigEntry, end: str
) -> None:
    await opener_runs(street, entry, milliseconds=500)
    await (street.unload() if end == "unload" else street.configure(looks_needed=3))
    assert street.commands == ["open_cover"]
    assert street.events == [("opened", "listed")]
    await street.unload()


@pytest.mark.parametrize("end", ["unload", "settings"])
async def test_fault_31_one_that_does_not_is_stopped_and_told_as_failed(
    street: Street, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(opener, "GIVING_UP_SECONDS", 0.2)
    await opener_runs(street, entry, milliseconds=3000)
    async with asyncio.timeout(2.0):
        await (street.unload() if end == "unload" else street.configure(looks_needed=3))
    assert street.events == [("failed", "opener_timed_out")]
    account = await street.hass.async_add_executor_job(audit_file(street.hass).read_text)
    assert '"opener_timed_out"' in account
    await street.unload()
    await asyncio.sleep(0.1)
    assert street.commands == []


async def test_fault_31_a_gate_that_has_ended_decides_nothing_any_more(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that was read to its end after all, and a change of the gate, come too late."""
    keeper = loaded.gate._doorkeeper
    assert keeper is not None
    frames: list[Frame] = []
    monkeypatch.setattr(keeper, "frame_read", frames.append)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until(lambda: len(frames) >= 4)
    await loaded.unload()
    monkeypatch.undo()
    for frame in frames:
        keeper.frame_read(frame)
    keeper.decide_again()
    await hass.async_block_till_done()
    assert loaded.commands == []
    assert ("opened", "listed") not in loaded.events


async def test_fault_31_a_changed_gate_forgets_what_was_seen(loaded: Street) -> None:
    film = loaded.pictures.approach(KNOWN, 3)
    loaded.engine.seconds = 0.1
    await loaded.arrive(film)
    await loaded.until(lambda: film[0] in loaded.engine.bodies)
    await loaded.configure(looks_needed=3)
    loaded.camera.show([])
    await asyncio.sleep(0.5)
    assert loaded.commands == []


@pytest.mark.parametrize("state", ["unavailable", "removed"])
async def test_fault_32_an_unavailable_gate_gets_no_command(
    hass: HomeAssistant, loaded: Street, state: str
) -> None:
    if state == "removed":
        hass.states.async_remove(GATE)
    else:
        loaded.gate_is(state)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "gate_unavailable")
    loaded.gate_is("closed")
    await asyncio.sleep(0.3)
    await burst_over(loaded)
    assert loaded.opened <= 1, "no command was queued for later"


async def test_fault_32_an_unknown_gate_gets_no_command(loaded: Street) -> None:
    loaded.gate_is("unknown")
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "gate_state_unknown")
    assert loaded.commands == []


async def test_fault_33_an_opener_that_raises_gets_one_attempt(
    hass: HomeAssistant, loaded: Street
) -> None:
    attempts = []

    async def broken(call: ServiceCall) -> None:
        attempts.append(call)
        raise HomeAssistantError("the motor is off")

    hass.services.async_register("cover", "open_cover", broken)
    await loaded.arrive(loaded.pictures.approach(KNOWN, 15))
    await loaded.until_told("failed", "opener_failed")
    await loaded.trigger()
    await asyncio.sleep(0.5)
    await burst_over(loaded)
    assert len(attempts) == 1


async def test_fault_33_an_opener_that_hangs_gets_one_attempt(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    async def hang(call: ServiceCall) -> None:
        attempts.append(call)
        await asyncio.sleep(60)

    monkeypatch.setattr(opener, "DEADLINE_SECONDS", 0.1)
    hass.services.async_register("cover", "open_cover", hang)
    await loaded.arrive(loaded.pictures.approach(KNOWN, 15))
    await loaded.until_told("failed", "opener_timed_out")
    await loaded.trigger()
    await asyncio.sleep(0.5)
    await burst_over(loaded)
    assert len(attempts) == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("open", "gate_open"),
        ("opening", "gate_moving"),
        ("closing", "gate_moving"),
        ("unknown", "gate_state_unknown"),
    ],
)
async def test_fault_34_a_toggle_opener_is_pressed_only_for_a_closed_gate(
    street: Street, entry: MockConfigEntry, state: str, reason: str
) -> None:
    toggle = [{"action": "cover.toggle", "target": {"entity_id": GATE}}]
    street.gate_is(state)
    await street.load(entry, toggle_opener=True, opener=toggle)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("refused", reason)
    assert street.commands == []
    await street.unload()


async def test_fault_34_a_toggle_pressed_before_the_settings_changed_is_not_pressed_again(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    """The sensor is slow: it still says closed while the gate opens."""
    toggle = [{"action": "cover.toggle", "target": {"entity_id": GATE}}]
    street.gate_moves = False
    await street.load(entry, toggle_opener=True, opener=toggle)
    await street.list_car("Ann's car", KNOWN)
    await street.list_car("Bob's car", STRANGER)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until(lambda: street.commands == ["toggle"])
    await burst_over(street)
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    subentry = entry.subentries[GATE_ID]
    read = len(street.engine.bodies)
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "looks_needed": 3}
    )
    await hass.async_block_till_done()
    await street.until(lambda: len(street.engine.bodies) > read)
    await asyncio.sleep(0.1)  # what stands there already has been seen
    await street.arrive(street.pictures.approach(STRANGER))
    await street.until_told("refused", "gate_state_unknown")
    assert street.commands == ["toggle"]
    await street.unload()


async def test_fault_34_two_gates_before_one_motor_press_its_toggle_once(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    """One way in, one way out; the sensor is slow: it still says closed while the gate opens."""
    toggle = [{"action": "cover.toggle", "target": {"entity_id": GATE}}]
    street.gate_moves = False
    exit_loop = "binary_sensor.exit_loop"
    hass.states.async_set(exit_loop, "off")
    await street.load(entry, toggle_opener=True, opener=toggle, settle_seconds=1.0)
    changed = {"cameras": [BACK_CAMERA], "triggers": [exit_loop]}
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({**entry.subentries[GATE_ID].data, **changed}),
            subentry_type="gate",
            title="Exit",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    await street.list_car("Ann's car", KNOWN)
    await street.list_car("Bob's car", STRANGER)
    await street.until(lambda: len(street.engine.bodies) >= 2)
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until(lambda: street.commands == ["toggle"])
    await asyncio.sleep(1.1)
    street.back_camera.show(street.pictures.approach(STRANGER))
    hass.states.async_set(exit_loop, "on")
    await street.until_told("refused", "gate_state_unknown")
    assert street.commands == ["toggle"]
    await street.unload()


async def test_fault_34_a_toggle_pressed_before_a_reload_is_not_pressed_again(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    street.gate_moves = False  # its sensor is slow
    await street.load(entry, toggle_opener=True, settle_seconds=1.0)
    await street.list_car("Ann's car", KNOWN)
    await street.list_car("Bob's car", STRANGER)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await asyncio.sleep(1.1)
    street.events.clear()
    await street.arrive(street.pictures.approach(STRANGER))
    await street.until_told("refused", "gate_state_unknown")
    assert street.commands == ["open_cover"]
    await street.unload()


async def test_fault_35_an_obstruction_locks_the_gate_until_it_is_cleared(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    hass.states.async_set(BEAM, "on")
    await street.load(entry, obstruction_entity=BEAM)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("refused", "gate_obstructed")
    assert street.commands == []
    await burst_over(street)
    await street.until(lambda: not street.gate.board.status.vehicle_present)
    hass.states.async_set(BEAM, "off")
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    await street.unload()


async def test_fault_35_an_obstruction_sensor_that_fails_is_a_doubt(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    hass.states.async_set(BEAM, "unavailable")
    await street.load(entry, obstruction_entity=BEAM)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await burst_over(street)
    assert street.commands == []
    await street.unload()


async def test_fault_35_a_gate_stopped_by_hand_is_left_alone(loaded: Street) -> None:
    loaded.gate_is("open", current_position=100)
    loaded.gate_is("closing", current_position=60)
    loaded.gate_is("open", current_position=40)
    await loaded.hass.async_block_till_done()
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "gate_stopped")
    assert loaded.commands == []


async def test_fault_40_a_vehicle_removed_while_its_car_is_read(loaded: Street) -> None:
    film = loaded.pictures.approach(KNOWN, 20)
    loaded.engine.seconds = 0.15
    await loaded.arrive(film)
    await loaded.until(lambda: film[0] in loaded.engine.bodies)
    await loaded.data.register_store.remove(id_of("Ann's car"))
    await burst_over(loaded)
    assert loaded.commands == []


async def test_fault_41_a_flood_of_triggers_is_bounded(loaded: Street) -> None:
    await loaded.until(lambda: loaded.camera.asked)
    loaded.camera.asked = 0
    for _ in range(500):
        await loaded.trigger()
    started = loaded.hass.loop.time()
    while loaded.hass.loop.time() - started < 2.0:
        await loaded.trigger()
        await asyncio.sleep(0.01)
    assert loaded.camera.asked <= 25, "no more than the burst's rate"
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    lasted = loaded.hass.loop.time() - started
    assert lasted < 3 * 1.5 + 1, "extended, but not for ever"


async def test_fault_41_a_sensor_that_chatters_extends_a_burst_but_not_for_ever(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burst, "LONGEST_BURST_LENGTHS", 3)
    chattered = Burst(
        hass,
        (),
        rate=4.0,
        length=0.1,
        sequence=count(),
        arrived=lambda _snapshot: None,
        changed=lambda _camera: None,
    )
    async with asyncio.timeout(2.0):
        while not chattered.is_over:
            chattered.extend()
            await asyncio.sleep(0.01)
    assert chattered.until - chattered.started_at == pytest.approx(0.3)


async def test_fault_44_two_cameras_see_the_same_car(
    street: Street, entry: MockConfigEntry
) -> None:
    await street.load(entry, cameras=[CAMERA, BACK_CAMERA])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    street.back_camera.show(street.pictures.approach(KNOWN))
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("opened", "listed")
    street.gate_is("closed")
    await street.trigger()
    await asyncio.sleep(0.5)
    await burst_over(street)
    assert street.commands == ["open_cover"]
    await street.unload()


@pytest.fixture
async def guarded(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> Street:
    """A gate that wants a second factor within a second."""
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)
    hass.states.async_set("person.ann", "home")
    await street.load(
        entry,
        second_factor=True,
        second_factor_entities=["person.ann"],
        second_factor_seconds=1.0,
    )
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    return street


async def test_fault_45_a_second_factor_that_is_late_does_not_open(
    hass: HomeAssistant, guarded: Street
) -> None:
    hass.states.async_set("person.ann", "not_home")
    await guarded.arrive(guarded.pictures.approach(KNOWN, 60))
    await guarded.until_told("asked", "second_factor_needed")
    await guarded.until_told("refused", "second_factor_missing")
    hass.states.async_set("person.ann", "home")
    await asyncio.sleep(0.3)
    assert guarded.commands == []
    await guarded.unload()


async def test_fault_45_somebody_who_was_home_already_confirms_nothing(guarded: Street) -> None:
    await guarded.arrive(guarded.pictures.approach(KNOWN, 30))
    await guarded.until_told("asked", "second_factor_needed")
    guarded.hass.states.async_set("person.ann", "unavailable")
    guarded.hass.states.async_set("person.ann", "home")
    await asyncio.sleep(0.3)
    assert guarded.commands == []
    await guarded.unload()


async def test_fault_45_what_is_reported_right_after_the_start_confirms_nothing(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    hass.states.async_set("person.ann", "not_home")
    await street.load(entry, second_factor=True, second_factor_entities=["person.ann"])
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    hass.states.async_set("person.ann", "home")
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told("asked", "second_factor_needed")
    assert street.commands == []
    await street.unload()


async def test_fault_46_a_used_up_pass_does_not_open_again(loaded: Street) -> None:
    await loaded.data.register_store.remove(id_of("Ann's car"))
    await loaded.list_car("Plumber", KNOWN, uses_left=1)
    await loaded.arrive(loaded.pictures.approach(KNOWN, 4))
    await loaded.until_told("opened", "listed")
    vehicle = loaded.data.register_store.register.get(id_of("Plumber"))
    assert vehicle is not None
    assert vehicle.uses_left == 0


@pytest.mark.parametrize(
    ("changes", "told", "left"),
    [
        ({}, ("opened", "listed"), 1),
        ({"opener": [{"action": "test.broken"}]}, ("failed", "opener_failed"), 1),
        ({"opener": [{"action": "lock.lock"}]}, ("failed", "opener_failed"), 2),
        ({"opener": [{"nonsense": True}]}, ("refused", "opener_out_of_reach"), 2),
        ({"opener": []}, ("would_open", "shadow_mode"), 2),
        ({"shadow": True}, ("would_open", "shadow_mode"), 2),
        ({"opener": [OUT_OF_REACH]}, ("refused", "opener_out_of_reach"), 2),
        ({"opener": [{"action": "test.gone"}]}, ("refused", "opener_out_of_reach"), 2),
    ],
    ids=[
        "opened",
        "the opener raises",
        "it would close",
        "it is not there yet",
        "none",
        "shadow",
        "out of reach",
        "no such action",
    ],
)
async def test_fault_46_only_a_command_that_was_sent_uses_a_pass(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    changes: dict[str, object],
    told: tuple[str, str],
    left: int,
) -> None:
    async def broken(_call: ServiceCall) -> None:
        raise HomeAssistantError("the motor is off")

    hass.services.async_register("test", "broken", broken)
    await street.load(entry, **changes)
    await street.list_car("Plumber", KNOWN, uses_left=2)
    await street.until_seen()
    await street.arrive(street.pictures.approach(KNOWN))
    await street.until_told(*told)
    await burst_over(street)
    vehicle = street.data.register_store.register.get(id_of("Plumber"))
    assert vehicle is not None
    assert vehicle.uses_left == left
    await street.unload()


async def test_fault_46_an_expired_pass_does_not_open(loaded: Street) -> None:
    await loaded.data.register_store.remove(id_of("Ann's car"))
    ended = dt_util.now() - timedelta(minutes=1)
    await loaded.list_car("Plumber", KNOWN, valid_until=ended)
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "pass_expired")
    assert loaded.commands == []


async def test_the_gate_is_never_told_anything_but_to_open(loaded: Street) -> None:
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("opened", "listed")
    loaded.gate_is("open")
    await loaded.arrive(loaded.pictures.departure(KNOWN))
    await loaded.arrive(loaded.pictures.approach(STRANGER))
    await burst_over(loaded)
    assert set(loaded.commands) == {"open_cover"}


async def test_no_opening_until_the_switch_is_restored(hass: HomeAssistant, loaded: Street) -> None:
    """A gate whose switch was never added (it was disabled) opens nothing."""
    loaded.gate.set_automatic(automatic=False)
    hass.states.async_set(TRIGGER, "off")
    await loaded.arrive(loaded.pictures.approach(KNOWN))
    await loaded.until_told("refused", "automatic_off")
    assert loaded.commands == []
