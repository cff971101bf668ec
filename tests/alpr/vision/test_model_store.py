from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
import hashlib
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.alpr_gate.alpr.vision import model_store
from custom_components.alpr_gate.alpr.vision.catalog import (
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
    Role,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.model_store import Progress, Store

WEIGHTS = bytes(range(256)) * 4000


@dataclass
class Upstream:
    """A server whose failures are chosen by the test."""

    content: bytes = WEIGHTS
    break_after: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off."""
    arrived: Callable[[], int] = lambda: 1
    """How many bytes the client has put on disk."""
    status: int = 200
    ranges: bool = True
    asked: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        if self.status != 200:
            return web.Response(status=self.status)
        start = 0
        response = web.StreamResponse()
        if wanted and self.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            response = web.StreamResponse(status=206)
            last = len(self.content) - 1
            response.headers["Content-Range"] = f"bytes {start}-{last}/{last + 1}"
        response.content_length = len(self.content) - start
        await response.prepare(request)
        piece = self.content[start:]
        if self.break_after:
            await response.write(piece[: self.break_after.pop(0)])
            while self.arrived() <= start:  # noqa: ASYNC110 - the file has no event to wait for
                await asyncio.sleep(0.005)
            assert request.transport is not None
            request.transport.close()
        else:
            await response.write(piece)
        return response


def spec_of(content: bytes, url: str | None) -> ModelSpec:
    file = ModelFile("net.onnx", len(content), hashlib.sha256(content).hexdigest(), url)
    return ModelSpec(
        "known", Role.DETECTOR, ModelFormat.ONNX, Decoder.YOLO_V9, (file,), (416, 416), "MIT"
    )


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@asynccontextmanager
async def serving(
    upstream: Upstream, folder: Path
) -> AsyncIterator[tuple[Store, aiohttp.ClientSession]]:
    app = web.Application()
    upstream.arrived = lambda: sum(path.stat().st_size for path in folder.glob("*.part"))
    app.router.add_get("/net.onnx", upstream.answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        known = spec_of(WEIGHTS, str(server.make_url("/net.onnx")))
        yield Store(folder, known=(known,), first_pause=0.01), session


pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_a_download_arrives_whole_and_tells_how_far_it_is(tmp_path: Path) -> None:
    seen: list[Progress] = []
    async with serving(Upstream(), tmp_path / "new") as (store, session):
        found = await store.fetch("known", session, seen.append)
    assert found.verified()[0].read_bytes() == WEIGHTS
    assert seen[-1] == Progress("net.onnx", len(WEIGHTS), len(WEIGHTS))
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert files_in(tmp_path / "new") == ["net.onnx"]
    assert store.locate("known") == found


async def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    upstream = Upstream(break_after=[300_000, 200_000])
    async with serving(upstream, tmp_path) as (store, session):
        await store.fetch("known", session)
    assert (tmp_path / "net.onnx").read_bytes() == WEIGHTS
    assert upstream.asked[0] is None
    starts = [int(each.removeprefix("bytes=")[:-1]) for each in upstream.asked[1:] if each]
    assert len(starts) == 2
    assert 0 < starts[0] < starts[1] < len(WEIGHTS)


async def test_nothing_stands_under_the_real_name_until_it_is_whole(tmp_path: Path) -> None:
    upstream = Upstream(break_after=[100_000] * 10)
    async with serving(upstream, tmp_path) as (store, session):
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
        assert caught.value.problem is ModelProblem.DOWNLOAD_FAILED
        assert "net.onnx" not in files_in(tmp_path)
        upstream.break_after.clear()
        await store.fetch("known", session)
    assert upstream.asked[-1] is not None, "the second call resumes"
    assert files_in(tmp_path) == ["net.onnx"]


async def test_a_server_that_cannot_resume_is_asked_from_the_start(tmp_path: Path) -> None:
    upstream = Upstream(break_after=[300_000], ranges=False)
    async with serving(upstream, tmp_path) as (store, session):
        await store.fetch("known", session)
    assert (tmp_path / "net.onnx").read_bytes() == WEIGHTS


async def test_a_file_with_another_hash_is_thrown_away(tmp_path: Path) -> None:
    upstream = Upstream(content=b"X" + WEIGHTS[1:])
    async with serving(upstream, tmp_path) as (store, session):
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
    assert caught.value.problem is ModelProblem.WRONG_HASH
    assert files_in(tmp_path) == []


async def test_leftovers_of_something_else_do_not_spoil_the_next_download(tmp_path: Path) -> None:
    async with serving(Upstream(), tmp_path) as (store, session):
        sha256 = hashlib.sha256(WEIGHTS).hexdigest()
        (tmp_path / f"net.onnx.{sha256[:16]}.part").write_bytes(b"Z" * 1000)
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
        assert caught.value.problem is ModelProblem.WRONG_HASH
        await store.fetch("known", session)
    assert (tmp_path / "net.onnx").read_bytes() == WEIGHTS


async def test_an_endless_body_is_cut_off_at_the_known_size(tmp_path: Path) -> None:
    upstream = Upstream(content=WEIGHTS * 3)
    async with serving(upstream, tmp_path) as (store, session):
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
    assert caught.value.problem is ModelProblem.TOO_LARGE
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (403, 1), (503, model_store.ATTEMPTS)])
async def test_what_cannot_help_is_not_asked_again(
    tmp_path: Path, status: int, requests: int
) -> None:
    upstream = Upstream(status=status)
    async with serving(upstream, tmp_path) as (store, session):
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
    assert caught.value.problem is ModelProblem.DOWNLOAD_FAILED
    assert str(status) in caught.value.detail
    assert len(upstream.asked) == requests


async def test_a_file_that_is_here_already_is_not_downloaded_again(tmp_path: Path) -> None:
    upstream = Upstream()
    async with serving(upstream, tmp_path) as (store, session):
        (tmp_path / "net.onnx").write_bytes(WEIGHTS)
        await store.fetch("known", session)
    assert upstream.asked == []


async def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    async with serving(Upstream(), tmp_path) as (store, session):
        (tmp_path / "net.onnx").write_bytes(WEIGHTS[:-1] + b"X")
        await store.fetch("known", session)
    assert (tmp_path / "net.onnx").read_bytes() == WEIGHTS


async def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with serving(Upstream(), tmp_path / "file") as (store, session):
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
    assert caught.value.problem is ModelProblem.DOWNLOAD_FAILED


async def test_a_model_that_is_published_nowhere_must_be_copied_by_hand(tmp_path: Path) -> None:
    store = Store(tmp_path, known=(spec_of(WEIGHTS, None),))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ModelRefused) as caught:
            await store.fetch("known", session)
    assert caught.value.problem is ModelProblem.MISSING


async def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, known=(replace(spec_of(WEIGHTS, None), name="other"),))
    with pytest.raises(ModelRefused) as caught:
        store.locate("known")
    assert caught.value.problem is ModelProblem.UNKNOWN
