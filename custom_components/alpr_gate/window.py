"""The rolling window: the one file that writes visits to disk, and destroys them again.

SQLite in Home Assistant's cache folder, which its backups leave out. Every method blocks and
belongs to one thread (`archive.py` sees to that). Times are trusted Unix seconds
(`retention.TrustedClock`).

Deleted content is overwritten (`secure_delete`), the journal is truncated, and then the files are
read again: the bytes of what was destroyed must be gone. SQLite may leave copies in the unused part
of a page when it rebalances a tree; when the look finds such a trace, the whole file is rewritten
and looked at again. Only what the second look finds counts as a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .erasure import Traces, remains, samples_of

if TYPE_CHECKING:
    import sqlite3

    from .window_file import WindowFile

BATCH: Final = 5_000
"""Visits destroyed in one transaction."""
PICTURE_BATCH: Final = 100
"""Pictures destroyed in one transaction: they are large."""
MOST_TRACES: Final = 200_000
"""Traces looked for at once: bounds memory; more are destroyed and looked for in several rounds."""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What is written down of one visit: no plate."""

    mark: str
    """"v" and 32 random hexadecimal digits: names the visit, and is what an erasure looks for."""
    at: float
    gate: str
    """Id of the gate."""
    verdict: str
    reason: str
    looks: int
    vehicle: str | None = None
    """Id of a listed vehicle."""
    token: bytes | None = None
    """Keyed token of an unknown vehicle; its key dies with its day."""


