"""The camera: photographs a flat plate as a gate's would, and cuts it out as a detector does.

All effects work on small pictures, so that one processor core takes about a thousand photographs a
second. Sizes are pixels of the camera's picture.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from training.lens import any_lens, through
from training.ocr.conditions import EVERYDAY, Conditions
from training.ocr.lighting import light
from training.ocr.surroundings import surroundings
from training.rain import rain
from training.upright import HEIGHT, WIDTH, Pixels, Points, set_upright

Picture = npt.NDArray[np.float32]
Rng = np.random.Generator

INPUT = (WIDTH, HEIGHT)
"""Width and height of what the reader sees."""
UPRIGHT = 0.75
"""Share of photographs set upright by the plate's corners, as the integration does; the others are
cut out by a box, as the package fast-plate-ocr does."""
MARGINS = (0.05, 0.05, 0.0, 0.1)
"""What is shown around a plate that was set upright, in widths and heights of it."""
MISPLACED = (0.012, 0.026)
"""Of the plate's width and height: how far most corners are off, as the refiner finds them; they
are spread as Student's t with two degrees of freedom, for a few are far off."""
MOST_MISPLACED = 0.2
ROOM = 0.3
"""What is photographed around a plate that will be set upright, in widths and heights."""
NARROWEST, WIDEST = 28.0, 220.0
LEAST_LETTER = 5.2
"""Pixels across one letter below which nobody can read it."""
HIDDEN = 0.2
"""Share of photographs in which about a letter can hardly be seen."""
BENT = 0.3
"""Share of photographs that a wide lens bends."""
RAINY = 0.08
"""Share of photographs taken in the rain."""
HARDEST = 18.0
"""Lowest quality of a JPEG, 1 to 100: what is left of a stream of few bits."""


def photograph(
    rng: Rng, plate: Pixels, letters: int, *, two_line: bool, conditions: Conditions = EVERYDAY
) -> Pixels:
    """One photograph of ``plate``, cut out and scaled to ``INPUT``; uint8 RGB 64 x 128 x 3."""
    width = _width(rng, letters, two_line=two_line, conditions=conditions)
    upright = rng.random() < UPRIGHT
    crop, corners = _cut_out(rng, plate, width, conditions, upright=upright)
    letter = width / max(1, letters / (2 if two_line else 1))
    crop, corners = outdoors(rng, crop, corners, letter, conditions)
    if rng.random() < HIDDEN:
        within = (*corners.min(0), *corners.max(0)) if upright else None
        crop = hide_letter(rng, crop, letter, within)
    crop = compress(rng, optics(rng, crop, letter, conditions), letter)
    return _set_upright(rng, crop, corners) if upright else _scale(rng, crop)


def _set_upright(rng: Rng, crop: Pixels, corners: Points) -> Pixels:
    """As the integration does, with corners that are not quite where it thinks."""
    off = np.clip(rng.standard_t(2, (4, 2)) * MISPLACED, -MOST_MISPLACED, MOST_MISPLACED)
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    believed = corners + off[:, :1] * across + off[:, 1:] * down
    return set_upright(crop, believed, float(rng.choice(MARGINS)), continued=True)[0]


def _width(rng: Rng, letters: int, *, two_line: bool, conditions: Conditions) -> float:
    across = max(3.0, letters / 2 + 1 if two_line else letters)
    least = max(NARROWEST, LEAST_LETTER * across * 1.15)
    middle = 105.0 / conditions.small
    width = middle * float(np.exp(rng.normal(0, 0.45)))
    return float(np.clip(width, least, WIDEST))


def _cut_out(
    rng: Rng, plate: Pixels, width: float, conditions: Conditions, *, upright: bool
) -> tuple[Pixels, Points]:
    """Warp the plate into a crop with the tilt, and the margins that a detector leaves or wider.

    :return: the crop, and where the plate's corners are in it.
    """
    corners = pose(rng, width, width * plate.shape[0] / plate.shape[1], conditions)
    low, high = corners.min(0), corners.max(0)
    size = high - low
    before, after = rng.uniform(-0.05, 0.17, 2), rng.uniform(-0.05, 0.17, 2)
    if rng.random() < 0.5:
        after = before + rng.normal(0, 0.02, 2)
    if upright:
        before = after = np.full(2, ROOM)
    origin = low - before * size
    extent = np.maximum(size * (1 + before + after), 8)
    shape = (max(8, round(float(extent[0]))), max(6, round(float(extent[1]))))
    ground = surroundings(rng, shape, (*low - origin, *high - origin))
    crop = lay_on(rng, plate, (corners - origin).astype(np.float32), ground, width)
    return crop, corners - origin


