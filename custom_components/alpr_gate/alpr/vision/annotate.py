"""A picture with what was read drawn into it, for people to look at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from .decode import decode

if TYPE_CHECKING:
    from ..types import PlateRead

_FIRST, _OTHER = (0, 220, 90), (255, 170, 0)
"""Colours of the likeliest car at the gate, and of the rest."""


def annotated(body: bytes, plates: tuple[PlateRead, ...]) -> bytes:
    """The picture as a JPEG with a box, corners and text for every plate.

    Raises:
        ImageRefused: when the picture cannot be decoded.
    """
    image = Image.fromarray(decode(body, enough_width=None).pixels)
    draw = ImageDraw.Draw(image)
    line = max(2, max(image.size) // 400)
    text_size = max(14, max(image.size) // 40)
    font = ImageFont.load_default(size=text_size)
    for plate in reversed(plates):
        colour = _FIRST if plate is plates[0] else _OTHER
        box = plate.box
        draw.rectangle((box.x1, box.y1, box.x2, box.y2), outline=colour, width=line)
        if plate.corners:
            draw.polygon(plate.corners, outline=(255, 0, 90), width=max(1, line // 2))
        label = f"{plate.text} {plate.confidence:.0%}"
        place = box.x1, max(0.0, box.y1 - text_size * 1.3)
        draw.rectangle(draw.textbbox(place, label, font=font), fill=(0, 0, 0))
        draw.text(place, label, fill=colour, font=font)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=90)
    return target.getvalue()
