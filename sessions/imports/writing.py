"""How what was read is written to a user's account: all of it or nothing, and only what is not there already."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.goals import StudyGoal
from accounts.models import User
from sessions.imports.rows import MOST_ERRORS, Contents, LineError, LinesRefused, Row, Told, name_key
from sessions.imports.timeline import placed
from sessions.models import Source, StudySession
from studytrack.models import lock_owners
from subjects.models import Subject

ROWS_AT_ONCE = 2000
Step = Callable[[int, int], None]
"""Is told how many sessions have been written, and of how many."""


@dataclass(frozen=True)
class Report:
    """What has come of a file."""

    created: int
    duplicates: int
    errors: list[LineError]
    subjects_created: int


@transaction.atomic
def bring_in(user: User, contents: Contents, told: Told, step: Step = lambda done, of: None) -> Report:
    """Write what is new, in turn with the user's own writes; or raise LinesRefused, and write nothing.

    A dry run writes it too, by the same rules, and takes it back.
    """
    owner: User = lock_owners([user.pk])[0]
    rows = [each for each in contents.rows if isinstance(each, Row)]
    placements = list(placed(_taken(owner, rows), rows))
    errors = sorted(each for each in (*contents.rows, *placements) if isinstance(each, LineError))
    if (errors and not told.skip_errors) or len(errors) > MOST_ERRORS:
        raise LinesRefused(errors)
    if contents.account and _is_empty(owner):
        _restore(owner, contents)
    new = [each for each in placements if isinstance(each, Row)]
    subjects, subjects_created = _subjects(owner, contents.subjects, new)
    for first in range(0, len(new), ROWS_AT_ONCE):
        batch = new[first : first + ROWS_AT_ONCE]
        StudySession.objects.bulk_create(_session(row, subjects[row.key], owner, told) for row in batch)
        step(first + len(batch), len(new))
    transaction.set_rollback(told.dry_run)
    return Report(len(new), placements.count(None), errors, subjects_created)


def _taken(owner: User, rows: list[Row]) -> Iterator[Row]:
    """The user's sessions of the time that the file is about."""
    if not rows:
        return
    last = max(row.until for row in rows)
    theirs: Any = StudySession.objects.owned_by(owner)
    sessions = theirs.overlapping(min(row.start for row in rows), last)
    columns = sessions.order_by("start_time").values_list("start_time", "end_time", "subject__name_key")
    yield from (Row(*each) for each in columns.iterator())


def _is_empty(owner: User) -> bool:
    return not (owner.subjects.exists() or owner.studysessions.exists())


def _restore(owner: User, contents: Contents) -> None:
    """Give an account that has nothing yet the settings and the age that the file tells of."""
    for name, value in contents.account.items():
        setattr(owner, name, value)
    owner.save(update_fields=list(contents.account))
    if contents.study_goals:
        owner.study_goals.all().delete()
        StudyGoal.objects.bulk_create(StudyGoal(user=owner, **columns) for columns in contents.study_goals)


def _subjects(owner: User, told: list[dict[str, Any]], rows: list[Row]) -> tuple[dict[str, Subject], int]:
    """The user's subjects by their keys, those that were not there yet among them, and how many these are."""
    known = {subject.name_key: subject for subject in owner.subjects.all()}
    wanted = {name_key(columns["name"]): columns for columns in told}
    for row in rows:
        wanted.setdefault(row.key, {"name": row.subject})
    new = {key: Subject(owner=owner, **columns) for key, columns in wanted.items() if key not in known}
    Subject.objects.bulk_create(new.values())
    return known | new, len(new)


def _session(row: Row, subject: Subject, owner: User, told: Told) -> StudySession:
    kept = {"source": Source.IMPORT, "time_zone": told.zone.key, "day_start_hour": owner.day_start_hour}
    return StudySession(
        subject=subject,
        owner=owner,
        start_time=row.start,
        end_time=row.end,
        notes=row.notes,
        **(kept | dict(row.columns)),
    )
