"""Cars that stand in view for a while: what comes for them, and what came before."""

from __future__ import annotations

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import camera_watch, gate_controller
from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.alpr.gate import track
from custom_components.alpr_gate.engine_state import EngineState
from custom_components.alpr_gate.visit_news import MOST_EVENTS_OF_A_VISIT

from .street import BACK_CAMERA, CAMERA, KNOWN, STRANGER, TRIGGER, Street, plate
from .test_faults_gate import burst_over

PERSON = "person.ann"


def parked(street: Street, looks: int) -> list[bytes]:
    return [street.pictures.paint(plate(KNOWN, width=150)) for _ in range(looks)]


async def asked_for_a_second_factor(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann's car stands there, proved long ago; everything goes ten times as fast as it would."""
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)
    monkeypatch.setattr(camera_watch, "LONGEST_PRESENCE_PAUSE_SECONDS", 2.0)
    hass.states.async_set(PERSON, "not_home")
    await street.load(
        entry,
        second_factor=True,
        second_factor_entities=[PERSON],
        second_factor_seconds=12.0,
        evidence_seconds=1.0,
        burst_length=1.0,
    )
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.arrive([*street.pictures.approach(KNOWN), *parked(street, 200)])
    await street.until_told("asked", "second_factor_needed")
    await burst_over(street)
    await asyncio.sleep(2.0)


