"""A user has one time line (contract 4): sessions on it may touch, not overlap."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import Caller, problem
from tests.factories import MONDAY, make_session, make_sessions, make_subject
from tests.sessions.bodies import hour, session_body

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)


def overlap(*sessions: StudySession) -> dict[str, Any]:
    """The whole body of the refusal that names these sessions, all of them from 14 to 15 o'clock of their day."""
    conflicts = [
        {
            "id": session.pk,
            "subject_id": session.subject_id,
            "start_time": f"{session.start_time:%Y-%m-%d}T14:00:00Z",
            "end_time": f"{session.start_time:%Y-%m-%d}T15:00:00Z",
        }
        for session in sessions
    ]
    return problem(409, "overlap", "Conflict", "This overlaps another session.", conflicts=conflicts)


@pytest.mark.parametrize(("first", "last"), [(14, 15), (13, 16), (13, 15), (14, 16)])
def test_a_session_that_overlaps_is_refused(as_alice: Caller, alice: User, first: int, last: int) -> None:
    there = make_session(make_subject(alice, "Botany"))
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **hour(first, last)})
    assert (response.status_code, response.json()) == (409, overlap(there))
    assert response["Content-Type"] == "application/problem+json"
    assert StudySession.objects.get() == there


def test_a_session_inside_another_is_refused(as_alice: Caller, alice: User) -> None:
    there = make_session(make_subject(alice))
    inside = {"start_time": "2026-03-02T14:20:00Z", "end_time": "2026-03-02T14:20:01Z"}
    response = as_alice.post("/sessions", {"subject_id": there.subject_id, **inside})
    assert (response.status_code, response.json()) == (409, overlap(there))


def test_all_that_are_overlapped_are_named_in_their_order(as_alice: Caller, alice: User) -> None:
    newer, older = make_sessions(make_subject(alice), 2)
    spanning = {"start_time": "2026-03-01T14:59:00Z", "end_time": "2026-03-02T14:01:00Z"}
    response = as_alice.post("/sessions", {"subject_id": older.subject_id, **spanning})
    assert (response.status_code, response.json()) == (409, overlap(older, newer))


@pytest.mark.parametrize(("first", "last"), [(13, 14), (15, 16)])
def test_touching_is_not_overlapping(as_alice: Caller, alice: User, first: int, last: int) -> None:
    there = make_session(make_subject(alice))
    response = as_alice.post("/sessions", {"subject_id": there.subject_id, **hour(first, last)})
    assert response.status_code == 201
    assert StudySession.objects.count() == 2


def test_strangers_study_at_the_same_time(as_charlie: Caller, alice: User, charlie: User) -> None:
    make_session(make_subject(alice))
    response = as_charlie.post("/sessions", {"subject_id": make_subject(charlie).pk, **hour(14, 15)})
    assert response.status_code == 201


def test_nothing_begins_after_the_start_of_one_that_runs(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), end_time=None)
    response = as_alice.post("/sessions", {"subject_id": running.subject_id, **hour(16, 17)})
    assert response.status_code == 409
    assert [(each["id"], each["end_time"]) for each in response.json()["conflicts"]] == [(running.pk, None)]
    assert as_alice.post("/sessions", {"subject_id": running.subject_id, **hour(13, 14)}).status_code == 201


@pytest.mark.parametrize("change", [{"end_time": "2026-03-02T14:00:01Z"}, hour(13, 16), hour(14, 15)])
def test_a_change_that_would_overlap_is_refused(as_alice: Caller, alice: User, change: dict[str, str]) -> None:
    there = make_session(make_subject(alice))
    before = make_session(there.subject, MONDAY - HOUR)
    response = as_alice.patch(f"/sessions/{before.pk}", change)
    assert (response.status_code, response.json()) == (409, overlap(there))
    assert StudySession.objects.filter(start_time=MONDAY - HOUR, end_time=MONDAY, pk=before.pk).exists()


def test_a_replacement_that_would_overlap_is_refused(as_alice: Caller, alice: User) -> None:
    there = make_session(make_subject(alice))
    before = make_session(there.subject, MONDAY - HOUR)
    response = as_alice.put(f"/sessions/{before.pk}", {"subject_id": there.subject_id, **hour(13, 15)})
    assert (response.status_code, response.json()) == (409, overlap(there))


def test_a_session_does_not_overlap_itself(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    response = as_alice.patch(f"/sessions/{session.pk}", {"end_time": "2026-03-02T14:30:00Z"})
    session.refresh_from_db()
    shorter = session_body(session, end_time="2026-03-02T14:30:00Z", duration_minutes=30)
    assert (response.status_code, response.json()) == (200, shorter)


def test_another_subject_is_no_way_around(as_alice: Caller, alice: User) -> None:
    there = make_session(make_subject(alice))
    before = make_session(there.subject, MONDAY - HOUR)
    body = {"subject_id": make_subject(alice, "Botany").pk, "end_time": "2026-03-02T14:30:00Z"}
    response = as_alice.patch(f"/sessions/{before.pk}", body)
    assert (response.status_code, response.json()) == (409, overlap(there))
    before.refresh_from_db()
    assert before.subject == there.subject


def test_broken_rules_are_told_before_conflicts(as_alice: Caller, alice: User) -> None:
    there = make_session(make_subject(alice))
    response = as_alice.post("/sessions", {"subject_id": there.subject_id, **hour(15, 14)})
    assert response.status_code == 400
