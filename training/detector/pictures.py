"""Pictures with plates to learn from: real ones, drawn scenes, and which are kept back.

Real pictures lie in ``--data`` (see training/README.md): ``frames/`` from a dash camera (MIT) and
``cars/`` (CC0), each with a ``boxes.csv`` of file, x1, y1, x2, y2. Neighbouring frames show the
same cars, so they are split by ride and time, never at random.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
import csv
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.folders import WORK
from training.plates import draw_plate
from training.scenes import Light, draw_scene

Pixels = npt.NDArray[np.uint8]
SCENES = WORK / "scenes"
WIDEST = 1000
"""Pictures are kept no wider than this in memory."""
HELD_BACK_RIDES = ("dayride_type1_003", "dayride_type1_002")
NIGHT_HELD_BACK_FROM = 500
"""Night frames from this number on are held back."""
DAY_HELD_BACK_FROM = 1250
"""The first day ride's frames from this number on are held back."""


@dataclass(frozen=True, slots=True)
class Picture:
    """RGB pixels, boxes N x 4 (x1, y1, x2, y2) and, where known, corners N x 4 x 2."""

    rgb: Pixels
    boxes: npt.NDArray[np.float32]
    corners: npt.NDArray[np.float32] | None = None


def read_folder(folder: Path, *, held_back: bool | None = None) -> list[Picture]:
    """The pictures of a folder; of dash camera frames, those held back or those to train on."""
    boxes: dict[str, list[list[float]]] = defaultdict(list)
    with (folder / "boxes.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            boxes[row["file"]].append([float(row[key]) for key in ("x1", "y1", "x2", "y2")])
    names = sorted(path.name for path in folder.glob("*.jpg")) + sorted(
        path.name for path in folder.glob("*.png")
    )
    chosen = [name for name in names if held_back is None or is_held_back(name) is held_back]
    return [_read(folder / name, boxes.get(name, [])) for name in chosen]


def is_held_back(name: str) -> bool:
    """Whether a dash camera frame is kept for measuring."""
    ride, _, number = name.removesuffix(".jpg").rpartition("-")
    if ride in HELD_BACK_RIDES:
        return True
    first = NIGHT_HELD_BACK_FROM if ride.startswith("night") else DAY_HELD_BACK_FROM
    return int(number) >= first


def _read(path: Path, boxes: list[list[float]]) -> Picture:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    scale = min(1.0, WIDEST / picture.shape[1])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)
    return Picture(rgb, np.array(boxes, np.float32).reshape(-1, 4) * scale)


def draw_scenes(count: int, seed: int, folder: Path = SCENES) -> None:
    """Draw scenes with every style of plate until there are ``count``; can be interrupted."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:05d}.npz"
        if path.exists():
            continue
        rng = np.random.default_rng((seed, number))
        plate = draw_plate(rng)
        scene = draw_scene(
            rng,
            plate_text=plate.text,
            style="eu",
            light=str(rng.choice([light.value for light in Light])),
            size=(800, 450),
            rear=bool(rng.random() < 0.5),
            distance=float(rng.uniform(4.4, 12.0)),
            overlay="2026-11-22 12:31:07 CAM1" if rng.random() < 0.3 else None,
            artist=partial(_always, plate.rgb),
        )
        encoded = cv2.imencode(".jpg", scene.rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 93])[1]
        boxes = np.array([each.box for each in scene.plates], np.float32).reshape(-1, 4)
        corners = np.array([each.corners for each in scene.plates], np.float32).reshape(-1, 4, 2)
        fresh = path.with_suffix(".new.npz")
        np.savez(fresh, jpeg=encoded.ravel(), boxes=boxes, corners=corners)
        fresh.replace(path)


def _always(plate: Pixels, _text: str, _style: str) -> Pixels:
    return plate


def read_scenes(folder: Path = SCENES) -> list[Picture]:
    """The scenes that have been drawn."""
    found = []
    for path in sorted(folder.glob("[0-9]*.npz")):
        if ".new" in path.name:
            continue
        with np.load(path) as scene:
            picture = cv2.imdecode(scene["jpeg"], cv2.IMREAD_COLOR)
            if picture is not None:
                rgb = np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)
                found.append(Picture(rgb, scene["boxes"], scene["corners"]))
    return found


def main() -> None:
    """Draw the scenes."""
    parser = argparse.ArgumentParser(prog="python -m training.detector.pictures")
    parser.add_argument("--scenes", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw_scenes(chosen.scenes, chosen.seed)


if __name__ == "__main__":
    main()
