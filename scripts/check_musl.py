"""Checks that the manifest's requirements install where Home Assistant runs.

Home Assistant OS and the container are Alpine: musl instead of glibc, with no compiler. Home
Assistant installs a manifest's requirements with uv under its `package_constraints.txt`, and one
that does not install keeps the whole integration from loading. This resolves them the same way,
with Home Assistant's own uv, for every processor it runs on, taking nothing but wheels.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "custom_components" / "alpr_gate" / "manifest.json"
PLATFORMS = ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl")
PYTHON_VERSION = "3.14"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What uv would install on one platform, or why it cannot."""

    platform: str
    packages: tuple[str, ...]
    problem: str | None = None


def manifest_requirements(manifest: Path = MANIFEST) -> tuple[str, ...]:
    """The requirements Home Assistant installs before it loads the integration."""
    return tuple(json.loads(manifest.read_text(encoding="utf-8"))["requirements"])


def constraints_of_home_assistant(root: Path = ROOT) -> tuple[Path, ...]:
    """The constraints of every Home Assistant that scripts/setup has installed, oldest first."""
    pattern = ".venv*/lib/python3.*/site-packages/homeassistant/package_constraints.txt"
    return tuple(sorted(root.glob(pattern)))


def resolve(requirements: Iterable[str], platform: str, constraints: Path) -> Resolution:
    """Lets uv choose the packages for `platform`, a target triple that uv knows.

    Building from source is forbidden, as it would fail on a user's machine.
    """
    command = [
        find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate",
        "--python", sys.executable, "--python-version", PYTHON_VERSION,
        "--python-platform", platform, "--only-binary", ":all:", "--constraint", str(constraints),
    ]  # fmt: skip
    done = subprocess.run(
        command, input="\n".join(requirements), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return Resolution(platform, (), problem=done.stderr.strip())
    return Resolution(platform, tuple(done.stdout.splitlines()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what would be installed; returns 1 when something would not."""
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/check-musl")
    parser.add_argument(
        "requirement", nargs="*", help="check these instead of the manifest's, such as ncnn==1.0"
    )
    requirements = parser.parse_args(arguments).requirement or manifest_requirements()
    constraint_files = constraints_of_home_assistant()
    if not constraint_files:
        print("No Home Assistant is installed: run scripts/setup first.", file=sys.stderr)
        return 1

    failed = False
    for constraints in constraint_files:
        for platform in PLATFORMS:
            resolution = resolve(requirements, platform, constraints)
            name = f"{platform}, constraints of {constraints.relative_to(ROOT).parts[0]}"
            if resolution.problem is None:
                print(f"{name}: {' '.join(resolution.packages)}")
            else:
                failed = True
                print(f"{name}: does not install\n{resolution.problem}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
