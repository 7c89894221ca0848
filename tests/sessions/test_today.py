"""GET /stats/today (contract 5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR = timedelta(hours=1)


@pytest.fixture
def algebra(alice: User) -> Subject:
    alice.daily_goal_minutes = 120
    alice.save()
    return make_subject(alice)


def test_the_day_so_far_is_shown(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - 16 * HOUR, minutes=90)  # an hour of yesterday
    make_session(algebra, MONDAY - 3 * HOUR, end_time=MONDAY - 2 * HOUR + timedelta(seconds=59))
    response = as_alice.get("/stats/today")
    assert response.status_code == 200
    assert response.json() == {
        "study_date": "2026-03-02",
        "starts_at": "2026-03-01T23:00:00Z",
        "ends_at": "2026-03-02T23:00:00Z",
        "minutes": 90,
        "seconds": 90 * 60 + 59,
        "goal_minutes": 120,
        "remaining_minutes": 30,
        "running": None,
    }
    summary = as_alice.get("/stats/summary?from=2026-03-02&to=2026-03-02").json()
    assert summary["totals"] == {"minutes": 90, "seconds": 90 * 60 + 59, "session_count": 2}


def test_what_runs_is_shown_beside_and_counts_when_it_has_ended(as_alice: Caller, algebra: Subject) -> None:
    running = make_session(algebra, MONDAY - 3 * HOUR, end_time=None)
    body = as_alice.get("/stats/today").json()
    times = {"start_time": "2026-03-02T11:00:00Z", "end_time": None, "duration_minutes": None}
    assert (body["minutes"], body["remaining_minutes"]) == (0, 120)
    assert body["running"] == session_body(running, **times)
    as_alice.post(f"/sessions/{running.pk}/stop")
    body = as_alice.get("/stats/today").json()
    assert (body["minutes"], body["remaining_minutes"], body["running"]) == (180, 0, None)


def test_nothing_is_nothing(as_charlie: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - HOUR)
    body = as_charlie.get("/stats/today").json()
    assert (body["seconds"], body["goal_minutes"], body["remaining_minutes"]) == (0, 0, 0)


def test_nobody_sees_nothing(anonymous: Caller) -> None:
    response = anonymous.get("/stats/today")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize(
    ("now", "hour", "study_date", "lasts"),
    [
        ("2026-03-03T02:59:59Z", 4, "2026-03-02", 24),
        ("2026-03-03T03:00:00Z", 4, "2026-03-03", 24),
        ("2026-03-29T12:00:00Z", 0, "2026-03-29", 23),
        ("2026-10-25T12:00:00Z", 0, "2026-10-25", 25),
    ],
)
def test_the_day_is_the_users(alice: User, now: str, hour: int, study_date: str, lasts: int) -> None:
    alice.day_start_hour = hour
    alice.save()
    with time_machine.travel(now, tick=False):
        body = Caller(alice).get("/stats/today").json()
    assert body["study_date"] == study_date
    begins, ends = (datetime.fromisoformat(body[name]) for name in ("starts_at", "ends_at"))
    assert ends - begins == lasts * HOUR


@pytest.mark.parametrize("address", ["/stats/today", "/stats/summary"])
def test_a_kept_answer_ends_with_the_day(alice: User, address: str, at_two: time_machine.Traveller) -> None:
    """Kept for five minutes, yesterday's would still be given after midnight."""
    at_two.shift(9 * HOUR - timedelta(seconds=3))
    as_alice = Caller(alice)
    before = as_alice.get(address).json()
    assert kept_seconds() in (None, 2, 3)
    at_two.shift(timedelta(seconds=3))
    if kept_seconds() is not None:
        cache.clear()  # Redis goes by a clock of its own
    after = as_alice.get(address).json()
    name = "study_date" if address == "/stats/today" else "to"
    assert (before[name], after[name]) == ("2026-03-02", "2026-03-03")


def kept_seconds() -> int | None:
    """For how long Redis will keep the answer; None without Redis."""
    client: Any = cache.client.get_client() if hasattr(cache, "client") else None
    return client and max((client.ttl(key) for key in client.keys("user:*:stats:*")), default=-1)
