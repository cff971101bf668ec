"""The files of the repository, as git knows them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
import subprocess

ROOT = Path(__file__).resolve().parents[2]
INTEGRATION = ROOT / "custom_components" / "alpr_gate"


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is committed, or would be by the next `git add`, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (Path(name) for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


@cache
def text_of(path: Path) -> str | None:
    """The text of a file relative to the root, or None when it is not text."""
    body = (ROOT / path).read_bytes()
    if b"\0" in body[:8192]:
        return None
    return body.decode("utf-8", errors="strict")
