"""The engine as a child process: whatever it does, Home Assistant stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
import importlib.util
from itertools import pairwise
import os
from pathlib import Path
import stat
import sys
import sysconfig
import tempfile
import time
from unittest.mock import patch

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate import engine_child, engine_process
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.engine.protocol import EngineStatus
from custom_components.alpr_gate.engine_child import LAST_LINES, LastWords, child_environment
from custom_components.alpr_gate.engine_process import (
    EngineKind,
    EngineOptions,
    EngineProcess,
    EngineState,
    Patience,
    RemoteEngine,
    engine_command,
    models_folder_at,
    open_engine,
    probe,
)
from custom_components.alpr_gate.engine_state import FAILURES_TO_REPORT
from custom_components.alpr_gate.repairs import EngineIssue, engine_issue
from tests.local_sockets import local_sockets

__all__ = ["local_sockets"]

SHARED = Path(__file__).parents[3] / "shared"
PHOTOS = sorted((SHARED / "data" / "photos").glob("*/*.jpg"))
STAND_IN = Path(__file__).parent / "stand_in_engine.py"
IMPATIENT = Patience(
    start=10.0,
    start_poll=0.01,
    health=3.0,
    health_poll=0.1,
    first_pause=0.05,
    longest_pause=0.4,
    settled=0.5,
)
LONG, SHORT = 5.0, 0.3
"""Seconds for a read that ends by itself, and for one that does not."""


@pytest.fixture(autouse=True)
def _local_sockets(local_sockets: None) -> None:
    """Allow the socket between Home Assistant and its child."""


@pytest.fixture(autouse=True)
def no_trace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check after each test that no child, no zombie and no folder is left."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield
        assert _children() == []
        assert list(Path(folder).iterdir()) == []


def _children() -> list[int]:
    """This process's children, dead ones that nobody waited for included."""
    path = Path("/proc/self/task")
    return [int(pid) for task in path.iterdir() for pid in (task / "children").read_text().split()]


def is_there(pid: int) -> bool:
    """Whether a process exists, as a zombie at least."""
    return Path(f"/proc/{pid}").exists()


def command(behaviour: str) -> engine_child.Command:
    """The command line of a stand-in that behaves so."""
    return lambda socket: [sys.executable, str(STAND_IN), str(socket), behaviour]


@asynccontextmanager
async def running(
    hass: HomeAssistant, behaviour: str = "well", patience: Patience = IMPATIENT
) -> AsyncIterator[EngineProcess]:
    """A started engine, stopped in the end."""
    engine = EngineProcess(hass, command(behaviour), patience)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


def is_in(engine: EngineProcess, state: EngineState) -> bool:
    """Whether the engine is in this state now."""
    return engine.state is state


def _tells_the_owner(engine: EngineProcess) -> bool:
    return engine.keeps_failing


def _has_failed(engine: EngineProcess, times: int) -> bool:
    return engine.failures == times


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def ready(engine: EngineProcess) -> int:
    """The process id of the child, once it is ready."""
    await until(lambda: is_in(engine, EngineState.READY))
    assert engine.pid is not None
    return engine.pid


async def read(engine: EngineProcess, body: bytes = b"a picture", *, seconds: float = LONG) -> str:
    """The text of the plate."""
    return (await engine.read(body, timeout=seconds)).plates[0].text


async def read_fails(engine: EngineProcess, body: bytes, *, seconds: float = LONG) -> EngineProblem:
    """Why a read failed."""
    with pytest.raises(EngineError) as failed:
        await read(engine, body, seconds=seconds)
    return failed.value.problem


# --------------------------------------------------------------------------- a good day


async def test_it_starts_reads_and_ends_without_a_trace(hass: HomeAssistant) -> None:
    states: list[EngineState] = []
    engine = EngineProcess(hass, command("well"), IMPATIENT)
    forget = engine.add_listener(lambda: states.append(engine.state))
    await engine.start()
    pid = await ready(engine)

    assert await read(engine) == "AB12CDE"
    assert engine.timings is not None
    assert (engine.timings.decode, engine.timings.detect, engine.timings.read) == (1, 2, 3)
    assert 0 < engine.timings.round_trip < 1000 * LONG
    assert engine.health is not None
    assert engine.health.identity is not None
    assert engine.health.identity.backend == "stand-in"

    await engine.stop()
    assert not is_there(pid)
    assert states == [EngineState.STARTING, EngineState.READY, EngineState.STOPPED]
    assert (engine.failures, engine.restarts, engine.keeps_failing) == (0, 0, False)
    forget()


