"""The hard set: scenes drawn from a seed, one kind of difficulty at a time.

Drawn by ``training/`` with a seed and with fonts that no training picture uses. It ships as this
file: the pictures are made when they are wanted, and are the same wherever those fonts are.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
import hashlib
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from training.lens import Lens, through
from training.plates.fetch_fonts import fetch
from training.plates.fonts import families_for
from training.rain import rain

from .sets import Sample, photographs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from training.plates import PlateImage

    type Pixels = NDArray[np.uint8]
    type Corners = NDArray[np.float64]
    """4 x 2, x and y in pixels."""

# Read by training.plates when it looks for fonts.
os.environ["ALPR_TRAINING_FONTS"] = "held-out"

SEED = 20_261_121
TRAINING = Path(__file__).parents[2] / "training"
DRAWING = ("plates", "scenes", "lens.py", "rain.py")
"""What draws, in ``TRAINING``."""
EACH = 40
"""Pictures of every kind."""
SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of difficulty."""

    light: Callable[[np.random.Generator], str] = lambda _: "day"
    distance: tuple[float, float] = (4.4, 6.2)
    """Metres."""
    yaw: tuple[float, float] = (0.0, 0.2)
    """Radians the car is turned, to either side."""
    roll: float = 0.0
    """Degrees the camera is tilted, at most."""
    blur: float = 0.0
    """Pixels of motion blur, at most; half of it at least."""
    two_line: bool = False
    rain: bool = False
    lens: tuple[float, float] | None = None
    """The camera's wide lens bends the picture so much, at least and at most (``Lens.bend``)."""


KINDS = {
    "night": Kind(light=lambda rng: str(rng.choice(["night", "infrared"]))),
    "blur": Kind(blur=5.0),
    "small": Kind(distance=(8.0, 11.0)),
    "tilted": Kind(yaw=(0.45, 0.75), roll=12.0),
    "two-line": Kind(two_line=True),
    "rain": Kind(rain=True),
    "wide lens": Kind(yaw=(0.0, 0.5), lens=(0.2, 0.35)),
}


def hard_set(folder: Path, each: int = EACH) -> tuple[Sample, ...]:
    """The pictures, drawn into ``folder`` unless they are there already; fetches their fonts."""
    return photographs(drawn_in(folder, each))


def drawn_in(folder: Path, each: int = EACH) -> Path:
    """The folder in ``folder`` that has the pictures, with a ``truth.csv``; see ``hard_set``."""
    fetch()
    folder /= f"{each}-{_drawn_by()}"
    done = folder / "done"
    if not done.exists():
        _draw(folder, each)
        done.touch()
    return folder


def _drawn_by() -> str:
    """Names the seed, the fonts and the programs that draw: other ones draw other pictures.

    Raises:
        SystemExit: there are no fonts; other letters would be drawn without them.
    """
    families = families_for("any")
    if not families:
        raise SystemExit(
            "the fonts of the hard set cannot be fetched: use --no-hard to measure without it"
        )
    fonts = sorted(Path(font).name for family in families for font in family)
    files = (path for each in DRAWING for path in (TRAINING / each, *(TRAINING / each).rglob("*")))
    programs = sorted(path for path in files if path.suffix in {".py", ".toml"})
    digest = hashlib.sha256(repr((SEED, fonts)).encode())
    for program in (*programs, Path(__file__)):
        digest.update(program.read_bytes())
    return digest.hexdigest()[:16]


def _draw(folder: Path, each: int) -> None:
    rows = []
    for number, (name, kind) in enumerate(KINDS.items()):
        (folder / name).mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng((SEED, number))
        for index in range(each):
            pixels, corners, text = draw(kind, rng)
            while not _inside(corners):
                pixels, corners, text = draw(kind, rng)
            file = f"{index:03}.jpg"
            Image.fromarray(pixels).save(folder / name / file, quality=int(rng.integers(70, 93)))
            (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
            edges = (left, top, right - left, bottom - top)
            rows.append([name, file, *(round(float(edge), 1) for edge in edges), text])
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["set", "file", "x", "y", "width", "height", "plate"])
        writer.writerows(rows)


def draw(kind: Kind, rng: np.random.Generator) -> tuple[Pixels, Corners, str]:
    """One picture, the corners of its plate, and what is written on it."""
    from training.scenes import draw_scene  # noqa: PLC0415 - after the choice of fonts above

    plate = _plate(kind, rng)
    scene = draw_scene(
        rng,
        plate_text=plate.text,
        style=plate.style,
        light=kind.light(rng),
        distance=float(rng.uniform(*kind.distance)),
        yaw=float(rng.uniform(*kind.yaw) * rng.choice([-1, 1])),
        size=SIZE,
        artist=lambda _text, _style: plate.rgb,
    )
    pixels, corners = scene.rgb, np.array(scene.plates[0].corners, np.float64)
    if kind.roll:
        pixels, corners = rolled(pixels, corners, float(rng.uniform(-kind.roll, kind.roll)))
    if kind.rain:
        pixels = rain(rng, pixels, float(np.ptp(corners[:, 0])) / len(plate.text))
    if kind.lens:
        pixels, corners = _bent(pixels, corners, float(rng.uniform(*kind.lens)))
    if kind.blur:
        length = float(rng.uniform(kind.blur / 2, kind.blur))
        pixels = motion_blurred(pixels, length, float(rng.uniform(0, math.pi)))
    return pixels, corners, plate.text


def _inside(corners: Corners) -> bool:
    """Tell whether the whole plate is in the picture."""
    return bool((corners >= 2).all() and (corners <= np.array(SIZE) - 2).all())


def _plate(kind: Kind, rng: np.random.Generator) -> PlateImage:
    from training.plates import draw_plate  # noqa: PLC0415

    while True:
        plate = draw_plate(rng)
        if plate.two_line is kind.two_line:
            return plate


def rolled(pixels: Pixels, corners: Corners, degrees: float) -> tuple[Pixels, Corners]:
    """The picture turned about its middle, counter-clockwise, and where the corners go."""
    height, width = pixels.shape[:2]
    middle = np.array([width / 2, height / 2])
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turned = (corners - middle) @ np.array([[cosine, -sine], [sine, cosine]]) + middle
    image = Image.fromarray(pixels).rotate(
        degrees, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90)
    )
    return np.asarray(image), turned


def _bent(pixels: Pixels, corners: Corners, bend: float) -> tuple[Pixels, Corners]:
    """The whole picture as a wide lens shows it."""
    height, width = pixels.shape[:2]
    return through(Lens((width / 2, height / 2), width / 2, bend), pixels, corners)


def motion_blurred(pixels: Pixels, length: float, angle: float) -> Pixels:
    """The mean of the picture shifted along a line of ``length`` pixels, with some focus blur."""
    steps = max(2, math.ceil(length))
    total = np.zeros(pixels.shape, np.float32)
    image = Image.fromarray(pixels)
    for part in np.linspace(-0.5, 0.5, steps):
        across, down = part * length * math.cos(angle), part * length * math.sin(angle)
        moved = image.transform(
            image.size,
            Image.Transform.AFFINE,
            (1, 0, across, 0, 1, down),
            Image.Resampling.BILINEAR,
        )
        total += np.asarray(moved, np.float32)
    mean = Image.fromarray(np.rint(total / steps).astype(np.uint8))
    return np.asarray(mean.filter(ImageFilter.GaussianBlur(0.7)))
