"""What is to be made small: the distance of what a reader says from the truth, and from teachers.

Everything is per letter of a usual plate, so that the heads and both kinds of truth weigh alike.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as fn

from training.ocr.net import ALPHABET, PAD, SLOTS, Reader
from training.ocr.stream import Batch
from training.ocr.teachers import Belief, distance
from training.precision import quick

COLUMNS_WEIGHT = 0.5
RULED_OUT = 1e-3
"""A picture of which the teachers give a true character less than this, they do not understand: a
kind of plate that is new to them. There the truth alone is learned from."""
LETTERS = 7
"""Of a usual plate."""


def loss_of(net: Reader, batch: Batch, taught: float) -> Tensor:
    """The mean over a batch; the columns learn from the plates with one line alone.

    :param taught: how much is learned from the teachers, where there are any, 0 to 1; the rest
        from the truth.
    """
    pictures = batch.pictures.permute(0, 3, 1, 2).float()
    with quick():
        slots, columns = net.both(pictures.contiguous(memory_format=torch.channels_last))
    slots, columns = slots.float(), columns.float()
    one_line = batch.one_line
    columns = columns[:, one_line]
    of_slots = slots_from_truth(slots, batch.texts)
    of_columns = columns_from_truth(columns, batch.texts[one_line])
    if batch.belief is not None:
        share = taught * understood(batch.belief, batch.texts).float()
        taught_slots = distance(slots, batch.belief.slots).sum(1) / LETTERS
        taught_columns = distance(columns, batch.belief.columns[:, one_line]).sum(0) / LETTERS
        of_slots = torch.lerp(of_slots, taught_slots, share)
        of_columns = torch.lerp(of_columns, taught_columns, share[one_line])
    return of_slots.mean() + COLUMNS_WEIGHT * of_columns.mean()


def slots_from_truth(slots: Tensor, texts: Tensor) -> Tensor:
    """Cross entropy of the ten positions: logits N x 10 x 37 and indices N x 10 to N."""
    each = fn.cross_entropy(slots.reshape(-1, len(ALPHABET)), texts.reshape(-1), reduction="none")
    return each.reshape(-1, SLOTS).sum(1) / LETTERS


def columns_from_truth(columns: Tensor, texts: Tensor) -> Tensor:
    """CTC (Graves et al., 2006) of the columns: logits 32 x N x 37 and indices N x 10 to N."""
    lengths = (texts != PAD).sum(1)
    steps = torch.full_like(lengths, columns.shape[0])
    each = fn.ctc_loss(
        columns.log_softmax(-1),
        texts,
        steps,
        lengths,
        blank=PAD,
        reduction="none",
        zero_infinity=True,
    )
    return each / lengths.clamp(min=1)


def understood(belief: Belief, texts: Tensor) -> Tensor:
    """Of which pictures, N, the teachers rule out no true character."""
    of_truth = belief.slots.gather(2, texts[:, :, None])[:, :, 0]
    return of_truth.amin(1) > math.log(RULED_OUT)
