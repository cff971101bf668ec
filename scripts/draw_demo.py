"""Draws the picture of the README: two arrivals, what was read in them, and what was decided.

`.venv/bin/python -m scripts.draw_demo docs/images/demo.png`. The cars are those of `scripts/demo`;
the reads and the decisions are those of the built-in models and the library, on these pictures.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from custom_components.alpr_gate.alpr.gate.attendant import Attendant
from custom_components.alpr_gate.alpr.gate.decision import Decision, Situation
from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import (
    Frame,
    FrameReads,
    GateState,
    Moment,
    Verdict,
)
from custom_components.alpr_gate.alpr.vision.load import Backend, load_recogniser
from demo.arrivals import Arrival, rendered_play
from demo.street import FRAME_SECONDS, jpeg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custom_components.alpr_gate.alpr.vision.pipeline import Recogniser

PANEL = (640, 360)
CAPTION = 54
SHOWN = 2
GREEN, RED, AMBER, WHITE = (46, 160, 67), (207, 34, 46), (191, 135, 0), (255, 255, 255)
COLOURS = {Verdict.OPEN: GREEN, Verdict.REFUSE: RED, Verdict.WAIT: AMBER, Verdict.ASK: AMBER}


@dataclass(frozen=True, slots=True)
class Look:
    """One picture, what was read in it and what was decided after it."""

    pixels: NDArray[np.uint8]
    reads: FrameReads
    decision: Decision
    seconds: float


def play(arrival: Arrival, recogniser: Recogniser, register: Register) -> list[Look]:
    """Show an arrival to a new attendant until it opens or the pictures end."""
    ids = count(1)
    attendant = Attendant("gate", GateSettings(), lambda: f"id-{next(ids)}")
    situation = Situation(gate=GateState.CLOSED, obstructed=False)
    attendant.start_burst(_moment(0.0))
    looks = []
    for number, pixels in enumerate(arrival.frames):
        body, seconds = jpeg(pixels), number * FRAME_SECONDS
        reads = recogniser.read(body)
        frame = Frame(
            "street", hashlib.sha256(body).digest(), seconds + 0.01, seconds + 0.02, reads
        )
        decision, *_ = attendant.observe(
            frame, register=register, situation=situation, now=_moment(seconds + 0.1)
        )
        looks.append(Look(pixels, reads, decision, seconds))
        if decision.verdict is Verdict.OPEN:
            break
    return looks


def _moment(seconds: float) -> Moment:
    return Moment(seconds, datetime(2026, 1, 5, 12, tzinfo=UTC))


def draw(look: Look) -> Image.Image:
    """One panel: the picture, boxes with what was read, and the decision under it."""
    image = Image.fromarray(look.pixels)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=30)
    colour = COLOURS[look.decision.verdict]
    for read in look.reads.plates:
        box = (read.box.x1 - 4, read.box.y1 - 4, read.box.x2 + 4, read.box.y2 + 4)
        pen.rectangle(box, outline=colour, width=4)
        label = f"{read.text}  {read.confidence:.0%}"
        width = pen.textlength(label, font=font)
        place = (box[0], box[1] - 42)
        pen.rectangle((*place, place[0] + width + 16, place[1] + 38), fill=colour)
        pen.text((place[0] + 8, place[1]), label, font=font, fill=WHITE)
    panel = Image.new("RGB", (PANEL[0], PANEL[1] + CAPTION), (36, 41, 47))
    panel.paste(image.resize(PANEL, Image.Resampling.LANCZOS))
    words = look.decision.reason.value.replace("_", " ")
    text = f"{look.seconds:.2f} s   {look.decision.verdict.value}: {words}"
    pen = ImageDraw.Draw(panel)
    pen.ellipse((16, PANEL[1] + 17, 36, PANEL[1] + 37), fill=colour)
    pen.text((50, PANEL[1] + 12), text, font=ImageFont.load_default(size=24), fill=WHITE)
    return panel


def chosen(looks: list[Look]) -> list[Look]:
    """The looks worth showing: the last ones, spread out."""
    if len(looks) <= SHOWN:
        return looks
    return [looks[i] for i in np.linspace(0, len(looks) - 1, SHOWN).round().astype(int)]


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.draw_demo")
    parser.add_argument("path", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    recogniser = load_recogniser(Backend.NCNN, models=options.models)
    scenes = rendered_play(options.seed)
    register = Register.of([Vehicle("demo", "Demo car", scenes.known.plate)])
    rows = [chosen(play(each, recogniser, register)) for each in (scenes.known, scenes.stranger)]
    width, height, gap = PANEL[0], PANEL[1] + CAPTION, 12
    sheet = Image.new("RGB", (SHOWN * width + (SHOWN - 1) * gap, len(rows) * height + gap), WHITE)
    for row, looks in enumerate(rows):
        for column, look in enumerate(looks):
            sheet.paste(draw(look), (column * (width + gap), row * (height + gap)))
    options.path.parent.mkdir(parents=True, exist_ok=True)
    small = sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3), Image.Resampling.LANCZOS)
    small.quantize(256).save(options.path, optimize=True)


if __name__ == "__main__":
    main()
