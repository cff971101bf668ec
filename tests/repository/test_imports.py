"""The library knows no Home Assistant, and needs nothing that Home Assistant OS does not have."""

from __future__ import annotations

import ast
from pathlib import Path
import subprocess
import sys

from scripts import check_musl

from .tracked import INTEGRATION

LIBRARY = INTEGRATION / "alpr"
# Home Assistant's own image ships these; the manifest brings the rest.
SHIPPED = {"PIL", "aiohttp", "numpy", "probatio", "voluptuous", "yarl"}
# The second backend: imported when an owner chooses it, never by the built-in one.
OPTIONAL_BACKEND = LIBRARY / "vision" / "backends" / "fast_plate_ocr.py"
OPTIONAL = {"cv2", "fast_plate_ocr", "onnxruntime", "open_image_models"}


def imports(source: Path) -> set[str]:
    """The top-level packages a file imports by their absolute names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def relative_imports(source: Path) -> set[Path]:
    """The folders that a file's relative imports start from."""
    return {
        source.parents[node.level - 1]
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    }


def test_the_library_imports_nothing_of_home_assistant_and_nothing_above_itself() -> None:
    sources = sorted(LIBRARY.rglob("*.py"))
    assert len(sources) > 5

    for source in sources:
        assert imports(source) & {"homeassistant", "custom_components"} == set(), source
        for folder in relative_imports(source):
            assert folder.is_relative_to(LIBRARY), source


def test_everything_that_is_imported_is_there_on_home_assistant_os() -> None:
    required = {name.split("==")[0] for name in check_musl.manifest_requirements()}
    there = SHIPPED | required | {"homeassistant", *sys.stdlib_module_names}
    missing = {
        f"{source.relative_to(INTEGRATION)}: {name}"
        for source in INTEGRATION.rglob("*.py")
        for name in imports(source) - there
        if not (source == OPTIONAL_BACKEND and name in OPTIONAL)
    }

    assert missing == set()


def test_no_module_of_the_integration_hides_one_of_pythons() -> None:
    # The engine's process has the integration's folder on its path, to find `alpr` there.
    names = {path.stem for path in INTEGRATION.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert (names - {"__init__", "__pycache__"}) & sys.stdlib_module_names == set()


def test_the_library_can_be_imported_where_home_assistant_is_not() -> None:
    modules = [
        ".".join(source.relative_to(INTEGRATION).with_suffix("").parts)
        for source in sorted(LIBRARY.rglob("*.py"))
        if source.name not in {"__main__.py", "__init__.py"} and source != OPTIONAL_BACKEND
    ]
    program = (
        "import importlib, sys\n"
        "for name in ('homeassistant', *sys.argv[1].split()): sys.modules[name] = None\n"
        "for name in sys.argv[2:]: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, " ".join(OPTIONAL), *modules],
        env={"PYTHONPATH": str(INTEGRATION)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
