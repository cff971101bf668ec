"""The service: what it answers, to whom, and that no bad picture costs it more than an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
import gzip
import json
import logging
import math
import os
from pathlib import Path
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from custom_components.alpr_gate.alpr.engine import server
from custom_components.alpr_gate.alpr.engine.client import unix_session
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.engine.hosting import UnixAddress, serve
from custom_components.alpr_gate.alpr.engine.protocol import (
    MAX_BODY_BYTES,
    EngineStatus,
    problem_from_json,
)
from custom_components.alpr_gate.alpr.engine.server import SERVICE, make_app
from custom_components.alpr_gate.alpr.types import ImageProblem, Timings
from custom_components.alpr_gate.alpr.vision.errors import (
    ImageRefused,
    ModelProblem,
    ModelRefused,
)

from ..vision.pictures import png_claiming
from .samples import CROP, IDENTITY, StubRecogniser, frame_reads, jpeg, plate
from .serving import URL, Served, no_reader_is_left, serving, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse

    from custom_components.alpr_gate.alpr.types import FrameReads

PICTURE = jpeg()


async def refusal(response: ClientResponse) -> tuple[int, str]:
    """Status and problem of an answer other than 200."""
    return response.status, problem_from_json(await response.json())[0]


async def drops(body: bytes, every: float) -> AsyncIterator[bytes]:
    """One byte at a time, for ever in the end."""
    for byte in body:
        yield bytes([byte])
        await asyncio.sleep(every)
    while True:
        yield b"\0"
        await asyncio.sleep(every)


async def endless() -> AsyncIterator[bytes]:
    """As much as is taken."""
    while True:
        yield bytes(65_536)


# --------------------------------------------------------------------------- what it answers


async def test_what_is_read_comes_back_for_the_zone_and_sequence_that_were_asked_for() -> None:
    recogniser = StubRecogniser()
    zone = ((0.1, 0.2), (0.9, 0.2), (0.5, 0.95))
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        reads = await client.read(PICTURE, sequence=41, zone=zone, crop=True)

    assert reads == replace(frame_reads(plate(), sequence=41), crop=CROP)
    assert recogniser.seen == [(41, zone, True)]


async def test_without_being_asked_it_sends_no_crop_and_looks_everywhere() -> None:
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        reads = await client.read(PICTURE)

    assert reads.crop is None
    assert recogniser.seen == [(0, (), False)]


async def test_health_tells_version_backend_models_and_queue() -> None:
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        assert (await client.health()).identity == IDENTITY
        recogniser.may_end.clear()
        reads = [asyncio.create_task(client.read(PICTURE)) for _ in range(2)]
        await served.queue(working=1, waiting=1)
        recogniser.may_end.set()
        await asyncio.gather(*reads)
        await served.queue(working=0, waiting=0)


async def test_while_it_loads_it_says_so_and_reads_nothing() -> None:
    may_load = threading.Event()

    def load() -> StubRecogniser:
        assert may_load.wait(10)
        return StubRecogniser()

    async with serving(load) as served:
        assert (await served.client.health()).status is EngineStatus.LOADING
        async with served.session.get(f"{URL}/v1/health") as response:
            assert response.status == 503
        async with served.session.post(f"{URL}/v1/read", data=PICTURE) as response:
            assert await refusal(response) == (503, "loading")

        may_load.set()
        client = await served.loaded()
        assert (await client.read(PICTURE)).plates


async def test_models_that_are_missing_or_cannot_be_loaded_are_told_apart() -> None:
    def refuse() -> StubRecogniser:
        raise ModelRefused(ModelProblem.MISSING, "put them there")

    def break_down() -> StubRecogniser:
        raise ImportError("no module named ncnn")

    async with serving(refuse) as served:
        client = await served.loaded()
        health = await client.health()
        assert (health.status, health.problem) == (EngineStatus.REFUSED, "missing")
    async with serving(break_down) as served:
        client = await served.loaded()
        assert (await client.health()).problem == "failed"
        with pytest.raises(EngineError) as failed:
            await client.read(PICTURE)
        assert failed.value.problem is EngineProblem.FAILED


async def test_fault_25_a_model_with_the_wrong_hash_reads_nothing_and_says_why() -> None:
    def load() -> StubRecogniser:
        raise ModelRefused(ModelProblem.WRONG_HASH, "reader.bin is not the file it should be")

    async with serving(load) as served:
        client = await served.loaded()
        health = await client.health()
        assert (health.status, health.problem) == (EngineStatus.REFUSED, "wrong_hash")
        with pytest.raises(EngineError) as refused:
            await client.read(PICTURE)

    assert refused.value.problem is EngineProblem.MODEL_REFUSED
    assert refused.value.code == "wrong_hash"


# --------------------------------------------------------------------------- bad pictures


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(b"", ImageProblem.EMPTY, id="fault 9: zero bytes"),
        pytest.param(PICTURE[:-300], ImageProblem.TRUNCATED, id="fault 10: a truncated JPEG"),
        pytest.param(
            png_claiming(30_000, 30_000), ImageProblem.TOO_MANY_PIXELS, id="fault 12: a pixel bomb"
        ),
        pytest.param(b"<!doctype html><form>", ImageProblem.HTML, id="fault 6: a login page"),
        pytest.param(b"GIF89a" + bytes(64), ImageProblem.UNSUPPORTED_FORMAT, id="fault 13: a GIF"),
        pytest.param(bytes(range(256)), ImageProblem.NOT_AN_IMAGE, id="anything"),
    ],
)
async def test_a_bad_picture_is_refused_with_its_reason(body: bytes, problem: ImageProblem) -> None:
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        async with served.session.post(f"{URL}/v1/read", data=body) as response:
            assert await refusal(response) == (400, problem.value)
        with pytest.raises(ImageRefused) as refused:
            await client.read(body)
        assert refused.value.problem is problem
        assert (await client.read(PICTURE)).plates


async def test_fault_11_bit_flips_in_a_jpeg_are_contained() -> None:
    recogniser = StubRecogniser()
    refused = 0
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        for position in range(2, len(PICTURE), max(1, len(PICTURE) // 150)):
            flipped = bytearray(PICTURE)
            flipped[position] ^= 1 << position % 8
            try:
                await client.read(bytes(flipped))
            except ImageRefused:
                refused += 1
        assert (await client.read(PICTURE)).plates
    assert refused > 0


async def test_fault_4_a_body_that_arrives_drop_by_drop_meets_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "BODY_DEADLINE", 0.25)
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        begun = time.monotonic()
        dripping = asyncio.create_task(
            served.session.post(f"{URL}/v1/read", data=drops(PICTURE, 0.02))
        )
        await until(lambda: served.app[SERVICE]._arriving == 1)
        assert (await client.read(PICTURE)).plates, "it keeps nobody else waiting"

        async with await dripping as response:
            assert await refusal(response) == (408, "timed_out")
        assert 0.2 < time.monotonic() - begun < 2
    assert len(recogniser.seen) == 1


async def test_fault_5_an_endless_body_is_cut_off_at_the_cap() -> None:
    async with serving(StubRecogniser) as served:
        await served.loaded()
        async with served.session.post(f"{URL}/v1/read", data=endless()) as response:
            assert await refusal(response) == (413, "too_large")


async def test_a_body_that_says_it_is_too_large_is_not_even_waited_for() -> None:
    async with serving(StubRecogniser) as served:
        client = await served.loaded()
        headers = {"Content-Length": str(MAX_BODY_BYTES + 1)}
        async with served.session.post(
            f"{URL}/v1/read", data=endless(), headers=headers
        ) as response:
            assert await refusal(response) == (413, "too_large")
        with pytest.raises(ImageRefused) as refused:
            await client.read(bytes(MAX_BODY_BYTES + 1))
        assert refused.value.problem is ImageProblem.TOO_LARGE


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "text/html"}, PICTURE),
        ({"Content-Type": "image/gif"}, PICTURE),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(40_000_000))),
    ],
    ids=["labelled as HTML", "labelled as GIF", "packed"],
)
async def test_only_pictures_that_are_labelled_as_such_are_looked_at(
    headers: dict[str, str], body: bytes
) -> None:
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        await served.loaded()
        async with served.session.post(
            f"{URL}/v1/read", data=body, headers={"Content-Type": "image/jpeg", **headers}
        ) as response:
            assert await refusal(response) == (400, "unsupported_format")
    assert recogniser.seen == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("zone=0,0;1,1", "bad_zone"),
        ("zone=0,0;1,0;nan,1", "bad_zone"),
        ("zone=0,0;1,0;1,1.5", "bad_zone"),
        ("sequence=-1", "nonsense"),
        ("sequence=9007199254740992", "nonsense"),
        ("sequence=12x", "nonsense"),
        ("crop=yes", "nonsense"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(query: str, problem: str) -> None:
    recogniser = StubRecogniser()
    async with serving(lambda: recogniser) as served:
        await served.loaded()
        async with served.session.post(f"{URL}/v1/read?{query}", data=PICTURE) as response:
            assert await refusal(response) == (400, problem)
    assert recogniser.seen == []


# --------------------------------------------------------------------------- bad models, bad days


def _spoilt(what: str) -> FrameReads:
    good = plate()
    spoilt: dict[str, Any] = {
        "detection is NaN": {"detection": math.nan},
        "detection is 7": {"detection": 7.0},
        "box is NaN": {"box": replace(good.box, x2=math.nan)},
        "character is NaN": {"characters": ((("A", math.nan),), *good.characters[1:])},
        "characters add up to 2": {"characters": ((("A", 1.0), ("4", 1.0)), *good.characters[1:])},
    }
    if what == "time is infinite":
        return replace(frame_reads(good), timing_ms=Timings(1.0, math.inf, 1.0))
    return frame_reads(replace(good, **spoilt[what]))


@pytest.mark.parametrize(
    "what",
    [
        "detection is NaN",
        "detection is 7",
        "box is NaN",
        "character is NaN",
        "characters add up to 2",
        "time is infinite",
    ],
)
async def test_fault_24_model_output_that_is_not_believable_is_refused(what: str) -> None:
    recogniser = StubRecogniser(reads=_spoilt(what))
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        with pytest.raises(EngineError) as refused:
            await client.read(PICTURE)

    assert refused.value.problem is EngineProblem.MODEL_REFUSED
    assert refused.value.code == "bad_output"


async def test_an_error_while_reading_costs_that_read_and_its_text_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    recogniser = StubRecogniser(failure=lambda: RuntimeError("cannot handle AB12CDE"))
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        with pytest.raises(EngineError) as failed:
            await client.read(PICTURE)
        assert failed.value.problem is EngineProblem.FAILED
        recogniser.failure = None
        assert (await client.read(PICTURE)).plates

    assert "RuntimeError" in caplog.text
    assert "AB12CDE" not in caplog.text


async def test_fault_27_when_memory_runs_out_it_asks_to_be_started_afresh() -> None:
    recogniser = StubRecogniser(failure=MemoryError)
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        with pytest.raises(EngineError) as failed:
            await client.read(PICTURE)
        assert failed.value.code == "out_of_memory"
        assert served.app[SERVICE].exhausted.is_set()


@pytest.mark.parametrize(("deadline", "given_up"), [(0.05, True), (5.0, False)])
async def test_fault_27_a_picture_that_keeps_it_busy_for_ever_makes_it_ask_to_be_started_afresh(
    monkeypatch: pytest.MonkeyPatch, deadline: float, *, given_up: bool
) -> None:
    monkeypatch.setattr(server, "WORK_DEADLINE", deadline)
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        reading = asyncio.create_task(client.read(PICTURE))
        await asyncio.to_thread(recogniser.started.acquire, timeout=5)
        await asyncio.sleep(0.2)
        assert served.app[SERVICE].exhausted.is_set() is given_up
        recogniser.may_end.set()
        await reading


async def test_fault_27_a_service_whose_picture_never_ends_ends_as_one_to_be_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "WORK_DEADLINE", 0.2)
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    app = make_app(lambda: recogniser)
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "s"
        serves = asyncio.create_task(serve(app, UnixAddress(socket)))
        await until(socket.exists)
        async with unix_session(socket) as session:
            client = await Served(session, app, None).loaded()
            reading = asyncio.create_task(client.read(PICTURE))
            async with asyncio.timeout(5):
                assert await serves == os.EX_TEMPFAIL == 75
            with pytest.raises(EngineError):
                await reading
        recogniser.may_end.set()
        await until(no_reader_is_left)


# --------------------------------------------------------------------------- more than it can read


async def test_fault_28_of_the_pictures_that_wait_only_the_newest_is_read() -> None:
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        in_work = asyncio.create_task(client.read(PICTURE, sequence=0))
        await asyncio.to_thread(recogniser.started.acquire, timeout=5)
        waiting = asyncio.create_task(client.read(PICTURE, sequence=1))
        await served.queue(working=1, waiting=1)

        begun = time.monotonic()
        newest = asyncio.create_task(client.read(PICTURE, sequence=2))
        with pytest.raises(EngineError) as busy:
            await waiting
        assert busy.value.problem is EngineProblem.BUSY
        assert time.monotonic() - begun < 1, "the older waits no more"
        assert not in_work.done()

        recogniser.may_end.set()
        assert (await in_work).sequence == 0
        assert (await newest).sequence == 2
    assert [sequence for sequence, _, _ in recogniser.seen] == [0, 2]


async def test_a_flood_is_answered_and_ends_with_the_newest() -> None:
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        reads = []
        for sequence in range(50):
            reads.append(asyncio.create_task(client.read(PICTURE, sequence=sequence)))
            await asyncio.sleep(0.002)
        await until(lambda: sum(read.done() for read in reads) == 48)
        recogniser.may_end.set()
        outcomes = await asyncio.gather(*reads, return_exceptions=True)

    assert [sequence for sequence, _, _ in recogniser.seen] == [0, 49]
    busy = [outcome for outcome in outcomes if isinstance(outcome, EngineError)]
    assert {error.problem for error in busy} == {EngineProblem.BUSY}
    assert len(busy) == 48


async def test_pictures_that_arrive_at_the_same_time_are_limited() -> None:
    async with serving(StubRecogniser) as served:
        await served.loaded()
        slow = [
            asyncio.create_task(served.session.post(f"{URL}/v1/read", data=drops(PICTURE, 0.05)))
            for _ in range(server.MAX_BODIES)
        ]
        await until(lambda: served.app[SERVICE]._arriving == server.MAX_BODIES)
        async with served.session.post(f"{URL}/v1/read", data=PICTURE) as response:
            assert await refusal(response) == (429, "busy")
        for request in slow:
            request.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        await until(lambda: served.app[SERVICE]._arriving == 0)
        async with served.session.post(f"{URL}/v1/read", data=PICTURE) as response:
            assert response.status == 200


async def test_a_read_whose_asker_has_gone_is_dropped_while_it_waits() -> None:
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        in_work = asyncio.create_task(client.read(PICTURE, sequence=0))
        await asyncio.to_thread(recogniser.started.acquire, timeout=5)
        waiting = asyncio.create_task(client.read(PICTURE, sequence=1))
        await served.queue(working=1, waiting=1)
        waiting.cancel()
        await served.queue(working=1, waiting=0)
        recogniser.may_end.set()
        await in_work

    assert [sequence for sequence, _, _ in recogniser.seen] == [0]


async def test_a_read_in_work_keeps_its_turn_when_its_asker_has_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    recogniser = StubRecogniser(failure=lambda: ImageRefused(ImageProblem.DAMAGED))
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        in_work = asyncio.create_task(client.read(PICTURE))
        await asyncio.to_thread(recogniser.started.acquire, timeout=5)
        in_work.cancel()
        await asyncio.wait([in_work])
        await asyncio.sleep(0.05)
        assert (await client.health()).working == 1

        recogniser.may_end.set()
        await served.queue(working=0, waiting=0)
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    # A busy machine is told of by asyncio's debug mode, and is nobody's fault.
    assert [each for each in warnings if not each.startswith("Executing ")] == []


async def test_the_event_loop_stays_free_while_a_picture_is_read() -> None:
    recogniser = StubRecogniser()
    recogniser.may_end.clear()
    async with serving(lambda: recogniser) as served:
        client = await served.loaded()
        read = asyncio.create_task(client.read(PICTURE))
        await asyncio.to_thread(recogniser.started.acquire, timeout=5)
        for _ in range(5):
            async with asyncio.timeout(1):
                assert (await client.health()).working == 1
        recogniser.may_end.set()
        await read


# --------------------------------------------------------------------------- to whom it answers


TOKEN = "a-token-that-nobody-guesses"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer \u00fc\u00fc"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/health"), ("POST", "/v1/read"), ("GET", "/")]
)
async def test_without_the_token_nothing_is_answered(
    method: str, path: str, headers: dict[str, str]
) -> None:
    recogniser = StubRecogniser()
    async with (
        serving(lambda: recogniser, token=TOKEN) as served,
        served.session.request(method, URL + path, headers=headers, data=PICTURE) as response,
    ):
        assert await refusal(response) == (401, "unauthorised")
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert recogniser.seen == []


async def test_with_the_token_it_answers() -> None:
    async with serving(StubRecogniser, token=TOKEN) as served:
        client = await served.loaded()
        assert (await client.read(PICTURE)).plates


async def test_a_plate_is_in_no_log_line_and_neither_is_a_picture(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(StubRecogniser) as served:
        client = await served.loaded()
        assert (await client.read(PICTURE, crop=True)).plates[0].text == "AB12CDE"
        async with served.session.post(f"{URL}/v1/read", data=b"XY99ZZZ") as response:
            assert response.status == 400

    assert "AB12CDE" not in caplog.text
    assert "XY99ZZZ" not in caplog.text
    assert "JFIF" not in caplog.text


async def test_the_answer_is_plain_json() -> None:
    async with serving(StubRecogniser) as served:
        await served.loaded()
        async with served.session.post(
            f"{URL}/v1/read", data=PICTURE, headers={"Content-Type": "image/jpeg"}
        ) as response:
            assert response.content_type == "application/json"
            message = json.loads(await response.read())
    assert message["protocol"] == 1
    assert message["plates"][0]["text"] == "AB12CDE"
    assert message["plates"][0]["characters"][0] == [["A", 0.95], ["", 0.03]]
    assert message["crop"] is None
