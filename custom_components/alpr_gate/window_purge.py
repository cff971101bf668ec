"""Destroys what the window need not hold any longer, and looks whether it is gone.

Deleted content is overwritten (`secure_delete`), the journal is truncated, and then the files are
read again: the bytes of what was destroyed must be gone. SQLite may leave copies in the unused part
of a page when it rebalances a tree; when the look finds such a trace, the whole file is rewritten
and looked at again. Only what the second look finds counts as a failure.

Everything blocks and belongs to the thread of the window (`window.py`). Times are trusted Unix
seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .erasure import Traces, remains, samples_of
from .window_records import NOTHING_DESTROYED, Destruction

if TYPE_CHECKING:
    import sqlite3

    from .window_file import WindowFile

BATCH: Final = 5_000
"""Visits destroyed in one transaction."""
PICTURE_BATCH: Final = 100
"""Pictures destroyed in one transaction: they are large."""
MOST_TRACES: Final = 200_000
"""Traces looked for at once: bounds memory; more are destroyed and looked for in several rounds."""


class WindowPurge:
    """Destruction in an open window file."""

    def __init__(self, file: WindowFile) -> None:
        """Use ``file``, which its owner opens and closes."""
        self._file = file

    @property
    def _db(self) -> sqlite3.Connection:
        return self._file.db

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
