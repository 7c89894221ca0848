"""GET /subjects (contract 1 and 3): which there are, in which order."""

from typing import Any

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, refusals
from tests.factories import MONDAY, make_session, make_subject, make_subjects
from tests.subjects.bodies import ALGEBRA, subject_body

pytestmark = pytest.mark.everywhere


@pytest.fixture
def three(alice: User) -> dict[str, Subject]:
    """Made in this order; no two alike in anything that a list can be ordered by."""
    return {
        "beta": make_subject(
            alice, "beta", priority_level="high", total_hours_goal=1, description="100% of_it", status="archived"
        ),
        "Alpha": make_subject(alice, "Alpha", priority_level="low", total_hours_goal=2, description="Rings"),
        "gamma": make_subject(alice, "gamma", priority_level="medium", total_hours_goal=0, status="completed"),
    }


def names(caller: Caller, query: str) -> list[str]:
    response = caller.get(f"/subjects?{query}")
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def test_ones_own_subjects_are_listed_with_their_totals(as_alice: Caller, alice: User, charlie: User) -> None:
    algebra, botany = make_subject(alice, **ALGEBRA), make_subject(alice, "Botany")
    make_subject(charlie, "Chemistry")
    make_session(algebra, minutes=90)
    response = as_alice.get("/subjects")
    assert response.status_code == 200
    assert response.json() == {
        "count": 2,
        "page": 1,
        "per_page": 10,
        "pages": 1,
        "next": None,
        "previous": None,
        "results": [
            subject_body(botany),
            subject_body(algebra, total_hours_completed=1.5, progress_percent=1.5, session_count=1),
        ],
    }


def test_a_list_of_nothing(as_alice: Caller, charlie: User) -> None:
    make_subject(charlie)
    response = as_alice.get("/subjects")
    nothing: dict[str, Any] = {
        "count": 0,
        "page": 1,
        "per_page": 10,
        "pages": 0,
        "next": None,
        "previous": None,
        "results": [],
    }
    assert (response.status_code, response.json()) == (200, nothing)


def test_nobody_sees_nothing(anonymous: Caller, alice: User) -> None:
    make_subject(alice)
    response = anonymous.get("/subjects")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("name", ["Alpha", "beta", "gamma"]),
        ("-name", ["gamma", "beta", "Alpha"]),
        ("created_at", ["beta", "Alpha", "gamma"]),
        ("-created_at", ["gamma", "Alpha", "beta"]),
        ("updated_at", ["beta", "Alpha", "gamma"]),
        ("-updated_at", ["gamma", "Alpha", "beta"]),
        ("priority_level", ["Alpha", "gamma", "beta"]),
        ("-priority_level", ["beta", "gamma", "Alpha"]),
        ("total_hours_goal", ["gamma", "beta", "Alpha"]),
        ("-total_hours_goal", ["Alpha", "beta", "gamma"]),
        ("", ["gamma", "Alpha", "beta"]),
    ],
)
def test_the_list_is_ordered(as_alice: Caller, three: Any, ordering: str, expected: list[str]) -> None:
    assert names(as_alice, f"ordering={ordering}") == expected


def test_the_list_is_ordered_by_several_fields(as_alice: Caller, three: Any, alice: User) -> None:
    make_subject(alice, "delta", priority_level="low")
    assert names(as_alice, "ordering=-priority_level,name") == ["beta", "gamma", "Alpha", "delta"]


@pytest.mark.parametrize("ordering", ["status", "priority_level", "-total_hours_goal", "created_at", ""])
def test_equal_rows_have_an_order_too(as_alice: Caller, alice: User, ordering: str) -> None:
    """Without a last word about ties, pages repeat some rows and lack others."""
    subjects = make_subjects(alice, 25)
    Subject.objects.update(created_at=MONDAY)
    query = "" if ordering == "status" else f"&ordering={ordering}"
    pages = [as_alice.get(f"/subjects?page={page}{query}").json()["results"] for page in (1, 2, 3)]
    assert [row["id"] for page in pages for row in page] == sorted((one.pk for one in subjects), reverse=True)


@pytest.mark.parametrize(
    "ordering", ["status", "owner", "id", "-", "--name", "Name", "name_key", "owner__password", "name,", "name;"]
)
def test_an_unknown_order_is_refused(as_alice: Caller, ordering: str) -> None:
    response = as_alice.get(f"/subjects?ordering={ordering}")
    assert refusals(response) == [("ordering", "invalid_choice")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=active", ["Alpha"]),
        ("status=ARCHIVED", ["beta"]),
        ("priority_level=High", ["beta"]),
        ("priority_level=medium&status=completed", ["gamma"]),
        ("priority_level=medium&status=active", []),
        ("status=", ["gamma", "Alpha", "beta"]),
        ("colour=red", ["gamma", "Alpha", "beta"]),
        ("search=ALPH", ["Alpha"]),
        ("search=rings", ["Alpha"]),
        ("search=%20rings%20", ["Alpha"]),
        ("search=%25", ["beta"]),
        ("search=f_i", ["beta"]),
        ("search=f%25i", []),
        ("search=%5C", []),
        ("search=%27%3B--", []),
        ("search=%20", ["gamma", "Alpha", "beta"]),
        ("search=a&ordering=name", ["Alpha", "beta", "gamma"]),
    ],
)
def test_the_list_is_narrowed(as_alice: Caller, three: Any, query: str, expected: list[str]) -> None:
    assert names(as_alice, query) == expected


@pytest.mark.parametrize("text", ["ÄRZTE", "ärzte", "ИР"])
def test_search_knows_the_case_of_every_script(as_alice: Caller, alice: User, text: str) -> None:
    """SQLite alone would know that of ASCII letters only."""
    make_subject(alice, "Ärztekunde", description="Мир")
    assert names(as_alice, f"search={text}") == ["Ärztekunde"]


def test_only_ones_own_subjects_are_searched(as_charlie: Caller, three: Any) -> None:
    assert names(as_charlie, "search=alpha") == []


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("status=lost", [("status", "invalid_choice")]),
        ("priority_level=1", [("priority_level", "invalid_choice")]),
        ("search=%00", [("search", "null_characters_not_allowed")]),
        (f"search={'x' * 201}", [("search", "max_length")]),
        ("status=x&priority_level=y", [("priority_level", "invalid_choice"), ("status", "invalid_choice")]),
    ],
)
def test_a_value_that_no_filter_takes_is_refused(as_alice: Caller, query: str, refused: Any) -> None:
    assert sorted(refusals(as_alice.get(f"/subjects?{query}"))) == refused


def test_a_page_is_of_the_narrowed_list(as_alice: Caller, alice: User, three: Any) -> None:
    make_subjects(alice, 25)
    body = as_alice.get("/subjects?search=subject&page=3&ordering=created_at&colour=red").json()
    assert (body["count"], body["pages"], len(body["results"])) == (25, 3, 5)
    assert body["previous"] == "/subjects?page=2&per_page=10&ordering=created_at&search=subject"
