"""What is kept of a visit while it goes on."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

from custom_components.alpr_gate.alpr.gate.visit_summary import summary_of
from custom_components.alpr_gate.visit_news import PICTURE_SECONDS, VisitNews
from tests.alpr.gate.kit import STRANGER, Paper, plate


def picture_at_the_end(seconds: float) -> bytes | None:
    """What is left of a stranger's picture when its visit ends so long after it was taken."""
    paper, board = Paper(), Mock()
    news = VisitNews(board, lambda _: None)
    frame = paper.frame(plate(STRANGER))
    frame = replace(frame, reads=replace(frame.reads, crop=b"a picture"))
    (decision,) = paper.observe(frame)
    news.seen([decision], frame, paper.attendant.pictured)
    news.tidy(frame.asked_at + seconds)
    (visit,) = paper.attendant._arrivals.visits
    news.ended(summary_of(visit, decision, "gate"))
    kept: bytes | None = board.tell_of_visit.call_args.args[1]
    return kept


def test_the_picture_of_a_visit_is_dropped_when_its_cameras_give_no_newer_one() -> None:
    assert picture_at_the_end(PICTURE_SECONDS) == b"a picture"
    assert picture_at_the_end(PICTURE_SECONDS + 1.0) is None