async def test_a_second_factor_that_comes_late_but_in_time_opens(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await asked_for_a_second_factor(hass, street, entry, monkeypatch)
    hass.states.async_set(PERSON, "home")
    await street.until_told("opened", "listed")
    assert street.commands == ["open_cover"]
    await street.unload()


async def test_so_does_one_that_comes_when_the_car_has_stood_for_longer_than_a_parked_one(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(track, "STAYED_SECONDS", 2.0)
    await asked_for_a_second_factor(hass, street, entry, monkeypatch)
    # Until it is looked at more seldom than looks count: the next one alone proves nothing.
    await asyncio.sleep(5.0)
    hass.states.async_set(PERSON, "home")
    await street.until_told("opened", "listed")
    await street.unload()


async def test_a_car_that_was_asked_and_left_without_a_second_factor_is_told_of(
    hass: HomeAssistant,
    street: Street,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await asked_for_a_second_factor(hass, street, entry, monkeypatch)
    street.camera.show([])
    await street.trigger()
    await street.until(lambda: len(street.events) > 1, seconds=10)
    assert street.events == [
        ("asked", "second_factor_needed"),
        ("refused", "second_factor_missing"),
    ]
    assert street.commands == []
    await street.unload()


@pytest.mark.parametrize("change", ["gate", "switch"])
async def test_a_car_that_waits_is_let_in_once_the_gate_may_open(
    hass: HomeAssistant, loaded: Street, change: str
) -> None:
    """It is looked at anew: what was seen of it is too old to open for."""
    if change == "gate":
        loaded.gate_is("closing")
    else:
        loaded.gate.set_automatic(automatic=False)
    await loaded.arrive([*loaded.pictures.approach(KNOWN), *parked(loaded, 200)])
    await loaded.until_told("refused", "gate_moving" if change == "gate" else "automatic_off")
    await burst_over(loaded)
    if change == "gate":
        loaded.gate_is("closed")
    else:
        loaded.gate.set_automatic(automatic=True)
    await loaded.until_told("opened", "listed")
    assert loaded.commands == ["open_cover"]


async def test_a_camera_that_comes_back_and_shows_a_parked_car_does_not_open(
    loaded: Street,
) -> None:
    """The car came, and was let in by hand, while the camera was out."""
    await burst_over(loaded)
    loaded.camera.show([HomeAssistantError("it starts anew")] * 8)
    await loaded.trigger()
    await burst_over(loaded)
    failed = loaded.camera.asked
    loaded.camera.show([HomeAssistantError("still"), *parked(loaded, 100)])
    await loaded.until(lambda: loaded.camera.asked > failed + 3, seconds=15)
    await asyncio.sleep(1.0)
    await loaded.trigger()
    await burst_over(loaded)
    assert loaded.commands == []


async def test_a_camera_that_is_there_late_after_a_start_does_not_open_for_what_it_shows_first(
    street: Street, entry: MockConfigEntry
) -> None:
    street.back_camera.show([*[HomeAssistantError("it starts")] * 3, *parked(street, 200)])
    await street.load(entry, cameras=[CAMERA, BACK_CAMERA], interval=0.2, triggers=[])
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: street.back_camera.asked > 12, seconds=15)
    assert street.commands == []
    assert street.gate.board.status.vehicle_present
    await street.unload()


async def test_somebody_who_walks_past_while_the_engine_loads_does_not_make_a_parked_car_come(
    hass: HomeAssistant, street: Street, entry: MockConfigEntry
) -> None:
    street.engine.loads_slowly = True
    street.camera.show(parked(street, 200))
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: street.camera.asked)
    await street.trigger()
    await asyncio.sleep(0.2)
    street.engine.become(EngineState.READY)
    await street.until(lambda: len(street.engine.bodies) > 5)
    await street.trigger()
    await burst_over(street)
    assert street.commands == []
    await street.unload()


@pytest.fixture
def several_looks(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many first looks as there are, in a hurry."""
    monkeypatch.setattr(camera_watch, "FIRST_LOOKS", 4)
    monkeypatch.setattr(camera_watch, "FIRST_LOOKS_APART_SECONDS", 0.05)


def hidden_first(street: Street) -> list[bytes]:
    """A parked car whose plate somebody hides for two pictures."""
    return [*street.pictures.empty(2), *parked(street, 200)]


async def stood_there_all_the_same(street: Street) -> None:
    await street.until_seen()
    await street.trigger()
    await street.until_told("refused", "stood_there")
    await burst_over(street)
    assert street.commands == []
    await street.unload()


@pytest.mark.usefixtures("several_looks")
@pytest.mark.parametrize("watched", [{}, {"interval": 3600.0, "triggers": [TRIGGER]}])
async def test_a_parked_car_that_the_first_pictures_after_the_start_do_not_show_does_not_come(
    street: Street, entry: MockConfigEntry, watched: dict[str, object]
) -> None:
    street.camera.show(hidden_first(street))
    await street.load(entry, **watched)
    await street.list_car("Ann's car", KNOWN)
    await stood_there_all_the_same(street)


@pytest.mark.usefixtures("several_looks")
@pytest.mark.parametrize("watched", [{}, {"interval": 3600.0, "triggers": [TRIGGER]}])
async def test_nor_one_that_the_first_pictures_do_not_show_when_the_engine_is_back(
    street: Street, entry: MockConfigEntry, watched: dict[str, object]
) -> None:
    await street.load(entry, **watched)
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    await street.trigger()
    await burst_over(street)
    street.engine.become(EngineState.FAILING, EngineProblem.FAILED)
    street.camera.show(hidden_first(street))
    street.engine.become(EngineState.READY)
    await stood_there_all_the_same(street)


@pytest.mark.usefixtures("several_looks")
async def test_nor_one_that_the_first_pictures_of_a_camera_that_is_back_do_not_show(
    loaded: Street,
) -> None:
    await burst_over(loaded)
    loaded.camera.show([HomeAssistantError("it starts anew")] * 3)
    await loaded.trigger()
    await burst_over(loaded)
    loaded.camera.show([HomeAssistantError("still"), *hidden_first(loaded)])
    await loaded.until(lambda: not loaded.gate.board.status.reading, seconds=10)
    await loaded.until(lambda: loaded.gate.board.status.reading, seconds=10)
    await stood_there_all_the_same(loaded)


@pytest.mark.usefixtures("several_looks")
async def test_somebody_who_walks_past_before_it_was_seen_what_stands_there_makes_no_car_come(
    street: Street, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_watch, "FIRST_LOOKS_APART_SECONDS", 0.5)
    await street.load(entry)
    await street.list_car("Ann's car", KNOWN)
    await street.until(lambda: len(street.engine.bodies) >= 2)
    street.camera.show(hidden_first(street))
    await street.trigger()
    await street.until_told("refused", "stood_there")
    await burst_over(street)
    assert street.commands == []
    await street.unload()


async def test_an_opening_is_told_of_after_however_many_refusals(loaded: Street) -> None:
    loaded.gate_is("open")
    await loaded.arrive([*loaded.pictures.approach(KNOWN), *parked(loaded, 400)])
    await loaded.until_told("refused", "gate_open")
    for state in ("opening", "unavailable", "unknown"):
        loaded.gate_is(state)
        await asyncio.sleep(0.1)
    loaded.gate_is("closing")
    loaded.gate_is("open")
    await asyncio.sleep(0.1)
    loaded.gate.set_automatic(automatic=False)
    await loaded.until(lambda: len(loaded.events) >= MOST_EVENTS_OF_A_VISIT)
    loaded.gate_is("closed")
    loaded.gate.set_automatic(automatic=True)
    await loaded.until_told("opened", "listed")
    assert loaded.commands == ["open_cover"]


async def test_the_picture_of_another_car_is_not_kept_as_the_listed_cars(loaded: Street) -> None:
    """The engine cuts out the plate it believes nearest: a stranger's, cut off by the edge."""
    film = [
        loaded.pictures.paint(
            plate(STRANGER, width=260, x=1021.0), plate(KNOWN, width=100 + 8 * n, x=300 - 4 * n)
        )
        for n in range(8)
    ]
    await loaded.arrive(film)
    await loaded.until_told("opened", "listed")
    assert loaded.gate.board.evidence.picture is None
