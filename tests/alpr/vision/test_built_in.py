"""The models that come with the library, on scenes drawn here."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
import subprocess
import sys
import time

import numpy as np
from PIL import Image
import pytest

from custom_components.alpr_gate.alpr.vision.backends.base import Reading
from custom_components.alpr_gate.alpr.vision.backends.ncnn import JointReader, Network
from custom_components.alpr_gate.alpr.vision.catalog import ModelFormat, Role
from custom_components.alpr_gate.alpr.vision.decode import Pixels, decode
from custom_components.alpr_gate.alpr.vision.detect import Floats
from custom_components.alpr_gate.alpr.vision.load import BUILT_IN, Backend, load_recogniser
from custom_components.alpr_gate.alpr.vision.model_files import FoundModel, models_in
from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser, plate_crops
from training.scenes import draw_scene

ROOT = Path(__file__).parents[3]
SHIPPED_BYTES = 8_000_000
TEXTS = ("BK47LMR", "7XRT291", "HJ05PWD", "QVX3184", "RT62ZKA", "D4718FN", "WLM9036", "EYC25TB")


def photograph(number: int) -> bytes:
    """A drawn car, near, by day, as a camera would send it."""
    rng = np.random.default_rng((5, number))
    scene = draw_scene(
        rng, plate_text=TEXTS[number], style="eu", light="day", distance=5.0, yaw=0.05, side=0.0
    )
    target = io.BytesIO()
    Image.fromarray(scene.rgb).save(target, "JPEG", quality=90)
    return target.getvalue()


@pytest.fixture(scope="module")
def photographs() -> list[bytes]:
    return [photograph(number) for number in range(len(TEXTS))]


@pytest.fixture(scope="module")
def built_in() -> Recogniser:
    return load_recogniser(Backend.NCNN)


def texts(recogniser: Recogniser, body: bytes) -> list[str]:
    return [plate.text for plate in recogniser.read(body).plates]


def test_every_built_in_file_has_its_hash_and_together_they_are_small() -> None:
    models = models_in(BUILT_IN)
    files = {path for model in models for path in model.verified()}
    assert sum(path.stat().st_size for path in files) < SHIPPED_BYTES
    assert {(model.spec.role, model.spec.format) for model in models} == {
        (Role.DETECTOR, ModelFormat.NCNN),
        (Role.REFINER, ModelFormat.NCNN),
        (Role.READER, ModelFormat.NCNN),
        (Role.READER, ModelFormat.ONNX),
    }
    assert all(model.spec.licence == "MIT" for model in models)


def test_no_other_weights_lie_beside_them() -> None:
    described = {file.name for model in models_in(BUILT_IN) for file in model.spec.files}
    weights = {
        path.name
        for path in BUILT_IN.iterdir()
        if path.suffix in {".bin", ".param", ".onnx", ".pt", ".yaml"}
    }
    assert weights == described


@pytest.mark.slow
def test_a_near_car_by_day_is_read(built_in: Recogniser, photographs: list[bytes]) -> None:
    read = [texts(built_in, body)[:1] for body in photographs]
    right = sum(found == [text] for found, text in zip(read, TEXTS, strict=True))
    assert right >= len(TEXTS) / 2, read
    assert all(read), "a plate was found and read in every picture"


@pytest.fixture(scope="module")
def crops(built_in: Recogniser, photographs: list[bytes]) -> list[tuple[Pixels, ...]]:
    """The first plate of every photograph, cut out as the reader wants it."""
    found = []
    for body in photographs:
        pixels = decode(body).pixels
        detection = built_in.detector.detect(pixels)[0]
        found.append(
            tuple(plate_crops(pixels, detection, built_in.reader.margins, built_in.reader.size))
        )
    return found


@pytest.mark.slow
def test_the_reader_says_the_same_in_fast_plate_ocr(crops: list[tuple[Pixels, ...]]) -> None:
    pytest.importorskip("fast_plate_ocr", reason="fast-plate-ocr is not installed")
    package = load_recogniser(Backend.FAST_PLATE_OCR).reader
    ncnn = JointReader(reader_file(ModelFormat.NCNN))
    for cut in crops:
        ours, theirs = ncnn.read(cut), package.read(cut)
        assert ours.text == theirs.text
        for one, other in zip(ours.characters, theirs.characters, strict=True):
            assert dict(one) == pytest.approx(dict(other), abs=0.01)


@pytest.mark.slow
def test_the_package_reads_our_reader_by_itself(photographs: list[bytes]) -> None:
    fast_plate_ocr = pytest.importorskip("fast_plate_ocr", reason="fast-plate-ocr is missing")
    detector = load_recogniser(Backend.NCNN).detector
    files = {path.suffix: path for path in reader_file(ModelFormat.ONNX).verified()}
    package = fast_plate_ocr.LicensePlateRecognizer(
        onnx_model_path=files[".onnx"], plate_config_path=files[".yaml"], device="cpu"
    )
    right = 0
    for body, text in zip(photographs, TEXTS, strict=True):
        pixels = decode(body).pixels
        crop = next(plate_crops(pixels, detector.detect(pixels)[0], (0.05,), (128, 64)))
        right += package.run_one(np.ascontiguousarray(crop)).plate == text
    assert right >= len(TEXTS) - 2


@pytest.mark.slow
def test_only_a_plate_that_leaves_a_doubt_is_read_more_than_once(
    crops: list[tuple[Pixels, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = JointReader(reader_file(ModelFormat.NCNN))
    runs = 0
    run = Network.run

    def counted(network: Network, values: Floats, outputs: tuple[str, ...]) -> tuple[Floats, ...]:
        nonlocal runs
        runs += 1
        return run(network, values, outputs)

    monkeypatch.setattr(Network, "run", counted)
    clear = max(crops, key=lambda cut: weakest(reader.read(cut[:1])))
    runs = 0
    not_needed = iter(clear)
    reader.read(not_needed)
    assert runs == 1
    assert len(tuple(not_needed)) == len(clear) - 1
    blank = tuple(np.full_like(crop, 120) for crop in clear)
    runs = 0
    reader.read(blank)
    assert runs == len(clear)


def reader_file(wanted: ModelFormat) -> FoundModel:
    return next(
        model
        for model in models_in(BUILT_IN)
        if model.spec.role is Role.READER and model.spec.format is wanted
    )


def weakest(reading: Reading) -> float:
    return min((character[0][1] for character in reading.characters), default=0.0)


@pytest.mark.slow
def test_the_command_is_ready_at_once_and_stays_small(
    tmp_path: Path, photographs: list[bytes]
) -> None:
    photo = tmp_path / "car.jpg"
    photo.write_bytes(photographs[0])
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "custom_components" / "alpr_gate")}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "alpr", "bench", "--json", photo],
        env=environment,
        capture_output=True,
        check=True,
    )
    # Two seconds on a quiet machine; tests run beside each other.
    assert time.perf_counter() - started < 8
    figures = json.loads(done.stdout)
    assert figures["plates"] >= 1
    assert figures["peak_mb"] < 150
