"""Draw one plate, flat and from the front: what it would look like on a scanner."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.plates import registration
from training.plates.canvas import Canvas, any_paint, blend, jitter
from training.plates.decoration import UNDER_LETTERS, decorate
from training.plates.lettering import Lettering, choose_lettering
from training.plates.marks import EMBLEMS, draw_mark
from training.plates.registration import Kind, Line, Piece
from training.plates.scenery import draw_picture_aside, draw_scenery
from training.plates.style import Paint, Style, load_styles
from training.plates.wear import wear

Rng = np.random.Generator
Corner = tuple[float, float]

_SUPERSAMPLING = 2
_LINE_GAP = 0.1
_MARK_WIDTHS = {"dash": 0.28, "dot": 0.16, "seals": 0.4, "line": 0.15}
_SMALL_SHARE = 0.48
_LARGE = 0.3
"""Share of emblems between groups that reach behind the letters."""
_WORN = 0.12
"""Share of plates whose paint has suffered."""


@dataclass(frozen=True, slots=True)
class PlateImage:
    """A drawn plate.

    ``rgb`` is uint8, height x width x 3. ``text`` is what is to be read, A-Z and 0-9 only.
    ``corners`` are the plate's own corners in pixels, clockwise from the upper left.
    """

    rgb: npt.NDArray[np.uint8]
    text: str
    style: str
    region: str
    two_line: bool
    corners: tuple[Corner, Corner, Corner, Corner]


@dataclass(frozen=True, slots=True)
class _Measures:
    """What one plate's letters share: sizes in letter heights."""

    aspect: float
    spacing: float
    gap: float
    mark: str
    emblem: float
    """Width of a mark that is an emblem."""


def draw_plate(
    rng: Rng, *, style: str | None = None, text: str | None = None, height_px: int | None = None
) -> PlateImage:
    """Draw a plate.

    :param rng: where every choice comes from; the same state draws the same plate.
    :param style: a name from :func:`training.plates.style.load_styles`; by weight if left out.
    :param text: 1 to 10 of A-Z and 0-9; as the style issues them if left out. Without a
        style, one is taken that issues such texts, if there is one.
    :param height_px: height in pixels; if left out, one that gives every shape about the
        same number of pixels (12,000).
    :raises KeyError: there is no such style.
    :raises ValueError: the text cannot stand on a plate.
    """
    if text is not None:
        _check(text)
    design = load_styles()[style] if style is not None else _choose_style(rng, text)
    if text is None:
        text, form = registration.random_text(design, rng)
    else:
        form = registration.format_for(design, text, rng)
    lines = registration.lay_out(form, text)
    height = height_px or _even_height(design)
    canvas = _blank(design, height * _SUPERSAMPLING, rng)
    image = _finish(_print(canvas, design, lines, rng), height, design, rng)
    h, w = image.shape[:2]
    corners = ((0.0, 0.0), (float(w), 0.0), (float(w), float(h)), (0.0, float(h)))
    return PlateImage(image, text, design.name, design.region, len(lines) > 1, corners)


def _check(text: str) -> None:
    if not 1 <= len(text) <= registration.MAX_LENGTH or any(
        c not in registration.ALPHABET for c in text
    ):
        raise ValueError(f"a plate has 1 to {registration.MAX_LENGTH} of A-Z and 0-9, not {text!r}")


def _choose_style(rng: Rng, text: str | None) -> Style:
    styles = list(load_styles().values())
    if text is not None:
        issuing = [s for s in styles if any(registration.fits(form, text) for form in s.formats)]
        styles = issuing or styles
    weights = np.array([s.weight for s in styles])
    return styles[int(rng.choice(len(styles), p=weights / weights.sum()))]


def _even_height(design: Style) -> int:
    width, height = design.size_mm
    return max(40, round((12_000 * height / width) ** 0.5))


def _blank(design: Style, height: int, rng: Rng) -> Canvas:
    paint = design.paints[int(rng.integers(len(design.paints)))]
    if rng.random() < design.any_paint:
        paint = any_paint(rng)
    paint = Paint(jitter(paint.ground, rng), jitter(paint.ink, rng))
    width = round(height * design.size_mm[0] / design.size_mm[1])
    return Canvas(Image.new("RGB", (width, height), paint.ground), paint)


