"""Measure the exported refiner: ``python -m training.refiner.evaluate --data ../shared/data``.

Plates cut out as roughly as in training: drawn ones with fonts it has never seen (the folder that
the reader is measured on), and those of the dash camera frames that were held back. How well a box
fits is its intersection over union with the true one, before and after. What it believes to be a
plate: the same, what the detector finds wrongly in those frames, and drawn things that are none.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import ncnn
import numpy as np
import numpy.typing as npt

from training.detector.evaluate import Detector, overlap
from training.detector.pictures import Picture, Pixels, read_folder
from training.detector.views import make_view
from training.exported import answers, runner
from training.folders import HELD_OUT_PLATES, MODELS
from training.ocr.samples import read_shard
from training.refiner.export import NAME
from training.refiner.gather import candidates_in
from training.refiner.impostors import poster
from training.refiner.views import MARGIN, Rough, drawn, found, no_plate, real
from training.shards import shards

QUANTILES = (0.02, 0.1, 0.25, 0.5)
BELIEFS = (0.1, 0.3, 0.5, 0.7, 0.9)
Numbers = npt.NDArray[np.float32]


def look_at(network: ncnn.Net, view: Rough) -> tuple[Numbers, float]:
    """Corners 4 x 2 from 0 to 1 and the probability of a plate, as the exported network says."""
    pixels = np.ascontiguousarray(view.rgb.transpose(2, 0, 1).astype(np.float32) / np.float32(255))
    corners, plate = answers(network, pixels, ("out0", "out1"))
    return corners, float(plate[0])


def fits(network: ncnn.Net, views: list[Rough]) -> tuple[list[float], list[float]]:
    """Overlap with the true box of what was cut out, and of what was found in it."""
    inset = MARGIN / (1 + 2 * MARGIN)
    rough = np.array([inset, inset, 1 - inset, 1 - inset], np.float32)
    before, after = [], []
    for view in views:
        truth = _box(view.corners)
        before.append(overlap(rough, truth))
        corners, _ = look_at(network, view)
        after.append(overlap(_box(corners), truth))
    return before, after


def _box(corners: Numbers) -> Numbers:
    return np.concatenate([corners.min(0), corners.max(0)])


def mistaken(
    detector: Detector, pictures: list[Picture], plates: list[Pixels], count: int
) -> list[Rough]:
    """What the detector wrongly finds in views of pictures that it did not learn from."""
    rng = np.random.default_rng(12)
    views: list[Rough] = []
    while len(views) < count:
        view = make_view(rng, pictures[int(rng.integers(len(pictures)))], plates)
        wrong = [c for c in candidates_in(rng, detector, view) if c.corners is None]
        views += [found(rng, [each]) for each in wrong]
    return views[:count]


def _many(count: int, view: Callable[[], Rough | None]) -> list[Rough]:
    views: list[Rough] = []
    while len(views) < count:
        each = view()
        if each is not None:
            views.append(each)
    return views


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.evaluate")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=MODELS, help="holds the refiner")
    parser.add_argument("--detector", type=Path, default=MODELS, help="holds the detector")
    parser.add_argument("--count", type=int, default=1_000)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(11)
    network = runner(chosen.models / f"{NAME}.param", chosen.models / f"{NAME}.bin")
    plates = [sample.rgb for path in shards(HELD_OUT_PLATES) for sample in read_shard(path)]
    frames = read_folder(chosen.data / "frames", held_back=True)
    sets = {
        "drawn, held-out fonts": _many(chosen.count, lambda: drawn(rng, plates, frames)),
        "held-back frames": _many(chosen.count, lambda: real(rng, frames)),
    }
    names = " | ".join(f"worst {quantile:.0%}" for quantile in QUANTILES)
    print(f"| overlap with the true box | {names} | below 0.5 |")
    print("|---|" + "---|" * (len(QUANTILES) + 1))
    for name, views in sets.items():
        for when, values in zip(("cut out", "found"), fits(network, views), strict=True):
            worst = " | ".join(f"{value:.2f}" for value in np.quantile(values, QUANTILES))
            poor = float(np.mean(np.array(values) < 0.5))
            print(f"| {name}, {when} | {worst} | {poor:.1%} |")
    sets = {f"plates, {name}": views for name, views in sets.items()}
    sets["no plates: found wrongly in held-back frames"] = mistaken(
        Detector(chosen.detector), frames, plates, chosen.count
    )
    sets["no plates: drawn posters and permits"] = _many(
        chosen.count, lambda: drawn(rng, [poster(rng)], frames)
    )
    sets["no plates: drawn signs, lettering, lamps, wheels"] = _many(
        chosen.count, lambda: no_plate(rng, frames)
    )
    beliefs = " | ".join(f"{belief:.1f}" for belief in BELIEFS)
    print(f"\n| share believed to be plates, with at least | {beliefs} |")
    print("|---|" + "---|" * len(BELIEFS))
    for name, views in sets.items():
        said = np.array([look_at(network, view)[1] for view in views])
        shares = " | ".join(f"{float(np.mean(said >= belief)):.1%}" for belief in BELIEFS)
        print(f"| {name} | {shares} |")


if __name__ == "__main__":
    main()
