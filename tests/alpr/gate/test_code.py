"""Codes: what is kept of them, and how often they may be guessed."""

from __future__ import annotations

import hashlib
from unittest.mock import patch

import pytest

from custom_components.alpr_gate.alpr.gate.code import CodeGuard, KeptCode, fitting, is_code
from custom_components.alpr_gate.alpr.gate.vehicle import (
    Vehicle,
    vehicle_from_json,
    vehicle_to_json,
)

SALT, OTHER = bytes(16), bytes(range(16))


@pytest.mark.parametrize("text", ["0000", "1234", "012345678901"])
def test_four_to_twelve_digits_are_a_code(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize(
    "text", ["", "123", "0123456789012", "12a4", "-1234", "1234 ", "1 234", "12.4", "١٢٣٤", "²³¹²"]
)
def test_nothing_else_is_a_code(text: str) -> None:
    assert not is_code(text)


def test_a_code_fits_itself_and_no_other() -> None:
    kept = KeptCode.of("0420", SALT)
    assert fitting("0420", [kept]) == {kept}
    for other in ("420", "00420", "0421", "0240", ""):
        assert fitting(other, [kept]) == frozenset()


def test_the_same_code_with_another_salt_is_kept_as_something_else() -> None:
    one, other = KeptCode.of("1234", SALT), KeptCode.of("1234", OTHER)
    assert one != other
    assert one.digest != other.digest
    assert fitting("1234", [one, other]) == {one, other}


def test_a_code_is_hashed_slowly_and_once_for_all_that_have_one_salt() -> None:
    kept = [KeptCode.of(f"{number:04}", SALT) for number in range(3)]
    kept.append(KeptCode.of("7777", OTHER))
    with patch.object(hashlib, "scrypt", wraps=hashlib.scrypt) as scrypt:
        assert fitting("0002", kept) == {kept[2]}
    assert scrypt.call_count == 2
    for call in scrypt.call_args_list:
        work = call.kwargs
        assert 128 * work["n"] * work["r"] * work["p"] >= 80 * 1024 * 1024


def test_what_is_kept_comes_back_from_the_disk_and_cannot_be_read() -> None:
    kept = KeptCode.of("123456", SALT)
    assert KeptCode.from_text(kept.text) == kept
    assert "123456" not in kept.text
    assert repr(kept) == "KeptCode()"
    assert kept.digest.hex() not in f"{kept!r} {kept} {Vehicle('v', 'Anna', 'AB123', code=kept)!r}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234",
        None,
        1234.0,
        f"md5${bytes(16).hex()}${bytes(32).hex()}",
        f"scrypt1${bytes(15).hex()}${bytes(32).hex()}",
        f"scrypt1${bytes(16).hex()}${bytes(31).hex()}",
        f"scrypt1${bytes(16).hex()}",
        f"scrypt1${'z' * 32}${bytes(32).hex()}",
    ],
)
def test_what_is_no_kept_code_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"kept code|fromhex"):
        KeptCode.from_text(text)


def test_a_vehicle_s_code_is_saved_with_it_and_an_older_list_has_none() -> None:
    vehicle = Vehicle("v1", "Anna", "AB123CD", code=KeptCode.of("1234", SALT))
    saved = vehicle_to_json(vehicle)
    assert "1234" not in str(saved["code"])
    assert vehicle_from_json(saved) == vehicle
    del saved["code"]
    assert vehicle_from_json(saved).code is None
    with pytest.raises(ValueError, match="kept code"):
        vehicle_from_json(saved | {"code": "1234"})


def wrong(guard: CodeGuard, *moments: float) -> None:
    for now in moments:
        assert not guard.refuses(now)
        guard.trying(now)


def test_after_five_wrong_codes_none_is_taken_for_a_quarter_of_an_hour() -> None:
    guard = CodeGuard()
    wrong(guard, 0.0, 1.0, 2.0, 3.0)
    assert not guard.refuses(3.0)
    wrong(guard, 899.0)
    for now in (899.0, 900.0, 1798.9):
        assert guard.refuses(now)
    assert not guard.refuses(1799.0)


def test_five_wrong_codes_at_the_same_instant_are_refused_once() -> None:
    guard = CodeGuard()
    wrong(guard, *[100.0] * 5)
    assert guard.refuses(999.9)
    wrong(guard, 1000.0, 1001.0, 1002.0, 1003.0)
    assert not guard.refuses(1003.0)


def test_wrong_codes_further_apart_than_a_quarter_of_an_hour_are_not_counted_together() -> None:
    guard = CodeGuard()
    wrong(guard, 0.0, 300.0, 600.0, 899.0, 900.0)
    assert not guard.refuses(900.0)
    wrong(guard, 901.0)
    assert guard.refuses(901.0)


def test_a_right_code_is_not_counted_and_forgives_no_wrong_one() -> None:
    guard = CodeGuard()
    for now in range(4):
        wrong(guard, float(now))
        wrong(guard, now + 0.5)
        assert now < 3 or guard.refuses(now + 0.5)
        guard.was_right()
        assert not guard.refuses(now + 0.5)
    wrong(guard, 5.0)
    assert guard.refuses(5.0)
