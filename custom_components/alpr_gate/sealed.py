"""Keeps text that a caller typed off Home Assistant's bus, and out of what it prints."""

from __future__ import annotations

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING, Any, Final, override

import probatio as vol

from .const import CONF_APPROVED_REQUEST, CONF_VEHICLE_ID, CONF_VISIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REDACTED: Final = "**REDACTED**"


@dataclass(frozen=True, slots=True)
class _Id:
    """What an id looks like, and what is said of one that does not."""

    shape: re.Pattern[str]
    problem: str


_IDS: Final = {
    CONF_VEHICLE_ID: _Id(re.compile(r"[0-9A-HJKMNP-TV-Z]{26}"), "vehicle_not_listed"),
    CONF_VISIT: _Id(re.compile(r"v[0-9a-f]{32}"), "visit_unknown"),
    CONF_APPROVED_REQUEST: _Id(re.compile(r"[0-9a-f]{16}"), "no_such_request"),
}


class Sealed:
    """A text on its way from the caller to where it belongs; printing it prints nothing of it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @override
    def __repr__(self) -> str:
        return REDACTED


def sealing(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A first step of a schema that seals what is under ``keys``, and blacks out ids that are none.

    It blacks both out in the caller's own dictionary: that one reaches the bus and traces. An id of
    another shape than those that are made here may be anything, such as a plate that was typed in
    the wrong field: `problem_of_ids` tells of it before it is written down or repeated.
    """

    def seal(data: dict[str, Any]) -> dict[str, Any]:
        present = [key for key in keys if key in data]
        wrong = [key for key in _IDS if key in data and not _is_id(key, data[key])]
        typed = {key: data[key] for key in present}
        for key in (*present, *wrong):
            data[key] = REDACTED
        return {**data, **{key: _seal(key, value) for key, value in typed.items()}}

    return seal


def _seal(key: str, value: object) -> Sealed | list[Any] | None:
    """Seal a text, or a number that was meant as one, and each in a list; raises Invalid otherwise.

    A template that has no answer gives None, which must not become the text "None".
    """
    if value is None:
        return None
    if isinstance(value, list):
        return [_seal(key, item) for item in value]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise vol.Invalid("a text is needed", path=[key])
    return Sealed(str(value))


def problem_of_ids(data: Mapping[str, Any]) -> str | None:
    """What is to be said of an id in ``data`` that is none; None when there is no such."""
    return next((known.problem for key, known in _IDS.items() if data.get(key) == REDACTED), None)


def _is_id(key: str, value: object) -> bool:
    return isinstance(value, str) and _IDS[key].shape.fullmatch(value) is not None
