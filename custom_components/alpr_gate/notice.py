"""The notice for the gate and the usage and privacy policy, made from the settings in force.

Both are templates for the owner to check, not legal advice. They follow California Civil Code
section 1798.90.51(b)(2) and Articles 13 and 30 of the GDPR.
"""

from __future__ import annotations

from dataclasses import dataclass
import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta

    from .retention import Retention

TEMPLATES: Final = Path(__file__).with_name("notices")
DEFAULT_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the notice and the policy say."""

    gates: tuple[str, ...]
    controller: str
    """Name and address of who is responsible."""
    contact: str
    officer: str
    """The data protection officer; empty when there is none."""
    purpose: str
    remote_engine: bool
    """Pictures are read by another machine of the owner's."""
    retention: Retention
    four_eyes: bool
    audit_days: int
    today: date


@dataclass(frozen=True, slots=True)
class Notice:
    """The three documents."""

    text: str
    page: str
    """HTML that prints on one sheet."""
    policy: str
    """Markdown."""


def make_notice(facts: NoticeFacts, language: str = DEFAULT_LANGUAGE) -> Notice:
    """Fill in the templates; reads three small files, so call from a worker."""
    folder = _folder(language)
    words = _words(facts)
    escaped = {key: html.escape(value) for key, value in words.items()}
    return Notice(
        _fill(folder / "notice.txt", words),
        _fill(folder / "notice.html", escaped),
        _fill(folder / "policy.md", words),
    )


def what_cannot_be_proved(language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """What no search can tell, one sentence each; reads a small file."""
    text = (_folder(language) / "limits.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line)


def _folder(language: str) -> Path:
    folder = TEMPLATES / language
    known = language.isalpha() and folder.is_dir()
    return folder if known else TEMPLATES / DEFAULT_LANGUAGE


def _fill(path: Path, words: Mapping[str, str]) -> str:
    return Template(path.read_text(encoding="utf-8")).substitute(words)


def _words(facts: NoticeFacts) -> dict[str, str]:
    kept = facts.retention
    return {
        "gates": ", ".join(facts.gates) or "[name the gate]",
        "controller": facts.controller or "[name and address]",
        "contact": facts.contact or "[telephone or e-mail]",
        "officer_line": f" Data protection officer: {facts.officer}." if facts.officer else "",
        "purpose": facts.purpose,
        "engine_place": "another machine of the owner's" if facts.remote_engine else "this system",
        "listed_line": f"Visits of listed vehicles: {span(kept.listed)}.",
        "unknown_line": (
            f"Other vehicles: plate and picture {span(kept.memory)} in memory only; the time of the"
            f" visit, without plate, {span(kept.unknown_visits)}."
        ),
        "picture_line": _picture_line(kept),
        "four_eyes_line": (
            "History and pictures open only when a second authorised person approves."
            if facts.four_eyes
            else ""
        ),
        "audit_days": str(facts.audit_days),
        "date": facts.today.isoformat(),
    }


def _picture_line(kept: Retention) -> str:
    listed = f"of listed vehicles {span(kept.listed)}" if kept.listed_pictures else ""
    unknown = (
        f"of other vehicles {span(kept.unknown_pictures_for)}" if kept.unknown_pictures else ""
    )
    stored = " and ".join(part for part in (listed, unknown) if part)
    return f"Pictures stored: {stored}." if stored else "No pictures are stored."


def span(time: timedelta) -> str:
    """A duration in words, in the largest unit that divides it."""
    minutes = round(time.total_seconds() / 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes % size == 0 and minutes // size > 0:
            amount = minutes // size
            return f"{amount} {unit}" + ("s" if amount != 1 else "")
    return f"{minutes} minute" + ("s" if minutes != 1 else "")
