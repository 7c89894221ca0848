"""The session itself (contract 4): what the database refuses, what follows, and writes in bulk."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, models

from accounts.models import User
from sessions.models import StudySession
from sessions.periods import LAST_INSTANT
from studytrack.models import Conflict
from subjects.models import Subject
from tests.factories import MONDAY, make_session, make_sessions, make_subject

pytestmark = pytest.mark.everywhere

HOUR = timedelta(hours=1)
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such constraint")


def write_raw(**values: Any) -> int:
    """An UPDATE that asks nobody but the database."""
    return models.QuerySet(StudySession).update(**values)


def new(subject: Subject, start: datetime = MONDAY, **more: Any) -> StudySession:
    return StudySession(**({"subject": subject, "start_time": start, "end_time": start + HOUR} | more))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("session_ends_after_start", {"end_time": MONDAY}),
        ("session_ends_after_start", {"end_time": MONDAY - HOUR}),
        ("session_at_most_24_hours", {"end_time": MONDAY + timedelta(days=1, microseconds=1)}),
        ("session_source_known", {"source": "guess"}),
        ("day_start_hour", {"day_start_hour": -1}),
        ("study_date", {"study_date": None}),
        ("subject_id", {"subject": None}),
        ("owner_id", {"owner": None}),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(alice: User, constraint: str, values: dict[str, Any]) -> None:
    make_session(make_subject(alice))
    with pytest.raises(IntegrityError, match=constraint):
        write_raw(**values)


def test_the_database_takes_exactly_24_hours(alice: User) -> None:
    make_session(make_subject(alice))
    assert write_raw(end_time=MONDAY + timedelta(days=1)) == 1


def test_the_database_refuses_a_second_running_session(alice: User) -> None:
    subject = make_subject(alice)
    make_session(subject, end_time=None)
    with pytest.raises(IntegrityError, match=r"session_one_running|UNIQUE.*owner_id"):
        StudySession.objects.bulk_create([new(subject, MONDAY + HOUR, end_time=None)])


@on_postgresql
@pytest.mark.parametrize("end", [MONDAY + HOUR, None])
def test_the_database_refuses_an_overlap(alice: User, end: datetime | None) -> None:
    subject = make_subject(alice)
    late = make_session(subject, MONDAY + 3 * HOUR)
    with pytest.raises(IntegrityError, match="session_no_overlap"):
        StudySession.objects.bulk_create([new(subject, MONDAY + 3.5 * HOUR), new(subject, MONDAY, end_time=end)])
    assert StudySession.objects.get() == late


@on_postgresql
@pytest.mark.parametrize("year", [2, 1000, 1969, 1970, 2026, 9998])
def test_the_database_refuses_a_second_of_overlap_in_any_year(alice: User, year: int) -> None:
    subject, start = make_subject(alice), MONDAY.replace(year=year)
    StudySession.objects.bulk_create([new(subject, start), new(subject, start + HOUR)])
    with pytest.raises(IntegrityError, match="session_no_overlap"):
        StudySession.objects.bulk_create([new(subject, start + 2 * HOUR - timedelta(seconds=1))])


def test_the_database_takes_touching_and_strangers_sessions(alice: User, charlie: User) -> None:
    mine, theirs = make_subject(alice), make_subject(charlie)
    StudySession.objects.bulk_create([new(mine), new(mine, MONDAY + HOUR), new(theirs)])
    assert StudySession.objects.count() == 3


@on_postgresql
@pytest.mark.parametrize("of", ["owner", "subject"])
def test_the_database_refuses_an_owner_who_is_not_the_subjects(alice: User, charlie: User, of: str) -> None:
    make_session(make_subject(alice))
    values = {"owner": charlie} if of == "owner" else {"subject": make_subject(charlie)}
    with pytest.raises(IntegrityError, match="session_subject_is_the_owners"):
        write_raw(**values)


def test_the_database_computes_the_length(alice: User) -> None:
    """Of real time: in Berlin this night lasts an hour longer than the clocks say."""
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    session = make_session(make_subject(alice), start, end_time=start + timedelta(hours=23))
    session.refresh_from_db()
    assert session.duration == timedelta(hours=23)
    write_raw(end_time=start + timedelta(hours=24))
    session.refresh_from_db()
    assert (session.duration, session.duration_minutes) == (timedelta(hours=24), 1440)


@pytest.mark.parametrize(
    ("values", "blamed"),
    [
        ({"end_time": MONDAY}, {"end_time": ["A session ends after it starts."]}),
        ({"end_time": MONDAY + 25 * HOUR}, {"end_time": ["A session lasts 24 hours at most."]}),
        ({"source": "guess"}, {"source": ["A session is entered by hand, by timer or by import."]}),
    ],
)
def test_a_broken_rule_is_told_in_a_sentence_under_its_field(
    alice: User, values: dict[str, Any], blamed: dict[str, list[str]]
) -> None:
    with pytest.raises(ValidationError) as refused:
        new(make_subject(alice), **values).validate_constraints()
    assert refused.value.message_dict == blamed


def test_no_time_has_a_fraction_of_a_second_whoever_writes_it(alice: User) -> None:
    late = timedelta(microseconds=999_999)
    session = new(make_subject(alice), MONDAY + late, end_time=MONDAY + HOUR + late)
    session.save()
    assert (session.start_time, session.end_time) == (MONDAY, MONDAY + HOUR)
    session.end_time = MONDAY + 2 * HOUR + late
    session.save(update_fields=["end_time"])
    assert stored() == [(MONDAY, MONDAY + 2 * HOUR)]
    StudySession.objects.update(end_time=MONDAY + HOUR + late)
    assert stored() == [(MONDAY, MONDAY + HOUR)]
    session.start_time, session.end_time = MONDAY - HOUR + late, MONDAY + late
    StudySession.objects.bulk_update([session], ["start_time", "end_time"])
    assert stored() == [(MONDAY - HOUR, MONDAY)]
    StudySession.objects.bulk_create([new(session.subject, MONDAY + late, end_time=MONDAY + HOUR + late)])
    assert stored() == [(MONDAY, MONDAY + HOUR), (MONDAY - HOUR, MONDAY)]


def stored() -> list[tuple[datetime, datetime | None]]:
    return list(StudySession.objects.values_list("start_time", "end_time"))


def test_a_session_of_nothing_is_refused_field_by_field(db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        StudySession().full_clean()
    assert refused.value.message_dict.keys() >= {"subject", "start_time"}


def test_what_is_missing_breaks_no_constraint(alice: User) -> None:
    """A form asks the constraints though a field was refused; the study day of no start cannot be computed."""
    for session in (StudySession(), StudySession(subject=make_subject(alice))):
        session.validate_constraints()
        assert session.study_date is None


def test_a_shell_can_judge_a_session_before_it_saves_it(alice: User) -> None:
    session = new(make_subject(alice), owner=alice, notes="<b>Rings</b>")
    session.full_clean()
    assert (session.notes, session.time_zone, session.study_date) == ("Rings", "Europe/Berlin", date(2026, 3, 2))


@pytest.mark.parametrize("save", [StudySession.save, StudySession.validate_constraints])
def test_a_shell_is_refused_an_overlap_too(alice: User, save: Any) -> None:
    subject = make_subject(alice)
    there = make_session(subject)
    with pytest.raises(Conflict) as refused:
        save(new(subject, MONDAY + HOUR / 2))
    assert refused.value.members == {"conflicts": [there.place]}


def test_a_new_session_takes_its_owner_zone_and_day_from_the_subject(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(day_start_hour=4, time_zone="Asia/Kathmandu")
    start = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    session = make_session(make_subject(alice), start)
    assert (session.owner, session.time_zone, session.day_start_hour) == (alice, "Asia/Kathmandu", 4)
    assert session.study_date == date(2026, 3, 2)


def test_a_zone_and_an_hour_that_are_given_are_kept(alice: User) -> None:
    session = make_session(make_subject(alice), time_zone="Pacific/Kiritimati", day_start_hour=12)
    session.refresh_from_db()
    assert (session.time_zone, session.day_start_hour) == ("Pacific/Kiritimati", 12)
    assert session.study_date == date(2026, 3, 2)


def test_saving_one_column_takes_along_what_follows_and_nothing_else(alice: User) -> None:
    session = make_session(make_subject(alice))
    StudySession.objects.update(notes="Rings")
    session.start_time -= timedelta(hours=16)
    session.save(update_fields=["start_time"])
    assert StudySession.objects.filter(study_date=date(2026, 3, 1), notes="Rings").exists()


def test_bulk_creation_derives(alice: User) -> None:
    StudySession.objects.bulk_create([new(make_subject(alice), MONDAY + timedelta(hours=9))])
    session = StudySession.objects.get(owner=alice, time_zone="Europe/Berlin", day_start_hour=0)
    assert session.study_date == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"start_time": MONDAY - timedelta(hours=16)}, date(2026, 3, 1)),
        ({"time_zone": "Pacific/Kiritimati"}, date(2026, 3, 3)),
        ({"time_zone": "Pacific/Kiritimati", "day_start_hour": 5}, date(2026, 3, 2)),
    ],
)
def test_a_bulk_update_takes_the_study_date_along(alice: User, change: dict[str, Any], expected: date) -> None:
    session = make_session(make_subject(alice))
    vars(session).update(change)
    assert StudySession.objects.bulk_update([session], list(change)) == 1
    assert StudySession.objects.get().study_date == expected


@pytest.mark.parametrize(
    "values",
    [{"start_time": MONDAY}, {"study_date": date(2026, 3, 2)}, {"subject_id": 1}, {"owner": 1}, {"time_zone": "UTC"}],
)
def test_an_update_refuses_what_others_follow(alice: User, values: dict[str, Any]) -> None:
    session = make_session(make_subject(alice))
    with pytest.raises(ValueError, match="cannot keep true"):
        StudySession.objects.update(**values)
    assert StudySession.objects.get().updated_at == session.updated_at


def test_an_update_changes_the_rows_it_was_asked_for(alice: User) -> None:
    make_sessions(make_subject(alice), 3)
    assert StudySession.objects.filter(start_time__lt=MONDAY).update(notes="Rings") == 2
    assert StudySession.objects.get(notes="").start_time == MONDAY


def test_a_session_stays_its_owners(alice: User, charlie: User) -> None:
    """The owner follows the subject, and the one who had it would go on reading it from the cache."""
    session = make_session(make_subject(alice))
    session.subject = make_subject(charlie)
    with pytest.raises(ValidationError) as refused:
        session.save()
    assert refused.value.message_dict == {"subject": ["This subject is somebody else's."]}
    assert StudySession.objects.get().owner == alice


def test_a_deleted_session_is_not_saved_back(alice: User) -> None:
    """save() of all columns falls back to INSERT when there is nothing to UPDATE."""
    session = make_session(make_subject(alice))
    StudySession.objects.all().delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"):
        session.save(update_fields=["notes"])
    assert not StudySession.objects.exists()


def test_words_of_the_queryset(alice: User) -> None:
    subject = make_subject(alice)
    before, running = make_session(subject, MONDAY - HOUR), make_session(subject, end_time=None, notes="Rings")
    assert list(StudySession.objects.running()) == [running]
    assert list(StudySession.objects.mentioning("RING", alice)) == [running]
    assert list(StudySession.objects.overlapping(MONDAY - 2 * HOUR, MONDAY)) == [before]
    assert list(StudySession.objects.overlapping(MONDAY, LAST_INSTANT)) == [running]
    assert not StudySession.objects.owned_by(User()).exists()


def test_the_constraints_were_asked_of_the_database(db: None) -> None:
    """The names in the model are those in the tables, so that an error can be blamed on its field."""
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, StudySession._meta.db_table)
    assert set(StudySession.blames) <= there.keys()
    assert (there["session_one_running"]["unique"], there["session_one_running"]["columns"]) == (True, ["owner_id"])