def _print(canvas: Canvas, design: Style, lines: tuple[Line, ...], rng: Rng) -> Canvas:
    draw_scenery(canvas, design.scenery, rng)
    if rng.random() < design.aside:
        design = make_room(canvas, design, rng)
    chosen = [item for item in design.decor if rng.random() < item.chance]
    for item in chosen:
        if item.kind in UNDER_LETTERS:
            decorate(canvas, item.kind, item.options, rng)
    _print_registration(canvas, design, lines, rng)
    for item in chosen:
        if item.kind not in UNDER_LETTERS:
            decorate(canvas, item.kind, item.options, rng)
    return canvas


def make_room(canvas: Canvas, design: Style, rng: Rng) -> Style:
    """Draw a picture at one side; the design with the registration beside it."""
    left, top, right, bottom = design.zone
    room = float(rng.uniform(0.12, 0.28)) * (right - left)
    if rng.random() < 0.75:
        draw_picture_aside(canvas, (left, top, left + room, bottom), rng)
        return replace(design, zone=(left + room, top, right, bottom))
    draw_picture_aside(canvas, (right - room, top, right, bottom), rng)
    return replace(design, zone=(left, top, right - room, bottom))


def _print_registration(canvas: Canvas, design: Style, lines: tuple[Line, ...], rng: Rng) -> None:
    lettering = choose_lettering(rng, str(rng.choice(design.glyphs)))
    mark = str(rng.choice(design.marks))
    measures = _Measures(
        aspect=float(rng.uniform(*design.aspect)),
        spacing=float(rng.uniform(*design.spacing)),
        gap=float(rng.uniform(*design.gap)),
        mark=str(rng.choice(EMBLEMS)) if mark == "emblem" else mark,
        emblem=float(rng.uniform(0.4, 0.85)),
    )
    mask = Image.new("L", canvas.image.size, 0)
    for line, box in zip(lines, _line_boxes(canvas, design, len(lines), rng), strict=True):
        _print_line(canvas, mask, line, box, lettering, measures, rng)
    if rng.random() < _WORN:
        mask = wear(mask, rng)
    if rng.random() < design.embossed:
        _emboss(canvas, mask, rng)
    canvas.image.paste(canvas.paint.ink, (0, 0, *canvas.image.size), mask)


def _line_boxes(
    canvas: Canvas, design: Style, count: int, rng: Rng
) -> list[tuple[float, float, float, float]]:
    left, top, right, bottom = canvas.pixels(design.zone)
    if count == 1:
        slack = (bottom - top) * (1 - float(rng.uniform(*design.tall)))
        above = slack * float(np.clip(rng.normal(0.5, 0.2), 0, 1))
        top, bottom = round(top + above), round(bottom - slack + above)
    tall = (bottom - top) / (count + (count - 1) * _LINE_GAP)
    return [
        (left, top + i * tall * (1 + _LINE_GAP), right, top + i * tall * (1 + _LINE_GAP) + tall)
        for i in range(count)
    ]


def _widths(line: Line, lettering: Lettering, measures: _Measures) -> list[float]:
    """The width of every piece in letter heights."""
    widths = []
    for piece in line:
        if piece.kind is Kind.GAP:
            widths.append(measures.gap)
        elif piece.kind is Kind.MARK:
            widths.append(_MARK_WIDTHS.get(_mark_name(piece, measures), measures.emblem))
        elif piece.kind is Kind.STACK:
            widths.append(
                max(lettering.width_of(c) for c in piece.text)
                * measures.aspect
                * _SMALL_SHARE
                * 1.2
            )
        else:
            share = _SMALL_SHARE if piece.kind is Kind.SMALL else 1.0
            letters = [lettering.width_of(c) * measures.aspect for c in piece.text]
            widths.append(share * (sum(letters) + measures.spacing * (len(letters) - 1)))
    return widths


def _mark_name(piece: Piece, measures: _Measures) -> str:
    return measures.mark if piece.text == "*" else piece.text


