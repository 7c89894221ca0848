"""POST /subjects (contract 3)."""

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid
from tests.factories import make_subject

pytestmark = pytest.mark.everywhere


def test_a_subject_is_created_with_defaults(as_alice: Caller, alice: User) -> None:
    response = as_alice.post("/subjects", {"name": "Algebra"})
    subject = Subject.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/subjects/{subject.pk}"
    assert response.json() == {
        "id": subject.pk,
        "name": "Algebra",
        "description": "",
        "priority_level": "medium",
        "status": "active",
        "total_hours_goal": 0,
        "total_hours_completed": 0,
        "progress_percent": None,
        "session_count": 0,
        "created_at": f"{subject.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "updated_at": f"{subject.updated_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert subject.owner == alice


def test_nobody_creates_nothing(anonymous: Caller) -> None:
    response = anonymous.post("/subjects", {"name": "Algebra"})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert response["WWW-Authenticate"] == "Bearer"
    assert not Subject.objects.exists()


def test_a_name_is_unique_without_regard_to_case(as_alice: Caller, alice: User) -> None:
    make_subject(alice, "Ärztekunde")
    response = as_alice.post("/subjects", {"name": "ÄRZTEKUNDE"})
    assert response.status_code == 400
    assert response.json() == invalid("name", "unique", "You have a subject of this name already.")
    assert Subject.objects.count() == 1


def test_strangers_may_use_the_same_name(as_alice: Caller, charlie: User) -> None:
    make_subject(charlie, "Algebra")
    assert as_alice.post("/subjects", {"name": "algebra"}).status_code == 201
