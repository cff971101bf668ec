"""A picture to draw filled, shaded polygons on, in pixels or through a pinhole camera.

Everything is drawn at ``scale`` times the wanted size and reduced at the end, which
is the cheapest good anti-aliasing Pillow offers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[float, float, float]
Point = tuple[float, float]
Point3 = tuple[float, float, float]
Stops = Sequence[tuple[float, Colour]]
Fill = Colour | Stops
AnyPoint = TypeVar("AnyPoint", Point, Point3)


def shade(colour: Colour, factor: float) -> Colour:
    """The colour darkened (factor < 1) or lightened towards white (factor > 1)."""
    if factor <= 1.0:
        return (colour[0] * factor, colour[1] * factor, colour[2] * factor)
    return mix(colour, (255.0, 255.0, 255.0), min(1.0, factor - 1.0))


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """The colour a share ``t`` (0 to 1) of the way from ``a`` to ``b``."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def smooth(points: Sequence[AnyPoint], rounds: int = 2) -> list[AnyPoint]:
    """Round a closed polygon's corners (Chaikin's corner cutting)."""
    path = np.asarray(points, dtype=np.float64)
    for _ in range(rounds):
        following = np.roll(path, -1, axis=0)
        path = np.stack([0.8 * path + 0.2 * following, 0.2 * path + 0.8 * following], axis=1)
        path = path.reshape(-1, path.shape[-1])
    return [tuple(row) for row in path.tolist()]


@dataclass(frozen=True, slots=True)
class Camera:
    """A level pinhole camera: metres in, pixels of the finished picture out.

    ``height`` is the camera's height over the ground in metres, ``focal`` its focal
    length in pixels, ``centre`` and ``horizon`` the picture's vanishing column and row.
    """

    height: float
    focal: float
    centre: float
    horizon: float

    def project(self, point: Point3) -> Point:
        """Pixel of a point given as (right, up, ahead) in metres; ahead must be positive."""
        x, y, z = point
        z = max(z, 0.05)
        return (self.centre + self.focal * x / z, self.horizon + self.focal * (self.height - y) / z)

    def pixels_per_metre(self, distance: float) -> float:
        """Size in pixels of one metre at ``distance`` metres."""
        return self.focal / distance


