"""Weights out of exported ncnn files, to go on training from what is shipped.

The format is that of ncnn's ``ModelBin``: layer by layer in the order of the .param file; before
the weights of most layers four bytes say how they are stored, biases follow as 32-bit numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

HALF = 0x01306B47
"""Says that weights are stored in 16 bits; 0 says 32."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer with weights: flat, in the order in which PyTorch keeps them."""

    kind: str
    weight: Numbers
    bias: Numbers | None


@dataclass(slots=True)
class _File:
    """Reads on from where it stopped."""

    data: bytes
    at: int = 0

    def plain(self, count: int) -> Numbers:
        """So many 32-bit numbers."""
        return self._take("<f4", count)

    def tagged(self, count: int) -> Numbers:
        """So many numbers, stored as the four bytes before them say."""
        tag = int(self._take("<u4", 1)[0])
        if tag not in (0, HALF):
            raise ValueError(f"weights are stored in a way that is not known: {tag:#x}")
        if tag == 0:
            return self.plain(count)
        numbers = self._take("<f2", count)
        self.at += -self.at % 4
        return numbers

    def _take(self, kind: str, count: int) -> Numbers:
        size = np.dtype(kind).itemsize * count
        if self.at + size > len(self.data):
            raise ValueError("the file of weights is too short")
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += size
        return found.astype(np.float32) if kind != "<u4" else found


def layers(param: Path, weights: Path) -> list[Layer]:
    """Convolutions and matrix products with their weights, in the order in which they run.

    :raises ValueError: the two files do not belong together, or hold what is not known here.
    """
    file = _File(weights.read_bytes())
    found = [
        layer
        for line in param.read_text().splitlines()[2:]
        if (layer := _layer(line.split(), file)) is not None
    ]
    if file.at != len(file.data):
        raise ValueError("the file of weights holds more than the layers need")
    return found


def _layer(words: list[str], file: _File) -> Layer | None:
    kind = words[0]
    options = dict(word.split("=") for word in words[4 + int(words[2]) + int(words[3]) :])
    if kind in {"Convolution", "ConvolutionDepthWise"}:
        has_bias, count = options.get("5") == "1", int(options["6"])
    elif kind == "InnerProduct":
        has_bias, count = options.get("1") == "1", int(options["2"])
    elif kind == "Gemm" and options.get("5") == "1":
        file.tagged(int(options["8"]) * int(options["9"]))
        return None
    else:
        return None
    weight = file.tagged(count)
    return Layer(kind, weight, file.plain(int(options["0"])) if has_bias else None)
