"""A code typed at a gate: what it confirms, who may type it, how often it may be guessed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
import threading
import time
from types import MappingProxyType
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate import code_action, gate_controller
from custom_components.alpr_gate.alpr.gate import code as codes
from custom_components.alpr_gate.alpr.gate.code import KeptCode
from custom_components.alpr_gate.audit import AuditAction
from custom_components.alpr_gate.const import DOMAIN

from .conftest import GATE_ID
from .street import BACK_CAMERA, KNOWN, STRANGER, Street, plate
from .test_faults_gate import burst_over

CODE, BACK_CODE, ANNS_CODE, BENS_CODE = "048215", "735193", "00117733", "99225511"
SALT = bytes(16)
ISSUE = (DOMAIN, f"codes_refused_{GATE_ID}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with less work, and take confirmations at once."""
    monkeypatch.setattr(codes, "_WORK", {"n": 16, "r": 8, "p": 1})
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 0.0)


def kept(code: str) -> KeptCode:
    return KeptCode.of(code, SALT)


@pytest.fixture
async def guarded(street: Street, entry: MockConfigEntry) -> AsyncIterator[Street]:
    """A gate with a code, which wants a second factor within two seconds; Ann's car is listed."""
    await street.load(
        entry,
        second_factor=True,
        second_factor_seconds=2.0,
        settle_seconds=0.0,
        code=kept(CODE).text,
    )
    await street.list_car("Ann's car", KNOWN)
    await street.until_seen()
    yield street
    await street.unload()


async def enter(hass: HomeAssistant, code: object, **data: Any) -> None:
    context = data.pop("context", None)
    await hass.services.async_call(
        DOMAIN, "enter_code", {"code": code, **data}, blocking=True, context=context
    )


async def refused(hass: HomeAssistant, code: object, **data: Any) -> str | None:
    """Why a code is not taken; the message holds nothing of it."""
    with pytest.raises(ServiceValidationError) as error:
        await enter(hass, code, **data)
    assert error.value.translation_domain == DOMAIN
    assert not error.value.translation_placeholders
    assert not code or str(code) not in f"{error.value} {error.value!r}"
    return error.value.translation_key


async def comes(street: Street, text: str, looks: int = 60) -> None:
    """A car comes and stands at the gate, and the gate asks for its second factor."""
    standing = [street.pictures.paint(plate(text, width=150)) for _ in range(looks)]
    await street.arrive([*street.pictures.approach(text), *standing])
    await street.until_told("asked", "second_factor_needed")


async def change(street: Street, **changes: object) -> None:
    """Change the gate, and let it see what stands there already."""
    await street.configure(**changes)
    await street.until_seen()


async def stays_shut(street: Street) -> None:
    await asyncio.sleep(0.4)
    assert street.commands == []


async def test_a_code_that_is_typed_after_the_plate_opens(
    hass: HomeAssistant, guarded: Street
) -> None:
    await comes(guarded, KNOWN)
    await enter(hass, CODE)
    await guarded.until_told("opened", "listed")
    assert guarded.commands == ["open_cover"]


async def test_a_code_that_is_typed_before_the_plate_opens(
    hass: HomeAssistant, guarded: Street
) -> None:
    await enter(hass, CODE, gate="front GATE")
    await guarded.arrive(guarded.pictures.approach(KNOWN))
    await guarded.until_told("opened", "listed")
    assert guarded.commands == ["open_cover"]


async def test_a_code_that_was_typed_long_before_the_plate_does_not_count(
    hass: HomeAssistant, guarded: Street
) -> None:
    await enter(hass, CODE)
    await asyncio.sleep(2.1)
    await comes(guarded, KNOWN)
    await stays_shut(guarded)


async def test_a_code_opens_for_no_stranger(hass: HomeAssistant, guarded: Street) -> None:
    await enter(hass, CODE)
    await guarded.arrive(guarded.pictures.approach(STRANGER))
    await guarded.until_told("unknown", "not_listed")
    assert guarded.commands == []


async def test_a_wrong_code_does_not_confirm_and_says_so(
    hass: HomeAssistant, guarded: Street
) -> None:
    await comes(guarded, KNOWN)
    for wrong in ("048216", "0482150", "48215", BACK_CODE, ANNS_CODE):
        assert await refused(hass, wrong) in {"code_wrong", "codes_refused"}
    await stays_shut(guarded)


