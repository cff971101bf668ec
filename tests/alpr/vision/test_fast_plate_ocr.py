"""The packages' backend on ONNX networks that answer a constant, made here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from custom_components.alpr_gate.alpr.types import Box
from custom_components.alpr_gate.alpr.vision.catalog import (
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
    Role,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.model_files import FoundModel

onnx = pytest.importorskip("onnx")
pytest.importorskip("fast_plate_ocr", reason="fast-plate-ocr is not installed")
pytest.importorskip("open_image_models", reason="open-image-models is not installed")

from custom_components.alpr_gate.alpr.vision.backends.fast_plate_ocr import (  # noqa: E402
    FastPlateOcrJointReader,
    FastPlateOcrReader,
    OpenImageModelsDetector,
)

PICTURE = np.full((40, 80, 3), 120, np.uint8)
CONFIG = """
max_plate_slots: 3
alphabet: 'AB1_'
pad_char: '_'
img_height: 16
img_width: 32
image_color_mode: {mode}
plate_regions: ['Here', 'Unknown']
"""


def constant_network(
    kind: int, shape: list[int], answers: dict[str, np.ndarray], *, dtype: type = np.float32
) -> bytes:
    """A network that ignores its input, named ``input``."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value.astype(dtype)))
        for name, value in answers.items()
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, list(value.shape))
        for name, value in answers.items()
    ]
    graph = helper.make_graph(
        nodes, "constant", [helper.make_tensor_value_info("input", kind, shape)], outputs
    )
    opset = helper.make_opsetid("", 15)
    serialised: bytes = helper.make_model(
        graph, opset_imports=[opset], ir_version=8
    ).SerializeToString()
    return serialised


def model_of(folder: Path, role: Role, contents: dict[str, bytes]) -> FoundModel:
    files = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        files.append(ModelFile(name, len(content), hashlib.sha256(content).hexdigest()))
    decoder = Decoder.YOLO_V9 if role is Role.DETECTOR else Decoder.SLOTS
    spec = ModelSpec("tiny", role, ModelFormat.ONNX, decoder, tuple(files), (32, 32), "MIT")
    return FoundModel(spec, folder)


def detector(folder: Path, *rows: tuple[float, ...]) -> OpenImageModelsDetector:
    """Rows are: picture, x1, y1, x2, y2, class, score."""
    network = constant_network(
        onnx.TensorProto.FLOAT, [1, 3, 32, 32], {"output": np.array(rows).reshape(-1, 7)}
    )
    return OpenImageModelsDetector(model_of(folder, Role.DETECTOR, {"net.onnx": network}))


def reader(folder: Path, slots: list[list[float]], *, mode: str = "rgb") -> FastPlateOcrReader:
    network = constant_network(
        onnx.TensorProto.UINT8,
        [1, 16, 32, 3 if mode == "rgb" else 1],
        {"plate": np.array([slots]), "region": np.array([[0.8, 0.2]])},
    )
    contents = {"net.onnx": network, "net.yaml": CONFIG.format(mode=mode).encode()}
    return FastPlateOcrReader(model_of(folder, Role.READER, contents))


def test_boxes_come_back_in_pixels_of_the_picture_the_surest_first(tmp_path: Path) -> None:
    # 80 x 40 is fitted into 32 x 32 at 0.4, with 8 rows of padding above.
    found = detector(tmp_path, (0, 4, 12, 12, 16, 0, 0.5), (0, 8, 12, 16, 16, 0, 0.9))
    boxes = found.detect(PICTURE)
    assert [each.box for each in boxes] == [Box(20, 10, 40, 20), Box(10, 10, 30, 20)]
    assert [each.score for each in boxes] == pytest.approx([0.9, 0.5])


@pytest.mark.parametrize(
    "row",
    [
        (0, np.nan, 12, 12, 16, 0, 0.9),
        (0, np.inf, 12, 12, 16, 0, 0.9),
        (0, 4, 12, 12, 16, 0, np.nan),
        (0, 4, 12, 12, 16, 0, 7.5),
    ],
    ids=["nan box", "infinite box", "nan score", "score over one"],
)
def test_a_detector_that_answers_nonsense_is_not_believed(
    tmp_path: Path, row: tuple[float, ...]
) -> None:
    with pytest.raises(ModelRefused) as caught:
        detector(tmp_path, row).detect(PICTURE)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_a_detector_that_fails_is_no_picture_without_plates(tmp_path: Path) -> None:
    found = detector(tmp_path, (0, 4, 12, 12, 16, 0, 0.5))

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    found._session._session = type("Session", (), {"run": fail})()
    with pytest.raises(ModelRefused) as caught:
        found.detect(PICTURE)
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


