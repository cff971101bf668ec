"""From a reader network's numbers to characters with alternatives, without the network itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .detect import believable
from .errors import ModelProblem, ModelRefused

if TYPE_CHECKING:
    from ..types import Character
    from .detect import Floats

MOST_ALTERNATIVES = 6
LEAST_PROBABILITY = 1e-4
"""Alternatives less likely than this are left out (the best is always kept)."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def slot_characters(slots: Floats, alphabet: str, pad: str) -> tuple[Character, ...]:
    """Characters from a network with one softmax for each position of the plate.

    Args:
        slots: positions x letters, each row adding up to 1.
        alphabet: the letter of each column, with ``pad`` among them for "there is none here".
        pad: becomes "" in the answer.

    Returns:
        One entry for each position up to the last that holds a character, and one more where the
        network sees a real chance of a further character.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape, NaN, or rows that are no probabilities.
    """
    slots = softmaxes(slots, len(alphabet))
    letters = ["" if letter == pad else letter for letter in alphabet]
    characters = [alternatives(row, letters) for row in slots]
    while characters and characters[-1][0][0] == "" and len(characters[-1]) == 1:
        characters.pop()
    return tuple(characters)


def softmaxes(rows: Floats, letters: int) -> Floats:
    """Rows of probabilities, clipped against rounding.

    Args:
        rows: anything x ``letters``.
        letters: how many there are to choose from.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape, NaN, or rows that are no probabilities.
    """
    if rows.ndim != 2 or rows.shape[1] != letters:
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT, f"the reader answered with the shape {rows.shape}"
        )
    rows = believable(rows, "reader")
    if (np.abs(rows.sum(axis=1) - 1) > 0.02).any():
        raise ModelRefused(ModelProblem.BAD_OUTPUT, "the reader's probabilities do not add up to 1")
    return rows


def alternatives(row: Floats, letters: list[str]) -> Character:
    """The likeliest letters of one position with their probabilities, the best first."""
    order = np.argsort(-row, kind="stable")[:MOST_ALTERNATIVES]
    return tuple(
        (letters[index], float(row[index]))
        for rank, index in enumerate(order)
        if rank == 0 or row[index] >= LEAST_PROBABILITY
    )


def likeliest(row: Floats, labels: tuple[str, ...]) -> str | None:
    """The label with the highest probability, None when the network says it does not know.

    Raises:
        ModelRefused: BAD_OUTPUT for a wrong shape or numbers that are no probabilities.
    """
    if row.shape != (len(labels),):
        raise ModelRefused(
            ModelProblem.BAD_OUTPUT, f"the reader answered with the shape {row.shape}"
        )
    label = labels[int(np.argmax(believable(row, "reader")))]
    return None if label == "Unknown" else label
