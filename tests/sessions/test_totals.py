"""What the database keeps of a subject's sessions: true after every way of writing (contract 1, `count`, and 3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Sum

from accounts.models import User
from sessions.models import StudySession
from sessions.shares import DayShare
from sessions.totals import SubjectTotals
from studytrack.instants import NO_TIME
from subjects.models import Subject
from tests.factories import MONDAY, make_session, make_sessions, make_subject

pytestmark = pytest.mark.everywhere

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Numbers = dict[int, tuple[int, int, timedelta]]
raw = StudySession._base_manager
TABLES = (DayShare._meta.db_table, StudySession._meta.db_table)


def kept() -> Numbers:
    """What is kept of each subject: sessions, those that have ended, and their time."""
    rows = SubjectTotals.objects.values_list("pk", "sessions", "ended", "studied")
    return {subject_id: (sessions, ended, studied) for subject_id, sessions, ended, studied in rows}


def counted() -> Numbers:
    """The same by its definition."""
    sums = Count("pk"), Count("duration"), Sum("duration", default=NO_TIME)
    rows = StudySession.objects.order_by().values("subject").values_list("subject", *sums)
    return {subject_id: (sessions, ended, studied) for subject_id, sessions, ended, studied in rows}


@pytest.fixture
def three(alice: User) -> list[StudySession]:
    """Two that have ended and one that runs, of one subject; beside it one of another, which lasts a day."""
    algebra, botany = make_subject(alice), make_subject(alice, "Botany")
    make_session(botany, MONDAY - 9 * DAY, minutes=24 * 60)
    return [*make_sessions(algebra, 2), make_session(algebra, MONDAY + DAY, end_time=None)]


def new(subject: Subject, days_ago: int) -> StudySession:
    start = MONDAY - days_ago * DAY
    return StudySession(subject=subject, start_time=start, end_time=start + HOUR)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def end(session: StudySession) -> None:
    session.stop(session.start_time + HOUR, session.start_time + HOUR)


def move(session: StudySession) -> None:
    session.subject = Subject.objects.get(name="Botany")
    session.save()


def copy_raw(session: StudySession) -> None:
    """INSERT … SELECT, of which Django knows nothing."""
    columns = "created_at, updated_at, notes, study_date, time_zone, day_start_hour, source, owner_id, subject_id"
    times = {
        "postgresql": "start_time - interval '2 days', end_time - interval '2 days'",
        "sqlite": "datetime(start_time, '-2 days'), datetime(end_time, '-2 days')",
    }[connection.vendor]
    table = StudySession._meta.db_table
    ended = f"SELECT {times}, {columns} FROM {table} WHERE end_time IS NOT NULL"
    sql(f"INSERT INTO {table} (start_time, end_time, {columns}) {ended}")


def delete_raw(session: StudySession) -> None:
    DayShare.objects.filter(session__subject=session.subject_id)._raw_delete(using="default")
    raw.filter(subject=session.subject_id)._raw_delete(using="default")


def delete_everything() -> None:
    for table in TABLES:
        sql(f"DELETE FROM {table}")


WRITES: dict[str, Callable[[StudySession], Any]] = {
    "save, new": lambda session: new(session.subject, 2).save(),
    "save, other times": lambda session: session.save(update_fields=["start_time"]),
    "save, other subject": move,
    "the timer stopped": lambda session: end(StudySession.objects.get(end_time=None)),
    "delete": lambda session: session.delete(),
    "bulk_create": lambda session: StudySession.objects.bulk_create(new(session.subject, n) for n in range(2, 6)),
    "bulk_update": lambda session: StudySession.objects.bulk_update([later(session)], ["end_time"]),
    "update, raw": lambda session: models.QuerySet.update(raw.all(), end_time=models.F("start_time") + HOUR),
    "update, other subject, raw": lambda session: models.QuerySet.update(
        raw.filter(subject=session.subject), subject=Subject.objects.get(name="Botany")
    ),
    "update of nothing that counts": lambda session: StudySession.objects.update(notes="Rings"),
    "queryset.delete": lambda session: StudySession.objects.filter(subject=session.subject).delete(),
    "_raw_delete": delete_raw,
    "INSERT": copy_raw,
    "DELETE of everything": lambda session: delete_everything(),
    "the subject deleted": lambda session: session.subject.delete(),
    "the user deleted": lambda session: session.owner.delete(),
}


def later(session: StudySession) -> StudySession:
    session.end_time = session.start_time + 3 * HOUR
    return session


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_totals_are_true_after_every_way_of_writing(three: list[StudySession], write: Any) -> None:
    """Signals and saves that keep them know nothing of what is written in bulk or by hand."""
    session, before = three[0], kept()
    session.start_time -= HOUR
    write(session)
    assert kept() == counted()
    assert kept() != before or write is WRITES["update of nothing that counts"]


def test_they_are_of_sessions_that_have_ended_and_of_all(three: list[StudySession], alice: User) -> None:
    algebra, botany = Subject.objects.order_by("name")
    assert kept() == {algebra.pk: (3, 2, 2 * HOUR), botany.pk: (1, 1, DAY)}
    shown: Any = Subject.objects.with_totals().order_by("name")
    assert [(subject.session_count, subject.studied) for subject in shown] == [(2, 2 * HOUR), (1, DAY)]


def test_a_change_that_is_rolled_back_changes_none(three: list[StudySession]) -> None:
    before = kept()
    with transaction.atomic():
        three[0].delete()
        transaction.set_rollback(True)
    assert kept() == before == counted()


@pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="SQLite has no TRUNCATE")
def test_they_are_true_when_everything_is_cut_away(three: list[StudySession]) -> None:
    sql(f"TRUNCATE {', '.join(TABLES)}")
    assert kept() == {}


@pytest.mark.skipif(settings.ON_POSTGRESQL, reason="PostgreSQL changes tables where they are")
def test_they_are_true_after_a_migration_that_replaces_the_table(three: list[StudySession]) -> None:
    """SQLite changes a table by making another, and with the old one its triggers go."""
    field = StudySession._meta.get_field("notes")
    editor: Any
    with connection.schema_editor() as editor:
        editor._remake_table(StudySession, alter_fields=[(field, field)])
    new(three[0].subject, 2).save()
    three[0].delete()
    assert kept() == counted()


def narrowed(alice: User) -> dict[str, Any]:
    sessions, algebra = alice.studysessions, Subject.objects.get(name="Algebra")
    return {
        "all": StudySession.objects.all(),
        "a user's": StudySession.objects.owned_by(alice),
        "a user's, by the user": StudySession.objects.filter(owner=alice).select_related("subject"),
        "a subject's": StudySession.objects.filter(subject=algebra),
        "a subject's, from there": algebra.sessions.order_by("-duration"),
        "a user's of a subject": sessions.filter(subject_id=algebra.pk),
        "a subject's of somebody else": StudySession.objects.filter(owner_id=0, subject=algebra),
        "of two subjects at once": sessions.filter(subject=algebra).filter(subject=algebra.pk + 1),
        "of one of two subjects": sessions.filter(subject__in=[algebra]),
        "of a subject's name": sessions.filter(subject__name="Algebra"),
        "of a subject's owner": StudySession.objects.filter(subject__owner=alice),
        "not of a subject": sessions.exclude(subject=algebra),
        "of either": sessions.all() | StudySession.objects.filter(subject=algebra),
        "that run": sessions.running(),
        "later ones": sessions.filter(start_time__gte=MONDAY),
        "the first two": sessions.all()[:2],
        "different subjects": sessions.order_by().values("subject").distinct(),
        "groups": sessions.order_by().values("subject").annotate(count=Count("pk")),
        "a user's twice": sessions.order_by().union(sessions.order_by(), all=True),
        "nobody's": StudySession.objects.owned_by(User()),
        "none": sessions.none(),
        "by an expression": sessions.filter(subject=models.F("subject_id")),
    }


def test_a_count_is_the_number_of_rows(three: list[StudySession], alice: User, charlie: User) -> None:
    """Whatever narrows the rows: one condition that the shortcut overlooks, and a list has pages that do not exist."""
    make_session(make_subject(charlie, "Chemistry"))
    for name, rows in narrowed(alice).items():
        assert rows.count() == len(list(rows)), name
        assert rows.all().count() == rows.count(), name