@pytest.mark.parametrize("mode", ["rgb", "grayscale"])
def test_a_plate_is_read_with_alternatives_and_region(tmp_path: Path, mode: str) -> None:
    slots = [[0.7, 0.3, 0.0, 0.0], [0.0, 0.0, 0.9, 0.1], [0.0, 0.0, 0.0, 1.0]]
    reading = reader(tmp_path, slots, mode=mode).read([PICTURE])
    assert reading.text == "A1"
    assert reading.region == "Here"
    letter, probability = reading.characters[0][1]
    assert letter == "B"
    assert probability == pytest.approx(0.3)


def test_a_reader_that_answers_nan_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused) as caught:
        reader(tmp_path, [[np.nan] * 4] * 3).read([PICTURE])
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_a_second_head_that_the_package_does_not_know_is_read_too(tmp_path: Path) -> None:
    # The slots cannot tell A from B in the second place; the columns can.
    slots = [[1.0, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 0, 1.0]]
    columns = [[0.97, 0.01, 0.01, 0.01], [0.01, 0.01, 0.01, 0.97], [0.01, 0.97, 0.01, 0.01]]
    network = constant_network(
        onnx.TensorProto.UINT8,
        [1, 16, 32, 3],
        {"plate": np.array([slots]), "columns": np.array([columns])},
    )
    contents = {"net.onnx": network, "net.yaml": CONFIG.format(mode="rgb").encode()}
    model = model_of(tmp_path, Role.READER, contents)
    reading = FastPlateOcrJointReader(model).read([PICTURE])
    assert reading.text == "AB"
    assert FastPlateOcrReader(model).read([PICTURE]).characters[1][0][1] == pytest.approx(0.5)


def test_a_second_head_that_is_not_there_is_refused(tmp_path: Path) -> None:
    network = constant_network(
        onnx.TensorProto.UINT8, [1, 16, 32, 3], {"plate": np.array([[[0, 0, 0, 1.0]] * 3])}
    )
    contents = {"net.onnx": network, "net.yaml": CONFIG.format(mode="rgb").encode()}
    model = model_of(tmp_path, Role.READER, contents)
    with pytest.raises(ModelRefused) as caught:
        FastPlateOcrJointReader(model).read([PICTURE])
    assert caught.value.problem is ModelProblem.BAD_OUTPUT


def test_an_altered_network_is_not_loaded(tmp_path: Path) -> None:
    reader(tmp_path, [[0, 0, 0, 1]] * 3)
    network = tmp_path / "net.onnx"
    original = network.read_bytes()
    model = model_of(
        tmp_path,
        Role.READER,
        {"net.onnx": original, "net.yaml": CONFIG.format(mode="rgb").encode()},
    )
    network.write_bytes(original[:-1] + b"!")
    with pytest.raises(ModelRefused) as caught:
        FastPlateOcrReader(model)
    assert caught.value.problem is ModelProblem.WRONG_HASH


@pytest.mark.parametrize("alphabet", ["ab1_", "AA1_", "АB1_"])
def test_a_plate_config_with_letters_that_are_on_no_plate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alphabet: str
) -> None:
    monkeypatch.setitem(globals(), "CONFIG", CONFIG.replace("AB1_", alphabet))
    with pytest.raises(ModelRefused) as caught:
        reader(tmp_path, [[0, 0, 0, 1]] * 3)
    assert caught.value.problem is ModelProblem.BAD_MANIFEST


def test_a_file_that_is_no_network_is_refused_though_its_hash_is_right(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused) as caught:
        OpenImageModelsDetector(model_of(tmp_path, Role.DETECTOR, {"net.onnx": b"no network"}))
    assert caught.value.problem is ModelProblem.UNREADABLE


def test_where_a_package_is_missing_the_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    model = model_of(tmp_path, Role.DETECTOR, {"net.onnx": b"unused"})
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelRefused) as caught:
        OpenImageModelsDetector(model)
    assert caught.value.problem is ModelProblem.BACKEND_MISSING
    assert "onnxruntime" in caught.value.detail
