"""The format `studytrack`: everything of a user's in one JSON document, as plain data; docs/API.md tells of it.

Members are columns of the same name, as exact as they are kept, except `subject`: a session's subject by its name,
which is unique. What is in no member is left out: ids, name, address and password, sign-ins, secret links and first
answers, and what follows from other columns. `needs_review` follows from the clock: it is there to be read by people.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from accounts.models import User
from sessions.models import StudySession
from studytrack.api.files import json_array
from studytrack.api.renderers import JSONRenderer

FORMAT, VERSION = "studytrack", 1
MEDIA_TYPE = "application/json"
SETTINGS = ("time_zone", "day_start_hour", "week_start", "daily_goal_minutes", "rest_weekdays")
TIMES = ("created_at", "updated_at")
ACCOUNT = (*SETTINGS, "created_at")
STUDY_GOAL = ("since", "daily_goal_minutes", "rest_weekdays", "time_zone", "day_start_hour")
SUBJECT = ("name", "description", "priority_level", "status", "total_hours_goal", *TIMES)
SESSION = (
    *("subject", "start_time", "end_time", "notes", "time_zone", "day_start_hour", "source", "needs_review"),
    *TIMES,
)


def document(user: User, now: datetime) -> Iterator[str]:
    """The document, piece by piece; its text depends on nothing but what is in it."""
    subjects = user.subjects.order_by("created_at", "name_key")
    sessions = user.studysessions.select_related("subject").order_by("start_time", "pk")
    yield _opening({"format": FORMAT, "version": VERSION, "account": _row(user, ACCOUNT)})
    yield from _list("study_goals", (_row(each, STUDY_GOAL) for each in user.study_goals.order_by("since", "pk")))
    yield from _list("subjects", (_row(each, SUBJECT) for each in subjects.iterator()))
    yield from _list("sessions", (_session(each, now) for each in sessions.iterator()))
    yield "\n}\n"


def _opening(members: dict[str, Any]) -> str:
    return JSONRenderer().render(members).decode().removesuffix("}")


def _list(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f',\n"{name}":'
    yield from json_array(rows)


def _row(record: Any, members: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in members}


def _session(session: StudySession, now: datetime) -> dict[str, Any]:
    return _row(session, SESSION) | {"subject": session.subject.name, "needs_review": session.needs_review(now)}
