"""Visits are kept as long as the owner chose, destroyed then, and both are accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
import os
from pathlib import Path
import random
import sqlite3

import pytest

from custom_components.alpr_gate.archive import Archive
from custom_components.alpr_gate.archive_status import ArchiveProblem, Clocks, VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditChain, AuditError
from custom_components.alpr_gate.erasure import samples_of
from custom_components.alpr_gate.keeper import Keeper
from custom_components.alpr_gate.retention import ClockJump, Retention
from custom_components.alpr_gate.window import Window
from custom_components.alpr_gate.window_file import WindowFile
from custom_components.alpr_gate.window_purge import WindowPurge

HOUR = 3600.0
DAY = 24 * HOUR
YEAR = 365 * DAY
PICTURE = random.Random(1).randbytes(20_000)


@dataclass
class House:
    """A keeper, its files, and the two clocks it reads."""

    folder: Path
    retention: Retention = field(default_factory=Retention)
    wall: float = 1_000_000.0
    monotonic: float = 50.0

    def __post_init__(self) -> None:
        """Start a keeper."""
        self.marks = (f"v{number:032x}" for number in count(1))
        self.begin()

    def begin(self) -> None:
        """Make a keeper and start it."""
        self.chain = AuditChain(self.folder / "audit")
        self.keeper = Keeper(
            self.folder / "window.db",
            self.chain,
            clocks=Clocks(lambda: self.wall, lambda: self.monotonic),
            new_mark=lambda: next(self.marks),
            retention=self.retention,
        )
        self.keeper.start()

    def restart(self, off: float = 0.0) -> None:
        """Stop, be off for some seconds, start with another monotonic clock."""
        self.keeper.stop()
        self.wall += off
        self.monotonic = 7.0
        self.begin()

    def wait(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.wall += seconds
        self.monotonic += seconds

    def actions(self) -> list[AuditAction]:
        """What was accounted for."""
        return [record.action for record in self.chain.records()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with the default retention."""
    house = House(tmp_path)
    yield house
    house.keeper.stop()


def _listed(picture: bytes | None = None) -> VisitToKeep:
    return VisitToKeep("gate-1", "open", "listed", 2, vehicle="vehicle-1", picture=picture)


def _unknown(picture: bytes | None = None) -> VisitToKeep:
    return VisitToKeep("gate-1", "refuse", "not_listed", 3, token=b"t" * 16, picture=picture)


def test_a_visit_lives_its_time_and_no_longer(house: House) -> None:
    house.keeper.record(_listed())
    house.wait(72 * HOUR - 1)
    assert len(house.keeper.search()) == 1
    house.wait(1)
    assert house.keeper.search() == []
    done = house.keeper.purge()
    assert done is not None
    assert (done.visits, done.verified) == (1, True)
    assert house.keeper.status.visits == 0
    assert house.keeper.status.verified_at is not None
    assert AuditAction.PURGED in house.actions()


def test_expired_visits_go_before_a_new_one_is_written(house: House) -> None:
    house.keeper.record(_listed())
    house.wait(73 * HOUR)
    house.keeper.record(_listed())
    assert house.keeper.status.visits == 1


def test_expired_visits_go_at_start(house: House) -> None:
    house.keeper.record(_listed())
    house.restart(off=73 * HOUR)
    assert house.keeper.status.visits == 0


def test_by_default_no_picture_reaches_the_disk(house: House) -> None:
    for visit in (_listed(PICTURE), _unknown(PICTURE)):
        mark = house.keeper.record(visit)
        assert mark is not None
        assert house.keeper.picture(mark) is None
    house.keeper.stop()
    content = b"".join(path.read_bytes() for path in house.folder.iterdir())
    assert not any(sample in content for sample in samples_of(PICTURE))


def test_pictures_are_kept_where_the_owner_chose_so_for_their_own_time(tmp_path: Path) -> None:
    chosen = Retention(unknown_pictures=True, unknown_pictures_for=timedelta(hours=2))
    house = House(tmp_path, chosen)
    mark = house.keeper.record(_unknown(PICTURE))
    assert mark is not None
    assert house.keeper.picture(mark) == PICTURE
    house.wait(2 * HOUR)
    assert house.keeper.picture(mark) is None
    done = house.keeper.purge()
    assert done is not None
    assert (done.visits, done.pictures, done.verified) == (0, 1, True)
    house.keeper.stop()


def test_a_shorter_window_applies_at_once(house: House) -> None:
    house.keeper.record(_listed())
    house.keeper.record(_unknown())
    house.wait(2 * HOUR)
    house.keeper.set_retention(Retention(listed=timedelta(hours=1)))
    assert [visit.vehicle for visit in house.keeper.search()] == [None]


