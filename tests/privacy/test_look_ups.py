"""Looking into the history needs a purpose, perhaps a second person, and does not go unnoticed."""

from __future__ import annotations

from itertools import count

import pytest

from custom_components.alpr_gate.look_ups import (
    MOST_REQUESTS,
    AccessDesk,
    AccessProblem,
    AccessRefusedError,
    CuriosityRule,
    CuriosityWatch,
    FourEyes,
    checked_purpose,
)

PURPOSE = "A car scratched the wall"


def _desk(**rule: object) -> AccessDesk:
    numbers = count(1)
    return AccessDesk(FourEyes(required=True, **rule), lambda: f"r{next(numbers)}")  # type: ignore[arg-type]


def _problem(error: pytest.ExceptionInfo[AccessRefusedError]) -> AccessProblem:
    return error.value.problem


@pytest.mark.parametrize("purpose", [None, "", "   ", "a  b   c", "\n\t" * 20])
def test_a_purpose_that_says_nothing_is_refused(purpose: str | None) -> None:
    with pytest.raises(AccessRefusedError) as error:
        checked_purpose(purpose)
    assert _problem(error) is AccessProblem.PURPOSE_MISSING


def test_a_purpose_has_an_end() -> None:
    with pytest.raises(AccessRefusedError) as error:
        checked_purpose("word " * 100)
    assert _problem(error) is AccessProblem.PURPOSE_TOO_LONG


def test_without_the_rule_nobody_needs_approval() -> None:
    desk = AccessDesk(FourEyes(), lambda: "r")
    assert desk.use(None, "anna", 0.0) is None


def test_with_the_rule_access_needs_a_second_person_and_works_once() -> None:
    desk = _desk()
    with pytest.raises(AccessRefusedError) as error:
        desk.use(None, "anna", 0.0)
    assert _problem(error) is AccessProblem.APPROVAL_NEEDED
    request = desk.ask("anna", PURPOSE, 0.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.use(request.request_id, "anna", 1.0)
    assert _problem(error) is AccessProblem.APPROVAL_NEEDED
    desk.approve(request.request_id, "bert", 2.0)
    used = desk.use(request.request_id, "anna", 3.0)
    assert used is not None
    assert (used.approved_by, used.purpose) == ("bert", PURPOSE)
    with pytest.raises(AccessRefusedError) as error:
        desk.use(request.request_id, "anna", 4.0)
    assert _problem(error) is AccessProblem.NO_SUCH_REQUEST


def test_nobody_approves_their_own_request() -> None:
    desk = _desk()
    request = desk.ask("anna", PURPOSE, 0.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.approve(request.request_id, "anna", 1.0)
    assert _problem(error) is AccessProblem.OWN_REQUEST


def test_only_a_named_officer_approves_where_one_is_named() -> None:
    desk = _desk(approvers=frozenset({"officer"}))
    request = desk.ask("anna", PURPOSE, 0.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.approve(request.request_id, "bert", 1.0)
    assert _problem(error) is AccessProblem.NOT_AN_APPROVER
    desk.approve(request.request_id, "officer", 1.0)
    assert desk.use(request.request_id, "anna", 2.0) is not None


def test_an_approval_is_for_the_person_who_asked() -> None:
    desk = _desk()
    request = desk.ask("anna", PURPOSE, 0.0)
    desk.approve(request.request_id, "bert", 1.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.use(request.request_id, "carl", 2.0)
    assert _problem(error) is AccessProblem.NO_SUCH_REQUEST


def test_a_request_and_an_approval_run_out() -> None:
    desk = _desk(seconds=10.0)
    late = desk.ask("anna", PURPOSE, 0.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.approve(late.request_id, "bert", 10.0)
    assert _problem(error) is AccessProblem.NO_SUCH_REQUEST
    request = desk.ask("anna", PURPOSE, 20.0)
    desk.approve(request.request_id, "bert", 29.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.use(request.request_id, "anna", 39.0)
    assert _problem(error) is AccessProblem.NO_SUCH_REQUEST


def test_a_request_is_approved_once() -> None:
    desk = _desk()
    request = desk.ask("anna", PURPOSE, 0.0)
    desk.approve(request.request_id, "bert", 1.0)
    assert desk.waiting(1.0) == ()
    with pytest.raises(AccessRefusedError):
        desk.approve(request.request_id, "carl", 2.0)


def test_requests_are_bounded_and_the_old_make_room() -> None:
    desk = _desk(seconds=10.0)
    for _ in range(MOST_REQUESTS):
        desk.ask("anna", PURPOSE, 0.0)
    with pytest.raises(AccessRefusedError) as error:
        desk.ask("anna", PURPOSE, 5.0)
    assert _problem(error) is AccessProblem.TOO_MANY_REQUESTS
    assert len(desk.waiting(5.0)) == MOST_REQUESTS
    desk.ask("anna", PURPOSE, 10.0)


def test_one_person_looking_up_one_vehicle_again_and_again_is_noticed() -> None:
    watch = CuriosityWatch(CuriosityRule(look_ups=3, seconds=100.0))
    assert watch.looked_up("anna", "car", 0.0) is None
    assert watch.looked_up("anna", "other", 1.0) is None
    assert watch.looked_up("bert", "car", 2.0) is None
    assert watch.looked_up("anna", "car", 3.0) is None
    assert watch.looked_up("anna", "car", 4.0) == 3
    assert watch.looked_up("anna", "car", 5.0) == 4


def test_look_ups_of_long_ago_do_not_count() -> None:
    watch = CuriosityWatch(CuriosityRule(look_ups=2, seconds=100.0))
    assert watch.looked_up("anna", "car", 0.0) is None
    assert watch.looked_up("anna", "car", 100.0) is None


@pytest.mark.parametrize(
    "purpose",
    [
        "who is AB123CD really",
        "where was ab123cd on Monday",
        "the car AB 123 CD again",
        "the car B-MW 4711 hit the post",
        "car 123 ABC damaged the gate",
    ],
)
def test_a_purpose_that_seems_to_hold_a_plate_is_refused(purpose: str) -> None:
    with pytest.raises(AccessRefusedError) as refused:
        checked_purpose(purpose)
    assert refused.value.problem is AccessProblem.PURPOSE_TELLS_PLATE


@pytest.mark.parametrize(
    "purpose",
    [
        "The gate was damaged on 21 November at 22:15",
        "Parcel of 14 kg went missing, asked by No. 7",
        "Police asked, reference 2026/4711",
        "Mr Smith's guest 3rd visit disputed",
    ],
)
def test_dates_times_and_reference_numbers_are_no_plates(purpose: str) -> None:
    assert checked_purpose(purpose) == purpose
