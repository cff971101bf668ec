"""A car's surfaces before a camera, to be painted on.

A car is a handful of surfaces in its own metres: x to the right and y up as the camera
sees it, z away from the camera, all measured from the middle of the face it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.scenes.canvas import Camera, Canvas, Colour, Fill, Point, Point3, smooth
from training.scenes.car_look import CarLook


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the car stands: its face's middle (right, ahead) in metres and its heading."""

    x: float
    z: float
    yaw: float


class CarSurface:
    """Paints on one car at one pose. The same look draws the same chances at every pose."""

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

    def half_width(self, y: float) -> float:
        """Half the body's width at height y."""
        shape = self.shape
        half = shape.width / 2
        if y <= shape.belt:
            return half * (1.0 - 0.06 * max(0.0, (y - 0.6) / shape.belt) ** 2)
        lean = 0.12 if shape.kind == "van" else 0.25
        return half * (0.96 - lean * (y - shape.belt) / (shape.roof - shape.belt))

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

    def disc(self, centre: Point, radius: float, fill: Fill) -> None:
        """Fill a circle on the face; all in metres."""
        x, y = centre
        ring = [
            (x + radius * math.cos(a), y + radius * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 20, endpoint=False).tolist()
        ]
        self.face(ring, fill, rounds=0)

    def card(self, card: Image.Image, centre: Point, size: Point) -> None:
        """Lay a flat picture on the face around ``centre``; ``size`` is its width and height."""
        x, y = centre
        w, h = size[0] / 2, size[1] / 2
        corners = [(x - w, y + h), (x + w, y + h), (x + w, y - h), (x - w, y - h)]
        self.canvas.picture(
            np.asarray(card), [self.pixel(self.on_face(*corner)) for corner in corners]
        )


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
