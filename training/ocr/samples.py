"""Plates drawn once and kept on disk, for the camera to photograph many times.

``python -m training.ocr.samples --plates 120000`` writes shards of ``SHARD`` plates each to
``training/work/plates``: a ``.npz`` with JPEG bytes and texts. Shards are made in order of their
seed, so that a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
import os
from pathlib import Path
import time

import cv2
import numpy as np
import numpy.typing as npt

from training.folders import PLATES
from training.plates import draw_plate
from training.plates.registration import arbitrary_text

SHARD = 2_000
ARBITRARY = 0.12
"""Share of plates whose text follows no format: the reader must read what is there."""
QUALITY = 95


@dataclass(frozen=True, slots=True)
class Sample:
    """A flat plate: RGB pixels, its text, where it is from, and whether it has two lines."""

    rgb: npt.NDArray[np.uint8]
    text: str
    region: str
    two_line: bool


def draw(rng: np.random.Generator) -> Sample:
    """One plate of any style."""
    text = arbitrary_text(rng) if rng.random() < ARBITRARY else None
    style = None
    if text is not None:
        style = draw_plate(np.random.default_rng(int(rng.integers(2**31)))).style
    plate = draw_plate(rng, style=style, text=text)
    return Sample(plate.rgb, plate.text, plate.region, plate.two_line)


def write_shard(path: Path, seed: int, count: int = SHARD) -> None:
    """Draw ``count`` plates from ``seed`` and write them at once."""
    rng = np.random.default_rng(seed)
    samples = [draw(rng) for _ in range(count)]
    encoded = [
        cv2.imencode(".jpg", sample.rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].ravel()
        for sample in samples
    ]
    fresh = path.with_suffix(".new.npz")
    np.savez(
        fresh,
        data=np.concatenate(encoded),
        ends=np.cumsum([len(each) for each in encoded]),
        texts=np.array([sample.text for sample in samples]),
        regions=np.array([sample.region for sample in samples]),
        two_line=np.array([sample.two_line for sample in samples]),
    )
    fresh.replace(path)


def read_shard(path: Path) -> list[Sample]:
    """The plates of one shard; pictures are decoded here, in about 0.1 ms each."""
    with np.load(path) as shard:
        data, ends, texts = shard["data"], shard["ends"], shard["texts"]
        regions, two_line = shard["regions"], shard["two_line"]
    starts = [0, *ends[:-1]]
    return [
        Sample(_decode(data[start:end]), str(text), str(region), bool(two))
        for start, end, text, region, two in zip(
            starts, ends, texts, regions, two_line, strict=True
        )
    ]


def _decode(encoded: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a shard holds a picture that is none")
    return np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)


def shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in order."""
    return sorted(path for path in folder.glob("*.npz") if ".new" not in path.name)


def wanted(folder: Path, plates: int, seed: int) -> Iterator[tuple[Path, int]]:
    """The shards still to be made for so many plates, with their seeds."""
    for number in range(-(-plates // SHARD)):
        path = folder / f"{number:05d}.npz"
        if not path.exists():
            yield path, seed * 1_000_003 + number


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
    for path, seed in wanted(chosen.folder, chosen.plates, chosen.seed):
        began = time.monotonic()
        write_shard(path, seed)
        print(f"{path.name}: {SHARD / (time.monotonic() - began):.0f} plates/s", flush=True)


if __name__ == "__main__":
    main()
