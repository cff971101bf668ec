"""A procedural car, seen from the front or the rear, drawn in true perspective."""

from __future__ import annotations

from training.scenes.canvas import Camera, Canvas, Point
from training.scenes.car_body import draw_body
from training.scenes.car_front import draw_front
from training.scenes.car_look import CarLook
from training.scenes.car_mount import draw_mount
from training.scenes.car_rear import draw_rear
from training.scenes.car_surface import CarSurface, Pose


def draw_car(
    canvas: Canvas, camera: Camera, look: CarLook, pose: Pose, *, lamps_on: bool
) -> list[Point]:
    """Draw a car with an empty mount; gives the plate's corners, clockwise from top left.

    The same look gives the same car at every pose.
    """
    car = CarSurface(canvas, camera, look, pose)
    draw_body(car)
    (draw_rear if look.shape.rear else draw_front)(car, lamps_on)
    return draw_mount(car)
