"""Queries that are compiled once find what Django's would, whatever the values."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import User
from sessions.models import StudySession
from studytrack.compiled import Compiled
from subjects.models import Subject
from tests.factories import make_session, make_sessions, make_subject, make_subjects

pytestmark = pytest.mark.everywhere


@Compiled
def sessions_of(owner_id: int) -> QuerySet[StudySession]:
    """Each with its subject."""
    return StudySession.objects.select_related("subject").filter(owner_id=owner_id)


@Compiled
def subjects_of(owner_id: int) -> QuerySet[Subject]:
    return Subject.objects.with_totals().filter(owner_id=owner_id)


def columns(record: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name != "_state"}


def test_the_records_are_those_that_django_would_make(alice: User) -> None:
    make_sessions(make_subject(alice), 3)
    ours, djangos = list(sessions_of(alice.pk)), list(StudySession.objects.select_related("subject"))
    assert [columns(each) for each in ours] == [columns(each) for each in djangos]
    assert [columns(each.subject) for each in ours] == [columns(each.subject) for each in djangos]
    assert [each._state.adding for each in ours] == [False] * 3


def test_related_records_come_with_them(alice: User, django_assert_num_queries: Any) -> None:
    make_session(make_subject(alice))
    sessions_of(alice.pk).first()
    with django_assert_num_queries(1):
        assert [each.subject.name for each in sessions_of(alice.pk)] == ["Algebra"]


def test_what_is_annotated_comes_with_them(alice: User) -> None:
    make_sessions(make_subject(alice), 2)
    subject: Any = subjects_of(alice.pk).first()
    assert (subject.session_count, subject.studied > timedelta(0)) == (2, True)


def test_each_value_has_its_own_rows(alice: User, charlie: User) -> None:
    make_subject(alice, "Algebra"), make_subject(charlie, "Botany")
    assert [[each.name for each in subjects_of(owner)] for owner in (alice.pk, charlie.pk, charlie.pk + 1)] == [
        ["Algebra"],
        ["Botany"],
        [],
    ]


def test_a_slice_is_cut_by_the_database(alice: User, django_assert_num_queries: Any) -> None:
    names = [each.name for each in reversed(make_subjects(alice, 5))]
    with django_assert_num_queries(2) as asked:
        assert [each.name for each in subjects_of(alice.pk)[0:2]] == names[:2]
        assert [each.name for each in subjects_of(alice.pk)[3:9]] == names[3:]
    assert ["LIMIT 2" in asked[0]["sql"], "LIMIT 6 OFFSET 3" in asked[1]["sql"]] == [True, True]


def test_they_are_counted_without_being_fetched(alice: User, django_assert_num_queries: Any) -> None:
    make_subjects(alice, 3)
    with django_assert_num_queries(1):
        assert subjects_of(alice.pk).count() == 3


def test_the_function_is_asked_once(alice: User) -> None:
    """Django would compile the queryset of each call; that, not the database, is what takes the time."""
    asked = []

    @Compiled
    def counted(owner_id: int) -> QuerySet[Subject]:
        asked.append(owner_id)
        return Subject.objects.filter(owner_id=owner_id)

    assert [list(counted(alice.pk)), list(counted(alice.pk + 1))] == [[], []]
    assert len(asked) == 1
