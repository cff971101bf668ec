"""From a choice of backend and a folder of models to a recogniser that is ready to read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ..types import EngineIdentity
from .catalog import Decoder, ModelFormat, Role
from .errors import ModelProblem, ModelRefused
from .model_files import models_in
from .pipeline import Recogniser
from .search import Limits, PlateSearch

if TYPE_CHECKING:
    from .backends.base import Detector, Reader
    from .model_files import FoundModel

VERSION = "15"
"""Counts up whenever the same picture and the same weights may give another answer."""

LIMITS = Limits(plate=0.6, first=0.5)
"""For the built-in networks: chosen on drawn scenes, held-back dash-camera frames and close
pictures of cars."""

BUILT_IN = Path(__file__).parent / "models"


class Backend(StrEnum):
    """What runs the networks."""

    NCNN = "ncnn"
    FAST_PLATE_OCR = "fast_plate_ocr"


def load_recogniser(
    backend: Backend, *, models: Path | None = None, threads: int = 1
) -> Recogniser:
    """Load a detector and a reader.

    Args:
        backend: what runs them.
        models: a folder, see ``model_files``; None means the models that come with the library.
        threads: for each network. One is best for small networks and on a busy machine.

    Raises:
        ModelRefused: a model is missing, unknown, altered, or cannot be run here.
    """
    folder = BUILT_IN if models is None else models
    found = _found(folder, built_in=models is None)
    detector: Detector
    reader: Reader
    if backend is Backend.NCNN:
        detector = _ncnn_detector(found, folder, threads)
        reader = _ncnn_reader(_pick(found, Role.READER, ModelFormat.NCNN, folder), threads)
    else:
        detector = _detector_for_fast_plate_ocr(found, folder, threads)
        reader = _fast_plate_ocr_reader(
            _pick(found, Role.READER, ModelFormat.ONNX, folder), threads
        )
    identities = (*detector.identities, reader.identity)
    identity = EngineIdentity(VERSION, backend.value, identities)
    return Recogniser(detector, reader, identity)


def _found(folder: Path, *, built_in: bool) -> tuple[FoundModel, ...]:
    try:
        return models_in(folder)
    except ModelRefused as refused:
        if built_in and refused.problem is ModelProblem.MISSING:
            raise ModelRefused(
                ModelProblem.MISSING,
                "this copy comes without built-in models; name a folder that holds some",
            ) from None
        raise


def _pick(
    found: tuple[FoundModel, ...], role: Role, wanted: ModelFormat, folder: Path
) -> FoundModel:
    for model in found:
        if model.spec.role is role and model.spec.format is wanted:
            return model
    advice = (
        "convert the ONNX files with scripts/convert-models and name the folder it writes"
        if wanted is ModelFormat.NCNN
        else "choose the built-in engine, or a folder that holds one"
    )
    raise ModelRefused(
        ModelProblem.MISSING, f"there is no {role.value} for {wanted.value} in {folder}; {advice}"
    )


def _ncnn_detector(found: tuple[FoundModel, ...], folder: Path, threads: int) -> Detector:
    """A detector; ours is one of two networks."""
    from .backends.ncnn import (  # noqa: PLC0415 - only the chosen backend is imported
        CornerDetector,
        OnePlateRefiner,
        YoloDetector,
    )

    model = _pick(found, Role.DETECTOR, ModelFormat.NCNN, folder)
    if model.spec.decoder is not Decoder.CORNERS:
        return YoloDetector(model, threads)
    refiner = _pick(found, Role.REFINER, ModelFormat.NCNN, folder)
    return PlateSearch(CornerDetector(model, threads), OnePlateRefiner(refiner, threads), LIMITS)


def _ncnn_reader(model: FoundModel, threads: int) -> Reader:
    from .backends.ncnn import JointReader, SlotReader  # noqa: PLC0415

    if model.spec.decoder is Decoder.SLOTS_AND_COLUMNS:
        return JointReader(model, threads)
    return SlotReader(model, threads)


def _detector_for_fast_plate_ocr(
    found: tuple[FoundModel, ...], folder: Path, threads: int
) -> Detector:
    """A detector of open-image-models, or ours on ncnn where the folder has only that."""
    from .backends.fast_plate_ocr import OpenImageModelsDetector  # noqa: PLC0415

    for model in found:
        if model.spec.format is ModelFormat.ONNX and model.spec.decoder is Decoder.YOLO_V9:
            return OpenImageModelsDetector(model, threads)
    return _ncnn_detector(found, folder, threads)


def _fast_plate_ocr_reader(model: FoundModel, threads: int) -> Reader:
    from .backends.fast_plate_ocr import (  # noqa: PLC0415
        FastPlateOcrJointReader,
        FastPlateOcrReader,
    )

    if model.spec.decoder is Decoder.SLOTS_AND_COLUMNS:
        return FastPlateOcrJointReader(model, threads)
    return FastPlateOcrReader(model, threads)
