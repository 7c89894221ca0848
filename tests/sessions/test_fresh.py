"""What is read after a change (contract 3 and 4): cached answers do not outlive it, however it was made."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import hour

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)
Act = Callable[[Caller, Subject, StudySession], object]


def new(subject: Subject, start: int) -> StudySession:
    return StudySession(subject=subject, start_time=MONDAY + start * HOUR, end_time=MONDAY + (start + 1) * HOUR)


def through_the_api(caller: Caller, subject: Subject, session: StudySession) -> object:
    return caller.post("/sessions", {"subject_id": subject.pk, **hour(15, 16)})


def by_changing_it(caller: Caller, subject: Subject, session: StudySession) -> object:
    return caller.patch(f"/sessions/{session.pk}", {"end_time": "2026-03-02T16:00:00Z"})


def by_deleting_it(caller: Caller, subject: Subject, session: StudySession) -> object:
    return caller.delete(f"/sessions/{session.pk}")


def by_moving_it(caller: Caller, subject: Subject, session: StudySession) -> object:
    return caller.patch(f"/sessions/{session.pk}", {"subject_id": make_subject(subject.owner, "Botany").pk})


def in_a_shell(caller: Caller, subject: Subject, session: StudySession) -> None:
    new(subject, 1).save()


def in_bulk(caller: Caller, subject: Subject, session: StudySession) -> object:
    return StudySession.objects.bulk_create([new(subject, 1)])


def in_bulk_anew(caller: Caller, subject: Subject, session: StudySession) -> object:
    session.end_time = MONDAY + 2 * HOUR
    return StudySession.objects.bulk_update([session], ["end_time"])


def by_an_update(caller: Caller, subject: Subject, session: StudySession) -> object:
    return StudySession.objects.filter(pk=session.pk).update(end_time=MONDAY + 2 * HOUR)


def by_a_shells_delete(caller: Caller, subject: Subject, session: StudySession) -> object:
    return session.delete()


def by_deleting_all(caller: Caller, subject: Subject, session: StudySession) -> object:
    return StudySession.objects.all().delete()


@pytest.mark.parametrize(
    ("act", "hours", "sessions"),
    [
        (through_the_api, 2, 2),
        (by_changing_it, 2, 1),
        (by_deleting_it, 0, 0),
        (by_moving_it, 0, 0),
        (in_a_shell, 2, 2),
        (in_bulk, 2, 2),
        (in_bulk_anew, 2, 1),
        (by_an_update, 2, 1),
        (by_a_shells_delete, 0, 0),
        (by_deleting_all, 0, 0),
    ],
)
def test_the_totals_of_a_subject_follow_its_sessions(
    as_alice: Caller, alice: User, act: Act, hours: int, sessions: int
) -> None:
    subject = make_subject(alice, total_hours_goal=4)
    session = make_session(subject)
    for expected in ((1, 25, 1), (hours, hours * 25, sessions)):
        body = as_alice.get(f"/subjects/{subject.pk}").json()
        assert (body["total_hours_completed"], body["progress_percent"], body["session_count"]) == expected
        assert as_alice.get("/subjects?search=algebra").json()["results"] == [body]
        if expected == (1, 25, 1):
            act(as_alice, subject, session)


def renamed_through_the_api(caller: Caller, subject: Subject, session: StudySession) -> object:
    return caller.patch(f"/subjects/{subject.pk}", {"name": "Analysis"})


def renamed_in_a_shell(caller: Caller, subject: Subject, session: StudySession) -> None:
    subject.name = "Analysis"
    subject.save()


def renamed_in_bulk(caller: Caller, subject: Subject, session: StudySession) -> object:
    subject.name = "Analysis"
    return Subject.objects.bulk_update([subject], ["name"])


@pytest.mark.parametrize("act", [renamed_through_the_api, renamed_in_a_shell, renamed_in_bulk])
def test_a_session_shows_its_subjects_new_name(as_alice: Caller, alice: User, act: Act) -> None:
    session = make_session(make_subject(alice))
    for name in ("Algebra", "Analysis"):
        body = as_alice.get(f"/sessions/{session.pk}").json()
        assert body["subject_name"] == name
        assert as_alice.get("/sessions").json()["results"] == [body]
        if name == "Algebra":
            act(as_alice, session.subject, session)


@pytest.mark.parametrize(
    "act",
    [
        lambda caller, subject: caller.delete(f"/subjects/{subject.pk}"),
        lambda caller, subject: subject.delete(),
        lambda caller, subject: Subject.objects.all().delete(),
    ],
)
def test_sessions_are_gone_with_their_subject(
    as_alice: Caller, alice: User, act: Callable[[Caller, Subject], object]
) -> None:
    """The cascade tells nobody of the sessions that it deletes."""
    subject = make_subject(alice)
    address = f"/sessions/{make_session(subject).pk}"
    assert [as_alice.get(address).status_code, as_alice.get("/sessions").json()["count"]] == [200, 1]
    act(as_alice, subject)
    assert [as_alice.get(address).status_code, as_alice.get("/sessions").json()["count"]] == [404, 0]


def test_a_change_that_is_taken_back_was_never_seen(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    with transaction.atomic():
        make_session(subject)
        transaction.set_rollback(True)
    assert as_alice.get(f"/subjects/{subject.pk}").json()["session_count"] == 0


def test_others_keep_their_answers(as_alice: Caller, as_charlie: Caller, alice: User, charlie: User) -> None:
    make_session(make_subject(charlie))
    before = as_charlie.get("/sessions").json()
    make_session(make_subject(alice))
    assert as_charlie.get("/sessions").json() == before
