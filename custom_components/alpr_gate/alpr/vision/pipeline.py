"""One picture from bytes to reads: decode, detect, cut, read, put in order."""

from __future__ import annotations

from dataclasses import dataclass
import io
from itertools import chain
import time
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ..types import Box, EngineIdentity, FrameReads, PlateRead, Timings
from .decode import decode
from .rank import likelihood, sharpness
from .straighten import cut, straightened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..types import Zone
    from .backends.base import Detection, Detector, Reader
    from .decode import Picture, Pixels

BLANK = 0.004
"""Contrast below which a picture shows nothing: one grey level of 255."""
MOST_PLATES = 8
"""Of more plates in one picture only those with the highest score are read."""
SMALL_PLATE = 110
"""Width in pixels: a plate smaller than this is read from the picture at its full size."""

CROP_WIDTH = 480
CROP_QUALITY = 85


class _Stopwatch:
    """Adds up milliseconds by stage."""

    def __init__(self) -> None:
        self._spent = {"decode": 0.0, "detect": 0.0, "read": 0.0}
        self._started = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap for ``stage``."""
        now = time.perf_counter()
        self._spent[stage] += (now - self._started) * 1000
        self._started = now

    def timings(self) -> Timings:
        return Timings(**self._spent)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A detector and a reader, and who they are. Not safe to call from two threads at once."""

    detector: Detector
    reader: Reader
    identity: EngineIdentity

    def read(
        self, body: bytes, *, zone: Zone = (), crop: bool = False, sequence: int = 0
    ) -> FrameReads:
        """Read every plate in a picture, the likeliest car at the gate first.

        Args:
            body: the picture as the camera sent it.
            zone: only plates whose middle lies in it are read.
            crop: also return a JPEG of the first plate's surroundings.
            sequence: handed back in the answer.

        Raises:
            ImageRefused: the picture cannot be used.
            ModelRefused: a network answered with nonsense.
        """
        watch = _Stopwatch()
        picture = decode(body, zone=zone)
        watch.lap("decode")
        detections = self._detect(picture)
        watch.lap("detect")
        picture, detections = _with_enough_pixels(picture, detections)
        watch.lap("decode")
        plates = self._read(picture, detections)
        watch.lap("read")
        evidence = _evidence(picture, plates[0]) if crop and plates else None
        return FrameReads(
            sequence=sequence,
            size=picture.size,
            plates=plates,
            timing_ms=watch.timings(),
            engine=self.identity,
            brightness=picture.brightness,
            crop=evidence,
        )

    def _detect(self, picture: Picture) -> tuple[Detection, ...]:
        if picture.contrast < BLANK:
            return ()
        left, top, right, bottom = picture.window
        found = self.detector.detect(picture.pixels[top:bottom, left:right])
        moved = (detection.moved(left=left, top=top) for detection in found)
        return tuple(each for each in moved if picture.in_zone(each.box.centre))[:MOST_PLATES]

    def _read(self, picture: Picture, detections: tuple[Detection, ...]) -> tuple[PlateRead, ...]:
        across, down = picture.scale
        ranked: list[tuple[float, PlateRead]] = []
        for detection in detections:
            crops = plate_crops(picture.pixels, detection, self.reader.margins, self.reader.size)
            first = next(crops, None)
            if first is None:
                continue
            reading = self.reader.read(chain((first,), crops))
            if not reading.text:
                continue
            full = detection.moved(across, down)
            plate = PlateRead(
                text=reading.text,
                box=_inside(full.box, picture.size),
                detection=detection.score,
                characters=reading.characters,
                region=reading.region,
                corners=full.corners,
            )
            sharp = sharpness(first) if len(detections) > 1 else 1.0
            ranked.append((likelihood(plate, sharp, picture.size), plate))
        ranked.sort(key=lambda each: -each[0])
        return tuple(plate for _, plate in ranked)


def plate_crops(
    pixels: Pixels, detection: Detection, margins: tuple[float, ...], size: tuple[int, int]
) -> Iterator[Pixels]:
    """What the reader is given: the plate with each margin.

    Where corners are known it is straightened, to ``size`` (width and height in pixels); otherwise
    it is as large as in the picture. Each is cut out when it is asked for. Empty where the plate
    has no pixels in the picture.
    """
    for margin in margins:
        crop = _plate_crop(pixels, detection, margin, size)
        if crop is not None:
            yield crop


def _plate_crop(
    pixels: Pixels, detection: Detection, margin: float, size: tuple[int, int]
) -> Pixels | None:
    if detection.corners is not None:
        upright = straightened(pixels, detection.corners, size=size, margin=margin, continued=True)
        if upright is not None:
            return upright
    return cut(pixels, detection.box, margin=margin)


def _with_enough_pixels(
    picture: Picture, detections: tuple[Detection, ...]
) -> tuple[Picture, tuple[Detection, ...]]:
    """The picture at full size, and the boxes in it, if a plate is small in a reduced one."""
    if not picture.is_reduced or all(each.box.width >= SMALL_PLATE for each in detections):
        return picture, detections
    across, down = picture.scale
    return picture.full_size(), tuple(each.moved(across, down) for each in detections)


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """The part of a box that lies in the picture."""
    return Box(max(0.0, box.x1), max(0.0, box.y1), min(size[0], box.x2), min(size[1], box.y2))


def _evidence(picture: Picture, plate: PlateRead) -> bytes:
    """A JPEG of the plate with about one plate's width of its surroundings on every side."""
    across, down = picture.scale
    height, width = picture.pixels.shape[:2]
    box = plate.box
    around = box.width
    left, right = (box.x1 - around) / across, (box.x2 + around) / across
    top, bottom = (box.y1 - around) / down, (box.y2 + around) / down
    part = picture.pixels[
        max(0, int(top)) : min(height, int(bottom) + 1),
        max(0, int(left)) : min(width, int(right) + 1),
    ]
    image = Image.fromarray(np.ascontiguousarray(part))
    image.thumbnail((CROP_WIDTH, CROP_WIDTH))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=CROP_QUALITY)
    return target.getvalue()
