"""A picture sheet of what the detector learns from.

``python -m training.detector.sheet --data ../shared/data``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from training.detector.pictures import Pixels, read_folder, read_scenes
from training.detector.views import View, make_view
from training.folders import PLATES, WORK
from training.ocr.samples import read_shard
from training.plates.sheet import lay_sheet
from training.shards import shards

EACH = 8
"""Views of every kind: dash camera frames, close pictures of cars, drawn scenes."""


def outlined(view: View) -> Pixels:
    """A view with a green box around every plate that is asked for."""
    rgb = view.rgb.copy()
    for box in np.round(view.boxes).astype(int).tolist():
        cv2.rectangle(rgb, (box[0], box[1]), (box[2], box[3]), (0, 255, 0), 1)
    return rgb


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(prog="python -m training.detector.sheet")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=WORK / "detector-sheet.png")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    frames = read_folder(chosen.data / "frames", held_back=False)
    cars = read_folder(chosen.data / "cars")
    plates = [sample.rgb for sample in read_shard(shards(PLATES)[0])]
    pools = {"frames": frames, "cars": cars, "scenes": read_scenes() or frames}
    cells = []
    for name, pool in pools.items():
        for _ in range(EACH):
            picture = pool[int(rng.integers(len(pool)))]
            cells.append((outlined(make_view(rng, picture, plates)), name))
    lay_sheet(cells, (388, 242), 4).save(chosen.out)


if __name__ == "__main__":
    main()
