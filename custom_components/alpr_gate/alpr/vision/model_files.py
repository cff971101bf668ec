"""Models in a folder: which are there, and whether every file has the hash it must have.

A folder either holds a manifest, ``models.json``, that names its files and their hashes, or files
of models that the catalogue knows, recognised by their hash whatever they are called.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
import hashlib
import json
from pathlib import Path
import re
from typing import Any

from ..shapes import NAME, REGION, is_alphabet
from .catalog import KNOWN_MODELS, Decoder, ModelFile, ModelFormat, ModelSpec, Role
from .errors import ModelProblem, ModelRefused

MANIFEST = "models.json"
MANIFEST_VERSION = 1
MOST_MANIFEST_BYTES = 256 * 1024
MOST_MODEL_BYTES = 64 * 1024 * 1024
MOST_MARGINS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MODEL_SUFFIXES = frozenset({".onnx", ".yaml"})


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model whose files are in a folder."""

    spec: ModelSpec
    folder: Path

    def verified(self) -> tuple[Path, ...]:
        """Paths of the model's files, weights first, each read and hashed now.

        Raises:
            ModelRefused: MISSING, TOO_LARGE or WRONG_HASH.
        """
        return tuple(_verified(self.folder / file.name, file) for file in self.spec.files)


def models_in(folder: Path) -> tuple[FoundModel, ...]:
    """Models in a folder, in the order of its manifest or of the catalogue.

    Raises:
        ModelRefused: MISSING when there is no such folder or nothing in it, BAD_MANIFEST, or
            UNKNOWN when there are model files and nothing says which hash they must have.
    """
    if not folder.is_dir():
        raise ModelRefused(ModelProblem.MISSING, f"there is no folder {folder}")
    if (folder / MANIFEST).is_file():
        return tuple(FoundModel(spec, folder) for spec in read_manifest(folder / MANIFEST))
    return _recognised(folder)


def read_manifest(path: Path) -> tuple[ModelSpec, ...]:
    """Models described by a manifest.

    Raises:
        ModelRefused: BAD_MANIFEST, saying what is wrong.
    """
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise ModelRefused(ModelProblem.BAD_MANIFEST, f"{path.name} is too large")
        content = json.loads(path.read_text("utf-8"))
        if content["version"] != MANIFEST_VERSION:
            raise ModelRefused(
                ModelProblem.BAD_MANIFEST, f"{path.name} is not of version {MANIFEST_VERSION}"
            )
        return tuple(_spec(entry) for entry in content["models"])
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ModelRefused(
            ModelProblem.BAD_MANIFEST, f"{path.name} cannot be understood: {ascii(error)[:200]}"
        ) from None


def manifest_entry(spec: ModelSpec) -> dict[str, Any]:
    """How a manifest describes a model; ``read_manifest`` reads it back."""
    return {
        "name": spec.name,
        "role": spec.role.value,
        "format": spec.format.value,
        "decoder": spec.decoder.value,
        "files": [
            {"name": file.name, "size": file.size, "sha256": file.sha256} for file in spec.files
        ],
        "input_size": list(spec.input_size),
        "licence": spec.licence,
        "alphabet": spec.alphabet,
        "pad": spec.pad,
        "margins": list(spec.margins),
        "regions": list(spec.regions),
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _spec(entry: dict[str, Any]) -> ModelSpec:
    width, height = (int(side) for side in entry["input_size"])
    if not (8 <= width <= 4096 and 8 <= height <= 4096):
        raise ValueError("input_size")
    margins = tuple(float(margin) for margin in entry.get("margins", (0.0,)))
    if not 1 <= len(margins) <= MOST_MARGINS or not all(0 <= margin <= 1 for margin in margins):
        raise ValueError("margins")
    files = tuple(_file(file) for file in entry["files"])
    if not files:
        raise ValueError("files")
    role = Role(entry["role"])
    alphabet, pad = str(entry.get("alphabet", "")), str(entry.get("pad", ""))
    model_format = ModelFormat(entry["format"])
    # Readers in ONNX bring a plate config that says the same, and need not say it here.
    says_alphabet = bool(alphabet) or model_format is ModelFormat.NCNN
    if role is Role.READER and says_alphabet and not is_alphabet(alphabet, pad):
        raise ValueError("alphabet and pad: each of A-Z and 0-9 at most once, and the pad once")
    return ModelSpec(
        name=_matching(NAME, entry["name"], "name: up to 128 letters, digits and signs of ASCII"),
        role=role,
        format=model_format,
        decoder=Decoder(entry["decoder"]),
        files=files,
        input_size=(width, height),
        licence=str(entry.get("licence", "")),
        alphabet=alphabet,
        pad=pad,
        margins=margins,
        regions=tuple(_matching(REGION, each, "regions") for each in entry.get("regions", ())),
    )


def _matching(shape: re.Pattern[str], text: object, field: str) -> str:
    """A text that an engine can send; raises ValueError."""
    if not isinstance(text, str) or shape.fullmatch(text) is None:
        raise ValueError(field)
    return text


def _file(entry: dict[str, Any]) -> ModelFile:
    name, sha256, size = str(entry["name"]), str(entry["sha256"]), int(entry["size"])
    if name != Path(name).name or name in {"", ".", ".."} or "\\" in name:
        raise ValueError("a file name with a folder in it")
    if not name.isprintable():
        raise ValueError("a file name that cannot be one")
    if not _SHA256.fullmatch(sha256):
        raise ValueError("sha256")
    if not 0 < size <= MOST_MODEL_BYTES:
        raise ValueError("size")
    return ModelFile(name, size, sha256)


def _recognised(folder: Path) -> tuple[FoundModel, ...]:
    """Known models among the files of a folder, by hash."""
    by_hash: dict[str, Path] = {}
    candidates = sorted(path for path in folder.iterdir() if path.suffix in _MODEL_SUFFIXES)
    for path in candidates:
        if path.is_file() and path.stat().st_size <= MOST_MODEL_BYTES:
            by_hash.setdefault(file_hash(path), path)
    found = tuple(
        FoundModel(_renamed(spec, by_hash), folder)
        for spec in KNOWN_MODELS
        if all(file.sha256 in by_hash for file in spec.files)
    )
    if found:
        return found
    if candidates:
        raise ModelRefused(
            ModelProblem.UNKNOWN,
            f"the files in {folder} are none of the known models; list your own with their "
            f"hashes in a {MANIFEST} beside them",
        )
    raise ModelRefused(ModelProblem.MISSING, f"there are no models in {folder}")


def _renamed(spec: ModelSpec, by_hash: dict[str, Path]) -> ModelSpec:
    files = tuple(replace(file, name=by_hash[file.sha256].name) for file in spec.files)
    return replace(spec, files=files)


def _verified(path: Path, file: ModelFile) -> Path:
    try:
        size = path.stat().st_size
        if size > MOST_MODEL_BYTES:
            raise ModelRefused(ModelProblem.TOO_LARGE, f"{path.name} has {size} bytes")
        if size != file.size or file_hash(path) != file.sha256:
            raise ModelRefused(
                ModelProblem.WRONG_HASH,
                f"{path.name} is not the file it should be; put the original in its place",
            )
    except OSError as error:
        raise ModelRefused(
            ModelProblem.MISSING, f"{path.name} cannot be read: {error.strerror}"
        ) from None
    return path
