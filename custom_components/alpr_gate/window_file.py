"""The window's file: an SQLite database that only this program may read."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION: Final = 1
JOURNAL_PAGES: Final = 4_000
"""The journal is emptied every minute; a visit waits for that only if there are 16 MB before."""
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS visits (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mark TEXT NOT NULL,
    at REAL NOT NULL,
    expires REAL NOT NULL,
    gate TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    looks INTEGER NOT NULL,
    vehicle TEXT,
    token BLOB
);
CREATE INDEX IF NOT EXISTS visits_by_vehicle ON visits (vehicle, at) WHERE vehicle IS NOT NULL;
CREATE INDEX IF NOT EXISTS visits_by_expiry ON visits (expires);
CREATE INDEX IF NOT EXISTS visits_by_time ON visits (at);
CREATE INDEX IF NOT EXISTS visits_by_gate ON visits (gate, at);
CREATE TABLE IF NOT EXISTS pictures (
    visit INTEGER PRIMARY KEY,
    expires REAL NOT NULL,
    jpeg BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS pictures_by_expiry ON pictures (expires);
CREATE TABLE IF NOT EXISTS holds (
    visit INTEGER PRIMARY KEY,
    until REAL NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS clock (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    last_seen REAL NOT NULL
);
"""

EMPTY_JOURNAL: Final = "PRAGMA wal_checkpoint(TRUNCATE)"
ASIDE_SUFFIX: Final = ".damaged"
_MISSHAPEN: Final = """
SELECT EXISTS (
    SELECT 1 FROM visits WHERE typeof(mark) <> 'text' OR typeof(gate) <> 'text'
    OR typeof(verdict) <> 'text' OR typeof(reason) <> 'text' OR typeof(looks) <> 'integer'
    OR typeof(vehicle) NOT IN ('text', 'null') OR typeof(token) NOT IN ('blob', 'null')
    OR NOT at BETWEEN 0 AND 2.5e11 OR NOT expires BETWEEN 0 AND 2.5e11
) OR EXISTS (
    SELECT 1 FROM pictures WHERE typeof(jpeg) <> 'blob' OR NOT expires BETWEEN 0 AND 2.5e11
) OR EXISTS (
    SELECT 1 FROM holds WHERE typeof(reason) <> 'text' OR typeof(person) <> 'text'
    OR NOT until BETWEEN 0 AND 2.5e11
) OR EXISTS (SELECT 1 FROM clock WHERE NOT last_seen BETWEEN 0 AND 2.5e11)
"""
"""Whether anything is there that was never written so: a damaged page may still hang together.

2.5e11 seconds are where the calendar ends.
"""
FAILURES: Final = (OSError, sqlite3.Error, UnicodeDecodeError)
"""What using the window may raise."""


class WindowDamagedError(Exception):
    """The file is no window; it must be put aside."""


def shows_damage(error: Exception) -> bool:
    """Whether one of FAILURES means a damaged file, and no disk that is full or read-only."""
    if isinstance(error, sqlite3.OperationalError):
        return str(error).startswith(("Could not decode", "no such "))
    return not isinstance(error, OSError)


class WindowFile:
    """One open database; blocks, and belongs to one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Use the file ``path``; `open` makes it."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._ended_badly = False
        """The last run was cut off: its journal may hold what was being destroyed."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file in which content may lie."""
        return self._path, self._path.with_name(self._path.name + "-wal")

    def open(self) -> None:
        """Open or make the file, mode 0600; what a power cut left in it is gone after that.

        Raises WindowDamagedError when it is no window, and OSError or sqlite3.OperationalError when
        the disk does not allow it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = self.files[1]
        self._ended_badly |= journal.exists() and journal.stat().st_size > 0
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        self._path.chmod(0o600)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection)
            if self._ended_badly:
                _rewrite(connection)
        except (*FAILURES, WindowDamagedError) as error:
            connection.close()
            # In a statement that is right, SQLITE_ERROR means names other than those of the schema.
            is_other_schema = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
            if isinstance(error, WindowDamagedError) or not (
                is_other_schema or shows_damage(error)
            ):
                raise
            raise WindowDamagedError(str(error)) from error
        self._connection = connection
        self._ended_badly = False

    def put_aside(self) -> None:
        """Give a damaged file another name and begin a new one; raises what `open` raises."""
        if self._connection is not None:
            with contextlib.suppress(*FAILURES):
                self._connection.close()
            self._connection = None
        for path in self.files:
            if path.exists():
                path.replace(_aside(path))
        self._ended_badly = False
        self.open()

    def remove_aside(self, *, written_before: float) -> None:
        """Destroy what was put aside and last written before then, by the wall clock."""
        for path in map(_aside, self.files):
            if path.exists() and path.stat().st_mtime <= written_before:
                path.unlink()

    def close(self) -> None:
        """Empty the journal and close the file."""
        if self._connection is not None:
            self.truncate_journal()
            self._connection.close()
            self._connection = None

    @property
    def is_open(self) -> bool:
        """Whether the file can be used."""
        return self._connection is not None

    @property
    def db(self) -> sqlite3.Connection:
        """The connection; raises RuntimeError when the file is not open."""
        if self._connection is None:
            raise RuntimeError("the window is not open")
        return self._connection

    def last_seen(self) -> float | None:
        """The last trusted time that was written down."""
        row = self.db.execute("SELECT last_seen FROM clock").fetchone()
        return None if row is None else float(row[0])

    def note_time(self, now: float) -> None:
        """Write down that the trusted time has reached ``now``."""
        self.db.execute("INSERT OR REPLACE INTO clock VALUES (1, ?)", (now,))

    def truncate_journal(self) -> None:
        """Move the journal's content into the file and empty the journal."""
        self.db.execute(EMPTY_JOURNAL)

    def rewrite(self) -> None:
        """Write the whole file anew, without what its unused parts may hold."""
        _rewrite(self.db)

    def transaction(self) -> _Transaction:
        """All or nothing; on disk once the journal is emptied."""
        return _Transaction(self.db)


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the connection up, make what is missing, and look whether everything is as written."""
    connection.execute("PRAGMA journal_mode = WAL")
    # Visits may be lost with the last minute before a power cut, the file may not be: what
    # must survive is in the account. It spares memory cards a flush for every car.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA busy_timeout = 2000")
    connection.execute(f"PRAGMA wal_autocheckpoint = {JOURNAL_PAGES}")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise WindowDamagedError("quick_check")
    connection.executescript(SCHEMA)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    if connection.execute(_MISSHAPEN).fetchone()[0]:
        raise WindowDamagedError("misshapen")


def _rewrite(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    connection.execute(EMPTY_JOURNAL)


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ASIDE_SUFFIX)


def destroy_window(path: Path) -> None:
    """Overwrite and delete a closed window with all that lies beside it; raises OSError."""
    for file in path.parent.glob(path.name + "*"):
        with file.open("r+b") as content:
            content.write(bytes(file.stat().st_size))
            content.flush()
            os.fsync(content.fileno())
        file.unlink()
    with contextlib.suppress(FileNotFoundError):
        path.parent.rmdir()


class _Transaction:
    """All or nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
