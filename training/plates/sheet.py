"""A picture sheet of samples, so that a person can see what the models learn from.

``python -m training.plates.sheet [--camera] [--styles PREFIX] [--out FILE]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from training.folders import WORK
from training.ocr.photograph import photograph
from training.plates.plate import draw_plate
from training.plates.style import load_styles

Picture = npt.NDArray[np.uint8]


def lay_sheet(
    pictures: list[tuple[Picture, str]], cell: tuple[int, int], columns: int
) -> Image.Image:
    """Pictures in rows with their labels under them; ``cell`` is (width, height) in pixels."""
    width, height = cell
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + 12)), (60, 60, 60))
    draw = ImageDraw.Draw(sheet)
    for i, (picture, label) in enumerate(pictures):
        x, y = i % columns * width, i // columns * (height + 12)
        image = Image.fromarray(picture)
        scale = min((width - 4) / image.width, height / image.height)
        image = image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        )
        sheet.paste(image, (x + 2, y))
        draw.text((x + 2, y + height), label, fill=(230, 230, 230))
    return sheet


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--styles", default="", help="only styles whose name begins so")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--camera", action="store_true", help="as a camera sees them")
    parser.add_argument("--out", type=Path, default=WORK / "plates.png")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    names = [name for name in load_styles() if name.startswith(options.styles)]
    pictures: list[tuple[Picture, str]] = []
    for i in range(options.count):
        style = names[i % len(names)] if options.styles else None
        plate = draw_plate(rng, style=style)
        picture = plate.rgb
        if options.camera:
            picture = photograph(rng, plate.rgb, len(plate.text), two_line=plate.two_line)
        pictures.append((picture, f"{plate.text} {plate.style}"))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    lay_sheet(pictures, (200, 100), 8).save(options.out)


if __name__ == "__main__":
    main()
