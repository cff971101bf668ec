"""Weights out of exported files: every number in its place, and nothing guessed."""

from __future__ import annotations

from pathlib import Path
import struct

import numpy as np
import pytest

from training.ncnn_file import HALF, layers

MODELS = Path(__file__).parents[2] / "custom_components/alpr_gate/alpr/vision/models"
PARAM = """7767517
4 4
Input       in0    0 1 in0
Convolution conv_0 1 1 in0 1 0=1 1=3 5=1 6=3
Swish       silu_0 1 1 1 2
InnerProduct fc_0  1 1 2 out0 0=2 1=0 2=4
"""
CONVOLUTION, BIAS, PRODUCT = [0.5, -1.0, 2.0], [0.1], [1.0, 2.0, 3.0, 4.0]


def stored(tag: int) -> bytes:
    """The weights of ``PARAM``, its convolution's as ``tag`` says."""
    kind = "e" if tag == HALF else "f"
    first = struct.pack(f"<I3{kind}", tag, *CONVOLUTION)
    first += bytes(-len(first) % 4)
    return first + struct.pack("<f", *BIAS) + struct.pack("<I4f", 0, *PRODUCT)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    param, weights = tmp_path / "net.param", tmp_path / "net.bin"
    param.write_text(PARAM)
    return param, weights


@pytest.mark.parametrize("tag", [0, HALF])
def test_every_weight_and_bias_comes_back_however_it_was_stored(
    files: tuple[Path, Path], tag: int
) -> None:
    files[1].write_bytes(stored(tag))
    convolution, product = layers(*files)
    assert convolution.weight.tolist() == CONVOLUTION
    assert convolution.bias is not None
    assert np.allclose(convolution.bias, BIAS)
    assert product.weight.tolist() == PRODUCT
    assert product.bias is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-1], "too short"),
        (lambda data: data + b"\0\0\0\0", "more than"),
        (lambda data: b"\1" + data[1:], "not known"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    files: tuple[Path, Path], change: object, said: str
) -> None:
    assert callable(change)
    files[1].write_bytes(change(stored(0)))
    with pytest.raises(ValueError, match=said):
        layers(*files)


@pytest.mark.parametrize("name", ["alpr_refiner", "alpr_detector"])
def test_the_shipped_files_are_understood_to_their_last_byte(name: str) -> None:
    found = layers(MODELS / f"{name}.param", MODELS / f"{name}.bin")
    assert found[0].weight.size == 3 * 4 * 4 * len(
        found[0].bias if found[0].bias is not None else ()
    )
    assert all(np.isfinite(layer.weight).all() for layer in found)