def pose(rng: Rng, width: float, height: float, conditions: Conditions) -> npt.NDArray[np.float64]:
    """Where the corners of a plate of that size are seen, 4 x 2, clockwise from the upper left."""
    straight = rng.random() < 0.65
    spread = (0.02 if straight else 0.05) * conditions.tilt
    angle = float(rng.normal(0, np.radians(2.0 if straight else 5.0))) * conditions.tilt
    squeeze = 1.0 if straight else float(rng.uniform(0.75, 1.0))
    shear = float(rng.normal(0, 0.03 if straight else 0.1)) * conditions.tilt
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) / 2
    corners *= (width * squeeze, height)
    corners[:, 0] += shear * corners[:, 1]
    corners += rng.normal(0, spread, (4, 2)) * (width * 0.5, height)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned: npt.NDArray[np.float64] = corners @ turn.T
    return turned


def lay_on(
    rng: Rng, plate: Pixels, corners: npt.NDArray[np.float32], ground: Picture, width: float
) -> Pixels:
    """``plate``, ``width`` pixels wide, with its corners (4 x 2) on ``ground`` (0..255)."""
    height = width * plate.shape[0] / plate.shape[1]
    shape = ground.shape[1], ground.shape[0]
    small = _seen(rng, plate, (max(8, round(width)), max(6, round(height))))
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * (
        small.shape[1],
        small.shape[0],
    )
    warp = cv2.getPerspectiveTransform(source.astype(np.float32), corners)
    drawn = cv2.warpPerspective(small, warp, shape, flags=cv2.INTER_LINEAR)
    covered = cv2.warpPerspective(
        np.full(small.shape[:2], 255, np.uint8), warp, shape, flags=cv2.INTER_LINEAR
    )
    alpha = covered[..., None].astype(np.float32) / 255
    return np.clip(drawn * alpha + ground * (1 - alpha), 0, 255).astype(np.uint8)


def _seen(rng: Rng, plate: Pixels, size: tuple[int, int]) -> Pixels:
    """The plate at its size in the picture; some pictures were made smaller without care."""
    careful = plate.shape[1] > size[0]
    if careful and rng.random() < 0.15:
        across = round(size[0] * float(rng.uniform(1.2, 2.0)))
        between = (across, max(6, round(across * size[1] / size[0])))
        plate = cv2.resize(plate, between, interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
        careful = False
    method = cv2.INTER_AREA if careful else cv2.INTER_LINEAR
    return cv2.resize(plate, size, interpolation=method).astype(np.uint8, copy=False)


def outdoors(
    rng: Rng, picture: Pixels, corners: Points, letter: float, conditions: Conditions = EVERYDAY
) -> tuple[Pixels, Points]:
    """What lies between a scene and the sensor: the lens, the light and perhaps rain.

    :param corners: places in the picture, ... x 2, which a lens moves.
    :param letter: a letter's width.
    """
    if rng.random() < BENT:
        lens = any_lens(rng, (picture.shape[1], picture.shape[0]))
        picture, corners = through(lens, picture, corners)
    picture = light(rng, picture, conditions)
    if rng.random() < RAINY * conditions.rain:
        picture = rain(rng, picture, letter)
    return picture, corners


def hide_letter(
    rng: Rng, crop: Pixels, letter: float, within: tuple[float, float, float, float] | None = None
) -> Pixels:
    """Blur or cover about one letter of that width: mud, snow, a reflection, lost bits of a stream.

    ``within`` is the plate's box (left, top, right, bottom); it fills the crop if left out.

    The reader learns two things from it: what is around a letter, that is, what kind of letter
    stands there; and to be unsure of what it cannot see.
    """
    height, width = crop.shape[:2]
    left, top, right, bottom = within or (0.0, 0.0, float(width), float(height))
    x = left + rng.uniform(0.08, 0.92) * (right - left)
    y = top + rng.uniform(0.3, 0.8) * (bottom - top)
    reach_x, reach_y = rng.uniform(0.35, 0.75) * letter, rng.uniform(0.25, 0.9) * letter
    across, down = np.meshgrid(np.arange(width) - x, np.arange(height) - y)
    inside = np.exp(-(((across / reach_x) ** 2 + (down / reach_y) ** 2) ** 2))[..., None]
    veil = cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.2, 0.7)) * letter)
    if rng.random() < 0.4:
        shade = crop.reshape(-1, 3)[int(rng.integers(height * width))]
        veil = np.full_like(crop, shade)
    strength = float(rng.uniform(0.6, 1.0))
    return (crop + (veil.astype(np.float32) - crop) * inside * strength).astype(np.uint8)


