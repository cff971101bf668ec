"""The messages between an engine and whoever asks it, as JSON, with a version in each of them.

What comes in is believed only when every field has the right type, is in its range, and agrees with
the others: an engine that another machine runs may be old, broken or somebody else's.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import TYPE_CHECKING

from ..shapes import NAME, REGION
from ..types import (
    Box,
    Character,
    Corners,
    EngineIdentity,
    FrameReads,
    ModelIdentity,
    PlateRead,
    Point,
    Timings,
)
from .checks import as_list, as_number, as_record, as_text, as_whole
from .errors import ProtocolError

if TYPE_CHECKING:
    from .checks import Record

PROTOCOL_VERSION = 1
READ_DEADLINE = 10.0
"""Seconds for one picture, from asking to the answer, with the time it waits for the one before
it: whoever asks waits no longer, and the engine measures its own patience by it."""
MAX_BODY_BYTES = 16 * 1024 * 1024
"""Of a picture that is sent to an engine."""
MAX_ANSWER_BYTES = 1024 * 1024
"""Of the engine's answer; a crop takes most of it, and none is a quarter of that."""
MAX_SEQUENCE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact."""
TOKEN_SHAPE = re.compile(r"[!-~]{1,512}", re.ASCII)
"""Of a bearer token: what can be in a header, without spaces."""

_MAX_PIXELS = 25_000_000
_MAX_PLATES = 16
_MAX_POSITIONS = 32
_MAX_ALTERNATIVES = 12
_MAX_MODELS = 8
_MAX_MILLISECONDS = 3_600_000.0
_SUM_TOLERANCE = 1e-3
"""Probabilities are 32-bit numbers, often rounded: their sum may be over 1 by this much."""

_PLATE = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
_CHARACTER = re.compile(r"[A-Z0-9]?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class EngineStatus(StrEnum):
    """What an engine says of itself."""

    LOADING = "loading"
    READY = "ready"
    REFUSED = "refused"
    """It could not load its models; ``Health.problem`` says why."""


@dataclass(frozen=True, slots=True)
class Health:
    """How an engine is, as ``GET /v1/health`` tells it."""

    status: EngineStatus
    identity: EngineIdentity | None
    """Version, backend and models; None until they are loaded."""
    working: int
    """Pictures in work, 0 or 1."""
    waiting: int
    """Pictures that wait, 0 or 1."""
    problem: str | None = None
    """A ``ModelProblem`` or another code, only when REFUSED."""


def to_json(reads: FrameReads) -> Record:
    """The message for what was read in one picture."""
    return {
        "protocol": PROTOCOL_VERSION,
        "sequence": reads.sequence,
        "size": list(reads.size),
        "plates": [_plate_to_json(plate) for plate in reads.plates],
        "timing_ms": {
            "decode": reads.timing_ms.decode,
            "detect": reads.timing_ms.detect,
            "read": reads.timing_ms.read,
        },
        "engine": _identity_to_json(reads.engine),
        "brightness": reads.brightness,
        "crop": None if reads.crop is None else base64.b64encode(reads.crop).decode("ascii"),
    }


def from_json(message: object) -> FrameReads:
    """What was read in one picture; raises ProtocolError unless the message is right throughout."""
    record = _open(message)
    width, height = as_list(record.get("size"), "size", least=2, most=2)
    size = (
        as_whole(width, "size", least=1, most=_MAX_PIXELS),
        as_whole(height, "size", least=1, most=_MAX_PIXELS),
    )
    if size[0] * size[1] > _MAX_PIXELS:
        raise ProtocolError("size")
    return FrameReads(
        sequence=as_whole(record.get("sequence"), "sequence", most=MAX_SEQUENCE),
        size=size,
        plates=tuple(
            _plate_from_json(plate, size)
            for plate in as_list(record.get("plates"), "plates", most=_MAX_PLATES)
        ),
        timing_ms=_timings_from_json(record.get("timing_ms")),
        engine=_identity_from_json(record.get("engine")),
        brightness=as_number(record.get("brightness"), "brightness"),
        crop=_crop_from_json(record.get("crop")),
    )


def health_to_json(health: Health) -> Record:
    """The message for an engine's health."""
    return {
        "protocol": PROTOCOL_VERSION,
        "status": health.status.value,
        "engine": None if health.identity is None else _identity_to_json(health.identity),
        "queue": {"working": health.working, "waiting": health.waiting},
        "problem": health.problem,
    }


def health_from_json(message: object) -> Health:
    """An engine's health; raises ProtocolError unless the message is right throughout."""
    record = _open(message)
    try:
        status = EngineStatus(as_text(record.get("status"), "status", _CODE))
    except ValueError as error:
        raise ProtocolError("status") from error
    identity = record.get("engine")
    if status is EngineStatus.READY and identity is None:
        raise ProtocolError("engine")
    queue = as_record(record.get("queue"), "queue")
    problem = record.get("problem")
    return Health(
        status=status,
        identity=None if identity is None else _identity_from_json(identity),
        working=as_whole(queue.get("working"), "working", most=1),
        waiting=as_whole(queue.get("waiting"), "waiting", most=1),
        problem=None if problem is None else as_text(problem, "problem", _CODE),
    )


