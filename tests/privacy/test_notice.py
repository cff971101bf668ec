"""The notice and the policy say what the settings do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from custom_components.alpr_gate.notice import NoticeFacts, make_notice, span
from custom_components.alpr_gate.retention import Retention

FACTS = NoticeFacts(
    gates=("Front gate", "Garage"),
    controller="Oak Lane Association, 1 Oak Lane",
    contact="office@example.org",
    officer="",
    purpose="To open the gate for residents.",
    remote_engine=False,
    retention=Retention(),
    four_eyes=False,
    audit_days=365,
    today=date(2026, 11, 22),
)


def test_the_documents_say_who_where_what_for_and_how_long() -> None:
    notice = make_notice(FACTS)
    for document in (notice.text, notice.page, notice.policy):
        for words in (
            "Front gate, Garage",
            "Oak Lane Association",
            "office@example.org",
            "To open the gate for residents.",
            "Visits of listed vehicles: 3 days.",
            "3 minutes in memory only",
            "No pictures are stored.",
            "2026-11-22",
            "ot legal advice",
        ):
            assert words in document
        assert "$" not in document


@pytest.mark.parametrize("letter", "ABCDEFG")
def test_the_policy_answers_every_point_the_californian_code_asks_for(letter: str) -> None:
    assert f"1798.90.51(b)(2)({letter})" in make_notice(FACTS).policy


@pytest.mark.parametrize(
    "point", ["13(1)(a)", "13(1)(c)", "13(1)(e)", "13(2)(a)", "13(2)(b)", "13(2)(f)"]
)
def test_the_policy_answers_article_13(point: str) -> None:
    assert point in make_notice(FACTS).policy


@pytest.mark.parametrize("letter", "abcdefg")
def test_the_policy_answers_article_30(letter: str) -> None:
    policy = make_notice(FACTS).policy
    assert f"30(1)({letter})" in policy or (letter == "e" and "30(1)(d)-(e)" in policy)


def test_the_policy_follows_the_settings() -> None:
    kept = Retention(
        listed=timedelta(hours=36),
        listed_pictures=True,
        unknown_pictures=True,
        unknown_pictures_for=timedelta(minutes=90),
    )
    facts = replace(
        FACTS, retention=kept, four_eyes=True, remote_engine=True, officer="Ms Doe", audit_days=90
    )
    policy = make_notice(facts).policy
    assert (
        "Pictures stored: of listed vehicles 36 hours and of other vehicles 90 minutes." in policy
    )
    assert "second authorised person" in policy
    assert "another machine of the owner's" in policy
    assert "Data protection officer: Ms Doe." in policy
    assert "kept for 90 days" in policy


def test_what_the_owner_typed_cannot_become_markup() -> None:
    page = make_notice(replace(FACTS, controller="<script>alert(1)</script> & $cash")).page
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $cash" in page


def test_what_the_owner_left_out_is_asked_for() -> None:
    text = make_notice(replace(FACTS, gates=(), controller="", contact="")).text
    assert "[name the gate]" in text
    assert "[name and address]" in text


def test_an_unknown_language_falls_back_to_english() -> None:
    assert make_notice(FACTS, "xx") == make_notice(FACTS)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=72), "3 days"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=30), "30 days"),
    ],
)
def test_durations_read_as_a_person_would_say_them(time: timedelta, words: str) -> None:
    assert span(time) == words
