"""Where a car's plate is mounted."""

from __future__ import annotations

from training.scenes.canvas import Point, shade
from training.scenes.car_look import BLACK, CHROME
from training.scenes.car_surface import CarSurface, letter_card


def draw_mount(car: CarSurface) -> list[Point]:
    """Recess, frame and lip around the plate; gives the plate's corners in pixels."""
    shape, rng = car.shape, car.rng
    x, y = shape.plate_centre
    w, h = car.look.plate_size[0] / 2, car.look.plate_size[1] / 2
    y = max(y, shape.clearance + h + 0.05)
    if shape.rear:
        y = min(y, shape.nose - h - 0.07)
    wide, tall = shape.plate_recess
    tone = shade(car.look.paint, 0.6) if rng.random() < 0.6 else (30.0, 31.0, 33.0)
    flare = 1.0 + 0.15 * float(rng.random())
    outer = [
        (x - w * wide, y + h * tall),
        (x + w * wide, y + h * tall),
        (x + w * wide * flare, y - h * tall),
        (x - w * wide * flare, y - h * tall),
    ]
    car.face(
        outer,
        [(0.0, shade(tone, 0.4)), (0.35, shade(tone, 0.8)), (1.0, shade(tone, 1.1))],
        rounds=2,
        soft=0.004,
    )
    if shape.rear and rng.random() < 0.6:
        bar_y = y + h * tall
        bar = CHROME if rng.random() < 0.6 else shade(car.look.paint, 0.8)
        car.face([(x - w * wide * 1.05, bar_y + 0.03), (x + w * wide * 1.05, bar_y + 0.03), (x + w * wide, bar_y - 0.005), (x - w * wide, bar_y - 0.005)],
                  [(0.0, shade(bar, 1.1)), (1.0, shade(bar, 0.5))])  # fmt: skip
    if rng.random() < 0.65:
        rim = float(rng.uniform(0.006, 0.02))
        foot = rim if rng.random() < 0.5 else float(rng.uniform(0.02, 0.035))
        frame = BLACK if rng.random() < 0.6 else CHROME
        car.face([(x - w - rim, y + h + rim), (x + w + rim, y + h + rim), (x + w + rim, y - h - foot), (x - w - rim, y - h - foot)],
                  [(0.0, shade(frame, 1.1)), (1.0, shade(frame, 0.7))], rounds=0)  # fmt: skip
        if foot > 0.02:
            card = letter_card(
                "CITY MOTORS", (190, 192, 194) if frame is BLACK else (20, 20, 22), frame
            )
            car.card(card, (x, y - h - foot / 2), (w * 1.2, foot * 0.7))
    skew = float(rng.normal(0, 0.01))
    return [
        car.pixel(car.on_face(a, b, 0.01))
        for a, b in (
            (x - w, y + h + skew * w),
            (x + w, y + h - skew * w),
            (x + w, y - h - skew * w),
            (x - w, y - h + skew * w),
        )
    ]
