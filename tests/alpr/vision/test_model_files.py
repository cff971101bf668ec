from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.alpr_gate.alpr.vision import model_files
from custom_components.alpr_gate.alpr.vision.catalog import (
    KNOWN_MODELS,
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
    Role,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from custom_components.alpr_gate.alpr.vision.model_files import (
    FoundModel,
    manifest_entry,
    models_in,
    read_manifest,
)

CONTENT = b"these are weights"


def described(name: str = "net.onnx", content: bytes = CONTENT) -> ModelFile:
    return ModelFile(name, len(content), hashlib.sha256(content).hexdigest())


def spec(*files: ModelFile) -> ModelSpec:
    return ModelSpec(
        name="own",
        role=Role.READER,
        format=ModelFormat.ONNX,
        decoder=Decoder.SLOTS,
        files=files or (described(),),
        input_size=(128, 64),
        licence="MIT",
        alphabet="AB_",
        pad="_",
        regions=("Here", "Unknown"),
    )


def folder_with(tmp_path: Path, manifest: Any, content: bytes = CONTENT) -> Path:
    (tmp_path / "net.onnx").write_bytes(content)
    (tmp_path / "models.json").write_text(
        manifest if isinstance(manifest, str) else json.dumps(manifest)
    )
    return tmp_path


def manifest(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "models": [manifest_entry(spec()) | changes]}


def problem_of(folder: Path) -> ModelProblem:
    with pytest.raises(ModelRefused) as caught:
        [model.verified() for model in models_in(folder)]
    assert caught.value.detail
    return caught.value.problem


def test_a_model_in_a_manifest_is_found_and_whole(tmp_path: Path) -> None:
    (found,) = models_in(folder_with(tmp_path, manifest()))
    assert found.spec == spec()
    assert found.verified() == (tmp_path / "net.onnx",)


@pytest.mark.parametrize(
    "content", [CONTENT[:-1], CONTENT + b"!", b"Those are weights", b""], ids=repr
)
def test_a_file_with_another_hash_is_not_used(tmp_path: Path, content: bytes) -> None:
    folder = folder_with(tmp_path, manifest(), content)
    assert problem_of(folder) is ModelProblem.WRONG_HASH


def test_a_file_altered_after_it_was_found_is_not_used(tmp_path: Path) -> None:
    (found,) = models_in(folder_with(tmp_path, manifest()))
    (tmp_path / "net.onnx").write_bytes(b"these are WEIGHTS")
    with pytest.raises(ModelRefused) as caught:
        found.verified()
    assert caught.value.problem is ModelProblem.WRONG_HASH


def test_a_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, manifest())
    (folder / "net.onnx").unlink()
    assert problem_of(folder) is ModelProblem.MISSING


@pytest.mark.parametrize("name", ["../net.onnx", "/etc/passwd", "a/b.onnx", "..", "", "a\\b"])
def test_a_manifest_cannot_name_a_file_outside_its_folder(tmp_path: Path, name: str) -> None:
    entry = {"name": name, "size": 3, "sha256": "0" * 64}
    folder = folder_with(tmp_path, manifest(files=[entry]))
    assert problem_of(folder) is ModelProblem.BAD_MANIFEST


@pytest.mark.parametrize(
    "broken",
    [
        "not json",
        "[]",
        "{}",
        '{"version": 2, "models": []}',
        '{"version": 1, "models": [3]}',
        '{"version": 1, "models": {"a": 1}}',
        json.dumps(manifest(role="judge")),
        json.dumps(manifest(decoder="exec")),
        json.dumps(manifest(files=[])),
        json.dumps(manifest(margins=[])),
        json.dumps(manifest(margins=[0.1] * 100)),
        json.dumps(manifest(margins=[0.1, -0.5])),
        json.dumps(manifest(margins=["NaN"])),
        json.dumps(manifest(input_size=[0, 5])),
        json.dumps(manifest(input_size=[10**9, 64])),
        json.dumps(manifest(files=[{"name": "net.onnx", "size": 3, "sha256": "short"}])),
        json.dumps(manifest(files=[{"name": "net.onnx", "size": -1, "sha256": "0" * 64}])),
        json.dumps(manifest(files=[{"name": "net.onnx", "size": 3}])),
        "\xff" + " " * 300_000,
        json.dumps(manifest(name="Kennzeichen für den Hof")),
        json.dumps(manifest(name="two\nlines")),
        json.dumps(manifest(name="")),
        json.dumps(manifest(name="a" * 129)),
        json.dumps(manifest(name=None)),
        json.dumps(manifest(alphabet="ab_")),
        json.dumps(manifest(alphabet="ABA_")),
        json.dumps(manifest(alphabet="AB")),
        json.dumps(manifest(alphabet="_")),
        json.dumps(manifest(alphabet="АB_")),
        json.dumps(manifest(pad="")),
        json.dumps(manifest(pad="B_")),
        json.dumps(manifest(alphabet="", format="ncnn")),
        json.dumps(manifest(regions=["<b>Here</b>"])),
        json.dumps(manifest(input_size=[float("inf"), 64])),
        json.dumps(manifest(files=[{"name": "a", "size": float("inf"), "sha256": "0" * 64}])),
        json.dumps(manifest(files=[{"name": "a\0b", "size": 3, "sha256": "0" * 64}])),
        json.dumps(manifest(files=[{"name": "\ud800", "size": 3, "sha256": "0" * 64}])),
        pytest.param("[" * 100_000, id="lists in lists"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path: Path, broken: str) -> None:
    assert problem_of(folder_with(tmp_path, broken)) is ModelProblem.BAD_MANIFEST


def test_a_reader_whose_plate_config_says_its_alphabet_need_not_say_it_again(
    tmp_path: Path,
) -> None:
    (found,) = models_in(folder_with(tmp_path, manifest(alphabet="", pad="")))
    assert found.spec.alphabet == ""


def test_a_manifest_reads_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(json.dumps({"version": 1, "models": [manifest_entry(spec())]}))
    assert read_manifest(path) == (spec(),)


def test_files_of_known_models_are_recognised_whatever_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "KNOWN_MODELS", (spec(),))
    (tmp_path / "renamed.onnx").write_bytes(CONTENT)
    (tmp_path / "readme.txt").write_text("hello")
    (found,) = models_in(tmp_path)
    assert found.verified() == (tmp_path / "renamed.onnx",)


def test_files_that_nobody_vouches_for_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(CONTENT)
    assert problem_of(tmp_path) is ModelProblem.UNKNOWN


def test_an_empty_or_absent_folder_has_no_models(tmp_path: Path) -> None:
    assert problem_of(tmp_path) is ModelProblem.MISSING
    assert problem_of(tmp_path / "nowhere") is ModelProblem.MISSING


def test_a_file_larger_than_any_model_is_not_even_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "MOST_MODEL_BYTES", 4)
    (tmp_path / "net.onnx").write_bytes(CONTENT)
    with pytest.raises(ModelRefused) as caught:
        FoundModel(spec(), tmp_path).verified()
    assert caught.value.problem is ModelProblem.TOO_LARGE


def test_every_known_model_names_its_size_hash_licence_and_alphabet() -> None:
    assert len({model.name for model in KNOWN_MODELS}) == len(KNOWN_MODELS)
    for model in KNOWN_MODELS:
        assert model.licence
        assert bool(model.alphabet) is (model.role is Role.READER)
        assert model.pad in model.alphabet
        for file in model.files:
            assert file.size > 0
            assert len(file.sha256) == 64
            assert file.url is None or file.url.startswith("https://")
