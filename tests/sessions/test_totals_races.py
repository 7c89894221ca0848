"""Writers at the same time, who take no turns: raw ones and those in bulk (contract 3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import models, transaction

from accounts.models import User
from sessions.models import StudySession
from sessions.totals import SubjectTotals
from subjects.models import Subject
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.test_totals import counted, kept
from tests.threads import alone, at_once, wait_until_somebody_waits

pytestmark = pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="one writer at a time on SQLite")

HOUR = timedelta(hours=1)
WRITERS, ROUNDS = 4, 10


def new(subject: Subject, hours: int) -> StudySession:
    start = MONDAY + hours * HOUR
    return StudySession(subject=subject, start_time=start, end_time=start + HOUR)


def move_raw(session: StudySession, subject: Subject) -> None:
    models.QuerySet.update(StudySession._base_manager.filter(pk=session.pk), subject=subject)


def test_additions_at_once_are_all_counted(alice: User) -> None:
    """Reading a number and writing it back greater by one loses what others have added meanwhile."""
    subject = make_subject(alice)

    def add(writer: int) -> None:
        for n in range(ROUNDS):
            StudySession._base_manager.bulk_create([derived(new(subject, writer * ROUNDS + n))])

    at_once(*(partial(add, writer) for writer in range(WRITERS)))
    many = WRITERS * ROUNDS
    assert kept() == counted() == {subject.pk: (many, many, many * HOUR)}


def derived(session: StudySession) -> StudySession:
    session.derive()
    return session


def test_sessions_that_change_places_do_not_wait_for_each_other(alice: User) -> None:
    """Added to one subject, then taken from the other: each holds what the other wants, and one is given up."""
    algebra, botany = make_subject(alice), make_subject(alice, "Botany")
    one, other = make_session(algebra), make_session(botany, MONDAY + HOUR)
    with ThreadPoolExecutor() as pool, transaction.atomic():
        SubjectTotals.objects.select_for_update().get(subject=botany)
        there = pool.submit(alone, partial(move_raw, one, botany))
        wait_until_somebody_waits()
        back = pool.submit(alone, partial(move_raw, other, algebra))
        wait_until_somebody_waits(connections=2)
    assert [there.result(), back.result()] == [None, None]
    assert kept() == counted() == {subject.pk: (1, 1, HOUR) for subject in (algebra, botany)}


def test_who_writes_in_bulk_takes_a_turn_too(alice: User) -> None:
    """Totals are held until the end: who holds them and then wants a turn is waited for by who has the turn."""
    subject = make_subject(alice)
    with ThreadPoolExecutor() as pool, transaction.atomic():
        StudySession.objects.bulk_create([new(subject, 0)])
        rival = pool.submit(alone, new(subject, 1).save)
        wait_until_somebody_waits()
        new(subject, 2).save()
    assert rival.result() is None
    assert kept() == counted() == {subject.pk: (3, 3, 3 * HOUR)}
