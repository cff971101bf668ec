"""Train the reader: ``python -m training.ocr.train --minutes 60``.

Goes on where it was interrupted (``--fresh`` does not). The learning rate follows the
clock.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.folders import HELD_OUT_PLATES, PLATES, WORK
from training.ocr.loss import loss_of
from training.ocr.net import Reader, decode
from training.ocr.samples import read_shard
from training.ocr.stream import Batch, loader, make_batch
from training.ocr.teachers import Teachers
from training.schedule import Plan, add_arguments, begin, train
from training.shards import shards

CHECKPOINT = WORK / "ocr.pt"
BATCH = 128
PEAK = 2e-3
DECAY = 0.02
WARM_UP = 0.04
"""Share of the time in which the learning rate rises."""
CLIP = 2.0
EVERY = 300
"""Steps between two looks at the validation set, each of which is kept."""


def optimiser_of(net: Reader) -> torch.optim.Optimizer:
    """AdamW that lets biases and normalisation be."""
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, PEAK)


def validation(folder: Path, count: int = 1_500) -> Batch:
    """A fixed set: held-out fonts, other seeds."""
    rng = np.random.default_rng(7)
    samples = [sample for path in shards(folder) for sample in read_shard(path)][:count]
    return make_batch(rng, samples)


def exact(net: nn.Module, batch: Batch) -> float:
    """Share of plates read exactly, O as 0 and I as 1."""
    net.eval()
    with torch.no_grad():
        indices = torch.cat(
            [net(part.permute(0, 3, 1, 2).float()).argmax(-1) for part in batch.pictures.split(250)]
        )
    alike = str.maketrans("OI", "01")
    return sum(
        decode(read).translate(alike) == decode(text).translate(alike)
        for read, text in zip(indices.tolist(), batch.texts.tolist(), strict=True)
    ) / len(indices)


def main() -> None:
    """Train until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.train")
    add_arguments(parser, 60.0)
    parser.add_argument("--teachers", type=Path, nargs="+", default=(), help="their checkpoints")
    parser.add_argument(
        "--taught", type=float, default=0.75, help="how much is learned from teachers, 0 to 1"
    )
    parser.add_argument("--peak", type=float, default=PEAK, help="highest learning rate")
    parser.add_argument("--keep", type=Path, help="with --again: where the checkpoint is copied to")
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    net = Reader().to(memory_format=torch.channels_last)
    run = begin(
        net,
        optimiser_of(net),
        CHECKPOINT,
        fresh=chosen.fresh,
        again=chosen.again,
        before=chosen.keep,
    )
    held_out = validation(HELD_OUT_PLATES)
    teachers = Teachers(chosen.teachers) if chosen.teachers else None
    stream = iter(loader(PLATES, BATCH, chosen.seed * 1000 + run.step, teachers))
    plan = Plan(CHECKPOINT, chosen.minutes, chosen.peak, WARM_UP, CLIP, EVERY)
    train(
        run,
        plan,
        lambda: loss_of(net, next(stream), chosen.taught),
        lambda: f"held-out exact {exact(run.mean, held_out):.4f}",
    )
    print(f"{run.step * BATCH} photographs")


if __name__ == "__main__":
    main()
