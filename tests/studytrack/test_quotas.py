"""Quotas of subjects and sessions: one too many is 409 and says how many there may be, in a race and in bulk too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from sessions.models import StudySession
from studytrack.models import Conflict
from studytrack.quotas import at_most
from subjects.models import Subject
from tests.conftest import Caller, problem
from tests.factories import MONDAY, make_session, make_sessions, make_subject, make_subjects
from tests.openapi import differences
from tests.sessions.bodies import hour
from tests.threads import alone, at_once, wait_until_somebody_waits

QUOTA = 3
FULL = partial(problem, 409, "conflict", "Conflict", quota=QUOTA)


@pytest.fixture(autouse=True)
def small_quotas(settings: Any) -> None:
    settings.SUBJECTS_PER_USER = settings.SESSIONS_PER_USER = QUOTA


def create_subject(caller: Caller, number: int) -> Any:
    return caller.post("/subjects", {"name": f"Subject {number}"})


@pytest.mark.everywhere
def test_one_subject_too_many_is_refused_with_the_quota(as_alice: Caller, as_charlie: Caller) -> None:
    answers = [create_subject(as_alice, number) for number in range(QUOTA + 1)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert answers[-1].json() == FULL(detail="You have 3 subjects, and more cannot be kept.")
    assert differences(answers[-1]) == []
    assert Subject.objects.count() == QUOTA
    assert create_subject(as_charlie, 1).status_code == 201


@pytest.mark.everywhere
@pytest.mark.parametrize("by_timer", [False, True])
def test_one_session_too_many_is_refused_with_the_quota(as_alice: Caller, alice: User, by_timer: bool) -> None:
    subject = make_subject(alice)
    make_sessions(subject, QUOTA)
    path, body = ("/sessions/start", {}) if by_timer else ("/sessions", hour(16, 17))
    answer = as_alice.post(path, {"subject_id": subject.pk, **body})
    assert (answer.status_code, differences(answer)) == (409, [])
    assert answer.json() == FULL(detail="You have 3 study sessions, and more cannot be kept.")
    assert StudySession.objects.count() == QUOTA


@pytest.mark.everywhere
def test_what_is_deleted_makes_room_and_what_is_changed_needs_none(as_alice: Caller, alice: User) -> None:
    one, *_ = make_subjects(alice, QUOTA)
    assert as_alice.put(f"/subjects/{one.pk}", {"name": "Botany"}).status_code == 200
    assert create_subject(as_alice, 9).status_code == 409
    assert as_alice.delete(f"/subjects/{one.pk}").status_code == 204
    assert [create_subject(as_alice, number).status_code for number in (9, 10)] == [201, 409]


@pytest.mark.everywhere
def test_a_smaller_quota_takes_nothing_away(as_alice: Caller, alice: User, settings: Any) -> None:
    make_subjects(alice, QUOTA)
    settings.SUBJECTS_PER_USER = 2
    assert as_alice.get("/subjects").json()["count"] == QUOTA
    assert create_subject(as_alice, 9).json()["quota"] == 2
    settings.SUBJECTS_PER_USER = QUOTA + 1
    assert create_subject(as_alice, 9).status_code == 201


def too_many_sessions(subject: Subject) -> None:
    starts = [MONDAY - timedelta(days=n) for n in range(QUOTA + 1)]
    StudySession.objects.bulk_create(
        StudySession(subject=subject, start_time=start, end_time=start + timedelta(hours=1)) for start in starts
    )


@pytest.mark.everywhere
@pytest.mark.parametrize(
    "create",
    [
        lambda subject: make_subjects(subject.owner, QUOTA),
        lambda subject: [make_subject(subject.owner, f"Subject {n}") for n in range(QUOTA)],
        too_many_sessions,
    ],
    ids=["subjects in bulk", "subjects in a shell", "sessions in bulk"],
)
def test_a_shell_and_an_import_keep_the_quota(alice: User, create: Callable[[Subject], Any]) -> None:
    subject = make_subject(alice)
    with pytest.raises(Conflict) as refused:
        create(subject)
    assert refused.value.members == {"quota": QUOTA}
    assert (Subject.objects.count() <= QUOTA, StudySession.objects.count()) == (True, 0)


def test_of_many_at_once_no_more_are_made_than_there_is_room_for(as_alice: Caller, alice: User) -> None:
    """Counting first lets everybody find the last place free."""
    for _ in range(10):
        Subject.objects.all().delete()
        make_subjects(alice, QUOTA - 1)
        answers = at_once(*(partial(create_subject, as_alice, number) for number in range(10, 16)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
        assert Subject.objects.count() == QUOTA


def test_what_is_created_in_bulk_takes_its_turn(as_alice: Caller, alice: User) -> None:
    """An import that does not lock its owner is not seen by those who count meanwhile, and does not see theirs."""
    make_subjects(alice, QUOTA - 1)
    with ThreadPoolExecutor() as pool, transaction.atomic():
        Subject.objects.bulk_create([Subject(owner=alice, name="Imported")])
        waiting = pool.submit(alone, partial(create_subject, as_alice, 10))
        wait_until_somebody_waits()
    assert waiting.result().status_code == 409
    assert Subject.objects.count() == QUOTA


def test_counting_is_rare(alice: User, settings: Any, django_assert_num_queries: Any) -> None:
    """Counting a million rows before each new one would cost a tenth of a second; knowing better costs nothing."""
    subject = make_subject(alice)
    settings.SESSIONS_PER_USER = 1_000_000_000
    newest = make_session(subject).pk
    with django_assert_num_queries(0):
        assert at_most(StudySession, alice.pk, newest, newest) == newest
    with django_assert_num_queries(1):
        assert at_most(StudySession, alice.pk, newest, newest - 1) == 1
    with django_assert_num_queries(0):
        assert at_most(StudySession, alice.pk, newest + 5, newest + 4) == 6
    with django_assert_num_queries(1):
        assert at_most(StudySession, alice.pk, newest + newest, newest - 1) == 1
