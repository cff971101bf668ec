"""Measure the exported detector: ``python -m training.detector.evaluate --data ../shared/data``.

One look at 512 x 320, without the refiner's judgement: on the dash camera frames that
were held back, day and night apart, by the width of the plate. `scripts/bench` measures everything.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import ncnn
import numpy as np
import numpy.typing as npt

from training.detector.export import NAME
from training.detector.net import HEIGHT, STRIDE, WIDTH
from training.detector.pictures import Picture, Pixels, is_held_back, read_folder
from training.folders import MODELS

Boxes = npt.NDArray[np.float32]
OVERLAP = 0.5
SUPPRESS = 0.45
WIDTHS = (16, 24, 36, 60, 1000)


@dataclass(frozen=True, slots=True)
class Found:
    """Boxes N x 4 in pixels of the picture, and their scores."""

    boxes: Boxes
    scores: npt.NDArray[np.float32]


class Detector:
    """The detector as it ships, on ncnn."""

    def __init__(self, folder: Path) -> None:
        self._net = ncnn.Net()
        self._net.opt.num_threads = 1
        self._net.load_param(str(folder / f"{NAME}.param"))
        self._net.load_model(str(folder / f"{NAME}.bin"))

    def find(self, picture: Pixels, floor: float) -> Found:
        """Plates with a score of at least ``floor``."""
        height, width = picture.shape[:2]
        scale = min(WIDTH / width, HEIGHT / height)
        size = (round(width * scale), round(height * scale))
        left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
        canvas = np.full((HEIGHT, WIDTH, 3), 114, np.float32)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        shown = cv2.resize(picture, size, interpolation=method)
        canvas[top : top + size[1], left : left + size[0]] = shown
        pixels = np.ascontiguousarray(canvas.transpose(2, 0, 1) / np.float32(255))
        extractor = self._net.create_extractor()
        extractor.input("in0", ncnn.Mat(pixels).clone())
        grid = np.array(extractor.extract("out0")[1])
        rows, columns = np.nonzero(grid[0] >= floor)
        centres = np.stack([columns, rows], 1) * STRIDE + STRIDE / 2
        distances = grid[1:5, rows, columns].T
        boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], 1)
        found = _suppress(boxes.astype(np.float32), grid[0, rows, columns])
        return Found((found.boxes - [left, top, left, top]) / np.float32(scale), found.scores)


def _suppress(boxes: Boxes, scores: npt.NDArray[np.float32]) -> Found:
    """Keep the best of boxes that overlap."""
    kept: list[int] = []
    for index in np.argsort(-scores):
        if all(overlap(boxes[index], boxes[other]) < SUPPRESS for other in kept):
            kept.append(int(index))
    return Found(boxes[kept].reshape(-1, 4), scores[kept])


def overlap(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """Intersection over union."""
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    areas = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]))
    return shared / max(areas - shared, 1e-6)


@dataclass
class Tally:
    """Plates found of all, and boxes that are no plate."""

    found: int = 0
    plates: int = 0
    wrong: int = 0
    pictures: int = 0

    def __str__(self) -> str:
        share = self.found / max(1, self.plates)
        return (
            f"{share:.1%} ({self.found}/{self.plates}) | {self.wrong / max(1, self.pictures):.2f}"
        )


def measure(
    detector: Detector, pictures: list[Picture], floor: float
) -> tuple[Tally, dict[int, Tally]]:
    """Found plates and wrong boxes; and found plates by width at the network's scale."""
    whole, by_width = Tally(), {width: Tally() for width in WIDTHS}
    for picture in pictures:
        found = detector.find(picture.rgb, floor)
        scale = min(WIDTH / picture.rgb.shape[1], HEIGHT / picture.rgb.shape[0])
        whole.pictures += 1
        matched: set[int] = set()
        for box in picture.boxes:
            hits = [i for i, other in enumerate(found.boxes) if overlap(box, other) >= OVERLAP]
            matched.update(hits)
            width = float(box[2] - box[0]) * scale
            for tally in (whole, by_width[next(w for w in WIDTHS if width < w)]):
                tally.plates += 1
                tally.found += bool(hits)
        whole.wrong += len(found.boxes) - len(matched)
    return whole, by_width


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(prog="python -m training.detector.evaluate")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--floor", type=float, default=0.4)
    chosen = parser.parse_args()
    detector = Detector(chosen.models)
    folder = chosen.data / "frames"
    names = sorted(path.name for path in folder.glob("*.jpg") if is_held_back(path.name))
    held_back = read_folder(folder, held_back=True)
    sets = {
        kind: [
            picture for name, picture in zip(names, held_back, strict=True) if name.startswith(kind)
        ]
        for kind in ("day", "night")
    }
    print(
        f"| held-back frames, score at least {chosen.floor} | found at IoU 0.5 | wrong a picture |"
    )
    print("|---|---|---|")
    widths: dict[int, Tally] = {}
    for kind, pictures in sets.items():
        whole, by_width = measure(detector, pictures, chosen.floor)
        print(f"| {kind} | {whole} |")
        for width, tally in by_width.items():
            known = widths.setdefault(width, Tally())
            known.found, known.plates = known.found + tally.found, known.plates + tally.plates
    print("\n| plate narrower than, pixels of the network | found |\n|---|---|")
    for width, tally in widths.items():
        print(f"| {width} | {str(tally).split(' |')[0]} |")


if __name__ == "__main__":
    main()
