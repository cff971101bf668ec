"""What the detector really found, right or wrong, and where it is kept (see ``gather``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.detector.pictures import Pixels
from training.folders import WORK
from training.ocr.samples import shards

Points = npt.NDArray[np.float64]

CANDIDATES = WORK / "candidates"
QUALITY = 95


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part of a picture in which the detector drew a box.

    ``guess`` are the box's corners and ``corners`` the plate's, 4 x 2 in pixels of ``rgb``; where
    only its box is known, ``whole`` is False. ``corners`` is None where there is no plate.
    """

    rgb: Pixels
    guess: Points
    corners: Points | None
    whole: bool


def write_shard(path: Path, candidates: list[Candidate]) -> None:
    """Write candidates at once."""
    encoded = [
        cv2.imencode(".jpg", each.rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].ravel()
        for each in candidates
    ]
    unknown = np.full((4, 2), np.nan)
    corners = [unknown if each.corners is None else each.corners for each in candidates]
    fresh = path.with_suffix(".new.npz")
    np.savez(
        fresh,
        data=np.concatenate(encoded),
        ends=np.cumsum([len(each) for each in encoded]),
        guesses=np.stack([each.guess for each in candidates]),
        corners=np.stack(corners),
        whole=np.array([each.whole for each in candidates]),
    )
    fresh.replace(path)


def read_candidates(folder: Path = CANDIDATES) -> list[Candidate]:
    """All that were kept."""
    found = []
    for path in shards(folder):
        with np.load(path) as shard:
            data, ends, whole = shard["data"], shard["ends"], shard["whole"]
            guesses, corners = shard["guesses"], shard["corners"]
        starts = [0, *ends[:-1]]
        for start, end, guess, points, known in zip(
            starts, ends, guesses, corners, whole, strict=True
        ):
            picture = cv2.imdecode(data[start:end], cv2.IMREAD_COLOR)
            if picture is None:
                raise ValueError(f"{path} holds a picture that is none")
            rgb = np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)
            plate = None if np.isnan(points).any() else points
            found.append(Candidate(rgb, guess, plate, bool(known)))
    return found
