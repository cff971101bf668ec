"""The cut set: photographs cut so that the picture ends beside the widest plate, or within it.

Of a plate that the picture's edge cuts off the rest reads as another, shorter plate. So it matters
whether the box that was found tells that the plate goes on: ``alpr.gate.zone.is_whole``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.zone import is_whole
from custom_components.alpr_gate.alpr.types import Box

from .score import overlap
from .sets import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .score import Answer, Pairs
    from .sets import Edges

SEED = 20_261_129
LEAST_WIDTH = 60
"""Pixels: of narrower plates a hundredth is less than one."""
LEAST_OVERLAP = 0.3
"""Intersection over union below which something else was found."""
SURE = GateSettings().detection
"""What is less surely a plate is no look."""
CUTS = {
    "whole, 12 % beside the edge": 0.12,
    "whole, 8 % beside the edge": 0.08,
    "whole, 5 % beside the edge": 0.05,
    "5 % cut off": -0.05,
    "10 % cut off": -0.1,
    "20 % cut off": -0.2,
    "30 % cut off": -0.3,
}
"""From the plate to the picture's left or right edge, as a share of the plate's width."""


def cut_set(samples: Iterable[Sample], folder: Path) -> tuple[Sample, ...]:
    """Each picture once for each of ``CUTS``, written into ``folder``, if there is room for it.

    The left side is cut or the right one, as the seed says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    made = []
    for sample in samples:
        plate = max(sample.boxes, key=lambda box: box[2] - box[0], default=(0.0, 0.0, 0.0, 0.0))
        at_the_left = bool(rng.random() < 0.5)
        if plate[2] - plate[0] < LEAST_WIDTH:
            continue
        for number, (group, beside) in enumerate(CUTS.items()):
            path = folder / f"{number}-{sample.path.stem}.png"
            left = _cut(sample.path, plate, beside, path, at_the_left=at_the_left)
            if left is not None:
                made.append(Sample(path, group, (left,), None))
    return tuple(made)


def _cut(
    path: Path, plate: Edges, beside: float, target: Path, *, at_the_left: bool
) -> Edges | None:
    """Write what is left of a picture; where in it the plate is, or None where there is no room."""
    room = beside * (plate[2] - plate[0])
    with Image.open(path) as image:
        width, height = image.size
        start = round(plate[0] - room) if at_the_left else 0
        end = width if at_the_left else round(plate[2] + room)
        if start < 0 or end > width:
            return None
        image.convert("RGB").crop((start, 0, end, height)).save(target)
    return max(0.0, plate[0] - start), plate[1], min(plate[2], end) - start, plate[3]


def counted_as_whole(pairs: Pairs) -> float:
    """Share of the pictures in which the plate is found, surely enough, and counts as whole."""
    return sum(_is_whole(sample, answer) for sample, answer in pairs) / len(pairs)


def _is_whole(sample: Sample, answer: Answer) -> bool:
    """Of several boxes the one that fits the plate best is asked."""
    (plate,) = sample.boxes
    sure = [each.box for each in answer.found if each.score >= SURE]
    best = max(sure, key=lambda box: overlap(box, plate), default=None)
    if best is None or overlap(best, plate) < LEAST_OVERLAP:
        return False
    with Image.open(sample.path) as image:
        return is_whole(Box(*best), image.size, zone=())