def test_a_clock_set_back_while_running_does_not_prolong(house: House) -> None:
    house.keeper.record(_listed())
    house.wall -= 10 * DAY
    house.wait(72 * HOUR)
    done = house.keeper.purge()
    assert done is not None
    assert done.visits == 1
    assert house.keeper.status.clock_jump is ClockJump.BACK
    assert AuditAction.CLOCK_JUMPED in house.actions()


def test_a_clock_set_back_while_off_does_not_prolong(house: House) -> None:
    house.keeper.record(_listed())
    house.wait(71 * HOUR)
    house.restart(off=-10 * DAY)
    assert house.keeper.status.clock_jump is ClockJump.BACK
    house.wait(1 * HOUR)
    house.keeper.purge()
    assert house.keeper.status.visits == 0


def test_a_clock_set_forward_wipes_nothing_young_and_says_so(house: House) -> None:
    house.keeper.record(_listed())
    house.wall += 10 * DAY
    house.wait(HOUR)
    house.keeper.purge()
    assert house.keeper.status.visits == 1
    assert house.keeper.status.clock_jump is ClockJump.FORWARD
    assert AuditAction.CLOCK_JUMPED in house.actions()


def test_a_held_visit_outlives_the_window_and_goes_at_its_end(house: House) -> None:
    mark = house.keeper.record(_listed())
    assert mark is not None
    assert house.keeper.hold(mark, seconds=10 * DAY, reason="accident", person="anna")
    house.wait(9 * DAY)
    house.keeper.purge()
    assert [hold.mark for hold in house.keeper.holds()] == [mark]
    assert house.keeper.status.holds == 1
    house.wait(DAY)
    house.keeper.purge()
    assert (house.keeper.status.visits, house.keeper.holds()) == (0, [])


def test_a_released_visit_goes_at_once_when_its_time_is_over(house: House) -> None:
    mark = house.keeper.record(_listed())
    assert mark is not None
    house.keeper.hold(mark, seconds=10 * DAY, reason="accident", person="anna")
    house.wait(5 * DAY)
    assert house.keeper.release(mark)
    assert house.keeper.status.visits == 0
    assert not house.keeper.release(mark)


def test_forgetting_a_vehicle_is_verified_and_accounted_for(house: House) -> None:
    house.keeper.record(_listed())
    done = house.keeper.forget("vehicle-1")
    assert done is not None
    assert (done.visits, done.verified) == (1, True)
    assert house.actions()[-1] is AuditAction.VEHICLE_FORGOTTEN


def test_fault_36_a_damaged_window_is_put_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / "window.db").write_bytes(os.urandom(5000))
    house = House(tmp_path)
    assert ArchiveProblem.WINDOW_DAMAGED in house.keeper.status.problems
    assert house.keeper.record(_listed()) is not None
    aside = tmp_path / "window.db.damaged"
    assert aside.exists()
    house.wall = aside.stat().st_mtime + 72 * HOUR
    house.keeper.purge()
    assert not aside.exists()
    house.keeper.stop()


def _overwrite(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CREATE TABLE visits", b"\xe3REATE TABLE visits"),
        (b"CREATE TABLE visits", b"CREATE TABLE v\xe3sits"),
        (b"mark TEXT NOT NULL", b"m\xe3rk TEXT NOT NULL"),
        (b"last_seen REAL", b"l\xe3st_seen REAL"),
        (b"visit INTEGER PRIMARY KEY", b"v\xe3sit INTEGER PRIMARY KEY"),
    ],
)
def test_fault_36_a_window_with_a_damaged_schema_is_put_aside(
    house: House, old: bytes, new: bytes
) -> None:
    house.keeper.record(_listed())
    house.keeper.stop()
    _overwrite(house.folder / "window.db", old, new)
    house.begin()
    assert ArchiveProblem.WINDOW_DAMAGED in house.keeper.status.problems
    assert (house.folder / "window.db.damaged").exists()
    assert house.keeper.record(_listed()) is not None
    assert house.keeper.status.visits == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE visits SET mark = x'ff'",
        "UPDATE visits SET mark = CAST(x'ff' AS TEXT)",
        "UPDATE visits SET looks = 'many'",
        "UPDATE visits SET at = 1e300",
        "UPDATE clock SET last_seen = 1e300",
        "UPDATE clock SET last_seen = x'ff'",
    ],
)
def test_fault_36_a_window_with_what_was_never_written_so_is_put_aside(
    house: House, damage: str
) -> None:
    house.keeper.record(_listed())
    house.keeper.stop()
    with closing(sqlite3.connect(house.folder / "window.db")) as db, db:
        db.execute(damage)
    house.begin()
    assert house.keeper.search() == []
    assert ArchiveProblem.WINDOW_DAMAGED in house.keeper.status.problems
    assert house.keeper.record(_listed()) is not None
    assert len(house.keeper.search()) == house.keeper.status.visits == 1


