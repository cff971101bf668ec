"""Messages are believed only when they are right throughout."""

from __future__ import annotations

import copy
from dataclasses import replace
import json
import math
import tracemalloc
from typing import TYPE_CHECKING, Any

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.engine.checks import parse_json
from custom_components.alpr_gate.alpr.engine.errors import ProtocolError
from custom_components.alpr_gate.alpr.engine.protocol import (
    PROTOCOL_VERSION,
    EngineStatus,
    Health,
    from_json,
    health_from_json,
    health_to_json,
    problem_from_json,
    problem_to_json,
    to_json,
)
from custom_components.alpr_gate.alpr.types import Box, FrameReads, PlateRead, Timings

from .samples import CROP, IDENTITY, frame_reads, plate

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def over_the_wire(message: object) -> dict[str, object]:
    """The message after it was written and read again."""
    return parse_json(json.dumps(message, allow_nan=False).encode())


@st.composite
def positions(draw: st.DrawFn, best: str) -> tuple[tuple[str, float], ...]:
    """Alternatives of one position, ``best`` the likeliest, adding up to 1 at most."""
    others = draw(
        st.lists(
            st.sampled_from(["", *ALPHABET]).filter(lambda c: c != best), max_size=11, unique=True
        )
    )
    weights = sorted(
        draw(st.lists(st.floats(0, 1), min_size=len(others) + 1, max_size=len(others) + 1)),
        reverse=True,
    )
    total = max(1.0, sum(weights))
    return tuple(
        (text, weight / total) for text, weight in zip([best, *others], weights, strict=True)
    )


@st.composite
def plates(draw: st.DrawFn) -> PlateRead:
    text = draw(st.text(ALPHABET, min_size=1, max_size=12))
    x1, y1 = draw(st.floats(0, 600)), draw(st.floats(0, 400))
    return PlateRead(
        text=text,
        box=Box(x1, y1, x1 + draw(st.floats(1, 40)), y1 + draw(st.floats(1, 40))),
        detection=draw(st.floats(0, 1)),
        characters=tuple(draw(positions(letter)) for letter in text),
        region=draw(st.sampled_from([None, "Germany", "Côte d'Ivoire", "US-NY"])),
        corners=draw(st.sampled_from([None, ((0.0, 0.0), (9.0, 0.5), (9.0, 5.0), (0.0, 4.0))])),
    )


@given(
    found=st.lists(plates(), max_size=3),
    sequence=st.integers(0, 2**53 - 1),
    brightness=st.floats(0, 1),
    crop=st.sampled_from([None, CROP]),
)
def test_what_was_read_arrives_exactly(
    found: list[PlateRead], sequence: int, brightness: float, crop: bytes | None
) -> None:
    reads = replace(frame_reads(*found), sequence=sequence, brightness=brightness, crop=crop)

    assert from_json(over_the_wire(to_json(reads))) == reads


