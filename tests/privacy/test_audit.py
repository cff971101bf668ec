"""The chain of who did what: nothing in it can be changed, removed or cut off unseen."""

from __future__ import annotations

import json
import os
from pathlib import Path
import stat

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.alpr_gate.audit import (
    AuditAction,
    AuditChain,
    AuditError,
    AuditFault,
    AuditRecord,
)


@pytest.fixture
def chain(tmp_path: Path) -> AuditChain:
    """A chain of five records."""
    chain = AuditChain(tmp_path / "audit")
    chain.open()
    for number in range(5):
        chain.append(float(number), AuditAction.SEARCHED, user="u1", purpose=f"purpose {number}")
    return chain


def _lines(chain: AuditChain) -> list[str]:
    return chain._file.path.read_text().splitlines(keepends=True)


def _write(chain: AuditChain, lines: list[str]) -> None:
    chain._file.path.write_text("".join(lines))


def test_an_untouched_chain_is_whole(chain: AuditChain) -> None:
    report = chain.verify()
    assert (report.records, report.fault) == (5, None)
    assert report.head == list(chain.records())[-1].hash


def test_a_new_chain_is_whole_and_empty(tmp_path: Path) -> None:
    assert AuditChain(tmp_path / "none").open().records == 0


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize(
    ("field", "value"), [("purpose", "another"), ("user", "u2"), ("at", 9.5), ("action", "held")]
)
def test_a_changed_record_is_found(
    chain: AuditChain, index: int, field: str, value: object
) -> None:
    lines = _lines(chain)
    lines[index] = json.dumps({**json.loads(lines[index]), field: value}) + "\n"
    _write(chain, lines)
    report = chain.verify()
    assert (report.fault, report.at_record) == (AuditFault.CHANGED, index + 1)


@pytest.mark.parametrize("index", range(1, 4))
def test_a_changed_record_with_a_fresh_hash_of_its_own_is_found_by_the_next(
    chain: AuditChain, index: int
) -> None:
    lines = _lines(chain)
    record = AuditRecord.from_line(lines[index])
    forged = AuditRecord(
        record.number, record.at, record.action, "innocent", record.purpose, {}, record.previous
    ).sealed()
    lines[index] = (
        json.dumps(
            {
                "number": forged.number,
                "at": forged.at,
                "action": forged.action,
                "user": forged.user,
                "purpose": forged.purpose,
                "details": {},
                "previous": forged.previous,
                "hash": forged.hash,
            }
        )
        + "\n"
    )
    _write(chain, lines)
    assert chain.verify().fault is AuditFault.CHANGED


@pytest.mark.parametrize("index", range(4))
def test_a_removed_record_is_found(chain: AuditChain, index: int) -> None:
    lines = _lines(chain)
    del lines[index]
    _write(chain, lines)
    assert chain.verify().fault is AuditFault.CHANGED


@pytest.mark.parametrize("kept", range(5))
def test_a_cut_off_end_is_found_at_the_next_start(chain: AuditChain, kept: int) -> None:
    _write(chain, _lines(chain)[:kept])
    assert AuditChain(chain._file.path).open().fault is AuditFault.TRUNCATED


def test_a_missing_head_is_found(chain: AuditChain) -> None:
    chain._file.head_path.unlink()
    assert chain.verify().fault is AuditFault.TRUNCATED


def test_a_line_that_is_no_record_is_found(chain: AuditChain) -> None:
    lines = _lines(chain)
    lines[2] = "nonsense\n"
    _write(chain, lines)
    report = chain.verify()
    assert (report.fault, report.at_record) == (AuditFault.UNREADABLE, 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("details", None),
        ("details", ["vehicle"]),
        ("details", {"vehicle": ["v1"]}),
        ("number", "3"),
        ("number", None),
        ("at", None),
        ("at", float("nan")),
        ("user", 7),
        ("purpose", {}),
        ("previous", None),
        ("hash", None),
        ("action", []),
    ],
)
def test_a_field_of_another_kind_makes_a_line_no_record(
    chain: AuditChain, field: str, value: object
) -> None:
    lines = _lines(chain)
    lines[2] = json.dumps({**json.loads(lines[2]), field: value}) + "\n"
    _write(chain, lines)
    report = AuditChain(chain._file.path).open()
    assert (report.fault, report.at_record) == (AuditFault.UNREADABLE, 3)


