"""Two heads of one reader judge one text together.

The slots ask "which character stands at position 3?", the columns "what stands at this place from
left to right?". They fail differently: slots know formats and read two lines, but lose count in
long texts; columns never lose count, but know one line only. So each proposes texts, and both judge
all of them (rescoring of N best lists, as in speech recognition: Watanabe et al., "Hybrid
CTC/Attention Architecture for End-to-End Speech Recognition", 2017).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .detect import Floats

BEAM = 4
"""Beginnings of a text that the search over the columns keeps."""
LEAST_IN_COLUMN = 0.01
"""A character less likely than this is not tried in a column."""
LEAST_IN_SLOT = 0.01
"""A character less likely than this is not tried in a slot."""
MOST_DOUBTS = 4
"""So many of the likeliest second choices of the slots are tried, one or two at a time."""
TRUST_IN_COLUMNS = 0.4
"""Weight of the columns' logarithm beside that of the slots. This and ``SOFTNESS`` were chosen on
synthetic plates with fonts that no training picture uses: most read right, and as often right as
they say."""
SOFTNESS = 1.2
"""Temperature of what both say together."""
FLOOR = 1e-5
"""No head rules anything out altogether."""

Text = tuple[int, ...]
"""Places of the characters in the alphabet."""


def joint_slots(slots: Floats, columns: Floats, pad: int) -> Floats:
    """What both heads together believe of each position.

    Args:
        slots: crops x positions x letters, each row adding up to 1.
        columns: crops x columns x letters, likewise; ``pad`` stands for "nothing (new) here".
        pad: place of the letter that is none in the alphabet.

    Returns:
        Positions x letters, each row adding up to 1: the shares of the proposed texts that have
        that letter there. A position behind a text's end counts as ``pad``.
    """
    positions, letters = slots.shape[1:]
    mean = slots.mean(axis=0)
    middle = len(columns) // 2
    proposed = slot_texts(mean, pad) | column_texts(columns[middle], pad)
    proposed |= {straight_text(view, pad) for view in columns}
    texts = sorted(text for text in proposed if len(text) <= positions)
    padded = np.array([[*text, *[pad] * (positions - len(text))] for text in texts])
    judged = _by_slots(padded, mean) + TRUST_IN_COLUMNS * _by_columns(texts, columns, pad)
    share = np.exp((judged - judged.max()) / SOFTNESS)
    share /= share.sum()
    believed = np.zeros((positions, letters), np.float32)
    everywhere = np.arange(positions)
    for text, weight in zip(padded, share, strict=True):
        believed[everywhere, text] += weight
    return believed


def slot_texts(slots: Floats, pad: int) -> set[Text]:
    """The likeliest text of the slots, and those that differ from it in one or two doubtful places.

    Args:
        slots: positions x letters.
        pad: as in ``joint_slots``.
    """
    best = slots.argmax(axis=1)
    doubts = [
        (position, int(letter))
        for position, letter in zip(*np.nonzero(slots >= LEAST_IN_SLOT), strict=True)
        if letter != best[position]
    ]
    doubts = sorted(doubts, key=lambda doubt: -slots[doubt])[:MOST_DOUBTS]
    texts = {_without_pad(best, pad)}
    for first, (position, letter) in enumerate(doubts):
        once = best.copy()
        once[position] = letter
        texts.add(_without_pad(once, pad))
        for other, another in doubts[first + 1 :]:
            if other != position:
                twice = once.copy()
                twice[other] = another
                texts.add(_without_pad(twice, pad))
    return texts


def _without_pad(letters: Floats, pad: int) -> Text:
    return tuple(int(letter) for letter in letters if letter != pad)


def straight_text(columns: Floats, pad: int) -> Text:
    """The likeliest letter of every column of one crop, repeated ones and gaps taken out."""
    best = columns.argmax(axis=1)
    starts = np.append(True, best[1:] != best[:-1])
    return _without_pad(best[starts], pad)


def column_texts(columns: Floats, pad: int) -> set[Text]:
    """The likeliest texts of one crop's columns: prefix beam search (Hannun et al., 2014).

    Args:
        columns: columns x letters.
        pad: as in ``joint_slots``.
    """
    beams: dict[Text, tuple[float, float]] = {(): (1.0, 0.0)}
    for column in columns.tolist():
        empty = column[pad]
        tried = [
            (letter, chance)
            for letter, chance in enumerate(column)
            if chance >= LEAST_IN_COLUMN and letter != pad
        ]
        ended = {text: (gap + letter) * empty for text, (gap, letter) in beams.items()}
        going = _going_on(beams, tried)
        if len(ended) + len(going) > BEAM:
            together = [(ended.get(t, 0.0) + going.get(t, 0.0), t) for t in {*ended, *going}]
            likely = [text for _, text in sorted(together, reverse=True)[:BEAM]]
        else:
            likely = [*{**ended, **going}]
        beams = {text: (ended.get(text, 0.0), going.get(text, 0.0)) for text in likely}
    return set(beams)


def _going_on(
    beams: dict[Text, tuple[float, float]], tried: list[tuple[int, float]]
) -> dict[Text, float]:
    """The chances of texts that end with one of the letters tried in the next column."""
    going: defaultdict[Text, float] = defaultdict(float)
    for text, (after_gap, after_letter) in beams.items():
        for letter, chance in tried:
            longer = (*text, letter)
            if text and text[-1] == letter:
                going[text] += after_letter * chance
                going[longer] += after_gap * chance
            else:
                going[longer] += (after_gap + after_letter) * chance
    return going


def _by_slots(padded: NDArray[np.int_], slots: Floats) -> Floats:
    """Logarithm of each text's probability by the slots; texts x positions to texts."""
    logarithms = np.log(np.maximum(slots, FLOOR))
    return np.asarray(logarithms[np.arange(len(slots)), padded].sum(axis=1))


def _by_columns(texts: list[Text], columns: Floats, pad: int) -> Floats:
    """Mean over the crops of the logarithm of each text's probability by the columns.

    The forward recursion of connectionist temporal classification (Graves et al., 2006), for all
    crops and texts at once: each column, every place of a text is reached from itself, from the one
    before it and, past a gap between two different letters, from the one before that.
    """
    longest = max(len(text) for text in texts)
    places = 2 * longest + 1
    labels = np.full((len(texts), places), pad)
    for row, text in enumerate(texts):
        labels[row, 1 : 2 * len(text) : 2] = text
    may_skip = (labels[:, 2:] != pad) & (labels[:, 2:] != labels[:, :-2])
    chances = np.maximum(columns, FLOOR).astype(np.float64)[:, :, labels]
    # Two places without a chance before the first spare every step a look for where a text begins.
    whole = np.zeros((len(columns), len(texts), places + 2))
    state, before, skipped = whole[..., 2:], whole[..., 1:-1], whole[..., 2:-2]
    state[..., :2] = chances[:, 0, :, :2]
    for step in range(1, columns.shape[1]):
        moved = state + before
        moved[..., 2:] += skipped * may_skip
        np.multiply(moved, chances[:, step], out=state)
    ends = 2 * np.array([len(text) for text in texts])
    rows = np.arange(len(texts))
    total = state[:, rows, ends] + state[:, rows, np.maximum(ends - 1, 0)]
    return np.asarray(np.log(np.maximum(total, 1e-300)).mean(axis=0))
