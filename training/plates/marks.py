"""What stands between the groups of a registration: dashes, dots, seals and emblems."""

from __future__ import annotations

from collections.abc import Callable
import math

import numpy as np
from PIL import ImageDraw

from training.plates.canvas import Point, blend, blob, star, vivid
from training.plates.fonts import caption
from training.plates.scripts import flowing, ideogram
from training.plates.style import Colour

Rng = np.random.Generator


class Mark:
    """Where one mark goes (pixels) and the colours at hand."""

    def __init__(
        self,
        draw: ImageDraw.ImageDraw,
        box: tuple[float, float, float, float],
        ink: Colour,
        rng: Rng,
    ) -> None:
        self.draw = draw
        self.left, self.top, self.right, self.bottom = box
        self.ink = ink
        self.rng = rng
        self.colour = ink if rng.random() < 0.5 else vivid(rng)

    @property
    def centre(self) -> Point:
        """The middle of the place."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def radius(self) -> float:
        """Half the lesser side."""
        return max(1.0, min(self.right - self.left, self.bottom - self.top) / 2)

    def disc(
        self, centre: Point, radius: float, fill: Colour | None, outline: Colour | None = None
    ) -> None:
        """A filled circle or ring."""
        x, y = centre
        width = max(1, round(radius / 5))
        self.draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius),
            fill=fill,
            outline=outline,
            width=width,
        )


def _dash(mark: Mark) -> None:
    _, y = mark.centre
    half = (mark.bottom - mark.top) * float(mark.rng.uniform(0.04, 0.08))
    y += (mark.bottom - mark.top) * float(mark.rng.normal(0, 0.03))
    mark.draw.rectangle((mark.left, y - half, mark.right, y + half), fill=mark.ink)


def _dot(mark: Mark) -> None:
    x, y = mark.centre
    height = mark.bottom - mark.top
    radius = height * float(mark.rng.uniform(0.06, 0.09))
    y = mark.bottom - radius if mark.rng.random() < 0.4 else y
    if mark.rng.random() < 0.5:
        mark.disc((x, y), radius, mark.ink)
    else:
        mark.draw.rectangle((x - radius, y - radius, x + radius, y + radius), fill=mark.ink)


def _seal_at(mark: Mark, centre: Point, radius: float) -> None:
    pale = blend((200, 205, 210), vivid(mark.rng), float(mark.rng.uniform(0, 0.7)))
    mark.disc(centre, radius, pale, blend(pale, (20, 20, 20), 0.6))
    inner = blob(mark.rng, centre, (radius * 0.6, radius * 0.6), 7, 0.7)
    mark.draw.polygon(inner, fill=vivid(mark.rng))
    if mark.rng.random() < 0.5:
        mark.disc(centre, radius * 0.3, blend(pale, (0, 0, 0), 0.5))


def _seal(mark: Mark) -> None:
    _seal_at(mark, mark.centre, mark.radius * float(mark.rng.uniform(0.75, 1.0)))


def _seals(mark: Mark) -> None:
    """Two round stickers one above the other, as in Germany."""
    x = mark.centre[0]
    height = mark.bottom - mark.top
    radius = min((mark.right - mark.left) / 2, height * 0.24) * float(mark.rng.uniform(0.85, 1.1))
    _seal_at(mark, (x, mark.top + height * 0.24), radius)
    if mark.rng.random() < 0.85:
        _seal_at(mark, (x, mark.top + height * 0.74), radius)


def _state(mark: Mark) -> None:
    outline = blob(
        mark.rng, mark.centre, (mark.radius, mark.radius * 1.2), int(mark.rng.integers(7, 14))
    )
    if mark.rng.random() < 0.5:
        mark.draw.polygon(outline, fill=mark.colour)
        return
    thin = max(1, round(mark.radius / 6))
    mark.draw.line([*outline, outline[0]], fill=mark.colour, width=thin)
    if mark.rng.random() < 0.5:
        _sticker(mark)


def _sticker(mark: Mark) -> None:
    """A month's or a year's, far too small to be read, inside an outline."""
    x, y = mark.centre
    across, down = mark.radius * 0.55, mark.radius * float(mark.rng.uniform(0.3, 0.6))
    ground = blend((240, 240, 240), vivid(mark.rng), float(mark.rng.choice([0.0, 1.0])))
    mark.draw.rectangle((x - across, y - down, x + across, y + down), fill=ground)
    ink = blend(ground, (20, 20, 20), float(mark.rng.uniform(0.4, 1.0)))
    for side in (-0.3, 0.3):
        left = x + (side - 0.2) * across
        box = (left, y - 0.6 * down, left + 0.4 * across, y + 0.6 * down)
        mark.draw.rectangle(box, fill=ink)


def _star(mark: Mark) -> None:
    points = int(mark.rng.choice([4, 5, 5, 5, 6, 8]))
    mark.draw.polygon(
        star(mark.centre, mark.radius, points, float(mark.rng.uniform(0.35, 0.6))), fill=mark.colour
    )


def _heart(mark: Mark) -> None:
    x, y = mark.centre
    r = mark.radius * 0.5
    mark.disc((x - r * 0.9, y - r * 0.4), r, mark.colour)
    mark.disc((x + r * 0.9, y - r * 0.4), r, mark.colour)
    mark.draw.polygon([(x - 1.75 * r, y), (x + 1.75 * r, y), (x, y + 1.9 * r)], fill=mark.colour)


def _fruit(mark: Mark) -> None:
    """Oranges, peaches and what else a state grows."""
    x, y = mark.centre
    r = mark.radius * 0.55
    fruit = blend((250, 140, 30), vivid(mark.rng), float(mark.rng.uniform(0, 0.6)))
    for dx, dy in ((-0.8, 0.4), (0.8, 0.4), (0.0, -0.3))[: int(mark.rng.integers(1, 4))]:
        mark.disc((x + dx * r, y + dy * r), r, fruit, blend(fruit, (60, 20, 0), 0.4))
    for _ in range(int(mark.rng.integers(1, 4))):
        at = (x + float(mark.rng.normal(0, r)), y - r * 1.1)
        mark.draw.polygon(blob(mark.rng, at, (r * 0.8, r * 0.4), 5), fill=(40, 130, 50))


def _flag(mark: Mark) -> None:
    x, y = mark.centre
    r = mark.radius * 0.9
    colours = [vivid(mark.rng), (245, 245, 245), vivid(mark.rng)]
    for i, colour in enumerate(colours):
        top = y - 0.7 * r + i * 0.47 * r
        mark.draw.rectangle((x - r, top, x + r, top + 0.47 * r), fill=colour)


def _shield(mark: Mark) -> None:
    """A coat of arms: parted, with a bar, a cross or a figure."""
    x, y = mark.centre
    r = mark.radius
    outline = [
        (x - 0.8 * r, y - r),
        (x + 0.8 * r, y - r),
        (x + 0.75 * r, y + 0.3 * r),
        (x, y + r),
        (x - 0.75 * r, y + 0.3 * r),
    ]
    mark.draw.polygon(outline, fill=mark.colour)
    other = vivid(mark.rng) if mark.rng.random() < 0.6 else (240, 240, 240)
    choice = mark.rng.random()
    if choice < 0.25:
        mark.draw.polygon([(x, y - r), outline[1], outline[2], (x, y + r)], fill=other)
    elif choice < 0.45:
        mark.draw.rectangle((x - 0.76 * r, y - 0.35 * r, x + 0.76 * r, y + 0.1 * r), fill=other)
    elif choice < 0.65:
        mark.draw.rectangle((x - 0.15 * r, y - 0.8 * r, x + 0.15 * r, y + 0.7 * r), fill=other)
        for height in (-0.5, -0.1)[: int(mark.rng.integers(1, 3))]:
            top = y + height * r
            mark.draw.rectangle((x - 0.5 * r, top, x + 0.5 * r, top + 0.22 * r), fill=other)
    else:
        figure = blob(mark.rng, (x, y - 0.1 * r), (0.5 * r, 0.6 * r), 7, 0.6)
        mark.draw.polygon(figure, fill=other)
    if mark.rng.random() < 0.4:
        thin = max(1, round(r / 8))
        mark.draw.line([*outline, outline[0]], fill=blend(mark.colour, (0, 0, 0), 0.7), width=thin)


def _line(mark: Mark) -> None:
    x = mark.centre[0]
    half = max(1.0, (mark.right - mark.left) * 0.06)
    mark.draw.rectangle((x - half, mark.top, x + half, mark.bottom), fill=mark.ink)


def _sun(mark: Mark) -> None:
    mark.draw.polygon(star(mark.centre, mark.radius, 12, 0.7), fill=mark.colour)
    mark.disc(mark.centre, mark.radius * 0.45, blend(mark.colour, (255, 255, 255), 0.5))


def _creature(mark: Mark) -> None:
    """A bird, fish, horse or bison, near enough."""
    x, y = mark.centre
    r = mark.radius
    mark.draw.polygon(blob(mark.rng, (x, y), (r, r * 0.5), 10, 0.5), fill=mark.colour)
    for dx in (-0.6, -0.25, 0.3, 0.65)[: int(mark.rng.integers(0, 5))]:
        mark.draw.line(
            [(x + dx * r, y), (x + dx * r * 1.1, y + r)],
            fill=mark.colour,
            width=max(1, round(r / 6)),
        )
    mark.draw.polygon(
        blob(mark.rng, (x + r * 0.8, y - r * 0.5), (r * 0.35, r * 0.35), 6), fill=mark.colour
    )


def _wheelchair(mark: Mark) -> None:
    x, y = mark.centre
    r = mark.radius
    line = max(1, round(r / 5))
    mark.disc((x - 0.1 * r, y - 0.8 * r), r * 0.18, mark.ink)
    path = [
        (x - 0.1 * r, y - 0.55 * r),
        (x - 0.05 * r, y + 0.1 * r),
        (x + 0.45 * r, y + 0.1 * r),
        (x + 0.7 * r, y + 0.75 * r),
    ]
    mark.draw.line(path, fill=mark.ink, width=line, joint="curve")
    mark.draw.arc(
        (x - 0.7 * r, y - 0.25 * r, x + 0.5 * r, y + 0.95 * r), 60, 300, fill=mark.ink, width=line
    )


def _tree(mark: Mark) -> None:
    x, y = mark.centre
    r = mark.radius
    green = blend((30, 110, 50), mark.colour, 0.3)
    for i in range(3):
        top, half = y - r + i * 0.5 * r, 0.4 * r + i * 0.2 * r
        mark.draw.polygon(
            [(x, top), (x - half, top + 0.8 * r), (x + half, top + 0.8 * r)], fill=green
        )


def _ring(mark: Mark) -> None:
    for i in range(12):
        angle = math.pi * i / 6
        at = (
            mark.centre[0] + mark.radius * 0.8 * math.cos(angle),
            mark.centre[1] + mark.radius * 0.8 * math.sin(angle),
        )
        mark.disc(at, max(1.0, mark.radius * 0.12), mark.colour)


def _ideogram(mark: Mark) -> None:
    ideogram(mark.draw, (mark.left, mark.top, mark.right, mark.bottom), mark.ink, mark.rng)


def _flowing(mark: Mark) -> None:
    flowing(mark.draw, (mark.left, mark.top, mark.right, mark.bottom), mark.ink, mark.rng)


_PLACES = ("DUBAI", "UAE", "SHARJAH", "KUWAIT", "OMAN", "QATAR", "MAROC", "IRAN", "EGYPT", "THAI")


def _name(mark: Mark) -> None:
    """A country or town in small, in Latin letters and in others, one above the other."""
    x, middle = mark.centre
    tall = (mark.bottom - mark.top) * float(mark.rng.uniform(0.22, 0.38))
    above = bool(mark.rng.random() < 0.5)
    other = middle - 1.3 * tall if above else middle + 0.3 * tall
    flowing(mark.draw, (mark.left, other, mark.right, other + tall), mark.ink, mark.rng)
    word = str(mark.rng.choice(_PLACES))
    longest = round((mark.right - mark.left) * 1.05)
    name = caption(word, round(tall), mark.ink, mark.rng, longest)
    y = middle + 0.8 * tall if above else middle - 0.8 * tall
    place = (round(x - name.width / 2), round(y - name.height / 2))
    mark.draw.bitmap(place, name.getchannel("A"), mark.ink)


def _nothing(mark: Mark) -> None:
    """Bare paint where other plates carry an emblem."""


MARKS: dict[str, Callable[[Mark], None]] = {
    "dash": _dash,
    "dot": _dot,
    "seal": _seal,
    "seals": _seals,
    "state": _state,
    "star": _star,
    "heart": _heart,
    "fruit": _fruit,
    "flag": _flag,
    "shield": _shield,
    "line": _line,
    "sun": _sun,
    "creature": _creature,
    "wheelchair": _wheelchair,
    "tree": _tree,
    "ring": _ring,
    "ideogram": _ideogram,
    "flowing": _flowing,
    "name": _name,
    "nothing": _nothing,
}

EMBLEMS = (
    "seal",
    "state",
    "star",
    "heart",
    "fruit",
    "flag",
    "shield",
    "sun",
    "creature",
    "tree",
    "ring",
)
"""Marks that can stand for one another on a free design."""


def draw_mark(
    draw: ImageDraw.ImageDraw,
    name: str,
    box: tuple[float, float, float, float],
    ink: Colour,
    rng: Rng,
) -> None:
    """Draw the named mark in a box in pixels. Raises KeyError for a name there is not."""
    MARKS[name](Mark(draw, box, ink, rng))
