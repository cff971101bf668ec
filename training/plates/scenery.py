"""Pictures and shades behind the letters, as on most plates of the Americas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from training.plates.canvas import Box, Canvas, blend, blob, star, vivid
from training.plates.marks import EMBLEMS, draw_mark
from training.plates.style import Colour

Rng = np.random.Generator

_SMALL = (24, 12)


def _pale(canvas: Canvas, rng: Rng, strength: float = 0.45) -> Colour:
    """A colour near enough to the ground that the ink still stands out."""
    return blend(canvas.paint.ground, vivid(rng), float(rng.uniform(0.1, strength)))


def _gradient(canvas: Canvas, rng: Rng) -> None:
    """A sky: two or three shades from top to bottom, or from one side."""
    stops = [_pale(canvas, rng, 0.75), canvas.paint.ground, _pale(canvas, rng)]
    if rng.random() < 0.5:
        stops[2] = canvas.paint.ground
    rows = np.linspace(0, 1, 32)
    knots = (0.0, float(rng.uniform(0.25, 0.6)), 1.0)
    channels = [np.interp(rows, knots, [stop[i] for stop in stops]) for i in range(3)]
    column = np.stack(channels, axis=-1).astype(np.uint8)
    strip = column[:, None, :] if rng.random() < 0.8 else column[None, :, :]
    image = Image.fromarray(np.ascontiguousarray(strip))
    canvas.image.paste(image.resize(canvas.image.size, Image.Resampling.BILINEAR))


def _hills(canvas: Canvas, rng: Rng) -> None:
    """Ranges of hills or mountains along the bottom."""
    width, height = canvas.image.size
    base = float(rng.uniform(0.35, 0.75))
    for layer in range(int(rng.integers(1, 4))):
        count = int(rng.integers(4, 12))
        xs = np.linspace(-0.05, 1.05, count) * width
        ys = (base + layer * 0.12 + rng.normal(0, 0.08, count)) * height
        outline = [
            (0.0, float(height)),
            *zip(xs.tolist(), ys.tolist(), strict=True),
            (float(width), float(height)),
        ]
        canvas.draw.polygon(outline, fill=_pale(canvas, rng, 0.4))


def _rays(canvas: Canvas, rng: Rng) -> None:
    """A sun with rays behind the letters."""
    width, height = canvas.image.size
    x, y = float(rng.uniform(0.2, 0.8)) * width, float(rng.uniform(0.3, 1.0)) * height
    colour = _pale(canvas, rng, 0.35)
    canvas.draw.polygon(star((x, y), width * 0.7, int(rng.integers(9, 20)), 0.1), fill=colour)
    r = height * float(rng.uniform(0.12, 0.35))
    canvas.draw.ellipse((x - r, y - r, x + r, y + r), fill=_pale(canvas, rng, 0.5))


def _silhouette(canvas: Canvas, rng: Rng) -> None:
    """One large shape in the middle: the state, a bird, a flower."""
    width, height = canvas.image.size
    centre = (float(rng.uniform(0.3, 0.7)) * width, float(rng.uniform(0.4, 0.6)) * height)
    size = float(rng.uniform(0.25, 0.55)) * height
    shape = blob(rng, centre, (size * float(rng.uniform(0.8, 1.8)), size), int(rng.integers(8, 20)))
    canvas.draw.polygon(shape, fill=_pale(canvas, rng, 0.5))


def _stripes(canvas: Canvas, rng: Rng) -> None:
    """Bars across, at the top, the bottom or all over."""
    width, height = canvas.image.size
    colour = _pale(canvas, rng, 0.8)
    thick = float(rng.uniform(0.03, 0.14)) * height
    tilt = float(rng.normal(0, 0.05)) * height
    for share in rng.choice(
        [0.0, 0.1, 0.18, 0.82, 0.9, 0.97, 0.5], int(rng.integers(1, 4)), replace=False
    ):
        y = float(share) * height
        canvas.draw.polygon(
            [(0, y), (width, y + tilt), (width, y + tilt + thick), (0, y + thick)], fill=colour
        )


def _waves(canvas: Canvas, rng: Rng) -> None:
    """Wavy lines such as water or a waving flag."""
    width, height = canvas.image.size
    xs = np.linspace(0, width, 24)
    length, depth = float(rng.uniform(0.3, 1.2)), float(rng.uniform(0.02, 0.1)) * height
    line = max(1, round(float(rng.uniform(0.01, 0.08)) * height))
    for _ in range(int(rng.integers(1, 6))):
        y = float(rng.uniform(0.05, 1)) * height + depth * np.sin(
            xs / width * 6.28 / length + rng.uniform(0, 6)
        )
        path = list(zip(xs.tolist(), y.tolist(), strict=True))
        canvas.draw.line(path, fill=_pale(canvas, rng, 0.4), width=line)


def _clutter(canvas: Canvas, rng: Rng) -> None:
    """Many small things: leaves, stars, flowers, houses."""
    width, height = canvas.image.size
    for _ in range(int(rng.integers(3, 14))):
        centre = (float(rng.uniform(0, 1)) * width, float(rng.beta(0.6, 0.6)) * height)
        radius = float(rng.uniform(0.03, 0.14)) * height
        colour = _pale(canvas, rng, 0.6)
        if rng.random() < 0.4:
            canvas.draw.polygon(star(centre, radius, int(rng.integers(4, 8))), fill=colour)
        else:
            canvas.draw.polygon(blob(rng, centre, (radius, radius)), fill=colour)


def _side_picture(canvas: Canvas, rng: Rng) -> None:
    """A strong picture at the left or right edge: a lighthouse, a tree, a logo."""
    width, height = canvas.image.size
    middle = float(rng.choice([0.06, 0.94])) * width
    for _ in range(int(rng.integers(2, 6))):
        centre = (
            middle + float(rng.normal(0, 0.03)) * width,
            float(rng.uniform(0.2, 0.9)) * height,
        )
        shape = blob(rng, centre, (width * 0.06, height * float(rng.uniform(0.08, 0.3))), 8, 0.6)
        canvas.draw.polygon(shape, fill=vivid(rng))


def _clouds(canvas: Canvas, rng: Rng) -> None:
    """Soft patches of colour without an edge."""
    noise = rng.integers(0, 256, (_SMALL[1] // 3, _SMALL[0] // 4), dtype=np.uint8)
    mask = Image.fromarray(noise).resize(canvas.image.size, Image.Resampling.BICUBIC)
    mask = mask.point(lambda v: v * 0.5)
    canvas.image.paste(_pale(canvas, rng, 0.7), (0, 0, *canvas.image.size), mask)


def _arch(canvas: Canvas, rng: Rng) -> None:
    """A bow or rainbow over the plate."""
    width, height = canvas.image.size
    line = max(2, round(height * 0.06))
    top = float(rng.uniform(-0.1, 0.35)) * height
    for i in range(int(rng.integers(1, 4))):
        y = top + i * line
        canvas.draw.arc(
            (-0.1 * width, y, 1.1 * width, y + 1.6 * height),
            180,
            360,
            fill=_pale(canvas, rng),
            width=line,
        )


def _soften(canvas: Canvas, rng: Rng) -> None:
    """Printing without sharp edges."""
    canvas.image = canvas.image.filter(ImageFilter.BoxBlur(float(rng.uniform(1, 4))))


SCENERIES: dict[str, Callable[[Canvas, Rng], None]] = {
    "gradient": _gradient,
    "hills": _hills,
    "rays": _rays,
    "silhouette": _silhouette,
    "stripes": _stripes,
    "waves": _waves,
    "clutter": _clutter,
    "side": _side_picture,
    "clouds": _clouds,
    "arch": _arch,
}


def draw_picture_aside(canvas: Canvas, box: Box, rng: Rng) -> None:
    """A coloured picture beside the registration: a bird on a branch, an emblem, a mascot.

    ``box`` is the room for it, in fractions of the plate; the picture may reach out of it.
    """
    left, top, right, bottom = canvas.pixels(box)
    width, height = right - left, bottom - top
    middle = (left + right) / 2, (top + bottom) / 2 + float(rng.normal(0, 0.08)) * height
    reach = width * float(rng.uniform(0.3, 0.55)), height * float(rng.uniform(0.25, 0.65))
    if rng.random() < 0.35:
        name = str(rng.choice(EMBLEMS))
        box_px = (
            middle[0] - reach[0],
            middle[1] - reach[1],
            middle[0] + reach[0],
            middle[1] + reach[1],
        )
        draw_mark(canvas.draw, name, box_px, vivid(rng), rng)
        return
    palette = [vivid(rng), vivid(rng), canvas.paint.ink, (30, 30, 30), (240, 240, 240)]
    for _ in range(int(rng.integers(2, 9))):
        at = (
            middle[0] + float(rng.normal(0, 0.4)) * reach[0],
            middle[1] + float(rng.normal(0, 0.4)) * reach[1],
        )
        size = float(rng.uniform(0.2, 0.8)) * reach[0], float(rng.uniform(0.15, 0.7)) * reach[1]
        colour = palette[int(rng.integers(len(palette)))]
        canvas.draw.polygon(blob(rng, at, size, int(rng.integers(5, 14)), 0.6), fill=colour)


def draw_scenery(canvas: Canvas, names: tuple[str, ...], rng: Rng) -> None:
    """Draw the named sceneries in order; ``free`` stands for one to four of any kind."""
    wanted: list[str] = []
    for name in names:
        if name == "free":
            wanted.extend(
                rng.choice(sorted(SCENERIES), int(rng.integers(1, 5)), replace=False).tolist()
            )
        else:
            wanted.append(name)
    for name in sorted(wanted, key=lambda name: name != "gradient"):
        SCENERIES[name](canvas, rng)
    if wanted and rng.random() < 0.4:
        _soften(canvas, rng)
