"""What the detector really finds, right or wrong, for the refiner to learn to tell them apart.

``python -m training.refiner.gather --data ../shared/data --count 24000`` shows the exported
detector the views that it learned from, and keeps what surrounds each box it draws, in shards in
``training/work/candidates``. Goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.detector.evaluate import Detector, overlap
from training.detector.pictures import Picture, Pixels, read_folder, read_scenes
from training.detector.views import View, make_view
from training.folders import MODELS
from training.ocr.samples import some_plates
from training.refiner.candidates import (
    CANDIDATES,
    Candidate,
    Points,
    rectangle,
    write_candidates,
)
from training.shards import missing

Rng = np.random.Generator

SHARD = 500
FLOOR = 0.15
"""Score of what is looked at."""
LEAST_WIDTH = 20.0
"""Pixels: what is narrower shows too little."""
AROUND = 0.9
"""What is kept around a box: a fraction of its width and height."""
A_PLATE, NO_PLATE = 0.45, 0.05
"""Intersection over union with a true box from which on it is one, and up to which it is none."""
KEPT = 0.45
"""Share of right boxes that are kept: there are more of them than of wrong ones."""


def candidates_in(rng: Rng, detector: Detector, view: View) -> Iterator[Candidate]:
    """What the detector finds in a view, less what nobody can call right or wrong."""
    for box in detector.find(view.rgb, FLOOR).boxes:
        if box[2] - box[0] < LEAST_WIDTH:
            continue
        overlaps = [overlap(box, true) for true in view.boxes]
        best = int(np.argmax(overlaps)) if overlaps else None
        if best is None or overlaps[best] <= NO_PLATE:
            yield _cut(view.rgb, box, None, whole=False)
        elif overlaps[best] >= A_PLATE and rng.random() < KEPT:
            whole = not np.isnan(view.corners[best]).any()
            corners = view.corners[best] if whole else rectangle(view.boxes[best])
            yield _cut(view.rgb, box, corners.astype(np.float64), whole=whole)


def _cut(
    rgb: Pixels, box: npt.NDArray[np.float32], corners: Points | None, *, whole: bool
) -> Candidate:
    reach = (box[2:] - box[:2]) * AROUND
    low = np.maximum(np.floor(box[:2] - reach), 0).astype(int)
    high = np.ceil(box[2:] + reach).astype(int)
    part = np.ascontiguousarray(rgb[low[1] : high[1], low[0] : high[0]])
    moved = None if corners is None else corners - low
    return Candidate(part, rectangle(box) - low, moved, whole)


def gather(data: Path, models: Path, count: int, seed: int, folder: Path = CANDIDATES) -> None:
    """Write shards until there are ``count`` candidates."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(missing(folder, count, SHARD))
    if not wanted:
        return
    detector = Detector(models)
    pools = [
        read_folder(data / "frames", held_back=False),
        read_folder(data / "cars"),
        read_scenes(),
    ]
    pools = [pool for pool in pools if pool]
    for number, path in wanted:
        rng = np.random.default_rng((seed, number))
        write_candidates(path, _found(rng, detector, pools))
        print(path.name, flush=True)


def _found(rng: Rng, detector: Detector, pools: list[list[Picture]]) -> list[Candidate]:
    plates = some_plates(rng)
    found: list[Candidate] = []
    while len(found) < SHARD:
        pool = pools[int(rng.integers(len(pools)))]
        picture = pool[int(rng.integers(len(pool)))]
        found += candidates_in(rng, detector, make_view(rng, picture, plates))
    return found[:SHARD]


def main() -> None:
    """Gather them."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.gather")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--models", type=Path, default=MODELS, help="holds the exported detector")
    parser.add_argument("--count", type=int, default=24_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    gather(chosen.data, chosen.models, chosen.count, chosen.seed)


if __name__ == "__main__":
    main()
