"""Fetch the open fonts of ``fonts.toml`` from packages into ``training/work/fonts``.

``python -m training.plates.fetch_fonts``. Packages that cannot be had are named and left
out: the generator draws with its own strokes for want of fonts.
"""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys
import tarfile
import tempfile
import tomllib

from training.plates.fonts import FONT_TABLE, FONTS_DIR

_SUFFIXES = (".ttf", ".otf")


def _keep(source: Path, target: Path) -> int:
    target.mkdir(parents=True, exist_ok=True)
    found = [path for path in source.rglob("*") if path.suffix.lower() in _SUFFIXES]
    for path in found:
        (target / path.name).write_bytes(path.read_bytes())
    return len(found)


def _fetch_debian(package: str, target: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        _run(folder, "apt-get", "download", package)
        archive = next(Path(folder).glob("*.deb"))
        _run(folder, "dpkg", "-x", str(archive), "unpacked")
        return _keep(Path(folder) / "unpacked", target)


def _run(folder: str, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _fetch_npm(package: str, target: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True
        )
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            tar.extractall(Path(folder) / "unpacked", filter="data")
        return _keep(Path(folder) / "unpacked", target)


_FETCHERS = {"debian": _fetch_debian, "npm": _fetch_npm}


def fetch() -> list[str]:
    """Fetch every package of the table that is not there yet; the names of those that failed."""
    table = tomllib.loads(FONT_TABLE.read_text(encoding="utf-8"))
    failed = []
    for source, fetcher in _FETCHERS.items():
        for row in table.get(source, ()):
            package = str(row["package"])
            target = FONTS_DIR / package.replace("/", "_")
            if target.is_dir() and any(target.iterdir()):
                continue
            try:
                count = fetcher(package, target)
            except (subprocess.CalledProcessError, OSError, StopIteration):
                failed.append(package)
                continue
            print(f"{package}: {count} fonts")
    return failed


def main() -> int:
    """Fetch all; exit status 1 if nothing at all could be had."""
    failed = fetch()
    for package in failed:
        print(f"could not be fetched: {package}", file=sys.stderr)
    return 0 if FONTS_DIR.is_dir() and any(FONTS_DIR.iterdir()) else 1


if __name__ == "__main__":
    sys.exit(main())