def _print_line(
    canvas: Canvas,
    mask: Image.Image,
    line: Line,
    box: tuple[float, float, float, float],
    lettering: Lettering,
    measures: _Measures,
    rng: Rng,
) -> None:
    left, top, right, bottom = box
    height = bottom - top
    widths = _widths(line, lettering, measures)
    total = (sum(widths) + measures.spacing * (len(line) - 1)) * height
    squeeze = min(1.0, (right - left) / max(total, 1.0))
    if squeeze < 0.8:
        shrunk = height * max(0.7, squeeze / 0.8)
        top, height = top + (height - shrunk) / 2, shrunk
        squeeze = min(1.0, (right - left) / (total * height / (bottom - box[1])))
    unit = height * squeeze
    x = left + ((right - left) - (sum(widths) + measures.spacing * (len(line) - 1)) * unit) * float(
        rng.normal(0.5, 0.04)
    )
    for piece, width in zip(line, widths, strict=True):
        place = (x, top, x + width * unit, top + height)
        if piece.kind is Kind.MARK:
            name = _mark_name(piece, measures)
            draw_mark(canvas.draw, name, _grown(place, name, rng), canvas.paint.ink, rng)
        elif piece.kind is Kind.STACK:
            _print_stack(mask, piece.text, place, lettering)
        elif piece.kind is not Kind.GAP:
            _print_run(mask, piece, place, lettering, measures, unit)
        x += (width + measures.spacing) * unit


def _grown(
    place: tuple[float, float, float, float], name: str, rng: Rng
) -> tuple[float, float, float, float]:
    """Some emblems are so large that they lie behind the letters beside them."""
    if name not in EMBLEMS or rng.random() >= _LARGE:
        return place
    left, top, right, bottom = place
    across = (right - left) * float(rng.uniform(0.05, 0.4))
    down = (bottom - top) * float(rng.uniform(0, 0.15))
    return left - across, top - down, right + across, bottom + down


def _print_stack(
    mask: Image.Image, text: str, place: tuple[float, float, float, float], lettering: Lettering
) -> None:
    left, top, right, bottom = place
    each = (bottom - top) / len(text)
    for i, char in enumerate(text):
        letter = lettering.mask(char, max(1, round(right - left)), max(1, round(each * 0.9)))
        mask.paste(255, (round(left), round(top + i * each + each * 0.05)), letter)


def _print_run(
    mask: Image.Image,
    piece: Piece,
    place: tuple[float, float, float, float],
    lettering: Lettering,
    measures: _Measures,
    unit: float,
) -> None:
    x, top, _, bottom = place
    share = _SMALL_SHARE if piece.kind is Kind.SMALL else 1.0
    height = (bottom - top) * share
    for char in piece.text:
        width = lettering.width_of(char) * measures.aspect * unit * share
        letter = lettering.mask(char, max(1, round(width)), max(1, round(height)))
        mask.paste(255, (round(x), round(top)), letter)
        x += width + measures.spacing * unit * share


def _emboss(canvas: Canvas, mask: Image.Image, rng: Rng) -> None:
    """Light on one side of the pressed letters and shade on the other."""
    reach = max(1, round(canvas.height * float(rng.uniform(0.008, 0.02))))
    light = blend(canvas.paint.ground, (255, 255, 255), float(rng.uniform(0.2, 0.8)))
    shade = blend(canvas.paint.ground, (0, 0, 0), float(rng.uniform(0.15, 0.5)))
    dx, dy = int(rng.choice([-1, 0, 1])) * reach, int(rng.choice([-1, 1])) * reach
    for colour, at in ((shade, (dx, dy)), (light, (-dx, -dy))):
        canvas.image.paste(colour, (at[0], at[1], at[0] + mask.width, at[1] + mask.height), mask)


def _finish(canvas: Canvas, height: int, design: Style, rng: Rng) -> npt.NDArray[np.uint8]:
    if design.border > 0:
        line = max(1, round(design.border * canvas.height))
        ImageDraw.Draw(canvas.image).rectangle(
            (0, 0, canvas.width - 1, canvas.height - 1),
            outline=_border_colour(canvas, rng),
            width=line,
        )
    width = max(8, round(canvas.width * height / canvas.height))
    small = canvas.image.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8).copy()


def _border_colour(canvas: Canvas, rng: Rng) -> tuple[int, int, int]:
    return (
        canvas.paint.ink
        if rng.random() < 0.6
        else blend((30, 30, 30), (210, 210, 210), float(rng.random()))
    )
