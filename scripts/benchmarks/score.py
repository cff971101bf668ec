"""From what a system said and what is true to figures. Pure functions; nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass
import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .sets import Edges, Sample

SAME_GLYPH = str.maketrans("OI", "01")
"""Several countries print O and 0, I and 1 alike, and the truth does not tell them apart either."""


@dataclass(frozen=True, slots=True)
class Found:
    """One plate that a detector found."""

    box: Edges
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What one system said about one picture."""

    text: str
    """Of the plate it puts first; empty when it read none."""
    characters: tuple[float, ...]
    """How sure it is of each character of that text, 0 to 1."""
    found: tuple[Found, ...]
    ms: dict[str, float]
    """Milliseconds by stage: decode, detect, read."""

    @property
    def weakest(self) -> float:
        """Of the weakest character; 0 when it read none."""
        return min(self.characters, default=0.0)

    @property
    def whole(self) -> float:
        """That all characters are right; 0 when it read none."""
        return math.prod(self.characters) if self.characters else 0.0

    @property
    def total_ms(self) -> float:
        """All stages together."""
        return sum(self.ms.values())


type Pairs = Sequence[tuple[Sample, Answer]]


@dataclass(frozen=True, slots=True)
class Detection:
    """How well plates were found."""

    rate: float
    """Share of the true boxes found at an intersection over union of at least 0.5."""
    false_boxes: float
    """Boxes per picture that are no plate."""
    boxes: int


def folded(text: str) -> str:
    """The text with glyphs that are printed alike made one."""
    return text.translate(SAME_GLYPH)


def is_right(sample: Sample, answer: Answer) -> bool:
    """True where the text is exact but for glyphs that are printed alike."""
    return folded(answer.text) == folded(sample.plate or "")


def exact(pairs: Pairs, *, strict: bool) -> int:
    """Number of pictures whose text is exactly right."""
    if strict:
        return sum(answer.text == sample.plate for sample, answer in pairs)
    return sum(is_right(sample, answer) for sample, answer in pairs)


def overlap(one: Edges, other: Edges) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def detection(pairs: Pairs, enough: float = 0.5) -> Detection:
    """How many plates were found, and how much that is no plate.

    Every true box takes the best box that is left, the surest first, as in the COCO protocol.
    """
    hits = false = boxes = 0
    for sample, answer in pairs:
        left = list(sample.boxes)
        boxes += len(left)
        for found in sorted(answer.found, key=lambda each: -each.score):
            best = max(left, key=lambda box: overlap(box, found.box), default=None)
            if best is not None and overlap(best, found.box) >= enough:
                left.remove(best)
                hits += 1
            else:
                false += 1
    pictures = len(pairs)
    return Detection(
        hits / boxes if boxes else math.nan, false / pictures if pictures else math.nan, boxes
    )


def wrong_reads_by_coverage(pairs: Pairs) -> list[tuple[float, int, float]]:
    """The risk-coverage curve.

    Returns:
        For every number of pictures kept, the surest first: the share of all pictures, how many of
        them are read wrong (no text at all is not a wrong text), and how sure the last one's whole
        text is.
    """
    ranked = sorted(pairs, key=lambda pair: -pair[1].whole)
    curve, wrong = [], 0
    for kept, (sample, answer) in enumerate(ranked, 1):
        wrong += bool(answer.text) and not is_right(sample, answer)
        curve.append((kept / len(ranked), wrong, answer.whole))
    return curve


def wrong_without_least_sure(pairs: Pairs, share: float = 0.05) -> int:
    """Wrong reads when the least sure ``share`` of the pictures are left out."""
    kept = len(pairs) - round(share * len(pairs))
    return wrong_reads_by_coverage(pairs)[kept - 1][1] if kept else 0


def wrong_above(pairs: Pairs, floor: float) -> tuple[int, float]:
    """Wrong reads whose weakest character is at least ``floor``, and the share of pictures kept."""
    kept = [pair for pair in pairs if pair[1].text and pair[1].weakest >= floor]
    wrong = sum(not is_right(sample, answer) for sample, answer in kept)
    return wrong, len(kept) / len(pairs)


def percentile(values: Iterable[float], share: float) -> float:
    """Linear interpolation between the two nearest values."""
    ordered = sorted(values)
    if len(ordered) < 2:
        return ordered[0] if ordered else math.nan
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values: Iterable[float]) -> float:
    """NaN for nothing."""
    collected = list(values)
    return statistics.median(collected) if collected else math.nan
