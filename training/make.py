"""Make one model from nothing to exported, measured files.

``scripts/train-model reader|detector|refiner --data ../shared/data`` fetches fonts, draws what the
model learns from and a picture sheet of it, trains, exports, and measures what was exported;
everything that is printed also goes to ``training/work/logs``. Goes on where it was interrupted.
The minutes are those of the models that are shipped; ``--share 0.01`` takes a hundredth of all, to
see that everything runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import json
import os
from pathlib import Path
import subprocess
import sys

from training.folders import HELD_OUT_PLATES, MODELS, PLATES, WORK

SHIPPED_LIBRARY = MODELS.parents[2]
"""What measuring imports: it reads as the integration does."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    model: str
    data: Path
    out: Path
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """One program to run. ``first`` is left out when it goes on after an interruption."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def steps(wanted: Wanted) -> tuple[Step, ...]:
    """Everything that makes a model, in order. Raises KeyError for a model there is not."""
    return {"reader": _reader, "detector": _detector, "refiner": _refiner}[wanted.model](wanted)


def _reader(wanted: Wanted) -> tuple[Step, ...]:
    module = "training.ocr.train"
    sheet = ("--camera", "--out", str(WORK / "reader-sheet.png"))
    kept = {number: str(WORK / f"reader-{number}.pt") for number in range(2, 8)}
    third = (*_minutes(100, wanted), "--seed", "8", "--keep", kept[2])
    fourth = (*_minutes(80, wanted), "--seed", "31", "--keep", kept[3])
    fifth = (*_minutes(100, wanted), "--seed", "41", "--keep", kept[4])
    sixth = (*_minutes(95, wanted), "--seed", "51", "--keep", kept[5])
    seventh = (*_minutes(95, wanted), "--seed", "61", "--keep", kept[6], "--taught", "0.5")
    eighth = (*_minutes(80, wanted), "--seed", "71", "--keep", kept[7], "--taught", "0.5")
    three_teachers = ("--teachers", kept[2], kept[3], kept[4])
    two_teachers = ("--teachers", kept[4], kept[5])
    upright_teachers = ("--teachers", kept[6], kept[7])
    return (
        *_plates(wanted),
        Step("sheet", "training.plates.sheet", sheet),
        Step("train", module, _minutes(135, wanted), ("--fresh",)),
        Step("train-again", module, (*_minutes(100, wanted), "--seed", "5"), ("--again",)),
        Step("train-a-third-time", module, third, ("--again",)),
        Step("train-a-fourth-time", module, fourth, ("--again",)),
        Step("train-with-three-teachers", module, (*fifth, *three_teachers), ("--again",)),
        Step("train-with-two-teachers", module, (*sixth, *two_teachers), ("--again",)),
        Step("train-upright", module, (*seventh, "--teachers", kept[6]), ("--again",)),
        Step("train-upright-again", module, (*eighth, *upright_teachers), ("--again",)),
        Step("export", "training.ocr.export", ("--folder", str(wanted.out))),
        Step("measure", "training.ocr.evaluate", (*_data(wanted), "--models", str(wanted.out))),
    )


def _detector(wanted: Wanted) -> tuple[Step, ...]:
    module = "training.detector.train"
    again = (*_data(wanted), *_minutes(32, wanted), "--peak", "0.0012", "--seed", "2")
    return (
        *_plates(wanted),
        _scenes(wanted),
        Step("sheet", "training.detector.sheet", _data(wanted)),
        Step("train", module, (*_data(wanted), *_minutes(100, wanted)), ("--fresh",)),
        Step("train-again", module, again, ("--again",)),
        Step("export", "training.detector.export", ("--with-before", "--folder", str(wanted.out))),
        _measure("detector", wanted),
    )


def _refiner(wanted: Wanted) -> tuple[Step, ...]:
    module = "training.refiner.train"
    candidates = ("--count", str(_scaled(24_000, wanted)))
    again = (*_data(wanted), *_minutes(38, wanted), "--seed", "2")
    third = (*_data(wanted), *_minutes(60, wanted), "--seed", "3")
    fourth = (*_data(wanted), *_minutes(40, wanted), "--seed", "4")
    return (
        *_plates(wanted),
        _scenes(wanted),
        Step("candidates", "training.refiner.gather", (*_data(wanted), *candidates)),
        Step("sheet", "training.refiner.sheet", _data(wanted)),
        Step("train", module, (*_data(wanted), *_minutes(35, wanted)), ("--fresh",)),
        Step("train-again", module, again, ("--again",)),
        Step("train-a-third-time", module, third, ("--again",)),
        Step("train-a-fourth-time", module, fourth, ("--again",)),
        Step("export", "training.refiner.export", ("--folder", str(wanted.out))),
        _measure("refiner", wanted),
    )


def _plates(wanted: Wanted) -> tuple[Step, ...]:
    held_out = ("--seed", "99", "--fonts", "held-out", "--folder", str(HELD_OUT_PLATES))
    return (
        Step("fonts", "training.plates.fetch_fonts"),
        Step(
            "plates",
            "training.ocr.samples",
            ("--plates", str(_scaled(336_000, wanted)), "--folder", str(PLATES)),
        ),
        Step(
            "plates-to-measure-with",
            "training.ocr.samples",
            ("--plates", str(_scaled(4_000, wanted)), *held_out),
        ),
    )


def _scenes(wanted: Wanted) -> Step:
    arguments = ("--scenes", str(_scaled(1_500, wanted)))
    return Step("scenes", "training.detector.pictures", arguments)


def _measure(model: str, wanted: Wanted) -> Step:
    arguments = (*_data(wanted), "--models", str(wanted.out))
    return Step("measure", f"training.{model}.evaluate", arguments)


def _data(wanted: Wanted) -> tuple[str, ...]:
    return "--data", str(wanted.data)


def _minutes(minutes: float, wanted: Wanted) -> tuple[str, ...]:
    return "--minutes", f"{minutes * wanted.share:g}"


def _scaled(count: int, wanted: Wanted) -> int:
    return max(1, round(count * wanted.share))


Runner = Callable[[list[str], Path], None]
"""Runs a command with its output also in a file; raises CalledProcessError when it fails."""


def make(wanted: Wanted, run: Runner, *, fresh: bool = False) -> None:
    """Run every step that has not been run yet.

    :raises subprocess.CalledProcessError: a step failed; making goes on with it the next time.
    """
    progress = WORK / f"making-{wanted.model}.json"
    if fresh:
        progress.unlink(missing_ok=True)
    begun: dict[str, bool] = json.loads(progress.read_text()) if progress.exists() else {}
    for step in steps(wanted):
        if begun.get(step.name):
            print(f"{step.name}: done before", flush=True)
            continue
        first = () if step.name in begun else step.first
        begun[step.name] = False
        _note(progress, begun)
        print(f"{step.name}: {step.module}", flush=True)
        command = [sys.executable, "-m", step.module, *step.arguments, *first]
        run(command, WORK / "logs" / f"{wanted.model}-{step.name}.log")
        begun[step.name] = True
        _note(progress, begun)


def _note(progress: Path, begun: Mapping[str, bool]) -> None:
    progress.parent.mkdir(parents=True, exist_ok=True)
    fresh = progress.with_suffix(".new")
    fresh.write_text(json.dumps(begun))
    fresh.replace(progress)


def shown_and_logged(command: list[str], log: Path) -> None:
    """A ``Runner``: progress bars and all on the terminal, and the same in the file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(SHIPPED_LIBRARY)}
    with (
        log.open("ab") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
        ) as process,
    ):
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65_536):
            file.write(chunk)
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def main() -> int:
    """Make what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/train-model")
    parser.add_argument("model", choices=["reader", "detector", "refiner"])
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--out", type=Path, default=WORK / "models")
    parser.add_argument("--share", type=float, default=1.0, help="of minutes and pictures, 0 to 1")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    chosen = parser.parse_args()
    wanted = Wanted(chosen.model, chosen.data.resolve(), chosen.out.resolve(), chosen.share)
    try:
        make(wanted, shown_and_logged, fresh=chosen.fresh)
    except subprocess.CalledProcessError as error:
        print(f"stopped: {' '.join(error.cmd)} ended with {error.returncode}", file=sys.stderr)
        return 1
    print(f"{wanted.out} has the {wanted.model}; what was measured is in {WORK / 'logs'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
