"""What the detector really found, right or wrong, and where it is kept (see ``gather``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.detector.pictures import Pixels
from training.folders import WORK
from training.shards import read, shards, write

Points = npt.NDArray[np.float64]

CANDIDATES = WORK / "candidates"


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


def write_candidates(path: Path, candidates: list[Candidate]) -> None:
    """Write one shard."""
    unknown = np.full((4, 2), np.nan)
    corners = [unknown if each.corners is None else each.corners for each in candidates]
    write(
        path,
        [each.rgb for each in candidates],
        guesses=np.stack([each.guess for each in candidates]),
        corners=np.stack(corners),
        whole=np.array([each.whole for each in candidates]),
    )


def read_candidates(folder: Path = CANDIDATES) -> list[Candidate]:
    """All that were kept."""
    return [each for path in shards(folder) for each in _read(path)]


def _read(path: Path) -> Iterator[Candidate]:
    pictures, known = read(path)
    for rgb, guess, corners, whole in zip(
        pictures, known["guesses"], known["corners"], known["whole"], strict=True
    ):
        yield Candidate(rgb, guess, None if np.isnan(corners).any() else corners, bool(whole))


def rectangle(box: npt.NDArray[np.floating]) -> Points:
    """The corners 4 x 2 of a box: left, top, right and bottom."""
    x1, y1, x2, y2 = box.tolist()
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64)
