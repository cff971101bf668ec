"""Plates drawn once and kept on disk, for the camera to photograph many times.

``python -m training.ocr.samples --plates 120000`` writes shards of ``SHARD`` plates each to
``training/work/plates``: a ``.npz`` with JPEG bytes and texts. Shards are made in order of their
seed, so that a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
import os
from pathlib import Path
import time

import numpy as np
import numpy.typing as npt

from training.folders import PLATES
from training.plates import draw_plate
from training.plates.registration import arbitrary_text
from training.shards import missing, read, shards, write

SHARD = 2_000
ARBITRARY = 0.12
"""Share of plates whose text follows no format: the reader must read what is there."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A flat plate: RGB pixels, its text, where it is from, and whether it has two lines."""

    rgb: npt.NDArray[np.uint8]
    text: str
    region: str
    two_line: bool


def draw(rng: np.random.Generator, arbitrary: float = ARBITRARY) -> Sample:
    """One plate of any style; with a probability of ``arbitrary`` its text follows no format."""
    text = arbitrary_text(rng) if rng.random() < arbitrary else None
    style = None
    if text is not None:
        style = draw_plate(np.random.default_rng(int(rng.integers(2**31)))).style
    plate = draw_plate(rng, style=style, text=text)
    return Sample(plate.rgb, plate.text, plate.region, plate.two_line)


def write_shard(path: Path, seed: int, count: int = SHARD) -> None:
    """Draw ``count`` plates from ``seed`` and write them at once."""
    rng = np.random.default_rng(seed)
    samples = [draw(rng) for _ in range(count)]
    write(
        path,
        [sample.rgb for sample in samples],
        texts=np.array([sample.text for sample in samples]),
        regions=np.array([sample.region for sample in samples]),
        two_line=np.array([sample.two_line for sample in samples]),
    )


def read_shard(path: Path) -> list[Sample]:
    """The plates of one shard."""
    pictures, known = read(path)
    return [
        Sample(rgb, str(text), str(region), bool(two))
        for rgb, text, region, two in zip(
            pictures, known["texts"], known["regions"], known["two_line"], strict=True
        )
    ]


def some_plates(rng: np.random.Generator) -> list[npt.NDArray[np.uint8]]:
    """The pictures of any shard of plates."""
    paths = shards(PLATES)
    return [sample.rgb for sample in read_shard(paths[int(rng.integers(len(paths)))])]


def main() -> None:
    """Make the plates."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.samples")
    parser.add_argument("--plates", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=PLATES)
    parser.add_argument(
        "--fonts", choices=["train", "held-out"], default="train", help="held-out: for validation"
    )
    chosen = parser.parse_args()
    os.environ["ALPR_TRAINING_FONTS"] = "" if chosen.fonts == "train" else chosen.fonts
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for number, path in missing(chosen.folder, chosen.plates, SHARD):
        began = time.monotonic()
        write_shard(path, chosen.seed * 1_000_003 + number)
        print(f"{path.name}: {SHARD / (time.monotonic() - began):.0f} plates/s", flush=True)


if __name__ == "__main__":
    main()
