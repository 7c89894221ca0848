"""GET /stats/streak (contract 5): every day judged by the goal and the rest days that were in force on it."""

import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import User
from sessions.streaks import Wish, Wishes, streaks
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller
from tests.factories import MONDAY, make_session, make_subject, make_user

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS_REST = Wish(0, frozenset(range(1, 8)))


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def study(subject: Subject, *days_ago: int, minutes: int = 60) -> None:
    """From eight o'clock, so many days ago."""
    for days in days_ago:
        make_session(subject, MONDAY - days * DAY - 6 * HOUR, minutes=minutes)


def want(user: User, **settings: Any) -> None:
    """From the first day on, as if the account had been opened with these settings."""
    user.study_goals.all().delete()
    vars(user).update(settings)
    user.save()


def numbers(caller: Caller) -> tuple[int, int]:
    body = caller.get("/stats/streak").json()
    return body["current"], body["longest"]


def test_days_in_a_row_are_counted(as_alice: Caller, algebra: Subject) -> None:
    study(algebra, 0, 1, 2, 5, 6, 7, 8, 10)
    response = as_alice.get("/stats/streak")
    assert response.status_code == 200
    assert response.json() == {
        "current": 3,
        "longest": 4,
        "started_on": "2026-02-28",
        "last_qualified_on": "2026-03-02",
        "today": {"date": "2026-03-02", "qualified": True, "minutes": 60, "seconds": 3600, "needed_minutes": 1},
    }


def test_without_a_day_there_is_no_streak(as_alice: Caller) -> None:
    assert as_alice.get("/stats/streak").json() == {
        "current": 0,
        "longest": 0,
        "started_on": None,
        "last_qualified_on": None,
        "today": {"date": "2026-03-02", "qualified": False, "minutes": 0, "seconds": 0, "needed_minutes": 1},
    }


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [((1, 2), (2, 2)), ((0,), (1, 1)), ((2, 3), (0, 2)), ((0, 2), (1, 1)), ((0, 1, 3, 4), (2, 2))],
)
def test_today_does_not_break_while_it_lasts_and_yesterday_does(
    as_alice: Caller, algebra: Subject, days_ago: tuple[int, ...], expected: tuple[int, int]
) -> None:
    study(algebra, *days_ago)
    assert numbers(as_alice) == expected


def test_today_does_not_break_for_who_flew_back_into_it(
    alice: User, algebra: Subject, at_two: time_machine.Traveller
) -> None:
    """She studied on Tuesday in Kiritimati, and in Berlin it is Monday again, of which there is some time left."""
    study(algebra, 1, 2)
    make_session(algebra, MONDAY - 2 * HOUR, time_zone="Pacific/Kiritimati")
    assert Caller(alice).get("/stats/streak").json() == {
        "current": 3,
        "longest": 3,
        "started_on": "2026-02-28",
        "last_qualified_on": "2026-03-03",
        "today": {"date": "2026-03-02", "qualified": False, "minutes": 0, "seconds": 0, "needed_minutes": 1},
    }
    assert Caller(alice).get("/stats/year/2026").json()["longest_streak"]["days"] == 3
    at_two.shift(DAY)
    assert numbers(Caller(alice)) == (1, 2)


@pytest.mark.parametrize(
    ("rest", "days_ago", "expected"),
    [
        ([], (0, 3, 4), (1, 2)),
        ([7], (0, 3, 4), (1, 2)),
        ([6, 7], (0, 3, 4), (3, 3)),
        ([6, 7], (0, 1, 2, 3, 4), (3, 3)),
        ([5, 6, 7], (0, 3, 4), (2, 2)),
        ([1, 6, 7], (3, 4), (2, 2)),
    ],
)
def test_a_rest_day_neither_counts_nor_breaks(
    alice: User, algebra: Subject, rest: list[int], days_ago: tuple[int, ...], expected: tuple[int, int]
) -> None:
    """Today is Monday, and three days ago was Friday."""
    want(alice, rest_weekdays=rest)
    study(algebra, *days_ago)
    assert numbers(Caller(alice)) == expected


