"""A maker's badge."""

from __future__ import annotations

from training.scenes.canvas import Point
from training.scenes.car_look import CHROME
from training.scenes.car_surface import CarSurface


def draw_badge(car: CarSurface, centre: Point) -> None:
    """A round one or an oval, in the middle of the face at ``centre``."""
    if car.rng.random() < 0.5:
        car.disc(centre, 0.055, CHROME)
        car.disc(centre, 0.042, (38, 60, 110) if car.rng.random() < 0.5 else (30, 31, 33))
        car.disc(centre, 0.016, CHROME)
    else:
        x, y = centre
        oval = [
            (x - 0.09, y),
            (x - 0.05, y + 0.035),
            (x + 0.05, y + 0.035),
            (x + 0.09, y),
            (x + 0.05, y - 0.035),
            (x - 0.05, y - 0.035),
        ]
        car.face(oval, CHROME)
        car.face(
            [(a * 0.8 + x * 0.2, b * 0.8 + y * 0.2) for a, b in oval],
            (120, 20, 26) if car.rng.random() < 0.5 else (24, 40, 84),
        )
