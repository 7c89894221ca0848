"""Writes to sessions at the same time (contract 1 and 4): nothing is lost, nothing comes back, nothing is a 500."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import User
from sessions.models import StudySession
from sessions.shares import DayShare
from studytrack.models import lock_owners
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_sessions, make_subject
from tests.sessions.bodies import hour
from tests.threads import alone, at_once, wait_until_somebody_waits

ROUNDS = 20


def test_of_overlapping_sessions_at_once_one_is_made(as_alice: Caller, alice: User) -> None:
    """Looking first whether the time is free lets both find it so."""
    subject = make_subject(alice)
    bodies = [{"subject_id": subject.pk, **hour(14, 16)}, {"subject_id": subject.pk, **hour(15, 17)}]
    for _ in range(ROUNDS):
        answers = at_once(*(partial(as_alice.post, "/sessions", body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (refusal,) = (answer.json() for answer in answers if answer.status_code == 409)
        session = StudySession.objects.get()
        assert refusal["code"] == "overlap"
        assert [conflict["id"] for conflict in refusal["conflicts"]] == [session.pk]
        session.delete()


def test_an_overlap_that_only_the_database_saw_is_the_same_refusal(as_alice: Caller, alice: User) -> None:
    """A writer around the model takes no turns: save() then finds the time free, and the constraint is a 500."""
    subject = make_subject(alice)
    rival = StudySession(subject=subject, start_time=MONDAY, end_time=MONDAY + timedelta(hours=1))
    request = partial(as_alice.post, "/sessions", {"subject_id": subject.pk, **hour(14, 15)})
    with ThreadPoolExecutor() as pool, transaction.atomic():
        rival.derive()
        QuerySet[StudySession](StudySession).bulk_create([rival])
        waiting = pool.submit(alone, request)
        wait_until_somebody_waits()
    answer = waiting.result()
    assert (answer.status_code, answer.json()["code"]) == (409, "overlap")
    assert [conflict["id"] for conflict in answer.json()["conflicts"]] == [rival.pk]


def test_changes_of_different_fields_at_once_all_survive(as_alice: Caller, alice: User) -> None:
    """save() writes every column: what was read before the other change overwrites it."""
    session, botany = make_session(make_subject(alice)), make_subject(alice, "Botany")
    for number in range(1, ROUNDS + 1):
        end = f"2026-03-02T15:{number:02}:00Z"
        changes: list[dict[str, Any]] = [
            {"notes": f"Rings {number}"},
            {"end_time": end},
            {"subject_id": (session.subject_id, botany.pk)[number % 2]},
        ]
        answers = at_once(*(partial(as_alice.patch, f"/sessions/{session.pk}", change) for change in changes))
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert StudySession.objects.filter(**(changes[0] | changes[1] | changes[2])).exists()


def test_a_start_and_an_end_changed_at_once_are_judged_together(as_alice: Caller, alice: User) -> None:
    """Each is right beside what it was read with; both at once would leave a session that ends before it starts."""
    address = f"/sessions/{make_session(make_subject(alice)).pk}"
    for _ in range(ROUNDS):
        answers = at_once(
            partial(as_alice.patch, address, {"start_time": "2026-03-02T14:50:00Z"}),
            partial(as_alice.patch, address, {"end_time": "2026-03-02T14:40:00Z"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        as_alice.patch(address, hour(14, 15))


def test_what_is_deleted_while_it_is_changed_does_not_come_back(as_alice: Caller, alice: User) -> None:
    """save() falls back to INSERT when there is nothing to UPDATE."""
    subject = make_subject(alice)
    for _ in range(ROUNDS):
        address = f"/sessions/{make_session(subject).pk}"
        deleted, changed = at_once(
            partial(as_alice.delete, address), partial(as_alice.patch, address, {"notes": "Back"})
        )
        assert deleted.status_code == 204
        assert changed.status_code in {200, 404}
        assert not StudySession.objects.exists()


def test_a_session_for_a_subject_that_is_being_deleted(as_alice: Caller, alice: User) -> None:
    """The foreign key is checked at commit, after everything else has gone well: that would be a 500."""
    for number in range(ROUNDS):
        subject = make_subject(alice, f"Algebra {number}")
        body = {"subject_id": subject.pk, **hour(14, 15)}
        address = f"/subjects/{subject.pk}"
        deleted, created = at_once(partial(as_alice.delete, address), partial(as_alice.post, "/sessions", body))
        assert deleted.status_code == 204
        assert created.status_code == 201 or created.json()["errors"][0]["code"] == "does_not_exist"
        assert not StudySession.objects.exists()


def test_a_session_moved_to_a_subject_that_is_being_deleted(as_alice: Caller, alice: User) -> None:
    kept = make_subject(alice, "Botany")
    for number in range(ROUNDS):
        doomed, session = make_subject(alice, f"Algebra {number}"), make_session(kept)
        deleted, moved = at_once(
            partial(as_alice.delete, f"/subjects/{doomed.pk}"),
            partial(as_alice.patch, f"/sessions/{session.pk}", {"subject_id": doomed.pk}),
        )
        assert (deleted.status_code, moved.status_code) in {(204, 200), (204, 400)}
        assert StudySession.objects.exists() == (moved.status_code == 400)
        StudySession.objects.all().delete()


@pytest.mark.parametrize("delete", [Subject.delete, lambda subject: Subject.objects.filter(pk=subject.pk).delete()])
def test_a_shell_that_deletes_takes_its_turn_too(as_alice: Caller, alice: User, delete: Any) -> None:
    """Rows first and then their owner, while a request goes the other way round, is a deadlock."""
    for number in range(ROUNDS):
        subject = make_subject(alice, f"Algebra {number}")
        make_sessions(subject, 3)
        address, body = f"/subjects/{subject.pk}", {"subject_id": subject.pk, **hour(16, 17)}
        _, renamed, created = at_once(
            partial(delete, subject),
            partial(as_alice.patch, address, {"description": "Rings"}),
            partial(as_alice.post, "/sessions", body),
        )
        assert renamed.status_code in {200, 404}
        assert created.status_code in {201, 400}
        assert not StudySession.objects.exists()


def test_an_update_books_what_was_written_while_it_waited(alice: User) -> None:
    """Whoever looks for the rows before the owner's lock updates those that came meanwhile, and books the others."""
    subject = make_subject(alice)
    earlier = make_session(subject)
    update = partial(StudySession.objects.update, end_time=F("start_time") + timedelta(minutes=5))
    with ThreadPoolExecutor() as pool, transaction.atomic():
        later = make_session(subject, MONDAY + timedelta(hours=5))
        waiting = pool.submit(alone, update)
        wait_until_somebody_waits()
    assert waiting.result() == 2
    assert dict(DayShare.objects.values_list("session", "seconds")) == {earlier.pk: 300, later.pk: 300}


def test_a_request_of_an_account_that_is_going_is_refused(as_alice: Caller, alice: User) -> None:
    """It was let in, and then waits for its turn: when that comes there is nobody to own what it makes."""
    request = partial(as_alice.post, "/sessions", {"subject_id": make_subject(alice).pk, **hour(14, 15)})
    with ThreadPoolExecutor() as pool, transaction.atomic():
        lock_owners([alice.pk])
        waiting = pool.submit(alone, request)
        wait_until_somebody_waits()
        alice.delete()
    answer = waiting.result()
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert not StudySession.objects.exists()
