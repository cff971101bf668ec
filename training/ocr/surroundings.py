"""What is seen around a plate at its crop's edges: bumper, frame, recess, lettering."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator

_LETTERS = list("ABCDEFGHIKLMNOPRSTUVWXYZ0123456789.- ")


def surroundings(
    rng: Rng, shape: tuple[int, int], plate: tuple[float, float, float, float]
) -> Picture:
    """A picture of ``shape`` (width, height), float 0..255 RGB, to lay a plate upon.

    :param plate: left, top, right and bottom of the box in which the plate will lie.
    """
    ground = _shade(rng, shape)
    if rng.random() < 0.35:
        _edges(rng, ground)
    if rng.random() < 0.3:
        _frame(rng, ground, plate)
    if rng.random() < 0.2:
        _lettering(rng, ground, plate)
    if rng.random() < 0.15:
        _spots(rng, ground)
    return ground.astype(np.float32)


def _shade(rng: Rng, shape: tuple[int, int]) -> Pixels:
    """Paint or plastic: smooth, of any colour, often grey."""
    coarse = rng.uniform(0, 1, (2, 3, 1)) * rng.uniform(0, 80) + rng.uniform(0, 200, (1, 1, 3))
    if rng.random() < 0.6:
        coarse = coarse.mean(axis=2, keepdims=True).repeat(3, axis=2)
    smooth = cv2.resize(coarse.astype(np.float32), shape, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(np.clip(smooth, 0, 255).astype(np.uint8))


def _tone(rng: Rng) -> tuple[float, float, float]:
    """Black, chrome, white or a colour."""
    if rng.random() < 0.7:
        grey = float(rng.choice([15, 40, 90, 170, 215, 245]) + rng.normal(0, 10))
        return grey, grey, grey
    red, green, blue = rng.uniform(0, 255, 3).tolist()
    return red, green, blue


def _edges(rng: Rng, ground: Pixels) -> None:
    """Where bumper, boot and recess meet: lines, mostly level, and darker or lighter sides."""
    height, width = ground.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        row = int(rng.integers(height))
        if rng.random() < 0.5:
            side = ground[row:] * np.float32(rng.uniform(0.3, 1.3))
            ground[row:] = np.clip(side, 0, 255).astype(np.uint8)
        else:
            end = row + round(float(rng.normal(0, 0.08)) * height)
            cv2.line(ground, (0, row), (width, end), _tone(rng), int(rng.integers(1, 4)))


def _frame(rng: Rng, ground: Pixels, plate: tuple[float, float, float, float]) -> None:
    """A holder's rim around the plate, or the hard shade of a recess."""
    left, top, right, bottom = plate
    reach = float(rng.uniform(0.02, 0.14)) * (bottom - top)
    corners = (
        (round(left - reach), round(top - reach)),
        (round(right + reach), round(bottom + reach)),
    )
    cv2.rectangle(ground, *corners, _tone(rng), -1)
    if rng.random() < 0.4:
        cv2.rectangle(ground, *corners, _tone(rng), 1)


def _lettering(rng: Rng, ground: Pixels, plate: tuple[float, float, float, float]) -> None:
    """Words above or below the plate: a dealer's, a model's, a sticker's."""
    left, top, right, bottom = plate
    text = "".join(rng.choice(_LETTERS, int(rng.integers(3, 14))))
    scale = float(rng.uniform(0.08, 0.25)) * (bottom - top) / 22
    x = round(float(rng.uniform(left - 0.1 * (right - left), (left + right) / 2)))
    above = rng.random() < 0.5
    y = round(top - 1 if above else bottom + 22 * scale + 1)
    thick = 2 if rng.random() < 0.3 and scale > 0.5 else 1
    cv2.putText(ground, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, _tone(rng), thick)


def _spots(rng: Rng, ground: Pixels) -> None:
    """Screws, lamps, reflectors."""
    height, width = ground.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        centre = int(rng.integers(width)), int(rng.integers(height))
        radius = max(1, round(height * float(rng.uniform(0.02, 0.1))))
        cv2.circle(ground, centre, radius, _tone(rng), -1)
