"""The rolling window: the one file that writes visits to disk.

SQLite in Home Assistant's cache folder, which its backups leave out. Every method blocks and
belongs to one thread (`archive.py` sees to that). Times are trusted Unix seconds
(`retention.TrustedClock`). `window_purge.py` destroys what has expired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .window_records import Hold, StoredVisit

if TYPE_CHECKING:
    import sqlite3

    from .window_file import WindowFile
    from .window_records import VisitRecord


class Window:
    """Visits in an open window file."""

    def __init__(self, file: WindowFile) -> None:
        """Use ``file``, which its owner opens and closes."""
        self._file = file

    @property
    def _db(self) -> sqlite3.Connection:
        return self._file.db

    # ------------------------------------------------------------------ visits

    def record(
        self,
        visit: VisitRecord,
        *,
        expires: float,
        picture: bytes | None = None,
        picture_expires: float = 0.0,
    ) -> None:
        """Write one visit, and that its time has come; both outlive this process from now on."""
        row = (
            visit.mark,
            visit.at,
            expires,
            visit.gate,
            visit.verdict,
            visit.reason,
            visit.looks,
            visit.vehicle,
            visit.token,
        )
        with self._file.transaction():
            self._file.note_time(visit.at)
            number = self._db.execute(
                "INSERT INTO visits"
                " (mark, at, expires, gate, verdict, reason, looks, vehicle, token)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            if picture is not None:
                self._db.execute(
                    "INSERT INTO pictures VALUES (?, ?, ?)",
                    (number, min(picture_expires, expires), picture),
                )

    def search(
        self,
        now: float,
        *,
        mark: str | None = None,
        vehicle: str | None = None,
        gate: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 100,
    ) -> list[StoredVisit]:
        """The newest visits that match and have not expired, the newest first."""
        wanted = {
            "v.mark = ?": mark,
            "v.vehicle = ?": vehicle,
            "v.gate = ?": gate,
            "v.at >= ?": since,
            "v.at <= ?": until,
        }
        asked = {clause: value for clause, value in wanted.items() if value is not None}
        where = " AND ".join(["(v.expires > ? OR h.until > ?)", *asked])
        rows = self._db.execute(
            "SELECT v.mark, v.at, v.gate, v.verdict, v.reason, v.looks, v.vehicle, v.token,"
            " v.expires, p.visit IS NOT NULL, h.until FROM visits v"
            " LEFT JOIN pictures p ON p.visit = v.number LEFT JOIN holds h ON h.visit = v.number"
            f" WHERE {where} ORDER BY v.at DESC LIMIT ?",
            (now, now, *asked.values(), limit),
        )
        return [_stored(row) for row in rows]

    def picture(self, mark: str, now: float) -> bytes | None:
        """The evidence picture of a visit, unless it expired or was never kept."""
        row = self._db.execute(
            "SELECT p.jpeg FROM visits v JOIN pictures p ON p.visit = v.number"
            " LEFT JOIN holds h ON h.visit = v.number"
            " WHERE v.mark = ? AND (p.expires > ? OR h.until > ?)",
            (mark, now, now),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def overdue(self, now: float) -> int:
        """How many visits are there that should not be: expired, and not held."""
        return int(
            self._db.execute(
                "SELECT count(*) FROM visits WHERE expires <= ?"
                " AND number NOT IN (SELECT visit FROM holds WHERE until > ?)",
                (now, now),
            ).fetchone()[0]
        )

    def counts(self) -> tuple[int, int, int]:
        """How many visits, pictures and holds there are."""
        return tuple(  # type: ignore[return-value]
            int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("visits", "pictures", "holds")
        )

    # ------------------------------------------------------------------ holds

    def hold(self, mark: str, *, until: float, reason: str, person: str) -> bool:
        """Keep a visit beyond the window; False when there is no such visit."""
        row = self._db.execute("SELECT number FROM visits WHERE mark = ?", (mark,)).fetchone()
        if row is None:
            return False
        self._db.execute(
            "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", (row[0], until, reason, person)
        )
        return True

    def release(self, mark: str) -> bool:
        """End a hold, so that the visit lives by the window again; False when there is none."""
        return bool(
            self._db.execute(
                "DELETE FROM holds WHERE visit IN (SELECT number FROM visits WHERE mark = ?)",
                (mark,),
            ).rowcount
        )

    def hold_count(self) -> int:
        """How many visits are held."""
        return int(self._db.execute("SELECT count(*) FROM holds").fetchone()[0])

    def holds(self) -> list[Hold]:
        """Every visit that is held."""
        rows = self._db.execute(
            "SELECT v.mark, h.until, h.reason, h.person FROM holds h"
            " JOIN visits v ON v.number = h.visit ORDER BY h.until"
        )
        return [Hold(*row) for row in rows]


def _stored(row: tuple[Any, ...]) -> StoredVisit:
    mark, at, gate, verdict, reason, looks, vehicle, token, expires, has_picture, held_until = row
    return StoredVisit(
        mark,
        at,
        gate,
        verdict,
        reason,
        looks,
        vehicle,
        token,
        expires,
        has_picture=bool(has_picture),
        held_until=held_until,
    )
