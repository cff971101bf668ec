"""What the steps of an opener name: one walk for all who ask what it moves or what it needs.

A disabled step moves nothing and needs nothing, so what only it names is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.helpers.template import is_template_string

from .opener_check import ASKED, NO_STEPS, is_question, without_disabled
from .opener_reach import MANY, TARGETED_BY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homeassistant.core import HomeAssistant


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a step names."""

    kind: str
    """The key it is given under: that of an entity, a device, an area, a floor or a label."""
    name: str
    """Its id as it was written; a device's own action names an entity by its registry's id."""
    is_asked: bool
    """The step only asks for its state, or waits for it, and moves nothing."""


def named_in(hass: HomeAssistant, opener: Sequence[dict[str, Any]]) -> Iterator[Named]:
    """Everything that the steps of an opener name, in its branches too."""
    return _walk(without_disabled(hass, opener), is_asked=False)


def _walk(part: object, *, is_asked: bool) -> Iterator[Named]:
    if isinstance(part, list | tuple):
        for item in part:
            yield from _walk(item, is_asked=is_asked)
    elif isinstance(part, dict):
        is_asked = is_asked or is_question(part)
        for place in (part, *(part.get(key) for key in TARGETED_BY)):
            if isinstance(place, dict):
                yield from _named_at(place, is_asked=is_asked)
        for key, item in part.items():
            if key not in NO_STEPS and key not in TARGETED_BY:
                yield from _walk(item, is_asked=is_asked or key in ASKED)


def _named_at(place: dict[str, Any], *, is_asked: bool) -> Iterator[Named]:
    for kind in (ATTR_ENTITY_ID, *MANY):
        for name in _split(place.get(kind)):
            yield Named(kind, name, is_asked)


def _split(given: object) -> Iterator[str]:
    """One name, a list of them, or several in one text."""
    if isinstance(given, list | tuple):
        for one in given:
            yield from _split(one)
    elif isinstance(given, str):
        names = [given] if is_template_string(given) else given.split(",")
        yield from (name.strip() for name in names)
