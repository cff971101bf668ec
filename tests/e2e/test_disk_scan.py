"""What fifty visits leave on the disk of a real Home Assistant: nothing of strangers, ever."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
import contextlib
from dataclasses import dataclass, field
import json
import random
import sqlite3
from typing import Any

import pytest
import pytest_socket

from custom_components.alpr_gate.erasure import samples_of
from custom_components.alpr_gate.plate_search import SearchReport, search, shapes_of
from demo.house import ROOT, HassProcess, House, demolish, free_port, furnish
from demo.hub import Hub, HubError
from demo.owner import CAR_SENSED, GATE, add_camera, add_gate, add_integration, add_vehicle

from .painted_street import TOKEN, Car, PaintedStreet, Projector, engine_of
from .turned_clocks import VARIABLE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PYTHON = ROOT / ".venv-demo" / "bin" / "python"
VISITS = 50
LISTED = 4
EVERY_LISTED = 3
"""Every third visit is one of a listed car."""
CODES = {"right code": "590318274613", "wrong code": "774402918365"}
EVERY_CODE = 8
"""Before every eighth visit somebody types a code at the keypad."""
DAY = 24 * 3600.0
VISITS_KEPT = "sensor.alpr_gate_privacy_visits_kept"


@dataclass
class Life:
    """What happened in the house, for the tests to judge."""

    house: House
    strangers: list[Car] = field(default_factory=list)
    listed: list[Car] = field(default_factory=list)
    scans: dict[str, SearchReport] = field(default_factory=dict)
    """What a search for strangers found, by the moment."""
    listed_before_the_end: SearchReport | None = None
    listed_after_the_end: SearchReport | None = None
    typed: list[tuple[str, str]] = field(default_factory=list)
    """Which codes were typed, and what Home Assistant said to them."""
    recorded: int = 0
    after_the_crash: int = 0
    purge: dict[str, Any] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict)
    account: str = ""


def look_for(house: House, cars: list[Car], *leave_out: str) -> SearchReport:
    """Search every byte below the config folder for the cars' plates and crops, and for codes."""
    plates = {f"car-{number}": car.plate for number, car in enumerate(cars)} | CODES
    traces = frozenset[bytes]().union(*(samples_of(car.crop) for car in cars))
    assert len(traces) > 3 * len(cars)
    folder = house.config
    return search(folder, plates, traces=traces, leave_out=[folder / name for name in leave_out])


