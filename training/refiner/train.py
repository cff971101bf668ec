"""Train the refiner: ``python -m training.refiner.train --data ../shared/data --minutes 40``.

Needs the flat plates of ``python -m training.ocr.samples`` and what the detector finds, of
``python -m training.refiner.gather``. Goes on where it was interrupted
(``--fresh`` does not). The learning rate follows the clock.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn
from torch.utils.data import DataLoader, IterableDataset

from training.detector.pictures import read_folder
from training.folders import WORK
from training.ocr.samples import some_plates
from training.refiner.candidates import read_candidates
from training.refiner.net import Refiner
from training.refiner.views import Rough, drawn, found, no_plate, real
from training.schedule import Plan, add_arguments, begin, train

CHECKPOINT = WORK / "refiner.pt"
BATCH = 128
PEAK = 3e-3
DECAY = 0.01
WARM_UP = 0.05
CLIP = 1.0
EVERY = 500
MIX = (0.38, 0.14, 0.3, 0.18)
"""Shares of drawn plates, plates of real pictures, what the detector found, and drawn things that
are no plates."""
CLOSE_UPS = 0.6
"""Of real pictures, share of close ones of cars; the others are dash camera frames."""
JUDGEMENT = 0.05
"""Weight of the cross entropy beside distances, which are a few hundredths."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures N x 3 x 64 x 128 (uint8), corners N x 4 x 2, and what is known of each, N.

    ``whole``: all corners and not only their box; ``is_plate``: it is a plate at all.
    """

    pictures: Tensor
    corners: Tensor
    whole: Tensor
    is_plate: Tensor


class Views(IterableDataset[Batch]):
    """Rough cuts of plates and of other things, for ever."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.seed = data, seed

    def __iter__(self) -> Iterator[Batch]:
        """Read all real pictures once, and another shard of plates now and then."""
        cv2.setNumThreads(1)
        rng = np.random.default_rng(self.seed)
        frames = read_folder(self.data / "frames", held_back=False)
        cars = read_folder(self.data / "cars")
        grounds, candidates = frames + cars, read_candidates()
        while True:
            plates = some_plates(rng)
            for _ in range(60):
                views: list[Rough] = []
                while len(views) < BATCH:
                    kind = int(rng.choice(len(MIX), p=MIX))
                    if kind == 0:
                        view: Rough | None = drawn(rng, plates, grounds)
                    elif kind == 1:
                        view = real(rng, cars if rng.random() < CLOSE_UPS else frames)
                    elif kind == 2:
                        view = found(rng, candidates)
                    else:
                        view = no_plate(rng, grounds)
                    if view is not None:
                        views.append(view)
                yield make_batch(views)


def make_batch(views: list[Rough]) -> Batch:
    """Stack views."""
    pictures = np.ascontiguousarray(np.stack([view.rgb for view in views]).transpose(0, 3, 1, 2))
    return Batch(
        torch.from_numpy(pictures),
        torch.from_numpy(np.stack([view.corners for view in views])),
        torch.tensor([view.whole for view in views]),
        torch.tensor([view.is_plate for view in views]),
    )


def optimiser_of(net: Refiner) -> torch.optim.Optimizer:
    """What changes the weights."""
    return torch.optim.AdamW(net.parameters(), PEAK, weight_decay=DECAY)


def loss_of(net: nn.Module, batch: Batch) -> Tensor:
    """L1 of the corners or, where only the box is known, of the box; and cross entropy."""
    pictures = batch.pictures.float().div(255).contiguous(memory_format=torch.channels_last)
    corners, logits = net(pictures)
    wanted = batch.corners.clamp(0.0, 1.0)
    of_corners = (corners - wanted).abs().mean((1, 2))
    of_boxes = (boxes_of(corners) - boxes_of(wanted)).abs().mean(1)
    distance = torch.where(batch.whole, of_corners, of_boxes)[batch.is_plate].mean()
    judgement = fn.binary_cross_entropy_with_logits(logits[:, 0], batch.is_plate.float())
    return distance + JUDGEMENT * judgement


def boxes_of(corners: Tensor) -> Tensor:
    """Left, top, right and bottom N x 4 of corners N x 4 x 2."""
    return torch.cat([corners.amin(1), corners.amax(1)], dim=1)


def main() -> None:
    """Train until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.train")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    add_arguments(parser, 40.0)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    net = Refiner().to(memory_format=torch.channels_last)
    run = begin(net, optimiser_of(net), CHECKPOINT, fresh=chosen.fresh, again=chosen.again)
    views = Views(chosen.data, chosen.seed * 1000 + run.step)
    stream = iter(DataLoader(views, batch_size=None, num_workers=1, prefetch_factor=6))
    plan = Plan(CHECKPOINT, chosen.minutes, PEAK, WARM_UP, CLIP, EVERY)
    loss = train(run, plan, lambda: loss_of(net, next(stream)))
    print(f"mean loss {loss:.4f} after {run.step * BATCH} views")


if __name__ == "__main__":
    main()
