"""The client: what it makes of engines that are slow, wrong, hostile, or not engines at all."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
import gzip
import json
from pathlib import Path
import time
from typing import TYPE_CHECKING, NoReturn

import pytest

from custom_components.alpr_gate.alpr.engine import client
from custom_components.alpr_gate.alpr.engine.client import (
    EngineClient,
    content_type,
    unix_session,
)
from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.alpr.engine.protocol import (
    MAX_ANSWER_BYTES,
    PROTOCOL_VERSION,
    problem_to_json,
    to_json,
)
from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.alpr.vision.errors import ImageRefused

from .samples import CROP, frame_reads, jpeg, plate
from .serving import URL, Served, answering, talking

if TYPE_CHECKING:
    from .serving import Talk

PICTURE = jpeg()
OK = b"HTTP/1.1 200 OK\nContent-Type: application/json"


def message(**change: object) -> bytes:
    """What an engine would answer, with some of it changed."""
    return json.dumps({**to_json(frame_reads(plate())), **change}).encode()


async def problem_of_read(served: Served, *, deadline: float = 5) -> EngineProblem:
    """Why a read failed; fails the test when it took much longer than its deadline."""
    begun = time.monotonic()
    with pytest.raises(EngineError) as failed:
        await served.client.read(PICTURE, timeout=deadline)
    assert time.monotonic() - begun < deadline + 1
    return failed.value.problem


async def test_it_believes_a_right_answer() -> None:
    async with talking(answering(OK, message())) as served:
        assert await served.client.read(PICTURE) == frame_reads(plate())


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Over there", b"308 Gone"])
async def test_fault_7_a_redirect_is_not_followed(status: bytes) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 " + status + b"\r\nLocation: http://engine/v1/elsewhere\r\n"
            b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await writer.drain()

    async with talking(talk) as served:
        assert await problem_of_read(served) is EngineProblem.REDIRECTED
        with pytest.raises(EngineError) as failed:
            await served.client.health()
    assert failed.value.problem is EngineProblem.REDIRECTED
    assert len(asked) == 2


OTHER_ANSWERS = {
    "another version": (OK, message(protocol=PROTOCOL_VERSION + 1), EngineProblem.WRONG_VERSION),
    "a web page": (OK, b"<html>It works!</html>", EngineProblem.NONSENSE),
    "nothing": (OK, b"", EngineProblem.NONSENSE),
    "an empty object": (OK, b"{}", EngineProblem.NONSENSE),
    "out of range": (OK, message(brightness=7), EngineProblem.NONSENSE),
    "NaN": (OK, message().replace(b"0.4,", b"NaN,"), EngineProblem.NONSENSE),
    "another picture's": (OK, message(sequence=8), EngineProblem.NONSENSE),
    "a crop unasked for": (
        OK,
        message(crop=base64.b64encode(CROP).decode()),
        EngineProblem.NONSENSE,
    ),
    "packed": (
        OK + b"\nContent-Encoding: gzip",
        gzip.compress(message()),
        EngineProblem.NONSENSE,
    ),
    "too long by its head": (OK + b"\nContent-Length: 99999999", b"{", EngineProblem.NONSENSE),
    "not HTTP": (b"SSH-2.0-OpenSSH_10.0", b"", EngineProblem.NONSENSE),
    "another server's 404": (b"HTTP/1.1 404 Not Found", b"no page", EngineProblem.NONSENSE),
    "204": (b"HTTP/1.1 204 Nothing", b"", EngineProblem.NONSENSE),
    "another server's 400": (b"HTTP/1.1 400 Bad", b"bad request", EngineProblem.NONSENSE),
    "401": (b"HTTP/1.1 401 No", b"", EngineProblem.UNAUTHORISED),
    "403": (b"HTTP/1.1 403 No", b"", EngineProblem.UNAUTHORISED),
    "a proxy's 429": (b"HTTP/1.1 429 Slow", b"", EngineProblem.BUSY),
    "a proxy's 502": (b"HTTP/1.1 502 Bad Gateway", b"<html>", EngineProblem.UNREACHABLE),
    "a proxy's 503": (b"HTTP/1.1 503 Unavailable", b"<html>", EngineProblem.UNREACHABLE),
    "an engine's 503": (
        b"HTTP/1.1 503 Unavailable",
        json.dumps(problem_to_json("loading")).encode(),
        EngineProblem.LOADING,
    ),
    "a refusal in another version": (
        b"HTTP/1.1 500 Oh",
        json.dumps({**problem_to_json("failed"), "protocol": 99}).encode(),
        EngineProblem.WRONG_VERSION,
    ),
    "a refusal for no known reason": (
        b"HTTP/1.1 418 Teapot",
        json.dumps(problem_to_json("short_and_stout")).encode(),
        EngineProblem.NONSENSE,
    ),
}


@pytest.mark.parametrize("answer", OTHER_ANSWERS)
async def test_fault_8_another_version_or_nonsense_is_refused(answer: str) -> None:
    head, body, problem = OTHER_ANSWERS[answer]
    async with talking(answering(head, body)) as served:
        assert await problem_of_read(served) is problem


@pytest.mark.parametrize(
    "error", [OverflowError, RecursionError, MemoryError, UnicodeError, TypeError]
)
async def test_a_mistake_that_an_answer_brings_out_is_told_as_nonsense(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def mistaken(_: object) -> NoReturn:
        raise error

    for place in ("from_json", "health_from_json", "problem_from_json"):
        monkeypatch.setattr(client, place, mistaken)
    for head in (OK, b"HTTP/1.1 418 Teapot"):
        async with talking(answering(head, message())) as served:
            assert await problem_of_read(served) is EngineProblem.NONSENSE
        async with talking(answering(head, message())) as served:
            with pytest.raises(EngineError) as failed:
                await served.client.health()
        assert failed.value.problem is EngineProblem.NONSENSE


async def test_a_mistake_that_an_answer_brings_out_in_the_http_library_is_told_as_nonsense(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def mistaken(_: object) -> NoReturn:
        raise OverflowError

    monkeypatch.setattr(client, "_capped_body", mistaken)
    async with talking(answering(OK, message())) as served:
        assert await problem_of_read(served) is EngineProblem.NONSENSE


async def test_a_picture_is_only_refused_with_the_reasons_for_pictures() -> None:
    body = json.dumps(problem_to_json("truncated")).encode()
    async with talking(answering(b"HTTP/1.1 400 Bad", body)) as served:
        with pytest.raises(ImageRefused) as refused:
            await served.client.read(PICTURE)
    assert refused.value.problem is ImageProblem.TRUNCATED
    async with talking(answering(b"HTTP/1.1 500 Bad", body)) as served:
        assert await problem_of_read(served) is EngineProblem.NONSENSE


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(60)


async def _takes_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _head_by_drops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    for byte in OK.replace(b"\n", b"\r\n") * 100:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def _body_by_drops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK.replace(b"\n", b"\r\n") + b"\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(_never, id="fault 3: no answer"),
        pytest.param(_takes_nothing, id="fault 3: takes nothing"),
        pytest.param(_head_by_drops, id="fault 4: head drop by drop"),
        pytest.param(_body_by_drops, id="fault 4: body drop by drop"),
    ],
)
async def test_a_deadline_holds_for_the_whole_of_a_read(talk: Talk) -> None:
    async with talking(talk) as served:
        assert await problem_of_read(served, deadline=0.3) is EngineProblem.TIMED_OUT
        with pytest.raises(EngineError) as failed:
            await served.client.health(timeout=0.2)
    assert failed.value.problem is EngineProblem.TIMED_OUT


async def test_fault_5_an_endless_answer_is_cut_off_at_the_cap() -> None:
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK.replace(b"\n", b"\r\n") + b"\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()
            sent += 65_536

    async with talking(talk) as served:
        assert await problem_of_read(served) is EngineProblem.NONSENSE
    assert sent < 2 * MAX_ANSWER_BYTES


async def test_an_answer_that_breaks_off_is_a_broken_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK.replace(b"\n", b"\r\n") + b"\r\nContent-Length: 500\r\n\r\n{")
        await writer.drain()

    async with talking(talk) as served:
        assert await problem_of_read(served) is EngineProblem.UNREACHABLE


async def test_nobody_listening_is_unreachable(tmp_path: Path) -> None:
    async with unix_session(tmp_path / "nobody") as session:
        with pytest.raises(EngineError) as failed:
            await EngineClient(session, URL).read(PICTURE)
    assert failed.value.problem is EngineProblem.UNREACHABLE


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Evil: 1", "ümlaut"])
async def test_a_token_that_cannot_be_one_is_not_sent(token: str) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))

    async with talking(talk) as served:
        client = EngineClient(served.session, URL, token)
        with pytest.raises(EngineError) as failed:
            await client.read(PICTURE)
    assert failed.value.problem is EngineProblem.UNAUTHORISED
    assert asked == []


async def test_an_empty_picture_is_not_sent() -> None:
    async with talking(_never) as served:
        with pytest.raises(ImageRefused) as refused:
            await served.client.read(b"")
    assert refused.value.problem is ImageProblem.EMPTY


async def test_a_health_that_a_proxy_answers_in_the_engines_place_is_unreachable() -> None:
    async with talking(answering(b"HTTP/1.1 503 No", b"<html>")) as served:
        with pytest.raises(EngineError) as failed:
            await served.client.health()
    assert failed.value.problem is EngineProblem.UNREACHABLE


async def test_a_crop_is_believed_only_when_it_was_asked_for() -> None:
    body = message(crop=base64.b64encode(CROP).decode())
    async with talking(answering(OK, body)) as served:
        assert await served.client.read(PICTURE, crop=True) == replace(
            frame_reads(plate()), crop=CROP
        )


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (PICTURE, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "application/octet-stream"),
        (b"<html>", "application/octet-stream"),
    ],
)
def test_a_picture_is_labelled_by_its_first_bytes(body: bytes, label: str) -> None:
    assert content_type(body) == label
