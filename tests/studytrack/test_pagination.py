"""Pages of a list (contract 1), looked at through GET /subjects."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from tests.conftest import Caller, refusals
from tests.factories import make_subject, make_subjects

pytestmark = pytest.mark.everywhere


def frame(body: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """The numbers of a page, and how many rows it has."""
    return body["count"], body["page"], body["per_page"], body["pages"], len(body["results"])


def page(caller: Caller, query: str = "") -> dict[str, Any]:
    response = caller.get(f"/subjects{query}")
    assert response.status_code == 200, response.content
    assert response.json().keys() == {"count", "page", "per_page", "pages", "next", "previous", "results"}
    return response.json()


def test_a_list_has_a_first_page_of_ten(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 25)
    body = page(as_alice)
    assert frame(body) == (25, 1, 10, 3, 10)
    assert (body["next"], body["previous"]) == ("/subjects?page=2&per_page=10", None)


@pytest.mark.parametrize(
    ("query", "numbers", "links"),
    [
        ("?page=2", (25, 2, 10, 3, 10), ("/subjects?page=3&per_page=10", "/subjects?page=1&per_page=10")),
        ("?page=3", (25, 3, 10, 3, 5), (None, "/subjects?page=2&per_page=10")),
        ("?page=3&per_page=12", (25, 3, 12, 3, 1), (None, "/subjects?page=2&per_page=12")),
        ("?per_page=24", (25, 1, 24, 2, 24), ("/subjects?page=2&per_page=24", None)),
        ("?per_page=25", (25, 1, 25, 1, 25), (None, None)),
        ("?per_page=1", (25, 1, 1, 25, 1), ("/subjects?page=2&per_page=1", None)),
        ("?per_page=100", (25, 1, 100, 1, 25), (None, None)),
        # past the end: nothing, and the way back to the last page that has rows
        ("?page=4", (25, 4, 10, 3, 0), (None, "/subjects?page=3&per_page=10")),
        ("?page=9000", (25, 9000, 10, 3, 0), (None, "/subjects?page=3&per_page=10")),
        ("?page=2&per_page=25", (25, 2, 25, 1, 0), (None, "/subjects?page=1&per_page=25")),
        (f"?page={10**16}&per_page=100", (25, 10**16, 100, 1, 0), (None, "/subjects?page=1&per_page=100")),
    ],
)
def test_a_page_says_where_it_is(as_alice: Caller, alice: User, query: str, numbers: Any, links: Any) -> None:
    make_subjects(alice, 25)
    body = page(as_alice, query)
    assert frame(body) == numbers
    assert (body["next"], body["previous"]) == links


@pytest.mark.parametrize(("query", "number"), [("", 1), ("?page=1", 1), ("?page=7", 7)])
def test_of_nothing_there_are_no_pages(as_alice: Caller, query: str, number: int) -> None:
    body = page(as_alice, query)
    assert frame(body) == (0, number, 10, 0, 0)
    assert (body["next"], body["previous"]) == (None, None)


def test_following_the_links_shows_every_row_once(as_alice: Caller, alice: User) -> None:
    subjects = make_subjects(alice, 25)
    link, seen = "/subjects?per_page=7&ordering=priority_level", []
    while link:
        body = as_alice.get(link).json()
        seen += [row["id"] for row in body["results"]]
        link = body["next"]
    assert sorted(seen) == sorted(subject.pk for subject in subjects)


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize(
    "spelling",
    ["0", "-1", "01", "1.0", "1e1", "%2B1", "%201", "1%20", "", "one", "true", "%D9%A3", "1_0", "0x1", "9" * 5000],
)
def test_a_number_has_one_spelling(as_alice: Caller, name: str, spelling: str) -> None:
    response = as_alice.get(f"/subjects?{name}={spelling}")
    assert refusals(response) == [(name, "invalid")]


@pytest.mark.parametrize(("name", "number"), [("per_page", 101), ("per_page", 1000), ("page", 10**16 + 1)])
def test_a_number_that_is_too_great_is_refused(as_alice: Caller, name: str, number: int) -> None:
    assert refusals(as_alice.get(f"/subjects?{name}={number}")) == [(name, "invalid")]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "testserver:8000"])
def test_links_hold_on_every_host(as_alice: Caller, alice: User, host: str) -> None:
    """One cached answer serves every host name; an absolute link would send clients of one to another."""
    make_subjects(alice, 11)
    page(as_alice)
    body = as_alice.get("/subjects", headers={"host": host}).json()
    assert body["next"] == "/subjects?page=2&per_page=10"


@pytest.mark.parametrize(
    "query",
    [
        "?status=active&ordering=-name&search=R%26D+%C3%A4",
        "?search=R%26D%20%C3%A4&status=active&ordering=-name",
        "?page=1&ordering=-name&colour=red&per_page=10&status=active&search=R%26D+%C3%A4",
    ],
)
def test_links_keep_what_narrows_and_orders_in_one_spelling(as_alice: Caller, alice: User, query: str) -> None:
    for number in range(11):
        make_subject(alice, f"R&D ä {number}")
    body = page(as_alice, query)
    assert body["next"] == "/subjects?page=2&per_page=10&ordering=-name&search=R%26D+%C3%A4&status=active"
    assert len(as_alice.get(body["next"]).json()["results"]) == 1


def test_of_a_repeated_parameter_the_last_counts(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 3)
    assert frame(page(as_alice, "?per_page=1&per_page=2&page=x&page=2"))[1:3] == (2, 2)


def test_no_row_is_denied_because_another_arrives(as_alice: Caller, alice: User) -> None:
    """Counting first and slicing to that count: the newest row then pushes the last one off the page."""
    make_subject(alice)
    late = ["Botany"]

    def arriving(execute: Any, sql: str, *how: Any) -> Any:
        answer = execute(sql, *how)
        if "subjects_subject" in sql and late:
            make_subject(alice, late.pop())
        return answer

    with connection.execute_wrapper(arriving):
        body = page(as_alice)
    assert (body["count"], [row["name"] for row in body["results"]]) == (1, ["Algebra"])
    assert not late
