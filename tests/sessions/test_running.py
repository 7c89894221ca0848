"""GET /sessions/running, and `needs_review`, which changes by the clock alone (contract 4)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

SECOND = timedelta(seconds=1)
TWELVE_HOURS = timedelta(hours=12)


@pytest.fixture
def running(alice: User) -> StudySession:
    make_session(make_subject(alice, "Botany"), MONDAY - timedelta(hours=3))
    return make_session(make_subject(alice), MONDAY, end_time=None)


def test_what_runs_is_shown(as_alice: Caller, running: StudySession) -> None:
    response = as_alice.get("/sessions/running")
    body = session_body(running, end_time=None, duration_minutes=None)
    assert (response.status_code, response.json()) == (200, body)


def test_when_nothing_runs_there_is_nothing(as_alice: Caller, as_charlie: Caller, running: StudySession) -> None:
    response = as_charlie.get("/sessions/running")
    assert (response.status_code, response.content) == (204, b"")
    as_alice.post(f"/sessions/{running.pk}/stop")
    assert as_alice.get("/sessions/running").status_code == 204


def test_nobody_has_nothing(anonymous: Caller, running: StudySession) -> None:
    response = anonymous.get("/sessions/running")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize("address", ["/sessions/{}", "/sessions", "/sessions?needs_review=true", "/sessions/running"])
def test_a_kept_answer_does_not_outlive_the_moment_it_changes(
    as_alice: Caller, running: StudySession, address: str, at_two: time_machine.Traveller
) -> None:
    """Kept for five minutes, an answer from a second before would go on saying that nothing is forgotten."""
    address = address.format(running.pk)
    at_two.shift(TWELVE_HOURS - 3 * SECOND)
    as_alice = Caller(running.owner)
    assert b'"needs_review":true' not in as_alice.get(address).content
    # The in-process cache goes by the clock of the test; Redis by its own, and is asked how long it will keep.
    assert kept_seconds() <= 3
    at_two.shift(4 * SECOND)
    drop_what_is_over()
    assert b'"needs_review":true' in as_alice.get(address).content


def kept_seconds() -> float:
    client = cache.client.get_client() if hasattr(cache, "client") else None
    return max((client.ttl(key) for key in client.keys("user:*:session*")), default=0) if client else 0


def drop_what_is_over() -> None:
    if hasattr(cache, "client"):
        for key in cache.client.get_client().keys("user:*:session*"):
            cache.client.get_client().delete(key)


def test_an_answer_that_shows_a_timer_is_kept_until_then(as_alice: Caller, running: StudySession) -> None:
    first = as_alice.get("/sessions")
    with CaptureQueriesContext(connection) as queries:
        assert as_alice.get("/sessions").content == first.content
    assert len(queries) == 0


@pytest.mark.parametrize(("review", "expected"), [("true", 1), ("false", 1), ("", 2)])
def test_those_that_need_a_review_can_be_listed(
    as_alice: Caller, running: StudySession, at_two: time_machine.Traveller, review: str, expected: int
) -> None:
    address = f"/sessions?needs_review={review}"
    assert as_alice.get(address).json()["count"] == {"true": 0, "false": 2, "": 2}[review]
    at_two.shift(TWELVE_HOURS + SECOND)
    rows = Caller(running.owner).get(address).json()["results"]
    assert len(rows) == expected
    assert all(row["needs_review"] == (row["id"] == running.pk) for row in rows)


@pytest.mark.parametrize("value", ["yes", "1", "True"])
def test_a_review_is_true_or_false(as_alice: Caller, value: Any) -> None:
    assert as_alice.get(f"/sessions?needs_review={value}").status_code == 400
