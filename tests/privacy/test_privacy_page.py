"""The page about privacy says what the program does."""

from __future__ import annotations

from pathlib import Path
import re

from custom_components.alpr_gate.audit import AuditAction
from custom_components.alpr_gate.evidence_tickets import TICKET_SECONDS
from custom_components.alpr_gate.look_ups import CuriosityRule
from custom_components.alpr_gate.notice import what_cannot_be_proved
from custom_components.alpr_gate.retention import CEILING, Retention

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs" / "privacy.md").read_text().split())


def test_it_says_everything_that_cannot_be_proved() -> None:
    assert [sentence for sentence in what_cannot_be_proved() if sentence not in PAGE] == []


def test_it_names_the_defaults_in_force() -> None:
    assert f"{Retention().listed.total_seconds() / 3600:.0f} hours unless set otherwise" in PAGE
    assert f"{Retention().memory.total_seconds() / 60:.0f} minutes unless set otherwise" in PAGE
    assert f"never more than {CEILING.days} days" in PAGE
    assert CuriosityRule() == CuriosityRule(look_ups=3, seconds=7 * 24 * 3600)
    assert "one vehicle three times in a week" in PAGE
    assert TICKET_SECONDS == 60
    assert "once, for one minute" in PAGE


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"`((?:tests|scripts)/[^` ]*)", PAGE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_action_that_is_accounted_for_has_a_name_without_a_plate() -> None:
    assert all(re.fullmatch(r"[a-z_]+", action.value) for action in AuditAction)
