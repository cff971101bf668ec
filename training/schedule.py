"""How every network here is trained: a learning rate that follows the clock, and mean weights."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import nn

EMA = 0.998
LEAST = 0.002
"""Of the highest learning rate: what it starts from and what is left of it in the end."""


def rate(share: float, peak: float, warm_up: float) -> float:
    """Learning rate after a share (0..1) of the time, of which ``warm_up`` goes into rising."""
    if share < warm_up:
        return peak * max(LEAST, share / warm_up)
    return peak * max(LEAST, 0.5 * (1 + math.cos(math.pi * (share - warm_up) / (1 - warm_up))))


def follow(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Move the average towards the weights; quicker at first."""
    weight = 1 - min(EMA, (1 + step) / (10 + step))
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, weight)
            else:
                slow.copy_(fast)


def save(
    path: Path,
    net: nn.Module,
    mean: nn.Module,
    optimiser: torch.optim.Optimizer,
    step: int,
    seconds: float,
) -> None:
    """Write a checkpoint at once or not at all."""
    state = {
        "net": net.state_dict(),
        "mean": mean.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
        "seconds": seconds,
    }
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    fresh.replace(path)
