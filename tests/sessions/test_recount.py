"""`manage.py recount`: totals by what sessions there are, and among writers no change (contract 3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from sessions.models import StudySession
from sessions.totals import SubjectTotals, recount
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import MONDAY, make_sessions, make_subject
from tests.sessions.test_totals import counted, kept
from tests.threads import alone, wait_until_somebody_waits

HOUR, ROUNDS = timedelta(hours=1), 15
only_on_postgresql = pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="one writer at a time on SQLite")


@pytest.mark.everywhere
def test_wrong_missing_and_needless_totals_are_put_right(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("Algebra", "Botany", "Chemistry", "Drawing")
    right, wrong, missing, needless = (make_subject(alice, name) for name in names)
    for subject, start in zip((right, wrong, missing), count(), strict=False):
        StudySession.objects.create(
            subject=subject, start_time=MONDAY + start * HOUR, end_time=MONDAY + (start + 1) * HOUR
        )
    SubjectTotals.objects.filter(subject=wrong).update(sessions=7)
    SubjectTotals.objects.filter(subject=missing).delete()
    SubjectTotals.objects.create(subject=needless, sessions=3, ended=3, studied=HOUR)
    call_command("recount")
    assert kept() == counted() == {subject.pk: (1, 1, HOUR) for subject in (right, wrong, missing)}
    call_command("recount")
    said = "{} subjects had other totals than their sessions.\n"
    assert capsys.readouterr().out == said.format(3) + said.format(0)


@pytest.mark.everywhere
def test_whose_totals_were_wrong_is_not_answered_from_the_cache(as_alice: Caller, alice: User) -> None:
    make_sessions(make_subject(alice), 2)
    SubjectTotals.objects.update(ended=1)
    assert as_alice.get("/subjects").json()["results"][0]["session_count"] == 1
    call_command("recount")
    assert as_alice.get("/subjects").json()["results"][0]["session_count"] == 2


@only_on_postgresql
def test_a_writer_who_has_not_finished_is_waited_for(alice: User) -> None:
    """What is counted while a change is on its way lacks that change, and then takes its place."""
    subject = make_subject(alice)
    make_sessions(subject, 1)
    SubjectTotals.objects.update(sessions=5)
    with ThreadPoolExecutor() as pool, transaction.atomic():
        StudySession.objects.create(subject=subject, start_time=MONDAY + HOUR, end_time=MONDAY + 2 * HOUR)
        recounting = pool.submit(alone, partial(recount, connection))
        wait_until_somebody_waits()
    assert recounting.result() == [subject.pk]
    assert kept() == counted() == {subject.pk: (2, 2, 2 * HOUR)}


@only_on_postgresql
def test_among_writers_it_changes_nothing(alice: User, charlie: User) -> None:
    """Counting in one statement and comparing in another finds differences that are none, and writes them down."""
    subjects = [make_subject(owner, name) for owner in (alice, charlie) for name in ("Algebra", "Botany")]
    with ThreadPoolExecutor(len(subjects)) as pool:
        writers = [pool.submit(alone, partial(write, subject, place)) for place, subject in enumerate(subjects)]
        found = []
        while not all(writer.done() for writer in writers):
            found += recount(connection)
    assert [writer.result() for writer in writers] == [None] * len(subjects)
    assert found == []
    assert kept() == counted()


def write(subject: Subject, place: int) -> None:
    """Sessions come in bulk, one goes in the same transaction, then all the others."""
    first = MONDAY + place * 3 * HOUR
    for _ in range(ROUNDS):
        times = [{"start_time": first + n * HOUR, "end_time": first + (n + 1) * HOUR} for n in range(3)]
        with transaction.atomic():
            one, *_ = StudySession.objects.bulk_create(StudySession(subject=subject, **each) for each in times)
            one.delete()
        StudySession.objects.filter(subject=subject).delete()
