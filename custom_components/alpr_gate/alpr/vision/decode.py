"""Bytes to pixels, safely: what a camera sends is not trusted.

Size, format and orientation come from the header (``image_header``) before any pixel is decoded; a
picture that is too large, cut short or damaged is refused, never padded or repaired. What decodes
the pixels never sees a file's metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import io
import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFile

from ..types import ZONE_MARGIN, ImageProblem
from .errors import ImageRefused
from .image_header import read_header
from .image_parts import ImageFormat, ImageHeader
from .zone import bounds, check_zone, format_zone, inside, parse_zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..types import Point, Zone

type Pixels = NDArray[np.uint8]
"""A picture as height x width x 3 (red, green, blue), 0 to 255, upright."""

__all__ = ["ImageRefused", "Picture", "decode", "format_zone", "parse_zone"]

MOST_BYTES = 16 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_SIDE = 16_384
"""Pixels of the longer side: a strip of few pixels costs far more than its area says."""
ENOUGH_WIDTH = 1920
"""A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where its longer side keeps this many pixels."""

OUTSIDE_GREY = (114, 114, 114)
"""What is painted over everything further out: it is not looked at and not shown."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to undo each EXIF orientation."""
_SIXTEEN_BIT = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, possibly at a fraction of its stored size."""

    pixels: Pixels
    size: tuple[int, int]
    """Width and height of the upright picture at full size, in pixels."""
    zone: Zone
    brightness: float
    """Mean luminance of the part inside the zone's bounds, 0 to 1."""
    contrast: float
    """Standard deviation of the same luminance, 0 to 0.5; 0 is a blank picture."""
    body: bytes = field(repr=False)

    @property
    def scale(self) -> tuple[float, float]:
        """Full-size pixels for each of ``pixels``, across and down; 1 unless decoded smaller."""
        height, width = self.pixels.shape[:2]
        return self.size[0] / width, self.size[1] / height

    @property
    def is_reduced(self) -> bool:
        """True when ``full_size`` would show more."""
        return self.scale[0] > 1

    def full_size(self) -> Picture:
        """The same picture with all its pixels."""
        return decode(self.body, zone=self.zone, enough_width=None) if self.is_reduced else self

    @property
    def window(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the part worth looking at, in ``pixels``; never empty."""
        height, width = self.pixels.shape[:2]
        left, top, right, bottom = bounds(self.zone)
        margin = ZONE_MARGIN * max(width, height) if self.zone else 0.0
        return (
            max(0, math.floor(left * width - margin)),
            max(0, math.floor(top * height - margin)),
            min(width, math.ceil(right * width + margin)),
            min(height, math.ceil(bottom * height + margin)),
        )

    def in_zone(self, point: Point) -> bool:
        """Tell whether a point in ``pixels`` lies in the zone."""
        height, width = self.pixels.shape[:2]
        return inside(self.zone, (point[0] / width, point[1] / height))


def decode(body: bytes, *, zone: Zone = (), enough_width: int | None = ENOUGH_WIDTH) -> Picture:
    """Decode a still picture and turn it upright.

    Args:
        body: the file: JPEG, PNG or WebP, at most ``MOST_BYTES`` and ``MOST_PIXELS``, with
            no side over ``MOST_SIDE``.
        zone: outside it (and a margin) the picture is painted grey.
        enough_width: a JPEG may be decoded smaller as long as its longer side keeps this many
            pixels; None decodes all of it.

    Raises:
        ImageRefused: with the reason; nothing was decoded unless it is TRUNCATED or DAMAGED.
    """
    check_zone(zone)
    if len(body) > MOST_BYTES:
        raise ImageRefused(ImageProblem.TOO_LARGE, f"at most {MOST_BYTES} bytes")
    header = read_header(body)
    if not header.width or not header.height:
        raise ImageRefused(ImageProblem.DAMAGED, "a picture without an area")
    if header.width * header.height > MOST_PIXELS:
        raise ImageRefused(ImageProblem.TOO_MANY_PIXELS, f"at most {MOST_PIXELS} pixels")
    if max(header.width, header.height) > MOST_SIDE:
        raise ImageRefused(ImageProblem.TOO_MANY_PIXELS, f"at most {MOST_SIDE} pixels a side")
    image = _load(header, enough_width)
    turned = header.orientation >= 5
    size = (header.height, header.width) if turned else (header.width, header.height)
    if zone:
        _hide_outside(image, zone)
    pixels = np.asarray(image)
    brightness, contrast = _luminance(pixels, zone)
    return Picture(pixels, size, zone, brightness, contrast, body)


def _load(header: ImageHeader, enough_width: int | None) -> Image.Image:
    """Decode to an upright RGB image."""
    try:
        image = Image.open(io.BytesIO(header.plain), formats=[header.format.value])
        if image.size != (header.width, header.height):
            raise ImageRefused(ImageProblem.DAMAGED, "two different sizes in one file")
        if header.format is ImageFormat.JPEG and enough_width is not None:
            _decode_smaller(image, enough_width)
        upright = _to_rgb(image)
    except ImageRefused:
        raise
    except MemoryError:
        raise ImageRefused(ImageProblem.TOO_MANY_PIXELS, "not enough memory") from None
    except Exception as error:  # noqa: BLE001 - a decoder fed with hostile bytes may raise anything
        problem = ImageProblem.TRUNCATED if "truncated" in str(error) else ImageProblem.DAMAGED
        raise ImageRefused(problem, type(error).__name__) from None
    if header.orientation in _UPRIGHT:
        upright = upright.transpose(_UPRIGHT[header.orientation])
    return upright


def _decode_smaller(image: ImageFile.ImageFile, enough_width: int) -> None:
    """Let the JPEG decoder skip detail: several times faster than decoding and shrinking."""
    factor = max(image.size) // enough_width
    if factor >= 2:
        # Pillow takes the largest of 1/2, 1/4, 1/8 that is not smaller than what is asked for.
        image.draft(None, (image.width // factor, image.height // factor))


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in _SIXTEEN_BIT:
        levels = np.clip(np.asarray(image).astype(np.int64), 0, 65535) >> 8
        return Image.fromarray(levels.astype(np.uint8)).convert("RGB")
    if image.mode != "RGB":
        return image.convert("RGB")
    image.load()
    return image


def _hide_outside(image: Image.Image, zone: Zone) -> None:
    """Paint everything that is further than the margin from the zone."""
    width, height = image.size
    corners = [(x * width, y * height) for x, y in zone]
    outside = Image.new("L", image.size, 255)
    draw = ImageDraw.Draw(outside)
    draw.polygon(corners, fill=0)
    border = round(2 * ZONE_MARGIN * max(width, height))
    draw.line([*corners, corners[0], corners[1]], fill=0, width=border, joint="curve")
    image.paste(OUTSIDE_GREY, (0, 0), outside)


def _luminance(pixels: Pixels, zone: Zone) -> tuple[float, float]:
    """Mean and standard deviation of the luminance (ITU-R BT.601), from a sparse grid."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = bounds(zone)
    part = pixels[
        int(top * height) : max(int(top * height) + 1, math.ceil(bottom * height)),
        int(left * width) : max(int(left * width) + 1, math.ceil(right * width)),
    ]
    step = max(1, min(part.shape[:2]) // 128)
    grey = part[::step, ::step].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return float(grey.mean()) / 255, float(grey.std()) / 255
