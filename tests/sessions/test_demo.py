"""The demo user and the half year of study that `manage.py studytrack_demo` makes up."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from sessions.models import StudySession
from sessions.student_life import HALF_A_YEAR, ZONE, Sitting, half_a_year
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_subject

pytestmark = pytest.mark.everywhere

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # the clock went back four weeks before
OTHER_NOWS = [datetime(2026, 4, 1, 23, 30, tzinfo=UTC), datetime(2024, 2, 29, 3, tzinfo=UTC)]


def demo(*arguments: str) -> str:
    printed = StringIO()
    call_command("studytrack_demo", *arguments, stdout=printed)
    return printed.getvalue()


def printed_password(printed: str) -> str:
    return printed.partition("Password")[2].split(maxsplit=1)[0]


def minutes(sitting: Sitting) -> float:
    return (sitting.end - sitting.start) / timedelta(minutes=1)


@pytest.mark.parametrize("now", [NOW, *OTHER_NOWS])
def test_nothing_overlaps_and_all_lies_within_the_half_year_before_now(now: datetime) -> None:
    sittings = half_a_year(now)
    assert all(earlier.end < later.start for earlier, later in pairwise(sittings))
    assert now - HALF_A_YEAR <= sittings[0].start
    assert sittings[-1].end < now
    assert all(20 <= minutes(sitting) <= 150 for sitting in sittings)


def test_the_same_moment_gives_the_same_half_year() -> None:
    assert half_a_year(NOW) == half_a_year(NOW)
    assert half_a_year(NOW) != half_a_year(NOW, seed=1)


def test_a_student_has_weekends_holidays_and_evenings_past_midnight() -> None:
    sittings = half_a_year(NOW)
    days = sorted({sitting.start.astimezone(ZONE).date() for sitting in sittings})
    on_weekends = [sitting for sitting in sittings if sitting.start.astimezone(ZONE).isoweekday() > 5]
    past_midnight = [s for s in sittings if s.start.astimezone(ZONE).date() < s.end.astimezone(ZONE).date()]
    assert 300 < len(sittings) < 500
    assert 0 < len(on_weekends) / 2 < (len(sittings) - len(on_weekends)) / 5
    assert max(later - earlier for earlier, later in pairwise(days)) > timedelta(days=10)
    assert past_midnight


def test_the_demo_user_has_subjects_and_sessions_as_they_were_made_up(db: None) -> None:
    demo()
    user = User.objects.get()
    assert (user.username, user.email) == ("demo", "demo@example.org")
    assert (user.time_zone, user.day_start_hour) == ("Europe/Berlin", 4)
    assert user.subjects.count() == 5
    kept = list(StudySession.objects.select_related("subject").order_by("start_time"))
    assert {session.owner for session in kept} == {user}
    assert {session.time_zone for session in kept} == {"Europe/Berlin", "America/New_York"}
    assert {session.day_start_hour for session in kept} == {4}
    assert {session.subject.name for session in kept} == {subject.name for subject in user.subjects.all()}
    assert all(earlier.end_time < later.start_time for earlier, later in pairwise(kept) if earlier.end_time)


def test_the_demo_user_has_streaks_rest_days_and_a_forgotten_timer(db: None) -> None:
    demo()
    as_demo = Caller(User.objects.get())
    assert as_demo.get("/stats/streak").json()["longest"] >= 5
    assert any(day["excused"] for day in as_demo.get("/stats/heatmap").json()["days"])
    forgotten = as_demo.get("/sessions?needs_review=true").json()["results"]
    assert [(each["end_time"], each["source"], each["needs_review"]) for each in forgotten] == [(None, "timer", True)]


def test_the_password_that_is_printed_signs_in(anonymous: Caller) -> None:
    password = printed_password(demo())
    assert anonymous.post("/auth/login", {"username": "demo", "password": password}).status_code == 200
    assert anonymous.post("/auth/login", {"username": "demo", "password": "study-1"}).status_code == 401


def test_one_that_exists_stays_as_it_is(db: None) -> None:
    demo()
    make_subject(User.objects.get(), "Pottery")
    with pytest.raises(CommandError, match="make demo ARGS=--replace"):
        demo()
    assert Subject.objects.filter(name="Pottery").exists()


def test_replace_begins_anew_with_another_password(anonymous: Caller, alice: User) -> None:
    old = printed_password(demo())
    make_subject(User.objects.get(username="demo"), "Pottery")
    make_subject(alice, "Algebra")
    new = printed_password(demo("--replace"))
    assert sorted(User.objects.values_list("username", flat=True)) == ["alice", "demo"]
    assert Subject.objects.filter(owner=alice).count() == 1
    assert not Subject.objects.filter(name="Pottery").exists()
    assert anonymous.post("/auth/login", {"username": "demo", "password": old}).status_code == 401
    assert anonymous.post("/auth/login", {"username": "demo", "password": new}).status_code == 200


@pytest.mark.parametrize("theirs", [{"email": "d@example.org"}, {"email": "demo@example.org", "is_staff": True}])
def test_somebody_else_of_that_name_is_never_replaced(db: None, theirs: dict[str, Any]) -> None:
    other = User.objects.create_user("Demo", **theirs)
    with pytest.raises(CommandError, match="stays as it is"):
        demo("--replace")
    assert User.objects.get() == other
