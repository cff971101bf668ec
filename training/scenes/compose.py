"""A car with a plate before a gate, a house or a street, and the truth about the plate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.scenes.backdrop import SETTINGS, Backdrop, draw_backdrop
from training.scenes.canvas import Camera, Canvas, Point
from training.scenes.car import draw_car
from training.scenes.car_look import CarLook, random_look
from training.scenes.car_surface import Pose
from training.scenes.light import Light, expose
from training.scenes.plate_art import STYLES, draw_simple_plate

PlateArtist = Callable[[str, str], NDArray[np.uint8]]
"""Draws a flat plate (height, width, 3) from its text and the name of a style."""


@dataclass(frozen=True, slots=True)
class ScenePlate:
    """One plate in a scene, in pixels of the scene.

    ``corners`` run clockwise from the plate's own top left; ``box`` is (x1, y1, x2, y2).
    """

    text: str
    corners: tuple[Point, Point, Point, Point]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture (height, width, 3; uint8 RGB) and every plate in it."""

    rgb: NDArray[np.uint8]
    plates: tuple[ScenePlate, ...]


def draw_scene(
    rng: np.random.Generator,
    *,
    plate_text: str,
    style: str | None = None,
    light: Light | str = Light.DAY,
    distance: float | None = None,
    side: float | None = None,
    yaw: float | None = None,
    rear: bool | None = None,
    setting: str | None = None,
    size: tuple[int, int] = (1280, 720),
    overlay: str | None = None,
    artist: PlateArtist = draw_simple_plate,
) -> Scene:
    """Draw one picture of one car.

    ``style`` is a name the ``artist`` knows (see ``plate_art.STYLES``); ``distance`` (metres
    from the camera, 4 to 14), ``side`` (metres to the right), ``yaw`` (radians), ``rear`` and
    ``setting`` (gate, house, street) are drawn by chance where not given; ``overlay`` is a line
    of text the camera writes into the picture. Needs numpy and Pillow only.
    """
    style = style or str(rng.choice(sorted(STYLES)))
    plate = artist(plate_text, style)
    look = random_look(rng, plate.shape[1] / plate.shape[0], rear=rear)
    place = Backdrop(setting or str(rng.choice(SETTINGS)), int(rng.integers(2**31)))
    camera = random_camera(rng, size)
    pose = Pose(
        x=float(rng.uniform(-0.9, 0.9)) if side is None else side,
        z=float(rng.uniform(4.6, 9.5)) if distance is None else distance,
        yaw=float(rng.normal(0, 0.16)) if yaw is None else yaw,
    )
    frame = Frame(plate_text, plate, look, place, camera, Light(light), size, overlay)
    return draw_frame(rng, frame, pose)


def approach(
    rng: np.random.Generator,
    plate_text: str,
    frames: int = 8,
    *,
    style: str = "eu",
    light: Light | str = Light.DAY,
    rear: bool | None = False,
    setting: str | None = None,
    far: float = 12.0,
    near: float = 4.8,
    size: tuple[int, int] = (1280, 720),
    overlay: str | None = None,
    artist: PlateArtist = draw_simple_plate,
) -> Iterator[Scene]:
    """The same car coming from ``far`` to ``near`` metres, one scene after the other."""
    plate = artist(plate_text, style)
    look = random_look(rng, plate.shape[1] / plate.shape[0], rear=rear)
    place = Backdrop(setting or str(rng.choice(SETTINGS)), int(rng.integers(2**31)))
    camera = random_camera(rng, size)
    frame = Frame(plate_text, plate, look, place, camera, Light(light), size, overlay)
    start, turn = float(rng.uniform(-0.9, 0.9)), float(rng.normal(0, 0.12))
    for index in range(frames):
        part = index / max(1, frames - 1)
        eased = part * (2 - part)
        distance = far + (near - far) * eased
        yield draw_frame(rng, frame, Pose(start * (1 - 0.8 * eased), distance, turn * (1 - eased)))


def random_camera(rng: np.random.Generator, size: tuple[int, int]) -> Camera:
    """A camera on a gate post or a wall, looking slightly down."""
    width, height = size
    return Camera(
        height=float(rng.uniform(1.5, 2.6)),
        focal=width * float(rng.uniform(0.85, 1.15)),
        centre=width * float(rng.uniform(0.46, 0.54)),
        horizon=height * float(rng.uniform(0.22, 0.34)),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything about a scene that does not move."""

    text: str
    plate: NDArray[np.uint8]
    look: CarLook
    place: Backdrop
    camera: Camera
    light: Light
    size: tuple[int, int]
    overlay: str | None


def draw_frame(rng: np.random.Generator, frame: Frame, pose: Pose) -> Scene:
    """Draw the scene with the car at one pose."""
    canvas = Canvas(frame.size)
    lamps_on = frame.light.lamps_on
    draw_backdrop(canvas, frame.camera, frame.place, lamps_on=lamps_on)
    corners = draw_car(canvas, frame.camera, frame.look, pose, lamps_on=lamps_on)
    canvas.picture(frame.plate, corners, gain=frame.light.plate_gain)
    middle = np.mean(np.asarray(corners), axis=0)
    reach = math.hypot(*frame.size) * 0.3
    beam = ((float(middle[0]), float(middle[1])), reach)
    rgb = expose(canvas.finish(), canvas.glow_layer(), frame.light, beam, rng)
    if frame.overlay:
        rgb = write_overlay(rgb, frame.overlay)
    return Scene(rgb=rgb, plates=(scene_plate(frame.text, corners),))


def scene_plate(text: str, corners: list[Point]) -> ScenePlate:
    """The plate with its enclosing box."""
    first, second, third, fourth = corners
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return ScenePlate(text, (first, second, third, fourth), (min(xs), min(ys), max(xs), max(ys)))


def write_overlay(rgb: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """Write a camera's line of text, white with a dark edge, into the picture's corner."""
    image = Image.fromarray(rgb)
    font = ImageFont.load_default(size=max(10, image.height // 32))
    place = (image.width // 60, image.height // 40)
    draw = ImageDraw.Draw(image)
    draw.text(
        place, text, font=font, fill=(245, 245, 245), stroke_width=1, stroke_fill=(10, 10, 10)
    )
    return np.asarray(image)