class Canvas:
    """An RGB picture of ``size`` (width, height) pixels, drawn ``scale`` times larger."""

    def __init__(self, size: tuple[int, int], scale: int = 2) -> None:
        self.size = size
        self.scale = scale
        self.image = Image.new("RGB", (size[0] * scale, size[1] * scale))
        self.glow = Image.new("RGB", (max(1, size[0] // 2), max(1, size[1] // 2)))

    def polygon(
        self, points: Sequence[Point], fill: Fill, *, soft: float = 0.0, opacity: float = 1.0
    ) -> None:
        """Fill a polygon (pixels) with one colour or stops from its top (0) to its foot (1).

        ``soft`` blurs the edge by that many pixels.
        """
        path = [(x * self.scale, y * self.scale) for x, y in points]
        margin = int(3 * soft * self.scale) + 2
        left = max(0, int(min(x for x, _ in path)) - margin)
        top = max(0, int(min(y for _, y in path)) - margin)
        right = min(self.image.width, int(max(x for x, _ in path)) + margin + 1)
        bottom = min(self.image.height, int(max(y for _, y in path)) + margin + 1)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        level = round(255 * opacity)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in path], fill=level)
        if soft > 0:
            mask = mask.filter(ImageFilter.GaussianBlur(soft * self.scale))
        if isinstance(fill[0], (int, float)):
            colour = tuple(int(np.clip(channel, 0, 255)) for channel in fill)
            self.image.paste(colour, (left, top), mask)
            return
        low = min(y for _, y in path) - top
        high = max(y for _, y in path) - top
        column = _column(fill, mask.height, low, high)  # type: ignore[arg-type]
        patch = Image.fromarray(column).resize(mask.size, Image.Resampling.NEAREST)
        self.image.paste(patch, (left, top), mask)

    def line(
        self, points: Sequence[Point], colour: Colour, width: float, opacity: float = 1.0
    ) -> None:
        """Draw a line ``width`` pixels wide through the points."""
        path = [(x * self.scale, y * self.scale) for x, y in points]
        thick = max(1, round(width * self.scale))
        ink = tuple(int(np.clip(channel, 0, 255)) for channel in colour)
        if opacity >= 1.0:
            ImageDraw.Draw(self.image).line(path, fill=ink, width=thick, joint="curve")
            return
        left = max(0, int(min(x for x, _ in path)) - thick)
        top = max(0, int(min(y for _, y in path)) - thick)
        right = min(self.image.width, int(max(x for x, _ in path)) + thick + 1)
        bottom = min(self.image.height, int(max(y for _, y in path)) + thick + 1)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        shifted = [(x - left, y - top) for x, y in path]
        ImageDraw.Draw(mask).line(shifted, fill=round(255 * opacity), width=thick, joint="curve")
        self.image.paste(ink, (left, top), mask)

    def ellipse(
        self, centre: Point, radius: Point, fill: Fill, *, soft: float = 0.0, opacity: float = 1.0
    ) -> None:
        """Fill an ellipse given its centre and two radii in pixels."""
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        self.polygon(
            [
                (centre[0] + radius[0] * float(np.cos(a)), centre[1] + radius[1] * float(np.sin(a)))
                for a in angle
            ],
            fill,
            soft=soft,
            opacity=opacity,
        )

    def picture(
        self, rgb: NDArray[np.uint8], corners: Sequence[Point], *, gain: float = 1.0
    ) -> None:
        """Lay a flat picture onto four corners (pixels; clockwise from its top left)."""
        quad = np.asarray(corners, dtype=np.float64) * self.scale
        left, top = np.floor(quad.min(axis=0)).astype(int) - 1
        right, bottom = np.ceil(quad.max(axis=0)).astype(int) + 2
        if right <= 0 or bottom <= 0 or left >= self.image.width or top >= self.image.height:
            return
        source = _fit(Image.fromarray(rgb), quad)
        width, height = source.size
        frame = [
            (0.0, 0.0),
            (float(width), 0.0),
            (float(width), float(height)),
            (0.0, float(height)),
        ]
        size = (int(right - left), int(bottom - top))
        inverse = perspective(quad - (left, top), np.asarray(frame))
        data = tuple(float(value) for value in inverse.reshape(-1)[:8])
        warped = source.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
        if gain != 1.0:
            warped = warped.point(lambda value: min(255.0, value * gain))
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in quad.tolist()], fill=255)
        self.image.paste(warped, (int(left), int(top)), mask)

    def shine(self, centre: Point, radius: float, colour: Colour) -> None:
        """Remember a light at ``centre``; its glow is added when the picture is finished."""
        draw = ImageDraw.Draw(self.glow)
        x, y, r = centre[0] / 2, centre[1] / 2, max(0.7, radius / 2)
        ink = tuple(int(np.clip(channel, 0, 255)) for channel in colour)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)

    def finish(self) -> Image.Image:
        """The picture at its wanted size, without the glow."""
        return self.image.reduce(self.scale) if self.scale > 1 else self.image

    def glow_layer(self) -> Image.Image:
        """The lights' glow at the wanted size: sharp cores and two wide halos."""
        width = self.glow.width
        near = self.glow.filter(ImageFilter.GaussianBlur(max(1.0, width / 160)))
        far = self.glow.filter(ImageFilter.GaussianBlur(max(2.0, width / 30)))
        glow = ImageChops.add(ImageChops.add(self.glow, near), far)
        return glow.resize(self.size, Image.Resampling.BILINEAR)


def upright(canvas: Canvas, camera: Camera, x1: float, x2: float, y1: float, y2: float, z: float,
          fill: Colour | list[tuple[float, Colour]], opacity: float = 1.0) -> None:  # fmt: skip
    """An upright rectangle facing the camera, ``z`` metres ahead."""
    corners = [(x1, y2, z), (x2, y2, z), (x2, y1, z), (x1, y1, z)]
    canvas.polygon([camera.project(corner) for corner in corners], fill, opacity=opacity)


def _column(fill: Stops, height: int, low: float, high: float) -> NDArray[np.uint8]:
    rows = (np.arange(height) - low) / max(1.0, high - low)
    places = [at for at, _ in fill]
    channels = [np.interp(rows, places, [colour[c] for _, colour in fill]) for c in range(3)]
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)[:, None, :]


def _fit(source: Image.Image, quad: NDArray[np.float64]) -> Image.Image:
    """Shrink a picture to about the size it will be shown at, so that it does not alias."""
    across = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    down = max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]))
    width = min(source.width, max(2, round(float(across))))
    height = min(source.height, max(2, round(float(down))))
    if (width, height) == source.size:
        return source
    return source.resize((width, height), Image.Resampling.LANCZOS)


def perspective(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 3x3 homography that takes four points ``start`` (4x2) to ``end`` (4x2)."""
    rows = []
    for (x, y), (u, v) in zip(start.tolist(), end.tolist(), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solution = np.linalg.solve(np.asarray(rows), end.reshape(-1))
    return np.append(solution, 1.0).reshape(3, 3)
