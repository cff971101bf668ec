"""What stands round the car: sky, street, drive, house, hedge, gate and lettered things."""

from __future__ import annotations

from dataclasses import dataclass
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from training.scenes.canvas import Camera, Canvas, Colour, Point, mix, shade

SETTINGS = ("gate", "house", "street")


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A place, fixed by its seed, so that it stays the same in every frame of a sequence."""

    setting: str
    seed: int
    lettering: float = 0.5


def draw_backdrop(canvas: Canvas, camera: Camera, place: Backdrop, *, lamps_on: bool) -> None:
    """Draw the whole place behind and under the car."""
    rng = np.random.default_rng(place.seed)
    _sky(canvas, camera, rng)
    _far(canvas, camera, rng)
    _ground(canvas, camera, rng)
    if place.setting == "house" or rng.random() < 0.5:
        _house(canvas, camera, rng, lamps_on=lamps_on)
    _hedge(canvas, camera, rng)
    _drive(canvas, camera, rng)
    if place.setting == "gate":
        _gate(canvas, camera, rng, lamps_on=lamps_on)
    elif place.setting == "street":
        _fence(canvas, camera, rng)
    if rng.random() < place.lettering:
        _sign(canvas, camera, rng)


def _quad(canvas: Canvas, camera: Camera, x1: float, x2: float, y1: float, y2: float, z: float,
          fill: Colour | list[tuple[float, Colour]], opacity: float = 1.0) -> None:  # fmt: skip
    """An upright rectangle facing the camera, ``z`` metres ahead."""
    corners = [(x1, y2, z), (x2, y2, z), (x2, y1, z), (x1, y1, z)]
    canvas.polygon([camera.project(corner) for corner in corners], fill, opacity=opacity)


def _sky(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    width, _ = canvas.size
    top = mix((92, 142, 204), (168, 178, 188), float(rng.random()))
    foot = mix((206, 222, 236), (220, 220, 218), float(rng.random()))
    edge = camera.project((0, 0, 45))[1] + 2
    canvas.polygon([(0, 0), (width, 0), (width, edge), (0, edge)], [(0.0, top), (1.0, foot)])
    for _ in range(int(rng.integers(2, 8))):
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, max(1.0, camera.horizon * 0.7)))
        for _ in range(5):
            at = (x + float(rng.normal(0, width * 0.04)), y + float(rng.normal(0, width * 0.006)))
            radius = (
                width * float(rng.uniform(0.02, 0.06)),
                width * float(rng.uniform(0.005, 0.015)),
            )
            canvas.ellipse(at, radius, (240, 242, 244), soft=width * 0.008, opacity=0.5)


def _far(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """Trees and roofs on the skyline."""
    width, _ = canvas.size
    for _ in range(int(rng.integers(8, 16))):
        x = float(rng.uniform(-30, 30))
        z = float(rng.uniform(32, 45))
        tall = float(rng.uniform(3, 9))
        green = mix((52, 74, 46), (98, 112, 74), float(rng.random()))
        base = camera.project((x, 0.0, z))
        unit = camera.pixels_per_metre(z)
        for _ in range(6):
            at = (
                base[0] + float(rng.normal(0, 1.0)) * unit,
                base[1] - tall * unit * float(rng.uniform(0.45, 0.95)),
            )
            radius = (unit * tall * 0.2, unit * tall * 0.18)
            canvas.ellipse(
                at, radius, [(0.0, shade(green, 1.12)), (1.0, shade(green, 0.55))], soft=1.2
            )
        _quad(canvas, camera, x - 0.15, x + 0.15, 0, tall * 0.5, z, (70, 58, 46))
    strip, foot = camera.project((0, 0.6, 45))[1], camera.project((0, 0, 45))[1] + 2
    canvas.polygon(
        [(0, strip), (width, strip), (width, foot), (0, foot)],
        (84, 96, 70),
    )


def _ground(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """Asphalt or grass to the horizon, with grain that coarsens towards the camera."""
    width, height = canvas.size
    base: Colour = [(96, 98, 100), (112, 108, 102), (92, 110, 70), (120, 118, 112)][
        int(rng.integers(4))
    ]
    top = camera.project((0, 0, 45))[1]
    canvas.polygon(
        [(0, top), (width, top), (width, height), (0, height)],
        [(0.0, shade(base, 1.12)), (1.0, shade(base, 0.82))],
    )
    grain = rng.normal(0, 1, (96, 160)).astype(np.float32)
    _texture(canvas, grain, [(0, top), (width, top), (width, height), (0, height)], 0.10)


def _texture(canvas: Canvas, grain: np.ndarray, outline: list[Point], strength: float) -> None:
    """Multiply grain (zero-centred) into a part of the picture."""
    scale = canvas.scale
    left, top = (int(min(p[i] for p in outline) * scale) for i in (0, 1))
    right, bottom = (int(max(p[i] for p in outline) * scale) for i in (0, 1))
    left, top = max(0, left), max(0, top)
    right, bottom = min(canvas.image.width, right), min(canvas.image.height, bottom)
    if right - left < 4 or bottom - top < 4:
        return
    fine = np.clip(127 + 127 * strength * 4 * grain, 0, 255).astype(np.uint8)
    layer = Image.fromarray(fine).resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    mask = Image.new("L", layer.size)
    ImageDraw.Draw(mask).polygon(
        [(x * scale - left, y * scale - top) for x, y in outline], fill=255
    )
    region = canvas.image.crop((left, top, right, bottom))
    lit = Image.new("RGB", layer.size, (255, 255, 255))
    shadowed = Image.composite(
        region.point(lambda v: v * (1 + strength * 2)),
        region.point(lambda v: v * (1 - strength * 2)),
        layer,
    )
    del lit
    canvas.image.paste(shadowed, (left, top), mask)


def _drive(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """The drive the car stands on: concrete, gravel or pavers in perspective."""
    half = float(rng.uniform(1.9, 3.2))
    bend = float(rng.uniform(-2, 2))
    near, far = 1.6, 16.0
    tone: Colour = [(150, 146, 140), (128, 124, 120), (158, 140, 122), (104, 104, 106)][
        int(rng.integers(4))
    ]
    rows = np.linspace(0, 1, 12).tolist()
    side = [(bend * t**2, near + (far - near) * t**2) for t in rows]
    left = [camera.project((x - half, 0.01, z)) for x, z in side]
    right = [camera.project((x + half, 0.01, z)) for x, z in side]
    outline = [*left[::-1], *right]
    canvas.polygon(outline, [(0.0, shade(tone, 1.08)), (1.0, shade(tone, 0.85))])
    _texture(canvas, rng.normal(0, 1, (140, 200)).astype(np.float32), outline, 0.06)
    if rng.random() < 0.6:
        ink = shade(tone, 0.72)
        for z in np.geomspace(near + 0.2, far, int(rng.integers(18, 40))).tolist():
            canvas.line(
                [camera.project((-half, 0.01, z)), camera.project((half, 0.01, z))], ink, 0.8, 0.5
            )
        for x in np.linspace(-half, half, int(rng.integers(8, 16))).tolist():
            canvas.line(
                [camera.project((x, 0.01, near)), camera.project((x, 0.01, far))], ink, 0.8, 0.4
            )
    for edge in (left, right):
        canvas.line(edge, shade(tone, 0.6), 2.0, 0.8)


def _hedge(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    z = float(rng.uniform(16, 19))
    tall = float(rng.uniform(1.1, 2.2))
    gap = float(rng.uniform(2.4, 3.4))
    green = mix((46, 70, 38), (88, 102, 58), float(rng.random()))
    for x1, x2 in ((-26.0, -gap), (gap, 26.0)):
        _quad(
            canvas, camera, x1, x2, 0, tall, z, [(0.0, shade(green, 1.1)), (1.0, shade(green, 0.5))]
        )
        unit = camera.pixels_per_metre(z)
        for _ in range(130):
            at = camera.project(
                (float(rng.uniform(x1, x2)), float(rng.uniform(0.1, tall + 0.08)), z)
            )
            size = unit * float(rng.uniform(0.08, 0.24))
            canvas.ellipse(
                at, (size, size * 0.7), shade(green, float(rng.uniform(0.55, 1.25))), opacity=0.6
            )


def _house(canvas: Canvas, camera: Camera, rng: np.random.Generator, *, lamps_on: bool) -> None:
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
    _quad(
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
    _quad(
        canvas, camera, left - 0.5, left + wide + 0.5, tall - 0.16, tall, z - 0.4, (232, 230, 226)
    )
    garage = left + 0.8 if rng.random() < 0.5 else left + wide - 4.0
    if rng.random() < 0.75:
        door = shade(wall, 1.12) if rng.random() < 0.5 else (118.0, 122.0, 126.0)
        _quad(canvas, camera, garage - 0.12, garage + 3.12, 0, 2.42, z - 0.02, shade(wall, 0.65))
        _quad(
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
    _quad(canvas, camera, x - 0.08, x + 1.18, y - 0.08, y + 1.38, z, (238, 238, 234))
    _quad(canvas, camera, x, x + 1.1, y, y + 1.3, z - 0.01, glass)
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


def _gate(canvas: Canvas, camera: Camera, rng: np.random.Generator, *, lamps_on: bool) -> None:
    """Two posts and a closed gate behind the car."""
    z = float(rng.uniform(12.5, 15))
    half = float(rng.uniform(2.0, 2.6))
    stone = mix((168, 160, 148), (120, 84, 70), float(rng.random()))
    metal = mix((34, 36, 38), (92, 98, 102), float(rng.random()))
    tall = float(rng.uniform(1.5, 1.9))
    for sign in (-1.0, 1.0):
        x = sign * (half + 0.25)
        wall = (x, sign * 26.0) if sign > 0 else (sign * 26.0, x)
        _quad(
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
        _quad(
            canvas,
            camera,
            x - 0.26,
            x + 0.26,
            0,
            tall + 0.22,
            z - 0.2,
            [(0.0, shade(stone, 1.1)), (1.0, shade(stone, 0.7))],
        )
        _quad(
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
            _quad(canvas, camera, x1, x2, y - 0.03, y + 0.03, z, metal)
        for x in np.arange(x1 + 0.02, x2, 0.14).tolist():
            _quad(
                canvas, camera, x - 0.014, x + 0.014, 0.1, tall + 0.04 * math.cos(x * 3), z, metal
            )


def _fence(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    z = float(rng.uniform(13, 15))
    wood = mix((196, 186, 170), (126, 98, 70), float(rng.random()))
    for x in np.arange(-16, 16, 0.22).tolist():
        if abs(x) < 2.6:
            continue
        _quad(
            canvas,
            camera,
            x,
            x + 0.16,
            0.05,
            1.15 + 0.04 * math.sin(7 * x),
            z,
            [(0.0, shade(wood, 1.1)), (1.0, shade(wood, 0.75))],
        )


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


def _sign(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
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
    _quad(canvas, camera, x - 0.03, x + 0.03, 0, y, z + 0.02, (120, 122, 124))
    corners = [
        (x - wide / 2, y + tall, z),
        (x + wide / 2, y + tall, z),
        (x + wide / 2, y, z),
        (x - wide / 2, y, z),
    ]
    canvas.picture(np.asarray(card), [camera.project(corner) for corner in corners])
