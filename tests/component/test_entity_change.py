"""What counts as something happening, and what is only a state that is reported again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from homeassistant.core import State
import pytest

from custom_components.alpr_gate.entity_change import turned_on

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
