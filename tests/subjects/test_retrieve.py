"""GET /subjects/{id} (contract 3)."""

from datetime import timedelta

import pytest

from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.subjects.bodies import ALGEBRA, subject_body

pytestmark = pytest.mark.everywhere


def test_a_subject_is_shown_with_the_totals_of_its_sessions(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, **ALGEBRA)
    for day in range(5):
        make_session(subject, MONDAY - timedelta(days=day), minutes=150)
    make_session(make_subject(alice, "Botany"), MONDAY + timedelta(days=1))
    response = as_alice.get(f"/subjects/{subject.pk}")
    assert response.status_code == 200
    assert response.json() == subject_body(subject, total_hours_completed=12.5, progress_percent=12.5, session_count=5)


def test_hours_are_summed_from_exact_seconds_and_rounded_once(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, total_hours_goal=3)
    for day in range(3):
        start = MONDAY - timedelta(days=day)
        make_session(subject, start, end_time=start + timedelta(seconds=59))
    body = as_alice.get(f"/subjects/{subject.pk}").json()
    assert (body["total_hours_completed"], body["progress_percent"]) == (0.05, 1.64)


@pytest.mark.parametrize("query", ["status=archived", "status=nonsense", "ordering=nonsense", "search=zzz"])
def test_the_filters_of_the_list_are_nothing_to_one_subject(as_alice: Caller, alice: User, query: str) -> None:
    """DRF filters single objects as well: 404 or 400 then, and 200 again from the cache."""
    subject = make_subject(alice)
    assert as_alice.get(f"/subjects/{subject.pk}?{query}").status_code == 200
    assert as_alice.patch(f"/subjects/{subject.pk}?{query}", {"name": "Geometry"}).status_code == 200


def test_progress_ends_at_100_percent(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, total_hours_goal=1)
    make_session(subject, minutes=90)
    body = as_alice.get(f"/subjects/{subject.pk}").json()
    assert (body["total_hours_completed"], body["progress_percent"]) == (1.5, 100)


def test_a_running_session_gives_no_hours_yet(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, total_hours_goal=1)
    make_session(subject, end_time=None)
    body = as_alice.get(f"/subjects/{subject.pk}").json()
    assert (body["total_hours_completed"], body["progress_percent"]) == (0, 0)


def test_nobody_sees_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.get(f"/subjects/{make_subject(alice).pk}")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


def test_a_strangers_subject_is_not_there(as_charlie: Caller, alice: User) -> None:
    subject = make_subject(alice)
    hidden, missing = as_charlie.get(f"/subjects/{subject.pk}"), as_charlie.get(f"/subjects/{subject.pk + 1}")
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content


@pytest.mark.parametrize("spelling", ["0{}", "+{}", "-{}", "{}/", "{}.0", "{}.json", " {}", "{}%20", "٣", "0", "{}e0"])
def test_an_id_has_one_spelling(as_alice: Caller, alice: User, spelling: str) -> None:
    response = as_alice.get("/subjects/" + spelling.format(make_subject(alice).pk))
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("number", [2**31, 2**63, 10**18, 10**40])
def test_an_id_beyond_all_ids_is_not_there(as_alice: Caller, number: int) -> None:
    response = as_alice.get(f"/subjects/{number}")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