async def test_a_code_is_used_up_by_the_opening(hass: HomeAssistant, guarded: Street) -> None:
    await change(guarded, second_factor_seconds=60.0)
    await guarded.list_car("Ben's car", STRANGER)
    await comes(guarded, KNOWN)
    await enter(hass, CODE)
    await guarded.until_told("opened", "listed")
    guarded.gate_is("open")
    guarded.camera.show([])
    await burst_over(guarded)
    await guarded.until(lambda: not guarded.gate.board.status.vehicle_present)
    guarded.gate_is("closed")
    guarded.events.clear()
    await comes(guarded, STRANGER)
    await asyncio.sleep(0.3)
    assert guarded.commands == ["open_cover"]
    await enter(hass, CODE)
    await guarded.until(lambda: guarded.opened == 2)


async def test_a_code_that_was_typed_before_the_gate_was_changed_does_not_count(
    hass: HomeAssistant, guarded: Street
) -> None:
    await enter(hass, CODE)
    await change(guarded, burst_length=1.6)
    await comes(guarded, KNOWN)
    await stays_shut(guarded)


async def test_no_code_counts_right_after_the_start(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker hands out again what was typed before Home Assistant started."""
    monkeypatch.setattr(gate_controller, "SETTLE_SECONDS", 10.0)
    await change(guarded, burst_length=1.6)
    for _ in range(6):
        assert await refused(hass, CODE) == "code_too_soon"
    await comes(guarded, KNOWN)
    await stays_shut(guarded)


async def test_a_code_that_is_being_compared_while_the_gate_is_changed_does_not_count(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, go_on = threading.Event(), threading.Event()

    def slowly(code: str, kept: list[KeptCode]) -> frozenset[KeptCode]:
        compared.set()
        go_on.wait(5)
        return codes.fitting(code, kept)

    monkeypatch.setattr(code_action, "fitting", slowly)
    typing = hass.async_create_task(refused(hass, CODE))
    await guarded.until(compared.is_set)
    subentry = next(iter(guarded.entry.subentries.values()))  # type: ignore[union-attr]
    data = {**subentry.data, "code": kept(BACK_CODE).text}
    hass.config_entries.async_update_subentry(guarded.entry, subentry, data=data)  # type: ignore[arg-type]
    await guarded.until(lambda: guarded.gate.config.code == kept(BACK_CODE))
    go_on.set()
    assert await typing == "code_too_soon"


@pytest.fixture
async def two_gates(guarded: Street, entry: MockConfigEntry) -> Street:
    """The same, and another gate with a code of its own."""
    changed = {
        "cameras": [BACK_CAMERA],
        "triggers": ["binary_sensor.back_loop"],
        "gate_entity": "cover.back",
        "code": kept(BACK_CODE).text,
    }
    subentry = ConfigSubentry(
        data=MappingProxyType({**entry.subentries[GATE_ID].data, **changed}),
        subentry_type="gate",
        title="Back gate",
        unique_id=None,
    )
    guarded.hass.config_entries.async_add_subentry(entry, subentry)
    await guarded.hass.async_block_till_done()
    return guarded


async def test_a_code_of_one_gate_confirms_at_no_other(
    hass: HomeAssistant, two_gates: Street
) -> None:
    assert await refused(hass, CODE) == "gate_not_named"
    await comes(two_gates, KNOWN)
    assert await refused(hass, CODE, gate="Back gate") == "code_wrong"
    assert await refused(hass, BACK_CODE, gate="Front gate") == "code_wrong"
    await enter(hass, BACK_CODE, gate="Back gate")
    await stays_shut(two_gates)
    await enter(hass, CODE, gate="Front gate")
    await two_gates.until_told("opened", "listed")


async def test_a_vehicle_s_own_code_confirms_it_and_no_other(
    hass: HomeAssistant, guarded: Street
) -> None:
    await guarded.data.register_store.remove(guarded.data.register_store.register.vehicles[0].id)
    await guarded.list_car("Ann's car", KNOWN, code=kept(ANNS_CODE))
    await guarded.list_car("Ben's car", STRANGER, code=kept(BENS_CODE))
    await comes(guarded, KNOWN)
    await enter(hass, BENS_CODE)
    await stays_shut(guarded)
    await enter(hass, ANNS_CODE)
    await guarded.until_told("opened", "listed")
    assert guarded.commands == ["open_cover"]


async def test_a_vehicle_s_code_that_was_typed_first_confirms_no_other(
    hass: HomeAssistant, guarded: Street
) -> None:
    await guarded.list_car("Ben's car", STRANGER, code=kept(BENS_CODE))
    await enter(hass, BENS_CODE)
    await comes(guarded, KNOWN)
    await stays_shut(guarded)


async def test_vehicles_that_have_the_same_code_are_all_confirmed_by_it(
    hass: HomeAssistant, guarded: Street
) -> None:
    for number in range(20):
        await guarded.list_car(f"Car {number}", f"XY100{number:02}", code=kept(BENS_CODE))
    await enter(hass, BENS_CODE)
    await guarded.arrive(guarded.pictures.approach("XY10000"))
    await guarded.until_told("opened", "listed")


async def test_a_vehicle_that_may_not_pass_here_has_no_code_here(
    hass: HomeAssistant, guarded: Street
) -> None:
    await guarded.list_car("Ben's car", STRANGER, code=kept(BENS_CODE), enabled=False)
    await guarded.list_car("Cem's car", "AB123CD", code=kept(ANNS_CODE), gates=frozenset({"x"}))
    assert await refused(hass, BENS_CODE) == "code_wrong"
    assert await refused(hass, ANNS_CODE) == "code_wrong"


async def test_a_gate_without_any_code_says_so_and_counts_nothing(
    hass: HomeAssistant, loaded: Street
) -> None:
    for _ in range(6):
        assert await refused(hass, CODE) == "code_not_set"


@pytest.mark.parametrize("typed", ["", "123", "1" * 13, "12a4", 83, "AB123CD"])
async def test_what_is_no_code_is_refused_and_is_no_guess(
    hass: HomeAssistant, guarded: Street, typed: object
) -> None:
    for _ in range(6):
        assert await refused(hass, typed) == "code_malformed"
    await enter(hass, CODE)


async def test_a_code_may_come_as_a_number_or_with_blanks_around_it(
    hass: HomeAssistant, guarded: Street
) -> None:
    await change(guarded, code=kept("482915").text)
    await comes(guarded, KNOWN)
    await enter(hass, " 482915\n")
    await guarded.until_told("opened", "listed")
    await enter(hass, 482915)


@pytest.mark.parametrize("typed", [None, True, 4829.5, [CODE], {"code": CODE}])
async def test_what_is_no_text_is_no_code_and_is_not_repeated(
    hass: HomeAssistant, guarded: Street, caplog: pytest.LogCaptureFixture, typed: object
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(vol.Invalid) as error:
        await enter(hass, typed)
    assert CODE not in str(error.value)
    assert CODE not in caplog.text


async def guess(hass: HomeAssistant, times: int = 5) -> None:
    for number in range(times):
        assert await refused(hass, f"11112{number}") == "code_wrong"


async def test_after_five_wrong_codes_the_right_one_neither_counts_nor_is_told_as_right(
    hass: HomeAssistant, guarded: Street
) -> None:
    await comes(guarded, KNOWN)
    await guess(hass, 4)
    assert ISSUE not in ir.async_get(hass).issues
    await guess(hass, 1)
    answers = {await refused(hass, typed) for typed in (CODE, "111111", ANNS_CODE)}
    assert answers == {"codes_refused"}
    await stays_shut(guarded)


async def test_the_owner_is_told_of_guesses_without_what_was_typed(
    hass: HomeAssistant, guarded: Street, hass_owner_user: User
) -> None:
    hass_owner_user_id = hass_owner_user.id
    await guess(hass, 4)
    await refused(hass, "111129", context=Context(user_id=hass_owner_user_id))
    issue = ir.async_get(hass).issues[ISSUE]
    assert (issue.is_fixable, issue.is_persistent) == (True, True)
    assert issue.translation_placeholders == {"gate": "Front gate"}
    records = await guarded.data.privacy.archive.account_since(0.0)
    (told,) = [one for one in records if one.action is AuditAction.CODES_REFUSED]
    assert (told.user, dict(told.details)) == (hass_owner_user_id, {"gate": GATE_ID})


async def test_what_was_told_of_guesses_goes_with_the_gate(
    hass: HomeAssistant, two_gates: Street, entry: MockConfigEntry
) -> None:
    await guess_at(hass, "Front gate")
    await guess_at(hass, "Back gate")
    back = next(one for one in entry.subentries.values() if one.title == "Back gate")
    hass.config_entries.async_remove_subentry(entry, back.subentry_id)
    await hass.async_block_till_done()
    assert [issue for issue in ir.async_get(hass).issues if "codes" in issue[1]] == [ISSUE]


async def guess_at(hass: HomeAssistant, gate: str) -> None:
    for number in range(5):
        assert await refused(hass, f"11112{number}", gate=gate) == "code_wrong"


async def test_guesses_at_one_gate_do_not_shut_out_codes_at_another(
    hass: HomeAssistant, two_gates: Street
) -> None:
    await guess_at(hass, "Back gate")
    assert await refused(hass, BACK_CODE, gate="Back gate") == "codes_refused"
    await enter(hass, CODE, gate="Front gate")


async def test_codes_are_taken_again_when_the_time_is_over(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "REFUSED_SECONDS", 0.3)
    await guess(hass)
    assert await refused(hass, CODE) == "codes_refused"
    await asyncio.sleep(0.35)
    await enter(hass, CODE)


async def test_neither_a_reload_nor_other_settings_free_guesses(
    hass: HomeAssistant, guarded: Street
) -> None:
    await guess(hass, 3)
    await change(guarded, burst_length=1.6)
    await guess(hass, 2)
    await change(guarded, code=kept(BACK_CODE).text)
    assert await refused(hass, BACK_CODE) == "codes_refused"
    assert guarded.entry is not None
    assert await hass.config_entries.async_reload(guarded.entry.entry_id)
    await hass.async_block_till_done()
    assert await refused(hass, BACK_CODE) == "codes_refused"


async def test_many_codes_at_once_are_five_guesses(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noting(code: str, kept: list[KeptCode]) -> frozenset[KeptCode]:
        threads.append(threading.current_thread())
        return codes.fitting(code, kept)

    monkeypatch.setattr(code_action, "fitting", noting)
    typed = [refused(hass, f"2222{number:02}") for number in range(40)]
    answers = await asyncio.gather(*typed, refused(hass, CODE))
    assert answers == ["code_wrong"] * 5 + ["codes_refused"] * 36
    assert len(threads) == 5
    assert threading.main_thread() not in threads, "hashing would stop Home Assistant"


async def test_right_codes_of_several_people_at_once_are_all_taken(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(code: str, kept: list[KeptCode]) -> frozenset[KeptCode]:
        time.sleep(0.05)
        return codes.fitting(code, kept)

    monkeypatch.setattr(code_action, "fitting", slowly)
    await asyncio.gather(*(enter(hass, CODE) for _ in range(8)))


async def test_a_guess_that_is_broken_off_counts_too(
    hass: HomeAssistant, guarded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, compared = threading.Event(), threading.Event()

    def slowly(code: str, kept: list[KeptCode]) -> frozenset[KeptCode]:
        compared.set()
        go_on.wait(5)
        return frozenset()

    with monkeypatch.context() as patched:
        patched.setattr(code_action, "fitting", slowly)
        for number in range(5):
            compared.clear()
            guessing = asyncio.create_task(enter(hass, f"33330{number}"))
            await guarded.until(compared.is_set)
            guessing.cancel()
            await asyncio.gather(guessing, return_exceptions=True)
        go_on.set()
    assert await refused(hass, CODE) == "codes_refused"


async def test_a_resident_may_enter_a_code_and_whoever_may_only_look_may_not(
    hass: HomeAssistant, guarded: Street, hass_read_only_user: User
) -> None:
    resident = await hass.auth.async_create_user("Ann", group_ids=[GROUP_ID_USER])
    await comes(guarded, KNOWN)
    with pytest.raises(Unauthorized):
        await enter(hass, CODE, context=Context(user_id=hass_read_only_user.id))
    await stays_shut(guarded)
    await enter(hass, CODE, context=Context(user_id=resident.id))
    await guarded.until_told("opened", "listed")
    denied = [
        record
        for record in await guarded.data.privacy.archive.account_since(0.0)
        if record.action is AuditAction.DENIED
    ]
    assert [record.user for record in denied] == [hass_read_only_user.id]


async def test_an_integration_that_does_not_run_takes_no_code(
    hass: HomeAssistant, guarded: Street
) -> None:
    await guarded.unload()
    assert await refused(hass, CODE) == "not_loaded"
