"""What a car has at its front: grilles, lamps, a badge."""

from __future__ import annotations

import numpy as np

from training.scenes.canvas import Point, shade, smooth
from training.scenes.car_badge import draw_badge
from training.scenes.car_look import CHROME
from training.scenes.car_surface import CarSurface


def draw_front(car: CarSurface, lamps_on: bool) -> None:
    """Grilles, fog lamps, headlamps, a badge and the bonnet's creases."""
    shape, rng = car.shape, car.rng
    half, top = shape.width / 2, shape.nose
    grille_top = top - float(rng.uniform(0.04, 0.1))
    grille_low = grille_top - float(rng.uniform(0.1, 0.28))
    wide = half * float(rng.uniform(0.34, 0.66))
    narrow = wide * float(rng.uniform(0.6, 1.1))
    outline = [
        (-wide, grille_top),
        (wide, grille_top),
        (narrow, grille_low),
        (-narrow, grille_low),
    ]
    _draw_grille(car, outline, wide)
    intake = shape.clearance + float(rng.uniform(0.06, 0.12))
    tall = float(rng.uniform(0.08, 0.16))
    spread = half * float(rng.uniform(0.45, 0.8))
    _draw_grille(
        car,
        [
            (-spread * 0.9, intake + tall),
            (spread * 0.9, intake + tall),
            (spread, intake),
            (-spread, intake),
        ],
        spread,
        plain=True,
    )
    if rng.random() < 0.7:
        for sign in (-1.0, 1.0):
            centre = (sign * half * 0.8, intake + tall * 0.7)
            car.disc(centre, 0.055, (40, 42, 45))
            car.disc(centre, 0.04, (210, 214, 216))
    car.seam(
        [(-half * 0.97, grille_low - 0.03), (half * 0.97, grille_low - 0.03)],
        shade(car.look.paint, 0.35),
        0.012,
    )
    _draw_headlamps(car, grille_top, grille_low, lamps_on)
    draw_badge(car, (0.0, (grille_top + grille_low) / 2 if rng.random() < 0.6 else top - 0.02))
    for side in (-0.5, 0.5):
        crease = [
            car.pixel((side * half * 1.1, shape.profile[1][1], shape.profile[1][0])),
            car.pixel(car.on_face(side * half * 0.9, top)),
        ]
        car.canvas.line(crease, shade(car.look.paint, 0.7), max(0.6, 0.015 * car.unit), 0.5)


def _draw_grille(
    car: CarSurface, outline: list[Point], wide: float, *, plain: bool = False
) -> None:
    rng = car.rng
    car.face(outline, [(0.0, (10, 10, 11)), (1.0, (30, 31, 33))], rounds=2)
    xs = [x for x, _ in outline]
    ys = [y for _, y in outline]
    low, high = min(ys), max(ys)
    ink = CHROME if car.look.trim is CHROME and not plain else (58, 60, 63)
    style = int(rng.integers(3))
    if style == 0:
        for y in np.linspace(low, high, int(rng.integers(4, 9))).tolist()[1:-1]:
            car.seam([(min(xs) * 0.93, y), (max(xs) * 0.93, y)], ink, 0.012)
    elif style == 1:
        for x in np.linspace(-wide, wide, int(rng.integers(8, 24))).tolist()[1:-1]:
            car.seam([(x * 0.9, low + 0.01), (x * 0.95, high - 0.01)], ink, 0.012)
    else:
        for x in np.linspace(-wide, wide, 18).tolist()[1:-1]:
            car.seam([(x * 0.85, low + 0.01), (x * 0.95, high - 0.01)], (50, 51, 54), 0.006)
        for y in np.linspace(low, high, 7).tolist()[1:-1]:
            car.seam([(min(xs) * 0.9, y), (max(xs) * 0.9, y)], (50, 51, 54), 0.006)
    if not plain and car.look.trim is CHROME:
        ring = smooth(outline, 2)
        car.seam([*ring, ring[0]], CHROME, 0.02, 1.0)


def _draw_headlamps(car: CarSurface, high: float, low: float, lamps_on: bool) -> None:
    shape, rng = car.shape, car.rng
    half = shape.width / 2
    inner = half * float(rng.uniform(0.5, 0.7))
    tall = min(0.17, (high - low) * float(rng.uniform(0.6, 1.1)))
    slant = float(rng.uniform(0.0, 0.06))
    round_lamp = rng.random() < 0.15
    for sign in (-1.0, 1.0):
        box = [
            (sign * inner, high - slant),
            (sign * half * 0.94, high + 0.02),
            (sign * half * 0.97, high - tall * 0.7),
            (sign * inner * 1.06, high - tall - slant),
        ]
        middle = (sign * (inner + half * 0.94) / 2, high - tall * 0.5)
        if round_lamp:
            car.disc(middle, 0.1, (52, 54, 57))
            car.disc(middle, 0.088, (222, 226, 230))
        else:
            car.face(
                box,
                [(0.0, (224, 229, 234)), (0.4, (150, 158, 166)), (1.0, (70, 75, 80))],
                rounds=2,
            )
            car.disc(middle, tall * 0.4, (60, 64, 68))
        car.disc(middle, tall * 0.3, (246, 248, 250))
        if lamps_on:
            car.canvas.shine(car.pixel(car.on_face(*middle)), 0.08 * car.unit, (255, 246, 222))
