"""The things that tests begin with, made as a shell would make them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject

PASSWORD = "correct horse 1"
MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)


def shown(instant: datetime) -> str:
    """An instant as answers show it."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def make_user(username: str, **more: Any) -> User:
    return User.objects.create_user(username, f"{username}@example.org", PASSWORD, **more)


def make_subject(owner: User, name: str = "Algebra", **more: Any) -> Subject:
    return Subject.objects.create(owner=owner, name=name, **more)


def make_session(subject: Subject, start: datetime = MONDAY, minutes: int = 60, **more: Any) -> StudySession:
    times = {"start_time": start, "end_time": start + timedelta(minutes=minutes)}
    return StudySession.objects.create(subject=subject, **(times | more))


def make_subjects(owner: User, count: int) -> list[Subject]:
    return Subject.objects.bulk_create(Subject(owner=owner, name=f"Subject {n}") for n in range(count))


def make_sessions(subject: Subject, count: int) -> list[StudySession]:
    """One hour a day, backwards from MONDAY."""
    return [make_session(subject, MONDAY - timedelta(days=n)) for n in range(count)]
