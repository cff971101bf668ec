"""A picture sheet of what the refiner learns from.

``python -m training.refiner.sheet --data ../shared/data``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from training.detector.pictures import Pixels, read_folder
from training.folders import PLATES, WORK
from training.ocr.samples import read_shard
from training.plates.sheet import lay_sheet
from training.refiner.candidates import read_candidates
from training.refiner.views import Rough, drawn, found, no_plate, real
from training.shards import shards
from training.upright import HEIGHT, WIDTH

DRAWN, REAL, FOUND, NO_PLATE = 48, 24, 60, 36
_FINE = 8
"""Parts of a pixel in which OpenCV is told of corners: two to the power of three."""


def outlined(view: Rough) -> Pixels:
    """A view with its corners joined by a line: green for a plate, red for another thing."""
    rgb = view.rgb.copy()
    corners = np.round(view.corners * (WIDTH, HEIGHT) * _FINE).astype(np.int32)
    colour = (0, 255, 0) if view.is_plate else (255, 0, 0)
    cv2.polylines(rgb, [corners], True, colour, 1, cv2.LINE_AA, 3)
    return rgb


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.sheet")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=WORK / "refiner-sheet.png")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    pictures = read_folder(chosen.data / "frames", held_back=False)
    pictures += read_folder(chosen.data / "cars")
    plates = [sample.rgb for sample in read_shard(shards(PLATES)[0])]
    views: list[Rough | None] = [drawn(rng, plates, pictures) for _ in range(DRAWN)]
    views += [real(rng, pictures) for _ in range(REAL)]
    candidates = read_candidates()
    views += [found(rng, candidates) for _ in range(FOUND)]
    views += [no_plate(rng, pictures) for _ in range(NO_PLATE)]
    cells = [(outlined(view), "") for view in views if view is not None]
    lay_sheet(cells, (WIDTH + 4, HEIGHT), 12).save(chosen.out)


if __name__ == "__main__":
    main()
