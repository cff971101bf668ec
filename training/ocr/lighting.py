"""Light on what is photographed: exposure, colour, night and infrared, shadow, glare, dirt."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from training.ocr.conditions import EVERYDAY, Conditions
from training.upright import Pixels

Picture = npt.NDArray[np.float32]
Rng = np.random.Generator


def light(rng: Rng, crop: Pixels, conditions: Conditions = EVERYDAY) -> Pixels:
    """Exposure, colour, night and infrared, shadow, glare, dirt."""
    picture: Picture = (crop / np.float32(255)).astype(np.float32)
    if rng.random() < 0.3:
        grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        picture = np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
    elif rng.random() < 0.5:
        picture *= rng.uniform(0.8, 1.15, 3).astype(np.float32)
    height, width = picture.shape[:2]
    if rng.random() < 0.3:
        picture *= _shadow(rng, width, height)
    if rng.random() < 0.1:
        picture = _glare(rng, picture)
    if rng.random() < 0.1:
        _dirt(rng, picture)
    gamma = float(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.08:
        picture = _haze(rng, picture)
    faint = rng.random() < 0.08
    contrast = float(rng.uniform(0.12, 0.35) if faint else np.clip(rng.beta(3, 1.1), 0.3, 1.0))
    contrast /= conditions.dark**0.5
    level = float(rng.uniform(0, 1 - contrast)) / conditions.dark
    picture = np.clip(picture, 0, 1) ** gamma * contrast + level
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


def _shadow(rng: Rng, width: int, height: int) -> npt.NDArray[np.float32]:
    """Something darkens one side of a slanting line."""
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 2 * np.pi)
    side = across * np.cos(angle) + down * np.sin(angle) + rng.uniform(-0.6, 0.6)
    soft = 1 / (1 + np.exp(-side * rng.uniform(3, 30)))
    return (1 - soft * rng.uniform(0.2, 0.65)).astype(np.float32)[..., None]


def _haze(rng: Rng, picture: Picture) -> Picture:
    """Contrast that differs from place to place: worn sheeting, a scratched cover, a reflection."""
    height, width = picture.shape[:2]
    knots = rng.uniform(0, 1, (int(rng.integers(2, 4)), int(rng.integers(2, 6)))).astype(np.float32)
    kept = cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    kept = np.clip(kept, 0, 1) * float(rng.uniform(0.2, 0.65))
    veil = rng.uniform(0.2, 0.9) * rng.uniform(0.85, 1.1, 3)
    return (picture + (veil.astype(np.float32) - picture) * kept).astype(np.float32)


def _glare(rng: Rng, picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    x, y, reach = rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.1), rng.uniform(0.1, 0.35)
    blob = np.exp(-(((across - x) / reach) ** 2 + ((down - y) / (reach * 2)) ** 2))
    return picture + (blob * rng.uniform(0.15, 0.5)).astype(np.float32)[..., None]


def _dirt(rng: Rng, picture: Picture) -> None:
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 12))):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        radius = max(1, round(height * float(rng.uniform(0.01, 0.06))))
        shade = float(rng.uniform(0.1, 0.6))
        cv2.circle(picture, centre, radius, (shade, shade * 0.9, shade * 0.75), -1)
