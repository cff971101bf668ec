"""``python -m alpr serve`` as a process: where it listens, what it gives up, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
import importlib.util
import json
import os
from pathlib import Path
import resource
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

import aiohttp
import pytest

from custom_components.alpr_gate.alpr.commands import serve
from custom_components.alpr_gate.alpr.engine import confine
from custom_components.alpr_gate.alpr.engine.client import EngineClient, unix_session
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.engine.protocol import EngineStatus, Health
from custom_components.alpr_gate.alpr.vision.load import BUILT_IN, Backend, load_recogniser

from .samples import jpeg
from .serving import URL

COMPONENT = Path(serve.__file__).parents[2]
SHARED = Path(__file__).parents[4] / "shared"
PHOTOS = sorted((SHARED / "data" / "photos").glob("*/*.jpg"))[::40]
TOKEN = "sixteen-letters-or-more"
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != serve.TOKEN_VARIABLE},
    "PYTHONPATH": str(COMPONENT),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A private folder with a short path."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def models(folder: Path) -> Path:
    """A folder of models in which the detector was exchanged for another file."""
    models = folder / "models"
    models.mkdir()
    (models / "detector.param").write_bytes(b"something else")
    (models / "models.json").write_text(
        json.dumps(
            {
                "version": 1,
                "models": [
                    {
                        "name": "detector",
                        "role": "detector",
                        "format": "ncnn",
                        "decoder": "yolo_v9",
                        "files": [
                            {"name": "detector.param", "size": 14, "sha256": "0" * 64},
                        ],
                        "input_size": [416, 416],
                    }
                ],
            }
        )
    )
    return models


def command(*arguments: str | Path) -> list[str]:
    """The command line."""
    return [sys.executable, "-P", "-m", "alpr", "serve", *map(str, arguments)]


def refused(*arguments: str | Path, **environment: str) -> str:
    """What it says when it does not begin to serve."""
    ended = subprocess.run(
        command(*arguments),
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    return ended.stderr


@asynccontextmanager
async def process(
    *arguments: str | Path, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A serving process, ended in the end."""
    child = await asyncio.create_subprocess_exec(
        *command(*arguments),
        env={**ENVIRONMENT, **environment},
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def answers(client: EngineClient) -> Health:
    """Its first health that is not about loading."""
    async with asyncio.timeout(20):
        while True:
            try:
                health = await client.health()
            except EngineError as error:
                if error.problem is not EngineProblem.UNREACHABLE:
                    raise
            else:
                if health.status is not EngineStatus.LOADING:
                    return health
            await asyncio.sleep(0.02)


# --------------------------------------------------------------------------- where it listens


def test_tcp_without_a_token_is_refused_unless_that_is_said() -> None:
    said = refused("--listen", "127.0.0.1:8765")
    assert serve.TOKEN_VARIABLE in said
    assert "--no-token" in said
    assert "16 or more" in refused("--listen", "127.0.0.1:8765", ALPR_TOKEN="short")
    assert "16 or more" in refused(
        "--listen", "127.0.0.1:8765", ALPR_TOKEN="sixteen letters or more"
    )


def test_a_token_file_that_is_not_there_is_said(folder: Path) -> None:
    said = refused("--listen", "127.0.0.1:8765", "--token-file", folder / "token")
    assert "No such file" in said


@pytest.mark.parametrize("address", ["8765", "host", "host:", ":8765", "host:0", "host:65536"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    assert "HOST:PORT" in refused("--listen", address, "--no-token")


def test_a_folder_that_others_may_enter_is_refused_for_the_socket(folder: Path) -> None:
    folder.chmod(0o711)
    assert "chmod 700" in refused("--socket", folder / "s")
    folder.chmod(0o700)


async def test_the_socket_is_its_owners_alone_and_goes_with_it(folder: Path, models: Path) -> None:
    address = folder / "s"
    async with (
        process("--socket", address, "--models", models) as child,
        unix_session(address) as session,
    ):
        await answers(EngineClient(session, URL))
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await child.wait() == 0
        assert not address.exists()


async def test_tcp_is_served_to_those_who_have_the_token(folder: Path, models: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    url = f"http://127.0.0.1:{port}"
    async with (
        process(
            "--listen", f"127.0.0.1:{port}", "--token-file", token, "--models", models
        ) as child,
        aiohttp.ClientSession() as session,
    ):
        assert (await answers(EngineClient(session, url, TOKEN))).status is EngineStatus.REFUSED
        for wrong in (None, "another-long-token"):
            with pytest.raises(EngineError) as failed:
                await EngineClient(session, url, wrong).health()
            assert failed.value.problem is EngineProblem.UNAUTHORISED
        assert child.returncode is None


# --------------------------------------------------------------------------- models


async def test_fault_25_a_model_file_with_the_wrong_hash_is_not_loaded(
    folder: Path, models: Path
) -> None:
    address = folder / "s"
    async with (
        process("--socket", address, "--models", models) as child,
        unix_session(address) as session,
    ):
        client = EngineClient(session, URL)
        health = await answers(client)
        assert (health.status, health.problem) == (EngineStatus.REFUSED, "wrong_hash")
        with pytest.raises(EngineError) as failed:
            await client.read(b"\xff\xd8\xff a picture")
        assert (failed.value.problem, failed.value.code) == (
            EngineProblem.MODEL_REFUSED,
            "wrong_hash",
        )
        assert child.stderr is not None
        assert b"put the original in its place" in await child.stderr.readline()


async def test_it_listens_before_the_models_are_loaded_and_within_two_seconds(
    folder: Path, models: Path
) -> None:
    took = []
    for name in ("first", "second", "third"):
        address = folder / name
        begun = time.monotonic()
        async with (
            process("--socket", address, "--models", models),
            unix_session(address) as session,
        ):
            await answers(EngineClient(session, URL))
            took.append(time.monotonic() - begun)
    # 0.3 s on an idle machine; other tests may run beside this one, but hardly beside all three.
    assert min(took) < 2


def test_before_it_listens_it_loads_no_vision_library() -> None:
    script = (
        "import sys, alpr.commands.serve;"
        "print([n for n in ('numpy', 'PIL', 'ncnn', 'cv2', 'onnxruntime') if n in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert ended.stdout == "[]\n"


# --------------------------------------------------------------------------- supervised


async def test_supervised_it_gives_up_what_it_does_not_need(folder: Path, models: Path) -> None:
    address = folder / "s"
    async with (
        process("--socket", address, "--models", models, "--supervised") as child,
        unix_session(address) as session,
    ):
        await answers(EngineClient(session, URL))
        pid = child.pid
        niceness = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, niceness + confine.NICENESS)
        score = await asyncio.to_thread(Path(f"/proc/{pid}/oom_score_adj").read_text)
        assert int(score) == confine.OOM_SCORE
        limit = confine.ADDRESS_SPACE
        assert resource.prlimit(pid, resource.RLIMIT_AS) == (limit, limit)
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


def test_after_giving_up_files_it_can_write_none(folder: Path) -> None:
    script = (
        "from alpr.engine.confine import write_no_files; write_no_files();"
        f"open({str(folder / 'picture')!r}, 'wb', buffering=0).write(b'x')"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert "File too large" in ended.stderr
    assert (folder / "picture").stat().st_size == 0


async def test_fault_27_it_ends_when_its_parent_lets_go_of_it(folder: Path, models: Path) -> None:
    address = folder / "s"
    async with (
        process("--socket", address, "--models", models, "--supervised") as child,
        unix_session(address) as session,
    ):
        await answers(EngineClient(session, URL))
        assert child.stdin is not None
        child.stdin.close()
        async with asyncio.timeout(5):
            assert await child.wait() == 0
        assert not address.exists()


async def test_fault_27_it_is_never_an_orphan_even_when_its_parent_is_killed(
    folder: Path, models: Path
) -> None:
    address = folder / "s"
    child = command("--socket", address, "--models", models, "--supervised")
    # The grandparent holds the other end of the child's input, so only the kernel can end it.
    script = (
        "import subprocess, sys, time;"
        f"print(subprocess.Popen({child!r}, stdin=0).pid, flush=True); time.sleep(600)"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        env=ENVIRONMENT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    try:
        async with unix_session(address) as session:
            await answers(EngineClient(session, URL))
        parent.kill()
        await parent.wait()
        async with asyncio.timeout(5):
            while _runs(pid):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        if parent.returncode is None:
            parent.kill()
        if _runs(pid):
            os.kill(pid, signal.SIGKILL)


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie, which whoever adopted it has yet to bury."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError, ProcessLookupError:
        return False


# --------------------------------------------------------------------------- the real thing


async def _as_in_process(
    folder: Path, photos: list[bytes], backend: Backend, models: Path | None
) -> None:
    """Read photographs in a confined process and here, and compare all that was read."""
    chosen = [] if models is None else ["--models", str(models)]
    address = folder / "s"
    async with (
        process("--socket", address, "--backend", backend, "--supervised", *chosen),
        unix_session(address) as session,
    ):
        client = EngineClient(session, URL)
        assert (await answers(client)).status is EngineStatus.READY
        there = [await client.read(photo, crop=True, timeout=30) for photo in photos]

    recogniser = await asyncio.to_thread(load_recogniser, backend, models=models)
    for photo, reads in zip(photos, there, strict=True):
        here = await asyncio.to_thread(recogniser.read, photo, crop=True)
        assert replace(reads, timing_ms=here.timing_ms) == here


@pytest.mark.shared
@pytest.mark.skipif(
    not (SHARED / "models" / "cct_xs_v2_global.onnx").exists() or not PHOTOS,
    reason="the upstream weights and photographs are not beside the repository, in ../shared",
)
@pytest.mark.skipif(
    importlib.util.find_spec("fast_plate_ocr") is None, reason="fast-plate-ocr is not installed"
)
async def test_photographs_are_read_through_it_as_they_are_read_in_process(folder: Path) -> None:
    photos = [photo.read_bytes() for photo in PHOTOS]
    await _as_in_process(folder, photos, Backend.FAST_PLATE_OCR, SHARED / "models")


@pytest.mark.skipif(
    not (BUILT_IN / "models.json").exists(), reason="this copy comes without built-in models"
)
async def test_the_built_in_models_read_within_the_limits_a_picture_of_the_largest_size(
    folder: Path,
) -> None:
    await _as_in_process(folder, [jpeg(640, 480), jpeg(5000, 5000)], Backend.NCNN, None)
