"""POST /sessions/{id}/resolve (contract 4): what becomes of a timer that was forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, Caller, problem, refusals
from tests.factories import MONDAY, make_session, make_subject, shown
from tests.sessions.bodies import session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR = timedelta(hours=1)
ENDED = problem(409, "conflict", "Conflict", "This session has ended already.")


@pytest.fixture
def forgotten(alice: User) -> StudySession:
    """It has run for thirty hours."""
    return make_session(make_subject(alice), MONDAY - 30 * HOUR, end_time=None, source="timer")


@pytest.mark.parametrize(
    ("body", "hours"),
    [
        ({"action": "end_at", "end_time": "2026-03-01T10:00:00Z"}, 2),
        ({"action": "end_at", "end_time": "2026-03-02T08:00:00Z"}, 24),
        ({"action": "KEEP", "end_time": "2026-03-01T10:00:00Z"}, 24),
    ],
)
def test_a_forgotten_timer_is_settled(
    as_alice: Caller, forgotten: StudySession, body: dict[str, str], hours: int
) -> None:
    assert as_alice.get(f"/subjects/{forgotten.subject_id}").json()["session_count"] == 0
    response = as_alice.post(f"/sessions/{forgotten.pk}/resolve", body)
    after = StudySession.objects.get()
    times = {"start_time": "2026-03-01T08:00:00Z", "end_time": shown(forgotten.start_time + hours * HOUR)}
    more = {"source": "timer", "duration_minutes": hours * 60, "study_date": "2026-03-01"}
    assert (response.status_code, response.json()) == (200, session_body(after, **times, **more))
    assert after.duration_minutes == hours * 60
    subject = as_alice.get(f"/subjects/{forgotten.subject_id}").json()
    assert (subject["total_hours_completed"], subject["session_count"]) == (hours, 1)


def test_what_is_discarded_is_gone(as_alice: Caller, forgotten: StudySession) -> None:
    response = as_alice.post(f"/sessions/{forgotten.pk}/resolve", {"action": "discard"})
    assert (response.status_code, response.content) == (204, b"")
    assert not StudySession.objects.exists()
    assert as_alice.get(f"/sessions/{forgotten.pk}").status_code == 404


def test_what_is_kept_early_ends_now(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), MONDAY - 2 * HOUR, end_time=None)
    response = as_alice.post(f"/sessions/{running.pk}/resolve", {"action": "keep"})
    assert (response.status_code, response.json()["duration_minutes"]) == (200, 120)


@pytest.mark.parametrize("action", ["keep", "discard", "end_at"])
def test_what_has_ended_is_settled(as_alice: Caller, alice: User, action: str) -> None:
    """A second device that discards must not take away what the first one has kept."""
    session = make_session(make_subject(alice), MONDAY - HOUR)
    body = {"action": action, "end_time": "2026-03-02T13:30:00Z"}
    response = as_alice.post(f"/sessions/{session.pk}/resolve", body)
    assert (response.status_code, response.json()) == (409, ENDED)
    assert StudySession.objects.get().end_time == MONDAY


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, [("action", "required")]),
        ({"action": "stop"}, [("action", "invalid_choice")]),
        ({"action": None}, [("action", "null")]),
        ({"action": "end_at"}, [("end_time", "required")]),
        ({"action": "end_at", "end_time": None}, [("end_time", "null")]),
        ({"action": "end_at", "end_time": "2026-03-01T08:00:00Z"}, [("end_time", "not_after_start")]),
        ({"action": "end_at", "end_time": "2026-03-02T08:00:01Z"}, [("end_time", "too_long")]),
        ({"action": "end_at", "end_time": "2026-03-02T14:01:01Z"}, [("end_time", "in_future")]),
    ],
)
def test_what_makes_no_sense_is_refused(
    as_alice: Caller, forgotten: StudySession, body: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert refusals(as_alice.post(f"/sessions/{forgotten.pk}/resolve", body)) == refused
    assert StudySession.objects.get().end_time is None


def test_nobody_settles_nothing(anonymous: Caller, forgotten: StudySession) -> None:
    response = anonymous.post(f"/sessions/{forgotten.pk}/resolve", {"action": "discard"})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert StudySession.objects.get() == forgotten
