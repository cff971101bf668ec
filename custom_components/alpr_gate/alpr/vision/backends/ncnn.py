"""Networks on ncnn: the default, because it runs on every machine Home Assistant runs on."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from ...types import ModelIdentity
from ..detect import Letterbox, closer_look, corner_detections, yolo_detections
from ..errors import ModelProblem, ModelRefused
from ..read import likeliest, slot_characters
from .base import Reading
from .joint_reading import read_jointly

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..catalog import ModelSpec
    from ..decode import Pixels
    from ..detect import Floats
    from ..model_files import FoundModel
    from .base import CloserLook, Detection

DETECTION_FLOOR = 0.25
"""Detections with a lower score are not even looked at; the packages' own default."""
CORNER_MULTIPLE = 32
"""The sides of the corner detector's input are multiples of this."""
_PADDING = 114 / 255


def _ncnn() -> Any:
    """The package, imported late: it takes a moment, and not everyone has it."""
    # With more than one thread libgomp's workers would spin between two layers and take the
    # processor from everything else on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import ncnn  # noqa: PLC0415
    except ImportError:
        raise ModelRefused(
            ModelProblem.BACKEND_MISSING, "the package ncnn is not installed"
        ) from None
    return ncnn


class Network:
    """One ncnn network, loaded from files whose hashes were checked just before."""

    def __init__(self, model: FoundModel, threads: int) -> None:
        """Load in float32 throughout, so that every machine gets the same numbers.

        Raises:
            ModelRefused: as ``FoundModel.verified``; BACKEND_MISSING; UNREADABLE.
        """
        ncnn = _ncnn()
        weights, graph = _weights_and_graph(model)
        self._ncnn = ncnn
        self._net = ncnn.Net()
        options = self._net.opt
        options.num_threads = threads
        options.openmp_blocktime = 0
        options.use_vulkan_compute = False
        options.use_fp16_packed = False
        options.use_fp16_storage = False
        options.use_fp16_arithmetic = False
        options.use_bf16_packed = False
        options.use_bf16_storage = False
        if self._net.load_param(str(graph)) or self._net.load_model(str(weights)):
            raise ModelRefused(
                ModelProblem.UNREADABLE, f"ncnn cannot load {graph.name} and {weights.name}"
            )

    def run(self, values: Floats, outputs: tuple[str, ...]) -> tuple[Floats, ...]:
        """Feed the blob ``in0`` and return the named blobs.

        Raises:
            ModelRefused: BAD_OUTPUT when the network cannot be run to its end.
        """
        extractor = self._net.create_extractor()
        # A Mat only points at numpy's memory, so the array is held until it has been cloned; the
        # clone owns its memory and is laid out as ncnn wants it.
        held = np.ascontiguousarray(values)
        extractor.input("in0", self._ncnn.Mat(held).clone())
        answers = []
        for name in outputs:
            failed, blob = extractor.extract(name)
            if failed:
                raise ModelRefused(ModelProblem.BAD_OUTPUT, f"the network has no answer {name}")
            answers.append(np.array(blob, dtype=np.float32))
        return tuple(answers)

    def resized(self, pixels: Pixels, width: int, height: int) -> Floats:
        """Scale a picture by linear interpolation between neighbours, as OpenCV does.

        Returns:
            3 x ``height`` x ``width``, 0 to 255.
        """
        mat = self._ncnn.Mat
        source = np.ascontiguousarray(pixels)
        rgb = mat.PixelType.PIXEL_RGB
        scaled = mat.from_pixels_resize(
            source, rgb, source.shape[1], source.shape[0], width, height
        )
        return np.array(scaled, dtype=np.float32)

    def fitted(self, pixels: Pixels, letterbox: Letterbox) -> Floats:
        """A picture scaled and padded with grey.

        Returns:
            3 x height x width of ``letterbox.outer``, 0 to 1.
        """
        width, height = letterbox.outer
        top, bottom, left, right = letterbox.border
        padded = np.full((3, height, width), _PADDING, np.float32)
        inner = padded[:, top : height - bottom, left : width - right]
        np.multiply(self.resized(pixels, *letterbox.inner), np.float32(1 / 255), out=inner)
        return padded


