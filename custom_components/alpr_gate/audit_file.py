"""The two files of the account: its lines, and the head that names the last of them.

What is appended is on disk, flushed and synced, before the call returns. Everything blocks.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
import json
import os
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HEAD_SUFFIX: Final = ".head"
FRESH_SUFFIX: Final = ".new"


@dataclass(frozen=True, slots=True)
class Head:
    """The last record's number and hash."""

    number: int
    hash: str


class AuditFile:
    """Lines that only their owner may read; knows nothing of what is in them."""

    def __init__(self, path: Path) -> None:
        """Use the files at ``path``; nothing is read yet."""
        self.path = path
        self.head_path = path.with_name(path.name + HEAD_SUFFIX)

    def prepare(self) -> None:
        """Make the folder, and cut off the half line that a power cut left."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError), self.path.open("r+b") as file:
            content = file.read()
            if content and not content.endswith(b"\n"):
                file.truncate(content.rfind(b"\n") + 1)

    def lines(self) -> Iterator[bytes]:
        """Every line, the oldest first."""
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as lines:
            yield from lines

    def head(self) -> Head | None:
        """What the head says; None when it is missing or makes no sense."""
        try:
            raw = json.loads(self.head_path.read_text(encoding="utf-8"))
            return Head(int(raw["number"]), str(raw["hash"]))
        except ArithmeticError, KeyError, OSError, TypeError, ValueError:
            return None

    def append(self, line: str, head: Head) -> None:
        """Write one more line, and the head that names it; an OSError leaves what was there."""
        length = self._length()
        try:
            with _private(self.path, "ab") as file:
                _write(file, [line.encode()])
            self._write_head(head)
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(self.path, length)
            raise

    def replace(self, lines: Iterable[bytes], head: Head) -> None:
        """Put other lines in the place of all there are."""
        _write_anew(self.path, lines)
        self._write_head(head)

    def _write_head(self, head: Head) -> None:
        text = json.dumps({"number": head.number, "hash": head.hash})
        _write_anew(self.head_path, [text.encode()])

    def _length(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def _write_anew(path: Path, lines: Iterable[bytes]) -> None:
    """All or nothing."""
    fresh = path.with_name(path.name + FRESH_SUFFIX)
    with _private(fresh, "wb") as file:
        _write(file, lines)
    fresh.replace(path)


def _write(file: IO[bytes], lines: Iterable[bytes]) -> None:
    file.writelines(lines)
    file.flush()
    os.fsync(file.fileno())


def _private(path: Path, mode: str) -> IO[bytes]:
    """Open ``path`` so that only its owner may read it."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    return open(path, mode, opener=opener)
