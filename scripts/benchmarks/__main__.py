"""``scripts/bench``: run all systems over all sets; write the page, the plots and the figures."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
import platform
import sys
from typing import TYPE_CHECKING

from training.detector.pictures import is_held_back

from . import plots
from .cut_set import cut_set
from .hard_set import hard_set
from .report import report
from .sets import close_ups, frames, photographs
from .summary import Run, summary
from .systems import ROOT, Choice, Running, ask_all, cold_start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .sets import Sample

SHARED = ROOT.parent / "shared"
DRAWN = ROOT / ".cache" / "benchmarks"
ENGINE_THREADS = 1
"""What the engine gives each of our networks."""


def main() -> int:
    """Measure and write; returns the exit status."""
    options = arguments()
    if not options.upstream.is_dir() or not options.photos.is_dir():
        sys.stderr.write(
            "the upstream weights and the photographs are not here: name them with --upstream and"
            " --photos\n"
        )
        return 2
    choices = {
        Choice("ALPR Gate", "ncnn", options.models, ENGINE_THREADS): (
            "our models on ncnn: the built-in engine"
        ),
        Choice("ALPR Gate, fast-plate-ocr", "fast_plate_ocr", options.models, ENGINE_THREADS): (
            "our reader as ONNX in the package fast-plate-ocr, our detector on ncnn"
        ),
        Choice("fast-alpr path", "fast-alpr", options.upstream, options.threads): (
            "open-image-models and fast-plate-ocr as they are, with upstream weights"
        ),
    }
    run = Run(options.threads, machine())
    sets = {
        "photos": photographs(options.photos),
        "frames": frames(options.frames, is_held_back) if options.frames.is_dir() else (),
    }
    cars = close_ups(options.cars) if options.cars.is_dir() else ()
    sets["cut"] = cut_set((*cars, *sets["frames"]), DRAWN / "cut")
    if not options.no_hard:
        sets["hard"] = hard_set(DRAWN / "hard")
    sets = {name: samples[:: options.every] for name, samples in sets.items()}
    measure(run, list(choices), sets)
    figures = summary(run)
    write(figures, {choice.label: text for choice, text in choices.items()}, options.docs)
    return 0


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    add = parser.add_argument
    add("--photos", type=Path, default=SHARED / "data" / "photos", help="with a truth.csv")
    add("--frames", type=Path, default=SHARED / "data" / "frames", help="with a boxes.csv")
    add("--cars", type=Path, default=SHARED / "data" / "cars", help="with a boxes.csv")
    add("--upstream", type=Path, default=SHARED / "models", help="weights of the fast-alpr path")
    add("--models", type=Path, help="our models (default: the built-in ones)")
    add("--threads", type=int, default=2, help="for each network of the fast-alpr path")
    add("--every", type=int, default=1, help="only every nth picture: a quick look")
    add("--no-hard", action="store_true", help="without the drawn hard set")
    add("--docs", type=Path, default=ROOT / "docs", help="where the page and the plots go")
    return parser.parse_args()


def measure(run: Run, choices: list[Choice], sets: Mapping[str, Sequence[Sample]]) -> None:
    """Fill ``run``."""
    first = sets["photos"][0].path
    for choice in choices:
        run.cold_start_s[choice.label] = cold_start(choice, first)
    systems = [Running(choice) for choice in choices]
    for system in systems:
        system.wait_until_ready()
        system.look(first)  # the first read of a process is slower, and is measured above
    run.photos = ask_all(systems, sets["photos"], counter("photographs", len(sets["photos"])))
    for system in systems:
        system.note_memory()
    run.peak_mb = {system.choice.label: system.peak_mb for system in systems}
    run.frames = ask_all(systems, sets["frames"], counter("frames", len(sets["frames"])))
    run.cut = ask_all(systems, sets["cut"], counter("cut pictures", len(sets["cut"])))
    hard = sets.get("hard", ())
    run.hard = ask_all(systems, hard, counter("hard pictures", len(hard)))
    for system in systems:
        system.close()


def counter(what: str, total: int) -> Callable[[], None]:
    """A progress line."""
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        sys.stderr.write(f"\r{what} {done} of {total}" + ("\n" if done == total else ""))

    return one_more


def machine() -> str:
    """Processor and number of cores."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return f"{name}, {os.cpu_count()} cores"


def write(figures: dict[str, object], descriptions: dict[str, str], docs: Path) -> None:
    """The page, the plots and the figures themselves."""
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "benchmarks.md").write_text(report(figures, descriptions), "utf-8")
    (docs / "benchmarks.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    plots.draw(figures, docs / "images" / "benchmarks")
    sys.stdout.write((docs / "benchmarks.md").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
