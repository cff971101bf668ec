"""``replay``: what the gate would have decided about recorded visits, and why.

A folder is one visit: its pictures in name order, ``--fps`` of them a second, as after a trigger. A
single photograph is a visit of one look. Nothing is opened: a replay's gate is closed and clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
import hashlib
from itertools import count
import json
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from ..gate.attendant import Attendant
from ..gate.decision import Decision, Situation
from ..gate.plate import PlateRefused
from ..gate.register import Register
from ..gate.settings import GateSettings
from ..gate.vehicle import Vehicle
from ..types import Frame, FrameReads, GateState, Moment, Verdict
from ..vision.decode import ImageRefused, parse_zone
from ..vision.errors import ModelRefused
from ..vision.load import load_recogniser
from .read import CANNOT_START, OK, SOME_REFUSED, add_engine_arguments, photographs

if TYPE_CHECKING:
    import argparse

GATE = "replay"
START = 1_000.0
"""Monotonic time of a replay's trigger, in seconds."""
STARTED = datetime(2000, 1, 3, 12, tzinfo=UTC)
"""Wall clock of a replay; listed plates have no schedule, so it decides nothing."""
SITUATION = Situation(gate=GateState.CLOSED, obstructed=False)

OFFERED = (
    "looks_needed",
    "weakest_character",
    "margin",
    "listed_margin",
    "agreement",
    "detection",
    "smallest_plate",
    "shortest_text",
    "rival_size",
    "exit_allowed",
)
"""Settings that can be tried on the command line; the others concern the gate or the clock."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one visit."""

    decision: Decision
    frames: int
    refused: int
    """Pictures that could not be read at all."""
    opened_at_frame: int | None
    """Number of the picture after which the gate would have opened, from 1."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("visits", nargs="+", type=Path, metavar="PHOTO_OR_FOLDER")
    parser.add_argument(
        "--plates", required=True, metavar="LIST", help="ABC123,XYZ999, or @FILE with one a line"
    )
    parser.add_argument(
        "--fps", type=float, default=4.0, help="pictures a second (default: %(default)s)"
    )
    parser.add_argument("--zone", default="", help="x1,y1;x2,y2;… in fractions of the picture")
    add_engine_arguments(parser)
    defaults = GateSettings()
    for field in fields(GateSettings):
        if field.name not in OFFERED:
            continue
        flag, value = f"--{field.name.replace('_', '-')}", getattr(defaults, field.name)
        if isinstance(value, bool):
            parser.add_argument(flag, action="store_true")
        else:
            parser.add_argument(flag, type=type(value), default=value, help="(%(default)s)")


def run(options: argparse.Namespace) -> int:
    """Replay the visits; returns the exit status."""
    try:
        register = listed(options.plates)
        chosen = {name: getattr(options, name) for name in OFFERED}
        zone = parse_zone(options.zone)
        settings = GateSettings(**chosen, zone=zone)
        if options.fps <= 0:
            raise ValueError("fps must be above 0")
        recogniser = load_recogniser(
            options.backend, models=options.models, threads=options.threads
        )
    except (ImageRefused, ModelRefused) as refused:
        sys.stderr.write(f"{refused.detail or refused}\n")
        return CANNOT_START
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT_START
    status = OK
    for path in visits_in(options.visits):
        replayed = replay(
            _bodies(path),
            lambda body: recogniser.read(body, zone=zone),
            register,
            settings,
            fps=options.fps,
        )
        if replayed is None:
            status = SOME_REFUSED
            said = {"visit": str(path), "error": "no_readable_picture"}
            sys.stdout.write(json.dumps(said) + "\n")
            continue
        sys.stdout.write(json.dumps(as_json(path, replayed, register)) + "\n")
        sys.stdout.flush()
    return status


def listed(argument: str) -> Register:
    """The register of ``--plates``; raises ValueError or OSError saying what is wrong."""
    if argument.startswith("@"):
        entries = Path(argument[1:]).read_text(encoding="utf-8").splitlines()
    else:
        entries = argument.split(",")
    vehicles = []
    for number, entry in enumerate(entries, 1):
        if not entry.strip():
            continue
        try:
            vehicles.append(Vehicle(f"plate-{number}", f"plate {number}", entry))
        except PlateRefused as refused:
            raise ValueError(f"entry {number} of --plates is refused: {refused.problem}") from None
    if not vehicles:
        raise ValueError("--plates names no plate")
    return Register.of(vehicles)


def visits_in(paths: list[Path]) -> Iterator[Path]:
    """The folders named, each a visit, and the photographs named, each a visit of one look."""
    for path in paths:
        if path.is_dir():
            inner = sorted(folder for folder in path.iterdir() if folder.is_dir())
            yield from inner or [path]
        else:
            yield path


def _bodies(path: Path) -> Iterator[bytes]:
    for photo in photographs([path]):
        try:
            body = photo.read_bytes()
        except OSError:
            body = b""  # refused as an empty picture, and counted as such
        yield body


def replay(
    bodies: Iterator[bytes],
    read: Callable[[bytes], FrameReads],
    register: Register,
    settings: GateSettings,
    *,
    fps: float,
) -> Replayed | None:
    """Show the pictures of one visit to a new attendant; None when none could be read.

    ``read`` turns a picture's bytes into ``FrameReads`` or raises ImageRefused.
    """
    ids = count(1)
    attendant = Attendant(GATE, settings, lambda: f"{GATE}-{next(ids)}")
    attendant.start_burst(_moment(0.0))
    last: Decision | None = None
    frames = refused = 0
    for number, body in enumerate(bodies):
        asked = (number + 1) / fps
        frames += 1
        try:
            reads = read(body)
        except ImageRefused:
            refused += 1
            continue
        frame = Frame(
            camera=GATE,
            digest=hashlib.sha256(body).digest(),
            asked_at=START + asked,
            arrived_at=START + asked,
            reads=reads,
        )
        decision, *_ = attendant.observe(
            frame, register=register, situation=SITUATION, now=_moment(asked)
        )
        if decision.verdict is Verdict.OPEN:
            return Replayed(decision, frames, refused, number + 1)
        last = decision if last is None or decision.visit or not last.visit else last
    return None if last is None else Replayed(last, frames, refused, None)


def as_json(path: Path, replayed: Replayed, register: Register) -> dict[str, object]:
    """One line of output. Names the listed plate: it goes to the owner's own screen."""
    decision = replayed.decision
    vehicle = register.get(decision.vehicle) if decision.vehicle else None
    explained = decision.explain()
    first = {
        "visit": str(path),
        "verdict": explained.pop("verdict"),
        "reason": explained.pop("reason"),
        "vehicle": None if vehicle is None else vehicle.plate,
        "looks": explained.pop("looks"),
        "frames": replayed.frames,
        "frames_refused": replayed.refused,
        "opened_at_frame": replayed.opened_at_frame,
    }
    for key in ("visit", "vehicle", "gate", "made_at", "expires_at", "register_revision"):
        explained.pop(key)
    return first | explained


def _moment(seconds: float) -> Moment:
    return Moment(START + seconds, STARTED + timedelta(seconds=seconds))
