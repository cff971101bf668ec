"""Measure the exported reader: ``python -m training.ocr.evaluate [--data ../shared/data]``.

Judges with the library itself: ``PYTHONPATH=custom_components/alpr_gate``.

On synthetic plates with held-out fonts, by region and by condition; with texts that follow formats
and texts that follow none; how sure it is when it is wrong. With ``--data``, also on the plates of
real photographs, cut out by their true boxes. Prints Markdown; ``--plot`` draws a reliability
diagram.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
import csv
from dataclasses import dataclass
from itertools import pairwise
import os
from pathlib import Path

import cv2
import ncnn
import numpy as np
import numpy.typing as npt

from alpr.vision.joint import joint_slots
from training.folders import HELD_OUT_PLATES, MODELS
from training.ocr.conditions import EVERYDAY, Conditions
from training.ocr.export import NAME
from training.ocr.net import ALPHABET, PAD, decode
from training.ocr.photograph import INPUT, RAINY, photograph
from training.ocr.samples import Sample, draw, read_shard
from training.plates.registration import ALPHABET as LETTERS
from training.shards import shards
from training.upright import Pixels

KINDS = {
    "everyday": EVERYDAY,
    "night": Conditions(dark=2.2),
    "blurred": Conditions(blur=1.8),
    "small": Conditions(small=2.0),
    "tilted": Conditions(tilt=2.2),
    "rain": Conditions(rain=1 / RAINY),
}
MARGIN = 0.06
"""What a detector leaves around a plate, as a share of its size."""
TEXTS = {"as a country issues them": 0.0, "that follow no format": 1.0}
"""Share of texts that follow no format."""
TEXTS_DRAWN = 2_000
SURE = 0.9
FLOORS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
BINS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One plate: the truth, what was read, and how sure the weakest character was."""

    truth: str
    text: str
    confidence: float

    @property
    def right(self) -> bool:
        """Exact, with O as 0 and I as 1."""
        alike = str.maketrans("OI", "01")
        return self.truth.translate(alike) == self.text.translate(alike)


class Exported:
    """The reader as it ships, on ncnn."""

    def __init__(self, folder: Path) -> None:
        self._net = ncnn.Net()
        self._net.opt.num_threads = 1
        self._net.load_param(str(folder / f"{NAME}.param"))
        self._net.load_model(str(folder / f"{NAME}.bin"))

    def read(self, picture: Pixels, truth: str) -> Answer:
        """Read one picture of 64 x 128."""
        pixels = np.ascontiguousarray(picture, np.float32)  # held until it is cloned
        extractor = self._net.create_extractor()
        extractor.input("in0", ncnn.Mat(pixels).clone())
        heads = [np.array(extractor.extract(name)[1], np.float32) for name in ("out0", "out1")]
        slots, columns = (head.reshape(1, -1, len(ALPHABET)) for head in heads)
        together = joint_slots(slots, columns, PAD)
        return Answer(truth, decode(together.argmax(1).tolist()), float(together.max(1).min()))


def synthetic(reader: Exported, samples: Iterable[Sample], conditions: Conditions) -> list[Answer]:
    """Photograph each plate once and read it."""
    rng = np.random.default_rng(11)
    return [
        reader.read(
            photograph(
                rng, each.rgb, len(each.text), two_line=each.two_line, conditions=conditions
            ),
            each.text,
        )
        for each in samples
    ]


