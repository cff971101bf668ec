"""What the exports of all networks share."""

from __future__ import annotations

import hashlib
from pathlib import Path

import ncnn


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


def fingerprint(path: Path) -> str:
    """Hash, name and size of a file."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size}"
