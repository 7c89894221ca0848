"""PATCH /subjects/{id} (contract 3): what it names, and nothing else."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, invalid, refusals
from tests.factories import make_session, make_subject
from tests.subjects.bodies import ALGEBRA, subject_body

pytestmark = pytest.mark.everywhere


@pytest.mark.parametrize(
    ("field", "value", "progress"),
    [
        ("name", "Analysis", 1.0),
        ("description", "", 1.0),
        ("priority_level", "low", 1.0),
        ("status", "active", 1.0),
        ("total_hours_goal", 0, None),
    ],
)
def test_one_field_is_changed(as_alice: Caller, alice: User, field: str, value: Any, progress: Any) -> None:
    subject = make_subject(alice, **ALGEBRA)
    make_session(subject)
    response = as_alice.patch(f"/subjects/{subject.pk}", {field: value})
    after = Subject.objects.get(**(ALGEBRA | {field: value}))
    assert response.status_code == 200
    assert response.json() == subject_body(after, total_hours_completed=1, progress_percent=progress, session_count=1)
    assert after.updated_at > subject.updated_at


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ({"status": "archived"}, {"status", "updated_at"}),
        ({"name": "Analysis"}, {"name", "name_key", "updated_at"}),
        ({"description": "Rings", "total_hours_goal": 7}, {"description", "total_hours_goal", "updated_at"}),
    ],
)
def test_only_what_is_named_is_written(as_alice: Caller, alice: User, body: dict[str, Any], columns: set[str]) -> None:
    """A plain save() writes every column, and undoes what somebody else has changed meanwhile."""
    subject = make_subject(alice)
    with CaptureQueriesContext(connection) as queries:
        as_alice.patch(f"/subjects/{subject.pk}", body)
    (update,) = (query["sql"] for query in queries if query["sql"].startswith("UPDATE"))
    assignments = update.partition(" SET ")[2].partition(" WHERE ")[0]
    assert {part.split('"')[1] for part in assignments.split(", ")} == columns


@pytest.mark.parametrize("body", [{}, {"colour": "red"}, {"session_count": 9, "id": 7}])
def test_naming_nothing_changes_nothing(as_alice: Caller, alice: User, body: dict[str, Any]) -> None:
    subject = make_subject(alice)
    response = as_alice.patch(f"/subjects/{subject.pk}", body)
    assert (response.status_code, response.json()) == (200, subject_body(subject))
    assert Subject.objects.get().updated_at == subject.updated_at


def test_nobody_changes_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.patch(f"/subjects/{make_subject(alice).pk}", {"name": "Analysis"})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert Subject.objects.get().name == "Algebra"


def test_a_strangers_subject_is_not_there(as_charlie: Caller, alice: User) -> None:
    subject = make_subject(alice)
    hidden, missing = (as_charlie.patch(f"/subjects/{subject.pk + more}", {"name": "Mine"}) for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert Subject.objects.get().name == "Algebra"


def test_the_name_of_another_subject_is_taken(as_alice: Caller, alice: User) -> None:
    make_subject(alice, "Analysis")
    response = as_alice.patch(f"/subjects/{make_subject(alice).pk}", {"name": "analysis"})
    assert response.status_code == 400
    assert response.json() == invalid("name", "unique", "You have a subject of this name already.")
    assert Subject.objects.filter(name="Algebra").exists()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "null"),
        ("name", "<i></i>", "blank"),
        ("description", "d" * 513, "max_length"),
        ("priority_level", None, "null"),
        ("status", "lost", "invalid_choice"),
        ("total_hours_goal", -1, "min_value"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    as_alice: Caller, alice: User, field: str, value: Any, code: str
) -> None:
    subject = make_subject(alice, **ALGEBRA)
    response = as_alice.patch(f"/subjects/{subject.pk}", {field: value})
    assert refusals(response) == [(field, code)]
    assert Subject.objects.filter(**ALGEBRA, updated_at=subject.updated_at).exists()
