"""Which way up a picture was taken, from its EXIF block, without believing anything else in there.

Only one number is looked for, among a bounded count of entries. XMP may tell an orientation too; it
is not looked at, as in browsers.

Source: TIFF 6.0, section 2, which EXIF blocks follow.
"""

from __future__ import annotations

from typing import Literal

MOST_ENTRIES = 200
"""Cameras write a dozen; the orientation is among the first, since entries are sorted by tag."""

_PREFIX = b"Exif\x00\x00"
_MOST_PREFIXES = 4
"""JPEG demands one; some programs write it in other formats too, or twice."""
_BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\x00": "little", b"MM\x00*": "big"}
_ORIENTATION_TAG = 0x0112
_BYTES_OF_TYPE = {3: 2, 4: 4}
"""An orientation is a SHORT; some programs write a LONG."""


def orientation_in(block: memoryview) -> int:
    """EXIF orientation, 1 to 8; 1 (upright) when there is none or the block makes no sense.

    Args:
        block: an EXIF block of any size and with anything in it, with or without the prefix that
            JPEG demands.
    """
    start = 0
    while start < _MOST_PREFIXES * len(_PREFIX) and is_exif(block[start:]):
        start += len(_PREFIX)
    tiff = block[start:]
    order = _BYTE_ORDERS.get(bytes(tiff[:4]))
    if order is None:
        return 1

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)

    directory = number(4, 4)
    entries = directory + 2
    for index in range(min(number(directory, 2), MOST_ENTRIES)):
        entry = entries + 12 * index
        if entry + 12 > len(tiff):
            return 1
        if number(entry, 2) == _ORIENTATION_TAG:
            length = _BYTES_OF_TYPE.get(number(entry + 2, 2), 0)
            value = number(entry + 8, length) if number(entry + 4, 4) == 1 else 0
            return value if 1 <= value <= 8 else 1
    return 1


def is_exif(content: memoryview) -> bool:
    """Tell whether the contents of a JPEG's APP1 segment are an EXIF block."""
    return bytes(content[: len(_PREFIX)]) == _PREFIX
