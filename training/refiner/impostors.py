"""What a detector takes for a plate and is none: signs, lettering, stickers, wheels, lamps, vents.

Drawn flat, as plates are, to be photographed by the same camera: nothing but what is on them may
tell them from plates.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from training.detector.pictures import Pixels
from training.detector.things import THINGS
from training.plates.fonts import title_font

Rng = np.random.Generator
Shade = tuple[int, int, int]

_SAID = """
STOP EXIT ENTRANCE PRIVATE PARKING RESIDENTS VISITORS PERMIT ONLY NO ENTRY KEEP CLEAR DANGER
CAUTION TAXI POLICE AMBULANCE DELIVERY STUDENT STAFF SCHOOL SLOW FIRE LANE TOW AWAY ZONE HALT
AUSFAHRT EINFAHRT FREIHALTEN PRIVAT PARKPLATZ FEUERWEHR ZUFAHRT SORTIE ENTREE PRIVEE DEFENSE
RESIDENT REFERRAL BONUS SALE RENT LEASE APARTMENTS ROOFING LAWN CARE VOTE FREE WIFI TODAY CALL NOW
HIRING JOIN WELCOME GUEST EVENT STATIONNER LIVRAISON SALIDA ENTRADA PRIVADO PROHIBIDO APARCAR VADO
USCITA INGRESSO PASSO CARRABILE PARE SAIDA GARAGEM UITGANG INGANG VERBODEN WYJAZD WJAZD PLUMBING
ELECTRIC BAKERY TRANSPORT SERVICE RENTAL MOTORS AUTOHAUS GARAGE FLOWERS CLEANING HYBRID TURBO
QUATTRO SPORT DIESEL HOMES FOR SALE CAMERA WARNING VIDEO BEWARE DOG ALARM RECEPTION OFFICE TOILETS
OPEN CLOSED MENU PIZZA COFFEE
"""
WORDS = tuple(_SAID.split())
"""What signs and lettering say."""
SIGNS: tuple[tuple[Shade, Shade], ...] = (
    ((200, 25, 30), (250, 250, 250)),
    ((250, 250, 250), (20, 20, 20)),
    ((250, 250, 250), (200, 25, 30)),
    ((25, 70, 160), (250, 250, 250)),
    ((245, 205, 30), (15, 15, 15)),
    ((20, 110, 60), (245, 245, 245)),
    ((20, 20, 22), (240, 240, 240)),
    ((240, 130, 20), (15, 15, 15)),
)
"""Ground and lettering of signs."""
BRIGHT = 380
"""Sum of a colour's parts from which on it is bright."""
_DARK_INKS: tuple[Shade, ...] = ((20, 20, 20), (165, 20, 25), (20, 45, 130), (15, 85, 45))
_BRIGHT_INKS: tuple[Shade, ...] = ((245, 245, 245), (250, 215, 40), (250, 150, 40), (150, 215, 250))
NUMBERS = 0.25
"""Share of a sign's lines that are numbers."""
HEIGHT = 96
"""Pixels of what is drawn."""


def impostor(rng: Rng) -> Pixels:
    """Something flat that is no plate, ``HEIGHT`` pixels high."""
    kinds = (_notice, poster, _words_beside, _house_number, _octagon, _thing)
    return kinds[int(rng.choice(len(kinds), p=[0.17, 0.2, 0.18, 0.09, 0.08, 0.28]))](rng)


def _notice(rng: Rng) -> Pixels:
    """A sign, a permit or a sticker with some lines of words."""
    sheet, ink = _board(rng, float(rng.uniform(1.0, 4.0)))
    lines = int(rng.choice([1, 2, 3, 4, 5], p=[0.15, 0.25, 0.3, 0.2, 0.1]))
    row = HEIGHT / lines
    draw = ImageDraw.Draw(sheet)
    for line in range(lines):
        size = row * float(rng.uniform(0.45, 0.8))
        middle = (sheet.width / 2, (line + 0.5) * row)
        text = str(rng.choice(WORDS)) if lines == 1 else _phrase(rng, sheet.width / size)
        _centred(rng, draw, text, middle, (sheet.width, size), ink)
    if rng.random() < 0.4:
        edge = int(rng.integers(1, 8))
        draw.rectangle((0, 0, sheet.width - 1, HEIGHT - 1), outline=ink, width=edge)
    return np.array(sheet)


