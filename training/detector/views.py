"""Views for training: cut, turned, lit and spoilt pictures, with plates put in and taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.detector.distractions import distract
from training.detector.net import HEIGHT, WIDTH
from training.detector.pictures import Picture, Pixels
from training.lens import any_lens, through
from training.rain import rain

Rng = np.random.Generator
Corners = npt.NDArray[np.float32]

SMALLEST = 9.0
"""Pixels of width below which a plate in a view is neither asked for nor forbidden."""
BENT = 0.2
"""Share of views that a wide lens bends."""
RAINY = 0.08
"""Share of views in the rain."""
WIDE = (0.3, 1.0)
"""How much of the camera's picture a view may be: from a third of its width to all of it."""
LETTER = (2.5, 16.0)
"""Pixels a letter may be wide in a view: how large drops are."""


@dataclass(frozen=True, slots=True)
class View:
    """RGB HEIGHT x WIDTH x 3; boxes N x 4; corners N x 4 x 2 (nan where unknown)."""

    rgb: Pixels
    boxes: npt.NDArray[np.float32]
    corners: Corners


def make_view(rng: Rng, picture: Picture, plates: list[Pixels]) -> View:
    """One view of ``picture``; ``plates`` are flat plates that may be put in."""
    matrix = _camera(rng, picture)
    rgb = cv2.warpAffine(
        picture.rgb,
        matrix,
        (WIDTH, HEIGHT),
        flags=cv2.INTER_AREA if abs(matrix[0, 0]) < 0.7 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(114, 114, 114),
    ).astype(np.uint8)
    corners = _corners(picture, matrix)
    known = np.full(len(corners), picture.corners is not None)
    corners, known = _replace_or_remove(rng, rgb, corners, known, plates)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.45, 0.3, 0.15, 0.1]))):
        corners, known = _put_somewhere(rng, rgb, corners, known, plates)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.4, 0.3, 0.2, 0.1]))):
        distract(rng, rgb, _boxes(corners))
    if rng.random() < BENT:
        rgb, bent = through(any_lens(rng, (WIDTH, HEIGHT), WIDE), rgb, corners.astype(np.float64))
        corners = bent.astype(np.float32)
    if rng.random() < 0.5:
        rgb, corners = _mirror(rgb, corners)
    if rng.random() < RAINY:
        rgb = rain(rng, rgb, float(rng.uniform(*LETTER)))
    rgb = _spoil(rng, rgb)
    boxes = _boxes(corners)
    inside = _visible(boxes)
    corners[~known] = np.nan
    return View(rgb, np.clip(boxes[inside], 0, [WIDTH, HEIGHT, WIDTH, HEIGHT]), corners[inside])


def _camera(rng: Rng, picture: Picture) -> npt.NDArray[np.float64]:
    """An affine map from the picture to the view: whole picture, or a part with a plate in it."""
    height, width = picture.rgb.shape[:2]
    fit = min(WIDTH / width, HEIGHT / height)
    if len(picture.boxes) and rng.random() < 0.75:
        box = picture.boxes[int(rng.integers(len(picture.boxes)))]
        wanted = float(np.exp(rng.uniform(np.log(13), np.log(210))))
        scale = float(np.clip(wanted / max(4.0, box[2] - box[0]), fit * 0.85, 3.2))
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        at = (rng.uniform(0.12, 0.88) * WIDTH, rng.uniform(0.15, 0.88) * HEIGHT)
    else:
        scale = fit * float(rng.uniform(0.9, 1.15))
        x, y = width / 2, height / 2
        at = (WIDTH / 2 + rng.normal(0, 8), HEIGHT / 2 + rng.normal(0, 8))
    angle = float(rng.normal(0, 0.05))
    stretch = float(np.exp(rng.normal(0, 0.06)))
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array([[a * stretch, -b, 0.0], [b, a, 0.0]])
    matrix[:, 2] = np.array(at) - matrix[:, :2] @ np.array([x, y])
    if rng.random() < 0.75:
        _fill_view(matrix, width, height)
    return matrix


def _fill_view(matrix: npt.NDArray[np.float64], width: int, height: int) -> None:
    """Move the picture so that it leaves as little of the view empty as it can."""
    spans = ((0, WIDTH, matrix[0, 0] * width), (1, HEIGHT, matrix[1, 1] * height))
    for axis, view, span in spans:
        if span > view:
            matrix[axis, 2] = np.clip(matrix[axis, 2], view - span, 0)


