"""Paint that has suffered: faded by the sun, scratched, chipped by stones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Rng = np.random.Generator


def wear(mask: Image.Image, rng: Rng) -> Image.Image:
    """Take ink (mode L, 255 where it is) away: a part of it fades, and small spots are gone."""
    kept = _faded(mask.size, rng)
    if rng.random() < 0.6:
        kept *= _chipped(mask.size, rng)
    ink = np.asarray(mask, np.float32) * kept
    return Image.fromarray(np.clip(ink, 0, 255).astype(np.uint8))


def _field(size: tuple[int, int], grain: tuple[int, int], rng: Rng) -> npt.NDArray[np.float32]:
    """Smooth noise from 0 to 1, ``size`` pixels wide and high, with ``grain`` knots."""
    knots = rng.uniform(0, 1, (grain[1], grain[0])).astype(np.float32)
    image = Image.fromarray(knots).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image, np.float32), 0, 1)


def _faded(size: tuple[int, int], rng: Rng) -> npt.NDArray[np.float32]:
    least = float(rng.uniform(0.35, 0.9))
    return least + (1 - least) * _field(size, (int(rng.integers(2, 8)), 3), rng)


def _chipped(size: tuple[int, int], rng: Rng) -> npt.NDArray[np.float32]:
    across = int(rng.integers(30, 110))
    spots = _field(size, (across, max(4, across * size[1] // size[0])), rng)
    gone = spots < float(rng.uniform(0.05, 0.25))
    return np.where(gone, np.float32(rng.uniform(0, 0.5)), np.float32(1))
