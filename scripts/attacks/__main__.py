"""Tries to open a gate with cars that are not listed, and with those that are.

Reading the photographs takes minutes the first time; the reads are kept in `.cache/photo-reads`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from custom_components.alpr_gate.alpr.vision.errors import ModelRefused
from custom_components.alpr_gate.alpr.vision.load import Backend, load_recogniser
from scripts.attacks import reliability, temperature
from scripts.attacks.report import result_of, save, saved
from scripts.attacks.trial import trial
from scripts.benchmarks.hard_set import drawn_in
from scripts.photo_reads import ROOT, PhotoReads, read_all

if TYPE_CHECKING:
    from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser

RECOGNISERS = ("built-in", "fast-alpr")
DRAWN = ROOT / ".cache" / "benchmarks" / "hard"


def main() -> int:
    """Measure, and write docs/attack.md, docs/attack.json and docs/images/reliability.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "photos")
    parser.add_argument(
        "--recogniser", action="append", choices=RECOGNISERS, help="default: both, one by one"
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=ROOT.parent / "shared" / "models",
        help="the ONNX files that fast-alpr uses",
    )
    parser.add_argument("--no-drawn", action="store_true", help="without the drawn hard set")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    results = saved(options.out)
    for name in options.recogniser or RECOGNISERS:
        try:
            recogniser = _recogniser(name, options.models)
        except ModelRefused as refused:
            print(f"{name}: {refused.detail or refused}", file=sys.stderr)
            return 1
        reads = _read(name, recogniser, options.data)
        drawn = () if options.no_drawn else read_all(recogniser, drawn_in(DRAWN))
        results[name] = result_of(
            recogniser.identity, [trial(each) for each in reads], [trial(each) for each in drawn]
        )
        results[name]["reliability"] = reliability.measured(reads)
        results[name]["temperature"] = temperature.measured(reads)
    save(options.out, dict(sorted(results.items())))
    reliability.draw(results, options.out / "images" / "reliability.png")
    return 0


def _recogniser(name: str, models: Path) -> Recogniser:
    if name == "built-in":
        return load_recogniser(Backend.NCNN)
    return load_recogniser(Backend.FAST_PLATE_OCR, models=models)


def _read(name: str, recogniser: Recogniser, data: Path) -> list[PhotoReads]:
    everything = []
    for number, each in enumerate(read_all(recogniser, data), 1):
        everything.append(each)
        if number % 20 == 0:
            print(f"{name}: {number} photographs read", flush=True)
    return everything


if __name__ == "__main__":
    sys.exit(main())