def _corners(picture: Picture, matrix: npt.NDArray[np.float64]) -> Corners:
    if picture.corners is not None:
        points = picture.corners
    else:
        x1, y1, x2, y2 = picture.boxes.T
        points = np.stack([x1, y1, x2, y1, x2, y2, x1, y2], 1).reshape(-1, 4, 2)
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def _boxes(corners: Corners) -> npt.NDArray[np.float32]:
    if not len(corners):
        return np.zeros((0, 4), np.float32)
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def _visible(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """At least 70 % of the plate is in view, and it is wide enough to be asked for."""
    cut = np.clip(boxes, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])
    area = (cut[:, 2] - cut[:, 0]) * (cut[:, 3] - cut[:, 1])
    whole = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    result: npt.NDArray[np.bool_] = (area > 0.7 * whole) & (cut[:, 2] - cut[:, 0] >= SMALLEST)
    return result


def _replace_or_remove(
    rng: Rng, rgb: Pixels, corners: Corners, known: npt.NDArray[np.bool_], plates: list[Pixels]
) -> tuple[Corners, npt.NDArray[np.bool_]]:
    """Put other plates over some, and take some away."""
    keep = np.ones(len(corners), bool)
    new = corners.copy()
    for index, box in enumerate(_boxes(corners)):
        chance = rng.random()
        if chance < 0.35 and _in_view(box):
            new[index] = _fit_plate(rng, rgb, corners[index], plates)
            known[index] = True
        elif chance < 0.47 and _in_view(box):
            _take_away(rng, rgb, box)
            keep[index] = False
    return new[keep], known[keep]


def _in_view(box: npt.NDArray[np.float32]) -> bool:
    return bool(box[0] > 0 and box[1] > 0 and box[2] < WIDTH and box[3] < HEIGHT)


def _fit_plate(rng: Rng, rgb: Pixels, corners: Corners, plates: list[Pixels]) -> Corners:
    """Another plate in the place of one, in a recess a little larger than both."""
    plate = plates[int(rng.integers(len(plates)))]
    centre = corners.mean(0)
    across = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    width, height = float(np.hypot(*across)), float(np.hypot(*down))
    shape = plate.shape[0] / plate.shape[1]
    least, most = sorted((width, height / shape))
    new_width = least * (most / least) ** float(rng.uniform(0.1, 1)) * float(rng.uniform(0.9, 1.1))
    unit_across, unit_down = across / max(width, 1e-3), down / max(height, 1e-3)
    half_across = unit_across * new_width / 2
    half_down = unit_down * new_width * shape / 2
    target = np.stack(
        [
            centre - half_across - half_down,
            centre + half_across - half_down,
            centre + half_across + half_down,
            centre - half_across + half_down,
        ]
    ).astype(np.float32)
    recess = centre + (target - centre) * rng.uniform(1.02, 1.45, 2).astype(np.float32)
    old = centre + (corners - centre) * 1.08
    shade = tuple(float(v) for v in rng.uniform(0, 110) + rng.normal(0, 8, 3))
    hull = cv2.convexHull(np.concatenate([recess, old]).astype(np.float32))
    cv2.fillConvexPoly(rgb, np.round(hull).astype(np.int32), shade, cv2.LINE_AA)
    _paste(rng, rgb, plate, target)
    return target


def _take_away(rng: Rng, rgb: Pixels, box: npt.NDArray[np.float32]) -> None:
    """Cover a plate with what is around it, or with a plain panel."""
    x1, y1, x2, y2 = (round(float(v)) for v in box)
    pad = max(1, round((y2 - y1) * 0.25))
    y1, y2, x1, x2 = max(0, y1 - pad), min(HEIGHT, y2 + pad), max(0, x1 - pad), min(WIDTH, x2 + pad)
    part = rgb[y1:y2, x1:x2]
    if part.size == 0:
        return
    edge = np.concatenate([part[:1].reshape(-1, 3), part[-1:].reshape(-1, 3)])
    plain = edge.mean(0) + rng.normal(0, 4, part.shape)
    rgb[y1:y2, x1:x2] = np.clip(plain, 0, 255).astype(np.uint8)