def test_after_a_power_cut_the_half_line_goes_and_the_rest_is_whole(chain: AuditChain) -> None:
    with chain._file.path.open("a") as file:
        file.write('{"number": 6, "at"')
    again = AuditChain(chain._file.path)
    assert (again.open().records, again.verify().fault) == (5, None)
    again.append(9.0, AuditAction.STARTED)
    assert (again.verify().records, again.verify().fault) == (6, None)


def test_a_power_cut_between_record_and_head_loses_nothing(chain: AuditChain) -> None:
    head = chain._file.head_path.read_bytes()
    chain.append(9.0, AuditAction.HELD)
    chain._file.head_path.write_bytes(head)
    again = AuditChain(chain._file.path)
    assert (again.open().records, again.verify().fault) == (6, None)


def test_records_go_on_after_a_restart(chain: AuditChain) -> None:
    again = AuditChain(chain._file.path)
    again.open()
    assert again.append(9.0, AuditAction.STARTED).number == 6
    assert again.verify().fault is None


def test_new_records_after_a_cut_do_not_hide_it(chain: AuditChain) -> None:
    _write(chain, _lines(chain)[:2])
    again = AuditChain(chain._file.path)
    again.open()
    again.append(9.0, AuditAction.AUDIT_BROKEN)
    assert again.verify().fault is AuditFault.CHANGED


def test_old_records_can_go_but_not_unseen(chain: AuditChain) -> None:
    assert chain.trim(before=3.0, at=10.0) == 3
    assert [record.action for record in chain.records()][-1] is AuditAction.AUDIT_TRIMMED
    assert chain.verify().fault is None
    _write(chain, _lines(chain)[1:])
    assert chain.verify().fault is AuditFault.CHANGED


def test_trimming_twice_leaves_a_whole_chain(chain: AuditChain) -> None:
    chain.trim(before=2.0, at=10.0)
    chain.append(11.0, AuditAction.STARTED)
    chain.trim(before=10.5, at=12.0)
    report = AuditChain(chain._file.path).open()
    assert (report.records, report.fault) == (2, None)


def test_trimming_goes_on_past_lines_that_cannot_be_read(chain: AuditChain) -> None:
    lines = _lines(chain)
    chain._file.path.write_bytes(
        "".join([lines[0], "nonsense\n", *lines[2:4]]).encode() + b"\xff\n" + lines[4].encode()
    )
    assert [record.number for record in chain.records()] == [1, 3, 4, 5]
    assert chain.trim(before=3.0, at=10.0) == 3
    assert [record.number for record in chain.records()] == [4, 5, 6]
    assert b"\xff\n" in chain._file.path.read_bytes()
    assert AuditChain(chain._file.path).open().fault is AuditFault.UNREADABLE
    chain.trim(before=4.0, at=11.0)
    assert AuditChain(chain._file.path).open().fault is None


def test_trimming_takes_no_line_away_while_no_record_is_too_old(chain: AuditChain) -> None:
    chain._file.path.write_text("nonsense\n" + "".join(_lines(chain)))
    assert chain.trim(before=0.0, at=10.0) == 0
    assert chain.verify().fault is AuditFault.UNREADABLE


def test_trimming_never_empties_the_chain(chain: AuditChain) -> None:
    assert chain.trim(before=100.0, at=101.0) == 0
    assert chain.verify().records == 5


def test_only_the_owner_of_the_files_may_read_them(chain: AuditChain) -> None:
    for path in (chain._file.path, chain._file.head_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_fault_37_a_record_that_cannot_be_written_is_refused(
    chain: AuditChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AuditError, match="No space"):
        chain.append(9.0, AuditAction.OPENED)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_byte_goes_unseen(chain: AuditChain, data: st.DataObject) -> None:
    content = chain._file.path.read_bytes()
    position = data.draw(st.integers(0, len(content) - 2))
    flipped = bytes([content[position] ^ data.draw(st.integers(1, 255))])
    chain._file.path.write_bytes(content[:position] + flipped + content[position + 1 :])
    try:
        assert chain.verify().fault is not None
    finally:
        chain._file.path.write_bytes(content)


def test_a_record_that_failed_leaves_nothing_that_the_next_would_trip_over(
    chain: AuditChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_record: AuditRecord) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(chain._file, "_write_head", full)
        with pytest.raises(AuditError):
            chain.append(6.0, AuditAction.OPENED)
    record = chain.append(7.0, AuditAction.OPENED)
    assert record.number == 6
    assert chain.verify().fault is None
    assert chain.verify().records == 6