@pytest.mark.parametrize(
    ("where", "method"),
    [
        (Window, "counts"),
        (Window, "search"),
        (WindowPurge, "purge"),
        (Window, "record"),
        (Window, "hold_count"),
    ],
)
def test_fault_36_a_window_whose_damage_shows_later_is_put_aside_then(
    house: House, monkeypatch: pytest.MonkeyPatch, where: type, method: str
) -> None:
    house.keeper.record(_listed())
    house.keeper.stop()

    def malformed(*_args: object, **_kwargs: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with monkeypatch.context() as damaged:
        damaged.setattr(where, method, malformed)
        house.begin()
        house.keeper.record(_listed())
        house.keeper.search()
    assert ArchiveProblem.WINDOW_DAMAGED in house.keeper.status.problems
    assert ArchiveProblem.PURGE_FAILED not in house.keeper.status.problems
    assert house.keeper.record(_listed()) is not None


def test_fault_37_a_full_disk_stops_recording_and_says_so_until_it_heals(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Window, "record", full)
        assert house.keeper.record(_listed()) is None
    assert ArchiveProblem.WINDOW_UNWRITABLE in house.keeper.status.problems
    assert not house.keeper.status.recording
    assert house.keeper.record(_listed()) is not None
    assert house.keeper.status.recording


def test_fault_38_when_a_purge_fails_recording_stops_until_one_succeeds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise sqlite3.OperationalError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(WindowPurge, "purge", fail)
        assert house.keeper.record(_listed()) is None
        assert ArchiveProblem.PURGE_FAILED in house.keeper.status.problems
        assert house.actions()[-1] is AuditAction.PURGE_FAILED
    assert house.keeper.record(_listed()) is not None
    assert ArchiveProblem.PURGE_FAILED not in house.keeper.status.problems


def test_a_purge_that_leaves_traces_stops_recording(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.keeper.record(_listed())
    house.wait(73 * HOUR)
    monkeypatch.setattr("custom_components.alpr_gate.window_purge.remains", lambda *_: 1)
    done = house.keeper.purge()
    assert done is not None
    assert not done.verified
    assert ArchiveProblem.PURGE_FAILED in house.keeper.status.problems
    assert not house.keeper.status.recording


def test_a_broken_chain_is_said_at_start_and_written_into_it(house: House) -> None:
    house.keeper.record(_listed())
    path = house.folder / "audit"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]) + "nonsense\n")
    house.restart()
    assert ArchiveProblem.AUDIT_BROKEN in house.keeper.status.problems


def test_what_cannot_be_accounted_for_is_refused_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(AuditError):
            house.keeper.account.write(AuditAction.OPENED, details={"gate": "gate-1"})
        assert ArchiveProblem.AUDIT_UNWRITABLE in house.keeper.status.problems
    house.keeper.account.write(AuditAction.OPENED)
    assert ArchiveProblem.AUDIT_UNWRITABLE not in house.keeper.status.problems


async def test_the_archive_does_the_same_beside_the_event_loop(tmp_path: Path) -> None:
    now = [1_000_000.0]
    marks = (f"v{number:032x}" for number in count(1))
    archive = Archive(
        tmp_path / "window.db",
        tmp_path / "audit",
        clocks=Clocks(lambda: now[0], lambda: now[0]),
        new_mark=lambda: next(marks),
        retention=Retention(listed_pictures=True),
    )
    await archive.start()
    mark = await archive.record(_listed(PICTURE))
    assert mark is not None
    assert await archive.picture(mark) == PICTURE
    assert [visit.mark for visit in await archive.search(vehicle="vehicle-1")] == [mark]
    assert await archive.hold(mark, seconds=DAY, reason="accident", person="anna")
    assert len(await archive.holds()) == 1
    assert await archive.release(mark)
    await archive.account(AuditAction.SEARCHED, user="anna", purpose="accident", found=1)
    await archive.set_retention(Retention(listed=timedelta(hours=1)))
    now[0] += 2 * HOUR
    done = await archive.purge()
    assert done is not None
    assert done.visits == 1
    assert (await archive.forget("vehicle-1")) is not None
    report = await archive.verify_account()
    assert report.fault is None
    now[0] += 400 * DAY
    await archive.account(AuditAction.STARTED)
    assert await archive.tend_account() == report.records
    assert archive.status.visits == 0
    await archive.stop()


