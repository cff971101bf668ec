"""Make a checkpoint of the exported refiner: ``python -m training.refiner.restore --data ...``.

To go on (``training.refiner.train --again``) from what is shipped, where the checkpoint is gone.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import torch

from training.folders import MODELS
from training.ncnn_file import layers
from training.refiner.export import NAME
from training.refiner.net import Refiner
from training.refiner.train import CHECKPOINT, Views, loss_of, optimiser_of
from training.restored import fill, separate
from training.schedule import Run, save
from training.upright import HEIGHT, WIDTH

BATCHES = 40
"""Of views like those of the training, for the normalisations."""


def main() -> None:
    """Restore the exported refiner and say how it does."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.restore")
    parser.add_argument("--data", type=Path, required=True, help="holds frames/ and cars/")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--out", type=Path, default=CHECKPOINT)
    chosen = parser.parse_args()
    if chosen.out.exists():
        parser.error(f"there is a checkpoint already: {chosen.out}")
    net = Refiner().eval()
    exported = layers(chosen.models / f"{NAME}.param", chosen.models / f"{NAME}.bin")
    pairs = fill(net, exported, torch.rand(1, 3, HEIGHT, WIDTH))
    batches = list(islice(Views(chosen.data, 1), BATCHES))
    separate(pairs, net, (batch.pictures.float().div(255) for batch in batches))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save(Run(net, net, optimiser_of(net)), chosen.out)
    with torch.no_grad():
        losses = [float(loss_of(net, batch)) for batch in batches]
    print(f"loss {sum(losses) / len(losses):.4f}")


if __name__ == "__main__":
    main()
