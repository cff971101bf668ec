"""What a car is like: its measures, colours and where its plate is mounted, drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.scenes.canvas import Colour, Point

PAINTS: tuple[Colour, ...] = (
    (232, 233, 235), (20, 21, 24), (120, 124, 128), (180, 184, 188), (72, 76, 82), (150, 22, 26),
    (28, 52, 98), (58, 98, 150), (34, 66, 52), (116, 96, 74), (196, 176, 142), (206, 104, 32),
    (214, 188, 60), (88, 22, 34), (96, 128, 118), (240, 238, 228),
)  # fmt: skip
BLACK: Colour = (16, 17, 19)
CHROME: Colour = (206, 210, 214)


@dataclass(frozen=True, slots=True)
class CarShape:
    """Outer measures of a car in metres, and what is mounted where on the face shown."""

    kind: str
    rear: bool
    width: float
    length: float
    clearance: float
    nose: float
    belt: float
    roof: float
    profile: tuple[Point, ...]
    glass: tuple[int, int]
    plate_centre: Point
    plate_recess: tuple[float, float]
    face_round: float


@dataclass(frozen=True, slots=True)
class CarLook:
    """Colours and details drawn once per car, so that it stays the same car in every frame."""

    shape: CarShape
    paint: Colour
    trim: Colour
    seed: int
    plate_size: tuple[float, float]


def _profile(
    kind: str, rear: bool, nose: float, belt: float, roof: float
) -> tuple[tuple[Point, ...], tuple[int, int], float]:
    """Side outline (z, y) from the face's top edge backwards, the glass's two indices, length."""
    if kind == "van":
        outline = (
            ((0.0, nose), (0.04, roof - 0.1), (0.25, roof), (4.3, roof), (4.8, belt), (5.0, nose))
            if rear
            else (
                (0.0, nose),
                (0.55, belt),
                (1.35, roof),
                (4.8, roof),
                (5.0, roof - 0.2),
                (5.1, 0.9),
            )
        )
        return outline, ((0, 1) if rear else (1, 2)), 5.1
    if kind == "pickup":
        outline = (
            (
                (0.0, nose),
                (1.7, nose + 0.02),
                (1.85, roof - 0.03),
                (3.1, roof),
                (3.9, belt),
                (5.1, 0.9),
            )
            if rear
            else (
                (0.0, nose),
                (1.25, belt),
                (1.85, roof),
                (3.2, roof - 0.02),
                (3.4, belt),
                (5.2, belt),
            )
        )
        return outline, (1, 2), 5.2
    if kind == "saloon":
        outline = (
            ((0.0, nose), (0.55, belt), (1.25, roof - 0.04), (2.5, roof), (3.3, belt), (4.5, 0.8))
            if rear
            else (
                (0.0, nose),
                (1.1, belt),
                (1.85, roof),
                (3.1, roof - 0.05),
                (3.9, belt),
                (4.5, 0.9),
            )
        )
        return outline, (1, 2), 4.5
    outline = (
        ((0.0, nose), (0.04, belt), (0.4, roof - 0.06), (2.5, roof), (3.3, belt), (4.2, 0.8))
        if rear
        else ((0.0, nose), (1.0, belt), (1.7, roof), (3.6, roof - 0.05), (4.1, belt), (4.25, 0.9))
    )
    return outline, (1, 2), 4.3


def random_shape(rng: np.random.Generator, *, rear: bool | None = None) -> CarShape:
    """A plausible saloon, hatchback, sport utility, pickup or van."""
    kind = str(
        rng.choice(["saloon", "hatch", "suv", "pickup", "van"], p=[0.34, 0.26, 0.22, 0.1, 0.08])
    )
    if rear is None:
        rear = bool(rng.random() < 0.55)
    grow = {"saloon": 0.0, "hatch": 0.03, "suv": 0.22, "pickup": 0.3, "van": 0.35}[kind]
    width = float(rng.uniform(1.7, 1.86)) + 0.4 * grow
    belt = float(rng.uniform(0.93, 1.0)) + 0.8 * grow
    roof = float(rng.uniform(1.42, 1.5)) + (0.6 if kind == "van" else 1.15 * grow)
    nose = belt - float(rng.uniform(0.1, 0.2)) if not rear or kind == "saloon" else belt - 0.06
    if kind == "pickup" and rear:
        nose = belt - 0.02
    outline, glass, length = _profile(kind, rear, nose, belt, roof)
    clearance = 0.2 + 0.35 * grow
    if rear:
        high = rng.random() < 0.6
        middle = (0.72 + 0.75 * grow) if high else (0.45 + 0.6 * grow)
    else:
        middle = float(rng.uniform(0.36, 0.56)) + 0.6 * grow
    side = (
        float(rng.choice([0.0, 0.0, 0.0, 0.0, -0.3, 0.3]))
        if kind in ("suv", "van", "pickup")
        else 0.0
    )
    return CarShape(
        kind=kind,
        rear=rear,
        width=width,
        length=length,
        clearance=clearance,
        nose=nose,
        belt=belt,
        roof=roof,
        profile=outline,
        glass=glass,
        plate_centre=(side if rear else float(rng.choice([0.0] * 9 + [0.28])), middle),
        plate_recess=(float(rng.uniform(1.06, 1.6)), float(rng.uniform(1.1, 1.7))),
        face_round=float(rng.uniform(0.12, 0.34)),
    )


def random_look(
    rng: np.random.Generator, plate_aspect: float, *, rear: bool | None = None
) -> CarLook:
    """A car whose plate has the given width to height ratio."""
    if plate_aspect > 3.2:
        wide = 0.52
    elif plate_aspect > 2.4:
        wide = 0.38
    elif plate_aspect > 1.55:
        wide = float(rng.uniform(0.30, 0.34))
    else:
        wide = float(rng.uniform(0.24, 0.3))
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    jitter = rng.normal(0, 8, 3)
    paint = (paint[0] + float(jitter[0]), paint[1] + float(jitter[1]), paint[2] + float(jitter[2]))
    trim = BLACK if rng.random() < 0.6 else CHROME
    return CarLook(
        shape=random_shape(rng, rear=rear),
        paint=paint,
        trim=trim,
        seed=int(rng.integers(2**31)),
        plate_size=(wide, wide / plate_aspect),
    )
