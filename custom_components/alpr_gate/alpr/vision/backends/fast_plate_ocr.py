"""The packages fast-plate-ocr and open-image-models as they are, on onnxruntime and OpenCV.

Both keep only the best answer, so their onnxruntime session is wrapped in one that remembers what
the network said: the alternatives come from there, everything else from the packages themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...shapes import is_alphabet
from ...types import Box, ModelIdentity
from ..detect import believable
from ..errors import ModelProblem, ModelRefused
from ..read import likeliest, slot_characters
from .base import Detection, Reading
from .joint_reading import read_jointly

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ..decode import Pixels
    from ..detect import Floats
    from ..model_files import FoundModel

_ON_THE_PROCESSOR = ["CPUExecutionProvider"]


class _RememberingSession:
    """An onnxruntime session that keeps its last answers, or the error it ended with."""

    def __init__(self, session: Any, also: tuple[str, ...] = ()) -> None:
        """``also`` names answers to be kept that the package does not ask for."""
        self._session = session
        self._also = also
        self.answers: list[Any] = []
        self.error: Exception | None = None

    def run(self, outputs: Sequence[str] | None, inputs: dict[str, Any]) -> list[Any]:
        self.answers, self.error = [], None
        wanted = outputs if outputs is None else [*outputs, *self._also]
        try:
            self.answers = self._session.run(wanted, inputs)
        except Exception as error:  # onnxruntime has no common base class for its errors
            self.error = error
            raise
        return self.answers if outputs is None else self.answers[: len(outputs)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def _session_options(threads: int) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - takes a moment, and not everyone has it
    except ImportError:
        raise _missing("onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads take the processor from everything else on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _detector(create_detector: Any, path: Path, options: Any) -> Any:
    return create_detector(
        path,
        backend="yolo_v9",
        class_labels=("License Plate",),
        providers=_ON_THE_PROCESSOR,
        sess_options=options,
    )


class OpenImageModelsDetector:
    """A detector of open-image-models."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it from a local file.

        Raises:
            ModelRefused: as ``FoundModel.verified``; BACKEND_MISSING; UNREADABLE.
        """
        path = model.verified()[0]
        options = _session_options(threads)
        try:
            from open_image_models import create_detector  # noqa: PLC0415
        except ImportError:
            raise _missing("open-image-models") from None
        self.identities = (ModelIdentity(model.spec.name, model.spec.sha256),)
        try:
            self._detector = _detector(create_detector, path, options)
        except Exception as error:  # noqa: BLE001 - see _RememberingSession
            raise _unreadable(path.name, error) from None
        self._detector.model = self._session = _RememberingSession(self._detector.model)

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        try:
            results = self._detector.predict(np.ascontiguousarray(pixels[:, :, ::-1]))
        except ValueError, OverflowError:
            # What int() says to the NaN or infinity of a coordinate.
            raise ModelRefused(ModelProblem.BAD_OUTPUT, "the detector answered with NaN") from None
        if self._session.error is not None:
            # The package answers "nothing found" here.
            raise ModelRefused(
                ModelProblem.BAD_OUTPUT, f"the detector failed: {self._session.error}"
            )
        scores = np.array([result.confidence for result in results], np.float32)
        found = [
            Detection(Box(*(float(edge) for edge in result.bounding_box.xyxy)), float(score))
            for result, score in zip(results, believable(scores, "detector"), strict=True)
        ]
        return tuple(sorted(found, key=lambda each: -each.score))


class _PackageReader:
    """What readers share that feed crops to fast-plate-ocr."""

    also: tuple[str, ...] = ()
    """Answers of the network that are read beside those the package knows."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it from local files.

        Raises:
            ModelRefused: as ``FoundModel.verified``; BACKEND_MISSING; UNREADABLE; BAD_MANIFEST when
                there is no plate config beside the weights.
        """
        paths = {path.suffix: path for path in model.verified()}
        if set(paths) != {".onnx", ".yaml"}:
            raise ModelRefused(
                ModelProblem.BAD_MANIFEST, f"{model.spec.name} needs one .onnx and one .yaml file"
            )
        options = _session_options(threads)
        try:
            from fast_plate_ocr import LicensePlateRecognizer  # noqa: PLC0415
        except ImportError:
            raise _missing("fast-plate-ocr") from None
        self.identity = ModelIdentity(model.spec.name, model.spec.sha256)
        self.margins = model.spec.margins
        self.size = model.spec.input_size
        try:
            self._recogniser: Any = LicensePlateRecognizer(
                onnx_model_path=paths[".onnx"],
                plate_config_path=paths[".yaml"],
                providers=_ON_THE_PROCESSOR,
                sess_options=options,
            )
        except Exception as error:  # noqa: BLE001 - see _RememberingSession
            raise _unreadable(paths[".onnx"].name, error) from None
        self._config: Any = self._recogniser.config
        if not is_alphabet(self._config.alphabet, self._config.pad_char):
            raise ModelRefused(
                ModelProblem.BAD_MANIFEST,
                f"the alphabet in {paths['.yaml'].name} is not of A-Z, 0-9 and a pad",
            )
        self._session = _RememberingSession(self._recogniser.model, self.also)
        self._recogniser.model = self._session

    def _answers(self, crops: Iterable[Pixels]) -> list[Floats]:
        """What the network says to each crop, the positions first; crops x anything."""
        try:
            self._recogniser.run([self._prepared(crop) for crop in crops], return_confidence=True)
        except Exception as error:
            if self._session.error is None:
                raise
            raise ModelRefused(
                ModelProblem.BAD_OUTPUT, f"the reader failed: {self._session.error}"
            ) from error
        return [np.asarray(answer, np.float32) for answer in self._session.answers]

    def _prepared(self, crop: Pixels) -> Pixels:
        """In the colours the package expects arrays to have already."""
        if self._config.image_color_mode == "grayscale":
            grey: Pixels = np.rint(crop @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
            return grey
        return np.ascontiguousarray(crop)


class FastPlateOcrReader(_PackageReader):
    """A reader of fast-plate-ocr: one softmax for each position, possibly one for the region."""

    def read(self, crops: Iterable[Pixels]) -> Reading:
        """See ``Reader``."""
        config = self._config
        slots, *more = (answer.mean(axis=0) for answer in self._answers(crops))
        rows = slots.reshape(config.max_plate_slots, -1)
        region = None
        if more and config.plate_regions:
            region = likeliest(more[0], tuple(config.plate_regions))
        return Reading(slot_characters(rows, config.alphabet, config.pad_char), region)


class FastPlateOcrJointReader(_PackageReader):
    """Our reader in fast-plate-ocr: the package reads one of its two heads, we read both."""

    also = ("columns",)

    def read(self, crops: Iterable[Pixels]) -> Reading:
        """See ``Reader``."""
        return read_jointly(self._look, crops, self._config.alphabet, self._config.pad_char)

    def _look(self, crop: Pixels) -> tuple[Floats, Floats]:
        slots, columns = self._answers([crop])
        return slots.reshape(self._config.max_plate_slots, -1), columns[0]


def _missing(package: str) -> ModelRefused:
    return ModelRefused(
        ModelProblem.BACKEND_MISSING,
        f"the package {package} is not installed here; use the built-in engine, or a remote one",
    )


def _unreadable(name: str, error: Exception) -> ModelRefused:
    return ModelRefused(ModelProblem.UNREADABLE, f"{name} does not load: {error}")
