"""What `verify_retention` answers: what was searched, what was found, and what nobody can prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util

from .notice import span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeassistant.util.json import JsonValueType

    from .audit import ChainReport
    from .plate_search import SearchReport
    from .retention import Retention
    from .window_records import Destruction, Hold


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was looked at for one certificate."""

    retention: Retention
    purge: Destruction | None
    """None when the window could not be used."""
    visits: int
    pictures: int
    overdue: int
    """Visits that should have been destroyed."""
    holds: Sequence[Hold]
    search: SearchReport
    left_out: Sequence[str]
    chain: ChainReport
    cannot_be_proved: Sequence[str]


def certify(evidence: Evidence, names: Mapping[str, str]) -> dict[str, JsonValueType]:
    """The certificate as a response; ``names`` are those of listed vehicles by their ids."""
    search, chain, purge = evidence.search, evidence.chain, evidence.purge
    return {
        "at": dt_util.now().isoformat(timespec="seconds"),
        "clean": is_clean(evidence),
        "kept_for": _kept_for(evidence.retention),
        "window": {
            "visits": evidence.visits,
            "pictures": evidence.pictures,
            "overdue": evidence.overdue,
            "destroyed_now": None if purge is None else purge.visits,
            "pictures_destroyed_now": None if purge is None else purge.pictures,
            "traces_looked_for": None if purge is None else purge.traces_looked_for,
            "traces_left": None if purge is None else purge.traces_left,
        },
        "holds": [
            {
                "visit": hold.mark,
                "until": dt_util.utc_from_timestamp(hold.until).isoformat(timespec="seconds"),
                "reason": hold.reason,
                "person": hold.person,
            }
            for hold in evidence.holds
        ],
        "searched": {
            "files": search.files,
            "bytes": search.bytes,
            "plates": len(names),
            "left_out": list(evidence.left_out),
            "unreadable": [str(path.name) for path in search.unreadable],
        },
        "found": [
            {
                "place": finding.place,
                "what": "destroyed picture" if finding.vehicle is None else "plate",
                "vehicle": None
                if finding.vehicle is None
                else names.get(finding.vehicle, finding.vehicle),
            }
            for finding in search.findings
        ],
        "account": {
            "records": chain.records,
            "head": chain.head,
            "fault": chain.fault and chain.fault.value,
            "first_wrong_record": chain.at_record,
        },
        "cannot_be_proved": list(evidence.cannot_be_proved),
    }


def is_clean(evidence: Evidence) -> bool:
    """Whether nothing at all was found amiss."""
    return (
        evidence.purge is not None
        and evidence.purge.verified
        and not evidence.overdue
        and not evidence.search.findings
        and not evidence.search.unreadable
        and evidence.chain.fault is None
    )


def _kept_for(kept: Retention) -> dict[str, JsonValueType]:
    def pictures(seconds: float | None) -> str:
        return "not kept" if seconds is None else span(timedelta(seconds=seconds))

    return {
        "listed_visits": span(kept.listed),
        "listed_pictures": pictures(kept.picture_lifetime(listed=True)),
        "unknown_visits": span(kept.unknown_visits),
        "unknown_pictures": pictures(kept.picture_lifetime(listed=False)),
        "unknown_in_memory": span(kept.memory),
    }
