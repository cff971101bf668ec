"""Plain plates from Pillow's own font: enough to draw a scene where no fonts are installed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont


@dataclass(frozen=True, slots=True)
class PlateStyle:
    """Size in millimetres and colours of one kind of plate."""

    width: int
    height: int
    ground: tuple[int, int, int]
    ink: tuple[int, int, int]
    band: tuple[int, int, int] | None = None
    band_place: str = "left"
    heading: str = ""
    lines: int = 1


STYLES: dict[str, PlateStyle] = {
    "eu": PlateStyle(520, 110, (244, 244, 240), (14, 14, 16), (18, 62, 160)),
    "eu-square": PlateStyle(280, 200, (244, 244, 240), (14, 14, 16), (18, 62, 160), lines=2),
    "uk-rear": PlateStyle(520, 111, (246, 205, 40), (14, 14, 16)),
    "us": PlateStyle(305, 152, (240, 242, 246), (26, 42, 110), heading="GREENFIELD"),
    "us-blue": PlateStyle(305, 152, (24, 58, 122), (240, 226, 150), heading="LAKELAND"),
    "mercosur": PlateStyle(400, 130, (244, 244, 242), (14, 14, 16), (20, 70, 160), "top"),
    "br-grey": PlateStyle(400, 130, (172, 174, 176), (14, 14, 16), heading="CIDADE"),
    "nl": PlateStyle(520, 110, (244, 186, 20), (14, 14, 16), (18, 62, 160)),
    "square": PlateStyle(240, 180, (244, 244, 240), (14, 14, 16), lines=2),
    "dark": PlateStyle(520, 110, (22, 22, 24), (232, 232, 228)),
}


def draw_simple_plate(text: str, style: str) -> NDArray[np.uint8]:
    """A flat plate (height, width, 3), two pixels to the millimetre, in one of STYLES."""
    kind = STYLES[style]
    scale = 2
    width, height = kind.width * scale, kind.height * scale
    card = Image.new("RGB", (width, height), kind.ground)
    draw = ImageDraw.Draw(card)
    left, top, foot = 18, 14, height - 14
    if kind.band is not None and kind.band_place == "left":
        draw.rectangle((0, 0, 44 * scale, height), fill=kind.band)
        left = 44 * scale + 10
    elif kind.band is not None:
        draw.rectangle((0, 0, width, 30 * scale), fill=kind.band)
        top = 30 * scale + 10
    if kind.heading:
        size = height // 7
        font = ImageFont.load_default(size=size)
        draw.text((width // 2, 12 + size // 2), kind.heading, font=font, fill=kind.ink, anchor="mm")
        top = size + 22
    rows = [text]
    if kind.lines == 2:
        cut = (len(text) + 1) // 2
        rows = [text[:cut], text[cut:]]
    tall = (foot - top) // len(rows)
    for index, row in enumerate(rows):
        box = (left, top + index * tall, width - 18, top + (index + 1) * tall - 6)
        _fill_line(card, row, box, kind.ink)
    draw.rounded_rectangle((2, 2, width - 3, height - 3), radius=16, outline=kind.ink, width=5)
    return np.asarray(card)


def _fill_line(
    card: Image.Image, text: str, box: tuple[int, int, int, int], ink: tuple[int, int, int]
) -> None:
    """Write one line of text so that it fills the box."""
    if not text:
        return
    font = ImageFont.load_default(size=160)
    spaced = " ".join(text) if len(text) < 9 else text
    bounds = font.getbbox(spaced, stroke_width=6)
    mask = Image.new("L", (int(bounds[2] - bounds[0]), int(bounds[3] - bounds[1])))
    draw = ImageDraw.Draw(mask)
    draw.text((-bounds[0], -bounds[1]), spaced, font=font, fill=255, stroke_width=6)
    left, top, right, bottom = box
    tall = bottom - top
    wide = min(right - left, round(mask.width * tall / mask.height * 1.05))
    mask = mask.resize((max(1, wide), max(1, tall)), Image.Resampling.LANCZOS)
    card.paste(ink, (left + (right - left - wide) // 2, top), mask)
