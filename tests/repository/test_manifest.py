"""What Home Assistant and HACS check of an integration, checked without reaching them."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from homeassistant.const import Platform, __version__ as home_assistant_version
from homeassistant.loader import Manifest
from PIL import Image
import pytest

from .tracked import INTEGRATION, ROOT

# Components that any integration may use without declaring them, beside the entity platforms.
ALWAYS_THERE = {"diagnostics", "persistent_notification", "repairs", "system_health"}
HACS_KEYS = {
    "content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant",
    "name", "persistent_directory", "zip_release",
}  # fmt: skip


def read_json(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = read_json("custom_components/alpr_gate/manifest.json")
    return found


def test_the_manifest_has_what_home_assistant_and_hacs_require(manifest: dict[str, Any]) -> None:
    assert manifest["domain"] == INTEGRATION.name
    assert manifest["config_flow"] is True
    assert manifest["single_config_entry"] is True
    assert manifest["integration_type"] == "hub"
    assert manifest["iot_class"] == "local_polling"
    assert manifest["codeowners"]
    for link in ("documentation", "issue_tracker"):
        assert manifest[link].startswith("https://github.com/alpr-gate/alpr-gate")


def test_the_manifest_has_no_key_that_home_assistant_does_not_know(
    manifest: dict[str, Any],
) -> None:
    assert set(manifest) <= Manifest.__annotations__.keys()


def test_the_keys_of_the_manifest_are_in_the_order_hassfest_wants(
    manifest: dict[str, Any],
) -> None:
    keys = list(manifest)

    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])


def test_the_manifest_pins_its_requirements_exactly(manifest: dict[str, Any]) -> None:
    assert manifest["requirements"]
    for requirement in manifest["requirements"]:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", requirement)


def test_the_manifest_asks_for_nothing_that_home_assistant_ships(manifest: dict[str, Any]) -> None:
    shipped = {"numpy", "pillow", "aiohttp", "pyyaml", "av", "cryptography", "pyturbojpeg"}
    asked_for = {requirement.split("==")[0].lower() for requirement in manifest["requirements"]}

    assert asked_for & shipped == set()


def test_the_newest_entry_of_the_changelog_is_the_manifests_version(
    manifest: dict[str, Any],
) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)

    assert newest is not None
    assert newest[1] == manifest["version"]


def test_every_component_that_is_used_is_declared(manifest: dict[str, Any]) -> None:
    declared = {*manifest.get("dependencies", []), *manifest.get("after_dependencies", [])}
    allowed = declared | ALWAYS_THERE | {str(platform) for platform in Platform}
    undeclared = {
        f"{source.relative_to(INTEGRATION)}: {component}"
        for source in INTEGRATION.rglob("*.py")
        for component in components_used(source.read_text(encoding="utf-8"))
        if component not in allowed
    }

    assert undeclared == set()


def components_used(source: str) -> set[str]:
    """Names of the Home Assistant components that a module imports from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "homeassistant.components":
                names |= {alias.name for alias in node.names}
            elif node.module.startswith("homeassistant.components."):
                names.add(node.module.split(".")[2])
        elif isinstance(node, ast.Import):
            names |= {
                alias.name.split(".")[2]
                for alias in node.names
                if alias.name.startswith("homeassistant.components.")
            }
    return names


def test_hacs_can_read_its_file_and_asks_for_no_newer_home_assistant_than_is_tested() -> None:
    hacs = read_json("hacs.json")

    assert hacs["name"] == "ALPR Gate"
    assert set(hacs) <= HACS_KEYS
    assert version_of(hacs["homeassistant"]) <= version_of(home_assistant_version)


def version_of(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize(("name", "side"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_the_brand_icon_is_square_and_see_through(name: str, side: int) -> None:
    with Image.open(INTEGRATION / "brand" / name) as icon:
        assert icon.size == (side, side)
        assert icon.mode == "RGBA"
        assert icon.getpixel((0, 0)) == (0, 0, 0, 0)
        left, top, right, bottom = icon.getbbox() or (0, 0, 0, 0)

    # The brand rules of Home Assistant: no empty border around the picture.
    assert min(left, top, side - right, side - bottom) <= side // 64
