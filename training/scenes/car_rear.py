"""What a car has at its rear: lamps, seams, lettering, a badge."""

from __future__ import annotations

from training.scenes.canvas import shade
from training.scenes.car_badge import draw_badge
from training.scenes.car_surface import CarSurface, letter_card


def draw_rear(car: CarSurface, lamps_on: bool) -> None:
    """Tail-lights, the boot's seams, an exhaust, a badge and lettering."""
    shape, rng = car.shape, car.rng
    half, top = shape.width / 2, shape.nose
    lamp_low = top - float(rng.uniform(0.22, 0.34))
    lamp_in = half * float(rng.uniform(0.55, 0.76))
    tall_lamp = shape.kind in ("van", "suv", "pickup") and rng.random() < 0.7
    if tall_lamp:
        lamp_in = half * 0.82
        lamp_low = top - 0.45
    seam_y = lamp_low - float(rng.uniform(0.03, 0.1))
    dark = shade(car.look.paint, 0.35)
    car.seam([(-half * 0.96, seam_y), (half * 0.96, seam_y)], dark, 0.016)
    for sign in (-1.0, 1.0):
        car.seam([(sign * lamp_in * 0.97, top), (sign * lamp_in * 0.95, seam_y)], dark, 0.01)
        red = (172.0, 20.0, 24.0)
        box = [
            (sign * lamp_in, top - 0.04),
            (sign * half * 0.97, top - 0.05),
            (sign * half * 0.98, lamp_low + 0.02),
            (sign * lamp_in * 1.02, lamp_low),
        ]
        car.face(box, [(0.0, shade(red, 1.25)), (0.5, red), (1.0, shade(red, 0.55))], rounds=2)
        middle = (sign * (lamp_in + half * 0.97) / 2, (top + lamp_low) / 2)
        inlay = (225.0, 226.0, 228.0) if rng.random() < 0.6 else (214.0, 132.0, 40.0)
        strip = [(x, y * 0.3 + lamp_low * 0.7 - 0.01) for x, y in box]
        car.face(strip, inlay, rounds=1, opacity=0.85)
        if lamps_on:
            car.canvas.shine(car.pixel(car.on_face(*middle)), 0.06 * car.unit, (255, 34, 20))
        car.face(
            [
                (sign * half * 0.86, 0.36),
                (sign * half * 0.7, 0.36),
                (sign * half * 0.7, 0.4),
                (sign * half * 0.86, 0.4),
            ],
            (150, 24, 24),
            rounds=0,
        )
    if rng.random() < 0.5:
        x = half * 0.6 * (1 if rng.random() < 0.7 else -1)
        car.disc((x, shape.clearance + 0.02), 0.05, (70, 71, 73))
        car.disc((x, shape.clearance + 0.02), 0.035, (12, 12, 12))
    draw_badge(car, (0.0, min(top - 0.05, shape.plate_centre[1] + 0.2)))
    _draw_lettering(car, lamp_in, top)


def _draw_lettering(car: CarSurface, inner: float, top: float) -> None:
    words = (
        "HYBRID",
        "4X4",
        "TURBO",
        "GLX 2.0",
        "AUTOMATIC",
        "SPORT",
        "1.6 TDI",
        "LIMITED",
        "V6",
        "XDRIVE",
    )
    for sign in (-1.0, 1.0):
        if car.rng.random() < 0.55:
            text = words[int(car.rng.integers(len(words)))]
            wide = 0.035 * len(text)
            x = sign * (inner - wide / 2 - 0.05)
            y = top - float(car.rng.uniform(0.1, 0.2))
            card = letter_card(text, (200, 203, 206), shade(car.look.paint, 0.95))
            car.card(card, (x, y), (wide, 0.05))
