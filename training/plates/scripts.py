"""Writing that is not to be read: letters of other scripts, as marks beside the registration.

Not real letters, but strokes as a camera sees them: a reader must learn that such shapes, however
like a letter, say nothing.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import ImageDraw

from training.plates.canvas import Box, Point
from training.plates.style import Colour

Rng = np.random.Generator

_ROUNDED = 10
"""Points along a bow."""


def ideogram(draw: ImageDraw.ImageDraw, box: Box, ink: Colour, rng: Rng) -> None:
    """A character of bars, uprights and strokes, filling a box in pixels: China, Japan, Korea."""
    left, top, right, bottom = box
    line = max(1, round((bottom - top) * float(rng.uniform(0.06, 0.11))))

    def at(x: float, y: float) -> Point:
        return left + x * (right - left), top + y * (bottom - top)

    for y in np.sort(rng.uniform(0.03, 0.97, int(rng.integers(2, 5)))).tolist():
        begins, ends = rng.uniform(0.0, 0.35), rng.uniform(0.65, 1.0)
        draw.line([at(begins, y), at(ends, y + float(rng.normal(0, 0.02)))], ink, line)
    for x in rng.uniform(0.08, 0.92, int(rng.integers(1, 4))).tolist():
        begins, ends = rng.uniform(0.0, 0.4), rng.uniform(0.55, 1.0)
        draw.line([at(x, begins), at(x, ends)], ink, line)
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.6)
        side = float(rng.choice([-1, 1])) * float(rng.uniform(0.2, 0.4))
        draw.line([at(x, y), at(x + side, y + float(rng.uniform(0.2, 0.4)))], ink, line)
    if rng.random() < 0.35:
        draw.rectangle((*at(0.05, 0.03), *at(0.95, 0.97)), outline=ink, width=line)


def flowing(draw: ImageDraw.ImageDraw, box: Box, ink: Colour, rng: Rng) -> None:
    """A word of joined bows with dots above and below, filling a box in pixels: Arabic, Hindi."""
    left, top, right, bottom = box
    height = bottom - top
    line = max(1, round(height * float(rng.uniform(0.09, 0.16))))
    bows = max(1, round((right - left) / max(1.0, height) * float(rng.uniform(0.8, 1.6))))
    wide = (right - left) / bows
    base = top + height * float(rng.uniform(0.5, 0.7))
    if rng.random() < 0.3:  # the bar that Devanagari letters hang from
        draw.line([(left, top + height * 0.2), (right, top + height * 0.2)], ink, line)
    for number in range(bows):
        begin = left + number * wide
        deep = height * float(rng.uniform(0.1, 0.45)) * float(rng.choice([1, 1, -1]))
        bow = [
            (begin + wide * k / _ROUNDED, base + deep * math.sin(math.pi * k / _ROUNDED))
            for k in range(_ROUNDED + 1)
        ]
        draw.line(bow, ink, line, joint="curve")
        if rng.random() < 0.35:
            draw.line([(begin, base), (begin, top)], ink, line)
        for _ in range(int(rng.choice([0, 0, 1, 2]))):
            x = begin + wide * float(rng.uniform(0.2, 0.8))
            y = float(rng.choice([top + 0.1 * height, bottom - 0.1 * height]))
            draw.ellipse((x - line / 2, y - line / 2, x + line / 2, y + line / 2), fill=ink)
