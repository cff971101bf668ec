"""How a reader with two heads reads a plate, whatever runs its network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..joint import joint_slots
from ..read import slot_characters, softmaxes
from .base import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..decode import Pixels
    from ..detect import Floats

NO_DOUBT = 0.95
"""Probability of the weakest character from which on one crop of a plate says enough."""


def read_jointly(
    look: Callable[[Pixels], tuple[Floats, Floats]],
    crops: Iterable[Pixels],
    alphabet: str,
    pad: str,
) -> Reading:
    """Read a plate as it is cut out first; where that leaves a doubt, all its crops together.

    Args:
        look: what the network answers to a crop: one softmax for each position, and one for each
            column of the picture.
        crops: of one plate, at least one; no more are taken than needed.
        alphabet: the letter that each place of a softmax stands for, ``pad`` among them.
        pad: the letter that is none.

    Raises:
        ModelRefused: BAD_OUTPUT when the answers are no probabilities.
    """

    def answer(crop: Pixels) -> list[Floats]:
        return [softmaxes(rows, len(alphabet)) for rows in look(crop)]

    empty = alphabet.index(pad)
    waiting = iter(crops)
    answers = [answer(next(waiting))]
    believed = _together(answers, empty)
    if believed.max(axis=1).min() < NO_DOUBT:
        answers += [answer(crop) for crop in waiting]
        believed = _together(answers, empty)
    return Reading(slot_characters(believed, alphabet, pad))


def _together(answers: list[list[Floats]], empty: int) -> Floats:
    slots, columns = (np.stack(same) for same in zip(*answers, strict=True))
    return joint_slots(slots, columns, empty)
