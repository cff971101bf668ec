"""The ncnn backend on networks a few layers small, written here by hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from custom_components.alpr_gate.alpr.vision.backends.ncnn import (
    Network,
    SlotReader,
    YoloDetector,
)
from custom_components.alpr_gate.alpr.vision.catalog import (
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
    Role,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.model_files import FoundModel

pytest.importorskip("ncnn")

ABSOLUTE, NEGATIVE, LOGARITHM = 0, 1, 8
"""ncnn's numbers of UnaryOp's operations."""


def network(folder: Path, *layers: str, role: Role = Role.READER, side: int = 8) -> FoundModel:
    """A model whose graph is an input named in0 and the layers."""
    blobs = 1 + len(layers)
    graph = f"7767517\n{blobs} {blobs}\nInput in0 0 1 in0\n" + "\n".join(layers) + "\n"
    contents = {"net.bin": b"\x00" * 8, "net.param": graph.encode()}
    files = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        files.append(ModelFile(name, len(content), hashlib.sha256(content).hexdigest()))
    spec = ModelSpec(
        "tiny",
        role,
        ModelFormat.NCNN,
        Decoder.YOLO_V9 if role is Role.DETECTOR else Decoder.SLOTS,
        tuple(files),
        (side, side),
        "MIT",
        alphabet="AB1_",
        pad="_",
    )
    return FoundModel(spec, folder)


def unary(name: str, source: str, target: str, operation: int) -> str:
    return f"UnaryOp {name} 1 1 {source} {target} 0={operation}"


PICTURE = np.full((20, 40, 3), 200, np.uint8)


def test_a_network_that_answers_nan_is_not_believed(tmp_path: Path) -> None:
    model = network(
        tmp_path,
        "Reshape r 1 1 in0 a 0=4 1=48",
        unary("n", "a", "b", NEGATIVE),
        unary("l", "b", "out0", LOGARITHM),
    )
    with pytest.raises(ModelRefused) as caught:
        SlotReader(model).read([PICTURE])
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_a_detector_that_answers_out_of_range_is_not_believed(tmp_path: Path) -> None:
    model = network(
        tmp_path,
        "Reshape r 1 1 in0 a 0=15 1=5",
        unary("n", "a", "out0", NEGATIVE),
        role=Role.DETECTOR,
        side=5,
    )
    with pytest.raises(ModelRefused) as caught:
        YoloDetector(model).detect(PICTURE)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_softmax_rows_are_read_as_characters(tmp_path: Path) -> None:
    # Equal inputs give equal chances: four letters at a quarter each.
    model = network(tmp_path, "Reshape r 1 1 in0 a 0=4 1=48", "Softmax s 1 1 a out0 0=1 1=1")
    reading = SlotReader(model).read([PICTURE])
    assert len(reading.characters) == 48
    assert all(
        probability == pytest.approx(0.25)
        for position in reading.characters
        for _, probability in position
    )


def test_the_answers_for_several_crops_are_averaged(tmp_path: Path) -> None:
    # Brightness decides: the softmax over four pixels of one colour channel each.
    model = network(tmp_path, "Reshape r 1 1 in0 a 0=4 1=48", "Softmax s 1 1 a out0 0=1 1=1")
    reader = SlotReader(model)
    striped = np.zeros((8, 8, 3), np.uint8)
    striped[:, :, 0] = 200
    flat = np.full((8, 8, 3), 90, np.uint8)
    one, other, both = (reader.read(crops) for crops in ([striped], [flat], [striped, flat]))
    for first, second, mean in zip(one.characters, other.characters, both.characters, strict=True):
        chances = [dict(position) for position in (first, second)]
        for letter, probability in mean:
            expected = sum(each.get(letter, 0.0) for each in chances) / 2
            assert probability == pytest.approx(expected, abs=1e-4)


def test_what_a_network_is_fed_is_what_it_gets_whatever_the_memory_does(tmp_path: Path) -> None:
    net = Network(network(tmp_path, unary("a", "in0", "out0", ABSOLUTE)), 1)
    rng = np.random.default_rng(3)
    for _ in range(60):
        values = rng.random((33, 57, 3), np.float32).transpose(2, 0, 1)
        (answer,) = net.run(values, ("out0",))
        _ = [rng.random((33, 57, 3)) for _ in range(3)]
        assert np.array_equal(answer, values)


def test_scaling_is_linear_between_neighbours(tmp_path: Path) -> None:
    net = Network(network(tmp_path, unary("a", "in0", "out0", ABSOLUTE)), 1)
    ramp = np.repeat(np.arange(0, 200, 2, dtype=np.uint8)[None, :, None], 3, axis=2)
    ramp = np.repeat(ramp, 10, axis=0)
    scaled = net.resized(ramp[:, ::1], 200, 5)
    assert scaled.shape == (3, 5, 200)
    assert np.abs(scaled[0, 2, 2:-2] - (np.arange(2, 198) - 0.5)).max() <= 1


def test_an_altered_graph_is_not_loaded(tmp_path: Path) -> None:
    model = network(tmp_path, unary("a", "in0", "out0", ABSOLUTE))
    graph = tmp_path / "net.param"
    graph.write_bytes(graph.read_bytes().replace(b"0=0", b"0=1"))
    with pytest.raises(ModelRefused) as caught:
        SlotReader(model)
    assert caught.value.problem is ModelProblem.WRONG_HASH


def test_a_graph_that_ncnn_does_not_understand_is_refused(tmp_path: Path) -> None:
    model = network(tmp_path, "NoSuchLayer x 1 1 in0 out0")
    with pytest.raises(ModelRefused) as caught:
        SlotReader(model)
    assert caught.value.problem is ModelProblem.UNREADABLE


def test_an_answer_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    net = Network(network(tmp_path, unary("a", "in0", "out0", ABSOLUTE)), 1)
    with pytest.raises(ModelRefused) as caught:
        net.run(np.zeros((3, 4, 4), np.float32), ("out7",))
    assert caught.value.problem is ModelProblem.BAD_OUTPUT