def problem_to_json(problem: str, code: str | None = None) -> Record:
    """The message of every answer other than 200: a value of ``ImageProblem`` or ``EngineProblem``.

    ``code`` says more where there is more to say: which ``ModelProblem``.
    """
    return {"protocol": PROTOCOL_VERSION, "problem": problem, "code": code}


def problem_from_json(message: object) -> tuple[str, str | None]:
    """Problem and code of a refusal; raises ProtocolError."""
    record = _open(message)
    code = record.get("code")
    return (
        as_text(record.get("problem"), "problem", _CODE),
        None if code is None else as_text(code, "code", _CODE),
    )


def _open(message: object) -> Record:
    """The message as a record, once its version is known to be ours."""
    record = as_record(message, "message")
    version = as_whole(record.get("protocol"), "protocol", most=MAX_SEQUENCE)
    if version != PROTOCOL_VERSION:
        raise ProtocolError("protocol", version=True)
    return record


def _identity_to_json(identity: EngineIdentity) -> Record:
    return {
        "version": identity.version,
        "backend": identity.backend,
        "models": [{"name": model.name, "sha256": model.sha256} for model in identity.models],
    }


def _identity_from_json(value: object) -> EngineIdentity:
    record = as_record(value, "engine")
    models = [
        as_record(model, "models")
        for model in as_list(record.get("models"), "models", most=_MAX_MODELS)
    ]
    return EngineIdentity(
        version=as_text(record.get("version"), "version", NAME),
        backend=as_text(record.get("backend"), "backend", NAME),
        models=tuple(
            ModelIdentity(
                name=as_text(model.get("name"), "name", NAME),
                sha256=as_text(model.get("sha256"), "sha256", _SHA256),
            )
            for model in models
        ),
    )


def _plate_to_json(plate: PlateRead) -> Record:
    box = plate.box
    return {
        "text": plate.text,
        "box": [box.x1, box.y1, box.x2, box.y2],
        "detection": plate.detection,
        "characters": [[[text, p] for text, p in position] for position in plate.characters],
        "region": plate.region,
        "corners": None if plate.corners is None else [[x, y] for x, y in plate.corners],
    }


def _plate_from_json(value: object, size: tuple[int, int]) -> PlateRead:
    record = as_record(value, "plates")
    text = as_text(record.get("text"), "text", _PLATE)
    characters = tuple(
        _character_from_json(position)
        for position in as_list(
            record.get("characters"), "characters", least=len(text), most=_MAX_POSITIONS
        )
    )
    if "".join(position[0][0] for position in characters) != text:
        raise ProtocolError("text")
    region = record.get("region")
    return PlateRead(
        text=text,
        box=_box_from_json(record.get("box"), size),
        detection=as_number(record.get("detection"), "detection"),
        characters=characters,
        region=None if region is None else as_text(region, "region", REGION),
        corners=_corners_from_json(record.get("corners"), size),
    )


def _character_from_json(value: object) -> Character:
    """Alternatives of one position: each once, the likeliest first, adding up to 1 at most."""
    alternatives = []
    for entry in as_list(value, "characters", least=1, most=_MAX_ALTERNATIVES):
        text, probability = as_list(entry, "characters", least=2, most=2)
        alternatives.append(
            (as_text(text, "characters", _CHARACTER), as_number(probability, "characters"))
        )
    probabilities = [probability for _, probability in alternatives]
    if (
        len({text for text, _ in alternatives}) != len(alternatives)
        or probabilities != sorted(probabilities, reverse=True)
        or sum(probabilities) > 1 + _SUM_TOLERANCE
    ):
        raise ProtocolError("characters")
    return tuple(alternatives)


def _box_from_json(value: object, size: tuple[int, int]) -> Box:
    x1, y1, x2, y2 = as_list(value, "box", least=4, most=4)
    box = Box(*_point(x1, y1, "box", size), *_point(x2, y2, "box", size))
    if not (box.x1 < box.x2 and box.y1 < box.y2):
        raise ProtocolError("box")
    return box


def _corners_from_json(value: object, size: tuple[int, int]) -> Corners | None:
    if value is None:
        return None
    points = []
    for corner in as_list(value, "corners", least=4, most=4):
        x, y = as_list(corner, "corners", least=2, most=2)
        points.append(_point(x, y, "corners", size))
    return points[0], points[1], points[2], points[3]


def _point(x: object, y: object, field: str, size: tuple[int, int]) -> Point:
    """A point in pixels: plates at the edge may reach beyond the picture, by its size at most."""
    width, height = size
    return (
        as_number(x, field, least=-width, most=2 * width),
        as_number(y, field, least=-height, most=2 * height),
    )


def _timings_from_json(value: object) -> Timings:
    record = as_record(value, "timing_ms")
    decode, detect, read = (
        as_number(record.get(stage), "timing_ms", most=_MAX_MILLISECONDS)
        for stage in ("decode", "detect", "read")
    )
    return Timings(decode=decode, detect=detect, read=read)


def _crop_from_json(value: object) -> bytes | None:
    """The evidence picture; the answer's own size limits it."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ProtocolError("crop")
    try:
        crop = base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ProtocolError("crop") from error
    if not crop.startswith(b"\xff\xd8\xff"):
        raise ProtocolError("crop")
    return crop
