"""A car's body: what is the same whichever end it shows."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

from training.scenes.canvas import Colour, Fill, Point, Point3, mix, shade
from training.scenes.car_look import BLACK
from training.scenes.car_surface import CarSurface

RUBBER: Colour = (22, 22, 23)


def draw_body(car: CarSurface) -> None:
    """Shadow, sides, wheels, cabin and the bare face."""
    _draw_shadow(car)
    _draw_sides(car)
    _draw_wheels(car)
    _draw_cabin(car)
    _draw_face(car)


def _draw_shadow(car: CarSurface) -> None:
    half = car.shape.width / 2
    ground = [(-half - 0.1, 0.0, -0.15), (half + 0.1, 0.0, -0.15), (half + 0.15, 0.0, car.shape.length),
              (-half - 0.15, 0.0, car.shape.length)]  # fmt: skip
    car.solid(ground, (12, 12, 14), soft=0.12, opacity=0.7)
    contact = [(-half, 0.0, 0.1), (half, 0.0, 0.1), (half, 0.0, 2.0), (-half, 0.0, 2.0)]
    car.solid(contact, (6, 6, 8), soft=0.05, opacity=0.85)


def _draw_sides(car: CarSurface) -> None:
    shape, paint = car.shape, car.look.paint
    depth = shape.face_round
    for sign in (-1.0, 1.0):
        outline = [(depth, shape.clearance), (depth, shape.nose)]
        outline += [(max(depth, z), y) for z, y in shape.profile[1:]]
        outline += [(shape.length, shape.clearance)]
        path = [(sign * car.half_width(y), y, z) for z, y in outline]
        if not _faces_camera(car, path, sign):
            continue
        tone = 0.78 if sign > 0 else 0.66
        car.solid(path, [(0.0, shade(paint, tone * 1.1)), (0.45, shade(paint, tone)),
                          (0.6, shade(paint, tone * 0.8)), (1.0, shade(paint, tone * 0.55))])  # fmt: skip
        windows = [(z, y) for z, y in shape.profile if y >= shape.belt - 0.01]
        if len(windows) >= 3:
            inset = _shrink(windows, 0.12)
            glass = [(sign * car.half_width(y) * 1.005, y, z) for z, y in inset]
            car.solid(glass, [(0.0, (92, 104, 116)), (1.0, (30, 34, 40))], rounds=1)
        _wheel_on_side(car, sign)


def _faces_camera(car: CarSurface, path: Sequence[Point3], sign: float) -> bool:
    pixels = np.asarray([car.pixel(point) for point in path])
    following = np.roll(pixels, -1, axis=0)
    area = float(np.sum(pixels[:, 0] * following[:, 1] - following[:, 0] * pixels[:, 1]))
    return area * sign > 0


def _wheel_on_side(car: CarSurface, sign: float) -> None:
    radius = 0.31 + 0.25 * (car.shape.clearance - 0.2)
    for place in (0.19, 0.8):
        z = car.shape.length * place
        x = sign * car.shape.width / 2 * 1.01
        for size, tone in (
            (1.16, (14, 14, 15)),
            (1.0, RUBBER),
            (0.62, (128, 130, 134)),
            (0.2, (60, 62, 66)),
        ):
            ring = [
                (x, radius + size * radius * math.sin(a), z + size * radius * math.cos(a))
                for a in np.linspace(0, 2 * math.pi, 24, endpoint=False).tolist()
            ]
            car.solid(ring, tone)


def _draw_wheels(car: CarSurface) -> None:
    half = car.shape.width / 2
    for sign in (-1.0, 1.0):
        tyre = [(sign * (half - 0.23), 0.0, 0.5), (sign * (half - 0.02), 0.0, 0.5),
                (sign * (half - 0.02), 0.6, 0.5), (sign * (half - 0.23), 0.6, 0.5)]  # fmt: skip
        car.solid(tyre, [(0.0, (8, 8, 9)), (0.8, RUBBER), (1.0, (34, 34, 35))], rounds=2)
    under = [
        (-half * 0.95, 0.12, 0.4),
        (half * 0.95, 0.12, 0.4),
        (half * 0.95, 0.4, 0.4),
        (-half * 0.95, 0.4, 0.4),
    ]
    car.solid(under, (10, 10, 11))


def _strip(car: CarSurface, first: Point, second: Point, fill: Fill, inset: float = 0.0) -> None:
    """A surface across the car between two points (z, y) of its outline."""
    (z1, y1), (z2, y2) = first, second
    a, b = car.half_width(y1) * (1 - inset), car.half_width(y2) * (1 - inset)
    car.solid([(-b, y2, z2), (b, y2, z2), (a, y1, z1), (-a, y1, z1)], fill)


def _draw_cabin(car: CarSurface) -> None:
    shape, paint = car.shape, car.look.paint
    last = len(shape.profile) - 1
    for index in range(last - 1, -1, -1):
        first, second = shape.profile[index], shape.profile[index + 1]
        if second[1] < first[1] - 0.02 and first[0] > 0.5:
            continue
        steep = (second[1] - first[1]) / max(0.05, second[0] - first[0])
        light = 1.22 - 0.25 * min(1.0, abs(steep))
        _strip(car, first, second, [(0.0, shade(paint, light)), (1.0, shade(paint, light - 0.2))])
        if index == shape.glass[0]:
            _draw_glass(car, first, second)
    if not shape.rear:
        _draw_mirrors(car)


def _draw_glass(car: CarSurface, first: Point, second: Point) -> None:
    low = (first[0] + 0.08 * (second[0] - first[0]), first[1] + 0.08 * (second[1] - first[1]))
    high = (first[0] + 0.93 * (second[0] - first[0]), first[1] + 0.93 * (second[1] - first[1]))
    sky = mix((150, 168, 184), (84, 96, 110), float(car.rng.random()))
    dark = (26, 30, 35)
    _strip(
        car,
        low,
        high,
        [(0.0, mix(sky, dark, 0.35)), (0.35, mix(sky, dark, 0.75)), (1.0, dark)],
        0.07,
    )
    y = low[1] + 0.45 * (high[1] - low[1])
    z = low[0] + 0.7
    for sign in (-1.0, 1.0):
        x = sign * car.shape.width * 0.2
        seat = [
            (x - 0.14, low[1], z),
            (x - 0.12, y, z),
            (x + 0.12, y, z),
            (x + 0.14, low[1], z),
        ]
        car.solid(seat, (14, 16, 18), rounds=2, opacity=0.75)
    a, b = car.half_width(low[1]) * 0.9, car.half_width(high[1]) * 0.9
    gleam = float(car.rng.uniform(-0.5, 0.3))
    streak = [(gleam * b, high[1], high[0]), ((gleam + 0.3) * b, high[1], high[0]),
              ((gleam + 0.05) * a, low[1], low[0]), ((gleam - 0.25) * a, low[1], low[0])]  # fmt: skip
    car.solid(streak, (190, 204, 216), opacity=0.22)
    if not car.shape.rear:
        for start in (-0.75, -0.05):
            blade = [car.pixel((start * a, low[1] + 0.01, low[0])),
                     car.pixel(((start + 0.65) * a, low[1] + 0.05, low[0] + 0.05))]  # fmt: skip
            car.canvas.line(blade, BLACK, max(0.6, 0.018 * car.unit))


def _draw_mirrors(car: CarSurface) -> None:
    z, y = car.shape.profile[1]
    for sign in (-1.0, 1.0):
        x = sign * (car.half_width(y) + 0.08)
        box = [(x - 0.09, y + 0.02, z + 0.25), (x + 0.09, y + 0.02, z + 0.25),
               (x + 0.1, y + 0.16, z + 0.25), (x - 0.08, y + 0.16, z + 0.25)]  # fmt: skip
        car.solid(
            box,
            [(0.0, shade(car.look.paint, 1.1)), (1.0, shade(car.look.paint, 0.6))],
            rounds=2,
        )


def _draw_face(car: CarSurface) -> None:
    shape, paint = car.shape, car.look.paint
    top = shape.nose
    steps = np.linspace(-1, 1, 13).tolist()
    upper = [(x * car.half_width(top) * 0.995, top + 0.02 * (1 - x * x)) for x in steps]
    lower = [
        (-x * shape.width / 2 * (0.94 if abs(x) > 0.9 else 1.0), shape.clearance) for x in steps
    ]
    left = [(-shape.width / 2, 0.42), (-shape.width / 2, 0.62)]
    right = [(shape.width / 2, 0.62), (shape.width / 2, 0.42)]
    path = [*upper, *right, *lower, *left]
    stops = [(0.0, shade(paint, 1.12)), (0.16, shade(paint, 1.0)), (0.34, shade(paint, 0.86)),
             (0.5, shade(paint, 0.98)), (0.72, shade(paint, 0.72)), (1.0, shade(paint, 0.42))]  # fmt: skip
    car.face(path, stops, rounds=1)
    for sign in (-1.0, 1.0):
        edge = sign * shape.width / 2
        side = [
            (edge, shape.clearance),
            (edge, top),
            (edge * 0.9, top),
            (edge * 0.86, shape.clearance),
        ]
        car.face(side, (8, 8, 10), rounds=0, soft=0.04, opacity=0.28)
    if car.rng.random() < 0.35:
        skirt = [(-shape.width / 2 * 0.97, shape.clearance), (shape.width / 2 * 0.97, shape.clearance),
                 (shape.width / 2 * 0.96, shape.clearance + 0.14), (-shape.width / 2 * 0.96, shape.clearance + 0.14)]  # fmt: skip
        car.face(skirt, [(0.0, (46, 47, 49)), (1.0, (20, 20, 21))])


def _shrink(points: Sequence[Point], amount: float) -> list[Point]:
    path = np.asarray(points)
    middle = path.mean(axis=0)
    return [tuple(row) for row in (middle + (path - middle) * (1 - amount)).tolist()]
