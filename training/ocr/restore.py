"""Make a checkpoint of the exported reader: ``python -m training.ocr.restore``.

To go on (``training.ocr.train --again``) from what is shipped, or to have it teach the next reader,
where the checkpoint is gone. The ONNX file holds every weight; ``training.restored`` has the rest.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import numpy_helper
import torch
from torch import Tensor

from training.folders import HELD_OUT_PLATES, MODELS
from training.ocr.export import NAME
from training.ocr.net import Reader
from training.ocr.train import BATCH, CHECKPOINT, exact, optimiser_of, validation
from training.restored import Pair, in_order, only_add, paired, separate
from training.schedule import Run, save

Weights = dict[str, Tensor]


def exported_weights(path: Path) -> Weights:
    """Everything an ONNX file holds, by name, in the order of the file."""
    graph = onnx.load(str(path)).graph
    return {each.name: torch.tensor(numpy_helper.to_array(each)) for each in graph.initializer}


def restore(net: Reader, weights: Weights, pictures: Tensor) -> None:
    """Give ``net`` exported weights.

    :param pictures: N x 3 x 64 x 128, RGB 0..255, as they are met in training.
    :raises KeyError: the weights are those of another network.
    """
    pairs = paired(in_order(net.eval(), pictures[:1]))
    with torch.no_grad():
        _named(net, weights)
        _unnamed(net, weights, pairs)
    separate(pairs, net.both, pictures.split(BATCH))


def _named(net: Reader, weights: Weights) -> None:
    """What keeps its name when it is exported."""
    own = net.state_dict()
    for name, value in weights.items():
        if (short := name.removeprefix("net.")) != name:
            own[short].copy_(value)


def _unnamed(net: Reader, weights: Weights, pairs: Sequence[Pair]) -> None:
    """What the exporter has joined or turned: it numbers these, in the order of the network."""
    joined = iter([value for name, value in weights.items() if name.startswith("onnx::Conv")])
    for convolution, norm in pairs:
        convolution.weight.copy_(next(joined))
        only_add(norm, next(joined))
    turned = [value for name, value in weights.items() if name.startswith("onnx::MatMul")]
    asked, first, last = turned
    net.questions.ask.copy_(asked / net.questions.sharpness)
    net.questions.answer[0].weight.copy_(first.T)
    net.questions.answer[2].weight.copy_(last.T)


def main() -> None:
    """Restore the exported reader and say how it reads."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.restore")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--out", type=Path, default=CHECKPOINT)
    chosen = parser.parse_args()
    if chosen.out.exists():
        parser.error(f"there is a checkpoint already: {chosen.out}")
    held_out = validation(HELD_OUT_PLATES)
    net = Reader()
    weights = exported_weights(chosen.models / f"{NAME}.onnx")
    restore(net, weights, held_out.pictures.permute(0, 3, 1, 2).float())
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save(Run(net, net, optimiser_of(net)), chosen.out)
    print(f"held-out exact {exact(net, held_out):.4f}")


if __name__ == "__main__":
    main()
