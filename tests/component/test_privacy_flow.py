"""What is kept and who may look, as a form: saved, explained, in force at once, written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.alpr_gate.archive_status import VisitToKeep
from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.const import DOMAIN, MODEL_CARD, PRIVACY_PAGE
from custom_components.alpr_gate.privacy_form import answers_from, options_from, privacy_schema
from custom_components.alpr_gate.privacy_settings import DEFAULT_PURPOSE, PrivacySettings
from custom_components.alpr_gate.retention import Retention

from .forms import marked
from .street import Street

HOURS_72 = {"days": 3, "hours": 0, "minutes": 0, "seconds": 0}


def defaults() -> dict[str, Any]:
    """The form as it is shown to begin with."""
    return answers_from(PrivacySettings().to_options(), privacy_schema({}))


async def fill_in(
    hass: HomeAssistant, entry: MockConfigEntry, **changes: dict[str, Any]
) -> dict[str, Any]:
    """Answer the form with the defaults and these changes, by section."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    form = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "privacy"}
    )
    assert form["step_id"] == "privacy"
    answers = {name: {**fields, **changes.get(name, {})} for name, fields in defaults().items()}
    result = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done()
    return dict(result)


def test_what_is_saved_is_what_was_chosen_and_shown_again() -> None:
    chosen = {**PrivacySettings().to_options(), "listed_for": 90.5, "approvers": ["ann"]}
    assert options_from(answers_from(chosen, privacy_schema({}))) == chosen
    assert PrivacySettings.from_options(chosen).to_options() == chosen


def test_by_default_strangers_stay_in_memory_for_three_minutes_and_visits_for_72_hours() -> None:
    shown = defaults()
    assert shown["listed"] == {"listed_for": HOURS_72, "listed_pictures": False}
    assert shown["unknown"]["memory_for"]["minutes"] == 3
    assert shown["unknown"]["unknown_pictures"] is False


async def test_shorter_times_are_in_force_at_once_and_written_down(
    hass: HomeAssistant, loaded: Street
) -> None:
    desk, entry = loaded.data.privacy, loaded.entry
    assert entry is not None
    await desk.archive.record(VisitToKeep("gate", "open", "listed", 2, vehicle="ann"))
    hour = {"days": 0, "hours": 1, "minutes": 0, "seconds": 0}
    result = await fill_in(hass, entry, listed={"listed_for": hour})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert desk.settings.retention == Retention(listed=timedelta(hours=1))
    (visit,) = await desk.archive.search()
    assert visit.expires - visit.at == pytest.approx(3600)
    record = (await desk.archive.account_since(0.0))[-1]
    assert record.action is AuditAction.SETTINGS_CHANGED
    assert record.details == {"settings": "listed_for"}
    assert entry.options["listed_for"] == 60


