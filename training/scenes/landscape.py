"""What lies round the car: sky, skyline, ground, drive, hedge."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from training.scenes.canvas import Camera, Canvas, Colour, Point, mix, shade, upright


def draw_sky(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """A clear or a grey one, with clouds."""
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


def draw_skyline(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
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
        upright(canvas, camera, x - 0.15, x + 0.15, 0, tall * 0.5, z, (70, 58, 46))
    strip, foot = camera.project((0, 0.6, 45))[1], camera.project((0, 0, 45))[1] + 2
    canvas.polygon(
        [(0, strip), (width, strip), (width, foot), (0, foot)],
        (84, 96, 70),
    )


def draw_ground(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
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


def draw_drive(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
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


def draw_hedge(canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
    """Leaves on both sides of the drive."""
    z = float(rng.uniform(16, 19))
    tall = float(rng.uniform(1.1, 2.2))
    gap = float(rng.uniform(2.4, 3.4))
    green = mix((46, 70, 38), (88, 102, 58), float(rng.random()))
    for x1, x2 in ((-26.0, -gap), (gap, 26.0)):
        upright(
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
    shadowed = Image.composite(
        region.point(lambda v: v * (1 + strength * 2)),
        region.point(lambda v: v * (1 - strength * 2)),
        layer,
    )
    canvas.image.paste(shadowed, (left, top), mask)
