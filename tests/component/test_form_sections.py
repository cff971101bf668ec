"""What is wrong in a long form is told at its top too, where it may be out of sight."""

from __future__ import annotations

from homeassistant.data_entry_flow import section
import probatio as vol
import pytest

from custom_components.alpr_gate.form_sections import told_at_the_top

SCHEMA = vol.Schema(
    {
        vol.Required("first"): str,
        vol.Required("second"): str,
        vol.Required("third"): str,
        vol.Required("fourth"): str,
        vol.Optional("upper"): section(vol.Schema({vol.Optional("field"): str})),
        vol.Optional("lower"): section(vol.Schema({vol.Optional("field"): str})),
    }
)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["fourth"], "further_down"),
        (["upper"], "further_down_upper"),
        (["lower", "upper"], "further_down_upper"),
        (["upper", "fourth"], "further_down"),
        (["first", "lower"], "further_down_lower"),
    ],
)
def test_the_first_thing_that_is_wrong_out_of_sight_is_told_at_the_top(
    wrong: list[str], told: str
) -> None:
    errors = dict.fromkeys(wrong, "not_so")
    assert told_at_the_top(SCHEMA, errors) == {"base": told, **errors}


@pytest.mark.parametrize("errors", [{}, {"third": "not_so"}, {"base": "disk", "upper": "not_so"}])
def test_nothing_is_added_where_all_is_in_sight_or_the_top_tells_something_else(
    errors: dict[str, str],
) -> None:
    assert told_at_the_top(SCHEMA, errors) == errors
