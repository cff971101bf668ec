"""What the exports of all networks share."""

from __future__ import annotations

from collections.abc import Sequence
import hashlib
from pathlib import Path
import shutil
import tempfile

import ncnn
import numpy as np
import numpy.typing as npt
import pnnx
import torch
from torch import Tensor, nn


def convert(
    net: nn.Module, example: Tensor, folder: Path, name: str, *, half: bool = False
) -> None:
    """Write ``name``.param and .bin into ``folder``: trace the network and convert it with pnnx.

    :param half: store weights in 16 bits; ncnn calculates in 32 all the same.
    """
    with tempfile.TemporaryDirectory() as scratch:
        pnnx.export(net, str(Path(scratch) / "net.pt"), (example,), fp16=half)
        for suffix in ("param", "bin"):
            shutil.copy(Path(scratch) / f"net.ncnn.{suffix}", folder / f"{name}.{suffix}")


def answers(
    network: ncnn.Net, pixels: npt.NDArray[np.float32], outputs: tuple[str, ...] = ("out0",)
) -> list[npt.NDArray[np.float32]]:
    """What a network in ncnn says to an array, which must be contiguous."""
    extractor = network.create_extractor()
    extractor.input("in0", ncnn.Mat(pixels).clone())
    return [np.array(extractor.extract(name)[1], np.float32) for name in outputs]


def runner(param: Path, weights: Path) -> ncnn.Net:
    """A network in ncnn, calculating in float32 as the integration does."""
    net = ncnn.Net()
    net.opt.num_threads = 1
    for option in (
        "use_fp16_packed",
        "use_fp16_storage",
        "use_fp16_arithmetic",
        "use_bf16_storage",
    ):
        setattr(net.opt, option, False)
    net.load_param(str(param))
    net.load_model(str(weights))
    return net


def difference(net: nn.Module, network: ncnn.Net, sizes: Sequence[tuple[int, int]]) -> float:
    """Largest difference between PyTorch and ncnn on random pictures of these (height, width)."""
    worst = 0.0
    for height, width in sizes:
        picture = torch.rand(1, 3, height, width)
        with torch.no_grad():
            said = net(picture)
        expected = said if isinstance(said, tuple) else (said,)
        names = tuple(f"out{number}" for number in range(len(expected)))
        found = answers(network, np.ascontiguousarray(picture[0].numpy()), names)
        for answer, wanted in zip(found, expected, strict=True):
            worst = max(worst, float(np.abs(answer - wanted[0].numpy()).max()))
    return worst


def fingerprint(path: Path) -> str:
    """Hash, name and size of a file."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size}"
