"""Both backends on the same upstream weights and the same photographs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.alpr_gate.alpr.types import FrameReads
from custom_components.alpr_gate.alpr.vision.backends.ncnn import Network
from custom_components.alpr_gate.alpr.vision.catalog import ModelFormat, Role
from custom_components.alpr_gate.alpr.vision.load import Backend, load_recogniser
from custom_components.alpr_gate.alpr.vision.model_files import models_in
from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
PHOTOS = sorted((SHARED / "data" / "photos").glob("*/*.jpg"))[::6]

pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (SHARED / "models" / "cct_xs_v2_global.onnx").exists(),
        reason="the upstream weights are not beside the repository, in ../shared/models",
    ),
    pytest.mark.skipif(not PHOTOS, reason="there are no photographs in ../shared/data/photos"),
    pytest.mark.skipif(
        importlib.util.find_spec("pnnx") is None, reason="pnnx, the converter, is not installed"
    ),
    pytest.mark.skipif(
        importlib.util.find_spec("fast_plate_ocr") is None,
        reason="fast-plate-ocr is not installed",
    ),
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("converted")
    subprocess.run(
        [sys.executable, "-m", "scripts.convert_models", SHARED / "models", folder],
        cwd=ROOT,
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def ncnn(converted: Path) -> Recogniser:
    return load_recogniser(Backend.NCNN, models=converted)


@pytest.fixture(scope="module")
def packages() -> Recogniser:
    return load_recogniser(Backend.FAST_PLATE_OCR, models=SHARED / "models")


def texts(reads: FrameReads) -> list[str]:
    return [plate.text for plate in reads.plates]


def test_both_backends_read_the_same_text_in_the_same_places(
    ncnn: Recogniser, packages: Recogniser
) -> None:
    assert len(PHOTOS) > 20
    read = 0
    for photo in PHOTOS:
        body = photo.read_bytes()
        ours, theirs = ncnn.read(body), packages.read(body)
        assert texts(ours) == texts(theirs), photo.name
        for one, other in zip(ours.plates, theirs.plates, strict=True):
            # The packages cut the edges of a box to whole pixels.
            assert one.box.x1 - other.box.x1 == pytest.approx(0.5, abs=0.6), photo.name
            assert one.box.y2 - other.box.y2 == pytest.approx(0.5, abs=0.6), photo.name
            assert one.region == other.region, photo.name
            # One grey level of rounding in the scaled crop moves a doubtful character a little.
            assert one.confidence == pytest.approx(other.confidence, abs=0.1), photo.name
        read += bool(ours.plates)
    assert read > 0.9 * len(PHOTOS)


def test_the_converted_reader_answers_the_same_numbers(converted: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    import numpy as np

    (model,) = (each for each in models_in(converted) if each.spec.role is Role.READER)
    assert model.spec.format is ModelFormat.NCNN
    session = onnxruntime.InferenceSession(SHARED / "models" / "cct_xs_v2_global.onnx")
    picture = np.random.default_rng(1).integers(0, 256, (64, 128, 3), np.uint8)
    expected = session.run(None, {"input": picture[None]})
    answers = Network(model, 1).run(picture.astype(np.float32), ("out0", "out1"))
    for answer, wanted in zip(answers, expected, strict=True):
        assert np.abs(answer - wanted[0]).max() < 1e-5
