"""Writing in other scripts, which is no part of what is to be read: near enough, not real words."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

Rng = np.random.Generator

SUPERSAMPLING = 3


def joined(rng: Rng, size: tuple[int, int]) -> Image.Image:
    """Letters that flow into one another along a base line, with dots: as in Arabic; mode L.

    :param size: width and height in pixels.
    """
    mask, pen, thick = _page(rng, size, 0.09)
    width, height = mask.size
    base = height * float(rng.uniform(0.55, 0.7))
    x = float(width) - thick
    while x > thick:
        step = height * float(rng.uniform(0.2, 0.55))
        left = max(thick, x - step)
        kind = rng.random()
        if kind < 0.3:
            pen.line((x, base, x, height * float(rng.uniform(0.05, 0.3))), 255, thick)
        elif kind < 0.7:
            top = height * float(rng.uniform(0.25, 0.45))
            pen.arc((left, top, x, 2 * base - top), 0, 180 + float(rng.uniform(0, 180)), 255, thick)
        if rng.random() < 0.8:
            pen.line((left, base, x, base), 255, thick)
        if rng.random() < 0.4:
            dot, y = 0.8 * thick, height * float(rng.choice([0.15, 0.9]))
            middle = (left + x) / 2
            pen.ellipse((middle - dot, y - dot, middle + dot, y + dot), 255)
        x = left - (0.15 * height if rng.random() < 0.3 else 0)
    return mask.resize(size, Image.Resampling.LANCZOS)


def blocks(rng: Rng, size: tuple[int, int]) -> Image.Image:
    """Characters of many strokes, each in a square: as in Chinese or Thai; mode L.

    :param size: width and height in pixels; as many characters as fit.
    """
    mask, pen, thick = _page(rng, size, 0.07)
    width, height = mask.size
    count = max(1, round(width / height))
    side = width / count
    for place in range(count):
        left = place * side
        for _ in range(int(rng.integers(4, 9))):
            _stroke(rng, pen, (left + thick, thick, left + side - thick, height - thick), thick)
    return mask.resize(size, Image.Resampling.LANCZOS)


def _page(
    rng: Rng, size: tuple[int, int], weight: float
) -> tuple[Image.Image, ImageDraw.ImageDraw, int]:
    """An empty mask, a pen and how thick it is."""
    mask = Image.new("L", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING))
    thick = max(SUPERSAMPLING, round(mask.height * weight * float(rng.uniform(0.7, 1.5))))
    return mask, ImageDraw.Draw(mask), thick


def _stroke(
    rng: Rng, pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], thick: int
) -> None:
    """One level, upright or slanting stroke in a box in pixels."""
    left, top, right, bottom = box
    x, y = float(rng.uniform(left, right)), float(rng.uniform(top, bottom))
    angle = float(
        rng.choice([0.0, math.pi / 2, math.pi / 4, -math.pi / 4], p=[0.4, 0.35, 0.1, 0.15])
    )
    reach = float(rng.uniform(0.2, 0.5)) * (bottom - top)
    across, down = reach * math.cos(angle), reach * math.sin(angle)
    ends = [(x - across, y - down), (x + across, y + down)]
    held = [(min(max(a, left), right), min(max(b, top), bottom)) for a, b in ends]
    pen.line(held, 255, thick)


WRITING = {"joined": joined, "blocks": blocks}
