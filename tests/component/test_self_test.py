"""The daily search names every place where a plate lies, and is quiet again when it is gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
import os
from pathlib import Path
import sqlite3
import threading

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.alpr_gate import byte_finder, self_test
from custom_components.alpr_gate.archive_status import VisitToKeep
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.privacy_desk import audit_file
from custom_components.alpr_gate.privacy_settings import PrivacySettings
from custom_components.alpr_gate.retention import Retention

from .street import KNOWN, Street


def places(hass: HomeAssistant) -> set[str]:
    """The places that repair issues name."""
    return {
        (issue.translation_placeholders or {})["place"]
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.translation_key == "plate_found"
    }


def plant_in_database(path: Path) -> None:
    """Write the plate into a database as a recorder would."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE states (state TEXT)")
        database.execute("INSERT INTO states VALUES (?)", (KNOWN,))


@pytest.mark.parametrize(
    "place", ["home-assistant_v2.db", "www/note.txt", "home-assistant.log", ".storage/core.restore"]
)
async def test_a_plate_is_found_wherever_it_lies_and_the_issue_goes_with_it(
    hass: HomeAssistant, loaded: Street, place: str
) -> None:
    path = Path(hass.config.path(place))

    def plant() -> None:
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".db":
            plant_in_database(path)
        else:
            path.write_text(f'{{"state": "{KNOWN.lower()}"}}\n')

    await hass.async_add_executor_job(plant)
    button = "button.alpr_gate_privacy_search_for_plates_now"
    press = {"entity_id": button}
    await hass.services.async_call("button", "press", press, blocking=True)
    assert places(hass) == {place}
    assert KNOWN not in str([issue.to_json() for issue in ir.async_get(hass).issues.values()])
    state = hass.states.get("event.alpr_gate_privacy_news_for_admins")
    assert state is not None
    assert (state.attributes["event_type"], state.attributes["count"]) == ("plate_found", 1)
    await hass.async_add_executor_job(path.unlink)
    await hass.services.async_call("button", "press", press, blocking=True)
    assert places(hass) == set()


async def test_a_plate_in_a_state_is_found_before_anybody_writes_it_down(
    hass: HomeAssistant, loaded: Street
) -> None:
    hass.states.async_set("input_text.note", "home", {"who": f"the {KNOWN}"})
    telling = f"sensor.{KNOWN.lower()}"
    hass.states.async_set(telling, "away")
    await loaded.data.privacy.self_test.run()
    assert places(hass) == {"state of input_text.note", "state of …"}
    hass.states.async_remove("input_text.note")
    hass.states.async_remove(telling)
    await loaded.data.privacy.self_test.run()
    assert places(hass) == set()


@pytest.mark.parametrize("odd", [object(), "bad \ud800 text", {("a",): 1}, float("inf")])
async def test_an_attribute_that_cannot_be_written_down_does_not_end_the_search(
    hass: HomeAssistant, loaded: Street, odd: object
) -> None:
    hass.states.async_set("sensor.other", "on", {"odd": odd, "note": f"saw {KNOWN}"})
    await loaded.data.privacy.self_test.run()
    assert places(hass) == {"state of sensor.other"}
    hass.states.async_remove("sensor.other")


async def test_it_runs_every_day_though_the_account_cannot_be_read_and_says_so(
    hass: HomeAssistant, loaded: Street
) -> None:
    account = audit_file(hass)

    def damage() -> None:
        account.write_bytes(b"\xff nonsense\n" + account.read_bytes())

    await hass.async_add_executor_job(damage)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, seconds=1))
    await loaded.until(lambda: loaded.data.privacy.self_test.at is not None)
    assert (DOMAIN, "audit_broken") in ir.async_get(hass).issues


async def test_it_runs_every_day_by_itself(hass: HomeAssistant, loaded: Street) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, seconds=1))
    await loaded.until(lambda: loaded.data.privacy.self_test.at is not None)
    report = loaded.data.privacy.self_test.report
    assert report is not None
    assert report.findings == ()
    assert report.files > 1


async def test_a_copy_of_a_destroyed_picture_is_found(hass: HomeAssistant, loaded: Street) -> None:
    desk = loaded.data.privacy
    picture = os.urandom(8000)
    await desk.follow(PrivacySettings(retention=Retention(listed_pictures=True)))
    visit = VisitToKeep("gate", "open", "listed", 2, "vehicle-ann", picture=picture)
    await desk.archive.record(visit)
    await desk.archive.forget("vehicle-ann")
    copy = Path(hass.config.path("copy.jpg"))
    await hass.async_add_executor_job(copy.write_bytes, picture)
    await desk.self_test.run()
    assert places(hass) == {"copy.jpg"}


async def test_it_searches_beside_the_event_loop_and_rests_after_every_small_piece(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[bool] = []
    rest = self_test.SelfTest._rest

    def resting(test: self_test.SelfTest) -> None:
        rests.append(threading.current_thread() is threading.main_thread())
        rest(test)

    monkeypatch.setattr(self_test.SelfTest, "_rest", resting)
    large = Path(hass.config.path("large.bin"))
    await hass.async_add_executor_job(large.write_bytes, bytes(4 * 1024 * 1024))
    await loaded.data.privacy.self_test.run()
    assert rests.count(False) == len(rests) > 4 * 1024 * 1024 // byte_finder.PIECE


async def test_a_search_under_way_does_not_keep_home_assistant_from_stopping(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_test, "PAUSE_SECONDS", 60.0)
    search = hass.async_create_task(loaded.data.privacy.self_test.run())
    await asyncio.sleep(0.1)
    assert not search.done()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    with pytest.raises(self_test.SearchStoppedError):
        async with asyncio.timeout(1):
            await search