async def test_a_read_before_it_is_ready_says_that_it_loads(hass: HomeAssistant) -> None:
    async with running(hass, "loads_slowly") as engine:
        assert await read_fails(engine, b"a picture") is EngineProblem.LOADING
        await ready(engine)
        assert await read(engine) == "AB12CDE"


async def test_the_socket_is_in_a_folder_that_nobody_else_may_enter(hass: HomeAssistant) -> None:
    async with running(hass) as engine:
        await ready(engine)
        assert engine._child is not None
        socket = engine._child.socket
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert [entry.name for entry in socket.parent.iterdir()] == [socket.name]


async def test_home_assistant_going_down_ends_it(hass: HomeAssistant) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await until(lambda: is_in(engine, EngineState.STOPPED))
        assert not is_there(pid)


async def test_its_folder_is_gone_after_home_assistant_stopped(hass: HomeAssistant) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        assert engine._child is not None
        folder = engine._child.socket.parent
        assert folder.exists()
        # Home Assistant cancels what runs in the background before it tells that it stops.
        for task in tuple(hass._background_tasks):
            task.cancel()
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await until(lambda: is_in(engine, EngineState.STOPPED))
        assert not is_there(pid)
        assert not folder.exists()


async def test_it_can_be_stopped_at_any_moment_and_twice(hass: HomeAssistant) -> None:
    for pause in (0.0, 0.001, 0.01, 0.05, 0.15):
        engine = EngineProcess(hass, command("well"), IMPATIENT)
        await engine.start()
        await asyncio.sleep(pause)
        await engine.stop()
        await engine.stop()
        assert is_in(engine, EngineState.STOPPED)
        assert _children() == []


@pytest.mark.parametrize("behaviour", ["exits", "deaf"])
async def test_it_can_be_stopped_at_any_moment_while_it_fails(
    hass: HomeAssistant, behaviour: str
) -> None:
    patience = Patience(start=0.15, start_poll=0.01, health=0.1, first_pause=0.01)
    for number in range(12):
        engine = EngineProcess(hass, command(behaviour), patience)
        await engine.start()
        await until(partial(is_in, engine, EngineState.FAILING))
        await asyncio.sleep(number * 0.001)
        await engine.stop()
        assert _children() == []


async def test_a_read_after_it_was_stopped_fails_at_once(hass: HomeAssistant) -> None:
    async with running(hass) as engine:
        await ready(engine)
        await engine.stop()
        assert await read_fails(engine, b"a picture") is EngineProblem.UNREACHABLE


async def test_fault_31_the_answer_of_an_engine_that_was_stopped_meanwhile_is_discarded(
    hass: HomeAssistant,
) -> None:
    async with running(hass) as engine:
        await ready(engine)
        reading = asyncio.create_task(read(engine, b"slow"))
        await asyncio.sleep(0.05)
        await engine.stop()
        with pytest.raises(EngineError):
            await reading


# --------------------------------------------------------------------------- bad days


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"crash", "signal_11"), (b"exit", "exit_3")],
)
async def test_fault_27_an_engine_that_crashes_is_started_again(
    hass: HomeAssistant, body: bytes, code: str
) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        assert await read_fails(engine, body) is EngineProblem.UNREACHABLE
        await until(lambda: is_in(engine, EngineState.FAILING))
        assert (engine.problem, engine.code) == (EngineProblem.FAILED, code)
        assert await read_fails(engine, b"a picture") is EngineProblem.FAILED

        assert await ready(engine) != pid
        assert not is_there(pid)
        assert await read(engine) == "AB12CDE"
        assert (engine.failures, engine.restarts, engine.keeps_failing) == (1, 1, False)
        await until(lambda: engine.failures == 0)


async def test_fault_27_an_engine_whose_reads_hang_is_killed_and_started_again(
    hass: HomeAssistant,
) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        assert await read_fails(engine, b"hang", seconds=SHORT) is EngineProblem.TIMED_OUT
        assert engine.pid == pid, "one slow picture is no reason"
        assert await read_fails(engine, b"a picture", seconds=SHORT) is EngineProblem.TIMED_OUT
        await until(lambda: is_in(engine, EngineState.FAILING))
        assert engine.problem is EngineProblem.TIMED_OUT

        assert await ready(engine) != pid
        assert not is_there(pid)
        assert await read(engine) == "AB12CDE"


async def test_fault_27_an_engine_that_freezes_is_killed_even_when_nobody_reads(
    hass: HomeAssistant,
) -> None:
    async with running(hass, patience=replace(IMPATIENT, health=0.5)) as engine:
        pid = await ready(engine)
        assert await read_fails(engine, b"freeze", seconds=SHORT) is EngineProblem.TIMED_OUT
        await until(lambda: engine.pid != pid and is_in(engine, EngineState.READY))
        assert not is_there(pid)
        assert await read(engine) == "AB12CDE"