def photographs(reader: Exported, folder: Path) -> dict[str, list[Answer]]:
    """Read the plates of real photographs, cut out by their true boxes, by set."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    with (folder / "truth.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            picture = cv2.imread(str(folder / row["set"] / row["file"]), cv2.IMREAD_COLOR)
            if picture is None:
                continue
            box = tuple(float(row[key]) for key in ("x", "y", "width", "height"))
            crop = cut(np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8), box)
            truth = "".join(c for c in row["plate"].upper() if c in LETTERS)
            answers[row["set"]].append(reader.read(crop, truth))
    return answers


def cut(picture: Pixels, box: tuple[float, ...]) -> Pixels:
    """The box (x, y, width, height) with its margin, scaled to what the reader sees."""
    x, y, width, height = box
    left, top = max(0, round(x - width * MARGIN)), max(0, round(y - height * MARGIN))
    right = min(picture.shape[1], round(x + width * (1 + MARGIN)))
    bottom = min(picture.shape[0], round(y + height * (1 + MARGIN)))
    crop = picture[top:bottom, left:right]
    return cv2.resize(crop, INPUT, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def with_texts(reader: Exported, arbitrary: float) -> list[Answer]:
    """Read plates of which that share follows no format."""
    rng = np.random.default_rng(5)
    return synthetic(reader, (draw(rng, arbitrary) for _ in range(TEXTS_DRAWN)), EVERYDAY)


def share(answers: list[Answer]) -> str:
    """Right of all."""
    right = sum(answer.right for answer in answers)
    return f"{right / max(1, len(answers)):.1%} ({right}/{len(answers)})"


def sure(answers: list[Answer], floor: float) -> str:
    """The share that is at least so sure, and what of it is wrong: two cells of a table."""
    kept = [answer for answer in answers if answer.confidence >= floor]
    wrong = sum(not answer.right for answer in kept)
    return f"{len(kept) / len(answers):.1%} | {wrong} ({wrong / max(1, len(kept)):.2%})"


def print_table(title: str, rows: dict[str, list[Answer]]) -> None:
    """One Markdown table."""
    print(f"\n| {title} | exact, O=0 and I=1 |\n|---|---|")
    for name, answers in rows.items():
        print(f"| {name} | {share(answers)} |")


def print_texts(rows: dict[str, list[Answer]]) -> None:
    """Whether it reads what is there or what it expects."""
    print(f"\n| texts | exact, O=0 and I=1 | weakest character {SURE} at least | of those wrong |")
    print("|---|---|---|---|")
    for name, answers in rows.items():
        print(f"| {name} | {share(answers)} | {sure(answers, SURE)} |")


def print_floors(answers: list[Answer]) -> None:
    """What is wrong among those read at least so surely."""
    print("\n| weakest character at least | read | of those wrong |\n|---|---|---|")
    for floor in FLOORS:
        print(f"| {floor} | {sure(answers, floor)} |")


def plot(answers: list[Answer], path: Path) -> None:
    """Reliability diagram (Guo et al., 2017): how often it is right when it is so sure."""
    size, pad = 420, 50
    image: npt.NDArray[np.uint8] = np.full((size, size, 3), 255, np.uint8)
    span = size - 2 * pad

    def point(x: float, y: float) -> tuple[int, int]:
        return round(pad + x * span), round(size - pad - y * span)

    cv2.rectangle(image, point(0, 1), point(1, 0), (160, 160, 160), 1)
    cv2.line(image, point(0, 0), point(1, 1), (160, 160, 160), 1, cv2.LINE_AA)
    confidence = np.array([answer.confidence for answer in answers])
    right = np.array([answer.right for answer in answers])
    order = np.argsort(confidence)
    groups = np.array_split(order, BINS)
    dots = [(float(confidence[g].mean()), float(right[g].mean())) for g in groups if len(g)]
    for before, after in pairwise(dots):
        cv2.line(image, point(*before), point(*after), (180, 110, 30), 2, cv2.LINE_AA)
    for dot in dots:
        cv2.circle(image, point(*dot), 5, (180, 110, 30), -1, cv2.LINE_AA)
    for text, place in (("weakest character", (150, size - 15)), ("right", (5, 40))):
        cv2.putText(image, text, place, 0, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    for value in (0.0, 0.5, 1.0):
        x, y = point(value, 0)
        cv2.putText(image, f"{value:g}", (x - 8, y + 18), 0, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
        x, y = point(0, value)
        cv2.putText(image, f"{value:g}", (x - 32, y + 4), 0, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.evaluate")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--data", type=Path, help="holds photos/ with a truth.csv")
    parser.add_argument("--plot", type=Path, help="where to draw the reliability diagram")
    chosen = parser.parse_args()
    os.environ["ALPR_TRAINING_FONTS"] = "held-out"
    reader = Exported(chosen.models)
    samples = [sample for path in shards(HELD_OUT_PLATES) for sample in read_shard(path)]
    everyday = synthetic(reader, samples, EVERYDAY)
    regions: dict[str, list[Answer]] = defaultdict(list)
    for sample, answer in zip(samples, everyday, strict=True):
        regions[sample.region].append(answer)
        if sample.two_line:
            regions["two lines"].append(answer)
    print_table("synthetic plates, held-out fonts", dict(sorted(regions.items())))
    print_table(
        "condition", {kind: synthetic(reader, samples[:1500], c) for kind, c in KINDS.items()}
    )
    print_texts({name: with_texts(reader, arbitrary) for name, arbitrary in TEXTS.items()})
    print_floors(everyday)
    if chosen.plot is not None:
        plot(everyday, chosen.plot)
    if chosen.data is not None:
        print_table("photographs, true boxes", photographs(reader, chosen.data / "photos"))


if __name__ == "__main__":
    main()
