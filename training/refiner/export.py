"""Export the refiner to ncnn: ``python -m training.refiner.export``.

Traces the averaged weights of the last checkpoint, converts them with pnnx and compares what ncnn
answers with what PyTorch answers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.exported import convert, difference, fingerprint, runner
from training.folders import MODELS
from training.refiner.net import Exported, Refiner
from training.refiner.train import CHECKPOINT
from training.schedule import mean_weights
from training.upright import HEIGHT, WIDTH

NAME = "alpr_refiner"
CLOSE_ENOUGH = 1e-3
"""Largest difference allowed, of probabilities and of fractions of the crop's sides. Weights are
stored in 16 bits to keep the file small; ncnn calculates in 32."""


def load(checkpoint: Path = CHECKPOINT) -> Exported:
    """The averaged weights, ready to run."""
    net = Refiner()
    net.load_state_dict(mean_weights(checkpoint))
    return Exported(net).eval()


def main() -> None:
    """Export, compare, and print the hashes."""
    parser = argparse.ArgumentParser(prog="python -m training.refiner.export")
    parser.add_argument("--folder", type=Path, default=MODELS)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    net = load()
    convert(net, torch.rand(1, 3, HEIGHT, WIDTH), folder, NAME, half=True)
    param, weights = folder / f"{NAME}.param", folder / f"{NAME}.bin"
    worst = difference(net, runner(param, weights), 5 * ((HEIGHT, WIDTH),))
    print(f"largest difference between PyTorch and ncnn: {worst:.1e}")
    if worst > CLOSE_ENOUGH:
        raise SystemExit("ncnn does not answer as PyTorch does")
    for path in (param, weights):
        print(fingerprint(path))


if __name__ == "__main__":
    main()
