"""GET /stats/heatmap and GET /stats/year/{year} (contract 5)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.goals import StudyGoal
from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, refusals
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def day(date: str, minutes: int, level: int, excused: bool = False) -> dict[str, Any]:
    numbers = {"minutes": minutes, "seconds": minutes * 60, "session_count": 1 if minutes else 0}
    return {"date": date, **numbers, "level": level, "excused": excused}


def test_every_day_is_there_with_its_level(as_alice: Caller, alice: User, algebra: Subject) -> None:
    StudyGoal.objects.all().delete()
    alice.daily_goal_minutes, alice.rest_weekdays = 90, [7]
    alice.save()
    for days_ago, minutes in ((0, 90), (2, 60), (3, 59), (4, 30), (5, 29), (6, 200)):
        make_session(algebra, MONDAY - days_ago * DAY - 6 * HOUR, minutes=minutes)
    response = as_alice.get("/stats/heatmap?from=2026-02-23&to=2026-03-02")
    assert response.status_code == 200
    assert response.json() == {
        "from": "2026-02-23",
        "to": "2026-03-02",
        "days": [
            day("2026-02-23", 0, 0),
            day("2026-02-24", 200, 4),
            day("2026-02-25", 29, 1),
            day("2026-02-26", 30, 2),
            day("2026-02-27", 59, 2),
            day("2026-02-28", 60, 3),
            day("2026-03-01", 0, 0, excused=True),
            day("2026-03-02", 90, 4),
        ],
    }


def test_without_a_goal_the_fullest_day_is_the_measure(as_alice: Caller, algebra: Subject) -> None:
    for days_ago, minutes in ((0, 60), (1, 200), (2, 300)):
        make_session(algebra, MONDAY - days_ago * DAY - 6 * HOUR, minutes=minutes)
    days = as_alice.get("/stats/heatmap?from=2026-02-27").json()["days"]
    assert [each["level"] for each in days] == [0, 4, 3, 1]


def test_the_days_are_the_last_365_if_none_are_named(as_alice: Caller) -> None:
    body = as_alice.get("/stats/heatmap").json()
    assert (body["from"], body["to"], len(body["days"])) == ("2025-03-03", "2026-03-02", 365)


@pytest.mark.parametrize("query", ["from=2016-01-01", "from=2026-03-03", "from=never"])
def test_what_makes_no_sense_is_refused(as_alice: Caller, query: str) -> None:
    assert [field for field, _ in refusals(as_alice.get(f"/stats/heatmap?{query}"))] == ["from"]


def test_days_are_those_of_the_summary(as_alice: Caller, algebra: Subject) -> None:
    for hours_ago in (5, 16, 30, 50):
        make_session(algebra, MONDAY - hours_ago * HOUR, minutes=150)
    heatmap = as_alice.get("/stats/heatmap?from=2026-02-01").json()["days"]
    summary = as_alice.get("/stats/summary?from=2026-02-01&fill=true").json()["groups"]
    assert [(each["date"], each["seconds"], each["session_count"]) for each in heatmap] == [
        (each["key"], each["seconds"], each["session_count"]) for each in summary
    ]


def test_a_year_is_looked_back_at(as_alice: Caller, alice: User, algebra: Subject) -> None:
    botany = make_subject(alice, "Botany")
    best = make_session(algebra, MONDAY - 6 * HOUR, minutes=180)
    make_session(botany, MONDAY - DAY, minutes=60)
    make_session(botany, MONDAY - 300 * DAY)
    response = as_alice.get("/stats/year/2026")
    body = response.json()
    assert response.status_code == 200
    assert (body["year"], body["from"], body["to"]) == (2026, "2026-01-01", "2026-12-31")
    assert body["totals"] == {"minutes": 240, "seconds": 14400, "session_count": 2}
    assert body["active_days"] == 2
    assert body["best_day"] == {"date": "2026-03-02", "minutes": 180, "seconds": 10800, "session_count": 1}
    assert body["longest_session"] == session_body(
        best, start_time="2026-03-02T08:00:00Z", end_time="2026-03-02T11:00:00Z", duration_minutes=180
    )
    assert body["longest_streak"] == {"days": 2, "started_on": "2026-03-01", "ended_on": "2026-03-02"}
    assert [(each["label"], each["minutes"]) for each in body["top_subjects"]] == [("Algebra", 180), ("Botany", 60)]
    assert [each["minutes"] for each in body["by_weekday"]] == [180, 0, 0, 0, 0, 0, 60]
    assert {each["key"]: each["minutes"] for each in body["by_hour"] if each["minutes"]} == {
        9: 60,
        10: 60,
        11: 60,
        15: 60,
    }


def test_a_year_ends_at_midnight_where_it_was_studied(as_alice: Caller, algebra: Subject) -> None:
    """An hour of the night belongs to each year, though the session started in the old one."""
    make_session(algebra, MONDAY.replace(year=2025, month=12, day=31, hour=22), minutes=120)
    for year, started in ((2025, True), (2026, False)):
        body = as_alice.get(f"/stats/year/{year}").json()
        assert (body["totals"]["minutes"], bool(body["longest_session"])) == (60, started)
        assert sum(each["seconds"] for each in body["by_hour"]) == body["totals"]["seconds"] == 3600


def test_a_year_of_nothing(as_charlie: Caller, algebra: Subject) -> None:
    make_session(algebra)
    body = as_charlie.get("/stats/year/2026").json()
    assert body["totals"] == {"minutes": 0, "seconds": 0, "session_count": 0}
    nothing = [body[name] for name in ("active_days", "best_day", "longest_session", "longest_streak", "top_subjects")]
    assert nothing == [0, None, None, None, []]
    assert (len(body["by_weekday"]), len(body["by_hour"])) == (7, 24)


@pytest.mark.parametrize("year", ["26", "0999", "9999", "10000", "2026/", "-2026", "last"])
def test_a_year_has_four_digits(as_alice: Caller, year: str) -> None:
    response = as_alice.get(f"/stats/year/{year}")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("year", ["1000", "9998"])
def test_the_first_and_the_last_year(as_alice: Caller, year: str) -> None:
    assert as_alice.get(f"/stats/year/{year}").json()["totals"]["minutes"] == 0


@pytest.mark.parametrize("address", ["/stats/heatmap", "/stats/year/2026"])
def test_nobody_sees_nothing(anonymous: Caller, address: str) -> None:
    response = anonymous.get(address)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
