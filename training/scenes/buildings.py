"""What people have built round the car: house, gate, fence, signs."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from training.scenes.canvas import Camera, Canvas, Colour, mix, shade, upright


def draw_house(canvas: Canvas, camera: Camera, rng: np.random.Generator, *, lamps_on: bool) -> None:
    """Walls, roof, garage and windows, some of them lit while lamps are on."""
    z = float(rng.uniform(20, 27))
    left = float(rng.uniform(-14, -3))
    wide = float(rng.uniform(10, 15))
    storeys = int(rng.integers(1, 3))
    tall = 2.9 * storeys + 0.3
    walls: tuple[Colour, ...] = (
        (226, 216, 198),
        (204, 190, 170),
        (178, 112, 88),
        (236, 234, 228),
        (196, 204, 204),
    )
    wall = walls[int(rng.integers(len(walls)))]
    upright(
        canvas,
        camera,
        left,
        left + wide,
        0,
        tall,
        z,
        [(0.0, shade(wall, 0.92)), (0.1, wall), (1.0, shade(wall, 0.86))],
    )
    if wall[0] < 190 and wall[1] < 130:
        for y in np.arange(0.1, tall, 0.16).tolist():
            canvas.line(
                [camera.project((left, y, z)), camera.project((left + wide, y, z))],
                shade(wall, 1.25),
                0.6,
                0.35,
            )
    roof_ink: Colour = ((122, 62, 48), (74, 72, 74), (94, 78, 66))[int(rng.integers(3))]
    eave = [
        (left - 0.5, tall, z - 0.4),
        (left + wide + 0.5, tall, z - 0.4),
        (left + wide - 1.2, tall + 2.6, z + 3),
        (left + 1.2, tall + 2.6, z + 3),
    ]
    canvas.polygon(
        [camera.project(p) for p in eave],
        [(0.0, shade(roof_ink, 1.1)), (1.0, shade(roof_ink, 0.75))],
    )
    upright(
        canvas, camera, left - 0.5, left + wide + 0.5, tall - 0.16, tall, z - 0.4, (232, 230, 226)
    )
    garage = left + 0.8 if rng.random() < 0.5 else left + wide - 4.0
    if rng.random() < 0.75:
        door = shade(wall, 1.12) if rng.random() < 0.5 else (118.0, 122.0, 126.0)
        upright(canvas, camera, garage - 0.12, garage + 3.12, 0, 2.42, z - 0.02, shade(wall, 0.65))
        upright(
            canvas,
            camera,
            garage,
            garage + 3.0,
            0,
            2.3,
            z - 0.03,
            [(0.0, shade(door, 0.85)), (1.0, door)],
        )
        for y in (0.58, 1.15, 1.72):
            canvas.line(
                [camera.project((garage, y, z)), camera.project((garage + 3.0, y, z))],
                shade(door, 0.7),
                1.0,
            )
    columns = np.arange(left + 0.9, left + wide - 1.4, 2.3).tolist()
    for storey in range(storeys):
        for x in columns:
            if storey == 0 and garage - 1.6 < x < garage + 3.2:
                continue
            _window(canvas, camera, rng, (x, 0.95 + 2.9 * storey, z - 0.03), lamps_on)


def _window(canvas: Canvas, camera: Camera, rng: np.random.Generator,
            at: tuple[float, float, float], lamps_on: bool) -> None:  # fmt: skip
    x, y, z = at
    lit = lamps_on and rng.random() < 0.45
    glass: list[tuple[float, Colour]] = [(0.0, (128, 148, 166)), (1.0, (54, 64, 74))]
    upright(canvas, camera, x - 0.08, x + 1.18, y - 0.08, y + 1.38, z, (238, 238, 234))
    upright(canvas, camera, x, x + 1.1, y, y + 1.3, z - 0.01, glass)
    for bar in (((x + 0.55, y), (x + 0.55, y + 1.3)), ((x, y + 0.8), (x + 1.1, y + 0.8))):
        canvas.line(
            [camera.project((px, py, z)) for px, py in bar],
            (238, 238, 234),
            max(0.7, 0.06 * camera.pixels_per_metre(z)),
        )
    if lit:
        canvas.shine(
            camera.project((x + 0.55, y + 0.65, z)),
            0.42 * camera.pixels_per_metre(z),
            (196, 142, 70),
        )


def draw_gate(canvas: Canvas, camera: Camera, rng: np.random.Generator, *, lamps_on: bool) -> None:
    """Two posts and a closed gate behind the car."""
    z = float(rng.uniform(12.5, 15))
    half = float(rng.uniform(2.0, 2.6))
    stone = mix((168, 160, 148), (120, 84, 70), float(rng.random()))
    metal = mix((34, 36, 38), (92, 98, 102), float(rng.random()))
    tall = float(rng.uniform(1.5, 1.9))
    for sign in (-1.0, 1.0):
        x = sign * (half + 0.25)
        wall = (x, sign * 26.0) if sign > 0 else (sign * 26.0, x)
        upright(
            canvas,
            camera,
            *wall,
            0,
            tall * 0.62,
            z + 0.1,
            [(0.0, shade(stone, 0.95)), (1.0, shade(stone, 0.6))],
        )
        canvas.line(
            [
                camera.project((wall[0], tall * 0.62, z + 0.1)),
                camera.project((wall[1], tall * 0.62, z + 0.1)),
            ],
            shade(stone, 1.25),
            2.0,
        )
        upright(
            canvas,
            camera,
            x - 0.26,
            x + 0.26,
            0,
            tall + 0.22,
            z - 0.2,
            [(0.0, shade(stone, 1.1)), (1.0, shade(stone, 0.7))],
        )
        upright(
            canvas,
            camera,
            x - 0.32,
            x + 0.32,
            tall + 0.22,
            tall + 0.3,
            z - 0.22,
            shade(stone, 1.25),
        )
        lamp = camera.project((x, tall + 0.45, z - 0.22))
        unit = camera.pixels_per_metre(z)
        canvas.polygon([(lamp[0] - 0.09 * unit, lamp[1] - 0.14 * unit), (lamp[0] + 0.09 * unit, lamp[1] - 0.14 * unit),
                        (lamp[0] + 0.07 * unit, lamp[1] + 0.14 * unit), (lamp[0] - 0.07 * unit, lamp[1] + 0.14 * unit)], (224, 220, 206))  # fmt: skip
        if lamps_on:
            canvas.shine(lamp, 0.12 * unit, (255, 214, 150))
    number = str(int(rng.integers(1, 200)))
    _plaque(canvas, camera, number, (half + 0.25, tall * 0.75, z - 0.23), 0.3)
    for x1, x2 in ((-half, -0.03), (0.03, half)):
        for y in (0.2, tall * 0.55, tall):
            upright(canvas, camera, x1, x2, y - 0.03, y + 0.03, z, metal)
        for x in np.arange(x1 + 0.02, x2, 0.14).tolist():
            upright(
                canvas, camera, x - 0.014, x + 0.014, 0.1, tall + 0.04 * math.cos(x * 3), z, metal
            )


def draw_fence(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """Boards behind the drive."""
    z = float(rng.uniform(13, 15))
    wood = mix((196, 186, 170), (126, 98, 70), float(rng.random()))
    for x in np.arange(-16, 16, 0.22).tolist():
        if abs(x) < 2.6:
            continue
        upright(
            canvas,
            camera,
            x,
            x + 0.16,
            0.05,
            1.15 + 0.04 * math.sin(7 * x),
            z,
            [(0.0, shade(wood, 1.1)), (1.0, shade(wood, 0.75))],
        )


def draw_sign(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """A road sign or a lettered board: text that is no plate."""
    boards: tuple[tuple[str, Colour, Colour], ...] = (
        ("PRIVATE", (236, 234, 226), (24, 24, 26)), ("NO PARKING", (182, 30, 34), (242, 242, 240)),
        ("STOP", (190, 28, 32), (244, 244, 244)), ("LINDEN LANE", (30, 84, 60), (244, 244, 240)),
        ("BAKERY", (206, 168, 60), (40, 28, 20)), ("30", (244, 244, 244), (20, 20, 22)),
        ("TAXI", (238, 200, 40), (16, 16, 16)), ("CAUTION GATE", (244, 206, 40), (20, 20, 20)),
    )  # fmt: skip
    text, ground, ink = boards[int(rng.integers(len(boards)))]
    font = ImageFont.load_default(size=40)
    box = font.getbbox(text)
    card = Image.new(
        "RGB", (int(box[2] - box[0]) + 36, int(box[3] - box[1]) + 36), tuple(int(c) for c in ground)
    )
    draw = ImageDraw.Draw(card)
    draw.text(
        (18 - box[0], 18 - box[1]), text, font=font, fill=tuple(int(c) for c in ink), stroke_width=1
    )
    draw.rectangle(
        (3, 3, card.width - 4, card.height - 4), outline=tuple(int(c) for c in ink), width=3
    )
    card = card.filter(ImageFilter.GaussianBlur(0.6))
    x = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(3.0, 5.0))
    z = float(rng.uniform(10, 14))
    wide = float(rng.uniform(0.5, 0.9))
    tall = wide * card.height / card.width
    y = float(rng.uniform(1.3, 2.3))
    upright(canvas, camera, x - 0.03, x + 0.03, 0, y, z + 0.02, (120, 122, 124))
    corners = [
        (x - wide / 2, y + tall, z),
        (x + wide / 2, y + tall, z),
        (x + wide / 2, y, z),
        (x - wide / 2, y, z),
    ]
    canvas.picture(np.asarray(card), [camera.project(corner) for corner in corners])


def _plaque(
    canvas: Canvas, camera: Camera, text: str, at: tuple[float, float, float], wide: float
) -> None:
    x, y, z = at
    font = ImageFont.load_default(size=48)
    card = Image.new("RGB", (96, 72), (36, 52, 96))
    ImageDraw.Draw(card).text((48, 36), text, font=font, fill=(238, 238, 232), anchor="mm")
    w, h = wide / 2, wide * 0.375
    corners = [(x - w, y + h, z), (x + w, y + h, z), (x + w, y - h, z), (x - w, y - h, z)]
    canvas.picture(np.asarray(card), [camera.project(corner) for corner in corners])
