"""PATCH /sessions/{id} (contract 4): what it names, and nothing else."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, invalid, refusals
from tests.factories import make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = pytest.mark.everywhere


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"notes": ""}, {"notes": ""}),
        ({"end_time": "2026-03-02T15:59:59Z"}, {"end_time": "2026-03-02T15:59:59Z", "duration_minutes": 119}),
        (
            {"start_time": "2026-03-01T22:00:00Z", "end_time": "2026-03-01T23:59:00Z"},
            {
                "start_time": "2026-03-01T22:00:00Z",
                "end_time": "2026-03-01T23:59:00Z",
                "duration_minutes": 119,
                "study_date": "2026-03-01",
            },
        ),
    ],
)
def test_a_session_is_changed(as_alice: Caller, alice: User, change: dict[str, Any], shown: dict[str, Any]) -> None:
    session = make_session(make_subject(alice), notes="Rings")
    response = as_alice.patch(f"/sessions/{session.pk}", change)
    after = StudySession.objects.get()
    assert response.status_code == 200
    assert response.json() == session_body(after, **({"notes": "Rings"} | shown))
    assert after.updated_at > session.updated_at
    assert f"{after.study_date}" == response.json()["study_date"]


def test_a_session_moves_to_another_subject(as_alice: Caller, alice: User) -> None:
    session, botany = make_session(make_subject(alice)), make_subject(alice, "Botany")
    response = as_alice.patch(f"/sessions/{session.pk}", {"subject_id": botany.pk})
    after = StudySession.objects.get(subject=botany, owner=alice)
    assert (response.status_code, response.json()) == (200, session_body(after, subject_name="Botany"))


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ({"notes": "Rings"}, {"notes", "updated_at"}),
        ({"end_time": "2026-03-02T14:30:00Z"}, {"end_time", "updated_at"}),
        ({"start_time": "2026-03-02T14:30:00Z"}, {"start_time", "study_date", "updated_at"}),
        ({"subject_id": True}, {"subject_id", "owner_id", "updated_at"}),
    ],
)
def test_only_what_is_named_is_written(as_alice: Caller, alice: User, body: dict[str, Any], columns: set[str]) -> None:
    """A plain save() writes every column, and undoes what somebody else has changed meanwhile."""
    session, botany = make_session(make_subject(alice)), make_subject(alice, "Botany")
    body |= {"subject_id": botany.pk} if "subject_id" in body else {}
    with CaptureQueriesContext(connection) as queries:
        assert as_alice.patch(f"/sessions/{session.pk}", body).status_code == 200
    (update,) = (query["sql"] for query in queries if query["sql"].startswith("UPDATE"))
    assignments = update.partition(" SET ")[2].partition(" WHERE ")[0]
    assert {part.split('"')[1] for part in assignments.split(", ")} == columns


@pytest.mark.parametrize("body", [{}, {"colour": "red"}, {"study_date": "2000-01-01", "source": "timer"}])
def test_naming_nothing_changes_nothing(as_alice: Caller, alice: User, body: dict[str, Any]) -> None:
    session = make_session(make_subject(alice))
    response = as_alice.patch(f"/sessions/{session.pk}", body)
    assert (response.status_code, response.json()) == (200, session_body(session))
    assert StudySession.objects.get().updated_at == session.updated_at


def test_the_notes_of_a_running_session_can_be_changed(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), end_time=None)
    response = as_alice.patch(f"/sessions/{session.pk}", {"notes": "Rings"})
    assert (response.status_code, response.json()["notes"], response.json()["end_time"]) == (200, "Rings", None)


def test_nobody_changes_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.patch(f"/sessions/{make_session(make_subject(alice)).pk}", {"notes": "Mine"})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert StudySession.objects.get().notes == ""


def test_a_strangers_session_is_not_there(as_charlie: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    hidden, missing = (as_charlie.patch(f"/sessions/{session.pk + more}", {"notes": "Mine"}) for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert StudySession.objects.get().notes == ""


def test_a_strangers_subject_reads_like_a_missing_one(as_alice: Caller, alice: User, charlie: User) -> None:
    session, theirs = make_session(make_subject(alice)), make_subject(charlie)
    hidden, missing = (as_alice.patch(f"/sessions/{session.pk}", {"subject_id": theirs.pk + more}) for more in (0, 1))
    assert hidden.status_code == 400
    assert hidden.json() == invalid("subject_id", "does_not_exist", "You have nothing with this id.")
    assert hidden.content == missing.content
    assert StudySession.objects.get().subject == session.subject


@pytest.mark.parametrize(
    ("change", "blamed", "code"),
    [
        ({"subject_id": None}, "subject_id", "null"),
        ({"subject_id": True}, "subject_id", "invalid"),
        ({"start_time": None}, "start_time", "null"),
        ({"start_time": "2026-03-02"}, "start_time", "invalid"),
        ({"start_time": "2026-03-02T15:00:00Z"}, "end_time", "not_after_start"),
        ({"start_time": "2026-03-01T14:59:59Z"}, "end_time", "too_long"),
        ({"end_time": None}, "end_time", "null"),
        ({"end_time": "2026-03-02T14:00:00Z"}, "end_time", "not_after_start"),
        ({"end_time": "2026-03-03T14:00:01Z"}, "end_time", "too_long"),
        ({"notes": None}, "notes", "null"),
        ({"notes": "n" * 2049}, "notes", "max_length"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    as_alice: Caller, alice: User, change: dict[str, Any], blamed: str, code: str
) -> None:
    session = make_session(make_subject(alice))
    response = as_alice.patch(f"/sessions/{session.pk}", change)
    assert refusals(response) == [(blamed, code)]
    assert StudySession.objects.get().updated_at == session.updated_at