def optics(rng: Rng, crop: Pixels, letter: float, conditions: Conditions = EVERYDAY) -> Pixels:
    """Focus, motion, noise and the camera's own sharpening; ``letter`` is a letter's width."""
    if rng.random() < 0.5 * min(1.6, conditions.blur):
        sigma = float(rng.uniform(0.2, max(0.3, 0.085 * letter))) * conditions.blur
        crop = cv2.GaussianBlur(crop, (0, 0), max(0.2, sigma)).astype(np.uint8)
    if rng.random() < 0.1 * conditions.blur:
        crop = _move(rng, crop, float(rng.uniform(0.1, 0.32)) * letter * conditions.blur)
    noisy = crop.astype(np.float32)
    if rng.random() < 0.6:
        most = 0.09 * float(noisy.std()) * conditions.dark + 2.0
        strength = min(float(rng.gamma(1.5, 2.5)) * conditions.dark, most * 3)
        noisy += rng.normal(0, strength, crop.shape[:2])[..., None].astype(np.float32)
        noisy += rng.normal(0, strength * 0.4, crop.shape).astype(np.float32)
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(noisy, (0, 0), float(rng.uniform(0.8, 1.8)))
        noisy += (noisy - soft) * float(rng.uniform(0.4, 1.6))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _move(rng: Rng, crop: Pixels, length: float) -> Pixels:
    size = max(3, round(length) | 1)
    kernel = np.zeros((size, size), np.float32)
    angle = float(rng.normal(0, 0.5)) + (np.pi / 2 if rng.random() < 0.3 else 0.0)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (size // 2)
    middle = size // 2
    start = (round(middle - float(reach[0])), round(middle - float(reach[1])))
    end = (round(middle + float(reach[0])), round(middle + float(reach[1])))
    cv2.line(kernel, start, end, 1.0, 1)
    return cv2.filter2D(crop, -1, kernel / kernel.sum()).astype(np.uint8)


def compress(rng: Rng, crop: Pixels, letter: float) -> Pixels:
    """As a JPEG, mostly; some were one before, with other blocks. ``letter`` is a letter's width.

    Small letters are compressed less: nobody could read them.
    """
    least = float(np.clip(75.0 - 5.0 * letter, HARDEST, 45.0))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.15, 0.55, 0.3]))):
        crop = _as_jpeg(rng, crop, round(float(np.clip(rng.normal(60, 22), least, 95))))
    return crop


def _as_jpeg(rng: Rng, crop: Pixels, quality: int) -> Pixels:
    """Encoded and decoded, the blocks laid anyhow."""
    height, width = crop.shape[:2]
    left, top = (int(each) for each in rng.integers(0, 16, 2))
    part = cv2.copyMakeBorder(crop, top, 0, left, 0, cv2.BORDER_REPLICATE)
    encoded = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if decoded is None:
        return crop
    return decoded[top : top + height, left : left + width].astype(np.uint8, copy=False)


def _scale(rng: Rng, crop: Pixels) -> Pixels:
    shrinking = crop.shape[1] > INPUT[0] and rng.random() < 0.5
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(crop, INPUT, interpolation=method).astype(np.uint8, copy=False)
