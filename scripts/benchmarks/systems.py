"""The systems that are measured: each a worker process that is asked one picture at a time."""

from __future__ import annotations

from dataclasses import dataclass
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from .score import Answer, Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .sets import Sample

ROOT = Path(__file__).parents[2]
SETTLED = 0.05
"""Seconds before a system is asked: threads of the one before may still be spinning."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure."""

    label: str
    system: str
    models: Path | None
    threads: int
    """For each of its networks."""


class Running:
    """A worker process."""

    def __init__(self, choice: Choice) -> None:
        """Start it; it loads while the next one is started."""
        self.choice = choice
        self.peak_mb = 0.0
        command = [sys.executable, "-m", "scripts.benchmarks.worker", choice.system]
        command += ["--threads", str(choice.threads)]
        if choice.models is not None:
            command += ["--models", str(choice.models)]
        library = ROOT / "custom_components" / "alpr_gate"
        environment = {
            **os.environ,
            "PYTHONPATH": f"{library}{os.pathsep}{ROOT}",
            "OMP_NUM_THREADS": str(choice.threads),
            "PILLOW_BLOCKS_MAX": "2",  # as `python -m alpr` sets it
        }
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Return when the models are loaded."""
        self._hear()

    def look(self, path: Path) -> Answer:
        """Ask about one picture."""
        answer = self._ask(str(path))
        found = tuple(
            Found((box[0], box[1], box[2], box[3]), score) for box, score in answer["found"]
        )
        return Answer(answer["text"], tuple(answer["characters"]), found, answer["ms"])

    def note_memory(self) -> None:
        """Ask how much memory it has taken at most so far."""
        self.peak_mb = self._ask(None)["peak_mb"]

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _ask(self, question: str | None) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"{self.choice.label} ended early; run its worker by hand to see why"
            )
        heard: dict[str, Any] = json.loads(line)
        return heard


def cold_start(choice: Choice, photo: Path) -> float:
    """Seconds from starting a process to the first picture read."""
    started = time.perf_counter()
    running = Running(choice)
    running.wait_until_ready()
    running.look(photo)
    seconds = time.perf_counter() - started
    running.close()
    return seconds


def ask_all(
    systems: list[Running], samples: Iterable[Sample], on_sample: Callable[[], None]
) -> dict[str, list[tuple[Sample, Answer]]]:
    """Show every picture to every system in turn, so that a busy moment hits them all alike.

    Another system begins with each picture: what the one before left in caches hits them all alike.
    """
    answers: dict[str, list[tuple[Sample, Answer]]] = {each.choice.label: [] for each in systems}
    for number, sample in enumerate(samples):
        sample.path.read_bytes()  # once from the disk, so that the first to ask does not wait
        first = number % len(systems)
        for system in systems[first:] + systems[:first]:
            time.sleep(SETTLED)
            answers[system.choice.label].append((sample, system.look(sample.path)))
        on_sample()
    return answers