async def test_fault_27_an_engine_out_of_memory_is_started_afresh(hass: HomeAssistant) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        with pytest.raises(EngineError) as failed:
            await engine.read(b"leak")
        assert failed.value.code == "out_of_memory"
        await until(lambda: engine.pid != pid and is_in(engine, EngineState.READY))
        assert await read(engine) == "AB12CDE"


async def test_it_is_logged_once_when_it_stops_reading_and_once_when_it_reads_again(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(hass) as engine:
        await ready(engine)
        await read_fails(engine, b"nan")
        await read_fails(engine, b"nan")
        await read(engine)
        await read(engine)

    logged = [record.message for record in caplog.records if "engine_state" in record.name]
    assert logged == [
        "The engine does not read (model_refused: bad_output); it is tried again by itself",
        "The engine reads again",
    ]


async def test_fault_27_one_that_keeps_failing_is_left_alone_for_longer_and_longer(
    hass: HomeAssistant,
) -> None:
    tried: list[float] = []

    def counted(socket: Path) -> list[str]:
        tried.append(time.monotonic())
        return [*command("exits")(socket)]

    engine = EngineProcess(hass, counted, IMPATIENT)
    await engine.start()
    await until(lambda: engine.failures == 1)
    assert _tells_the_owner(engine) is False
    await until(lambda: engine.failures == 5)
    await engine.stop()

    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert len(pauses) == 4
    assert all(pause >= least for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.4), strict=True))
    assert _tells_the_owner(engine) is True
    assert engine.last_words == ("no module named ncnn",)


