"""Earlier readers that a reader learns from beside the truth.

Readers of several schedules err in different places, so what they believe together is surer to be
right, and in doubt where they disagree. A reader that learns to believe the same has that in one
network (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015; every picture is new
and shown to both, as in Beyer et al., "Knowledge distillation: A good teacher is patient and
consistent", 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as fn

from training.ocr.net import trained
from training.precision import quick


@dataclass(frozen=True, slots=True)
class Belief:
    """Logarithms of probabilities: positions N x 10 x 37, and columns 32 x N x 37."""

    slots: Tensor
    columns: Tensor


class Teachers:
    """Readers that are asked together."""

    def __init__(self, checkpoints: Sequence[Path]) -> None:
        """Load the mean weights of each checkpoint, at least one."""
        self._nets = [trained(path).to(memory_format=torch.channels_last) for path in checkpoints]

    def believe(self, pictures: Tensor) -> Belief:
        """What all believe of pictures N x 64 x 128 x 3, uint8: the normalised geometric mean."""
        given = pictures.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), quick():
            answers = [net.both(given) for net in self._nets]
        slots, columns = (_together(same) for same in zip(*answers, strict=True))
        return Belief(slots, columns)


def _together(answers: Sequence[Tensor]) -> Tensor:
    each = torch.stack([answer.float().log_softmax(-1) for answer in answers])
    return each.mean(0).log_softmax(-1)


def distance(logits: Tensor, belief: Tensor) -> Tensor:
    """Kullback-Leibler divergence of every row from what the teachers believe of it."""
    return fn.kl_div(logits.log_softmax(-1), belief, reduction="none", log_target=True).sum(-1)
