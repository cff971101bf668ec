"""Strict readings of values out of a parsed JSON message; each raises ProtocolError with the field.

JSON that looks right is not yet right: ``True`` is an ``int`` to Python, ``NaN`` compares with
nothing, and a list may be a million long. Nothing here converts, guesses or fills in.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from .errors import ProtocolError

type Record = dict[str, object]

MOST_VALUES: Final = 25_000
"""In one message, counted by its commas and opening brackets. With as many plates, positions and
alternatives as the protocol allows there are 20,000; half a million would hold up whoever parses
them, in Home Assistant's case everything."""
_MOST_DIGITS: Final = 20
"""Of a whole number; the largest that the protocol knows has 16."""


def parse_json(text: bytes) -> Record:
    """The JSON object in ``text``; refuses NaN, infinities, and values or digits without end."""
    if sum(map(text.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise ProtocolError("json")
    try:
        value = json.loads(text, parse_int=_whole, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("json") from error
    return as_record(value, "json")


def as_record(value: object, field: str) -> Record:
    """A JSON object."""
    if not isinstance(value, dict):
        raise ProtocolError(field)
    return value


def as_list(value: object, field: str, *, least: int = 0, most: int) -> list[object]:
    """A JSON array of ``least`` to ``most`` entries."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise ProtocolError(field)
    return value


def as_whole(value: object, field: str, *, least: int = 0, most: int) -> int:
    """A whole number from ``least`` to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ProtocolError(field)
    return value


def as_number(value: object, field: str, *, least: float = 0.0, most: float = 1.0) -> float:
    """A finite number from ``least`` to ``most``; a probability or a score unless they say more."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProtocolError(field)
    # NaN fails it, and whole numbers too large for a float are compared as they are.
    if not least <= value <= most:
        raise ProtocolError(field)
    return float(value)


def as_text(value: object, field: str, shape: re.Pattern[str]) -> str:
    """A text that ``shape`` matches from end to end."""
    if not isinstance(value, str) or shape.fullmatch(value) is None:
        raise ProtocolError(field)
    return value


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ProtocolError("json")
    return int(digits)


def _refuse_constant(_name: str) -> NoReturn:
    raise ProtocolError("json")
