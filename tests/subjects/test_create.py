"""POST /subjects (contract 3)."""

from typing import Any

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, refusals
from tests.factories import make_subject
from tests.subjects.bodies import ALGEBRA, subject_body

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


def test_everything_that_can_be_written_is_kept(as_alice: Caller) -> None:
    response = as_alice.post("/subjects", ALGEBRA)
    subject = Subject.objects.get()
    assert response.status_code == 201
    assert response.json() == subject_body(subject, **ALGEBRA, progress_percent=0)
    assert Subject.objects.filter(**ALGEBRA).exists()


def test_what_follows_from_sessions_and_what_is_unknown_is_ignored(as_alice: Caller, charlie: User) -> None:
    derived = {"id": 7, "session_count": 9, "total_hours_completed": 12.5, "progress_percent": 50, "created_at": "x"}
    response = as_alice.post("/subjects", {"name": "Algebra", "owner": charlie.pk, "colour": "red", **derived})
    assert response.status_code == 201
    assert response.json() == subject_body(Subject.objects.get(owner=as_alice.user))


def test_nobody_creates_nothing(anonymous: Caller) -> None:
    response = anonymous.post("/subjects", {"name": "Algebra"})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert response["WWW-Authenticate"] == "Bearer"
    assert not Subject.objects.exists()


@pytest.mark.parametrize(
    ("taken", "asked"),
    [("Ärztekunde", "ÄRZTEKUNDE"), ("Straße", "STRASSE"), ("Caf\u00e9", "CAFE\u0301"), ("ΣΟΦΟΣ", "σοφος")],
)
def test_a_name_is_unique_without_regard_to_case(as_alice: Caller, alice: User, taken: str, asked: str) -> None:
    make_subject(alice, taken)
    response = as_alice.post("/subjects", {"name": asked})
    assert response.status_code == 400
    assert response.json() == invalid("name", "unique", "You have a subject of this name already.")
    assert Subject.objects.count() == 1


def test_names_that_only_look_alike_are_two(as_alice: Caller, alice: User) -> None:
    make_subject(alice, "Cafe")
    assert as_alice.post("/subjects", {"name": "Café"}).status_code == 201


def test_strangers_may_use_the_same_name(as_alice: Caller, charlie: User) -> None:
    make_subject(charlie, "Algebra")
    assert as_alice.post("/subjects", {"name": "algebra"}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "null"),
        ("name", "", "blank"),
        ("name", " \u200b\t", "blank"),
        ("name", "<br><!-- -->", "blank"),
        ("name", True, "invalid"),
        ("name", ["Algebra"], "invalid"),
        ("name", {"of": "Algebra"}, "invalid"),
        ("name", "a" * 101, "max_length"),
        ("name", "<b>" + "a" * 100, "max_length"),
        ("name", "a\x00b", "forbidden_character"),
        ("name", "a\x1bb", "forbidden_character"),
        ("description", None, "null"),
        ("description", "d" * 513, "max_length"),
        ("priority_level", None, "null"),
        ("priority_level", "", "invalid_choice"),
        ("priority_level", "urgent", "invalid_choice"),
        ("priority_level", ["low"], "invalid_choice"),
        ("priority_level", 1, "invalid_choice"),
        ("status", "deleted", "invalid_choice"),
        ("status", True, "invalid_choice"),
        ("total_hours_goal", None, "null"),
        ("total_hours_goal", -1, "min_value"),
        ("total_hours_goal", 100_001, "max_value"),
        ("total_hours_goal", 10**30, "max_value"),
        ("total_hours_goal", 1.0, "invalid"),
        ("total_hours_goal", True, "invalid"),
        ("total_hours_goal", "1.5", "invalid"),
        ("total_hours_goal", "٣", "invalid"),
        ("total_hours_goal", "", "invalid"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(as_alice: Caller, field: str, value: Any, code: str) -> None:
    response = as_alice.post("/subjects", {"name": "Algebra", field: value})
    assert refusals(response) == [(field, code)]
    assert not Subject.objects.exists()


def test_all_that_is_wrong_is_told_at_once(as_alice: Caller) -> None:
    response = as_alice.post("/subjects", {"status": "lost", "total_hours_goal": -1})
    assert refusals(response) == [
        ("name", "required"),
        ("status", "invalid_choice"),
        ("total_hours_goal", "min_value"),
    ]


@pytest.mark.parametrize("body", ["[]", '"Algebra"', "7", "true", '[{"name": "Algebra"}]'])
def test_a_body_that_is_no_object_is_refused(as_alice: Caller, body: str) -> None:
    response = as_alice.post("/subjects", body, content_type="application/json")
    assert refusals(response) == [(None, "invalid")]
    assert not Subject.objects.exists()


def test_half_a_character_is_refused(as_alice: Caller) -> None:
    response = as_alice.post("/subjects", r'{"name": "\ud83d"}', content_type="application/json")
    assert refusals(response) == [("name", "forbidden_character")]


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("name", "x" * 100, "x" * 100),
        ("name", 2026, "2026"),
        ("name", "  Algebra ", "  Algebra "),
        ("name", "<b>R&D</b> &amp; 1 < 2", "R&D &amp; 1 < 2"),
        ("description", "𝔄" * 512, "𝔄" * 512),
        ("description", "vector<int>\n", "vector< int>\n"),
        ("priority_level", "HIGH", "high"),
        ("status", "Archived", "archived"),
        ("total_hours_goal", "40", 40),
        ("total_hours_goal", 100_000, 100_000),
    ],
)
def test_a_value_at_its_bounds_is_kept(as_alice: Caller, field: str, value: Any, kept: Any) -> None:
    response = as_alice.post("/subjects", {"name": "Algebra", field: value})
    assert (response.status_code, response.json()[field]) == (201, kept)
    assert Subject.objects.values_list(field, flat=True).get() == kept
