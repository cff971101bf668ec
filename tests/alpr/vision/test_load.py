from __future__ import annotations

import json
from pathlib import Path

import pytest

from custom_components.alpr_gate.alpr.vision import load
from custom_components.alpr_gate.alpr.vision.catalog import ModelFormat, Role
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.load import Backend, load_recogniser

from .test_fast_plate_ocr import CONFIG, constant_network, onnx
from .test_ncnn import network, unary


def problem(backend: Backend, models: Path | None) -> ModelRefused:
    with pytest.raises(ModelRefused) as caught:
        load_recogniser(backend, models=models)
    return caught.value


def folder_of_tiny_networks(folder: Path) -> Path:
    """A detector and a reader for ncnn, and a reader for fast-plate-ocr."""
    import numpy as np

    from custom_components.alpr_gate.alpr.vision.model_files import manifest_entry

    from .test_fast_plate_ocr import model_of

    entries = []
    for role in (Role.DETECTOR, Role.READER):
        work = folder / role.value
        work.mkdir()
        spec = network(work, unary("a", "in0", "out0", 0), role=role, side=16).spec
        entry = manifest_entry(spec)
        for file in entry["files"]:
            new_name = f"{role.value}{Path(file['name']).suffix}"
            (work / file["name"]).rename(folder / new_name)
            file["name"] = new_name
        entries.append(entry)
    answer = np.array([[[0.0, 0.0, 0.0, 1.0]] * 3])
    contents = {
        "net.onnx": constant_network(
            onnx.TensorProto.UINT8,
            [1, 16, 32, 3],
            {"plate": answer, "region": np.array([[0.5, 0.5]])},
        ),
        "net.yaml": CONFIG.format(mode="rgb").encode(),
    }
    entries.append(manifest_entry(model_of(folder, Role.READER, contents).spec))
    (folder / "models.json").write_text(json.dumps({"version": 1, "models": entries}))
    return folder


def test_both_networks_of_a_folder_are_named_in_the_identity(tmp_path: Path) -> None:
    recogniser = load_recogniser(Backend.NCNN, models=folder_of_tiny_networks(tmp_path))
    assert recogniser.identity.backend == "ncnn"
    assert recogniser.identity.models == (
        *recogniser.detector.identities,
        recogniser.reader.identity,
    )
    assert all(len(model.sha256) == 64 for model in recogniser.identity.models)


def test_the_second_backend_takes_our_detector_where_there_is_no_other(tmp_path: Path) -> None:
    from custom_components.alpr_gate.alpr.vision.backends.fast_plate_ocr import FastPlateOcrReader
    from custom_components.alpr_gate.alpr.vision.backends.ncnn import YoloDetector

    recogniser = load_recogniser(Backend.FAST_PLATE_OCR, models=folder_of_tiny_networks(tmp_path))
    assert recogniser.identity.backend == "fast_plate_ocr"
    assert isinstance(recogniser.detector, YoloDetector)
    assert isinstance(recogniser.reader, FastPlateOcrReader)


def test_one_altered_byte_anywhere_stops_the_loading(tmp_path: Path) -> None:
    folder = folder_of_tiny_networks(tmp_path)
    for name in ("detector.bin", "detector.param", "reader.bin", "reader.param"):
        path = folder / name
        original = path.read_bytes()
        path.write_bytes(bytes([original[0] ^ 1]) + original[1:])
        assert problem(Backend.NCNN, folder).problem is ModelProblem.WRONG_HASH
        path.write_bytes(original)
    load_recogniser(Backend.NCNN, models=folder)


def test_a_folder_of_onnx_files_says_how_to_convert_them(tmp_path: Path) -> None:
    folder = folder_of_tiny_networks(tmp_path)
    manifest = json.loads((folder / "models.json").read_text())
    manifest["models"] = [
        each for each in manifest["models"] if each["format"] == ModelFormat.ONNX.value
    ]
    (folder / "models.json").write_text(json.dumps(manifest))
    refused = problem(Backend.NCNN, folder)
    assert refused.problem is ModelProblem.MISSING
    assert "scripts/convert-models" in refused.detail


def test_a_copy_without_built_in_models_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "BUILT_IN", tmp_path / "models")
    refused = problem(Backend.NCNN, None)
    assert refused.problem is ModelProblem.MISSING
    assert "built-in" in refused.detail
