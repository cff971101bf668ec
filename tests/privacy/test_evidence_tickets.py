"""A ticket to a picture works once, in time, and for one person."""

from __future__ import annotations

from itertools import count

import pytest

from custom_components.alpr_gate.evidence_tickets import (
    MOST_TICKETS,
    TICKET_SECONDS,
    EvidenceTickets,
)


@pytest.fixture
def tickets() -> EvidenceTickets:
    numbers = count()
    return EvidenceTickets(lambda length: f"ticket-{next(numbers)}-{length}")


def test_a_ticket_works_once(tickets: EvidenceTickets) -> None:
    name = tickets.give("v1", "anna", 0.0)
    assert tickets.take(name, "anna", 1.0) == "v1"
    assert tickets.take(name, "anna", 1.0) is None


def test_a_ticket_of_somebody_else_is_left_alone(tickets: EvidenceTickets) -> None:
    name = tickets.give("v1", "anna", 0.0)
    assert tickets.take(name, "bo", 1.0) is None
    assert tickets.take(name, "anna", 1.0) == "v1"


def test_a_ticket_runs_out(tickets: EvidenceTickets) -> None:
    name = tickets.give("v1", "anna", 0.0)
    assert tickets.take(name, "anna", TICKET_SECONDS) is None


def test_there_are_never_more_tickets_than_a_memory_can_hold(tickets: EvidenceTickets) -> None:
    first = tickets.give("v1", "anna", 0.0)
    for _ in range(MOST_TICKETS):
        tickets.give("v2", "anna", 0.0)
    assert tickets.take(first, "anna", 1.0) is None
    assert len(tickets._tickets) == MOST_TICKETS
