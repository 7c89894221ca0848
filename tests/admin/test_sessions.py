"""Sessions in the admin: no overlap, an end after the start, a past, one owner for good (contract 4, 7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from sessions.models import StudySession
from tests.admin.conftest import SESSIONS, Operator, change_page, session_form
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_subject

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)


def test_an_operator_adds_a_session_by_the_owners_clock(as_operator: Operator, alice: User) -> None:
    start = MONDAY.replace(hour=23)
    entered = StudySession(subject=make_subject(alice), start_time=start, end_time=start + HOUR)
    assert as_operator.post(f"{SESSIONS}add/", session_form(entered)).status_code == 302
    session = StudySession.objects.get()
    assert (session.owner, session.start_time, session.end_time) == (alice, start, start + HOUR)
    assert (session.time_zone, session.day_start_hour, f"{session.study_date}") == ("Europe/Berlin", 0, "2026-03-03")


def test_what_was_shown_and_comes_back_changes_nothing(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice), notes="one\ntwo")
    as_operator.post(change_page(session), session_form(session, notes="one\r\ntwo"))
    after = StudySession.objects.get()
    assert (after.start_time, after.notes, after.updated_at) == (MONDAY, "one\ntwo", session.updated_at)


def test_a_moved_start_moves_the_study_date(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice))
    as_operator.post(change_page(session), session_form(session, start_time_0="2026-03-01", start_time_1="23:30:00"))
    assert f"{StudySession.objects.get().study_date}" == "2026-03-02"


def test_an_overlap_is_an_error_of_the_form(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    make_session(subject)
    other = make_session(subject, MONDAY + HOUR)
    errors = as_operator.refusals(change_page(other), session_form(other, start_time_1="14:59:59"))
    assert errors == {"__all__": ["This overlaps another session."]}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"end_time_1": "14:00:00"}, "A session ends after it starts."),
        ({"end_time_0": "2026-03-03"}, "A session lasts 24 hours at most."),
        ({"end_time_0": "", "end_time_1": ""}, "This field is required."),
    ],
)
def test_an_end_that_makes_no_sense_is_an_error(
    as_operator: Operator, alice: User, changes: dict[str, str], error: str
) -> None:
    session = make_session(make_subject(alice))
    assert as_operator.refusals(change_page(session), session_form(session, **changes)) == {"end_time": [error]}
    assert StudySession.objects.get().end_time == MONDAY + HOUR


def test_the_future_is_an_error(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice))
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"
    errors = as_operator.refusals(
        change_page(session), session_form(session, start_time_0=tomorrow, end_time_0=tomorrow)
    )
    assert errors["start_time"] == ["This is in the future."]


def test_a_clock_that_is_a_little_fast_means_now(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice), timezone.now().replace(microsecond=0) - HOUR)
    ahead = timezone.now() + timedelta(seconds=40)
    form = session_form(session, end_time_0=f"{ahead:%Y-%m-%d}", end_time_1=f"{ahead:%H:%M:%S}")
    assert as_operator.post(change_page(session), form).status_code == 302
    end = StudySession.objects.get().end_time
    assert end is not None
    assert end <= timezone.now()


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_somewhere_on_earth_is_an_error(as_operator: Operator, alice: User, date: str) -> None:
    alice.time_zone = "America/New_York"
    alice.save()
    session = make_session(make_subject(alice))
    form = session_form(session, start_time_0=date, end_time_0=date, start_time_1="00:00", end_time_1="01:00")
    assert "start_time" in as_operator.refusals(change_page(session), form)


def test_a_form_without_anything_names_what_is_missing(as_operator: Operator) -> None:
    required = ["This field is required."]
    assert as_operator.refusals(f"{SESSIONS}add/", {}) == dict.fromkeys(
        ("subject", "start_time", "end_time"), required
    )


def test_a_running_session_goes_on_when_its_notes_change(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice), end_time=None)
    assert as_operator.post(change_page(session), session_form(session, notes="Chapter one")).status_code == 302
    after = StudySession.objects.get()
    assert (after.end_time, after.notes) == (None, "Chapter one")


def test_a_session_moves_to_another_subject_of_its_owner_only(
    as_operator: Operator, alice: User, charlie: User
) -> None:
    session = make_session(make_subject(alice, "Algebra"))
    physics, stranger = make_subject(alice, "Physics"), make_subject(charlie, "Algebra")
    errors = as_operator.refusals(change_page(session), session_form(session, subject=stranger.pk))
    assert errors == {"subject": ["This subject belongs to somebody else."]}
    as_operator.post(change_page(session), session_form(session, subject=physics.pk))
    assert StudySession.objects.get().subject == physics


def test_the_owner_sees_the_change_at_once(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    assert as_alice.get("/subjects").json()["results"][0]["total_hours_completed"] == 1
    as_operator.post(change_page(session), session_form(session, end_time_1="14:30:00"))
    assert as_alice.get("/subjects").json()["results"][0]["total_hours_completed"] == 0.5
    assert as_alice.get("/sessions").json()["results"][0]["duration_minutes"] == 30
