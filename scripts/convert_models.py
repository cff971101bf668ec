"""Converts upstream ONNX weights to ncnn: ``scripts/convert-models FROM TO``.

FROM is a folder with files the catalogue knows (``alpr/vision/catalog.py``); TO gets a ``.param``
and a ``.bin`` for each, and a ``models.json`` with their hashes, so that ``python -m alpr read
--models TO`` works. What is changed on the way, because ncnn lacks it:

* a reader's uint8 input and the Cast behind it become a float32 input (0 to 255 all the same);
* a detector ends before its NonMaxSuppression, which the library does itself.

Weights stay float32, so both backends answer the same to about the sixth decimal.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
import importlib.util
import json
from pathlib import Path
import subprocess
import sys
import tempfile

import onnx
import yaml

from custom_components.alpr_gate.alpr.vision.catalog import (
    Decoder,
    ModelFile,
    ModelFormat,
    ModelSpec,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelRefused
from custom_components.alpr_gate.alpr.vision.model_files import (
    MANIFEST,
    MANIFEST_VERSION,
    FoundModel,
    file_hash,
    manifest_entry,
    models_in,
)


def main() -> int:
    """Convert everything convertible in a folder; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/convert-models", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("source", type=Path, help="folder with upstream .onnx files")
    parser.add_argument("target", type=Path, help="folder for the converted files")
    options = parser.parse_args()
    pnnx = pnnx_program()
    if pnnx is None:
        sys.stderr.write("pnnx is missing: run scripts/setup, or pip install pnnx\n")
        return 2
    options.target.mkdir(parents=True, exist_ok=True)
    try:
        found = [each for each in models_in(options.source) if each.spec.format is ModelFormat.ONNX]
        specs = [convert(model, options.target, pnnx) for model in found]
    except ModelRefused as refused:
        sys.stderr.write(f"{refused.detail}\n")
        return 1
    manifest = {
        "version": MANIFEST_VERSION,
        "models": [manifest_entry(spec) for spec in specs],
    }
    (options.target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return 0


def pnnx_program() -> Path | None:
    """The converter inside the package of that name (whose Python part would want torch)."""
    package = importlib.util.find_spec("pnnx")
    if package is None or package.origin is None:
        return None
    program = Path(package.origin).with_name("pnnx")
    return program if program.is_file() else None


def convert(model: FoundModel, target: Path, pnnx: Path) -> ModelSpec:
    """Convert one model into ``target`` and describe the result."""
    weights, *others = model.verified()
    graph = onnx.load(weights)
    if model.spec.decoder is Decoder.YOLO_V9:
        graph, shape = without_suppression(graph)
    else:
        graph, shape = with_float_input(graph)
    name = weights.stem
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        onnx.save(graph, work / "net.onnx")
        dimensions = ",".join(str(side) for side in shape)
        subprocess.run(
            [pnnx, "net.onnx", f"inputshape=[{dimensions}]f32", "fp16=0"],
            cwd=work,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for suffix in ("bin", "param"):
            (target / f"{name}.{suffix}").write_bytes((work / f"net.ncnn.{suffix}").read_bytes())
    files = tuple(described(target / f"{name}.{suffix}") for suffix in ("bin", "param"))
    sys.stdout.write(f"{weights.name} -> {', '.join(file.name for file in files)}\n")
    regions = tuple(
        region
        for config in others
        for region in yaml.safe_load(config.read_text("utf-8")).get("plate_regions", ())
    )
    return replace(model.spec, format=ModelFormat.NCNN, files=files, regions=regions)


def described(path: Path) -> ModelFile:
    """Name, size and hash of a file just written."""
    return ModelFile(path.name, path.stat().st_size, file_hash(path))


def with_float_input(model: onnx.ModelProto) -> tuple[onnx.ModelProto, tuple[int, ...]]:
    """Replace a uint8 input and its Cast by a float32 input, and fix the batch at one."""
    graph = model.graph
    name = graph.input[0].name
    tensor = graph.input[0].type.tensor_type
    casts = [node for node in graph.node if node.op_type == "Cast" and list(node.input) == [name]]
    for cast in casts:
        for node in graph.node:
            for index, blob in enumerate(node.input):
                if blob == cast.output[0]:
                    node.input[index] = name
        graph.node.remove(cast)
    tensor.elem_type = onnx.TensorProto.FLOAT
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    return model, tuple(dimension.dim_value for dimension in tensor.shape.dim)


def without_suppression(model: onnx.ModelProto) -> tuple[onnx.ModelProto, tuple[int, ...]]:
    """Cut a detector where boxes and scores are joined: 1 x 5 x candidates."""
    inputs = [value.name for value in model.graph.input]
    shape = tuple(
        dimension.dim_value for dimension in model.graph.input[0].type.tensor_type.shape.dim
    )
    joined = boxes_and_scores(model.graph)
    return onnx.utils.Extractor(model).extract_model(inputs, [joined]), (1, *shape[1:])


def boxes_and_scores(graph: onnx.GraphProto) -> str:
    """Name of the blob from which NonMaxSuppression gets its boxes and scores.

    It is the join (Concat) that is transposed before it: everything after only picks columns out.
    """
    makers = {blob: node for node in graph.node for blob in node.output}
    suppression = next(node for node in graph.node if node.op_type == "NonMaxSuppression")
    node = makers[suppression.input[1]]
    while True:
        before = makers[node.input[0]]
        if node.op_type == "Transpose" and before.op_type == "Concat":
            return str(before.output[0])
        node = before


if __name__ == "__main__":
    sys.exit(main())