def test_the_pause_doubles_up_to_five_minutes() -> None:
    pauses = [Patience().pause(failures) for failures in range(1, 12)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert Patience().pause(10_000) == 300


async def test_a_crash_on_every_picture_counts_up_although_it_gets_ready_each_time(
    hass: HomeAssistant,
) -> None:
    async with running(hass) as engine:
        for failures in (1, 2, 3):
            await ready(engine)
            await read_fails(engine, b"exit")
            await until(partial(_has_failed, engine, failures))
        assert engine.keeps_failing
        await ready(engine)
        assert engine.keeps_failing, "being ready is not enough: it was that each time"
        assert (engine.problem, engine.code) == (EngineProblem.FAILED, "exit_3")
        await until(lambda: not engine.keeps_failing)
        assert engine.problem is None
        assert is_in(engine, EngineState.READY)


async def test_fault_25_a_model_with_the_wrong_hash_is_said_at_once_and_tried_again(
    hass: HomeAssistant,
) -> None:
    async with running(hass, "wrong_hash") as engine:
        await until(lambda: is_in(engine, EngineState.FAILING))
        assert (engine.problem, engine.code) == (EngineProblem.MODEL_REFUSED, "wrong_hash")
        assert engine.keeps_failing
        with pytest.raises(EngineError) as failed:
            await read(engine)
        assert failed.value.problem is EngineProblem.MODEL_REFUSED
        await until(lambda: engine.restarts >= 1)


async def test_fault_24_a_model_that_puts_out_nonsense_is_said_until_it_reads_again(
    hass: HomeAssistant,
) -> None:
    async with running(hass) as engine:
        pid = await ready(engine)
        assert await read_fails(engine, b"nan") is EngineProblem.MODEL_REFUSED
        assert (engine.state, engine.code) == (EngineState.FAILING, "bad_output")
        assert engine.keeps_failing
        await asyncio.sleep(3 * IMPATIENT.health_poll)
        assert is_in(engine, EngineState.FAILING), "health alone proves nothing"

        assert await read(engine) == "AB12CDE"
        assert is_in(engine, EngineState.READY)
        assert engine.pid == pid


async def test_fault_8_nonsense_of_our_own_engine_is_a_failure_and_no_wrong_address(
    hass: HomeAssistant,
) -> None:
    async with running(hass) as engine:
        await ready(engine)
        for _ in range(FAILURES_TO_REPORT):
            assert engine_issue(engine) is None
            assert await read_fails(engine, b"lie") is EngineProblem.NONSENSE
        assert (engine.problem, engine.code) == (EngineProblem.FAILED, "nonsense")
        assert engine_issue(engine) is EngineIssue.FAILING


@pytest.mark.parametrize("behaviour", ["deaf", "loads_for_ever"])
async def test_one_that_does_not_come_to_be_ready_is_given_up(
    hass: HomeAssistant, behaviour: str
) -> None:
    patience = Patience(start=0.6, start_poll=0.01, health=0.2, first_pause=0.05)
    async with running(hass, behaviour, patience) as engine:
        await until(lambda: is_in(engine, EngineState.FAILING))
        assert engine.problem is EngineProblem.TIMED_OUT


async def test_one_that_does_not_end_when_asked_is_killed(hass: HomeAssistant) -> None:
    with patch.object(engine_child, "_TERM_SECONDS", 0.3):
        async with running(hass, "stubborn") as engine:
            pid = await ready(engine)
            begun = time.monotonic()
            await engine.stop()
    assert not is_there(pid)
    assert time.monotonic() - begun < 2


async def test_a_program_that_is_not_there_is_a_failure_like_any_other(
    hass: HomeAssistant,
) -> None:
    engine = EngineProcess(hass, lambda _: ["/nonexistent/python"], IMPATIENT)
    await engine.start()
    await until(lambda: engine.failures == 2)
    assert (engine.problem, engine.code) == (EngineProblem.FAILED, "not_started")
    await engine.stop()


async def _longest_hold(hass: HomeAssistant) -> float:
    """The longest time in seconds that the loop stood still in the life of an engine."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.002)
            longest = max(longest, time.monotonic() - begun - 0.002)

    watching = asyncio.create_task(watch())
    async with running(hass) as engine:
        await ready(engine)
        for _ in range(5):
            await read(engine)
        await engine.read(b"x" * 8_000_000)
        await read_fails(engine, b"crash")
        await until(lambda: engine.restarts == 1)
        await ready(engine)
    watching.cancel()
    return longest


async def test_the_event_loop_is_never_held_while_it_starts_reads_crashes_and_stops(
    hass: HomeAssistant,
) -> None:
    # A busy machine may hold any loop; what we do ourselves, we do every time.
    assert min([await _longest_hold(hass) for _ in range(3)]) < 0.05


# --------------------------------------------------------------------------- what it knows and says


async def test_the_child_gets_no_secret_of_home_assistants(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(secret, True)
    monkeypatch.setenv("SUPERVISOR_TOKEN", "very-secret")
    monkeypatch.setenv("DB_PASSWORD", "very-secret")
    async with running(hass) as engine:
        pid = await ready(engine)
        environment = await asyncio.to_thread(Path(f"/proc/{pid}/environ").read_bytes)
        files = await asyncio.to_thread(
            lambda: {fd.readlink() for fd in Path(f"/proc/{pid}/fd").iterdir()}
        )
    os.close(secret)
    assert b"very-secret" not in environment
    assert b"PYTHONPATH=" in environment
    assert files
    assert tmp_path / "secret" not in files


def test_no_file_of_the_integration_hides_a_module_of_the_standard_library() -> None:
    stdlib = sysconfig.get_path("stdlib")
    path = ["", "relative", "/config/deps", stdlib, "/usr/lib/site-packages"]
    environment = child_environment({"PATH": "/bin", "TOKEN": "x"}, path)

    component = str(Path(engine_child.__file__).parent)
    assert environment["PYTHONPATH"].split(os.pathsep) == [
        stdlib,
        component,
        "/config/deps",
        "/usr/lib/site-packages",
    ]
    assert environment["PATH"] == "/bin"
    assert "TOKEN" not in environment


async def test_what_it_writes_is_taken_in_and_nothing_of_a_picture_is_kept(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(hass) as engine:
        await ready(engine)
        await engine.read(b"babble")
        assert await read(engine) == "AB12CDE"
        await read_fails(engine, b"crash")
        await until(lambda: engine.restarts == 1)
        await until(lambda: engine.pid is not None)

    assert "Fatal Python error: Segmentation fault" in engine.last_words
    assert any("stand_in_engine.py" in line for line in engine.last_words)
    assert not any("AB12CDE" in line for line in engine.last_words)
    assert "AB12CDE" not in caplog.text


def test_last_words_are_few_short_and_whole_lines() -> None:
    words = LastWords()
    words.hear(b"one\ntw")
    words.hear(b"o\n\xff\xfe\n" + b"x" * 100_000)
    words.hear(b"\n" + b"".join(b"line %d\n" % number for number in range(LAST_LINES - 2)))

    assert words.lines[:2] == ("\ufffd\ufffd", "x" * 200)
    assert len(words.lines) == LAST_LINES
    assert words.lines[-1] == f"line {LAST_LINES - 3}"


def test_once_pictures_are_read_only_places_in_programs_are_kept() -> None:
    words = LastWords()
    words.hear(b"loading\n")
    words.reading_begins()
    words.hear(
        b"AB12CDE\n"
        b"Fatal Python error: Aborted\n"
        b'  File "/config/alpr/vision/read.py", line 12 in read\n'
        b'  File "/config/alpr/vision/read.py", line 12 in read AB12CDE\n'
        b"Fatal Python error: Aborted\nAB12CDE"
    )
    assert words.lines == (
        "loading",
        "Fatal Python error: Aborted",
        '  File "/config/alpr/vision/read.py", line 12 in read',
        "Fatal Python error: Aborted",
    )


# --------------------------------------------------------------------------- which engine


def test_each_kind_of_engine_has_its_command_line() -> None:
    built_in = engine_command(EngineKind.BUILT_IN, None)(Path("/s"))
    other = engine_command(EngineKind.FAST_PLATE_OCR, Path("/models"))(Path("/s"))

    assert built_in[1:] == [
        *("-m", "alpr", "serve", "--socket", "/s", "--backend", "ncnn", "--supervised")
    ]
    assert other[-5:] == ["--backend", "fast_plate_ocr", "--supervised", "--models", "/models"]


@pytest.mark.parametrize(
    ("entered", "folder"),
    [
        (None, None),
        ("", None),
        ("alpr_models", Path("/config/alpr_models")),
        ("/media/models", Path("/media/models")),
    ],
)
def test_the_owners_models_are_looked_for_from_the_configuration(
    hass: HomeAssistant, entered: str | None, folder: Path | None
) -> None:
    hass.config.config_dir = "/config"
    assert models_folder_at(hass, entered) == folder


async def test_the_engine_that_was_chosen_is_opened(hass: HomeAssistant) -> None:
    assert isinstance(open_engine(hass, EngineOptions(EngineKind.BUILT_IN)), EngineProcess)
    assert isinstance(open_engine(hass, EngineOptions(EngineKind.FAST_PLATE_OCR)), EngineProcess)
    remote = open_engine(hass, EngineOptions(EngineKind.REMOTE, "http://engine:8765", "token"))
    assert isinstance(remote, RemoteEngine)


async def _probe(hass: HomeAssistant, behaviour: str) -> object:
    with patch.object(engine_process, "engine_command", side_effect=lambda *_: command(behaviour)):
        return await probe(hass, EngineOptions(EngineKind.BUILT_IN))


async def test_an_engine_is_tried_before_it_is_chosen(hass: HomeAssistant) -> None:
    health = await _probe(hass, "well")
    assert health.status is EngineStatus.READY  # type: ignore[attr-defined]
    assert _children() == []


@pytest.mark.parametrize(
    ("behaviour", "problem", "code"),
    [
        ("wrong_hash", EngineProblem.MODEL_REFUSED, "wrong_hash"),
        ("exits", EngineProblem.FAILED, "exit_4"),
    ],
)
async def test_an_engine_that_cannot_work_is_refused_when_tried(
    hass: HomeAssistant, behaviour: str, problem: EngineProblem, code: str
) -> None:
    with pytest.raises(EngineError) as failed:
        await _probe(hass, behaviour)
    assert (failed.value.problem, failed.value.code) == (problem, code)
    assert _children() == []


async def test_the_real_engine_says_that_a_folder_holds_no_models(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    with pytest.raises(EngineError) as failed:
        await probe(hass, EngineOptions(EngineKind.BUILT_IN, models_folder=tmp_path))
    assert (failed.value.problem, failed.value.code) == (EngineProblem.MODEL_REFUSED, "missing")


@pytest.mark.shared
@pytest.mark.skipif(
    not (SHARED / "models" / "cct_xs_v2_global.onnx").exists() or not PHOTOS,
    reason="the upstream weights and photographs are not beside the repository, in ../shared",
)
@pytest.mark.skipif(
    importlib.util.find_spec("fast_plate_ocr") is None, reason="fast-plate-ocr is not installed"
)
async def test_the_real_engine_reads_a_photograph(hass: HomeAssistant) -> None:
    options = EngineOptions(EngineKind.FAST_PLATE_OCR, models_folder=SHARED / "models")
    engine = open_engine(hass, options)
    assert isinstance(engine, EngineProcess)
    await engine.start()
    try:
        await ready(engine)
        photo = await asyncio.to_thread(PHOTOS[0].read_bytes)
        reads = await engine.read(photo, sequence=7, crop=True)
    finally:
        await engine.stop()

    assert reads.sequence == 7
    assert reads.plates
    assert reads.crop is not None
    assert reads.engine.backend == "fast_plate_ocr"
    assert engine.timings is not None
    assert engine.timings.round_trip > reads.timing_ms.total
