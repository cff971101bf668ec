"""How every network here is trained: a learning rate that follows the clock, and mean weights.

The learning rate has fallen to nothing when the minutes are over, however fast the machine is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
import math
from pathlib import Path
import shutil
import time

import torch
from torch import Tensor, nn
from tqdm import tqdm

EMA = 0.998
LEAST = 0.002
"""Of the highest learning rate: what it starts from and what is left of it in the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train, and where the weights are kept."""

    checkpoint: Path
    minutes: float
    peak: float
    """Highest learning rate."""
    warm_up: float
    """Share of the time in which the learning rate rises."""
    clip: float
    """Largest norm of a gradient."""
    every: int
    """Steps between two checkpoints."""


@dataclass(slots=True)
class Run:
    """All that a training needs to go on."""

    net: nn.Module
    mean: nn.Module
    """Moving average of the weights: what is exported."""
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0


def add_arguments(parser: argparse.ArgumentParser, minutes: float) -> None:
    """What every training can be told; ``minutes`` unless said otherwise."""
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="do not go on where it stopped")
    parser.add_argument("--again", action="store_true", help="a new schedule from the last weights")


def begin(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    checkpoint: Path,
    *,
    fresh: bool = False,
    again: bool = False,
    before: Path | None = None,
) -> Run:
    """Go on from a checkpoint, where there is one.

    :param fresh: do not; begin with the weights that ``net`` has.
    :param again: take its weights, and begin a new schedule.
    :param before: where to keep the checkpoint that the new schedule begins from.
    """
    run = Run(net, deepcopy(net), optimiser)
    if checkpoint.exists() and not fresh:
        saved = torch.load(checkpoint, weights_only=True)
        run.net.load_state_dict(saved["net"])
        run.mean.load_state_dict(saved["mean"])
        if not again:
            run.optimiser.load_state_dict(saved["optimiser"])
            run.step, run.seconds = int(saved["step"]), float(saved["seconds"])
        elif before is not None:
            shutil.copy(checkpoint, before)
    if fresh or again:
        save(run, checkpoint)
    return run


def train(
    run: Run,
    plan: Plan,
    loss: Callable[[], Tensor],
    look: Callable[[], str] = str,
) -> float:
    """Train until the time is over; the mean of the last losses.

    :param loss: of the next batch.
    :param look: what to say at every checkpoint.
    """
    whole, began = plan.minutes * 60, time.monotonic() - run.seconds
    bar = tqdm(total=round(whole), initial=round(run.seconds), unit="s", mininterval=10)
    running = math.nan
    while run.seconds < whole:
        for group in run.optimiser.param_groups:
            group["lr"] = rate(run.seconds / whole, plan.peak, plan.warm_up)
        run.net.train()
        value = loss()
        run.optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(run.net.parameters(), plan.clip)
        run.optimiser.step()
        run.step, run.seconds = run.step + 1, time.monotonic() - began
        follow(run.mean, run.net, run.step)
        running = value.item() if math.isnan(running) else 0.98 * running + 0.02 * value.item()
        bar.update(round(run.seconds) - bar.n)
        bar.set_postfix(step=run.step, loss=f"{running:.4f}")
        if run.step % plan.every == 0 or run.seconds >= whole:
            save(run, plan.checkpoint)
            bar.write(f"step {run.step}: loss {running:.4f} {look()}")
    return running


def rate(share: float, peak: float, warm_up: float) -> float:
    """Learning rate after a share (0..1) of the time."""
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


def save(run: Run, checkpoint: Path) -> None:
    """Write a checkpoint at once or not at all."""
    state = {
        "net": run.net.state_dict(),
        "mean": run.mean.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "step": run.step,
        "seconds": run.seconds,
    }
    fresh = checkpoint.with_suffix(".new")
    torch.save(state, fresh)
    fresh.replace(checkpoint)


def mean_weights(checkpoint: Path) -> dict[str, Tensor]:
    """The averaged weights of a checkpoint: what is exported."""
    weights: dict[str, Tensor] = torch.load(checkpoint, weights_only=True)["mean"]
    return weights
