"""A procedural car, seen from the front or the rear, drawn in true perspective.

A car is a handful of surfaces in its own metres: x to the right and y up as the camera
sees it, z away from the camera, all measured from the middle of the face it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.scenes.canvas import (
    Camera,
    Canvas,
    Colour,
    Fill,
    Point,
    Point3,
    mix,
    shade,
    smooth,
)

PAINTS: tuple[Colour, ...] = (
    (232, 233, 235), (20, 21, 24), (120, 124, 128), (180, 184, 188), (72, 76, 82), (150, 22, 26),
    (28, 52, 98), (58, 98, 150), (34, 66, 52), (116, 96, 74), (196, 176, 142), (206, 104, 32),
    (214, 188, 60), (88, 22, 34), (96, 128, 118), (240, 238, 228),
)  # fmt: skip
BLACK: Colour = (16, 17, 19)
CHROME: Colour = (206, 210, 214)
RUBBER: Colour = (22, 22, 23)


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


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the car stands: its face's middle (right, ahead) in metres and its heading."""

    x: float
    z: float
    yaw: float


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


class CarArtist:
    """Draws one car onto a canvas. The same look gives the same car at every pose."""

    def __init__(self, canvas: Canvas, camera: Camera, look: CarLook, pose: Pose) -> None:
        self.canvas = canvas
        self.camera = camera
        self.look = look
        self.shape = look.shape
        self.pose = pose
        self.rng = np.random.default_rng(look.seed)
        self.unit = camera.pixels_per_metre(pose.z)

    def pixel(self, point: Point3) -> Point:
        """Picture position of a point of the car."""
        x, y, z = point
        cos, sin = math.cos(self.pose.yaw), math.sin(self.pose.yaw)
        world = (self.pose.x + x * cos + z * sin, y, self.pose.z + z * cos - x * sin)
        return self.camera.project(world)

    def on_face(self, x: float, y: float, lift: float = 0.0) -> Point3:
        """A point on the car's curved face, ``lift`` metres in front of it."""
        edge = abs(2 * x / self.shape.width)
        depth = self.shape.face_round * edge**3.5
        lean = 0.12 * max(0.0, (y - 0.55) / self.shape.nose) ** 2
        return (x, y, depth + lean - lift)

    def face(self, points: Sequence[Point], fill: Fill, *, rounds: int = 2, soft: float = 0.0,
             opacity: float = 1.0) -> None:  # fmt: skip
        """Fill a polygon given in the face's own (x, y)."""
        shaped = smooth(points, rounds) if rounds else list(points)
        path = [self.pixel(self.on_face(x, y)) for x, y in shaped]
        self.canvas.polygon(path, fill, soft=soft * self.unit, opacity=opacity)

    def solid(self, points: Sequence[Point3], fill: Fill, *, rounds: int = 0, soft: float = 0.0,
              opacity: float = 1.0) -> None:  # fmt: skip
        """Fill a polygon given in the car's (x, y, z)."""
        shaped = smooth(points, rounds) if rounds else list(points)
        path = [self.pixel(point) for point in shaped]
        self.canvas.polygon(path, fill, soft=soft * self.unit, opacity=opacity)

    def seam(
        self, points: Sequence[Point], colour: Colour, width: float, opacity: float = 0.8
    ) -> None:
        """A line along the face; ``width`` in metres."""
        path = [self.pixel(self.on_face(x, y)) for x, y in points]
        self.canvas.line(path, colour, max(0.6, width * self.unit), opacity)

    def draw(self, *, lamps_on: bool) -> list[Point]:
        """Draw the car with an empty mount; gives the plate's corners, clockwise from top left."""
        self._shadow()
        self._sides()
        self._wheels()
        self._cabin()
        self._face_body()
        if self.shape.rear:
            self._rear_details(lamps_on)
        else:
            self._front_details(lamps_on)
        return self._mount()

    def half_width(self, y: float) -> float:
        """Half the body's width at height y."""
        shape = self.shape
        half = shape.width / 2
        if y <= shape.belt:
            return half * (1.0 - 0.06 * max(0.0, (y - 0.6) / shape.belt) ** 2)
        lean = 0.12 if shape.kind == "van" else 0.25
        return half * (0.96 - lean * (y - shape.belt) / (shape.roof - shape.belt))

    def _shadow(self) -> None:
        half = self.shape.width / 2
        ground = [(-half - 0.1, 0.0, -0.15), (half + 0.1, 0.0, -0.15), (half + 0.15, 0.0, self.shape.length),
                  (-half - 0.15, 0.0, self.shape.length)]  # fmt: skip
        self.solid(ground, (12, 12, 14), soft=0.12, opacity=0.7)
        contact = [(-half, 0.0, 0.1), (half, 0.0, 0.1), (half, 0.0, 2.0), (-half, 0.0, 2.0)]
        self.solid(contact, (6, 6, 8), soft=0.05, opacity=0.85)

    def _sides(self) -> None:
        shape, paint = self.shape, self.look.paint
        depth = shape.face_round
        for sign in (-1.0, 1.0):
            outline = [(depth, shape.clearance), (depth, shape.nose)]
            outline += [(max(depth, z), y) for z, y in shape.profile[1:]]
            outline += [(shape.length, shape.clearance)]
            path = [(sign * self.half_width(y), y, z) for z, y in outline]
            if not self._faces_camera(path, sign):
                continue
            tone = 0.78 if sign > 0 else 0.66
            self.solid(path, [(0.0, shade(paint, tone * 1.1)), (0.45, shade(paint, tone)),
                              (0.6, shade(paint, tone * 0.8)), (1.0, shade(paint, tone * 0.55))])  # fmt: skip
            windows = [(z, y) for z, y in shape.profile if y >= shape.belt - 0.01]
            if len(windows) >= 3:
                inset = _shrink(windows, 0.12)
                glass = [(sign * self.half_width(y) * 1.005, y, z) for z, y in inset]
                self.solid(glass, [(0.0, (92, 104, 116)), (1.0, (30, 34, 40))], rounds=1)
            self._wheel_on_side(sign)

    def _faces_camera(self, path: Sequence[Point3], sign: float) -> bool:
        pixels = np.asarray([self.pixel(point) for point in path])
        following = np.roll(pixels, -1, axis=0)
        area = float(np.sum(pixels[:, 0] * following[:, 1] - following[:, 0] * pixels[:, 1]))
        return area * sign > 0

    def _wheel_on_side(self, sign: float) -> None:
        radius = 0.31 + 0.25 * (self.shape.clearance - 0.2)
        for place in (0.19, 0.8):
            z = self.shape.length * place
            x = sign * self.shape.width / 2 * 1.01
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
                self.solid(ring, tone)

    def _wheels(self) -> None:
        half = self.shape.width / 2
        for sign in (-1.0, 1.0):
            tyre = [(sign * (half - 0.23), 0.0, 0.5), (sign * (half - 0.02), 0.0, 0.5),
                    (sign * (half - 0.02), 0.6, 0.5), (sign * (half - 0.23), 0.6, 0.5)]  # fmt: skip
            self.solid(tyre, [(0.0, (8, 8, 9)), (0.8, RUBBER), (1.0, (34, 34, 35))], rounds=2)
        under = [
            (-half * 0.95, 0.12, 0.4),
            (half * 0.95, 0.12, 0.4),
            (half * 0.95, 0.4, 0.4),
            (-half * 0.95, 0.4, 0.4),
        ]
        self.solid(under, (10, 10, 11))

    def _strip(self, first: Point, second: Point, fill: Fill, inset: float = 0.0) -> None:
        """A surface across the car between two points (z, y) of its outline."""
        (z1, y1), (z2, y2) = first, second
        a, b = self.half_width(y1) * (1 - inset), self.half_width(y2) * (1 - inset)
        self.solid([(-b, y2, z2), (b, y2, z2), (a, y1, z1), (-a, y1, z1)], fill)

    def _cabin(self) -> None:
        shape, paint = self.shape, self.look.paint
        last = len(shape.profile) - 1
        for index in range(last - 1, -1, -1):
            first, second = shape.profile[index], shape.profile[index + 1]
            if second[1] < first[1] - 0.02 and first[0] > 0.5:
                continue
            steep = (second[1] - first[1]) / max(0.05, second[0] - first[0])
            light = 1.22 - 0.25 * min(1.0, abs(steep))
            self._strip(
                first, second, [(0.0, shade(paint, light)), (1.0, shade(paint, light - 0.2))]
            )
            if index == shape.glass[0]:
                self._glass(first, second)
        if not shape.rear:
            self._mirrors()

    def _glass(self, first: Point, second: Point) -> None:
        low = (first[0] + 0.08 * (second[0] - first[0]), first[1] + 0.08 * (second[1] - first[1]))
        high = (first[0] + 0.93 * (second[0] - first[0]), first[1] + 0.93 * (second[1] - first[1]))
        sky = mix((150, 168, 184), (84, 96, 110), float(self.rng.random()))
        dark = (26, 30, 35)
        self._strip(
            low,
            high,
            [(0.0, mix(sky, dark, 0.35)), (0.35, mix(sky, dark, 0.75)), (1.0, dark)],
            0.07,
        )
        y = low[1] + 0.45 * (high[1] - low[1])
        z = low[0] + 0.7
        for sign in (-1.0, 1.0):
            x = sign * self.shape.width * 0.2
            seat = [
                (x - 0.14, low[1], z),
                (x - 0.12, y, z),
                (x + 0.12, y, z),
                (x + 0.14, low[1], z),
            ]
            self.solid(seat, (14, 16, 18), rounds=2, opacity=0.75)
        a, b = self.half_width(low[1]) * 0.9, self.half_width(high[1]) * 0.9
        gleam = float(self.rng.uniform(-0.5, 0.3))
        streak = [(gleam * b, high[1], high[0]), ((gleam + 0.3) * b, high[1], high[0]),
                  ((gleam + 0.05) * a, low[1], low[0]), ((gleam - 0.25) * a, low[1], low[0])]  # fmt: skip
        self.solid(streak, (190, 204, 216), opacity=0.22)
        if not self.shape.rear:
            for start in (-0.75, -0.05):
                blade = [self.pixel((start * a, low[1] + 0.01, low[0])),
                         self.pixel(((start + 0.65) * a, low[1] + 0.05, low[0] + 0.05))]  # fmt: skip
                self.canvas.line(blade, BLACK, max(0.6, 0.018 * self.unit))

    def _mirrors(self) -> None:
        z, y = self.shape.profile[1]
        for sign in (-1.0, 1.0):
            x = sign * (self.half_width(y) + 0.08)
            box = [(x - 0.09, y + 0.02, z + 0.25), (x + 0.09, y + 0.02, z + 0.25),
                   (x + 0.1, y + 0.16, z + 0.25), (x - 0.08, y + 0.16, z + 0.25)]  # fmt: skip
            self.solid(
                box,
                [(0.0, shade(self.look.paint, 1.1)), (1.0, shade(self.look.paint, 0.6))],
                rounds=2,
            )

    def _face_body(self) -> None:
        shape, paint = self.shape, self.look.paint
        top = shape.nose
        steps = np.linspace(-1, 1, 13).tolist()
        upper = [(x * self.half_width(top) * 0.995, top + 0.02 * (1 - x * x)) for x in steps]
        lower = [
            (-x * shape.width / 2 * (0.94 if abs(x) > 0.9 else 1.0), shape.clearance) for x in steps
        ]
        left = [(-shape.width / 2, 0.42), (-shape.width / 2, 0.62)]
        right = [(shape.width / 2, 0.62), (shape.width / 2, 0.42)]
        path = [*upper, *right, *lower, *left]
        stops = [(0.0, shade(paint, 1.12)), (0.16, shade(paint, 1.0)), (0.34, shade(paint, 0.86)),
                 (0.5, shade(paint, 0.98)), (0.72, shade(paint, 0.72)), (1.0, shade(paint, 0.42))]  # fmt: skip
        self.face(path, stops, rounds=1)
        for sign in (-1.0, 1.0):
            edge = sign * shape.width / 2
            side = [
                (edge, shape.clearance),
                (edge, top),
                (edge * 0.9, top),
                (edge * 0.86, shape.clearance),
            ]
            self.face(side, (8, 8, 10), rounds=0, soft=0.04, opacity=0.28)
        if self.rng.random() < 0.35:
            skirt = [(-shape.width / 2 * 0.97, shape.clearance), (shape.width / 2 * 0.97, shape.clearance),
                     (shape.width / 2 * 0.96, shape.clearance + 0.14), (-shape.width / 2 * 0.96, shape.clearance + 0.14)]  # fmt: skip
            self.face(skirt, [(0.0, (46, 47, 49)), (1.0, (20, 20, 21))])

    def _front_details(self, lamps_on: bool) -> None:
        shape, rng = self.shape, self.rng
        half, top = shape.width / 2, shape.nose
        grille_top = top - float(rng.uniform(0.04, 0.1))
        grille_low = grille_top - float(rng.uniform(0.1, 0.28))
        wide = half * float(rng.uniform(0.34, 0.66))
        narrow = wide * float(rng.uniform(0.6, 1.1))
        outline = [
            (-wide, grille_top),
            (wide, grille_top),
            (narrow, grille_low),
            (-narrow, grille_low),
        ]
        self._grille(outline, wide)
        intake = shape.clearance + float(rng.uniform(0.06, 0.12))
        tall = float(rng.uniform(0.08, 0.16))
        spread = half * float(rng.uniform(0.45, 0.8))
        self._grille(
            [
                (-spread * 0.9, intake + tall),
                (spread * 0.9, intake + tall),
                (spread, intake),
                (-spread, intake),
            ],
            spread,
            plain=True,
        )
        if rng.random() < 0.7:
            for sign in (-1.0, 1.0):
                centre = (sign * half * 0.8, intake + tall * 0.7)
                self._disc(centre, 0.055, (40, 42, 45))
                self._disc(centre, 0.04, (210, 214, 216))
        self.seam(
            [(-half * 0.97, grille_low - 0.03), (half * 0.97, grille_low - 0.03)],
            shade(self.look.paint, 0.35),
            0.012,
        )
        self._headlamps(grille_top, grille_low, lamps_on)
        self._badge((0.0, (grille_top + grille_low) / 2 if rng.random() < 0.6 else top - 0.02))
        for side in (-0.5, 0.5):
            crease = [
                self.pixel((side * half * 1.1, shape.profile[1][1], shape.profile[1][0])),
                self.pixel(self.on_face(side * half * 0.9, top)),
            ]
            self.canvas.line(crease, shade(self.look.paint, 0.7), max(0.6, 0.015 * self.unit), 0.5)

    def _grille(self, outline: list[Point], wide: float, *, plain: bool = False) -> None:
        rng = self.rng
        self.face(outline, [(0.0, (10, 10, 11)), (1.0, (30, 31, 33))], rounds=2)
        xs = [x for x, _ in outline]
        ys = [y for _, y in outline]
        low, high = min(ys), max(ys)
        ink = CHROME if self.look.trim is CHROME and not plain else (58, 60, 63)
        style = int(rng.integers(3))
        if style == 0:
            for y in np.linspace(low, high, int(rng.integers(4, 9))).tolist()[1:-1]:
                self.seam([(min(xs) * 0.93, y), (max(xs) * 0.93, y)], ink, 0.012)
        elif style == 1:
            for x in np.linspace(-wide, wide, int(rng.integers(8, 24))).tolist()[1:-1]:
                self.seam([(x * 0.9, low + 0.01), (x * 0.95, high - 0.01)], ink, 0.012)
        else:
            for x in np.linspace(-wide, wide, 18).tolist()[1:-1]:
                self.seam([(x * 0.85, low + 0.01), (x * 0.95, high - 0.01)], (50, 51, 54), 0.006)
            for y in np.linspace(low, high, 7).tolist()[1:-1]:
                self.seam([(min(xs) * 0.9, y), (max(xs) * 0.9, y)], (50, 51, 54), 0.006)
        if not plain and self.look.trim is CHROME:
            ring = smooth(outline, 2)
            self.seam([*ring, ring[0]], CHROME, 0.02, 1.0)

    def _headlamps(self, high: float, low: float, lamps_on: bool) -> None:
        shape, rng = self.shape, self.rng
        half = shape.width / 2
        inner = half * float(rng.uniform(0.5, 0.7))
        tall = min(0.17, (high - low) * float(rng.uniform(0.6, 1.1)))
        slant = float(rng.uniform(0.0, 0.06))
        round_lamp = rng.random() < 0.15
        for sign in (-1.0, 1.0):
            box = [
                (sign * inner, high - slant),
                (sign * half * 0.94, high + 0.02),
                (sign * half * 0.97, high - tall * 0.7),
                (sign * inner * 1.06, high - tall - slant),
            ]
            middle = (sign * (inner + half * 0.94) / 2, high - tall * 0.5)
            if round_lamp:
                self._disc(middle, 0.1, (52, 54, 57))
                self._disc(middle, 0.088, (222, 226, 230))
            else:
                self.face(
                    box,
                    [(0.0, (224, 229, 234)), (0.4, (150, 158, 166)), (1.0, (70, 75, 80))],
                    rounds=2,
                )
                self._disc(middle, tall * 0.4, (60, 64, 68))
            self._disc(middle, tall * 0.3, (246, 248, 250))
            if lamps_on:
                self.canvas.shine(
                    self.pixel(self.on_face(*middle)), 0.08 * self.unit, (255, 246, 222)
                )

    def _rear_details(self, lamps_on: bool) -> None:
        shape, rng = self.shape, self.rng
        half, top = shape.width / 2, shape.nose
        lamp_low = top - float(rng.uniform(0.22, 0.34))
        lamp_in = half * float(rng.uniform(0.55, 0.76))
        tall_lamp = shape.kind in ("van", "suv", "pickup") and rng.random() < 0.7
        if tall_lamp:
            lamp_in = half * 0.82
            lamp_low = top - 0.45
        seam_y = lamp_low - float(rng.uniform(0.03, 0.1))
        dark = shade(self.look.paint, 0.35)
        self.seam([(-half * 0.96, seam_y), (half * 0.96, seam_y)], dark, 0.016)
        for sign in (-1.0, 1.0):
            self.seam([(sign * lamp_in * 0.97, top), (sign * lamp_in * 0.95, seam_y)], dark, 0.01)
            red = (172.0, 20.0, 24.0)
            box = [
                (sign * lamp_in, top - 0.04),
                (sign * half * 0.97, top - 0.05),
                (sign * half * 0.98, lamp_low + 0.02),
                (sign * lamp_in * 1.02, lamp_low),
            ]
            self.face(box, [(0.0, shade(red, 1.25)), (0.5, red), (1.0, shade(red, 0.55))], rounds=2)
            middle = (sign * (lamp_in + half * 0.97) / 2, (top + lamp_low) / 2)
            inlay = (225.0, 226.0, 228.0) if rng.random() < 0.6 else (214.0, 132.0, 40.0)
            strip = [(x, y * 0.3 + lamp_low * 0.7 - 0.01) for x, y in box]
            self.face(strip, inlay, rounds=1, opacity=0.85)
            if lamps_on:
                self.canvas.shine(
                    self.pixel(self.on_face(*middle)), 0.06 * self.unit, (255, 34, 20)
                )
            self.face(
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
            self._disc((x, shape.clearance + 0.02), 0.05, (70, 71, 73))
            self._disc((x, shape.clearance + 0.02), 0.035, (12, 12, 12))
        self._badge((0.0, min(top - 0.05, shape.plate_centre[1] + 0.2)))
        self._lettering(lamp_in, top)

    def _lettering(self, inner: float, top: float) -> None:
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
            if self.rng.random() < 0.55:
                text = words[int(self.rng.integers(len(words)))]
                wide = 0.035 * len(text)
                x = sign * (inner - wide / 2 - 0.05)
                y = top - float(self.rng.uniform(0.1, 0.2))
                card = letter_card(text, (200, 203, 206), shade(self.look.paint, 0.95))
                self._card(card, (x, y), (wide, 0.05))

    def _card(self, card: Image.Image, centre: Point, size: Point) -> None:
        x, y = centre
        w, h = size[0] / 2, size[1] / 2
        corners = [(x - w, y + h), (x + w, y + h), (x + w, y - h), (x - w, y - h)]
        self.canvas.picture(
            np.asarray(card), [self.pixel(self.on_face(*corner)) for corner in corners]
        )

    def _badge(self, centre: Point) -> None:
        if self.rng.random() < 0.5:
            self._disc(centre, 0.055, CHROME)
            self._disc(centre, 0.042, (38, 60, 110) if self.rng.random() < 0.5 else (30, 31, 33))
            self._disc(centre, 0.016, CHROME)
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
            self.face(oval, CHROME)
            self.face(
                [(a * 0.8 + x * 0.2, b * 0.8 + y * 0.2) for a, b in oval],
                (120, 20, 26) if self.rng.random() < 0.5 else (24, 40, 84),
            )

    def _disc(self, centre: Point, radius: float, fill: Fill) -> None:
        x, y = centre
        ring = [
            (x + radius * math.cos(a), y + radius * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 20, endpoint=False).tolist()
        ]
        self.face(ring, fill, rounds=0)

    def _mount(self) -> list[Point]:
        """Recess, frame and lip around the plate; gives the plate's corners in pixels."""
        shape, rng = self.shape, self.rng
        x, y = shape.plate_centre
        w, h = self.look.plate_size[0] / 2, self.look.plate_size[1] / 2
        y = max(y, shape.clearance + h + 0.05)
        if shape.rear:
            y = min(y, shape.nose - h - 0.07)
        wide, tall = shape.plate_recess
        tone = shade(self.look.paint, 0.6) if rng.random() < 0.6 else (30.0, 31.0, 33.0)
        flare = 1.0 + 0.15 * float(rng.random())
        outer = [
            (x - w * wide, y + h * tall),
            (x + w * wide, y + h * tall),
            (x + w * wide * flare, y - h * tall),
            (x - w * wide * flare, y - h * tall),
        ]
        self.face(
            outer,
            [(0.0, shade(tone, 0.4)), (0.35, shade(tone, 0.8)), (1.0, shade(tone, 1.1))],
            rounds=2,
            soft=0.004,
        )
        if shape.rear and rng.random() < 0.6:
            bar_y = y + h * tall
            bar = CHROME if rng.random() < 0.6 else shade(self.look.paint, 0.8)
            self.face([(x - w * wide * 1.05, bar_y + 0.03), (x + w * wide * 1.05, bar_y + 0.03), (x + w * wide, bar_y - 0.005), (x - w * wide, bar_y - 0.005)],
                      [(0.0, shade(bar, 1.1)), (1.0, shade(bar, 0.5))])  # fmt: skip
        if rng.random() < 0.65:
            rim = float(rng.uniform(0.006, 0.02))
            foot = rim if rng.random() < 0.5 else float(rng.uniform(0.02, 0.035))
            frame = BLACK if rng.random() < 0.6 else CHROME
            self.face([(x - w - rim, y + h + rim), (x + w + rim, y + h + rim), (x + w + rim, y - h - foot), (x - w - rim, y - h - foot)],
                      [(0.0, shade(frame, 1.1)), (1.0, shade(frame, 0.7))], rounds=0)  # fmt: skip
            if foot > 0.02:
                card = letter_card(
                    "CITY MOTORS", (190, 192, 194) if frame is BLACK else (20, 20, 22), frame
                )
                self._card(card, (x, y - h - foot / 2), (w * 1.2, foot * 0.7))
        skew = float(rng.normal(0, 0.01))
        return [
            self.pixel(self.on_face(a, b, 0.01))
            for a, b in (
                (x - w, y + h + skew * w),
                (x + w, y + h - skew * w),
                (x + w, y - h - skew * w),
                (x - w, y - h + skew * w),
            )
        ]


def _shrink(points: Sequence[Point], amount: float) -> list[Point]:
    path = np.asarray(points)
    middle = path.mean(axis=0)
    return [tuple(row) for row in (middle + (path - middle) * (1 - amount)).tolist()]


def letter_card(text: str, ink: Colour, ground: Colour, height: int = 40) -> Image.Image:
    """A small flat picture with one line of lettering."""
    font = ImageFont.load_default(size=height)
    box = font.getbbox(text)
    size = (int(box[2] - box[0]) + 8, int(box[3] - box[1]) + 8)
    card = Image.new("RGB", size, tuple(int(np.clip(channel, 0, 255)) for channel in ground))
    colour = tuple(int(np.clip(channel, 0, 255)) for channel in ink)
    ImageDraw.Draw(card).text(
        (4 - box[0], 4 - box[1]), text, font=font, fill=colour, stroke_width=1
    )
    return card
