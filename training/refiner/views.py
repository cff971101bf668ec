"""What the refiner learns from: plates, and what is none, cut out roughly as the detector does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from training.detector.pictures import Picture, Pixels
from training.ocr.conditions import EVERYDAY
from training.ocr.lighting import light
from training.ocr.photograph import compress, lay_on, optics, outdoors, pose
from training.ocr.surroundings import surroundings
from training.refiner.candidates import Candidate, rectangle
from training.refiner.impostors import impostor
from training.upright import HEIGHT, WIDTH, Points, set_upright

Rng = np.random.Generator

MARGIN = 0.3
"""What is shown around the plate as the detector found it: a fraction of its width and height."""
MOST_ENLARGED = 3.0
"""Times that a real picture is enlarged at most to be the ground of a drawn plate."""
MOST_CUT_OFF, MOST_TOO_WIDE = 0.22, 0.5
"""Of a plate's width, by how much a guess errs at most at one side."""
REAL_PIECES = 0.3
"""Of drawn things that are no plates, share of pieces of real pictures."""
LEAST_WIDTH = 24.0
"""Pixels: narrower plates of real pictures are left out, nobody knows their edges so well."""
LETTERS = 7
"""As many as most plates have: tells how wide a letter is where the text is not known."""


@dataclass(frozen=True, slots=True)
class Rough:
    """RGB 64 x 128 x 3, and the plate's corners 4 x 2 in it, from 0 to 1; or only their box.

    Where only the box is known, ``corners`` are the box's, and ``whole`` is False. Where
    ``is_plate`` is False they are where the detector, wrongly, thinks a plate is.
    """

    rgb: Pixels
    corners: npt.NDArray[np.float32]
    whole: bool
    is_plate: bool = True


def drawn(rng: Rng, plates: list[Pixels], grounds: list[Picture]) -> Rough:
    """A drawn plate on a piece of a real picture or on drawn surroundings."""
    plate = plates[int(rng.integers(len(plates)))]
    width = float(np.clip(85 * np.exp(rng.normal(0, 0.45)), 26, 180))
    height = width * plate.shape[0] / plate.shape[1]
    corners = pose(rng, width, height, EVERYDAY)
    low, high = corners.min(0), corners.max(0)
    reach = (high - low) * 0.6 + 4
    size = high - low + 2 * reach
    shape = round(float(size[0])), round(float(size[1]))
    corners = corners - low + reach
    box = (*corners.min(0), *corners.max(0))
    ground = surroundings(rng, shape, box)
    chance = rng.random()
    if chance < 0.4:
        ground = _instead(rng, grounds, shape, corners, ground)
    elif chance < 0.7:
        ground = _piece(rng, grounds, shape, ground)
        _mount(rng, ground, corners)
    if rng.random() < 0.15:
        ground = _beside(rng, plates, ground, corners, width)
    picture = lay_on(rng, plate, corners.astype(np.float32), ground, width)
    letter = width / LETTERS
    picture, corners = outdoors(rng, picture, corners, letter)
    picture = compress(rng, optics(rng, picture, letter), letter)
    return cut_out(picture, corners, _guess(rng, corners), whole=True)


def real(rng: Rng, pictures: list[Picture]) -> Rough | None:
    """A plate of a real picture, of which the box is known; None where it is too small."""
    picture = pictures[int(rng.integers(len(pictures)))]
    if not len(picture.boxes):
        return None
    x1, y1, x2, y2 = picture.boxes[int(rng.integers(len(picture.boxes)))].astype(np.float64)
    if x2 - x1 < LEAST_WIDTH:
        return None
    corners = rectangle(np.array([x1, y1, x2, y2]))
    centre, reach = corners.mean(0), np.array([x2 - x1, y2 - y1]) * 1.6
    low = np.maximum(np.floor(centre - reach), 0).astype(int)
    high = np.ceil(centre + reach).astype(int)
    part = picture.rgb[low[1] : high[1], low[0] : high[0]]
    small = float(rng.uniform(0.5, 1.0)) if x2 - x1 > 2 * LEAST_WIDTH else 1.0
    part = cv2.resize(part, None, fx=small, fy=small, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )
    corners = (corners - low) * small
    if rng.random() < 0.5:
        part, corners = _mirrored(part, corners)
    part = compress(rng, light(rng, part), (x2 - x1) * small / LETTERS)
    return cut_out(part, corners, _guess(rng, corners, turned=False), whole=False)


def no_plate(rng: Rng, grounds: list[Picture]) -> Rough:
    """A sign, lettering, a lamp or a piece of a real picture, seen as a plate would be."""
    flat = impostor(rng)
    if rng.random() < REAL_PIECES:
        shape = flat.shape[1], flat.shape[0]
        flat = _piece(rng, grounds, shape, flat.astype(np.float32)).astype(np.uint8)
    return replace(drawn(rng, [flat], grounds), is_plate=False)


def found(rng: Rng, candidates: list[Candidate]) -> Rough:
    """What the detector really found, right or wrong, in another light."""
    chosen = candidates[int(rng.integers(len(candidates)))]
    rgb, guess = chosen.rgb, chosen.guess
    corners = guess if chosen.corners is None else chosen.corners
    guess = guess + rng.normal(0, 0.03, (2, 2))[[0, 1, 1, 0]] * np.ptp(guess, axis=0)
    if rng.random() < 0.5:
        (rgb, corners), (_, guess) = _mirrored(rgb, corners), _mirrored(rgb, guess)
    if rng.random() < 0.5:
        rgb = light(rng, rgb)
    view = cut_out(rgb, corners, guess, whole=chosen.whole)
    return replace(view, is_plate=chosen.corners is not None)


