"""``bench``: how fast this machine reads some photographs, and how much memory that takes."""

from __future__ import annotations

import json
from pathlib import Path
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from ..vision.decode import ImageRefused
from ..vision.errors import ModelRefused
from ..vision.load import load_recogniser
from .memory import peak_megabytes
from .read import CANNOT_START, OK, SOME_REFUSED, add_engine_arguments, photographs

if TYPE_CHECKING:
    import argparse

    from ..types import Timings
    from ..vision.pipeline import Recogniser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a file or a folder")
    parser.add_argument("--repeat", type=int, default=1, help="how often to read every photograph")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_engine_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Read every photograph and print the figures; returns the exit status."""
    started = time.perf_counter()
    try:
        recogniser = load_recogniser(
            options.backend, models=options.models, threads=options.threads
        )
    except ModelRefused as refused:
        sys.stderr.write(f"{refused.detail}\n")
        return CANNOT_START
    loading = time.perf_counter() - started
    bodies = [photo.read_bytes() for photo in photographs(options.photos)]
    timings, plates, refused_pictures = _measure(recogniser, bodies * options.repeat)
    if not timings:
        sys.stderr.write("there is no photograph to read\n")
        return CANNOT_START
    figures = {
        "pictures": len(timings),
        "refused": refused_pictures,
        "plates": plates,
        "loading_s": round(loading, 3),
        "peak_mb": round(peak_megabytes(), 1),
        "ms": _by_stage(timings),
    }
    sys.stdout.write((json.dumps(figures) if options.json else _as_table(figures)) + "\n")
    return SOME_REFUSED if refused_pictures else OK


def _measure(recogniser: Recogniser, bodies: list[bytes]) -> tuple[list[Timings], int, int]:
    """Timings of every picture, and the numbers of plates and of refused pictures."""
    timings, plates, refused, warm = [], 0, 0, False
    for body in bodies:
        try:
            if not warm:
                recogniser.read(body)  # the first read of all takes longer
                warm = True
            reads = recogniser.read(body)
        except ImageRefused:
            refused += 1
            continue
        timings.append(reads.timing_ms)
        plates += len(reads.plates)
    return timings, plates, refused


def _by_stage(timings: list[Timings]) -> dict[str, dict[str, float]]:
    columns = {
        "decode": [each.decode for each in timings],
        "detect": [each.detect for each in timings],
        "read": [each.read for each in timings],
        "total": [each.total for each in timings],
    }
    return {
        stage: {
            "median": round(statistics.median(values), 2),
            "p95": round(sorted(values)[int(0.95 * (len(values) - 1))], 2),
        }
        for stage, values in columns.items()
    }


def _as_table(figures: dict[str, Any]) -> str:
    counts = ", ".join(f"{figures[name]} {name}" for name in ("pictures", "plates", "refused"))
    lines = [
        counts,
        f"models loaded in {figures['loading_s']:.2f} s, at most {figures['peak_mb']:.0f} MB",
        "stage      median       p95",
    ]
    lines += [
        f"{stage:<8}{each['median']:>6.1f} ms {each['p95']:>6.1f} ms"
        for stage, each in figures["ms"].items()
    ]
    return "\n".join(lines)
