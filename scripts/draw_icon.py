"""Draws the integration's brand icon: a barrier arm going up over a number plate.

Run `python -m scripts.draw_icon` from the root after changing something here; the pictures it
writes are committed. Everything is in units of the icon's side, so one drawing gives both sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
import math
from pathlib import Path

from PIL import Image, ImageDraw

BRAND = Path(__file__).resolve().parent.parent / "custom_components" / "alpr_gate" / "brand"
SIDES = {"icon.png": 256, "icon@2x.png": 512}
OVERSAMPLING = 8

SKY = (11, 110, 153, 255)
SKY_LIGHT = (24, 152, 196, 255)
WHITE = (255, 255, 255, 255)
RED = (229, 57, 53, 255)
STEEL = (38, 50, 56, 255)
PLATE = (255, 255, 255, 255)
BAND = (13, 71, 161, 255)
INK = (33, 43, 50, 255)
GO = (102, 217, 120, 255)

Point = tuple[float, float]
Colour = tuple[int, int, int, int]

PIVOT: Point = (0.205, 0.50)
ARM_LENGTH = 0.72
ARM_ANGLE = math.radians(-27)
ARM_WIDTH = 0.092
STRIPES = 5

LETTER_HEIGHT = 0.106
LETTER_GAP = 0.034
LETTER_STROKE = 0.027
# A, L, P and R as strokes in a box of one by one.
LETTERS: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (((0, 1), (0.5, 0), (1, 1)), ((0.2, 0.68), (0.8, 0.68))),
    (((0.08, 0), (0.08, 1), (1, 1)),),
    (((0.08, 1), (0.08, 0), (0.7, 0), (0.96, 0.14), (0.96, 0.4), (0.7, 0.54), (0.08, 0.54)),),
    (
        ((0.08, 1), (0.08, 0), (0.7, 0), (0.96, 0.14), (0.96, 0.4), (0.7, 0.54), (0.08, 0.54)),
        ((0.52, 0.54), (1, 1)),
    ),
)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture that is drawn on in units of its side."""

    picture: Image.Image

    @property
    def side(self) -> int:
        """Pixels along each side."""
        return self.picture.width

    def rectangle(self, box: tuple[Point, Point], radius: float, colour: Colour) -> None:
        """Fills a rectangle with round corners between two corner points."""
        (left, top), (right, bottom) = box
        corners = tuple(value * self.side for value in (left, top, right, bottom))
        ImageDraw.Draw(self.picture).rounded_rectangle(corners, radius * self.side, fill=colour)

    def circle(self, centre: Point, radius: float, colour: Colour) -> None:
        """Fills a circle."""
        x, y = centre
        self.rectangle(((x - radius, y - radius), (x + radius, y + radius)), radius, colour)

    def polygon(self, points: list[Point], colour: Colour) -> None:
        """Fills a polygon."""
        ImageDraw.Draw(self.picture).polygon(
            [(x * self.side, y * self.side) for x, y in points], fill=colour
        )

    def line(self, points: list[Point], width: float, colour: Colour) -> None:
        """Draws a line with round ends and joints."""
        for start, end in pairwise(points):
            pixels = [(x * self.side, y * self.side) for x, y in (start, end)]
            ImageDraw.Draw(self.picture).line(pixels, fill=colour, width=round(width * self.side))
        for point in points:
            self.circle(point, width / 2, colour)


def along_arm(distance: float, across: float) -> Point:
    """The point `distance` along the arm from its pivot and `across` it, in units of the side."""
    cos, sin = math.cos(ARM_ANGLE), math.sin(ARM_ANGLE)
    return PIVOT[0] + distance * cos - across * sin, PIVOT[1] + distance * sin + across * cos


def draw_ground(canvas: Canvas) -> None:
    """The tile everything stands on, lighter towards the top."""
    side = canvas.side
    shade = Image.linear_gradient("L").resize((side, side))
    gradient = Image.composite(
        Image.new("RGBA", (side, side), SKY), Image.new("RGBA", (side, side), SKY_LIGHT), shade
    )
    tile = Image.new("L", (side, side), 0)
    ImageDraw.Draw(tile).rounded_rectangle((0, 0, side - 1, side - 1), 0.205 * side, fill=255)
    canvas.picture.paste(gradient, mask=tile)


def draw_arm(canvas: Canvas) -> None:
    """The arm: a white bar with slanted red stripes and round ends."""
    half = ARM_WIDTH / 2
    canvas.circle(along_arm(ARM_LENGTH, 0), half, RED)
    canvas.polygon(arm_piece(0, ARM_LENGTH, half), WHITE)
    step = ARM_LENGTH / (2 * STRIPES - 1)
    for stripe in range(STRIPES):
        start = 2 * stripe * step
        canvas.polygon(arm_piece(start, start + step, half), RED)


def arm_piece(start: float, end: float, half: float) -> list[Point]:
    """The corners of the part of the arm between two distances."""
    return [along_arm(start, -half), along_arm(end, -half), along_arm(end, half),
            along_arm(start, half)]  # fmt: skip


def draw_post(canvas: Canvas) -> None:
    """The post that carries the arm, with the lamp that says it may be passed."""
    x, y = PIVOT
    canvas.rectangle(((x - 0.082, y - 0.098), (x + 0.082, 0.885)), 0.05, STEEL)
    canvas.circle(PIVOT, 0.056, WHITE)
    canvas.circle(PIVOT, 0.036, GO)


def draw_plate(canvas: Canvas) -> None:
    """A number plate of no country, which says what this is."""
    left, top, right, bottom = 0.345, 0.625, 0.905, 0.845
    canvas.rectangle(((left, top), (right, bottom)), 0.042, INK)
    edge = 0.017
    inner = ((left + edge, top + edge), (right - edge, bottom - edge))
    canvas.rectangle(inner, 0.028, PLATE)
    canvas.rectangle(((left + edge, top + edge), (left + 0.088, bottom - edge)), 0.028, BAND)
    canvas.rectangle(((left + 0.06, top + edge), (left + 0.088, bottom - edge)), 0, BAND)
    draw_letters(canvas, left + 0.128, right - 0.055, (top + bottom) / 2)


def draw_letters(canvas: Canvas, left: float, right: float, middle: float) -> None:
    """Four letters of equal width between `left` and `right`."""
    width = (right - left - 3 * LETTER_GAP) / 4
    for place, strokes in enumerate(LETTERS):
        corner = (left + place * (width + LETTER_GAP), middle - LETTER_HEIGHT / 2)
        for stroke in strokes:
            canvas.line(
                [(corner[0] + x * width, corner[1] + y * LETTER_HEIGHT) for x, y in stroke],
                LETTER_STROKE,
                INK,
            )


def draw_icon(side: int) -> Image.Image:
    """The icon with `side` pixels along each side, RGBA."""
    large = side * OVERSAMPLING
    canvas = Canvas(Image.new("RGBA", (large, large), (0, 0, 0, 0)))
    draw_ground(canvas)
    draw_arm(canvas)
    draw_post(canvas)
    draw_plate(canvas)
    return canvas.picture.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    """Writes the icon in the sizes Home Assistant serves."""
    BRAND.mkdir(exist_ok=True)
    for name, side in SIDES.items():
        draw_icon(side).save(BRAND / name, optimize=True)


if __name__ == "__main__":
    main()