def test_a_rest_day_neither_begins_nor_ends_a_run(alice: User, algebra: Subject) -> None:
    """Today is Monday; on Saturday and Sunday was studied too, and on the weekend before."""
    want(alice, rest_weekdays=[6, 7])
    study(algebra, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    body = Caller(alice).get("/stats/streak").json()
    assert (body["current"], body["started_on"], body["last_qualified_on"]) == (5, "2026-02-23", "2026-02-27")


def test_a_late_entry_heals_a_run(as_alice: Caller, algebra: Subject) -> None:
    study(algebra, 0, 1, 3, 4)
    assert numbers(as_alice) == (2, 2)
    study(algebra, 2)
    assert numbers(as_alice) == (5, 5)


def test_a_goal_is_to_be_reached_to_the_second(as_alice: Caller, alice: User, algebra: Subject) -> None:
    want(alice, daily_goal_minutes=60)
    study(algebra, 0, 1)
    make_session(algebra, MONDAY - 2 * DAY - 6 * HOUR, end_time=MONDAY - 2 * DAY - 5 * HOUR - timedelta(seconds=1))
    assert numbers(as_alice) == (2, 2)


def test_a_change_acts_from_the_current_study_day_on(
    alice: User, algebra: Subject, at_two: time_machine.Traveller
) -> None:
    """What is wanted on the evening of the first day is wanted of it, and of all days before."""
    study(algebra, 0, 1, 2, 3)
    for goal, expected in ((90, (0, 0)), (60, (4, 4)), (61, (0, 0))):
        Caller(alice).patch("/auth/me", {"daily_goal_minutes": goal})
        assert numbers(Caller(alice)) == expected
    at_two.shift(DAY)
    Caller(alice).patch("/auth/me", {"daily_goal_minutes": 10})
    assert numbers(Caller(alice)) == (0, 0)
    study(algebra, -1, minutes=10)
    assert numbers(Caller(alice)) == (1, 1)


def test_a_goal_of_now_does_not_judge_the_past(alice: User, algebra: Subject, at_two: time_machine.Traveller) -> None:
    study(algebra, 0, 1, 2, 3)
    at_two.shift(DAY)
    Caller(alice).patch("/auth/me", {"daily_goal_minutes": 120, "rest_weekdays": [7]})
    assert numbers(Caller(alice)) == (4, 4)
    body = Caller(alice).get("/stats/streak").json()
    assert (body["started_on"], body["last_qualified_on"]) == ("2026-02-27", "2026-03-02")
    assert (body["today"]["qualified"], body["today"]["needed_minutes"]) == (False, 120)


def test_on_a_rest_day_nothing_is_needed(as_alice: Caller, algebra: Subject) -> None:
    study(algebra, 0)
    as_alice.patch("/auth/me", {"rest_weekdays": [1]})
    today = as_alice.get("/stats/streak").json()["today"]
    assert (today["qualified"], today["minutes"], today["needed_minutes"]) == (False, 60, 0)


def test_a_session_over_midnight_qualifies_both_days(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - 16 * HOUR, minutes=120)
    assert numbers(as_alice) == (2, 2)


def test_what_runs_does_not_qualify_today(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - HOUR, end_time=None)
    assert numbers(as_alice) == (0, 0)


def test_nobody_and_strangers_have_no_streak(anonymous: Caller, as_charlie: Caller, algebra: Subject) -> None:
    study(algebra, 0, 1)
    assert numbers(as_charlie) == (0, 0)
    assert anonymous.get("/stats/streak").json() == NOT_AUTHENTICATED


def goals_of(user: User) -> list[tuple[int, list[int], str]]:
    return list(user.study_goals.order_by("pk").values_list("daily_goal_minutes", "rest_weekdays", "time_zone"))


def test_what_is_wanted_is_remembered_when_it_changes(
    as_alice: Caller, alice: User, at_two: time_machine.Traveller
) -> None:
    first: Any = (0, [], "Europe/Berlin")
    assert goals_of(alice) == [first]
    same: list[dict[str, Any]] = [{"week_start": 7}, {"daily_goal_minutes": 0}, {"rest_weekdays": []}]
    for change in [*same, {"time_zone": "UTC"}]:
        assert as_alice.patch("/auth/me", change).status_code == 200
        assert goals_of(alice) == [first]
    at_two.shift(DAY)
    Caller(alice).patch("/auth/me", {"daily_goal_minutes": 60})
    assert goals_of(alice) == [first, (60, [], "UTC")]
    at_two.shift(DAY)
    Caller(alice).patch("/auth/me", {"rest_weekdays": [6, 7]})
    assert goals_of(alice) == [first, (60, [], "UTC"), (60, [6, 7], "UTC")]


def test_of_several_changes_on_one_study_day_the_last_counts(alice: User, at_two: time_machine.Traveller) -> None:
    """Study days of this user begin at four: at two in the night of Wednesday it is still Tuesday."""
    want(alice, daily_goal_minutes=10, day_start_hour=4)
    at_two.shift(DAY)
    for hours, goal in ((0, 20), (11, 30), (3, 40), (12, 50)):
        at_two.shift(timedelta(hours=hours))
        Caller(alice).patch("/auth/me", {"daily_goal_minutes": goal})
    alice.refresh_from_db()
    assert [wish.goal_seconds // 60 for _, wish in Wishes(alice, date(2026, 3, 9)).since] == [10, 30, 50]


def test_the_day_of_a_change_is_that_of_its_place(db: None, at_two: time_machine.Traveller) -> None:
    """It is Tuesday already in Kiritimati; two days later it is Wednesday in Honolulu."""
    dora = make_user("dora", time_zone="Pacific/Kiritimati", daily_goal_minutes=30)
    at_two.shift(2 * DAY)
    dora.daily_goal_minutes, dora.time_zone = 60, "Pacific/Honolulu"
    dora.save()
    assert [day for day, _ in Wishes(dora, date(2026, 3, 4)).since] == [date(2026, 3, 3), date(2026, 3, 4)]


def test_a_goal_that_went_around_the_model_acts_from_today(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(daily_goal_minutes=45)
    alice.refresh_from_db()
    wishes = Wishes(alice, date(2026, 3, 9))
    assert [wishes.on(date(2026, 3, day)).goal_seconds for day in (1, 8, 9)] == [0, 0, 45 * 60]


def test_long_pauses_of_nothing_but_rest_join(alice: User) -> None:
    wishes = Wishes(alice, date(2026, 3, 2))
    wishes.since = [
        (date(2026, 1, 1), ALWAYS_REST),
        (date(2026, 2, 1), Wish(3600, frozenset())),
    ]
    days = [date(2025, 12, 30), date(2026, 2, 1), date(2026, 2, 2)]
    assert wishes.qualified(dict.fromkeys([date(2026, 1, 5), *days[1:]], 3600)) == days[1:]
    assert [streak.days for streak in streaks(days, wishes)] == [3]


def test_a_rest_of_thousands_of_years_is_passed_over_at_once(alice: User) -> None:
    """Day by day it would be three million days, for each request."""
    wishes = Wishes(alice, date(2026, 3, 2))
    wishes.since = [(date(2, 1, 1), ALWAYS_REST), (date(9000, 1, 3), Wish(0, frozenset({5})))]
    began = time.process_time()
    assert wishes.unbroken(date.min, date(9000, 1, 3))
    assert wishes.unbroken(date.min, date(9000, 1, 4))
    assert not wishes.unbroken(date.min, date(9000, 1, 5))
    assert not wishes.unbroken(date(9000, 1, 3), date.max)
    assert time.process_time() - began < 0.1


def test_many_wishes_are_read_in_a_time_that_grows_with_their_number(alice: User) -> None:
    """Who makes the list anew for each of them takes sixteen times as long for four times as many."""
    first, second = (min(seconds_to_read(alice, count) for _ in range(3)) for count in (2_000, 8_000))
    assert second < 9 * first


def seconds_to_read(user: User, count: int) -> float:
    wishes, first = Wishes(user, date(2026, 3, 2)), date(2000, 1, 1)
    wishes.since = []
    began = time.process_time()
    for number in range(count):
        wishes.change(first + number * DAY, ALWAYS_REST)
    return time.process_time() - began


def test_a_day_is_that_of_the_session(alice: User, algebra: Subject, as_alice: Caller) -> None:
    start = datetime(2026, 3, 1, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    make_session(algebra, start, day_start_hour=4)
    assert as_alice.get("/stats/streak").json()["last_qualified_on"] == "2026-02-28"


def test_the_streak_is_that_of_the_heatmap_and_of_the_year(as_alice: Caller, algebra: Subject) -> None:
    study(algebra, 0, 1, 2, 5, 6, 7, 8, 10)
    year: dict[str, Any] = as_alice.get("/stats/year/2026").json()
    assert year["longest_streak"] == {"days": 4, "started_on": "2026-02-22", "ended_on": "2026-02-25"}
    heatmap = as_alice.get("/stats/heatmap?from=2026-02-22&to=2026-02-25").json()
    assert [day["level"] for day in heatmap["days"]] == [4] * 4
