"""Keeps text that a caller typed off Home Assistant's bus, and out of what it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, override

if TYPE_CHECKING:
    from collections.abc import Callable

REDACTED: Final = "**REDACTED**"


class Sealed:
    """A text on its way from the caller to where it belongs; printing it prints nothing of it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @override
    def __repr__(self) -> str:
        return REDACTED


def sealing(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A first step of a schema that seals what is under ``keys``.

    It blacks the text out in the caller's own dictionary: that one reaches the bus.
    """

    def seal(data: dict[str, Any]) -> dict[str, Any]:
        present = [key for key in keys if key in data]
        sealed = {**data, **{key: Sealed(str(data[key])) for key in present}}
        for key in present:
            data[key] = REDACTED
        return sealed

    return seal
