"""The models this library knows by name: what they are, where they come from, which hash they have.

The weights of the packages open-image-models and fast-plate-ocr are published by their author
without hashes; the ones below are those that public projects pin. None of these files is part of
this project.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a model is for."""

    DETECTOR = "detector"
    REFINER = "refiner"
    """Looks once more at what a detector has found: whether it is a plate, and where its corners
    are."""
    READER = "reader"


class ModelFormat(StrEnum):
    """What can run it."""

    NCNN = "ncnn"
    """A ``.param`` and a ``.bin`` file."""
    ONNX = "onnx"
    """An ``.onnx`` file; a reader has a ``.yaml`` plate config beside it."""


class Decoder(StrEnum):
    """How the numbers that a network answers with are to be understood."""

    YOLO_V9 = "yolo_v9"
    """Boxes and scores of a one-class YOLOv9."""
    CORNERS = "corners"
    """A grid of scores, distances to the four sides, and places of the four corners."""
    ONE_PLATE = "one_plate"
    """Places of the four corners of the only plate in the picture, and whether it is one."""
    SLOTS = "slots"
    """One softmax over the alphabet for each position of the plate."""
    SLOTS_AND_COLUMNS = "slots_and_columns"
    """The same, and one for each column of the picture from left to right: see ``joint``."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    name: str
    """Plain file name, no folder."""
    size: int
    """Bytes."""
    sha256: str
    """64 lower-case hexadecimal digits."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model: its files and everything needed to run it."""

    name: str
    role: Role
    format: ModelFormat
    decoder: Decoder
    files: tuple[ModelFile, ...]
    """The weights first."""
    input_size: tuple[int, int]
    """Width and height of the network's input in pixels."""
    licence: str
    alphabet: str = ""
    """Readers: the letter of every output column, ``pad`` among them."""
    pad: str = ""
    """Readers: the letter that means "there is no character here"."""
    margins: tuple[float, ...] = (0.0,)
    """Readers: the plate is read once with each of these margins round it, as a fraction of its
    width and height on each side, and the answers are averaged."""
    regions: tuple[str, ...] = ()
    """Readers: the name of every output of the region head; empty where there is none."""

    @property
    def sha256(self) -> str:
        """Hash of the weights."""
        return self.files[0].sha256


_DETECTORS = "https://github.com/ankandrew/open-image-models/releases/download/assets/"
_READERS = "https://github.com/ankandrew/cnn-ocr-lp/releases/download/arg-plates/"

_MIT = "MIT, as stated by its author"
_UNCLEAR = "unclear: trained with YOLOv9 code that is under the GPL"
_LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"


def _plate_detector(name: str, side: int, size: int, sha256: str) -> ModelSpec:
    file = f"{name}-license-plates-end2end.onnx"
    return ModelSpec(
        name=f"{name}-license-plate-end2end",
        role=Role.DETECTOR,
        format=ModelFormat.ONNX,
        decoder=Decoder.YOLO_V9,
        files=(ModelFile(file, size, sha256, _DETECTORS + file),),
        input_size=(side, side),
        licence=_UNCLEAR,
    )


KNOWN_MODELS: tuple[ModelSpec, ...] = (
    _plate_detector(
        "yolo-v9-t-384",
        384,
        7_771_218,
        "888397b96d761c89db40bc9c305838e8652660f5e282c2cadebbe8d2951a77a8",
    ),
    _plate_detector(
        "yolo-v9-t-640",
        640,
        7_835_770,
        "c3c1026ca7d0585dd88084d68182dd897113712fa734ae1557ca70174440c076",
    ),
    _plate_detector(
        "yolo-v9-s-608",
        608,
        28_612_350,
        "2b878b38d9aa07b6ddc3ea75c4ffcb39869bc5c218e0a14002f60ab2f7b0be9a",
    ),
    ModelSpec(
        # Not published by its author: an int8 build of the 416 detector, expanded back to float.
        name="yolo-v9-t-416-license-plates-fp32",
        role=Role.DETECTOR,
        format=ModelFormat.ONNX,
        decoder=Decoder.YOLO_V9,
        files=(
            ModelFile(
                "yolo-v9-t-416-license-plates-fp32.onnx",
                7_864_732,
                "79826e4c2fc3732a8755bcc0381b058786d4a4c4b0d9dfbb201c02572d9b506d",
            ),
        ),
        input_size=(416, 416),
        licence=_UNCLEAR,
    ),
    ModelSpec(
        name="cct-xs-v2-global-model",
        role=Role.READER,
        format=ModelFormat.ONNX,
        decoder=Decoder.SLOTS,
        files=(
            ModelFile(
                "cct_xs_v2_global.onnx",
                3_344_292,
                "8031afb5fdc6b4d80462c9d542f1284ebd2cfddf5dbacd62609848d7e2855f44",
                _READERS + "cct_xs_v2_global.onnx",
            ),
            ModelFile(
                "cct_xs_v2_global_plate_config.yaml",
                1_725,
                "0335c74a305173bb6f393efed0fde03cadeaa0b649ed8e19f431016d8232d0a6",
                _READERS + "cct_xs_v2_global_plate_config.yaml",
            ),
        ),
        input_size=(128, 64),
        licence=_MIT,
        alphabet=_LATIN,
        pad="_",
    ),
)
