"""What a plate carries beside its registration: bands, names, stickers, bolts, frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import math
from typing import Any

import numpy as np
from PIL import Image

from training.plates.canvas import Canvas, blend, vivid
from training.plates.fonts import caption
from training.plates.lettering import choose_lettering
from training.plates.marks import EMBLEMS, draw_mark
from training.plates.style import Colour, parse_colour

Rng = np.random.Generator
Options = Mapping[str, Any]

_WORDS = (
    "LAND OF THE SUN", "THE GREAT STATE", "VISIT OUR COAST", "MOUNTAIN STATE", "AUTO CENTER",
    "SINCE 1949", "MOTORS", "www.autohaus.example", "PROUD PARENT", "ALUMNI", "UNIVERSITY",
    "GARAGE", "AUTOVEICOLI", "CITY FORD", "Family Cars", "State Capital", "First in Flight",
    "Wild & Free", "Land of Lakes", "Autos & Trucks", "IN GOD WE TRUST",
)  # fmt: skip
_BLEACHED = 0.15
"""Share of bands that have lost colour."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _colour(options: Options, key: str, otherwise: Colour) -> Colour:
    value = options.get(key)
    return parse_colour(value) if value else otherwise


def _title(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A state's name, a slogan or a city, at the top, the bottom or a place of its own."""
    text = str(rng.choice(options["texts"])) if options.get("texts") else str(rng.choice(_WORDS))
    if not text:
        return
    x, y = options.get("at", (0.5, 0.09))
    height = options.get("height", 0.13) * canvas.height
    colour = _colour(options, "colour", canvas.paint.ink)
    longest = round(options.get("longest", 0.7) * canvas.width)
    image = caption(text, round(height), colour, rng, longest)
    place = (round(x * canvas.width - image.width / 2), round(y * canvas.height - image.height / 2))
    canvas.image.paste(image, place, image)


def _band(canvas: Canvas, options: Options, rng: Rng) -> None:
    """The blue (or other) band at the left or right with a ring of stars and a country code.

    Some are bleached by the sun; and plates older than the band have the country's arms and code
    on bare ground, in a share of ``pale`` (0..1).
    """
    if options.get("side", "left") == "left" and rng.random() < options.get("pale", 0.05):
        _arms(canvas, options, rng)
        return
    width = options.get("width", 0.09) * canvas.width
    colour = _colour(options, "colour", (0, 51, 153))
    if rng.random() < _BLEACHED:
        colour = blend(colour, canvas.paint.ground, float(rng.uniform(0.2, 0.8)))
    right = options.get("side", "left") == "right"
    left = canvas.width - width if right else 0.0
    canvas.draw.rectangle((left, 0, left + width, canvas.height), fill=colour)
    centre = left + width / 2
    if options.get("stars", True) and not right:
        ring = width * float(rng.uniform(0.26, 0.34))
        top = canvas.height * float(rng.uniform(0.25, 0.34))
        for i in range(12):
            angle = math.pi * i / 6
            x, y = centre + ring * math.cos(angle), top + ring * math.sin(angle)
            r = max(1.0, width * 0.045)
            canvas.draw.ellipse((x - r, y - r, x + r, y + r), fill=(250, 210, 60))
    texts = options.get("codes")
    if texts:
        text = str(rng.choice(texts))
        if text == "99":
            text = f"{rng.integers(1, 100):02d}"
        image = caption(
            text, round(canvas.height * 0.24), (240, 240, 240), rng, round(width * 0.85)
        )
        y = round(canvas.height * float(rng.uniform(0.68, 0.78)) - image.height / 2)
        canvas.image.paste(image, (round(centre - image.width / 2), y), image)
    if options.get("emblem"):
        r = width * 0.32
        y = canvas.height * 0.3
        draw_mark(
            canvas.draw,
            str(rng.choice(EMBLEMS)),
            (centre - r, y - r, centre + r, y + r),
            (240, 240, 240),
            rng,
        )


def _arms(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A country's arms or flag with its code below, at the left on the plate's own ground."""
    width = options.get("width", 0.09) * canvas.width
    x, y = width * float(rng.uniform(0.55, 0.8)), canvas.height * float(rng.uniform(0.3, 0.42))
    r = width * float(rng.uniform(0.28, 0.55))
    name = str(rng.choice(["shield", "shield", "flag", "seal"]))
    draw_mark(canvas.draw, name, (x - r, y - r, x + r, y + r), vivid(rng), rng)
    code = str(rng.choice(options.get("codes", ("SK",))))
    height = round(canvas.height * float(rng.uniform(0.12, 0.24)))
    image = caption(code, height, canvas.paint.ink, rng, round(width * 0.8))
    top = round(canvas.height * float(rng.uniform(0.62, 0.8)) - image.height / 2)
    canvas.image.paste(image, (round(x - image.width / 2), top), image)


def _bar(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A coloured bar along the top or bottom, with or without a text in it."""
    height = options.get("height", 0.2) * canvas.height
    colour = _colour(options, "colour", vivid(rng))
    low = options.get("side", "top") == "bottom"
    top = canvas.height - height if low else 0.0
    canvas.draw.rectangle((0, top, canvas.width, top + height), fill=colour)
    if options.get("texts"):
        text = str(rng.choice(options["texts"]))
        ink = _colour(options, "ink", (245, 245, 245))
        image = caption(text, round(height * 0.75), ink, rng, round(canvas.width * 0.7))
        y = round(top + height / 2 - image.height / 2)
        canvas.image.paste(image, (round(canvas.width / 2 - image.width / 2), y), image)


_STICKER_PLACES = {"tl": (0.09, 0.13), "tr": (0.91, 0.13), "bl": (0.09, 0.87), "br": (0.91, 0.87)}


def _stickers(canvas: Canvas, options: Options, rng: Rng) -> None:
    """Month, year and tax stickers in the corners."""
    for place in options.get("places", ("br",)):
        if rng.random() > options.get("each", 0.7):
            continue
        x, y = options.get("at") or _STICKER_PLACES[place]
        text = str(
            rng.choice(
                [
                    str(rng.choice(_MONTHS)),
                    f"{rng.integers(0, 100):02d}",
                    str(rng.integers(2005, 2027)),
                ]
            )
        )
        height = max(5, round(canvas.height * float(rng.uniform(0.12, 0.24))))
        ground = vivid(rng) if rng.random() < 0.7 else (240, 240, 240)
        ink = (20, 20, 20) if sum(ground) > 330 else (245, 245, 245)
        label = caption(text, round(height * 0.75), ink, rng, round(canvas.width * 0.16))
        sticker = Image.new(
            "RGBA", (max(label.width + 4, round(height * 1.1)), height), (*ground, 255)
        )
        sticker.alpha_composite(
            label, ((sticker.width - label.width) // 2, max(0, (height - label.height) // 2))
        )
        sticker = sticker.rotate(
            float(rng.normal(0, 4)), expand=True, resample=Image.Resampling.BILINEAR
        )
        at = (
            round(x * canvas.width - sticker.width / 2),
            round(y * canvas.height - sticker.height / 2),
        )
        canvas.image.paste(sticker, at, sticker)


def _small_code(canvas: Canvas, options: Options, rng: Rng) -> None:
    """Tiny letters that are no part of the registration: county codes, serials, makers."""
    x, y = options["at"]
    length = int(rng.integers(1, 5))
    text = "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVX0123456789"), length))
    colour = blend(canvas.paint.ink, canvas.paint.ground, float(rng.uniform(0, 0.5)))
    image = caption(
        text, round(canvas.height * options.get("height", 0.1)), colour, rng, canvas.width // 5
    )
    canvas.image.paste(
        image,
        (round(x * canvas.width - image.width / 2), round(y * canvas.height - image.height / 2)),
        image,
    )


