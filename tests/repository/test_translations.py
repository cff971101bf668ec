"""What hassfest checks of translations, actions and icons, checked without reaching it."""

from __future__ import annotations

from collections.abc import Iterator
import json
import re
from typing import Any

import pytest
import yaml

from .tracked import INTEGRATION

TRANSLATIONS: dict[str, Any] = json.loads((INTEGRATION / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((INTEGRATION / "icons.json").read_text())
ACTIONS: dict[str, Any] = yaml.safe_load((INTEGRATION / "services.yaml").read_text())


def texts(branch: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a translation with the path of its key."""
    if isinstance(branch, str):
        yield path, branch
    else:
        for key, child in branch.items():
            yield from texts(child, f"{path}.{key}" if path else key)


def action_fields(action: dict[str, Any] | None) -> set[str]:
    """The names of an action's fields, those in sections included."""
    names: set[str] = set()
    for name, field in ((action or {}).get("fields") or {}).items():
        names |= set(field["fields"]) if "fields" in field else {name}
    return names


def test_there_is_no_strings_file_beside_the_translations() -> None:
    # Home Assistant reads it for its own components only: a second truth that nobody would see.
    assert not (INTEGRATION / "strings.json").exists()


def test_no_text_holds_an_address_or_html() -> None:
    # Addresses come in as placeholders, so that a translator cannot change where they lead.
    found = [
        path
        for path, text in texts(TRANSLATIONS)
        if re.search(r"https?://|</?[a-z]+>", text) or text != text.strip() or not text
    ]

    assert found == []


def test_every_placeholder_can_be_filled_in() -> None:
    found = [
        path
        for path, text in texts(TRANSLATIONS)
        if text.count("{") != text.count("}")
        or len(re.findall(r"\{[a-z][a-z0-9_]*\}", text)) != text.count("{")
    ]

    assert found == []


def test_every_action_has_a_text_and_an_icon() -> None:
    assert set(TRANSLATIONS["services"]) == set(ACTIONS)
    assert set(ICONS["services"]) == set(ACTIONS)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_an_action_and_its_fields_are_named_and_described(action: str) -> None:
    text = TRANSLATIONS["services"][action]

    assert text["name"]
    assert text["description"]
    assert set(text.get("fields", {})) == action_fields(ACTIONS[action])
    for field in text.get("fields", {}).values():
        assert field["name"]
        assert field["description"]


def test_every_entity_with_an_icon_has_a_name() -> None:
    nameless = {
        f"{platform}.{key}"
        for platform, entities in ICONS["entity"].items()
        for key in entities
        if "name" not in TRANSLATIONS["entity"].get(platform, {}).get(key, {})
    }

    assert nameless == set()
