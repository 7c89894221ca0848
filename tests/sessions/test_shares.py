"""How sessions are booked on study days (contract 5): in parts that add up, and always as the sessions are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from sessions.management.commands.recompute_study_days import recompute
from sessions.models import StudySession
from sessions.periods import day_begins, study_date, study_days
from sessions.shares import DayShare
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_sessions, make_subject

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)
ZONES = sorted(available_timezones())


def booked() -> dict[str, float]:
    """The hours that are booked on each day."""
    return {f"{share.date}": share.seconds / 3600 for share in DayShare.objects.order_by("date")}


@pytest.mark.parametrize(
    ("zone", "hour", "start", "end", "minutes"),
    [
        (
            *("Europe/Berlin", 0, "2026-05-04T23:30:00+02:00", "2026-05-05T00:45:00+02:00"),
            {"2026-05-04": 30, "2026-05-05": 45},
        ),
        ("Europe/Berlin", 4, "2026-05-04T23:30:00+02:00", "2026-05-05T00:45:00+02:00", {"2026-05-04": 75}),
        ("Europe/Berlin", 0, "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", {"2026-03-29": 60}),
        (
            *("Europe/Berlin", 2, "2026-10-25T01:30:00+02:00", "2026-10-25T03:30:00+01:00"),
            {"2026-10-24": 30, "2026-10-25": 150},
        ),
        (
            *("Africa/Cairo", 0, "2026-04-23T23:00:00+02:00", "2026-04-24T02:00:00+03:00"),
            {"2026-04-23": 60, "2026-04-24": 60},
        ),
        (
            *("Asia/Kathmandu", 0, "2026-05-04T23:50:00+05:45", "2026-05-05T00:20:00+05:45"),
            {"2026-05-04": 10, "2026-05-05": 20},
        ),
        # the 30th was skipped: nothing is booked on it
        (
            *("Pacific/Apia", 0, "2011-12-29T23:00:00-10:00", "2011-12-31T01:00:00+14:00"),
            {"2011-12-29": 60, "2011-12-31": 60},
        ),
    ],
)
def test_a_session_is_split_between_the_study_days(
    zone: str, hour: int, start: str, end: str, minutes: dict[str, int]
) -> None:
    days = study_days(datetime.fromisoformat(start), datetime.fromisoformat(end), ZoneInfo(zone), hour)
    assert {f"{day}": part / timedelta(minutes=1) for day, part in days} == minutes


@given(
    start=st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - UTC
    seconds=st.integers(1, 24 * 3600),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 12),
)
@example(datetime(2011, 12, 30, 9, tzinfo=UTC), 24 * 3600, "Pacific/Apia", 0)
@example(datetime(2011, 12, 30, 9, tzinfo=UTC), 24 * 3600, "Pacific/Apia", 4)
@example(datetime(2010, 11, 7, 2, tzinfo=UTC), 24 * 3600, "America/St_Johns", 0)
def test_the_parts_add_up_and_each_lies_in_its_day(start: datetime, seconds: int, zone: str, hour: int) -> None:
    end, place = start + timedelta(seconds=seconds), ZoneInfo(zone)
    parts = list(study_days(start, end, place, hour))
    assert sum((part for _, part in parts), timedelta(0)) == end - start
    assert (parts[0][0], len({day for day, _ in parts})) == (study_date(start, place, hour), len(parts))
    for day, part in parts:
        first, last = day_begins(day, place, hour), day_begins(day + timedelta(days=1), place, hour)
        assert part == min(end, last) - max(start, first) > timedelta(0)


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28T22:00:00+00:00", 5), ("2026-10-24T22:00:00+00:00", 5)])
def test_the_clocks_of_one_zone_are_not_subtracted(start: str, hours: int) -> None:
    """Python subtracts what two clocks of the same zone show, and is an hour wrong when they were changed between."""
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime.fromisoformat(start)
    end = begin + hours * HOUR
    on_the_wall = study_days(begin.astimezone(berlin), end.astimezone(berlin), berlin, 0)
    assert list(on_the_wall) == list(study_days(begin, end, berlin, 0))


NIGHT = {"start_time": "2026-03-02T22:00:00Z", "end_time": "2026-03-03T00:30:00Z"}


def test_a_new_session_is_booked(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    assert as_alice.post("/sessions", {"subject_id": subject.pk, **NIGHT}).status_code == 201
    assert booked() == {"2026-03-02": 1, "2026-03-03": 1.5}
    session = StudySession.objects.get()
    assert {(s.owner, s.subject, s.session) for s in DayShare.objects.all()} == {(alice, subject, session)}


def test_a_timer_is_booked_when_it_has_ended(as_alice: Caller, alice: User) -> None:
    running = make_session(make_subject(alice), end_time=None)
    assert booked() == {}
    as_alice.post(f"/sessions/{running.pk}/stop", {"end_time": "2026-03-02T16:00:00Z"})
    assert booked() == {"2026-03-02": 2}


def changed(session: StudySession, **values: Any) -> StudySession:
    vars(session).update(values)
    return session


LATE = {"end_time": MONDAY + 10 * HOUR}


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda session: changed(session, **LATE).save(), {"2026-03-02": 9, "2026-03-03": 1}),
        (lambda s: changed(s, **LATE).save(update_fields=["end_time"]), {"2026-03-02": 9, "2026-03-03": 1}),
        (lambda s: changed(s, notes="Rings", **LATE).save(update_fields=["notes"]), {"2026-03-02": 1}),
        (lambda s: changed(s, time_zone="Pacific/Kiritimati").save(), {"2026-03-03": 1}),
        (lambda s: changed(s, start_time=MONDAY - HOUR).save(), {"2026-03-02": 2}),
        (lambda s: StudySession.objects.update(**LATE), {"2026-03-02": 9, "2026-03-03": 1}),
        (lambda s: StudySession.objects.update(notes="Rings"), {"2026-03-02": 1}),
        (
            lambda s: StudySession.objects.bulk_update([changed(s, **LATE)], ["end_time"]),
            {"2026-03-02": 9, "2026-03-03": 1},
        ),
        (lambda s: StudySession.objects.bulk_update([changed(s, **LATE)], ["notes"]), {"2026-03-02": 1}),
        (lambda s: StudySession.objects.update(end_time=None), {}),
        (lambda s: s.delete(), {}),
        (lambda s: StudySession.objects.all().delete(), {}),
        (lambda s: s.subject.delete(), {}),
        (lambda s: s.owner.delete(), {}),
    ],
)
def test_whoever_writes_a_session_books_it(
    alice: User, write: Callable[[StudySession], object], expected: dict[str, float]
) -> None:
    session = make_session(make_subject(alice))
    assert booked() == {"2026-03-02": 1}
    write(session)
    assert booked() == expected


def test_sessions_made_in_bulk_are_booked(alice: User) -> None:
    subject = make_subject(alice)
    starts = [MONDAY + n * 10 * HOUR for n in range(2)]
    StudySession.objects.bulk_create(
        StudySession(subject=subject, start_time=start, end_time=start + 2 * HOUR) for start in starts
    )
    assert booked() == {"2026-03-02": 2, "2026-03-03": 2}


def test_a_session_that_moves_takes_its_shares_along(as_alice: Caller, alice: User) -> None:
    session, botany = make_session(make_subject(alice)), make_subject(alice, "Botany")
    as_alice.patch(f"/sessions/{session.pk}", {"subject_id": botany.pk})
    assert DayShare.objects.get().subject == botany


def test_a_journey_does_not_rebook_the_past(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), MONDAY + 8 * HOUR, minutes=120)
    as_alice.patch("/auth/me", {"time_zone": "Asia/Kathmandu", "day_start_hour": 4})
    as_alice.patch(f"/sessions/{session.pk}", {"end_time": "2026-03-03T00:30:00Z"})
    assert booked() == {"2026-03-02": 1, "2026-03-03": 1.5}


def rows() -> list[Any]:
    shares = DayShare.objects.order_by("session", "number")
    columns = [field.attname for field in DayShare._meta.fields if field.name != "id"]
    return [*shares.values_list(*columns), *StudySession.objects.order_by("pk").values_list()]


def write_a_life(user: User) -> None:
    subject = make_subject(user)
    make_sessions(subject, 3)
    make_session(subject, MONDAY + 9 * HOUR, minutes=24 * 60 - 1, time_zone="Pacific/Apia", day_start_hour=3)
    make_session(subject, MONDAY + 90 * HOUR, end_time=None)


def test_recomputing_changes_nothing(alice: User, charlie: User, capsys: pytest.CaptureFixture[str]) -> None:
    for user in (alice, charlie):
        write_a_life(user)
    before = rows()
    call_command("recompute_study_days")
    assert rows() == before
    assert capsys.readouterr().out == "0 sessions now start on another study day.\n"


def test_recomputing_mends_what_is_wrong(as_alice: Caller, alice: User) -> None:
    """As when the rules of a time zone have changed since."""
    write_a_life(alice)
    right, seen = rows(), as_alice.get("/sessions").json()
    DayShare.objects.filter(seconds=3600).update(date=date(2026, 1, 1))
    DayShare.objects.exclude(seconds=3600).delete()
    models.QuerySet(StudySession).update(study_date=date(2026, 1, 1))
    call_command("recompute_study_days")
    assert rows() == right
    assert as_alice.get("/sessions").json() == seen


def test_recomputing_asks_for_the_user_once(alice: User) -> None:
    """The obvious code asks for the owner of each session: each has a subject of its own at hand."""
    make_sessions(make_subject(alice), 10)
    with CaptureQueriesContext(connection) as queries:
        recompute(alice.pk)
    assert sum('FROM "accounts_user"' in query["sql"] for query in queries) == 1
    assert DayShare.objects.count() == 10


def test_the_migration_books_what_was_there_before(alice: User) -> None:
    write_a_life(alice)
    right = rows()
    DayShare.objects.all().delete()
    migration = import_module("sessions.migrations.0004_share_seconds")
    for _ in range(2):  # a second time there is nothing left to do
        migration.book(apps, None)
        assert rows() == right


def test_a_session_over_a_change_of_the_clock_has_a_share_before_and_one_after(alice: User) -> None:
    """Berlin passes 02:00 to 03:00 twice: what the clock shows would not follow from where it stood."""
    make_session(make_subject(alice), datetime(2026, 10, 24, 23, 30, tzinfo=UTC), minutes=120)
    shares = DayShare.objects.order_by("number").values_list("date", "clock", "seconds", "number", "of")
    assert list(shares) == [
        (date(2026, 10, 25), 1.5 * 3600, 5400, 1, 2),
        (date(2026, 10, 25), 2 * 3600, 1800, 2, 2),
    ]


@pytest.mark.parametrize("values", [{"seconds": 0}, {"clock": 86400}, {"number": 2}, {"number": 3}])
def test_the_database_refuses_nonsense(alice: User, values: dict[str, Any]) -> None:
    make_session(make_subject(alice), MONDAY + 8 * HOUR, minutes=120)
    share = DayShare.objects.get(date=date(2026, 3, 2))
    with pytest.raises(DatabaseError):
        DayShare.objects.filter(pk=share.pk).update(**values)
