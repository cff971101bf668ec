"""Writes ``models.json`` for the built-in models: ``scripts/describe-models [FOLDER]``.

Run it after the files in ``alpr/vision/models`` have changed. Sizes and hashes come from the files;
how each network is fed and understood is the table below.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
import json
from pathlib import Path
import sys

from custom_components.alpr_gate.alpr.vision.catalog import (
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
    Role,
)
from custom_components.alpr_gate.alpr.vision.load import BUILT_IN
from custom_components.alpr_gate.alpr.vision.model_files import (
    MANIFEST,
    MANIFEST_VERSION,
    file_hash,
    manifest_entry,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"


@dataclass(frozen=True, slots=True)
class Described:
    """A model without its sizes and hashes, and the names of its files, weights first."""

    spec: ModelSpec
    names: tuple[str, ...]


READER = ModelSpec(
    name="alpr-gate-ocr",
    role=Role.READER,
    format=ModelFormat.NCNN,
    decoder=Decoder.SLOTS_AND_COLUMNS,
    files=(),
    input_size=(128, 64),
    licence="MIT",
    alphabet=ALPHABET,
    pad="_",
    margins=(0.05, 0.0, 0.1),
)
DETECTOR = ModelSpec(
    name="alpr-gate-detector",
    role=Role.DETECTOR,
    format=ModelFormat.NCNN,
    decoder=Decoder.CORNERS,
    files=(),
    input_size=(512, 320),
    licence="MIT",
)
REFINER = ModelSpec(
    name="alpr-gate-refiner",
    role=Role.REFINER,
    format=ModelFormat.NCNN,
    decoder=Decoder.ONE_PLATE,
    files=(),
    input_size=(128, 64),
    licence="MIT",
)
MODELS = (
    Described(DETECTOR, ("alpr_detector.bin", "alpr_detector.param")),
    Described(REFINER, ("alpr_refiner.bin", "alpr_refiner.param")),
    Described(READER, ("alpr_ocr.bin", "alpr_ocr.param")),
    Described(
        replace(READER, format=ModelFormat.ONNX),
        ("alpr_ocr.onnx", "alpr_ocr_plate_config.yaml"),
    ),
)


def main() -> int:
    """Describe what is there; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/describe-models", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    folder: Path = parser.parse_args().folder
    entries = []
    for model in MODELS:
        absent = [name for name in model.names if not (folder / name).is_file()]
        if absent:
            sys.stderr.write(f"{model.spec.name}: {', '.join(absent)} not there, left out\n")
            continue
        files = tuple(
            ModelFile(name, (folder / name).stat().st_size, file_hash(folder / name))
            for name in model.names
        )
        entries.append(manifest_entry(replace(model.spec, files=files)))
    manifest = {"version": MANIFEST_VERSION, "models": entries}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    sys.stdout.write(f"{folder / MANIFEST}: {len(entries)} of {len(MODELS)} models\n")
    return 0 if len(entries) == len(MODELS) else 1


if __name__ == "__main__":
    sys.exit(main())
