"""GET /stats/summary (contract 5): groups that add up exactly to the totals, whichever they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from sessions.models import StudySession
from sessions.periods import hours, month_of, stretches, week_of
from sessions.summaries import GroupBy, Span, summary
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, refusals
from tests.factories import MONDAY, make_session, make_subject

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)
WEEK = "/stats/summary?from=2026-03-02&to=2026-03-08"


def group(key: Any, period: tuple[str, str], minutes: int, sessions: int, percent: float, **more: Any) -> Any:
    numbers = {"minutes": minutes, "seconds": minutes * 60, "session_count": sessions, "percent": percent}
    return {"key": key, "period_start": period[0], "period_end": period[1], **numbers, **more}


@pytest.fixture
def week(alice: User) -> list[StudySession]:
    """Of alice: two hours on Monday before midnight in Berlin and one after it, then an hour of Botany on Saturday."""
    algebra, botany = make_subject(alice), make_subject(alice, "Botany")
    make_subject(alice, "Chemistry")
    return [
        make_session(algebra, MONDAY + 7 * HOUR, minutes=180),
        make_session(botany, MONDAY + 120 * HOUR),
        make_session(algebra, MONDAY + 500 * HOUR),
    ]


MONDAY_GROUP = group("2026-03-02", ("2026-03-02", "2026-03-02"), 120, 1, 50.0)
TUESDAY_GROUP = group("2026-03-03", ("2026-03-03", "2026-03-03"), 60, 1, 25.0)
SATURDAY_GROUP = group("2026-03-07", ("2026-03-07", "2026-03-07"), 60, 1, 25.0)
ALL = ("2026-03-02", "2026-03-08")


def test_a_week_is_summed_up_by_day(as_alice: Caller, week: list[StudySession]) -> None:
    response = as_alice.get(WEEK)
    assert response.status_code == 200
    assert response.json() == {
        "from": "2026-03-02",
        "to": "2026-03-08",
        "group_by": "day",
        "totals": {"minutes": 240, "seconds": 14400, "session_count": 2},
        "groups": [MONDAY_GROUP, TUESDAY_GROUP, SATURDAY_GROUP],
    }


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("day", [MONDAY_GROUP, TUESDAY_GROUP, SATURDAY_GROUP]),
        ("week", [group("2026-03-02", ("2026-03-02", "2026-03-08"), 240, 2, 100.0)]),
        ("month", [group("2026-03", ("2026-03-01", "2026-03-31"), 240, 2, 100.0)]),
        ("weekday", [group(1, ALL, 120, 1, 50.0), group(2, ALL, 60, 1, 25.0), group(6, ALL, 60, 1, 25.0)]),
        (
            "HOUR",
            [
                group(0, ALL, 60, 1, 25.0),
                group(15, ALL, 60, 1, 25.0),
                group(22, ALL, 60, 1, 25.0),
                group(23, ALL, 60, 1, 25.0),
            ],
        ),
    ],
)
def test_every_grouping(
    as_alice: Caller, week: list[StudySession], group_by: str, expected: list[dict[str, Any]]
) -> None:
    body = as_alice.get(f"{WEEK}&group_by={group_by}").json()
    assert body["groups"] == expected
    assert body["totals"] == {"minutes": 240, "seconds": 14400, "session_count": 2}


def test_by_subject_with_its_label_the_most_studied_first(as_alice: Caller, week: list[StudySession]) -> None:
    algebra, botany = week[0].subject_id, week[1].subject_id
    expected = [
        group(algebra, ALL, 180, 1, 75.0, label="Algebra"),
        group(botany, ALL, 60, 1, 25.0, label="Botany"),
    ]
    assert as_alice.get(f"{WEEK}&group_by=subject").json()["groups"] == expected
    filled = as_alice.get(f"{WEEK}&group_by=subject&fill=true").json()["groups"]
    assert [(each["label"], each["minutes"]) for each in filled] == [
        ("Algebra", 180),
        ("Botany", 60),
        ("Chemistry", 0),
    ]


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("day", [f"2026-03-0{day}" for day in range(2, 9)]),
        ("week", ["2026-03-02"]),
        ("month", ["2026-03"]),
        ("weekday", list(range(1, 8))),
        ("hour", list(range(24))),
    ],
)
def test_empty_groups_are_filled_in(
    as_alice: Caller, week: list[StudySession], group_by: str, keys: list[Any]
) -> None:
    filled = as_alice.get(f"{WEEK}&group_by={group_by}&fill=true").json()
    bare = as_alice.get(f"{WEEK}&group_by={group_by}&fill=false").json()
    assert [each["key"] for each in filled["groups"]] == keys
    assert [each for each in filled["groups"] if each["seconds"]] == bare["groups"]
    assert filled["totals"] == bare["totals"]


def test_nothing_is_nothing(as_charlie: Caller, week: list[StudySession]) -> None:
    body = as_charlie.get(f"{WEEK}&group_by=week&fill=true").json()
    assert body["totals"] == {"minutes": 0, "seconds": 0, "session_count": 0}
    assert body["groups"] == [group("2026-03-02", ALL, 0, 0, 0.0)]
    assert as_charlie.get(WEEK).json()["groups"] == []


@pytest.mark.usefixtures("at_two")
def test_the_days_are_the_last_thirty_if_none_are_named(as_alice: Caller, alice: User) -> None:
    alice.day_start_hour = 12
    alice.time_zone = "America/New_York"  # where it is nine, and still the day before
    alice.save()
    body = as_alice.get("/stats/summary").json()
    assert (body["from"], body["to"]) == ("2026-01-31", "2026-03-01")
    body = as_alice.get("/stats/summary?to=2026-02-01&from=").json()
    assert (body["from"], body["to"]) == ("2026-01-03", "2026-02-01")
    body = as_alice.get("/stats/summary?from=2026-02-01").json()
    assert (body["from"], body["to"]) == ("2026-02-01", "2026-03-01")


def test_only_what_lies_in_the_days_counts(as_alice: Caller, week: list[StudySession]) -> None:
    for group_by in GroupBy.values:
        body = as_alice.get(f"/stats/summary?from=2026-03-03&to=2026-03-03&group_by={group_by}").json()
        assert body["totals"] == {"minutes": 60, "seconds": 3600, "session_count": 1}
        assert [each["minutes"] for each in body["groups"]] == [60]


def test_a_week_begins_when_the_users_does(as_alice: Caller, week: list[StudySession]) -> None:
    assert as_alice.patch("/auth/me", {"week_start": 7}).status_code == 200
    (first,) = as_alice.get(f"{WEEK}&group_by=week").json()["groups"]
    assert (first["key"], first["period_start"], first["period_end"]) == ("2026-03-01", "2026-03-01", "2026-03-07")


@pytest.mark.parametrize("group_by", ["day", "week", "month", "subject", "weekday", "hour"])
def test_a_session_in_several_parts_is_counted_once(as_alice: Caller, alice: User, group_by: str) -> None:
    """From 23:30 to 23:00, over the end of a month and of a week: two days, and the hour of its beginning twice."""
    make_session(make_subject(alice), datetime(2026, 5, 31, 21, 30, tzinfo=UTC), minutes=23 * 60 + 30)
    body = as_alice.get(f"/stats/summary?from=2026-05-01&to=2026-06-30&group_by={group_by}").json()
    assert body["totals"] == {"minutes": 1410, "seconds": 84600, "session_count": 1}
    assert {each["session_count"] for each in body["groups"]} == {1}
    assert len(body["groups"]) == {"subject": 1, "hour": 24}.get(group_by, 2)


def test_what_runs_counts_nothing(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice), MONDAY - HOUR, end_time=None)
    for group_by in GroupBy.values:
        assert as_alice.get(f"{WEEK}&group_by={group_by}").json()["groups"] == []


def test_shared_numbers_are_equal(as_alice: Caller, week: list[StudySession]) -> None:
    by_subject = as_alice.get("/stats/summary?from=2026-01-01&to=2026-12-31&group_by=subject&fill=true").json()
    for each in by_subject["groups"]:
        subject = as_alice.get(f"/subjects/{each['key']}").json()
        assert subject["total_hours_completed"] == round(each["seconds"] / 3600, 2)
        assert subject["session_count"] == each["session_count"]


def test_a_change_is_seen_at_once(as_alice: Caller, week: list[StudySession]) -> None:
    assert as_alice.get(WEEK).json()["totals"]["minutes"] == 240
    as_alice.patch(f"/sessions/{week[1].pk}", {"end_time": "2026-03-07T14:30:00Z"})
    assert as_alice.get(WEEK).json()["totals"]["minutes"] == 210
    as_alice.delete(f"/subjects/{week[0].subject_id}")
    assert as_alice.get(WEEK).json()["totals"] == {"minutes": 30, "seconds": 1800, "session_count": 1}


def test_nobody_sees_nothing(anonymous: Caller) -> None:
    response = anonymous.get("/stats/summary")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


def test_a_span_ends_after_it_begins(as_alice: Caller) -> None:
    response = as_alice.get("/stats/summary?from=2026-03-03&to=2026-03-02")
    assert response.status_code == 400
    assert response.json() == invalid("from", "after_to", "This is after the last day.")


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("from=yesterday", [("from", "invalid")]),
        ("to=2026-02-30", [("to", "invalid")]),
        ("to=2026-03-02T00:00:00Z", [("to", "invalid")]),
        ("from=0001-01-01", [("from", "out_of_range")]),
        ("to=9999-12-31", [("to", "out_of_range")]),
        ("group_by=year", [("group_by", "invalid_choice")]),
        ("fill=yes", [("fill", "invalid_choice")]),
        ("from=2000-01-01&fill=true", [("from", "too_long")]),
    ],
)
def test_what_makes_no_sense_is_refused(as_alice: Caller, query: str, refused: list[tuple[str, str]]) -> None:
    assert refusals(as_alice.get(f"/stats/summary?{query}")) == refused


def test_the_longest_span_has_no_gaps(as_alice: Caller) -> None:
    body = as_alice.get("/stats/summary?from=0002-01-01&to=9998-12-31").json()
    assert (body["from"], body["to"], body["groups"]) == ("0002-01-01", "9998-12-31", [])


zones = st.sampled_from(sorted(available_timezones()))
instants = st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC


@given(start=instants, seconds=st.integers(1, 24 * 3600), zone=zones, day_start_hour=st.integers(0, 12))
@example(datetime(2026, 4, 4, 14, 45, tzinfo=UTC), 7200, "Australia/Lord_Howe", 0)
@example(datetime(2010, 11, 7, 2, 15, tzinfo=UTC), 7200, "America/St_Johns", 0)
@example(datetime(2026, 10, 25, 0, tzinfo=UTC), 7200, "Europe/Berlin", 2)
def test_each_part_lies_in_its_hour(start: datetime, seconds: int, zone: str, day_start_hour: int) -> None:
    place, end = ZoneInfo(zone), start.replace(microsecond=0) + timedelta(seconds=seconds)
    start = start.replace(microsecond=0)
    for stretch in stretches(start, end, place, day_start_hour):
        first, last = stretch.clock // 3600, (stretch.clock + stretch.seconds - 1) // 3600
        for hour, part in hours(first, last, stretch.seconds, stretch.clock % 3600):
            shown, shown_last = (start + timedelta(seconds=n) for n in (0, part - 1))
            assert shown.astimezone(place).hour == shown_last.astimezone(place).hour == hour
            assert 0 < part <= 3600
            start += timedelta(seconds=part)
    assert start == end


def test_hours_of_several_stretches_are_those_of_each() -> None:
    together = dict(hours(22, 25, 600 * 3 + 3 * 3600 - 100 - 200, 100 + 200 + 3000, 3))
    each = [dict(hours(22, 25, seconds, late)) for late, seconds in ((100, 10800), (200, 1), (3000, 1499))]
    assert sum(together.values()) == 12300
    assert together.keys() == {22, 23, 0, 1} == each[0].keys()


@given(day=st.dates(date(2, 1, 1), date(9998, 12, 31)), week_start=st.integers(1, 7))
def test_weeks_and_months_hold_their_days(day: date, week_start: int) -> None:
    first = week_of(day, week_start)
    assert (first.isoweekday(), 0 <= (day - first).days < 7) == (week_start, True)
    first, last = month_of(day)
    assert (first.day, (last + timedelta(days=1)).day, first <= day <= last) == (1, 1, True)


def lives() -> Iterator[tuple[datetime, int, str, int]]:
    """Sessions of some months here and there: start, minutes, zone, hour."""
    places = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")
    for number in range(60):
        start = MONDAY - timedelta(hours=37 * number, minutes=13 * number, seconds=number)
        yield start, 90 + 20 * (number % 50), places[number % 5], number % 13


@pytest.mark.parametrize(("first", "days"), [("2025-11-01", 200), ("2026-02-01", 1), ("2026-01-10", 17)])
def test_all_groupings_of_a_life_agree(alice: User, first: str, days: int) -> None:
    subjects = [make_subject(alice, name) for name in ("Algebra", "Botany", "Chemistry")]
    StudySession.objects.bulk_create(
        StudySession(
            subject=subjects[start.day % 3],
            start_time=start,
            end_time=start + timedelta(minutes=minutes),
            time_zone=zone,
            day_start_hour=hour,
        )
        for start, minutes, zone, hour in lives()
    )
    span = Span(date.fromisoformat(first), date.fromisoformat(first) + timedelta(days=days - 1))
    answers = [summary(alice, span, group_by, fill=fill) for group_by in GroupBy.values for fill in (True, False)]
    totals = answers[0]["totals"]
    assert totals["seconds"] > 0
    for answer in answers:
        assert answer["totals"] == totals
        assert sum(each["seconds"] for each in answer["groups"]) == totals["seconds"]
        assert sum(each["percent"] for each in answer["groups"]) == pytest.approx(100, abs=1)
