"""The rolling window keeps what it was told to, no longer, and proves that the rest is gone."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import random
import stat

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
import hypothesis.strategies as st
import pytest

from custom_components.alpr_gate.byte_finder import PIECE
from custom_components.alpr_gate.erasure import Traces, remains, samples_of
from custom_components.alpr_gate.window import Window
from custom_components.alpr_gate.window_file import WindowDamagedError, WindowFile
from custom_components.alpr_gate.window_purge import WindowPurge
from custom_components.alpr_gate.window_records import VisitRecord

HOUR = 3600.0


def _mark(number: int) -> str:
    return f"v{number:032x}"


def _visit(number: int, at: float = 0.0, vehicle: str | None = "vehicle-1") -> VisitRecord:
    return VisitRecord(_mark(number), at, "gate-1", "open", "listed", 2, vehicle)


def _picture(seed: int, size: int = 30_000) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[WindowFile]:
    """An open window file."""
    file = WindowFile(tmp_path / "folder" / "window.db")
    file.open()
    yield file
    file.close()


@pytest.fixture
def window(file: WindowFile) -> Window:
    """The visits in it."""
    return Window(file)


@pytest.fixture
def shredder(file: WindowFile) -> WindowPurge:
    """What destroys them."""
    return WindowPurge(file)


def _content(file: WindowFile) -> bytes:
    return b"".join(path.read_bytes() for path in file.files if path.exists())


def test_a_recorded_visit_is_found_and_says_what_happened(window: Window) -> None:
    window.record(_visit(1), expires=10.0)
    (found,) = window.search(5.0)
    assert (found.mark, found.vehicle, found.verdict, found.has_picture) == (
        _mark(1),
        "vehicle-1",
        "open",
        False,
    )


def test_the_newest_come_first_and_no_more_than_asked_for(window: Window) -> None:
    for number in range(5):
        window.record(_visit(number, at=float(number)), expires=100.0)
    assert [visit.at for visit in window.search(5.0, limit=3)] == [4.0, 3.0, 2.0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"vehicle": "a"}, {0, 2}),
        ({"vehicle": "nobody"}, set()),
        ({"gate": "gate-1"}, {0, 1, 2}),
        ({"gate": "gate-2"}, set()),
        ({"since": 1.0}, {1, 2}),
        ({"until": 1.0}, {0, 1}),
        ({"vehicle": "a", "since": 1.0}, {2}),
    ],
)
def test_a_search_finds_what_it_asks_for(
    window: Window, query: dict[str, str], expected: set[int]
) -> None:
    for number, vehicle in enumerate(["a", None, "a"]):
        window.record(_visit(number, float(number), vehicle), expires=100.0)
    found = {int(visit.mark[1:], 16) for visit in window.search(5.0, **query)}  # type: ignore[arg-type]
    assert found == expected


def test_what_has_expired_is_not_served_even_before_it_is_purged(window: Window) -> None:
    window.record(_visit(1), expires=10.0, picture=_picture(1), picture_expires=5.0)
    assert window.picture(_mark(1), 4.0) == _picture(1)
    assert window.picture(_mark(1), 5.0) is None
    assert window.search(10.0) == []


def test_a_picture_never_outlives_its_visit(window: Window) -> None:
    window.record(_visit(1), expires=10.0, picture=_picture(1), picture_expires=99.0)
    assert window.picture(_mark(1), 10.0) is None


def test_a_purge_destroys_what_expired_and_nothing_else(
    window: Window, shredder: WindowPurge, file: WindowFile
) -> None:
    for number in range(10):
        window.record(
            _visit(number), expires=float(number), picture=_picture(number), picture_expires=99.0
        )
    done = shredder.purge(4.0)
    assert (done.visits, done.pictures, done.traces_left, done.verified) == (5, 5, 0, True)
    assert window.counts() == (5, 5, 0)
    content = _content(file)
    for number in range(10):
        gone = number <= 4
        assert (_mark(number).encode() not in content) is gone
        assert any(sample in content for sample in samples_of(_picture(number))) is not gone


def test_a_picture_can_go_before_its_visit(
    window: Window, shredder: WindowPurge, file: WindowFile
) -> None:
    window.record(_visit(1), expires=10.0, picture=_picture(1), picture_expires=5.0)
    done = shredder.purge(5.0)
    assert (done.visits, done.pictures) == (0, 1)
    assert not any(sample in _content(file) for sample in samples_of(_picture(1)))


def test_shortening_the_window_applies_at_once_and_never_prolongs(
    window: Window, shredder: WindowPurge
) -> None:
    window.record(_visit(1, at=0.0), expires=100.0)
    window.record(_visit(2, at=0.0, vehicle=None), expires=100.0)
    window.record(_visit(3, at=0.0), expires=2.0)
    shredder.shorten(listed=50.0, unknown=10.0, listed_pictures=None, unknown_pictures=None)
    assert {visit.mark: visit.expires for visit in window.search(0.0)} == {
        _mark(1): 50.0,
        _mark(2): 10.0,
        _mark(3): 2.0,
    }


def test_shortening_takes_pictures_along(window: Window, shredder: WindowPurge) -> None:
    window.record(_visit(1, at=0.0), expires=100.0, picture=_picture(1), picture_expires=100.0)
    shredder.shorten(listed=100.0, unknown=100.0, listed_pictures=None, unknown_pictures=50.0)
    assert shredder.purge(0.0).pictures == 1


def test_a_held_visit_survives_its_expiry_until_the_hold_ends(
    window: Window, shredder: WindowPurge
) -> None:
    window.record(_visit(1), expires=5.0, picture=_picture(1), picture_expires=5.0)
    assert window.hold(_mark(1), until=20.0, reason="accident", person="user-1")
    assert shredder.purge(10.0).visits == 0
    assert window.picture(_mark(1), 10.0) == _picture(1)
    (found,) = window.search(10.0)
    assert found.held_until == 20.0
    assert [hold.reason for hold in window.holds()] == ["accident"]
    done = shredder.purge(20.0)
    assert (done.visits, done.pictures, done.verified) == (1, 1, True)
    assert window.holds() == []


def test_a_released_visit_lives_by_the_window_again(window: Window, shredder: WindowPurge) -> None:
    window.record(_visit(1), expires=5.0)
    window.hold(_mark(1), until=20.0, reason="accident", person="user-1")
    assert window.release(_mark(1))
    assert shredder.purge(6.0).visits == 1


def test_nothing_can_be_held_or_released_that_is_not_there(window: Window) -> None:
    assert not window.hold(_mark(9), until=20.0, reason="accident", person="user-1")
    assert not window.release(_mark(9))


def test_forgetting_a_vehicle_leaves_no_trace_of_its_id(
    window: Window, shredder: WindowPurge, file: WindowFile
) -> None:
    for number in range(3_000):
        vehicle = "forget-this-vehicle" if number % 7 == 0 else f"vehicle-{number % 50}"
        window.record(_visit(number, float(number), vehicle), expires=1e9)
    window.hold(_mark(7), until=1e9, reason="accident", person="user-1")
    done = shredder.forget("forget-this-vehicle")
    assert (done.visits, done.verified) == (429, True)
    assert b"forget-this-vehicle" not in _content(file)
    assert window.counts() == (3_000 - 429, 0, 0)


def test_a_purge_that_leaves_traces_says_so(
    window: Window, shredder: WindowPurge, file: WindowFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = file.files[0].with_name("planted")
    planted.write_bytes(b"x" * 5_000 + _mark(1).encode())
    monkeypatch.setattr(WindowFile, "files", property(lambda _self: (planted,)))
    window.record(_visit(1), expires=1.0)
    done = shredder.purge(2.0)
    assert (done.traces_left, done.verified, done.rewritten) == (1, False, True)


def test_the_journal_is_empty_after_a_purge(
    window: Window, shredder: WindowPurge, file: WindowFile
) -> None:
    window.record(_visit(1), expires=1.0)
    shredder.purge(2.0)
    assert file.files[1].stat().st_size == 0


def test_only_the_owner_of_the_files_may_read_them(window: Window, file: WindowFile) -> None:
    window.record(_visit(1), expires=1.0)
    for path in file.files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.files[0].parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, os.urandom(8192)], ids=["text", "noise"]
)
def test_fault_36_a_file_that_is_no_window_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.db"
    path.write_bytes(content)
    with pytest.raises(WindowDamagedError):
        WindowFile(path).open()


def test_the_time_last_seen_survives_a_restart(file: WindowFile) -> None:
    assert file.last_seen() is None
    file.note_time(123.0)
    file.close()
    file.open()
    assert file.last_seen() == 123.0


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _ = WindowFile(tmp_path / "window.db").db


# --------------------------------------------------------------------------- erasure


def test_a_trace_on_the_border_of_two_pieces_is_found(tmp_path: Path) -> None:
    picture = _picture(3)
    sample = next(iter(samples_of(picture)))
    for offset in (PIECE - 1, PIECE - 8, PIECE - 20, PIECE):
        path = tmp_path / str(offset)
        path.write_bytes(bytes(offset) + sample + _mark(5).encode() + b"the word")
        traces = Traces(frozenset({_mark(5).encode()}), frozenset({sample}), frozenset({b"word"}))
        assert remains([path], traces) == 3


def test_a_clean_file_a_missing_file_and_an_empty_search_hold_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "clean"
    path.write_bytes(os.urandom(100_000))
    traces = Traces(frozenset({_mark(5).encode()}), samples_of(_picture(1)))
    assert remains([path, tmp_path / "missing"], traces) == 0
    assert remains([path], Traces()) == 0


def test_any_two_kilobytes_of_a_picture_betray_it(tmp_path: Path) -> None:
    picture = _picture(4)
    traces = Traces(pictures=samples_of(picture))
    for start in range(1_000, 27_000, 777):
        path = tmp_path / "part"
        path.write_bytes(picture[start : start + 2_048])
        assert remains([path], traces) >= 1


# --------------------------------------------------------------------------- anything in any order


class WindowMachine(RuleBasedStateMachine):
    """Records, holds, purges and restarts in any order: never served late, never left behind."""

    @initialize()
    def start(self) -> None:
        """Open a new window."""
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.file = WindowFile(Path(self.folder.name) / "window.db")
        self.file.open()
        self.window = Window(self.file)
        self.shredder = WindowPurge(self.file)
        self.now, self.number = 0.0, 0
        self.expires: dict[str, float] = {}
        self.held: dict[str, float] = {}

    @rule(life=st.floats(1, 50), picture=st.booleans())
    def record(self, life: float, picture: bool) -> None:
        self.number += 1
        mark = _mark(self.number)
        self.window.record(
            _visit(self.number, self.now),
            expires=self.now + life,
            picture=_picture(self.number, 6_000) if picture else None,
            picture_expires=self.now + life,
        )
        self.expires[mark] = self.now + life

    @rule(passed=st.floats(0, 30))
    def wait(self, passed: float) -> None:
        self.now += passed

    @rule(data=st.data(), length=st.floats(1, 60))
    def hold(self, data: st.DataObject, length: float) -> None:
        if self.expires:
            mark = data.draw(st.sampled_from(sorted(self.expires)))
            assert self.window.hold(mark, until=self.now + length, reason="r", person="p")
            self.held[mark] = self.now + length

    @rule()
    def purge(self) -> None:
        assert self.shredder.purge(self.now).verified
        self.held = {mark: until for mark, until in self.held.items() if until > self.now}
        dead = {m for m, end in self.expires.items() if end <= self.now and m not in self.held}
        content = _content(self.file)
        for mark in dead:
            del self.expires[mark]
            assert mark.encode() not in content

    @rule()
    def restart(self) -> None:
        self.file.close()
        self.file.open()

    @invariant()
    def only_what_lives_is_served(self) -> None:
        """Exactly the visits that live, or are held, are found."""
        alive = {
            mark
            for mark, end in self.expires.items()
            if end > self.now or self.held.get(mark, 0.0) > self.now
        }
        assert {visit.mark for visit in self.window.search(self.now, limit=10_000)} == alive

    def teardown(self) -> None:
        """Close it."""
        if hasattr(self, "file"):
            self.file.close()
            self.folder.cleanup()


TestWindowMachine = WindowMachine.TestCase
TestWindowMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
