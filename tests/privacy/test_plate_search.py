"""A plate is found wherever, and in whatever shape, it was written down."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
import sqlite3

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.byte_finder import PIECE, ByteFinder
from custom_components.alpr_gate.plate_search import PlateFinder, search

PLATE = "KX07HBD"
SHAPES = {
    "plain": b"KX07HBD",
    "lower case": b"kx07hbd",
    "spaced": b"KX 07 HBD",
    "hyphens": b"KX-07-HBD",
    "letter by letter": b"K X 0 7 H B D",
    "reversed": b"DBH70XK",
    "split where no digit begins": b"KX0 7HBD",
    "in three groups": b"k.x07.hbd",
    "as in Germany": b"K-X0 7HBD",
    "as an id": b"sensor.kx07_hbd",
    "letter O for a zero": b"KXO7HBD",
    "letter o for a zero, spaced": b"kxo7 hbd",
    "base64": base64.b64encode(b"KX07HBD"),
    "base64 inside other text": base64.b64encode(b"x: KX07HBD, y"),
    "base64 of lower case": base64.b64encode(b"ab kx07hbd"),
    "md5": hashlib.md5(b"KX07HBD").hexdigest().encode(),
    "sha1": hashlib.sha1(b"KX07HBD").hexdigest().encode(),
    "sha256 in capitals": hashlib.sha256(b"KX07HBD").hexdigest().upper().encode(),
    "sha256 of lower case": hashlib.sha256(b"kx07hbd").hexdigest().encode(),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_planted_plate_is_found_and_only_its_place_is_told(tmp_path: Path, shape: bytes) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    planted = tmp_path / "deep" / "er" / "log"
    planted.write_bytes(os.urandom(10_000) + shape + os.urandom(10_000))
    (tmp_path / "clean").write_bytes(os.urandom(50_000))
    report = search(tmp_path, {"vehicle-1": PLATE, "vehicle-2": "ZZ99ZZZ"})
    assert [(finding.path, finding.vehicle) for finding in report.findings] == [
        (planted, "vehicle-1")
    ]
    assert report.files == 2
    assert "KX07" not in repr(report)


def test_a_plate_in_a_database_is_found(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "home-assistant_v2.db") as db:
        db.execute("CREATE TABLE states (state TEXT, other TEXT)")
        db.execute("INSERT INTO states VALUES (?, ?)", (PLATE, "right behind it"))
    db.close()
    assert len(search(tmp_path, {"vehicle-1": PLATE}).findings) == 1


def test_where_plates_belong_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "register").write_text(PLATE)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text(PLATE)
    leave_out = [tmp_path / "register", tmp_path / "folder"]
    report = search(tmp_path, {"v": PLATE}, leave_out=leave_out)
    assert (report.files, report.findings) == (0, ())


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text(PLATE)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside / "file")
    (inside / "folder").symlink_to(outside)
    assert search(inside, {"v": PLATE}).findings == ()


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(PLATE)

    def refuse(_finder: PlateFinder, _path: Path) -> frozenset[str | None]:
        raise PermissionError

    monkeypatch.setattr(PlateFinder, "in_file", refuse)
    report = search(tmp_path, {"v": PLATE})
    assert (report.files, report.unreadable) == (0, (tmp_path / "secret",))


@pytest.mark.parametrize(
    ("plate", "written"),
    [
        ("AB12CDE", b"AB12 CDE"),
        ("MAB1234", b"M-AB 1234"),
        ("MAB1234", b"M AB 1234"),
        ("MAB1O34", b"m.ab.1034"),
        ("MABI0O4", b"MAB IO04"),
        ("A1B2C3D", b"a-1-b-2-c-3-d"),
        ("1234567", b"12 34 567"),
    ],
)
def test_a_plate_is_found_however_its_country_spaces_it(plate: str, written: bytes) -> None:
    assert PlateFinder({"v": plate}).in_bytes(b"x: " + written + b", y") == {"v"}


@pytest.mark.parametrize(
    ("plate", "text"),
    [
        pytest.param("1234567", b"1234.567, 12-34-567", id="digits with dots are a number"),
        pytest.param("AB12CDE", b"aB12cDe", id="base64 mixes capitals and small letters"),
        pytest.param("AB12CDE", b"AB12  CDE, AB12 - CDE", id="more than one separator"),
        pytest.param("AB12CDE", b"A B1 2C DE", id="too many groups"),
        pytest.param("AB1", b"AB1, A B1", id="too short a plate"),
        pytest.param("KX07HBD", b"DBH7 0XK", id="spaced and reversed"),
    ],
)
def test_what_only_looks_like_a_plate_is_not_found(plate: str, text: bytes) -> None:
    assert PlateFinder({"v": plate}).in_bytes(text) == set()


def test_a_short_plate_is_looked_for_by_its_hashes_only() -> None:
    finder = PlateFinder({"v": "AB12"})
    assert finder.in_bytes(b"AB12, AB 12") == set()
    assert finder.in_bytes(hashlib.sha256(b"AB12").hexdigest().encode()) == {"v"}


@pytest.mark.parametrize("offset", [PIECE - 18, PIECE - 9, PIECE - 1])
def test_a_spaced_plate_is_found_on_the_border_of_two_pieces(tmp_path: Path, offset: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(offset) + b"K X 0 7 H B D" + bytes(50))
    assert PlateFinder({"v": PLATE}).in_file(path) == {"v"}


def test_random_data_holds_no_plate_by_chance(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(os.urandom(8_000_000))
    plates = {str(number): f"AB{number:03d}CD" for number in range(1_000)}
    assert search(tmp_path, plates).findings == ()


@given(
    st.lists(st.binary(min_size=4, max_size=40), min_size=1, max_size=20, unique=True),
    st.binary(max_size=400),
    st.data(),
)
def test_the_finder_finds_exactly_what_is_there(
    strings: list[bytes], noise: bytes, data: st.DataObject
) -> None:
    planted = data.draw(st.sampled_from(strings))
    position = data.draw(st.integers(0, len(noise)))
    text = noise[:position] + planted + noise[position:]
    assert ByteFinder(strings).in_bytes(text) == {s for s in strings if s in text}


@pytest.mark.parametrize("offset", [PIECE - 30, PIECE - 7, PIECE - 1, PIECE, 2 * PIECE - 3])
def test_nothing_hides_on_the_border_of_two_pieces(tmp_path: Path, offset: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(offset) + b"find me" + bytes(50))
    assert ByteFinder([b"find me", b"not there at all"]).in_file(path) == {b"find me"}


def test_strings_too_short_to_mean_anything_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        ByteFinder([b"abc"])


def test_nothing_is_found_when_nothing_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"anything")
    assert ByteFinder([]).in_file(tmp_path / "file") == frozenset()
    assert ByteFinder([b"something"]).in_file(tmp_path / "missing") == frozenset()
    assert ByteFinder([b"something"]).in_bytes(b"") == frozenset()
