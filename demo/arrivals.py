"""The cars that come: sequences of JPEG frames of one car that grows in view."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from training.approach import approach_frames
from training.scenes import approach
from training.scenes.empty import draw_empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]

LISTED = "A listed car approaches"
STRANGER = "A stranger approaches"
FROZEN = "A listed car, but the camera hangs on one picture"
FRAMES = 8
MIN_PLATE_WIDTH = 100
"""Photographs whose plate is narrower than this are not played: a gate's camera sees more."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One car that comes to the gate."""

    title: str
    plate: str
    frames: tuple[Pixels, ...]
    """Pictures (height x width x 3, RGB) in the order in which the camera shows them."""


@dataclass(frozen=True, slots=True)
class Play:
    """What the demo shows."""

    empty: Pixels
    """The street with no car, shown between arrivals."""
    known: Arrival
    stranger: Arrival
    frozen: Arrival
    """The known car again, standing before a camera that hangs."""


class PhotosError(Exception):
    """The folder of photographs cannot be played; the message says why."""


@dataclass(frozen=True, slots=True)
class _Photo:
    path: Path
    plate: str
    box: tuple[float, float, float, float]


def rendered_play(seed: int) -> Play:
    """Cars drawn by the project itself."""
    rng = np.random.default_rng(seed)
    known = Arrival(LISTED, "HB07KXT", _rendered_frames(rng, "HB07KXT"))
    stranger = Arrival(STRANGER, "PLM4829", _rendered_frames(rng, "PLM4829"))
    return _play(draw_empty(rng, setting="gate").rgb, known, stranger)


def _rendered_frames(rng: np.random.Generator, plate: str) -> tuple[Pixels, ...]:
    return tuple(
        frame.rgb for frame in approach(rng, plate, frames=FRAMES, setting="gate", near=6.5)
    )


def photo_play(folder: Path, seed: int) -> Play:
    """Cars from photographs in ``folder``, whose ``truth.csv`` names plates and boxes.

    ``truth.csv`` has the columns file, x, y, width, height, plate and optionally set, the folder
    below ``folder`` that holds the file. ``seed`` picks the two cars. Raises PhotosError.
    """
    candidates = [
        photo for photo in _photos(folder) if photo.box[2] - photo.box[0] >= MIN_PLATE_WIDTH
    ]
    if len({photo.plate for photo in candidates}) < 2:
        raise PhotosError(
            f"{folder / 'truth.csv'} names fewer than two cars with a plate at least"
            f" {MIN_PLATE_WIDTH} pixels wide: add larger photographs."
        )
    rng = np.random.default_rng(seed)
    order = [candidates[index] for index in rng.permutation(len(candidates))]
    known = order[0]
    stranger = next(photo for photo in order if photo.plate != known.plate)
    return _play(
        _blurred(known.path),
        Arrival(LISTED, known.plate, _photo_frames(known, seed)),
        Arrival(STRANGER, stranger.plate, _photo_frames(stranger, seed + 1)),
    )


def _play(empty: Pixels, known: Arrival, stranger: Arrival) -> Play:
    """The three arrivals; the third is the known car again."""
    return Play(empty, known, stranger, Arrival(FROZEN, known.plate, known.frames[-1:]))


def _photos(folder: Path) -> list[_Photo]:
    truth = folder / "truth.csv"
    try:
        with truth.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        photos = [_photo(folder, row) for row in rows]
    except (OSError, KeyError, ValueError) as error:
        raise PhotosError(f"{truth} cannot be read as a list of photographs: {error}") from error
    return [photo for photo in photos if photo.path.is_file()]


def _photo(folder: Path, row: dict[str, str]) -> _Photo:
    x, y = float(row["x"]), float(row["y"])
    path = folder / row.get("set", "") / row["file"]
    if not path.is_file():
        path = folder / row["file"]
    return _Photo(path, row["plate"], (x, y, x + float(row["width"]), y + float(row["height"])))


def _photo_frames(photo: _Photo, seed: int) -> tuple[Pixels, ...]:
    with Image.open(photo.path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return tuple(approach_frames(pixels, photo.box, seed, frames=FRAMES))


def _blurred(path: Path) -> Pixels:
    """The photograph without anything readable: what the camera shows when no car is there."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((16, 9))
        return np.asarray(small.resize((1280, 720), Image.Resampling.BICUBIC))