class Resident:
    """Lives in the house: lets cars come, restarts, crashes, turns clocks."""

    def __init__(self, house: House, street: PaintedStreet, projector: Projector) -> None:
        self.life = Life(house)
        self.street = street
        self.projector = projector
        self.clocks = house.config.parent / "clocks.json"
        self.ahead = {"wall": 0.0, "monotonic": 0.0}
        self.turn()
        self.process = HassProcess(
            house,
            python=PYTHON,
            module="tests.e2e.turned_clocks",
            environment={VARIABLE: str(self.clocks)},
        )
        self.hub: Hub | None = None

    @property
    def here(self) -> Hub:
        assert self.hub is not None
        return self.hub

    def turn(self, **seconds: float) -> None:
        """Turn the clocks by so many seconds."""
        for clock, by in seconds.items():
            self.ahead[clock] += by
        fresh = self.clocks.with_suffix(".new")
        fresh.write_text(json.dumps(self.ahead))
        fresh.replace(self.clocks)

    async def begin(self) -> None:
        """Start Home Assistant again and log in."""
        await self.process.start()
        self.hub = Hub(self.life.house.url)
        await self.hub.log_in()
        await self.hub.running()

    async def end(self, *, crash: bool = False) -> None:
        """Stop Home Assistant, or kill it."""
        if self.hub is not None:
            await self.hub.__aexit__(None, None, None)
            self.hub = None
        await (self.process.kill() if crash else self.process.stop())

    async def first_day(self, engine: str) -> None:
        """Set everything up, as the owner does in the web page."""
        await self.process.start()
        self.hub = Hub(self.life.house.url)
        await self.hub.onboard()
        await self.hub.running()
        await add_camera(self.hub, self.life.house.picture)
        entry = await add_integration(self.hub, {"engine": "remote", "url": engine, "token": TOKEN})
        await add_gate(self.hub, entry, burst_rate=8, burst_length=2)
        await self.keep_pictures_of_listed_cars(entry)
        for number in range(LISTED):
            car = self.street.car()
            self.life.listed.append(car)
            code = {"code": CODES["right code"], "second_factor": "always"}
            await add_vehicle(self.hub, f"Car {number}", car.plate, **({} if number else code))
        await self.hub.action("logger", "set_level", {"custom_components.alpr_gate": "debug"})

    async def keep_pictures_of_listed_cars(self, entry: str) -> None:
        """Fill in the form about privacy."""
        flows = "/api/config/config_entries/options/flow"
        menu = await self.here._post(flows, {"handler": entry})
        flow = f"{flows}/{menu['flow_id']}"
        form = await self.here._post(flow, {"next_step_id": "privacy"})
        answers = {
            section["name"]: {
                one["name"]: one["description"]["suggested_value"]
                for one in section["schema"]
                if "suggested_value" in (one.get("description") or {})
            }
            for section in form["data_schema"]
        }
        answers["listed"]["listed_pictures"] = True
        assert (await self.here._post(flow, answers))["type"] == "create_entry"

    async def kept(self) -> int:
        """How many visits are kept."""
        return int((await self.here.states())[VISITS_KEPT]["state"])

    async def comes(self, number: int) -> None:
        """One car comes and leaves; every third is a listed one."""
        if number % EVERY_LISTED == 0:
            car = self.life.listed[number // EVERY_LISTED % LISTED]
        else:
            car = self.street.car()
            self.life.strangers.append(car)
        before = await self.kept()
        await self.arrive(car)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(15):
                while await self.kept() == before:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
        await self.here.action("input_boolean", "turn_off", {"entity_id": CAR_SENSED})
        await self.here.action("cover", "close_cover", {"entity_id": GATE})

    async def arrive(self, car: Car) -> None:
        """A car comes nearer, and the sensor in the driveway senses it."""
        self.projector.show(self.street.approach(car))
        await self.here.action("input_boolean", "turn_on", {"entity_id": CAR_SENSED})

    async def types_codes(self) -> None:
        """Somebody types one code at the keypad, and then another."""
        for name, code in CODES.items():
            answer = ""
            try:
                await self.here.action("alpr_gate", "enter_code", {"code": code})
            except HubError as refused:
                answer = str(refused)
            self.life.typed.append((name, answer))

    async def scan(self, moment: str) -> None:
        """Search for strangers now."""
        self.life.scans[moment] = await asyncio.to_thread(
            look_for, self.life.house, self.life.strangers
        )

    async def live(self) -> None:
        """Fifty visits, and what can happen meanwhile."""
        for number in range(VISITS):
            if number % EVERY_CODE == 0:
                await self.types_codes()
            await self.comes(number)
            if number % 10 == 9:
                await self.scan(f"after visit {number}")
            if number == 12:
                await self.end()
                await self.scan("stopped")
                await self.begin()
            if number == 24:
                await self.crash()
            if number == 34:
                self.turn(wall=-10 * DAY)
            if number == 42:
                self.turn(wall=15 * DAY)
        self.life.recorded = await self.kept()

    async def crash(self) -> None:
        """Kill Home Assistant while a stranger is at the gate."""
        stranger = self.street.car()
        self.life.strangers.append(stranger)
        before = await self.kept()
        await self.arrive(stranger)
        await asyncio.sleep(0.5)
        await self.end(crash=True)
        await self.scan("killed")
        await self.begin()
        self.life.after_the_crash = await self.kept() - before
        await self.scan("started after the crash")

    async def last_day(self) -> None:
        """Let the window end."""
        life, register = self.life, ".storage/alpr_gate.register"
        life.listed_before_the_end = await asyncio.to_thread(
            look_for, life.house, life.listed, register
        )
        self.turn(wall=3 * DAY + 60, monotonic=3 * DAY + 60)
        life.purge = await self.here.action("alpr_gate", "purge_now", {}, answers=True)
        life.certificate = await self.here.action("alpr_gate", "verify_retention", {}, answers=True)
        await self.scan("after the window's end")
        await self.end()
        await self.scan("stopped at last")
        life.listed_after_the_end = await asyncio.to_thread(
            look_for, life.house, life.listed, register
        )
        life.account = (life.house.config / ".storage" / "alpr_gate.audit").read_text()


async def live_in(house: House) -> Life:
    """Live a whole life in the house."""
    street = PaintedStreet(random.Random(20261122))
    projector = Projector(house, street)
    showing = asyncio.create_task(projector.run())
    async with engine_of(street) as engine:
        resident = Resident(house, street, projector)
        try:
            await resident.first_day(engine)
            await resident.live()
            await resident.last_day()
        except (HubError, KeyError, TimeoutError) as error:
            log = house.log.read_text(errors="replace")[-6000:]
            raise AssertionError(f"{error!r}\n{log}") from error
        finally:
            await resident.end()
            showing.cancel()
    return resident.life


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A house in which fifty visits happened."""
    if not PYTHON.exists():
        pytest.skip("needs `scripts/setup demo`")
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost"], allow_unix_socket=True)
    config = tmp_path_factory.mktemp("house") / "config"
    config.mkdir()
    house = furnish(config, free_port(8123), b"\xff\xd8\xff\xe0" + bytes(2_000))
    yield asyncio.run(live_in(house))
    demolish(house)


def test_the_visits_were_recorded_over_restarts_a_crash_and_clock_jumps(life: Life) -> None:
    assert len(life.strangers) > 30
    assert life.recorded >= VISITS - 3
    assert life.after_the_crash >= 0
    assert '"clock_jumped"' in life.account
    assert '"opened"' in life.account
    assert ("right code", "") in life.typed
    assert any(name == "wrong code" and "code is wrong" in said for name, said in life.typed)


def test_of_strangers_nothing_is_ever_on_the_disk_nor_is_a_code(life: Life) -> None:
    assert len(life.scans) >= 10
    for moment, report in life.scans.items():
        assert report.files > 10, moment
        assert report.findings == (), moment
        assert report.unreadable == (), moment


def test_of_listed_cars_pictures_are_kept_in_the_window_and_plates_in_the_list_alone(
    life: Life,
) -> None:
    report = life.listed_before_the_end
    assert report is not None
    assert {(finding.vehicle, finding.place) for finding in report.findings} <= {
        (None, ".cache/alpr_gate/window.db"),
        (None, ".cache/alpr_gate/window.db-wal"),
    }
    assert report.findings


def test_after_the_windows_end_nothing_of_listed_cars_is_left_but_the_list(life: Life) -> None:
    assert life.purge["verified"] is True
    assert life.purge["visits_destroyed"] == life.recorded
    assert life.purge["pictures_destroyed"] > 0
    report = life.listed_after_the_end
    assert report is not None
    assert report.findings == ()


def test_the_certificate_says_so_too(life: Life) -> None:
    assert life.certificate["found"] == []
    assert life.certificate["window"]["visits"] == 0
    assert life.certificate["window"]["overdue"] == 0
    assert life.certificate["account"]["fault"] is None
    assert life.certificate["searched"]["plates"] == LISTED


def test_files_of_the_integration_are_for_its_own_account_only(life: Life) -> None:
    config = life.house.config
    for path in (
        config / ".storage" / "alpr_gate.register",
        config / ".storage" / "alpr_gate.audit",
        config / ".storage" / "alpr_gate.audit.head",
        config / ".cache" / "alpr_gate" / "window.db",
    ):
        assert path.stat().st_mode & 0o777 == 0o600, path.name


def test_the_search_finds_what_is_planted_in_the_same_house(life: Life) -> None:
    config, stranger = life.house.config, life.strangers[0]
    plate, crop = stranger.plate, stranger.crop
    database = sqlite3.connect(config / "home-assistant_v2.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    database.execute("CREATE TABLE planted (text TEXT)")
    database.execute("INSERT INTO planted VALUES (?)", (plate,))
    planted = {
        "home-assistant.log": f"read {plate.lower()} at the gate\n".encode(),
        ".storage/core.restore_state": json.dumps({"state": plate[::-1]}).encode(),
        ".storage/trace.saved_traces": base64.b64encode(b"plate " + plate.encode()),
        "www/car.jpg": crop[1_000:],
        f"www/{plate}.txt": b"nothing",
        **{f"www/{name}.json": json.dumps({"code": code}).encode() for name, code in CODES.items()},
        ".cache/alpr_gate/left": crop[3_000:5_000],
    }
    spaced = {" ".join(plate), f"{plate[:3]} {plate[3:]}", f"{plate[0]}-{plate[1:3]} {plate[3:]}"}
    for number, shape in enumerate(sorted(shapes_of(plate) | {one.encode() for one in spaced})):
        planted[f"www/shape-{number}.bin"] = bytes(500) + shape + bytes(500)
    for name, content in planted.items():
        path = config / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            file.write(content)
    report = look_for(life.house, life.strangers)
    found = {
        finding.path.relative_to(config).as_posix() for finding in report.findings if finding.path
    }
    assert found == {*planted, "home-assistant_v2.db-wal"}
    database.close()