def test_a_start_in_a_wrong_year_costs_the_account_nothing(house: House) -> None:
    house.keeper.account.write(AuditAction.OPENED)
    before = len(house.actions())
    house.restart(off=20 * YEAR)
    house.wait(HOUR)
    removed = [house.keeper.account.tend(YEAR)]
    house.wall -= 20 * YEAR
    removed.append(house.keeper.account.tend(YEAR))
    house.restart()
    removed.append(house.keeper.account.tend(YEAR))
    assert removed == [0, 0, 0]
    assert len(house.actions()) > before
    assert AuditAction.OPENED in house.actions()


def test_the_account_of_a_house_that_was_left_for_long_is_shortened_after_the_next_start(
    house: House,
) -> None:
    house.keeper.account.write(AuditAction.OPENED)
    house.restart(off=2 * YEAR)
    assert house.keeper.account.tend(YEAR) == 0
    house.restart(off=HOUR)
    assert house.keeper.account.tend(YEAR) > 0
    assert AuditAction.OPENED not in house.actions()


def test_what_a_power_cut_left_in_the_journal_is_gone_after_the_next_start(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, Retention(listed_pictures=True))
    house.keeper.record(_listed(PICTURE))
    # The files as a power cut leaves them right after the destruction and before the look.
    house.keeper._file.db.execute("DELETE FROM pictures")
    house.keeper._file.db.execute("DELETE FROM visits")
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert any(sample in left["window.db-wal"] for sample in samples_of(PICTURE))
    cut = tmp_path / "cut"
    cut.mkdir()
    for name, content in left.items():
        (cut / name).write_bytes(content)
    house.keeper.stop()
    again = House(cut)
    content = b"".join(path.read_bytes() for path in cut.iterdir())
    assert not any(sample in content for sample in samples_of(PICTURE))
    again.keeper.stop()


def test_an_account_that_cannot_be_opened_is_a_problem_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(_chain: AuditChain) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(AuditChain, "open", read_only)
    house = House(tmp_path)
    assert ArchiveProblem.AUDIT_UNWRITABLE in house.keeper.status.problems
    house.keeper.stop()


def test_fault_37_a_disk_that_is_full_at_start_puts_nothing_aside_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: WindowFile) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    house.keeper.record(_listed())
    with monkeypatch.context() as broken:
        broken.setattr(WindowFile, "open", full)
        house.restart()
        assert house.keeper.status.problems == {ArchiveProblem.WINDOW_UNWRITABLE}
        assert house.keeper.record(_listed()) is None
        house.keeper.tick()
        assert not house.keeper.status.recording
    house.keeper.tick()
    assert house.keeper.status.problems == frozenset()
    assert house.keeper.status.visits == 1
    assert not (house.folder / "window.db.damaged").exists()


def test_a_disk_that_stays_full_stays_a_problem(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Window, "record", full)
    monkeypatch.setattr(WindowFile, "note_time", full)
    house.keeper.record(_listed())
    for _ in range(3):
        house.wait(60)
        house.keeper.tick()
        assert ArchiveProblem.WINDOW_UNWRITABLE in house.keeper.status.problems
    monkeypatch.undo()
    house.wait(60)
    house.keeper.tick()
    assert house.keeper.status.recording


def test_shorter_times_that_could_not_be_applied_are_applied_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    house.keeper.record(_listed())
    house.wait(2 * HOUR)
    with monkeypatch.context() as broken:
        broken.setattr(WindowPurge, "shorten", full)
        house.keeper.set_retention(Retention(listed=timedelta(hours=1)))
        assert ArchiveProblem.PURGE_FAILED in house.keeper.status.problems
        assert len(house.keeper.search()) == 1
    house.keeper.tick()
    assert house.keeper.search() == []
    assert house.keeper.status.problems == frozenset()


def test_times_that_were_shortened_while_it_was_off_apply_at_the_next_start(house: House) -> None:
    house.keeper.record(_listed())
    house.retention = Retention(listed=timedelta(hours=1))
    house.restart(off=2 * HOUR)
    assert house.keeper.status.visits == 0


def test_a_purge_that_finds_nothing_is_told_of_once_an_hour(house: House) -> None:
    first = house.keeper.status.verified_at
    assert first is not None
    house.wait(60)
    house.keeper.purge()
    assert house.keeper.status.verified_at == first
    house.wait(HOUR)
    house.keeper.purge()
    assert house.keeper.status.verified_at == first + 60 + HOUR
