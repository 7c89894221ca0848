"""What the admin's form accepted and the database refuses, because somebody was faster (contract 1, 7).

The rival's transaction is open while the form is judged, and is committed when the operator's write waits for it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections, transaction

from accounts.models import User
from sessions.models import StudySession
from studytrack.models import lock_owners
from subjects.models import Subject
from tests.admin.conftest import SESSIONS, SUBJECTS, USERS, Operator, change_page, session_form, subject_form
from tests.factories import MONDAY, PASSWORD, make_session, make_subject, make_user

WAIT_SECONDS = 10
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@contextmanager
def rival(act: Callable[[], Any]) -> Iterator[None]:
    """Somebody who has acted and not yet committed, and does so as soon as another waits."""
    acted = Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                acted.set()
                wait_until_somebody_waits()
        finally:
            acted.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        assert acted.wait(WAIT_SECONDS)
        yield
        running.result(WAIT_SECONDS)


def wait_until_somebody_waits() -> None:
    deadline = monotonic() + WAIT_SECONDS
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("nobody waits: the two did not meet")


def test_a_name_that_was_just_taken_is_an_error_of_its_field(as_operator: Operator, alice: User) -> None:
    """Django's form sees the duplicate too late: IntegrityError, 500."""
    form = subject_form(Subject(name="Algebra"), owner=alice.pk)
    with rival(lambda: make_subject(alice, "ALGEBRA")):
        errors = as_operator.refusals(f"{SUBJECTS}add/", form)
    assert errors == {"name": ["You have a subject of this name already."]}
    assert [subject.name for subject in Subject.objects.all()] == ["ALGEBRA"]


def test_a_renaming_that_lost_is_an_error_of_its_field(as_operator: Operator, alice: User) -> None:
    physics = make_subject(alice, "Physics")
    with rival(lambda: make_subject(alice, "Algebra")):
        errors = as_operator.refusals(change_page(physics), subject_form(physics, name="Algebra"))
    assert errors == {"name": ["You have a subject of this name already."]}


def test_a_user_name_that_was_just_taken_is_an_error_of_its_field(as_operator: Operator) -> None:
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    form = {"username": "dora", "email": "dora@example.org", "time_zone": "UTC"} | passwords
    with rival(lambda: make_user("Dora")):
        errors = as_operator.refusals(f"{USERS}add/", form)
    assert errors["username"] == ["Somebody has this name already."]


def test_a_time_that_was_just_taken_is_an_error_of_the_form(as_operator: Operator, alice: User) -> None:
    """Django's form does not expect a ValidationError from save(): 500."""
    subject = make_subject(alice)
    with rival(lambda: make_session(subject)):
        errors = as_operator.refusals(f"{SESSIONS}add/", new_session(subject))
    assert errors == {"__all__": ["This overlaps another session."]}
    assert StudySession.objects.count() == 1


def test_a_subject_that_was_just_deleted_does_not_come_back(as_operator: Operator, alice: User) -> None:
    """Django's save() falls back to INSERT."""
    subject = make_subject(alice, "Algebra")
    with rival(subject_deleted(subject)):
        response = as_operator.post(change_page(subject), subject_form(subject, name="Analysis"))
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert not Subject.objects.exists()


def test_a_session_of_a_subject_that_was_just_deleted_is_an_error_of_its_field(
    as_operator: Operator, alice: User
) -> None:
    subject = make_subject(alice)
    with rival(subject_deleted(subject)):
        errors = as_operator.refusals(f"{SESSIONS}add/", new_session(subject))
    assert set(errors) == {"subject"}


def test_a_user_goes_with_what_was_just_made(as_operator: Operator, alice: User) -> None:
    """Django's cascade looks too early for what is there, and then the foreign key stands in the way: 500."""
    with rival(subject_made_in_turn(alice)):
        response = as_operator.post(f"{USERS}{alice.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert not Subject.objects.exists()


def test_chosen_users_go_with_what_was_just_made(as_operator: Operator, alice: User) -> None:
    form = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    with rival(subject_made_in_turn(alice)):
        response = as_operator.post(USERS, form)
    assert response.status_code == 302
    assert not Subject.objects.exists()


def subject_made_in_turn(owner: User) -> Callable[[], Any]:
    """As the API makes one: under its owner's lock."""
    return lambda: lock_owners([owner.pk]) and make_subject(owner)


def subject_deleted(subject: Subject) -> Callable[[], Any]:
    return Subject.objects.get(pk=subject.pk).delete


def new_session(subject: Subject) -> dict[str, Any]:
    """The form of the session that make_session makes."""
    return session_form(StudySession(subject=subject, start_time=MONDAY, end_time=MONDAY + timedelta(hours=1)))
