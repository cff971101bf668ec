"""The private folder that an engine's socket is in, and what is left of those before it.

Who kills Home Assistant leaves such a folder behind. Whoever made one holds a lock on it for as
long as it is in use, and the kernel lets go of the lock however the holder ends: so the next one
to make a folder knows which of the others nobody needs any more.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
import fcntl
import os
from pathlib import Path
import re
import shutil
import stat
import tempfile
from typing import Final

SOCKET_NAME: Final = "engine.sock"
_PREFIX: Final = "alpr_gate_"
_NAME: Final = re.compile(_PREFIX + r"[a-z0-9_]{8}")
"""What ``mkdtemp`` makes of the prefix."""
_LONGEST_SOCKET_PATH: Final = 100
"""Bytes; the kernels that Home Assistant runs on allow 103 or more."""
_OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class EngineFolder:
    """A folder that nobody else may enter, locked until it is removed."""

    path: Path
    _lock: int
    """A file descriptor of the folder."""

    @property
    def socket(self) -> Path:
        """Where the engine is to listen; short enough for a socket."""
        return self.path / SOCKET_NAME

    def remove(self) -> None:
        """Remove it with all that is in it; only once."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def make_folder() -> EngineFolder:
    """A new folder, and none of the dead ones beside it any more. Raises OSError."""
    where = Path(tempfile.gettempdir())
    if len(os.fsencode(where / (_PREFIX + "x" * 8) / SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        where = Path("/tmp")  # noqa: S108 - a folder in it, made by mkdtemp
    _sweep(where)
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where))
        # Somebody who sweeps just now may take it for a dead one.
        try:
            lock = os.open(path, _OPEN_FOLDER)
        except FileNotFoundError:
            continue
        if _take(lock) and _is_at(lock, path):
            return EngineFolder(path, lock)
        os.close(lock)


def _sweep(where: Path) -> None:
    """Remove the folders of engines that are gone; what it may not or cannot remove stays."""
    with contextlib.suppress(OSError):
        for path in where.iterdir():
            if _NAME.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    _remove_if_dead(path)


def _remove_if_dead(path: Path) -> None:
    """Remove a folder of ours that nobody holds, if nothing but a socket is in it."""
    lock = os.open(path, _OPEN_FOLDER)
    try:
        found = os.fstat(lock)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) != 0o700:
            return
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        socket = path / SOCKET_NAME
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(socket.lstat().st_mode):
                socket.unlink()
        # Fails where anything else is in it: that is not ours.
        path.rmdir()
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    """Lock a new folder, where folders can be locked; elsewhere none is ever swept."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _is_at(lock: int, path: Path) -> bool:
    """Whether the folder that was opened is still the one at its path."""
    try:
        return os.path.samestat(os.fstat(lock), path.lstat())
    except FileNotFoundError:
        return False