def _set(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        for key in path[:-1]:
            message = message[key]
        message[path[-1]] = to

    return change


WRONG: dict[str, tuple[Callable[[Any], None], str]] = {
    "another version": (_set("protocol", to=PROTOCOL_VERSION + 1), "protocol"),
    "a version that is true": (_set("protocol", to=True), "protocol"),
    "no version": (lambda message: message.pop("protocol"), "protocol"),
    "no plates": (lambda message: message.pop("plates"), "plates"),
    "plates that are an object": (_set("plates", to={}), "plates"),
    "seventeen plates": (
        lambda message: message.update(plates=message["plates"] * 17),
        "plates",
    ),
    "a negative sequence": (_set("sequence", to=-1), "sequence"),
    "a sequence with a fraction": (_set("sequence", to=1.0), "sequence"),
    "a sequence beyond exact numbers": (_set("sequence", to=2**53), "sequence"),
    "a size of one number": (_set("size", to=[640]), "size"),
    "a size of nothing": (_set("size", to=[0, 480]), "size"),
    "a size beyond 25 megapixels": (_set("size", to=[25_000, 1_001]), "size"),
    "a score that is not a number": (_set("plates", 0, "detection", to=math.nan), "detection"),
    "an infinite score": (_set("plates", 0, "detection", to=math.inf), "detection"),
    "a score above one": (_set("plates", 0, "detection", to=1.0001), "detection"),
    "a score below zero": (_set("plates", 0, "detection", to=-0.1), "detection"),
    "a score as text": (_set("plates", 0, "detection", to="0.9"), "detection"),
    "a score that is true": (_set("plates", 0, "detection", to=True), "detection"),
    "no text": (_set("plates", 0, "text", to=""), "text"),
    "text in small letters": (_set("plates", 0, "text", to="ab12cde"), "text"),
    "text that the characters do not say": (_set("plates", 0, "text", to="AB12CDF"), "text"),
    "a box turned over": (_set("plates", 0, "box", to=[220, 200, 100, 240]), "box"),
    "a box without an inside": (_set("plates", 0, "box", to=[100, 200, 100, 240]), "box"),
    "a box far outside": (_set("plates", 0, "box", to=[0, 0, 6400, 40]), "box"),
    "a box that is not a number": (_set("plates", 0, "box", 2, to=math.nan), "box"),
    "three corners": (lambda message: message["plates"][0]["corners"].pop(), "corners"),
    "a corner in space": (_set("plates", 0, "corners", 1, to=[1, 2, 3]), "corners"),
    "fewer characters than the text": (
        lambda message: message["plates"][0].update(characters=[[["A", 0.9]]]),
        "characters",
    ),
    "a position without alternatives": (
        _set("plates", 0, "characters", 0, to=[]),
        "characters",
    ),
    "a probability that is not a number": (
        _set("plates", 0, "characters", 0, 0, 1, to=math.nan),
        "characters",
    ),
    "a probability above one": (_set("plates", 0, "characters", 0, 0, 1, to=1.5), "characters"),
    "probabilities above one together": (
        _set("plates", 0, "characters", 0, to=[["A", 0.9], ["4", 0.2]]),
        "characters",
    ),
    "the likeliest alternative last": (
        _set("plates", 0, "characters", 0, to=[["A", 0.1], ["4", 0.8]]),
        "characters",
    ),
    "thirteen alternatives": (
        _set("plates", 0, "characters", 0, to=[[letter, 0.05] for letter in ALPHABET[:13]]),
        "characters",
    ),
    "an alternative twice": (
        _set("plates", 0, "characters", 0, to=[["A", 0.5], ["A", 0.4]]),
        "characters",
    ),
    "an alternative of two letters": (
        _set("plates", 0, "characters", 0, to=[["AB", 0.5]]),
        "characters",
    ),
    "an alternative in Cyrillic": (
        _set("plates", 0, "characters", 0, to=[["А", 0.5]]),
        "characters",
    ),
    "a region with markup": (_set("plates", 0, "region", to="<b>Italy</b>"), "region"),
    "a time below zero": (_set("timing_ms", "read", to=-1), "timing_ms"),
    "a missing time": (lambda message: message["timing_ms"].pop("detect"), "timing_ms"),
    "brightness above one": (_set("brightness", to=255), "brightness"),
    "a hash that is none": (_set("engine", "models", 0, "sha256", to="f" * 63), "sha256"),
    "a name with a line break": (_set("engine", "backend", to="ncnn\nERROR"), "backend"),
    "models without end": (_set("engine", "models", to=[{}] * 9), "models"),
    "no engine": (_set("engine", to=None), "engine"),
    "a crop that is not base64": (_set("crop", to="*"), "crop"),
    "a crop that is not a JPEG": (_set("crop", to="PGh0bWw+"), "crop"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_message_is_refused_for(wrong: str) -> None:
    change, field = WRONG[wrong]
    message: dict[str, object] = copy.deepcopy(to_json(frame_reads(plate())))
    from_json(message)

    change(message)

    with pytest.raises(ProtocolError) as refused:
        from_json(message)
    assert refused.value.field == field
    assert refused.value.version is (wrong == "another version")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=20,
    )
)
def test_nothing_else_is_taken_for_a_message(message: object) -> None:
    with pytest.raises(ProtocolError):
        from_json(message)
    with pytest.raises(ProtocolError):
        health_from_json(message)
    with pytest.raises(ProtocolError):
        problem_from_json(message)


@given(data=st.data())
def test_a_message_with_any_field_replaced_is_refused_or_still_in_range(
    data: st.DataObject,
) -> None:
    message: Any = over_the_wire(to_json(frame_reads(plate())))
    place = message
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
        if not place:
            return
    place[key] = data.draw(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    )
    try:
        reads = from_json(message)
    except ProtocolError:
        return

    assert _is_in_range(reads)


def _is_in_range(reads: FrameReads) -> bool:
    numbers = [reads.brightness]
    for found in reads.plates:
        numbers += [found.detection, found.confidence]
        numbers += [probability for position in found.characters for _, probability in position]
        assert found.text.isascii()
        assert found.text.isalnum()
        assert found.box.area > 0
    assert isinstance(reads.timing_ms, Timings)
    assert math.isfinite(reads.timing_ms.total)
    return all(0 <= number <= 1 for number in numbers)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a":' + b"[" * 100_000,
        b'"\xff\xfe"',
        b"<html>",
    ],
    ids=["nothing", "half", "list", "null", "nan", "infinity", "digits", "depth", "bytes", "html"],
)
def test_text_that_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_json(text)