def _mirrored(rgb: Pixels, corners: Points) -> tuple[Pixels, Points]:
    """Left and right exchanged; corners keep their order."""
    exchanged = (corners * (-1, 1) + (rgb.shape[1], 0))[[1, 0, 3, 2]]
    return np.ascontiguousarray(rgb[:, ::-1]), exchanged


def _piece(
    rng: Rng, grounds: list[Picture], shape: tuple[int, int], otherwise: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """A piece of a real picture without a plate in it, at any scale."""
    picture = grounds[int(rng.integers(len(grounds)))]
    height, width = picture.rgb.shape[:2]
    scale = float(np.exp(rng.uniform(np.log(0.4), np.log(2.5))))
    across, down = round(shape[0] / scale), round(shape[1] / scale)
    if across >= width or down >= height or min(across, down) < 4:
        return otherwise
    x, y = int(rng.integers(width - across)), int(rng.integers(height - down))
    for box in picture.boxes:
        if box[0] < x + across and box[2] > x and box[1] < y + down and box[3] > y:
            return otherwise
    piece = cv2.resize(picture.rgb[y : y + down, x : x + across], shape)
    return piece.astype(np.float32)


def _instead(
    rng: Rng,
    grounds: list[Picture],
    shape: tuple[int, int],
    corners: Points,
    otherwise: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """What is around a real plate: bumper, recess, lamps. The plate itself is painted over."""
    picture = grounds[int(rng.integers(len(grounds)))]
    if not len(picture.boxes):
        return otherwise
    x1, y1, x2, y2 = picture.boxes[int(rng.integers(len(picture.boxes)))].astype(np.float64)
    scale = float(np.ptp(corners[:, 0])) / max(4.0, x2 - x1) * float(rng.uniform(0.75, 1.3))
    if scale > MOST_ENLARGED:
        return otherwise
    old, centre = np.array([x1 + x2, y1 + y2]) / 2, corners.mean(0)
    shift = centre - old * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    method = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    ground = cv2.warpAffine(
        picture.rgb, matrix, shape, flags=method, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    half = np.array([x2 - x1, y2 - y1]) * scale / 2 * rng.uniform(1.02, 1.2)
    covered = centre + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    if rng.random() < 0.5:
        covered = np.concatenate([covered, centre + (corners - centre) * rng.uniform(1.02, 1.3, 2)])
    hull = cv2.convexHull(covered.astype(np.float32))
    shade = float(rng.uniform(0, 200)) + rng.normal(0, 10, 3)
    cv2.fillConvexPoly(ground, np.round(hull).astype(np.int32), shade.tolist(), cv2.LINE_AA)
    return ground


def _mount(rng: Rng, ground: npt.NDArray[np.float32], corners: Points) -> None:
    """A recess, a holder's rim, a bracket: panels behind the plate, a little larger than it."""
    centre = corners.mean(0)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.25, 0.4, 0.25, 0.1]))):
        grown = centre + (corners - centre) * rng.uniform(1.02, 1.6, 2)
        grown += rng.normal(0, 0.02, 2) * (np.ptp(corners, axis=0))
        shade = float(rng.uniform(0, 250)) + rng.normal(0, 12, 3)
        cv2.fillConvexPoly(ground, np.round(grown).astype(np.int32), shade.tolist(), cv2.LINE_AA)


def _beside(
    rng: Rng,
    plates: list[Pixels],
    ground: npt.NDArray[np.float32],
    corners: Points,
    width: float,
) -> npt.NDArray[np.float32]:
    """Another plate behind, beside or below this one: an old one, a sticker, a dealer's board."""
    other = plates[int(rng.integers(len(plates)))]
    side = width * float(rng.uniform(0.5, 1.5))
    height = side * other.shape[0] / other.shape[1]
    spot = pose(rng, side, height, EVERYDAY) + corners.mean(0)
    across, down = np.ptp(corners, axis=0)
    spot += rng.choice([-1, 0, 1], 2) * ((across + side) / 2, (down + height) / 2)
    return lay_on(rng, other, spot.astype(np.float32), ground, side).astype(np.float32)


def _guess(rng: Rng, corners: Points, *, turned: bool = True) -> Points:
    """Corners as the detector gives them: mostly near, sometimes far too wide or narrow."""
    low, high = corners.min(0), corners.max(0)
    size = high - low
    box = rectangle(np.concatenate([low, high]))
    share = float(rng.uniform(0, 1)) if turned and rng.random() < 0.8 else 0.0
    guess = corners * share + box * (1 - share)
    loose = float(rng.choice([0.03, 0.08, 0.16, 0.28], p=[0.3, 0.4, 0.22, 0.08]))
    left, top, right, bottom = np.clip(rng.normal(0, loose, 4), -MOST_CUT_OFF, MOST_TOO_WIDE)
    guess[[0, 3], 0] -= left * size[0]
    guess[[1, 2], 0] += right * size[0]
    guess[[0, 1], 1] -= 1.4 * top * size[1]
    guess[[2, 3], 1] += 1.4 * bottom * size[1]
    if turned:
        guess += rng.normal(0, 0.02, (4, 2)) * size
    return guess


def cut_out(picture: Pixels, corners: Points, guess: Points, *, whole: bool) -> Rough:
    """Cut out ``guess`` with the margin, straightened, as the integration does.

    :param corners: where the plate is in ``picture``, 4 x 2 in pixels.
    :param guess: where the detector thinks it is.
    :param whole: whether ``corners`` are the plate's and not only its box's.
    """
    rgb, matrix = set_upright(picture, guess, MARGIN, continued=False)
    moved = cv2.perspectiveTransform(corners.astype(np.float64)[None], matrix)[0]
    return Rough(rgb, (moved / (WIDTH, HEIGHT)).astype(np.float32), whole)
