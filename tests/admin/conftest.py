"""Operators at the admin's pages."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject

USERS, SIGN_INS = "/admin/accounts/user/", "/admin/accounts/signin/"
SUBJECTS, SESSIONS = "/admin/subjects/subject/", "/admin/study_sessions/studysession/"


class Operator(Client):
    """A browser in which an operator is signed in to the admin."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def page(self, path: str) -> str:
        """The text of a page that there is."""
        response = self.get(path)
        assert response.status_code == 200, response.status_code
        return unescape(response.content.decode())

    def listed(self, path: str) -> set[str]:
        """What the list at this path shows, by the names of its objects."""
        return {str(each) for each in self.get(path).context["cl"].result_list}

    def refusals(self, path: str, form: dict[str, Any]) -> dict[str, list[str]]:
        """What the form at this path says of what is sent with it, which it refuses."""
        response = self.post(path, form)
        assert response.status_code == 200, "the form was accepted"
        return dict(response.context["adminform"].form.errors)

    def queries(self, path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert self.get(path).status_code == 200
        return len(captured)


@pytest.fixture
def as_operator(operator: User) -> Operator:
    return Operator(operator)


def change_page(record: User | Subject | StudySession) -> str:
    return f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/change/"


def subject_form(subject: Subject, **changes: Any) -> dict[str, Any]:
    """What the browser sends when a subject's form is left as it is, but for the changes."""
    fields = ("name", "description", "status", "priority_level", "total_hours_goal")
    return {name: getattr(subject, name) for name in fields} | changes


def session_form(session: StudySession, **changes: Any) -> dict[str, Any]:
    """What the browser sends when a session's form is left as it is, but for the changes."""
    start, end = session.start_time, session.end_time
    return {
        "subject": session.subject_id,
        "start_time_0": f"{start:%Y-%m-%d}",
        "start_time_1": f"{start:%H:%M:%S}",
        "end_time_0": f"{end:%Y-%m-%d}" if end else "",
        "end_time_1": f"{end:%H:%M:%S}" if end else "",
        "notes": session.notes,
    } | changes


def user_form(user: User, **changes: Any) -> dict[str, Any]:
    """What the browser sends when an account's form is left as it is, but for the changes."""
    fields = ("username", "email", "time_zone", "day_start_hour", "week_start", "daily_goal_minutes", "rest_weekdays")
    boxes = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    return {name: getattr(user, name) for name in fields} | boxes | changes