def test_the_largest_message_that_is_right_is_believed() -> None:
    position = tuple((letter, 0.08) for letter in ALPHABET[:12])
    largest = replace(plate(), text="A" * 32, characters=(position,) * 32)
    reads = replace(frame_reads(*(largest,) * 16), crop=CROP)

    assert from_json(over_the_wire(to_json(reads))) == reads


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":[' + b"{}," * 300_000 + b"1]}",
        b'{"a":[' + b"[]," * 300_000 + b"1]}",
        b"{" + b",".join(b'"%x":1' % number for number in range(100_000)) + b"}",
        b'{"a":[' + b"1," * 500_000 + b"1]}",
        b'{"a":[' + (b"9" * 4200 + b",") * 240 + b"1]}",
    ],
    ids=["objects", "lists", "keys", "numbers", "digits"],
)
def test_a_megabyte_of_anything_is_refused_before_it_is_taken_apart(text: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError):
            parse_json(text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Its text, once as a string, and nothing of what is in it.
    assert most < 3 * 1024 * 1024


def test_a_number_too_large_for_a_float_is_refused() -> None:
    message = to_json(frame_reads(plate()))
    text = json.dumps(message).replace("0.91", "1e999")

    with pytest.raises(ProtocolError):
        from_json(parse_json(text.encode()))


@pytest.mark.parametrize(
    "health",
    [
        Health(EngineStatus.READY, IDENTITY, working=1, waiting=0),
        Health(EngineStatus.LOADING, None, working=0, waiting=0),
        Health(EngineStatus.REFUSED, None, working=0, waiting=0, problem="wrong_hash"),
    ],
)
def test_health_arrives_exactly(health: Health) -> None:
    assert health_from_json(over_the_wire(health_to_json(health))) == health


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": 0},
        {"status": "excellent"},
        {"engine": None},
        {"queue": {"working": 2, "waiting": 0}},
        {"queue": None},
        {"problem": "A sentence, not a code"},
    ],
)
def test_health_that_is_not_right_is_refused(change: dict[str, object]) -> None:
    message = health_to_json(Health(EngineStatus.READY, IDENTITY, working=0, waiting=0))

    with pytest.raises(ProtocolError):
        health_from_json({**message, **change})


def test_a_refusal_arrives_with_its_code() -> None:
    assert problem_from_json(over_the_wire(problem_to_json("truncated"))) == ("truncated", None)
    message = problem_to_json("model_refused", "wrong_hash")
    assert problem_from_json(over_the_wire(message)) == ("model_refused", "wrong_hash")
