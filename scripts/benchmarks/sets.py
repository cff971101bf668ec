"""What is measured on: pictures, the plates in them, and the group each belongs to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

type Edges = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture and what is true of it."""

    path: Path
    group: str
    boxes: tuple[Edges, ...]
    plate: str | None
    """What is written on the plate; None where only boxes are known."""


def photographs(folder: Path) -> tuple[Sample, ...]:
    """Pictures with text: a ``truth.csv`` of set, file, x, y, width, height, plate."""
    samples = []
    for row in _rows(folder / "truth.csv"):
        x, y, width, height = (float(row[name]) for name in ("x", "y", "width", "height"))
        samples.append(
            Sample(
                folder / row["set"] / row["file"],
                row["set"],
                ((x, y, x + width, y + height),),
                row["plate"],
            )
        )
    return tuple(samples)


def frames(folder: Path, keep: Callable[[str], bool]) -> tuple[Sample, ...]:
    """Dash-camera frames without text: a ``boxes.csv`` of file, x1, y1, x2, y2.

    Args:
        folder: the frames; a name starts with its light and ride, ``dayride_type1_001-…``.
        keep: tells from its name whether a frame is measured on.
    """
    return tuple(
        Sample(folder / name, "night" if name.startswith("night") else "day", boxes, None)
        for name, boxes in _boxes(folder)
        if keep(name)
    )


def close_ups(folder: Path) -> tuple[Sample, ...]:
    """Close photographs of cars without text, with a ``boxes.csv`` like that of ``frames``."""
    return tuple(Sample(folder / name, "cars", boxes, None) for name, boxes in _boxes(folder))


def _boxes(folder: Path) -> list[tuple[str, tuple[Edges, ...]]]:
    """By name: each picture and the plates in it."""
    boxes: dict[str, list[Edges]] = {}
    for row in _rows(folder / "boxes.csv"):
        edges = (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))
        boxes.setdefault(row["file"], []).append(edges)
    return [(name, tuple(found)) for name, found in sorted(boxes.items())]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
