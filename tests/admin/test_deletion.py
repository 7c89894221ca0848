"""Deleting in the admin: everything that goes is counted before, and gone after (contract 3, 7)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.admin.conftest import SESSIONS, SUBJECTS, USERS, Operator
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_subject

HOUR = timedelta(hours=1)


def make_many(subject: Subject, count: int) -> None:
    """Sessions of an hour each, one after the other."""
    starts = (MONDAY - HOUR * (n + 1) for n in range(count))
    StudySession.objects.bulk_create(StudySession(subject=subject, start_time=s, end_time=s + HOUR) for s in starts)


def test_a_subject_goes_with_thousands_of_sessions(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    make_many(subject, 5000)
    assert as_alice.get("/sessions").json()["count"] == 5000
    page = as_operator.page(f"{SUBJECTS}{subject.pk}/delete/")
    assert "5,000 study sessions" in page
    assert "Study sessions: 5000" in page
    with CaptureQueriesContext(connection) as captured:
        as_operator.post(f"{SUBJECTS}{subject.pk}/delete/", {"post": "yes"})
    assert len(captured) < 30
    assert not Subject.objects.exists()
    assert as_alice.get("/sessions").json()["count"] == 0


def test_a_user_goes_with_all_that_is_theirs(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    make_many(make_subject(alice), 2)
    page = as_operator.page(f"{USERS}{alice.pk}/delete/")
    assert all(line in page for line in ("1 subject<", "2 study sessions<", "1 sign-in<"))
    as_operator.post(f"{USERS}{alice.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not StudySession.objects.exists()
    assert as_alice.get("/subjects").status_code == 401


@pytest.mark.parametrize("chosen", ["users", "subjects"])
def test_several_go_together(as_operator: Operator, alice: User, charlie: User, chosen: str) -> None:
    subjects = [make_subject(owner) for owner in (alice, charlie)]
    for subject in subjects:
        make_session(subject)
    path, records = (USERS, [alice, charlie]) if chosen == "users" else (SUBJECTS, subjects)
    form = {"action": "delete_selected", "_selected_action": [record.pk for record in records]}
    assert "2 study sessions" in as_operator.post(path, form).content.decode()
    as_operator.post(path, form | {"post": "yes"})
    assert not Subject.objects.exists()
    assert not StudySession.objects.exists()


def test_one_that_has_nothing_goes_alone(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    assert "study session<" not in as_operator.page(f"{SUBJECTS}{subject.pk}/delete/")


def test_a_session_goes_and_its_owner_sees_it(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    assert as_alice.get("/sessions").json()["count"] == 1
    as_operator.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"})
    assert as_alice.get("/sessions").json()["count"] == 0