def _put_somewhere(
    rng: Rng, rgb: Pixels, corners: Corners, known: npt.NDArray[np.bool_], plates: list[Pixels]
) -> tuple[Corners, npt.NDArray[np.bool_]]:
    """A plate anywhere: on another thing, at any size and angle."""
    plate = plates[int(rng.integers(len(plates)))]
    width = float(np.exp(rng.uniform(np.log(12), np.log(190))))
    height = width * plate.shape[0] / plate.shape[1]
    if height > HEIGHT * 0.4:
        return corners, known
    angle, shear = float(rng.normal(0, 0.12)), float(rng.normal(0, 0.1))
    points = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) / 2 * (width, height)
    points[:, 0] *= rng.uniform(0.75, 1.0)
    points[:, 0] += shear * points[:, 1]
    points += rng.normal(0, 0.03, (4, 2)) * (width, height)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = rng.uniform((width / 2 + 4, height + 4), (WIDTH - width / 2 - 4, HEIGHT - height - 4))
    target = (points @ turn.T + centre).astype(np.float32)
    box = _boxes(target[None])[0]
    for other in _boxes(corners):
        apart = box[0] > other[2] or other[0] > box[2] or box[1] > other[3] or other[1] > box[3]
        if not apart:
            return corners, known
    if rng.random() < 0.6:
        frame = centre + (target - centre) * rng.uniform(1.03, 1.4, 2)
        shade = tuple(float(v) for v in rng.uniform(0, 200) + rng.normal(0, 15, 3))
        cv2.fillConvexPoly(rgb, np.round(frame).astype(np.int32), shade, cv2.LINE_AA)
    _paste(rng, rgb, plate, target)
    return np.concatenate([corners, target[None]]), np.append(known, True)


def _paste(rng: Rng, rgb: Pixels, plate: Pixels, target: Corners) -> None:
    """Warp a flat plate onto the picture, as bright as its surroundings, with soft edges."""
    low = np.maximum(np.floor(target.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(target.max(0)).astype(int) + 2, (WIDTH, HEIGHT))
    if np.any(high - low < 3):
        return
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    width = max(6, round(float(np.hypot(*(target[1] - target[0])))))
    height = max(4, round(float(np.hypot(*(target[3] - target[0])))))
    small = cv2.resize(plate, (width, height), interpolation=cv2.INTER_AREA)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(source, (target - low).astype(np.float32))
    drawn = cv2.warpPerspective(small, warp, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    alpha = cv2.warpPerspective(np.ones((height, width), np.float32), warp, size)[..., None]
    part = rgb[low[1] : high[1], low[0] : high[0]]
    around = float(part.mean()) / 255
    gain = float(np.clip(rng.normal(0.55 + 0.7 * around, 0.15), 0.25, 1.15))
    mixed = part * (1 - alpha) + np.clip(drawn * gain, 0, 255) * alpha
    part[...] = mixed.astype(np.uint8)


def _mirror(rgb: Pixels, corners: Corners) -> tuple[Pixels, Corners]:
    """Left and right exchanged; corners keep their order on the plate's face."""
    flipped = corners.copy()
    flipped[..., 0] = WIDTH - flipped[..., 0]
    return np.ascontiguousarray(rgb[:, ::-1]), flipped[:, [1, 0, 3, 2]]


def _spoil(rng: Rng, rgb: Pixels) -> Pixels:
    """Light, weather, lens, sensor and compression."""
    picture: npt.NDArray[np.float32] = rgb.astype(np.float32)
    if rng.random() < 0.25:
        grey = picture @ np.array([0.3, 0.59, 0.11], np.float32)
        picture = np.repeat(grey[..., None], 3, 2).astype(np.float32)
    else:
        picture *= rng.uniform(0.85, 1.15, 3).astype(np.float32)
    gain, lift = float(np.exp(rng.normal(0, 0.25))), float(rng.normal(0, 12))
    gamma = float(np.exp(rng.normal(0, 0.3)))
    picture = (255 * np.clip((picture * gain + lift) / 255, 0, 1) ** gamma).astype(np.float32)
    if rng.random() < 0.12:
        picture *= float(rng.uniform(0.25, 0.6))
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.6)))
        picture = np.asarray(soft, np.float32)
    if rng.random() < 0.5:
        picture += rng.normal(0, float(rng.gamma(1.5, 3.0)), picture.shape[:2])[..., None]
    spoilt = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        encoded = cv2.imencode(
            ".jpg", spoilt, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        )[1]
        decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        spoilt = spoilt if decoded is None else decoded.astype(np.uint8, copy=False)
    return spoilt
