"""What counts as something happening, and what is only a state that is reported again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from homeassistant.core import State
import pytest

from custom_components.alpr_gate.entity_change import confirms, turned_on

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
JUST_NOW = NOW.isoformat()
EARLIER = (NOW - timedelta(hours=3)).isoformat()


def state(entity_id: str, value: str | None, **attributes: object) -> State | None:
    return None if value is None else State(entity_id, value, attributes)


@pytest.mark.parametrize(
    ("entity_id", "old", "new"),
    [
        ("binary_sensor.loop", "off", "on"),
        ("input_boolean.car", "off", "on"),
        ("sensor.radar", "clear", "detected"),
        ("cover.other", "closed", "open"),
        ("sensor.cars", "0", "2"),
        ("event.bell", "unknown", JUST_NOW),
        ("event.bell", EARLIER, JUST_NOW),
        ("button.ring", EARLIER, JUST_NOW),
        ("person.ann", "not_home", "home"),
        ("device_tracker.phone", "work", "home"),
    ],
)
def test_an_entity_that_turns_on_or_fires_happened(entity_id: str, old: str, new: str) -> None:
    assert turned_on(state(entity_id, old), state(entity_id, new), now=NOW)


@pytest.mark.parametrize(
    ("entity_id", "old", "new"),
    [
        ("binary_sensor.loop", None, "on"),
        ("binary_sensor.loop", "on", None),
        ("binary_sensor.loop", "unavailable", "on"),
        ("binary_sensor.loop", "unknown", "on"),
        ("binary_sensor.loop", "on", "on"),
        ("binary_sensor.loop", "on", "off"),
        ("binary_sensor.loop", "off", "unavailable"),
        ("cover.other", "on", "open"),
        ("sensor.cars", "1", "2"),
        ("sensor.cars", "2", "0"),
        ("sensor.cars", "0", "many"),
        ("sensor.text", "hello", "world"),
        ("event.bell", None, JUST_NOW),
        ("event.bell", "unavailable", JUST_NOW),
        ("event.bell", "unknown", EARLIER),
        ("event.bell", EARLIER, "not a time"),
        ("person.ann", "unknown", "home"),
        ("person.ann", "unavailable", "home"),
        ("person.ann", "home", "not_home"),
        ("person.ann", "not_home", "work"),
    ],
)
def test_a_state_that_is_restored_or_repeated_or_ends_did_not_happen(
    entity_id: str, old: str | None, new: str | None
) -> None:
    assert not turned_on(state(entity_id, old), state(entity_id, new), now=NOW)


def test_a_state_marked_as_restored_did_not_happen() -> None:
    old = state("binary_sensor.loop", "off")
    assert not turned_on(old, state("binary_sensor.loop", "on", restored=True), now=NOW)


ARMED = ("armed_away", "armed_custom_bypass", "armed_home", "armed_night", "armed_vacation")


@pytest.mark.parametrize(
    ("entity_id", "old", "new"),
    [
        *(("alarm_control_panel.house", armed, "disarmed") for armed in ARMED),
        ("alarm_control_panel.house", "pending", "disarmed"),
        ("alarm_control_panel.house", "disarming", "disarmed"),
        ("lock.door", "locked", "unlocked"),
        ("lock.door", "unlocking", "unlocked"),
        ("lock.door", "locked", "open"),
        ("lock.door", "opening", "open"),
        ("lock.door", "unlocking", "open"),
        ("binary_sensor.keypad", "off", "on"),
        ("button.bell", EARLIER, JUST_NOW),
        ("input_button.gate", EARLIER, JUST_NOW),
        ("input_button.gate", "unknown", JUST_NOW),
        ("tag.purse", EARLIER, JUST_NOW),
        ("person.ann", "not_home", "home"),
        ("device_tracker.phone", "work", "home"),
    ],
)
def test_what_a_person_has_just_done_confirms(entity_id: str, old: str, new: str) -> None:
    assert confirms(state(entity_id, old), state(entity_id, new), now=NOW)


@pytest.mark.parametrize(
    ("entity_id", "old", "new"),
    [
        ("alarm_control_panel.house", None, "disarmed"),
        ("alarm_control_panel.house", "unavailable", "disarmed"),
        ("alarm_control_panel.house", "unknown", "disarmed"),
        ("alarm_control_panel.house", "disarmed", "disarmed"),
        ("alarm_control_panel.house", "triggered", "disarmed"),
        ("alarm_control_panel.house", "arming", "disarmed"),
        ("alarm_control_panel.house", "armed_away", "disarming"),
        ("alarm_control_panel.house", "armed_away", "pending"),
        ("alarm_control_panel.house", "armed_away", "unavailable"),
        ("alarm_control_panel.house", "disarmed", "arming"),
        ("alarm_control_panel.house", "disarmed", "armed_away"),
        ("alarm_control_panel.house", "arming", "armed_away"),
        ("lock.door", None, "unlocked"),
        ("lock.door", "unavailable", "unlocked"),
        ("lock.door", "unknown", "unlocked"),
        ("lock.door", "jammed", "unlocked"),
        ("lock.door", "locking", "unlocked"),
        ("lock.door", "locked", "unlocking"),
        ("lock.door", "unlocked", "open"),
        ("lock.door", "unlocked", "locked"),
        ("lock.door", "unavailable", "open"),
        ("binary_sensor.keypad", "unavailable", "on"),
        ("binary_sensor.keypad", "on", "off"),
        ("input_button.gate", "unavailable", JUST_NOW),
        ("input_button.gate", "unknown", EARLIER),
        ("person.ann", "unavailable", "home"),
        ("sensor.keypad", "0000", "1234"),
        ("input_text.code", "", "1234"),
    ],
)
def test_what_is_restored_or_ends_or_may_come_by_itself_does_not_confirm(
    entity_id: str, old: str | None, new: str | None
) -> None:
    assert not confirms(state(entity_id, old), state(entity_id, new), now=NOW)


@pytest.mark.parametrize("entity_id", ["alarm_control_panel.house", "lock.door"])
def test_an_alarm_and_a_lock_that_are_restored_do_not_confirm(entity_id: str) -> None:
    before, after = ("armed_away", "disarmed") if "alarm" in entity_id else ("locked", "unlocked")
    assert confirms(state(entity_id, before), state(entity_id, after), now=NOW)
    restored = state(entity_id, after, restored=True)
    assert not confirms(state(entity_id, before), restored, now=NOW)


def fired(**attributes: object) -> bool:
    """Whether an event with these attributes confirms; it always starts a look."""
    old, new = state("event.keypad", EARLIER), state("event.keypad", JUST_NOW, **attributes)
    assert turned_on(old, new, now=NOW)
    return confirms(old, new, now=NOW)


@pytest.mark.parametrize(
    "event_type",
    [
        "access_granted",
        "code_accepted",
        "disarm",
        "fingerprint_identified",
        "keypad_unlock_operation",
        "nfc_card_scanned",
        "one_time_code_used",
        "pressed",
        "scanned",
        "unlock",
        "unlocked",
        "unlatched",
        "valid_code",
        "validCode",
    ],
)
def test_an_event_of_a_right_code_confirms(event_type: str) -> None:
    assert fired(event_type=event_type)


@pytest.mark.parametrize(
    "event_type",
    [
        "abnormal",
        "access_denied",
        "arm_all_zones",
        "armed_away",
        "bad_code",
        "code_denied",
        "code_expired",
        "code_not_accepted",
        "codeInvalid",
        "CODE_REJECTED",
        "disarm_failed",
        "duress_code",
        "duress",
        "emergency",
        "error",
        "fingerprint_not_identified",
        "incorrect-pin",
        "insufficient_area",
        "invalid",
        "invalid_code",
        "InvalidCode",
        "keypad_lock_operation",
        "keypad_locked",
        "lock_inside_the_door",
        "lockout",
        "locked_out",
        "mismatch",
        "no_access",
        "panic",
        "pin refused",
        "tamper",
        "timeout",
        "too_many_attempts",
        "unauthorised",
        "unauthorized_card",
        "unknown_card",
        "unlock_failed",
        "unrecognized",
        "wrong_code",
        "wrongCode",
    ],
)
def test_an_event_of_a_code_that_is_wrong_or_forced_does_not_confirm(event_type: str) -> None:
    assert not fired(event_type=event_type)


@pytest.mark.parametrize("attribute", ["action_code", "code", "digits", "pin", "pin_code"])
def test_an_event_that_hands_on_what_was_typed_does_not_confirm(attribute: str) -> None:
    assert fired(event_type="disarm", **{attribute: None})
    assert not fired(event_type="disarm", **{attribute: "1234"})
    assert not fired(event_type="disarm", **{attribute: 1234})
