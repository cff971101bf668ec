"""Figures of one run, as plain data: what the report, the plots and the JSON file hold."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scripts.photo_remarks import LABELLED_WRONGLY

from .cut_set import counted_as_whole
from .score import (
    detection,
    exact,
    median,
    percentile,
    wrong_above,
    wrong_reads_by_coverage,
    wrong_without_least_sure,
)

if TYPE_CHECKING:
    from .score import Answer, Pairs
    from .sets import Sample

    type Collected = dict[str, list[tuple[Sample, Answer]]]
    """By system: every picture with its answer."""

FLOORS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
STAGES = ("decode", "detect", "read")
WIDTHS = (60, 90, 130, 200)
"""Where one class of plates' widths ends and the next begins, in pixels of the picture."""
WIDTH_CLASSES = (
    f"under {WIDTHS[0]}",
    *(f"{narrow} to {wide}" for narrow, wide in pairwise(WIDTHS)),
    f"{WIDTHS[-1]} and more",
)


@dataclass(slots=True)
class Run:
    """Everything one run has measured."""

    threads: int
    machine: str
    photos: Collected = field(default_factory=dict)
    frames: Collected = field(default_factory=dict)
    cut: Collected = field(default_factory=dict)
    hard: Collected = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    cold_start_s: dict[str, float] = field(default_factory=dict)


def summary(run: Run) -> dict[str, Any]:
    """All figures by system; nested plain values."""
    return {
        "threads": run.threads,
        "machine": run.machine,
        "systems": {
            system: {
                "photos": with_text(pairs),
                "photos_rightly_labelled": with_text(rightly_labelled(pairs)),
                "photos_by_set": {
                    group: with_text(part) for group, part in by_group(pairs).items()
                },
                "photos_by_width": {
                    group: {"pictures": len(part), "exact": exact(part, strict=False)}
                    for group, part in by_width(pairs).items()
                },
                "frames": {
                    group: found(part)
                    for group, part in by_group(run.frames.get(system, [])).items()
                },
                "cut": {
                    group: {"pictures": len(part), "whole": round(counted_as_whole(part), 4)}
                    for group, part in by_group(run.cut.get(system, [])).items()
                },
                "hard": {
                    group: with_text(part)
                    for group, part in by_group(run.hard.get(system, [])).items()
                },
                "ms": times(pairs),
                "peak_mb": round(run.peak_mb[system]),
                "cold_start_s": round(run.cold_start_s[system], 2),
                "wrong_above_floor": {
                    str(floor): dict(zip(("wrong", "kept"), wrong_above(pairs, floor), strict=True))
                    for floor in FLOORS
                },
                "risk_coverage": [
                    [round(kept, 4), wrong, round(whole, 4)]
                    for kept, wrong, whole in wrong_reads_by_coverage(pairs)
                ],
            }
            for system, pairs in run.photos.items()
        },
    }


def by_group(pairs: Pairs) -> dict[str, Pairs]:
    """The same answers, one entry for each group of pictures."""
    groups: dict[str, list[tuple[Sample, Answer]]] = {}
    for sample, answer in pairs:
        groups.setdefault(sample.group, []).append((sample, answer))
    return dict(groups)


def rightly_labelled(pairs: Pairs) -> Pairs:
    """The same answers without pictures whose label is wrong to the eye."""
    return [each for each in pairs if each[0].path.name not in LABELLED_WRONGLY]


def by_width(pairs: Pairs) -> dict[str, Pairs]:
    """The same answers of pictures with one plate, one entry for each class of widths they have.

    A width on the edge of two classes belongs to the wider one.
    """
    groups: dict[str, list[tuple[Sample, Answer]]] = {name: [] for name in WIDTH_CLASSES}
    for sample, answer in pairs:
        ((left, _, right, _),) = sample.boxes
        groups[WIDTH_CLASSES[bisect(WIDTHS, right - left)]].append((sample, answer))
    return {name: part for name, part in groups.items() if part}


def with_text(pairs: Pairs) -> dict[str, Any]:
    """Figures of pictures whose text is known."""
    return {
        "pictures": len(pairs),
        "exact_strict": exact(pairs, strict=True),
        "exact": exact(pairs, strict=False),
        "wrong_at_95_percent": wrong_without_least_sure(pairs),
        **found(pairs),
    }


def found(pairs: Pairs) -> dict[str, Any]:
    """Figures of the detector."""
    result = detection(pairs)
    return {
        "found": round(result.rate, 4),
        "false_boxes": round(result.false_boxes, 4),
        "boxes": result.boxes,
    }


def times(pairs: Pairs) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of every stage and of their sum, in milliseconds."""
    columns = {stage: [answer.ms[stage] for _, answer in pairs] for stage in STAGES} | {
        "total": [answer.total_ms for _, answer in pairs]
    }
    return {
        stage: {"median": round(median(values), 2), "p95": round(percentile(values, 0.95), 2)}
        for stage, values in columns.items()
    }