@dataclass(frozen=True, slots=True)
class StoredVisit(VisitRecord):
    """A visit as it stands in the window."""

    expires: float = 0.0
    has_picture: bool = False
    held_until: float | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A visit kept beyond the window."""

    mark: str
    until: float
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Destruction:
    """What one purge destroyed and what a look at the files found afterwards."""

    visits: int
    pictures: int
    traces_looked_for: int
    traces_left: int
    """0, or the destruction failed."""
    rewritten: bool
    """The file had to be rewritten to be rid of traces."""

    pictures_destroyed: frozenset[bytes] = frozenset()
    """Samples of the destroyed pictures, to look for elsewhere too."""

    @property
    def verified(self) -> bool:
        """Whether everything destroyed is gone."""
        return self.traces_left == 0

    def plus(self, other: Destruction) -> Destruction:
        """Both together."""
        return Destruction(
            self.visits + other.visits,
            self.pictures + other.pictures,
            self.traces_looked_for + other.traces_looked_for,
            self.traces_left + other.traces_left,
            rewritten=self.rewritten or other.rewritten,
            pictures_destroyed=self.pictures_destroyed or other.pictures_destroyed,
        )


NOTHING_DESTROYED: Final = Destruction(0, 0, 0, 0, rewritten=False)


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

    # ------------------------------------------------------------------ destruction

    def shorten(
        self,
        *,
        listed: float,
        unknown: float,
        listed_pictures: float | None,
        unknown_pictures: float | None,
    ) -> None:
        """Apply shorter lifetimes (seconds) to what is there; nothing is ever prolonged.

        None for pictures: none are kept any more.
        """
        with self._file.transaction():
            self._db.execute(
                "UPDATE visits SET expires = at + CASE WHEN vehicle IS NULL THEN ?1 ELSE ?2 END"
                " WHERE expires > at + CASE WHEN vehicle IS NULL THEN ?1 ELSE ?2 END",
                (unknown, listed),
            )
            self._db.execute(
                "UPDATE pictures SET expires = min(expires, (SELECT min(v.expires, v.at +"
                " CASE WHEN v.vehicle IS NULL THEN ? ELSE ? END)"
                " FROM visits v WHERE v.number = pictures.visit))",
                (unknown_pictures or 0.0, listed_pictures or 0.0),
            )

    def has_expired(self, now: float) -> bool:
        """Whether anything is to be destroyed; only reads."""
        return bool(
            self._db.execute(
                "SELECT EXISTS (SELECT 1 FROM holds WHERE until <= ?1)"
                " OR EXISTS (SELECT 1 FROM visits v WHERE v.expires <= ?1"
                " AND v.number NOT IN (SELECT visit FROM holds))"
                " OR EXISTS (SELECT 1 FROM pictures p WHERE p.expires <= ?1"
                " AND p.visit NOT IN (SELECT visit FROM holds))",
                (now,),
            ).fetchone()[0]
        )

    def purge(self, now: float) -> Destruction:
        """Destroy what has expired and look whether it is gone."""
        if not self.has_expired(now):
            return NOTHING_DESTROYED
        with self._file.transaction():
            self._file.note_time(now)
            self._db.execute("DELETE FROM holds WHERE until <= ?", (now,))
        return self._destroy("v.expires <= ?", "p.expires <= ?", now)

    def forget(self, vehicle: str) -> Destruction:
        """Destroy every visit of one vehicle, held or not, and look whether its id is gone too."""
        with self._file.transaction():
            self._db.execute(
                "DELETE FROM holds WHERE visit IN (SELECT number FROM visits WHERE vehicle = ?)",
                (vehicle,),
            )
        mine = "p.visit IN (SELECT number FROM visits WHERE vehicle = ?)"
        return self._destroy("v.vehicle = ?", mine, vehicle, words=frozenset({vehicle.encode()}))

    def _destroy(
        self,
        visits_where: str,
        pictures_where: str,
        value: float | str,
        words: frozenset[bytes] = frozenset(),
    ) -> Destruction:
        """Destroy in rounds, each of which is looked for before the next begins."""
        total = NOTHING_DESTROYED
        while True:
            samples, pictures = self._destroy_pictures(pictures_where, value)
            marks = self._destroy_visits(visits_where, value, MOST_TRACES - len(samples))
            if not marks and not pictures:
                return total
            traces = Traces(marks, samples, words)
            total = total.plus(self._looked_at(traces, len(marks), pictures))

    def _destroy_pictures(self, where: str, value: float | str) -> tuple[frozenset[bytes], int]:
        """Destroy pictures until there are enough traces; the samples of them, and how many."""
        samples: set[bytes] = set()
        destroyed = 0
        query = (
            f"SELECT p.visit FROM pictures p WHERE {where}"
            " AND p.visit NOT IN (SELECT visit FROM holds) LIMIT ?"
        )
        while len(samples) < MOST_TRACES // 2 and (
            numbers := self._db.execute(query, (value, PICTURE_BATCH)).fetchall()
        ):
            with self._file.transaction():
                for number in numbers:
                    jpeg = self._db.execute(
                        "SELECT jpeg FROM pictures WHERE visit = ?", number
                    ).fetchone()[0]
                    samples |= samples_of(bytes(jpeg))
                    self._db.execute("DELETE FROM pictures WHERE visit = ?", number)
            destroyed += len(numbers)
        return frozenset(samples), destroyed

    def _destroy_visits(self, where: str, value: float | str, most: int) -> frozenset[bytes]:
        """Destroy at most so many visits whose picture is gone; their marks."""
        marks: set[bytes] = set()
        query = (
            f"SELECT v.number, v.mark FROM visits v WHERE {where}"
            " AND v.number NOT IN (SELECT visit FROM holds)"
            " AND v.number NOT IN (SELECT visit FROM pictures) LIMIT ?"
        )
        while len(marks) < most and (
            batch := self._db.execute(query, (value, min(BATCH, most - len(marks)))).fetchall()
        ):
            with self._file.transaction():
                self._db.executemany(
                    "DELETE FROM visits WHERE number = ?", [(number,) for number, _ in batch]
                )
            marks.update(mark.encode() for _, mark in batch)
        return frozenset(marks)

    def _looked_at(self, traces: Traces, visits: int, pictures: int) -> Destruction:
        looked_for = len(traces.marks) + len(traces.pictures) + len(traces.words)
        self._file.truncate_journal()
        left = remains(self._file.files, traces)
        rewritten = left > 0
        if rewritten:
            self._file.rewrite()
            left = remains(self._file.files, traces)
        return Destruction(visits, pictures, looked_for, left, rewritten, traces.pictures)


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