async def test_a_shorter_time_in_memory_applies_to_the_picture_that_is_shown(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    evidence = loaded.gate.board.evidence
    evidence.keep(b"stranger", stranger=True)
    evidence.taken_at = dt_util.utcnow() - timedelta(seconds=90)
    minute = {"days": 0, "hours": 0, "minutes": 1, "seconds": 0}
    await fill_in(hass, loaded.entry, unknown={"memory_for": minute})
    await loaded.until(lambda: evidence.picture is None)


@pytest.mark.parametrize(
    ("options", "open_to_begin_with"),
    [
        ({}, set()),
        ({"look_ups": 5}, {"access"}),
        ({"contact": "Tel. 555"}, {"notice"}),
        ({"purpose_of_reading": DEFAULT_PURPOSE}, set()),
    ],
)
async def test_the_folded_sections_are_open_where_something_is_not_as_usual(
    hass: HomeAssistant, loaded: Street, options: dict[str, Any], open_to_begin_with: set[str]
) -> None:
    assert loaded.entry is not None
    hass.config_entries.async_update_entry(loaded.entry, options=options)
    await hass.async_block_till_done()
    menu = await hass.config_entries.options.async_init(loaded.entry.entry_id)
    form = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "privacy"}
    )
    assert form["data_schema"] is not None
    sections = form["data_schema"].schema
    assert {
        name for name in ("access", "notice") if not sections[name].options["collapsed"]
    } == open_to_begin_with


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"listed": {"listed_for": {"days": 31}}}, "listed_for_out_of_bounds"),
        ({"unknown": {"memory_for": {"seconds": 5}}}, "memory_for_out_of_bounds"),
        ({"unknown": {"unknown_for": {"days": 31}}}, "unknown_for_out_of_bounds"),
        (
            {"unknown": {"unknown_pictures_for": {"minutes": 0}}},
            "unknown_pictures_for_out_of_bounds",
        ),
        (
            {"unknown": {"unknown_pictures": True, "unknown_for": {"hours": 1}}},
            "pictures_longer_than_visits",
        ),
        ({"access": {"four_eyes_for": {"minutes": 0}}}, "duration_missing"),
        ({"access": {"four_eyes": True}}, "four_eyes_alone"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason_in_its_section_which_is_open(
    hass: HomeAssistant, loaded: Street, changes: dict[str, dict[str, Any]], problem: str
) -> None:
    assert loaded.entry is not None
    result = await fill_in(hass, loaded.entry, **changes)
    assert result["type"] is FlowResultType.FORM
    (place,) = changes
    assert result["errors"] == {"base": f"further_down_{place}", place: problem}
    assert result["data_schema"].schema[place].options == {"collapsed": False}
    assert loaded.data.privacy.settings == PrivacySettings()


async def test_with_two_people_four_eyes_can_be_asked_for(
    hass: HomeAssistant, loaded: Street, hass_admin_user: MockUser, hass_owner_user: MockUser
) -> None:
    assert loaded.entry is not None
    access = {"four_eyes": True, "approvers": [hass_owner_user.id]}
    result = await fill_in(hass, loaded.entry, access=access)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "access_rules_changed")
    assert issue is not None
    assert issue.is_persistent
    rule = loaded.data.privacy.access.rule
    assert (rule.required, rule.approvers) == (True, frozenset({hass_owner_user.id}))


async def test_four_eyes_need_another_admin_or_somebody_else_who_is_named(
    hass: HomeAssistant, loaded: Street, hass_read_only_user: MockUser
) -> None:
    assert loaded.entry is not None
    boss = MockUser(is_owner=True, name="Boss").add_to_hass(hass)
    for approvers in ([], [boss.id]):
        access = {"four_eyes": True, "approvers": approvers}
        result = await fill_in(hass, loaded.entry, access=access)
        assert marked(result) == {"access": "four_eyes_alone"}
    access = {"four_eyes": True, "approvers": [hass_read_only_user.id]}
    result = await fill_in(hass, loaded.entry, access=access)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_form_that_is_sent_when_nothing_runs_any_more_ends_and_says_so(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    menu = await hass.config_entries.options.async_init(loaded.entry.entry_id)
    form = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "privacy"}
    )
    await loaded.unload()
    result = await hass.config_entries.options.async_configure(form["flow_id"], defaults())
    assert result["reason"] == "not_loaded"


async def test_settings_that_cannot_be_written_down_do_not_change(
    hass: HomeAssistant, loaded: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise AuditError("No space left on device")

    assert loaded.entry is not None
    monkeypatch.setattr(loaded.data.privacy.archive._chain, "append", full)
    result = await fill_in(hass, loaded.entry, listed={"listed_for": {"days": 20}})
    assert result["errors"] == {"base": "not_accounted"}
    assert loaded.data.privacy.settings == PrivacySettings()


async def test_a_change_of_the_settings_stops_no_gate(hass: HomeAssistant, loaded: Street) -> None:
    assert loaded.entry is not None
    gate, starts = loaded.gate, loaded.engine.starts
    await fill_in(hass, loaded.entry, notice={"controller": "Ann Miller"})
    assert loaded.gate is gate
    assert loaded.engine.starts == starts
    assert loaded.data.privacy.settings.controller == "Ann Miller"


async def test_the_model_card_and_the_page_about_privacy_are_one_click_away(
    hass: HomeAssistant, loaded: Street
) -> None:
    assert loaded.entry is not None
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry.entry_id)
    pages = {device.configuration_url for device in devices}
    assert {MODEL_CARD, PRIVACY_PAGE} <= pages
