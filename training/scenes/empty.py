"""A place with no car: what the camera sees most of the day."""

from __future__ import annotations

import numpy as np

from training.scenes.backdrop import SETTINGS, Backdrop, draw_backdrop
from training.scenes.canvas import Canvas
from training.scenes.compose import Scene, random_camera
from training.scenes.light import Light, expose


def draw_empty(
    rng: np.random.Generator,
    *,
    light: Light | str = Light.DAY,
    setting: str | None = None,
    size: tuple[int, int] = (1280, 720),
) -> Scene:
    """Draw one place; ``setting`` is gate, house or street, by chance where not given."""
    canvas, camera = Canvas(size), random_camera(rng, size)
    place = Backdrop(setting or str(rng.choice(SETTINGS)), int(rng.integers(2**31)))
    lit = Light(light)
    draw_backdrop(canvas, camera, place, lamps_on=lit.lamps_on)
    middle = (size[0] / 2, size[1] / 2)
    rgb = expose(canvas.finish(), canvas.glow_layer(), lit, (middle, 1.0), rng)
    return Scene(rgb=rgb, plates=())
