"""The window's file: an SQLite database that only this program may read."""

from __future__ import annotations

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


class WindowDamagedError(Exception):
    """The file is no window; it must be put aside."""


class WindowFile:
    """One open database; blocks, and belongs to one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Use the file ``path``; `open` makes it."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self.ended_badly = False
        """The last run was cut off: its journal may hold what was being destroyed."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file in which content may lie."""
        return self._path, self._path.with_name(self._path.name + "-wal")

    def open(self) -> None:
        """Open or make the file, mode 0600.

        Raises WindowDamagedError when it is no window, and OSError or sqlite3.OperationalError when
        the disk does not allow it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = self.files[1]
        self.ended_badly = journal.exists() and journal.stat().st_size > 0
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        self._path.chmod(0o600)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
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
        except sqlite3.OperationalError:
            connection.close()
            raise
        except (sqlite3.DatabaseError, WindowDamagedError) as error:
            connection.close()
            raise WindowDamagedError(str(error)) from error
        self._connection = connection

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
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rewrite(self) -> None:
        """Write the whole file anew, without what its unused parts may hold."""
        self.db.execute("VACUUM")
        self.truncate_journal()

    def transaction(self) -> _Transaction:
        """All or nothing; on disk once the journal is emptied."""
        return _Transaction(self.db)


class _Transaction:
    """All or nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
