"""GET /auth/me/export: one JSON file of everything, for an import to read back (contract 6)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.goals import StudyGoal
from accounts.models import User
from sessions import archive
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller
from tests.factories import MONDAY, PASSWORD, make_session, make_subject
from tests.studytrack.conftest import meanwhile

MADE = datetime(2026, 2, 23, 8, 0, 0, 123456, UTC)
ADDRESS = "/auth/me/export"


def read(response: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(response.getvalue())
    assert response.status_code == 200, document
    return document


def at(text: str) -> Any:
    return time_machine.travel(datetime.fromisoformat(text), tick=False)


@pytest.mark.everywhere
def test_it_is_everything_to_the_microsecond(db: None) -> None:
    with time_machine.travel(MADE, tick=False):
        user = User.objects.create_user("ada", "ada@example.org", PASSWORD, time_zone="Europe/Berlin", week_start=7)
        algebra = make_subject(user, total_hours_goal=100, description="Rings", priority_level="high")
    with at("2026-03-02T15:00:00.5+00:00"):
        caller = Caller(user)
        caller.patch("/auth/me", {"daily_goal_minutes": 120, "rest_weekdays": [7], "day_start_hour": 4})
        algebra.refresh_from_db()
        make_session(algebra, notes="Groups", source="import")
        make_subject(user, "Botany", status="archived")
        running = make_session(algebra, MONDAY + timedelta(hours=2), end_time=None, source="timer")
    with at("2026-03-03T16:00:00+00:00"):
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {Caller(user).tokens['access']}")
        assert running.needs_review(datetime.now(UTC))
        assert read(caller.get(ADDRESS)) == {
            "format": "studytrack",
            "version": 1,
            "account": {
                "time_zone": "Europe/Berlin",
                "day_start_hour": 4,
                "week_start": 7,
                "daily_goal_minutes": 120,
                "rest_weekdays": [7],
                "created_at": "2026-02-23T08:00:00.123456Z",
            },
            "study_goals": [
                {
                    "since": "2026-02-23T08:00:00.123456Z",
                    "daily_goal_minutes": 0,
                    "rest_weekdays": [],
                    "time_zone": "Europe/Berlin",
                    "day_start_hour": 0,
                },
                {
                    "since": "2026-03-02T15:00:00.500000Z",
                    "daily_goal_minutes": 120,
                    "rest_weekdays": [7],
                    "time_zone": "Europe/Berlin",
                    "day_start_hour": 4,
                },
            ],
            "subjects": [
                {
                    "name": "Algebra",
                    "description": "Rings",
                    "priority_level": "high",
                    "status": "active",
                    "total_hours_goal": 100,
                    "created_at": "2026-02-23T08:00:00.123456Z",
                    "updated_at": "2026-02-23T08:00:00.123456Z",
                },
                {
                    "name": "Botany",
                    "description": "",
                    "priority_level": "medium",
                    "status": "archived",
                    "total_hours_goal": 0,
                    "created_at": "2026-03-02T15:00:00.500000Z",
                    "updated_at": "2026-03-02T15:00:00.500000Z",
                },
            ],
            "sessions": [
                {
                    "subject": "Algebra",
                    "start_time": "2026-03-02T14:00:00Z",
                    "end_time": "2026-03-02T15:00:00Z",
                    "notes": "Groups",
                    "time_zone": "Europe/Berlin",
                    "day_start_hour": 4,
                    "source": "import",
                    "needs_review": False,
                    "created_at": "2026-03-02T15:00:00.500000Z",
                    "updated_at": "2026-03-02T15:00:00.500000Z",
                },
                {
                    "subject": "Algebra",
                    "start_time": "2026-03-02T16:00:00Z",
                    "end_time": None,
                    "notes": "",
                    "time_zone": "Europe/Berlin",
                    "day_start_hour": 4,
                    "source": "timer",
                    "needs_review": True,
                    "created_at": "2026-03-02T15:00:00.500000Z",
                    "updated_at": "2026-03-02T15:00:00.500000Z",
                },
            ],
        }


@pytest.mark.everywhere
def test_it_is_to_be_saved_under_a_name_with_the_date(as_alice: Caller) -> None:
    with at("2026-03-02T12:00:00+00:00"):
        response = Caller(as_alice.user).get(ADDRESS)
    assert read(response)["sessions"] == []
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="studytrack-everything-2026-03-02.json"'


LEFT_OUT = {
    User: {"id", "username", "username_key", "email", "email_key", "password", "last_login", "updated_at"}
    | {"is_superuser", "is_staff", "is_active"},
    StudyGoal: {"id", "user"},
    Subject: {"id", "owner", "name_key"},
    StudySession: {"id", "owner", "duration", "study_date"},
}
MEMBERS = {
    User: archive.ACCOUNT,
    StudyGoal: archive.STUDY_GOAL,
    Subject: archive.SUBJECT,
    StudySession: archive.SESSION,
}


@pytest.mark.parametrize("model", MEMBERS, ids=lambda model: model.__name__)
def test_every_column_is_in_it_or_left_out_on_purpose(model: Any) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns == LEFT_OUT[model] | (set(MEMBERS[model]) - {"needs_review"})


@pytest.mark.everywhere
def test_it_tells_nothing_of_who_it_is(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice))
    as_alice.post("/auth/me/calendar")
    told = as_alice.get(ADDRESS).getvalue().decode()
    for secret in ("alice", "example.org", alice.password, *alice.secret_links.values_list("token_hash", flat=True)):
        assert secret not in told


@pytest.mark.everywhere
def test_others_are_not_in_it(as_charlie: Caller, alice: User) -> None:
    make_session(make_subject(alice))
    found = read(as_charlie.get(ADDRESS))
    assert (found["subjects"], found["sessions"], len(found["study_goals"])) == ([], [], 1)


@pytest.mark.everywhere
def test_nobody_gets_nothing(anonymous: Caller) -> None:
    response = anonymous.get(ADDRESS)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.everywhere
def test_who_has_it_already_is_told_so(as_alice: Caller) -> None:
    first = as_alice.get(ADDRESS)
    assert read(first)
    again = as_alice.get(ADDRESS, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("table", ["accounts_user", "accounts_studygoal", "subjects_subject"])
def test_it_is_of_one_moment(as_alice: Caller, alice: User, table: str) -> None:
    """The obvious file has a session of a subject that it does not have, made between the reading of the two."""
    as_alice.get("/auth/me")

    def study() -> None:
        Caller(alice).patch("/auth/me", {"daily_goal_minutes": 30})
        make_session(make_subject(alice))

    with meanwhile(table, study):
        before = read(as_alice.get(ADDRESS))
    assert (before["account"]["daily_goal_minutes"], len(before["study_goals"])) == (0, 1)
    assert (before["subjects"], before["sessions"]) == ([], [])
    after = read(as_alice.get(ADDRESS))
    assert [each["subject"] for each in after["sessions"]] == ["Algebra"]