def _emblem(canvas: Canvas, options: Options, rng: Rng) -> None:
    """An emblem at a place of its own, beside the registration."""
    x, y = options["at"]
    r = options.get("size", 0.3) * canvas.height / 2
    names = options.get("marks") or EMBLEMS
    box = (x * canvas.width - r, y * canvas.height - r, x * canvas.width + r, y * canvas.height + r)
    draw_mark(canvas.draw, str(rng.choice(names)), box, canvas.paint.ink, rng)


def _bolts(canvas: Canvas, options: Options, rng: Rng) -> None:
    """Screw heads where a plate is held."""
    layout = str(rng.choice(options.get("layouts", ("top", "four", "sides"))))
    places = {
        "top": ((0.2, 0.08), (0.8, 0.08)),
        "four": ((0.2, 0.08), (0.8, 0.08), (0.2, 0.92), (0.8, 0.92)),
        "sides": ((0.06, 0.5), (0.94, 0.5)),
    }[layout]
    r = canvas.height * float(rng.uniform(0.025, 0.05))
    colour = blend((35, 35, 35), (215, 215, 215), float(rng.random()))
    for px, py in places:
        x = (px + float(rng.normal(0, 0.01))) * canvas.width
        y = (py + float(rng.normal(0, 0.01))) * canvas.height
        canvas.draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=colour, outline=blend(colour, (0, 0, 0), 0.5)
        )