class YoloDetector:
    """A one-class YOLOv9 detector whose graph ends before its non-maximum suppression."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it.

        Raises:
            ModelRefused: see ``Network``.
        """
        self.identities = (ModelIdentity(model.spec.name, model.spec.sha256),)
        self._size = model.spec.input_size
        self._network = Network(model, threads)

    def detect(self, pixels: Pixels) -> tuple[Detection, ...]:
        """See ``Detector``."""
        letterbox = Letterbox.fit((pixels.shape[1], pixels.shape[0]), self._size)
        (output,) = self._network.run(self._network.fitted(pixels, letterbox), ("out0",))
        return yolo_detections(output, letterbox, floor=DETECTION_FLOOR)


class CornerDetector:
    """A detector that also tells where a plate's four corners are; takes a picture at any scale."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it.

        Raises:
            ModelRefused: see ``Network``.
        """
        self.identity = ModelIdentity(model.spec.name, model.spec.sha256)
        width, height = model.spec.input_size
        self._area = width * height
        self._network = Network(model, threads)

    def ratio(self, size: tuple[int, int]) -> float:
        """See ``ScalingDetector``: the network always looks at about as many pixels."""
        return math.sqrt(self._area / (size[0] * size[1]))

    def look(self, pixels: Pixels, ratio: float, floor: float) -> tuple[Detection, ...]:
        """See ``ScalingDetector``."""
        size = pixels.shape[1], pixels.shape[0]
        letterbox = Letterbox.scaled(size, ratio, CORNER_MULTIPLE)
        (grid,) = self._network.run(self._network.fitted(pixels, letterbox), ("out0",))
        return corner_detections(grid, letterbox, floor=floor)


class OnePlateRefiner:
    """Tells whether a crop shows a plate, and where its corners are."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it.

        Raises:
            ModelRefused: see ``Network``.
        """
        self.identity = ModelIdentity(model.spec.name, model.spec.sha256)
        self._size = model.spec.input_size
        self._network = Network(model, threads)

    def look(self, crop: Pixels) -> CloserLook:
        """See ``Refiner``."""
        scaled = self._network.resized(crop, *self._size) * np.float32(1 / 255)
        corners, plate = self._network.run(scaled, ("out0", "out1"))
        return closer_look(corners, plate)


class _OneNetworkReader:
    """What readers share that feed each crop to one network."""

    def __init__(self, model: FoundModel, threads: int = 1) -> None:
        """Load it.

        Raises:
            ModelRefused: see ``Network``.
        """
        self.identity = ModelIdentity(model.spec.name, model.spec.sha256)
        self.margins = model.spec.margins
        self.size = model.spec.input_size
        self._spec: ModelSpec = model.spec
        self._network = Network(model, threads)

    def _answers(self, crop: Pixels, outputs: tuple[str, ...]) -> tuple[Floats, ...]:
        scaled = np.rint(self._network.resized(crop, *self.size))
        return self._network.run(scaled.transpose(1, 2, 0), outputs)


class SlotReader(_OneNetworkReader):
    """A reader with one softmax for each position and possibly a second head for the region."""

    def read(self, crops: Iterable[Pixels]) -> Reading:
        """See ``Reader``."""
        outputs = ("out0", "out1") if self._spec.regions else ("out0",)
        answers = [self._answers(crop, outputs) for crop in crops]
        slots, *more = (np.mean(same, axis=0) for same in zip(*answers, strict=True))
        characters = slot_characters(slots, self._spec.alphabet, self._spec.pad)
        region = likeliest(more[0], self._spec.regions) if more else None
        return Reading(characters, region)


class JointReader(_OneNetworkReader):
    """A reader with one softmax for each position and one for each column of the picture."""

    def read(self, crops: Iterable[Pixels]) -> Reading:
        """See ``Reader``."""
        return read_jointly(self._look, crops, self._spec.alphabet, self._spec.pad)

    def _look(self, crop: Pixels) -> tuple[Floats, Floats]:
        slots, columns = self._answers(crop, ("out0", "out1"))
        return slots, columns


def _weights_and_graph(model: FoundModel) -> tuple[Path, Path]:
    paths = {path.suffix: path for path in model.verified()}
    if set(paths) != {".bin", ".param"}:
        raise ModelRefused(
            ModelProblem.BAD_MANIFEST, f"{model.spec.name} needs one .bin and one .param file"
        )
    return paths[".bin"], paths[".param"]
