"""Who did what, when and why: a chain of records in which nothing can be changed unseen.

Every record carries the hash of the one before, and the file's head names the last record, so a
changed, a removed and a cut-off record all show. Records hold no plates: vehicles and visits are
named by their ids. Times are Unix seconds.

The chain proves that nobody edited the file by hand. It cannot prove anything against somebody who
rewrites the whole chain with this program's own code: keep the head's hash elsewhere for that, as
the certificate of `verify_retention` does.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
import hashlib
import json
import math
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from .audit_file import AuditFile, Head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

GENESIS: Final = "0" * 64
"""What the first record names as the one before it."""
TRIMMED_TO: Final = "first_record"


class AuditAction(StrEnum):
    """What can be done that must be accounted for."""

    STARTED = "started"
    VEHICLE_ADDED = "vehicle_added"
    VEHICLE_CHANGED = "vehicle_changed"
    VEHICLE_REMOVED = "vehicle_removed"
    VEHICLE_FORGOTTEN = "vehicle_forgotten"
    VEHICLE_EXPORTED = "vehicle_exported"
    LIST_READ = "list_read"
    SCANNED = "scanned"
    """Somebody had the plates in view read."""
    SETTINGS_CHANGED = "settings_changed"
    OPENED = "opened"
    """Written before the one command is given: what cannot be written is not done."""
    CAME_TO_NOTHING = "came_to_nothing"
    """What was accounted for just before did not happen, or nobody knows whether it did."""
    CONFIRMED = "confirmed"
    CODES_REFUSED = "codes_refused"
    """Too many wrong codes were typed at a gate."""
    SEARCHED = "searched"
    EVIDENCE_VIEWED = "evidence_viewed"
    LOOK_UPS_SHOWN = "look_ups_shown"
    """Somebody saw who had looked."""
    ACCESS_REQUESTED = "access_requested"
    ACCESS_APPROVED = "access_approved"
    DENIED = "denied"
    HELD = "held"
    RELEASED = "released"
    PURGED = "purged"
    PURGE_FAILED = "purge_failed"
    VERIFIED = "verified"
    NOTICE_MADE = "notice_made"
    CLOCK_JUMPED = "clock_jumped"
    AUDIT_TRIMMED = "audit_trimmed"
    AUDIT_BROKEN = "audit_broken"


class AuditFault(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """A record does not match its hash or the record before it."""
    TRUNCATED = "truncated"
    """Records are missing at the end, or the head is missing."""
    UNREADABLE = "unreadable"
    """A line is no record."""


class AuditError(Exception):
    """A record could not be written; what it accounts for must not happen."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One thing that was done."""

    number: int
    at: float
    action: AuditAction
    user: str | None
    """Id of the user from the action's context; None for the integration itself."""
    purpose: str | None
    details: Mapping[str, str | int | float | bool | None]
    previous: str
    """Hash of the record before."""
    hash: str = field(default="", compare=False)

    def sealed(self) -> AuditRecord:
        """This record with its own hash filled in."""
        return AuditRecord(**{**_plain(self), "hash": self._digest()})

    def _digest(self) -> str:
        content = {key: value for key, value in _plain(self).items() if key != "hash"}
        return hashlib.sha256(
            json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()

    @property
    def genuine(self) -> bool:
        """Whether the hash fits the content."""
        return self.hash == self._digest()

    @classmethod
    def from_line(cls, line: str) -> AuditRecord:
        """Read a line of the file; raises ValueError, KeyError or TypeError for nonsense."""
        raw: dict[str, Any] = json.loads(line)
        record = cls(**{**raw, "action": AuditAction(raw["action"])})
        if not record._is_well_formed():
            raise TypeError
        return record

    def _is_well_formed(self) -> bool:
        """Whether every field is of its kind: a line may be JSON and yet no record."""
        return (
            type(self.number) is int
            and type(self.at) in {int, float}
            and math.isfinite(self.at)
            and isinstance(self.user, str | None)
            and isinstance(self.purpose, str | None)
            and isinstance(self.details, dict)
            and all(isinstance(value, str | float | int | None) for value in self.details.values())
            and isinstance(self.previous, str)
            and isinstance(self.hash, str)
        )


def _plain(record: AuditRecord) -> dict[str, Any]:
    return {**asdict(record), "details": dict(record.details)}


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a look at the whole chain found."""

    records: int
    head: str
    """Hash of the last good record."""
    fault: AuditFault | None = None
    at_record: int | None = None
    """Number of the first record that is wrong."""


class AuditChain:
    """The chain in one file, one JSON record a line; every method blocks, so call from a worker.

    Threads take turns. A record is on disk (flushed and synced) before `append` returns; a line
    that a power cut left half-written is cut off at the next start, since it was never confirmed.
    """

    def __init__(self, path: Path) -> None:
        """Use the chain at ``path``; nothing is read yet."""
        self._file = AuditFile(path)
        self._last: Head | None = None
        self._turn = Lock()

    def open(self) -> ChainReport:
        """Mend what a power cut left, verify everything, and be ready to append."""
        with self._turn:
            self._file.prepare()
            report = self._verify()
            self._last = self._tail()
        return report

    def append(
        self,
        at: float,
        action: AuditAction,
        *,
        user: str | None = None,
        purpose: str | None = None,
        details: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> AuditRecord:
        """Write one record; raises AuditError when it is not safely on disk."""
        with self._turn:
            last = self._last or self._tail() or Head(0, GENESIS)
            self._last = None
            record = AuditRecord(
                last.number + 1, at, action, user, purpose, details or {}, last.hash
            ).sealed()
            head = Head(record.number, record.hash)
            try:
                self._file.append(_line(record), head)
            except OSError as error:
                raise AuditError(str(error)) from error
            self._last = head
        return record

    def records(self) -> Iterator[AuditRecord]:
        """Every record that can be read, the oldest first."""
        for _, record in self._lines():
            if record is not None:
                yield record

    def _lines(self) -> Iterator[tuple[bytes, AuditRecord | None]]:
        """Every line with its record; None for one that is no record."""
        for line in self._file.lines():
            try:
                yield line, AuditRecord.from_line(line.decode())
            except KeyError, TypeError, ValueError:
                yield line, None

    def verify(self) -> ChainReport:
        """Read the whole chain and tell the first thing that is wrong with it."""
        with self._turn:
            return self._verify()

    def _verify(self) -> ChainReport:
        count, previous, number = 0, GENESIS, 0
        first, trimmed_to = 1, 1
        for _, record in self._lines():
            if record is None:
                return ChainReport(count, previous, AuditFault.UNREADABLE, number + 1)
            if count == 0:
                first = record.number
            elif record.previous != previous or record.number != number + 1:
                return ChainReport(count, previous, AuditFault.CHANGED, record.number)
            if not record.genuine:
                return ChainReport(count, previous, AuditFault.CHANGED, record.number)
            if record.action is AuditAction.AUDIT_TRIMMED:
                trimmed_to = _number(record.details.get(TRIMMED_TO))
            count, previous, number = count + 1, record.hash, record.number
        if first != trimmed_to:
            return ChainReport(count, previous, AuditFault.CHANGED, trimmed_to)
        return self._against_head(count, number, previous)

    def trim(self, before: float, at: float) -> int:
        """Remove records older than ``before`` from the chain's start and say so in it.

        The note of it names the oldest record that is kept, so that nobody can remove records from
        the start unseen. Lines that cannot be read go or stay with the records around them. Returns
        how many lines were removed; the last record always stays.
        """
        with self._turn:
            return self._trim(before, at)

    def _trim(self, before: float, at: float) -> int:
        lines = list(self._lines())
        removed, first = next(
            (
                (index, record)
                for index, (_, record) in enumerate(lines)
                if record is not None and record.at >= before
            ),
            (0, None),
        )
        last = self._tail()
        has_expired = any(record is not None for _, record in lines[:removed])
        if not has_expired or first is None or last is None:
            return 0
        details = {"records": removed, TRIMMED_TO: first.number}
        note = AuditRecord(
            last.number + 1, at, AuditAction.AUDIT_TRIMMED, None, None, details, last.hash
        ).sealed()
        kept = [line for line, _ in lines[removed:]]
        head = Head(note.number, note.hash)
        self._file.replace([*kept, _line(note).encode()], head)
        self._last = head
        return removed

    def _against_head(self, count: int, number: int, digest: str) -> ChainReport:
        head = self._file.head()
        if head is None:
            fault = AuditFault.TRUNCATED if count else None
        elif number > head.number:
            fault = None
        else:
            fault = None if head == Head(number, digest) else AuditFault.TRUNCATED
        return ChainReport(count, digest, fault, number + 1 if fault else None)

    def _tail(self) -> Head | None:
        """The last record that can be read, or where the head says the chain was."""
        last: Head | None = None
        for record in self.records():
            last = Head(record.number, record.hash)
        head = self._file.head()
        if last is None or (head is not None and head.number > last.number):
            return head or last
        return last


def _number(value: object) -> int:
    """A record's number in another record's details; 0, which none has, for nonsense."""
    return value if type(value) is int else 0


def _line(record: AuditRecord) -> str:
    return json.dumps(_plain(record), sort_keys=True, separators=(",", ":")) + "\n"
