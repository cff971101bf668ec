"""Train the detector: ``python -m training.detector.train --data ../shared/data --minutes 45``.

Goes on where it was interrupted (``--fresh`` does not). The learning rate follows the clock.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from training.detector.net import HEIGHT, STRIDE, WIDTH, Detector, activate
from training.detector.pictures import Picture, Pixels, read_folder, read_scenes
from training.detector.views import View, make_view
from training.folders import WORK
from training.ocr.samples import some_plates
from training.precision import quick
from training.schedule import Plan, add_arguments, begin, train

CHECKPOINT = WORK / "detector.pt"
BEFORE = WORK / "detector-before.pt"
"""The checkpoint that the last new schedule began from."""
BATCH = 16
PEAK = 2e-3
DECAY = 0.02
WARM_UP = 0.05
CLIP = 5.0
EVERY = 200
MIX = (0.34, 0.38, 0.28)
"""Shares of dash camera frames, close pictures of cars, and drawn scenes."""
CENTRE = 0.3
"""Share of a plate's half width and height, around its middle, in which cells answer for it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures N x 3 x H x W (uint8), and per picture boxes M x 4 and corners M x 8."""

    pictures: Tensor
    boxes: list[Tensor]
    corners: list[Tensor]


class Views(IterableDataset[Batch]):
    """Views of real pictures and drawn scenes, for ever."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.seed = data, seed

    def __iter__(self) -> Iterator[Batch]:
        """Read everything once; scenes and plates that are still being made join later."""
        rng = np.random.default_rng(self.seed)
        frames = read_folder(self.data / "frames", held_back=False)
        cars = read_folder(self.data / "cars")
        while True:
            scenes = read_scenes() or frames
            plates = some_plates(rng)
            for _ in range(250):
                pools = [frames, cars, scenes]
                views = [
                    make_view(rng, _pick(rng, pools[int(rng.choice(3, p=MIX))]), plates)
                    for _ in range(BATCH)
                ]
                yield make_batch(views)


def _pick(rng: np.random.Generator, pool: list[Picture]) -> Picture:
    return pool[int(rng.integers(len(pool)))]


def make_batch(views: list[View]) -> Batch:
    """Stack views."""
    pictures: Pixels = np.stack([view.rgb for view in views]).transpose(0, 3, 1, 2)
    return Batch(
        torch.from_numpy(np.ascontiguousarray(pictures)),
        [torch.from_numpy(view.boxes.astype(np.float32)) for view in views],
        [torch.from_numpy(view.corners.astype(np.float32)).reshape(-1, 8) for view in views],
    )


def loss_of(net: Detector, batch: Batch) -> Tensor:
    """Varifocal loss of the score, GIoU of boxes, L1 of corners in widths of the plate."""
    with quick():
        raw = net(batch.pictures.float().div(255).contiguous(memory_format=torch.channels_last))
    scores, distances, corners = activate(raw.float())
    wanted = torch.zeros_like(scores)
    box_losses: list[Tensor] = []
    corner_losses: list[Tensor] = []
    positive = torch.zeros_like(scores, dtype=torch.bool)
    for picture, (boxes, points) in enumerate(zip(batch.boxes, batch.corners, strict=True)):
        for box, known in zip(boxes, points, strict=True):
            ys, xs = _cells(box)
            centres = torch.stack([(xs + 0.5) * STRIDE, (ys + 0.5) * STRIDE], 1)
            found = distances[picture, :, ys, xs].T
            predicted = torch.cat([centres - found[:, :2], centres + found[:, 2:]], 1)
            overlap, generalised = _overlaps(predicted, box)
            box_losses.append((1 - generalised).mean())
            wanted[picture, ys, xs] = torch.maximum(wanted[picture, ys, xs], overlap.detach())
            positive[picture, ys, xs] = True
            if not torch.isnan(known).any():
                truth = known - centres.repeat(1, 4)
                width = (box[2] - box[0]).clamp(min=8)
                error = (corners[picture, :, ys, xs].T - truth).abs().mean() / width
                corner_losses.append(error)
    count = max(1, len(box_losses))
    score_loss = _varifocal(scores, wanted, positive) / max(1, int(positive.sum()))
    box_loss = torch.stack(box_losses).sum() / count if box_losses else scores.sum() * 0
    corner_loss = torch.stack(corner_losses).mean() if corner_losses else scores.sum() * 0
    return score_loss + 2.0 * box_loss + 2.0 * corner_loss


def _cells(box: Tensor) -> tuple[Tensor, Tensor]:
    """Rows and columns of the cells that answer for a box: around its middle, at least one."""
    x, y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    half_width = float(box[2] - box[0]) / 2 * CENTRE
    half_height = float(box[3] - box[1]) / 2 * CENTRE
    columns, rows = WIDTH // STRIDE, HEIGHT // STRIDE
    first = (_clip((x - half_width) / STRIDE, columns), _clip((y - half_height) / STRIDE, rows))
    last = (_clip((x + half_width) / STRIDE, columns), _clip((y + half_height) / STRIDE, rows))
    xs, ys = torch.arange(first[0], last[0] + 1), torch.arange(first[1], last[1] + 1)
    grid_y, grid_x = torch.meshgrid(ys, xs, indexing="ij")
    return grid_y.reshape(-1), grid_x.reshape(-1)


def _clip(cell: float, cells: int) -> int:
    return min(max(int(cell), 0), cells - 1)


def _overlaps(predicted: Tensor, box: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU (Rezatofighi et al., 2019) of N boxes with one."""
    low, high = torch.maximum(predicted[:, :2], box[:2]), torch.minimum(predicted[:, 2:], box[2:])
    shared = (high - low).clamp(min=0).prod(1)
    areas = (predicted[:, 2:] - predicted[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    union = areas - shared
    around = torch.maximum(predicted[:, 2:], box[2:]) - torch.minimum(predicted[:, :2], box[:2])
    hull = around.prod(1).clamp(min=1e-6)
    overlap = shared / union.clamp(min=1e-6)
    return overlap, overlap - (hull - union) / hull


def _varifocal(logits: Tensor, wanted: Tensor, positive: Tensor) -> Tensor:
    """Varifocal loss (Zhang et al., 2021): the score says how good the box is."""
    probability = logits.sigmoid().detach()
    weight = torch.where(positive, wanted.clamp(min=0.1), 0.75 * probability**2)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (loss * weight).sum()


def main() -> None:
    """Train until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m training.detector.train")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--peak", type=float, default=PEAK, help="highest learning rate")
    add_arguments(parser, 45.0)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    net = Detector().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), PEAK, weight_decay=DECAY)
    run = begin(net, optimiser, CHECKPOINT, fresh=chosen.fresh, again=chosen.again, before=BEFORE)
    views = Views(chosen.data, chosen.seed * 1000 + run.step)
    stream = iter(DataLoader(views, batch_size=None, num_workers=1, prefetch_factor=6))
    plan = Plan(CHECKPOINT, chosen.minutes, chosen.peak, WARM_UP, CLIP, EVERY)
    loss = train(run, plan, lambda: loss_of(net, next(stream)))
    print(f"loss {loss:.4f} after {run.step * BATCH} views")


if __name__ == "__main__":
    main()
