"""Export the detector to ncnn: ``python -m training.detector.export``.

Traces the averaged weights of the last checkpoint, converts them with pnnx and compares what ncnn
answers with what PyTorch answers. ``--with-before`` takes the mean of those weights and the ones
that the last schedule began from (Izmailov et al., "Averaging Weights Leads to Wider Optima and
Better Generalization", 2018).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.detector.net import HEIGHT, WIDTH, Detector, Exported
from training.detector.train import BEFORE, CHECKPOINT
from training.exported import convert, difference, fingerprint, runner
from training.folders import MODELS
from training.schedule import mean_weights

NAME = "alpr_detector"
CLOSE_ENOUGH = 2e-3
"""Largest difference allowed: scores are 0 to 1, distances are pixels."""


def load(checkpoints: Sequence[Path]) -> Exported:
    """The mean of the averaged weights of some checkpoints, ready to run."""
    states = [mean_weights(path) for path in checkpoints]
    net = Detector()
    net.load_state_dict({name: _mean([state[name] for state in states]) for name in states[0]})
    return Exported(net).eval()


def _mean(same: Sequence[Tensor]) -> Tensor:
    return torch.stack(tuple(same)).mean(0) if same[0].dtype.is_floating_point else same[0]


def main() -> None:
    """Export, compare, and print the hashes."""
    parser = argparse.ArgumentParser(prog="python -m training.detector.export")
    parser.add_argument("--folder", type=Path, default=MODELS)
    parser.add_argument("--with-before", action="store_true", help="mean of two schedules")
    chosen = parser.parse_args()
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    net = load([CHECKPOINT, BEFORE] if chosen.with_before else [CHECKPOINT])
    convert(net, torch.rand(1, 3, HEIGHT, WIDTH), folder, NAME)
    param, weights = folder / f"{NAME}.param", folder / f"{NAME}.bin"
    worst = difference(net, runner(param, weights), ((HEIGHT, WIDTH), (320, 320)))
    print(f"largest difference between PyTorch and ncnn: {worst:.1e}")
    if worst > CLOSE_ENOUGH:
        raise SystemExit("ncnn does not answer as PyTorch does")
    for path in (param, weights):
        print(fingerprint(path))


if __name__ == "__main__":
    main()
