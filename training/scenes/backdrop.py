"""The place round the car."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.scenes.buildings import draw_fence, draw_gate, draw_house, draw_sign
from training.scenes.canvas import Camera, Canvas
from training.scenes.landscape import draw_drive, draw_ground, draw_hedge, draw_sky, draw_skyline

SETTINGS = ("gate", "house", "street")


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A place, fixed by its seed, so that it stays the same in every frame of a sequence."""

    setting: str
    seed: int
    lettering: float = 0.5


def draw_backdrop(canvas: Canvas, camera: Camera, place: Backdrop, *, lamps_on: bool) -> None:
    """Draw the whole place behind and under the car."""
    rng = np.random.default_rng(place.seed)
    draw_sky(canvas, camera, rng)
    draw_skyline(canvas, camera, rng)
    draw_ground(canvas, camera, rng)
    if place.setting == "house" or rng.random() < 0.5:
        draw_house(canvas, camera, rng, lamps_on=lamps_on)
    draw_hedge(canvas, camera, rng)
    draw_drive(canvas, camera, rng)
    if place.setting == "gate":
        draw_gate(canvas, camera, rng, lamps_on=lamps_on)
    elif place.setting == "street":
        draw_fence(canvas, camera, rng)
    if rng.random() < place.lettering:
        draw_sign(canvas, camera, rng)
