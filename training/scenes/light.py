"""Light and lens: turns an evenly lit drawing into a picture taken by day, dusk or night."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from training.scenes.canvas import Point


class Light(StrEnum):
    """When, and by what light, the picture is taken."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    INFRARED = "infrared"

    @property
    def lamps_on(self) -> bool:
        """Whether lamps are lit."""
        return self is not Light.DAY

    @property
    def plate_gain(self) -> float:
        """How much brighter than its surroundings a retro-reflecting plate looks."""
        return {"day": 1.0, "dusk": 1.25, "night": 1.9, "infrared": 1.5}[self.value]


_GROUND: dict[Light, tuple[float, float, float]] = {
    Light.DAY: (1.02, 1.0, 0.97),
    Light.DUSK: (0.5, 0.46, 0.52),
    Light.NIGHT: (0.10, 0.11, 0.15),
    Light.INFRARED: (0.16, 0.16, 0.16),
}
_BEAM: dict[Light, tuple[float, float, float]] = {
    Light.DAY: (0.0, 0.0, 0.0),
    Light.DUSK: (0.28, 0.22, 0.14),
    Light.NIGHT: (0.52, 0.46, 0.36),
    Light.INFRARED: (0.78, 0.78, 0.78),
}
_GLOW: dict[Light, float] = {
    Light.DAY: 0.0,
    Light.DUSK: 0.75,
    Light.NIGHT: 1.0,
    Light.INFRARED: 0.9,
}
_NOISE: dict[Light, float] = {
    Light.DAY: 1.6,
    Light.DUSK: 3.0,
    Light.NIGHT: 5.5,
    Light.INFRARED: 5.0,
}


def expose(
    drawing: Image.Image,
    glow: Image.Image,
    light: Light,
    beam: tuple[Point, float],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """The drawing (evenly lit) as a camera would see it in this light.

    ``beam`` is the centre and radius in pixels of the light the gate's lamp or the
    camera's own illuminator throws.
    """
    picture = np.asarray(drawing, dtype=np.float32)
    height, width = picture.shape[:2]
    (x, y), radius = beam
    rows = ((np.arange(height, dtype=np.float32) - y) / (0.8 * radius)) ** 2
    columns = ((np.arange(width, dtype=np.float32) - x) / radius) ** 2
    pool = np.exp(-(rows[:, None] + columns[None, :]))[..., None]
    lit = picture * (
        np.asarray(_GROUND[light], np.float32) + pool * np.asarray(_BEAM[light], np.float32)
    )
    lit += np.asarray(glow, dtype=np.float32) * _GLOW[light]
    if light is Light.INFRARED:
        grey = lit @ np.asarray([0.45, 0.4, 0.15], dtype=np.float32)
        lit = np.repeat(grey[..., None], 3, axis=-1)
    across = np.linspace(-1, 1, width, dtype=np.float32)
    down = np.linspace(-1, 1, height, dtype=np.float32)
    lit *= (1.0 - 0.14 * (down[:, None] ** 2 + across[None, :] ** 2))[..., None]
    lit = 255.0 * (1.0 - np.exp(-np.clip(lit, 0, None) / 150.0)) / (1.0 - np.exp(-255.0 / 150.0))
    noise = rng.standard_normal((height, width, 1), dtype=np.float32) * _NOISE[light]
    image = Image.fromarray(np.clip(lit + noise, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.45)))