def poster(rng: Rng) -> Pixels:
    """A sign on a lawn, an advertisement, a permit: lines of several sizes, one set off."""
    sheet, ink = _board(rng, float(rng.uniform(0.7, 2.2)))
    draw = ImageDraw.Draw(sheet)
    shares = rng.uniform(0.4, 1.6, int(rng.choice([2, 3, 4], p=[0.35, 0.45, 0.2])))
    rows = shares / shares.sum() * HEIGHT
    loudest = int(rng.integers(len(rows)))
    top = 0.0
    for line, row in enumerate(rows.tolist()):
        colour, size = _other_ink(rng, ink), row * float(rng.uniform(0.6, 0.9))
        middle = (sheet.width / 2, top + row / 2)
        room = (sheet.width * float(rng.uniform(0.6, 1.0)), size)
        if line == loudest and rng.random() < 0.5:
            _set_off(rng, draw, (sheet.width, top, row), _other_ink(rng, ink))
            room = room[0] * 0.8, size * 0.8
        text = _loud(rng) if line == loudest else _phrase(rng, room[0] / size)
        _centred(rng, draw, text, middle, room, colour)
        top += row
    return np.array(sheet)


def _set_off(
    rng: Rng, draw: ImageDraw.ImageDraw, row: tuple[float, float, float], colour: Shade
) -> None:
    """A ring, a frame or a bar around one line; ``row``: the sheet's width, top and height."""
    width, top, height = row
    aside = width * float(rng.uniform(0.02, 0.15))
    left, right, bottom = aside, width - aside, top + height - 1
    place = (left, top + 1, right, bottom)
    edge = max(1, round(height * float(rng.uniform(0.05, 0.12))))
    shape = rng.random()
    if shape < 0.5:
        draw.ellipse(place, outline=colour, width=edge)
    elif shape < 0.8:
        draw.rounded_rectangle(place, height / 4, outline=colour, width=edge)
    else:
        draw.line((left, bottom, right, bottom), colour, edge)


def _loud(rng: Rng) -> str:
    """What a poster says loudest: a price, a share, a number, one word."""
    amount = int(rng.choice([5, 10, 25, 50, 99, 100, 199, 250, 300, 499, 500, 750, 999, 1000]))
    shapes = ("${}", "${}", "€{}", "£{}", "{}%", "{}% OFF", "-{}%", "{}", "{}.99", "ONLY ${}")
    if rng.random() < 0.5:
        return str(rng.choice(shapes)).format(amount)
    return str(rng.choice(WORDS)) if rng.random() < 0.5 else _number(rng)


def _other_ink(rng: Rng, ink: Shade) -> Shade:
    """The same ink, or another as dark or as bright."""
    if rng.random() < 0.4:
        return ink
    inks = _DARK_INKS if sum(ink) < BRIGHT else _BRIGHT_INKS
    return inks[int(rng.integers(len(inks)))]


def _words_beside(rng: Rng) -> Pixels:
    """Lettering on a van or a wall: it goes on beyond what is seen, and no edge is its own."""
    sheet, ink = _board(rng, float(rng.uniform(1.5, 5.0)))
    draw = ImageDraw.Draw(sheet)
    size = HEIGHT * float(rng.uniform(0.35, 1.0))
    font = title_font(rng, round(size))
    text = " ".join(rng.choice(WORDS, 5))
    if rng.random() < 0.3:
        text = "".join(rng.choice(list("0123456789 -/"), 18))
    start = -float(rng.uniform(0, 1.5)) * sheet.width
    draw.text((start, float(rng.uniform(-0.3, 0.6)) * HEIGHT), text, ink, font)
    if rng.random() < 0.4:
        draw.text((start / 2, float(rng.uniform(0.5, 1.0)) * HEIGHT), text[::-1], ink, font)
    return np.array(sheet)