def _holder(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A dealer's frame over the plate's edges, which may hide the state's name."""
    colour = blend((15, 15, 15), (200, 200, 205), float(rng.choice([0, 0.05, 0.1, 0.9, 1.0])))
    width, height = canvas.image.size
    side = float(rng.uniform(0.012, 0.035)) * width
    top = float(rng.uniform(0.03, options.get("top", 0.17))) * height
    low = float(rng.uniform(0.03, options.get("bottom", 0.15))) * height
    for box in (
        (0, 0, width, top),
        (0, height - low, width, height),
        (0, 0, side, height),
        (width - side, 0, width, height),
    ):
        canvas.draw.rectangle(box, fill=colour)
    ink = (235, 235, 235) if sum(colour) < 380 else (30, 30, 30)
    for y, room in ((top / 2, top), (height - low / 2, low)):
        if room > 0.08 * height and rng.random() < 0.7:
            image = caption(
                str(rng.choice(_WORDS)), round(room * 0.7), ink, rng, round(width * 0.8)
            )
            canvas.image.paste(
                image, (round(width / 2 - image.width / 2), round(y - image.height / 2)), image
            )


def _edge(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A printed line round the plate."""
    inset = round(options.get("inset", 0.02) * canvas.height)
    line = max(1, round(options.get("line", 0.025) * canvas.height))
    box = (inset, inset, canvas.width - 1 - inset, canvas.height - 1 - inset)
    colour = _colour(options, "colour", canvas.paint.ink)
    canvas.draw.rounded_rectangle(
        box, radius=round(0.07 * canvas.height), outline=colour, width=line
    )


def _side_letters(canvas: Canvas, options: Options, rng: Rng) -> None:
    """Letters at the edge that are no part of the registration, upright or lying."""
    text = "".join(rng.choice(list("ABCDEFGHIJKLMNOPRSTUVWXYZ"), int(rng.integers(1, 4))))
    image = caption(text, round(canvas.height * 0.22), vivid(rng), rng, round(canvas.height * 0.6))
    if rng.random() < 0.6:
        image = image.rotate(90, expand=True)
    x = round(canvas.width * options.get("x", 0.035) - image.width / 2)
    canvas.image.paste(image, (x, round(canvas.height / 2 - image.height / 2)), image)


def _script_letter(canvas: Canvas, options: Options, rng: Rng) -> None:
    """A big pale letter or figure behind the registration, as on team and campus plates."""
    letter = str(rng.choice(list("ABCMSTUW8")))
    side = round(canvas.height * 0.5)
    mask = choose_lettering(rng, "sans").mask(letter, round(side * 0.8), side)
    x = round(canvas.width * float(rng.choice([0.1, 0.9])) - mask.width / 2)
    canvas.paste_ink(
        mask, (x, round(canvas.height * 0.3)), blend(canvas.paint.ground, vivid(rng), 0.4)
    )


DECORATIONS: dict[str, Callable[[Canvas, Options, Rng], None]] = {
    "title": _title,
    "band": _band,
    "bar": _bar,
    "stickers": _stickers,
    "code": _small_code,
    "emblem": _emblem,
    "bolts": _bolts,
    "holder": _holder,
    "edge": _edge,
    "side": _side_letters,
    "monogram": _script_letter,
}

UNDER_LETTERS = frozenset({"band", "bar", "edge", "title", "monogram", "emblem"})
"""Kinds that are printed before the registration; the others are put on top of it."""


def decorate(canvas: Canvas, kind: str, options: Options, rng: Rng) -> None:
    """Draw one decoration. Raises KeyError for a kind there is not."""
    DECORATIONS[kind](canvas, options, rng)
