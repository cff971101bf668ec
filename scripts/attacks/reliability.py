"""Whether a recogniser is as sure as it is right: reads of photographs by their weakest character.

A reliability diagram (Guo et al., "On calibration of modern neural networks", 2017): reads are put
into bins by the probability of their weakest character, and each bin shows how many were exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl

from custom_components.alpr_gate.alpr.gate.plate import normal_form, printed_alike
from custom_components.alpr_gate.alpr.types import FrameReads, PlateRead
from scripts.photo_reads import PhotoReads

mpl.use("agg")
import matplotlib.pyplot as plt

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Bins of the weakest character's probability: narrow where gates open."""


def measured(reads: Sequence[PhotoReads]) -> dict[str, Any]:
    """Bins with reads, their mean confidence and the share that was exact; and the mean gap."""
    scored = [score for each in reads for score in _scores(each)]
    bins = []
    for low, high in pairwise(EDGES):
        inside = [score for score in scored if low < score[0] <= high]
        if inside:
            bins.append(
                {
                    "from": low,
                    "to": high,
                    "reads": len(inside),
                    "confidence": sum(sure for sure, _ in inside) / len(inside),
                    "exact": sum(exact for _, exact in inside) / len(inside),
                }
            )
    gap = sum(each["reads"] * abs(each["confidence"] - each["exact"]) for each in bins)
    return {"bins": bins, "expected_calibration_error": gap / max(1, len(scored))}


def draw(results: dict[str, Any], path: Path) -> None:
    """Plot every recogniser's bins beside the diagonal on which surety is right."""
    figure, axes = plt.subplots(figsize=(6.4, 5.2), dpi=110)
    axes.plot((0, 1), (0, 1), color="0.6", linewidth=1, label="as sure as right")
    for name, result in results.items():
        bins = result["reliability"]["bins"]
        error = result["reliability"]["expected_calibration_error"]
        axes.plot(
            [each["confidence"] for each in bins],
            [each["exact"] for each in bins],
            marker="o",
            label=f"{name} (mean gap {100 * error:.1f} points)",
        )
    axes.set_xlabel("probability of the weakest character, mean of the bin")
    axes.set_ylabel("share of reads that are exact")
    axes.set_title("Reads of photographs and approaches")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def _scores(reads: PhotoReads) -> list[tuple[float, bool]]:
    """Confidence and exactness of the plate read in each frame; frames without one are left out."""
    truth = normal_form(reads.photo.plate)
    scores = []
    for frame in (reads.single, *reads.approach):
        read = widest(frame)
        if read is not None:
            scores.append((read.confidence, printed_alike(read.text, truth)))
    return scores


def widest(frame: FrameReads) -> PlateRead | None:
    """The plate of the nearest car; None where there is no plate."""
    return max(frame.plates, key=lambda read: read.box.width, default=None)
