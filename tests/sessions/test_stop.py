"""POST /sessions/{id}/stop (contract 4)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, invalid, refusals
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR = timedelta(hours=1)


@pytest.fixture
def running(alice: User) -> StudySession:
    return make_session(make_subject(alice), MONDAY - HOUR, end_time=None, source="timer")


@pytest.mark.parametrize(
    ("body", "end", "minutes"),
    [
        (None, "14:00:00Z", 60),
        ({"end_time": "2026-03-02T13:29:59Z"}, "13:29:59Z", 29),
        ({"end_time": "2026-03-02T14:00:59Z"}, "14:00:00Z", 60),
    ],
)
def test_what_runs_is_stopped(as_alice: Caller, running: StudySession, body: Any, end: str, minutes: int) -> None:
    response = as_alice.post(f"/sessions/{running.pk}/stop", body)
    after = StudySession.objects.get()
    times = {"start_time": "2026-03-02T13:00:00Z", "end_time": f"2026-03-02T{end}", "duration_minutes": minutes}
    assert (response.status_code, response.json()) == (200, session_body(after, source="timer", **times))
    assert f"{after.end_time}".startswith(f"2026-03-02 {end[:-1]}")
    assert as_alice.get(f"/sessions/{running.pk}").json() == response.json()


def test_stopping_again_changes_nothing(
    as_alice: Caller, running: StudySession, at_two: time_machine.Traveller
) -> None:
    first = as_alice.post(f"/sessions/{running.pk}/stop")
    at_two.shift(HOUR / 4)
    for body in ({}, {"end_time": "2026-03-02T13:10:00Z"}):
        again = as_alice.post(f"/sessions/{running.pk}/stop", body)
        assert (again.status_code, again.json()) == (200, first.json())


def test_a_session_lasts_a_second_at_least(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), MONDAY, end_time=None)
    response = as_alice.post(f"/sessions/{running.pk}/stop")
    assert (response.status_code, response.json()["end_time"]) == (200, "2026-03-02T14:00:01Z")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("2026-03-02T13:00:00Z", "not_after_start"),
        ("2026-03-02T14:01:01Z", "in_future"),
        ("2026-03-02", "invalid"),
        (None, "null"),
        (7, "invalid"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(as_alice: Caller, running: StudySession, end: Any, code: str) -> None:
    response = as_alice.post(f"/sessions/{running.pk}/stop", {"end_time": end})
    assert refusals(response) == [("end_time", code)]
    assert StudySession.objects.get().end_time is None


def test_one_that_was_forgotten_needs_an_end(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), MONDAY - 12 * HOUR - timedelta(seconds=1), end_time=None)
    response = as_alice.post(f"/sessions/{running.pk}/stop")
    assert response.status_code == 400
    assert response.json() == invalid("end_time", "forgotten", "This timer was forgotten. Say when it ended.")
    assert StudySession.objects.get().end_time is None
    stopped = as_alice.post(f"/sessions/{running.pk}/stop", {"end_time": "2026-03-02T06:00:00Z"})
    assert (stopped.status_code, stopped.json()["duration_minutes"]) == (200, 240)


def test_twelve_hours_to_the_second_are_not_forgotten(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), MONDAY - 12 * HOUR, end_time=None)
    assert as_alice.post(f"/sessions/{running.pk}/stop").json()["duration_minutes"] == 720


def test_when_a_timer_is_forgotten_can_be_set(
    as_alice: Caller, running: StudySession, settings: Any, at_two: time_machine.Traveller
) -> None:
    settings.FORGOTTEN_AFTER_HOURS = 1
    assert not as_alice.get(f"/sessions/{running.pk}").json()["needs_review"]
    at_two.shift(timedelta(seconds=1))
    assert as_alice.get(f"/sessions/{running.pk}").json()["needs_review"]
    assert refusals(as_alice.post(f"/sessions/{running.pk}/stop")) == [("end_time", "forgotten")]


def test_nobody_stops_nothing(anonymous: Caller, running: StudySession) -> None:
    response = anonymous.post(f"/sessions/{running.pk}/stop")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize("verb", ["stop", "resolve"])
def test_a_strangers_timer_is_not_there(as_charlie: Caller, running: StudySession, verb: str) -> None:
    hidden, missing = (as_charlie.post(f"/sessions/{running.pk + n}/{verb}", {"action": "discard"}) for n in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert StudySession.objects.get().end_time is None
