"""The lens that bends what the models learn from."""

from __future__ import annotations

import numpy as np
import pytest

from training.lens import Lens, any_lens, through

MIDDLE = (200.0, 100.0)
PLATE = np.array([[100.0, 50.0], [300.0, 50.0], [300.0, 150.0], [100.0, 150.0]])


def dots(points: np.ndarray) -> np.ndarray:
    """A black picture, 400 x 200, with a soft white dot at each point."""
    across, down = np.meshgrid(np.arange(400) + 0.5, np.arange(200) + 0.5)
    picture = np.zeros((200, 400))
    for x, y in points:
        picture += 255 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / 18)
    return np.clip(picture, 0, 255).astype(np.uint8)[..., None].repeat(3, 2)


def dot_near(picture: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """Where the middle of the dot around (x, y) is, of the green picture."""
    left, top = max(0, round(x) - 10), max(0, round(y) - 10)
    part = picture[top : top + 21, left : left + 21, 1].astype(float)
    across, down = np.meshgrid(np.arange(part.shape[1]) + 0.5, np.arange(part.shape[0]) + 0.5)
    weight = part.sum()
    return left + (across * part).sum() / weight, top + (down * part).sum() / weight


@pytest.mark.parametrize("seed", range(30))
def test_corners_are_where_the_bent_picture_shows_them(seed: int) -> None:
    lens = any_lens(np.random.default_rng(seed), (400, 200))
    picture, corners = through(lens, dots(PLATE), PLATE)
    for x, y in corners:
        assert dot_near(picture, x, y) == pytest.approx((x, y), abs=0.4)


@pytest.mark.parametrize("bend", [-0.05, 0.0, 0.1, 0.3])
def test_what_is_straightened_is_seen_where_it_was(bend: float) -> None:
    lens = Lens(MIDDLE, 200.0, bend)
    points = np.random.default_rng(1).uniform((0, 0), (400, 200), (200, 2))
    assert lens.seen(lens.straight(points)) == pytest.approx(points, abs=1e-6)


def test_a_barrel_bends_lines_away_from_the_middle_and_a_cushion_towards_it() -> None:
    line = np.array([[50.0, 20.0], [200.0, 20.0], [350.0, 20.0]])

    def sag(bend: float) -> float:
        seen = Lens(MIDDLE, 200.0, bend).seen(line)
        return float(seen[1, 1] - (seen[0, 1] + seen[2, 1]) / 2)

    assert sag(0.3) < -2
    assert sag(-0.05) > 0.5
    assert sag(0.0) == pytest.approx(0)


@pytest.mark.parametrize("seed", range(30))
def test_the_piece_stays_in_its_place_and_about_as_large(seed: int) -> None:
    lens = any_lens(np.random.default_rng(seed), (400, 200))
    _, corners = through(lens, dots(PLATE), PLATE)
    assert corners.mean(0) == pytest.approx(MIDDLE, abs=12)
    across, down = np.ptp(corners, axis=0)
    assert across * down == pytest.approx(200 * 100, rel=0.35)


def test_colours_part_towards_the_edge_and_not_in_the_middle() -> None:
    lens = Lens((0.0, 100.0), 400.0, 0.0, fringe=0.004)
    points = np.array([[20.0, 100.0], [380.0, 100.0]])
    picture, _ = through(lens, dots(points), points)
    near, far = (
        abs(picture[..., 0].astype(int) - picture[..., 2])[:, part].max()
        for part in (slice(0, 200), slice(200, 400))
    )
    assert far > 40
    assert near < 10


def test_a_lens_that_does_nothing_leaves_the_picture_as_it_is() -> None:
    drawn = dots(PLATE)
    picture, corners = through(Lens(MIDDLE, 200.0, 0.0), drawn, PLATE)
    assert np.array_equal(picture, drawn)
    assert corners == pytest.approx(PLATE)
