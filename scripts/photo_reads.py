"""Reads of photographs and of the approaches made from them, kept so that reruns are quick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from custom_components.alpr_gate.alpr.engine.protocol import from_json, to_json
from scripts.benchmarks.sets import photographs
from training.approach import approach_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from custom_components.alpr_gate.alpr.types import FrameReads
    from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "photo-reads"
JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph whose plate is known."""

    group: str
    path: Path
    plate: str
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 in pixels."""


@dataclass(frozen=True, slots=True)
class PhotoReads:
    """What a recogniser reads in a photograph, and in a car driving up made from it."""

    photo: Photo
    single: FrameReads
    approach: tuple[FrameReads, ...]


def photos(folder: Path) -> tuple[Photo, ...]:
    """The photographs that ``truth.csv`` in ``folder`` names."""
    return tuple(
        Photo(sample.group, sample.path, sample.plate, sample.boxes[0])
        for sample in photographs(folder)
        if sample.plate
    )


def read_all(recogniser: Recogniser, folder: Path, *, frames: int = 8) -> Iterator[PhotoReads]:
    """Read every photograph in ``folder``, and ``frames`` frames of an approach made from each."""
    for photo in photos(folder):
        yield _read(recogniser, photo, frames)


def _read(recogniser: Recogniser, photo: Photo, frames: int) -> PhotoReads:
    body = photo.path.read_bytes()
    kept = CACHE / f"{_name(recogniser, photo, body, frames)}.json"
    if kept.is_file():
        single, *approach = (from_json(each) for each in json.loads(kept.read_text()))
        return PhotoReads(photo, single, tuple(approach))
    single = recogniser.read(body)
    bodies = approach_bodies(photo, frames)
    approach = [recogniser.read(each, sequence=at) for at, each in enumerate(bodies, 1)]
    CACHE.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps([to_json(each) for each in (single, *approach)]))
    return PhotoReads(photo, single, tuple(approach))


def approach_bodies(photo: Photo, frames: int) -> list[bytes]:
    """JPEG files of the car driving up; the same every time."""
    with Image.open(photo.path) as image:
        pixels = np.asarray(image.convert("RGB"))
    seed = int.from_bytes(hashlib.sha256(photo.path.name.encode()).digest()[:4])
    return [_jpeg(frame) for frame in approach_frames(pixels, photo.box, seed, frames)]


def _jpeg(pixels: np.typing.NDArray[np.uint8]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()


def _name(recogniser: Recogniser, photo: Photo, body: bytes, frames: int) -> str:
    told = [recogniser.identity, photo.box, photo.path.name, frames, JPEG_QUALITY]
    return hashlib.sha256(repr(told).encode() + _programs() + body).hexdigest()[:32]


@cache
def _programs() -> bytes:
    """What makes the approaches, and what reads besides the networks: another reads differently."""
    vision = ROOT / "custom_components" / "alpr_gate" / "alpr" / "vision"
    files = [ROOT / "training" / "approach.py", *sorted(vision.rglob("*.py"))]
    return b"".join(path.read_bytes() for path in files)
