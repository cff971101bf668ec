"""Whether a vehicle may pass any gate now, and how that is said."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.gate.code import KeptCode
from custom_components.alpr_gate.alpr.gate.schedule import DailyWindow, Schedule
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.vehicle_standing import (
    GateTerms,
    NotNow,
    terms_of_gates,
    why_not_now,
)
from custom_components.alpr_gate.vehicle_words import VehicleWords, as_plain_text

from .conftest import GATE_ID

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FRONT = GateTerms("front", "Front", 4, 10, needs_confirmation=False, names_what_confirms=False)
BACK = GateTerms("back", "Back", 2, 5, needs_confirmation=True, names_what_confirms=False)
YARD = GateTerms("yard", "Yard", 4, 10, needs_confirmation=True, names_what_confirms=True)
GONE = "A gate that was deleted"
IN_THE_MORNING = Schedule((DailyWindow(frozenset(range(7)), time(6), time(9)),))


def vehicle(**fields: Any) -> Vehicle:
    return Vehicle(**{"id": "anna", "name": "Anna", "plate": "AB123CD"} | fields)


@pytest.mark.parametrize(
    ("fields", "gates", "reason"),
    [
        ({}, (FRONT,), None),
        ({}, (), NotNow.NO_GATE),
        ({"gates": frozenset({"gone"})}, (FRONT,), NotNow.GATES_GONE),
        ({"gates": frozenset({"gone", "front"})}, (FRONT,), None),
        ({"enabled": False}, (FRONT, BACK), NotNow.SWITCHED_OFF),
        ({"uses_left": 0}, (FRONT,), NotNow.USED_UP),
        ({"uses_left": 1}, (FRONT,), None),
        ({"valid_until": NOW}, (FRONT,), NotNow.ENDED),
        ({"valid_until": NOW + timedelta(1)}, (FRONT,), None),
        ({"valid_from": NOW + timedelta(1)}, (FRONT,), NotNow.NOT_BEGUN),
        ({"schedule": IN_THE_MORNING}, (FRONT,), NotNow.NOT_AT_THIS_TIME),
        ({}, (BACK,), NotNow.PLATE_NOT_READ),
        ({}, (BACK, FRONT), None),
        ({"plate": "AB1"}, (FRONT,), NotNow.PLATE_NOT_READ),
        ({"plate": "AB1"}, (BACK,), NotNow.NOTHING_CONFIRMS),
        ({"plate": "AB1", "second_factor": False}, (BACK,), None),
        ({"second_factor": True}, (FRONT,), NotNow.NOTHING_CONFIRMS),
        ({"second_factor": True, "code": KeptCode(b"", b"")}, (FRONT,), None),
        ({"second_factor": True}, (FRONT, YARD), None),
        ({"second_factor": True, "gates": frozenset({"front"})}, (FRONT, YARD), "nothing_confirms"),
    ],
)
def test_a_vehicle_may_pass_now_where_one_gate_would_let_it(
    fields: dict[str, Any], gates: tuple[GateTerms, ...], reason: NotNow | None
) -> None:
    assert why_not_now(vehicle(**fields), gates, NOW) == reason


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, ""),
        ({"household": "Miller_"}, r" (Miller\_)"),
        ({"gates": frozenset({"back", "front"})}, " (Back, Front)"),
        (
            {"gates": frozenset({"a", "b"})},
            f" ({GONE} (1), {GONE} (2); it names only gates that are gone)",
        ),
        ({"schedule": IN_THE_MORNING}, " (outside its times)"),
        ({"uses_left": 0}, " (guest, all openings used)"),
        ({"uses_left": 1, "enabled": False}, " (guest, openings left: 1; switched off)"),
        ({"valid_until": NOW}, " (guest, ended today 12:00)"),
        ({"valid_until": NOW - timedelta(1)}, " (guest, ended 27 November 2026, 12:00)"),
        ({"valid_from": NOW + timedelta(5)}, " (guest from Thursday 12:00)"),
        ({"valid_from": NOW - timedelta(5)}, ""),
        ({"valid_until": NOW + timedelta(hours=1)}, " (guest until today 13:00)"),
        ({"valid_until": NOW + timedelta(6)}, " (guest until Friday 12:00)"),
        ({"valid_until": NOW + timedelta(7)}, " (guest until 5 December 2026, 12:00)"),
        (
            {"valid_until": NOW + timedelta(5), "uses_left": 3},
            " (guest until Thursday 12:00, openings left: 3)",
        ),
        (
            {"valid_from": NOW + timedelta(5), "uses_left": 3},
            " (guest from Thursday 12:00, openings left: 3)",
        ),
        (
            {"valid_from": NOW + timedelta(5), "valid_until": NOW + timedelta(50)},
            " (guest from Thursday 12:00 until 17 January 2027, 12:00)",
        ),
        (
            {"valid_from": NOW + timedelta(1), "valid_until": NOW + timedelta(2), "uses_left": 3},
            " (guest from Sunday 12:00 until Monday 12:00, openings left: 3)",
        ),
        (
            {"valid_from": NOW + timedelta(1), "valid_until": NOW + timedelta(2), "enabled": False},
            " (guest from Sunday 12:00 until Monday 12:00; switched off)",
        ),
    ],
)
async def test_the_line_of_a_vehicle_says_whose_it_is_where_and_how_it_may_pass(
    hass: HomeAssistant, fields: dict[str, Any], told: str
) -> None:
    await hass.config.async_set_time_zone("UTC")
    words = await VehicleWords.async_load(hass, (FRONT, BACK))
    assert words.line(vehicle(**fields), NOW) == f"- **Anna**: AB123CD{told}"


async def test_moments_are_told_in_the_owner_s_time_zone_and_language(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Pacific/Auckland")
    words = await VehicleWords.async_load(hass, (FRONT,))
    ends = vehicle(valid_until=NOW + timedelta(hours=1))
    assert words.line(ends, NOW).endswith("(guest until today 02:00)")
    german = {
        key: {"Monday": "Montag", "{weekday} {time}": "{weekday}, {time} Uhr"}.get(text, text)
        for key, text in words._texts.items()
    }
    ends = vehicle(valid_until=NOW + timedelta(1))
    assert VehicleWords(german, (FRONT,)).line(ends, NOW).endswith("until Montag, 01:00 Uhr)")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "no guest pass"),
        ({"household": "Miller_", "enabled": False}, r"Miller\_; no guest pass; switched off"),
        ({"uses_left": 2, "gates": frozenset({"front"})}, "Front; guest, openings left: 2"),
        ({"uses_left": 0}, "guest, all openings used"),
    ],
)
async def test_a_vehicle_is_described_without_its_plate(
    hass: HomeAssistant, fields: dict[str, Any], told: str
) -> None:
    words = await VehicleWords.async_load(hass, (FRONT, BACK))
    assert words.without_plate(vehicle(**fields), NOW) == told


def test_markdown_in_a_name_is_shown_as_it_is() -> None:
    assert as_plain_text("*A* [b](c) <d> `e`") == r"\*A\* \[b\](c) \<d\> \`e\`"
    assert as_plain_text("Anna's car, no. 2 (red)") == "Anna's car, no. 2 (red)"


def test_the_terms_of_a_gate_are_its_settings_and_the_safe_ones_where_those_make_no_sense(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    (terms,) = terms_of_gates(entry)
    assert terms == GateTerms(
        GATE_ID, "Front gate", 4, 10, needs_confirmation=False, names_what_confirms=False
    )
    gate = entry.subentries[GATE_ID]
    for broken in ({"shortest_text": 99}, {"zone": "nonsense"}):
        hass.config_entries.async_update_subentry(entry, gate, data={**gate.data, **broken})
        assert terms_of_gates(entry) == (terms,)
