"""``read``: what is written on the plates in some photographs."""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Any

from ..vision.annotate import annotated
from ..vision.decode import ImageRefused, parse_zone
from ..vision.errors import ModelRefused
from ..vision.load import Backend, load_recogniser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ..types import FrameReads, PlateRead

_DIGITS = 4
"""Decimal places of probabilities and milliseconds in the output."""

OK, SOME_REFUSED, CANNOT_START = 0, 1, 2
"""Exit status."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="one JSON object per line and photo")
    add_engine_arguments(parser)
    parser.add_argument("--zone", default="", help="x1,y1;x2,y2;… in fractions of the picture")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="write the photos with boxes and text there"
    )


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options that choose what reads, for every command that does."""
    parser.add_argument(
        "--backend",
        type=Backend,
        choices=list(Backend),
        default=Backend.NCNN,
        metavar="NAME",
        help=f"{' or '.join(Backend)} (default: %(default)s)",
    )
    parser.add_argument(
        "--models", type=Path, metavar="DIR", help="a folder of models (default: the built-in ones)"
    )
    parser.add_argument(
        "--threads", type=int, default=1, help="for each network (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Read the photographs; returns the exit status."""
    try:
        zone = parse_zone(options.zone)
        recogniser = load_recogniser(
            options.backend, models=options.models, threads=options.threads
        )
    except (ImageRefused, ModelRefused) as refused:
        sys.stderr.write(f"{refused.detail or refused}\n")
        return CANNOT_START
    if options.annotate:
        options.annotate.mkdir(parents=True, exist_ok=True)
    status = OK
    for photo in photographs(options.photos):
        try:
            body = photo.read_bytes()
            reads = recogniser.read(body, zone=zone)
        except (OSError, ImageRefused) as error:
            status = SOME_REFUSED
            reason = error.problem.value if isinstance(error, ImageRefused) else "unreadable_file"
            _say(
                json.dumps({"file": str(photo), "error": reason})
                if options.json
                else f"{photo}: {error}"
            )
            continue
        _say(json.dumps(as_json(photo, reads)) if options.json else _as_table(photo, reads))
        if options.annotate:
            (options.annotate / f"{photo.stem}.jpg").write_bytes(annotated(body, reads.plates))
    return status


def photographs(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in name order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}
            )
        else:
            yield path


def as_json(photo: Path, reads: FrameReads) -> dict[str, Any]:
    """What is printed for one photograph."""
    timings = reads.timing_ms
    return {
        "file": str(photo),
        "plates": [_plate_as_json(plate) for plate in reads.plates],
        "ms": {
            "decode": round(timings.decode, _DIGITS),
            "detect": round(timings.detect, _DIGITS),
            "read": round(timings.read, _DIGITS),
        },
    }


def _plate_as_json(plate: PlateRead) -> dict[str, Any]:
    box = plate.box
    return {
        "text": plate.text,
        "confidence": round(plate.confidence, _DIGITS),
        "box": [round(edge, 1) for edge in (box.x1, box.y1, box.x2, box.y2)],
        "detection": round(plate.detection, _DIGITS),
        "characters": [
            [[letter, round(probability, _DIGITS)] for letter, probability in position]
            for position in plate.characters
        ],
        "region": plate.region,
    }


def _as_table(photo: Path, reads: FrameReads) -> str:
    timings = reads.timing_ms
    lines = [
        (
            f"{photo}  {reads.size[0]}x{reads.size[1]}  decode {timings.decode:.1f} ms,"
            f" detect {timings.detect:.1f} ms, read {timings.read:.1f} ms"
        )
    ]
    if not reads.plates:
        lines.append("  no plate")
    for plate in reads.plates:
        box = plate.box
        doubts = ", ".join(_doubt(position) for position in plate.characters if _unsure(position))
        line = (
            f"  {plate.text:<10}  weakest character {plate.confidence:6.1%}"
            f"  plate {plate.detection:6.1%}"
            f"  {box.width:.0f}x{box.height:.0f} at {box.x1:.0f},{box.y1:.0f}"
        )
        if plate.region:
            line += f"  {plate.region}"
        if doubts:
            line += f"  unsure: {doubts}"
        lines.append(line)
    return "\n".join(lines)


def _unsure(position: tuple[tuple[str, float], ...]) -> bool:
    return position[0][1] < 0.9


def _doubt(position: tuple[tuple[str, float], ...]) -> str:
    return " or ".join(letter or "nothing" for letter, _ in position[:2])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