def _house_number(rng: Rng) -> Pixels:
    """One to three figures on a small board, about as wide as high."""
    text = str(int(rng.integers(1, 10 ** int(rng.integers(1, 4)))))
    sheet, ink = _board(rng, float(rng.uniform(0.7, 1.0)) * (0.5 + 0.35 * len(text)))
    size = HEIGHT * float(rng.uniform(0.5, 0.9))
    middle = sheet.width / 2, HEIGHT / 2
    _centred(rng, ImageDraw.Draw(sheet), text, middle, (sheet.width, size), ink)
    return np.array(sheet)


def _octagon(rng: Rng) -> Pixels:
    """A stop sign."""
    behind = tuple(rng.integers(0, 255, 3).tolist())
    sheet = Image.new("RGB", (HEIGHT, HEIGHT), behind)
    draw = ImageDraw.Draw(sheet)
    red = (int(rng.integers(150, 225)), int(rng.integers(5, 50)), int(rng.integers(5, 50)))
    angles = np.pi / 8 + np.arange(8) * np.pi / 4
    rim = [(HEIGHT / 2 * (1 + np.cos(a)), HEIGHT / 2 * (1 + np.sin(a))) for a in angles]
    draw.polygon(rim, fill=red, outline=(240, 240, 240), width=3)
    word = str(rng.choice(["STOP", "PARE", "ALTO", "HALT"]))
    size = HEIGHT * float(rng.uniform(0.28, 0.42))
    _centred(rng, draw, word, (HEIGHT / 2, HEIGHT / 2), (HEIGHT * 0.85, size), (250, 250, 250))
    whole = np.array(sheet)
    if rng.random() < 0.4:  # the word alone, as the detector often frames it
        cut = int(HEIGHT * float(rng.uniform(0.15, 0.33)))
        return np.ascontiguousarray(whole[cut : HEIGHT - cut])
    return whole


def _thing(rng: Rng) -> Pixels:
    """A lamp, a badge, a grille, a wheel, an empty recess."""
    width = round(HEIGHT * float(np.exp(rng.uniform(np.log(0.8), np.log(4.5)))))
    part: Pixels = np.full((HEIGHT, width, 3), rng.integers(0, 230), np.uint8)
    THINGS[int(rng.integers(len(THINGS)))](rng, part)
    return part


def _board(rng: Rng, shape: float) -> tuple[Image.Image, Shade]:
    """An empty board ``shape`` times as wide as high, and what to write on it with."""
    ground, ink = SIGNS[int(rng.integers(len(SIGNS)))]
    if rng.random() < 0.4:
        one, two, three = rng.integers(0, 255, 3).tolist()
        ground = (one, two, three)
        ink = (15, 15, 15) if sum(ground) > BRIGHT else (240, 240, 240)
    return Image.new("RGB", (max(8, round(HEIGHT * shape)), HEIGHT), ground), ink


def _phrase(rng: Rng, room: float) -> str:
    """Words that fit into about ``room`` times their height, or a number."""
    if rng.random() < NUMBERS:
        return _number(rng)
    text = str(rng.choice(WORDS))
    while len(text) * 0.7 < room * 0.6:
        text += " " + str(rng.choice(WORDS))
    return text if rng.random() < 0.7 else text.capitalize()


def _number(rng: Rng) -> str:
    """A time, a price, the number of a permit, of a telephone or of a line of law."""
    figures = "".join(rng.choice(list("0123456789"), int(rng.integers(2, 9))))
    shape = str(
        rng.choice(["{}", "{}", "No. {}", "{}-{}", "{}:00-{}:00", "{} km", "# {}", "{}.{}"])
    )
    return shape.format(figures, figures[:2])


def _centred(
    rng: Rng,
    draw: ImageDraw.ImageDraw,
    text: str,
    middle: tuple[float, float],
    room: tuple[float, float],
    ink: Shade,
) -> None:
    """Write a text around ``middle``, no wider and higher than ``room``."""
    font = title_font(rng, round(room[1]))
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    if right - left > room[0] * 0.95:
        font = title_font(rng, round(room[1] * room[0] * 0.9 / (right - left)))
        left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    spot = middle[0] - (left + right) / 2, middle[1] - (top + bottom) / 2
    draw.text(spot, text, ink, font)
