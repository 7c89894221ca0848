"""Which answers are kept, under which keys, and until when (contract 1, 8)."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from studytrack.api.conditional import entity_tag
from studytrack.api.stamps import stamp_key
from tests.conftest import Caller
from tests.factories import make_session, make_subject, make_subjects
from tests.studytrack.conftest import is_kept, kept_keys, raw


def ask(caller: Caller, address: str, **more: Any) -> tuple[int, Any]:
    """How many queries an answer took, and the answer."""
    with CaptureQueriesContext(connection) as captured:
        response = caller.get(address, **more)
    return len(captured), response


def test_the_keys_are_readable(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    subject_id = session.subject_id
    addresses = [f"/subjects/{subject_id}", f"/sessions/{session.pk}", "/subjects", "/sessions?per_page=3&page=2"]
    assert [as_alice.get(address).status_code for address in addresses] == [200] * 4
    assert kept_keys() == {
        f"user:{alice.pk}:subject:{subject_id}",
        f"user:{alice.pk}:session:{session.pk}",
        f"user:{alice.pk}:subjects:page:1:per_page:10",
        f"user:{alice.pk}:sessions:page:2:per_page:3",
    }


def test_the_keys_of_statistics_are_readable(as_alice: Caller, alice: User) -> None:
    addresses = ["/stats/summary", "/stats/summary?group_by=week&fill=true", "/stats/today", "/stats/year/2026"]
    assert [as_alice.get(address).status_code for address in addresses] == [200] * 4
    assert kept_keys() == {
        f"user:{alice.pk}:stats:summary",
        f"user:{alice.pk}:stats:summary:fill=true&group_by=week",
        f"user:{alice.pk}:stats:today",
        f"user:{alice.pk}:stats:year/2026",
    }


def test_an_answer_is_kept_for_five_minutes(as_alice: Caller, alice: User, settings: Any) -> None:
    as_alice.get("/subjects")
    assert raw().ttl(f"user:{alice.pk}:subjects:page:1:per_page:10") in (299, 300)
    settings.ANSWER_TTL_SECONDS = 7
    as_alice.get("/sessions")
    assert raw().ttl(f"user:{alice.pk}:sessions:page:1:per_page:10") in (6, 7)


def test_the_order_of_the_filters_makes_no_other_key(as_alice: Caller, alice: User) -> None:
    first = as_alice.get("/subjects?status=active&page=1&search=a%20b&per_page=5")
    assert is_kept(as_alice, "/subjects?per_page=5&search=a+b&page=1&status=active")
    assert kept_keys() == {f"user:{alice.pk}:subjects:page:1:per_page:5:search=a+b&status=active"}
    assert first.json()["count"] == 0


@pytest.mark.parametrize(
    ("one", "other"), [("?status=active", "?status=archived"), ("?search=a", "?search=b"), ("", "?ordering=name")]
)
def test_other_filters_are_other_answers(as_alice: Caller, one: str, other: str) -> None:
    as_alice.get(f"/subjects{one}")
    assert not is_kept(as_alice, f"/subjects{other}")


@pytest.mark.parametrize("address", ["/subjects", "/sessions", "/subjects/{}", "/sessions/{}", "/subjects?page=2"])
@pytest.mark.everywhere
def test_a_kept_answer_is_the_same_without_a_query(as_alice: Caller, alice: User, address: str) -> None:
    session = make_session(make_subject(alice))
    address = address.format(session.pk if "sessions" in address else session.subject_id)
    new = as_alice.get(address)
    spent, kept = ask(as_alice, address)
    assert (spent, kept.status_code, kept.content) == (0, 200, new.content)
    assert kept["Content-Type"] == new["Content-Type"] == "application/json"


@pytest.mark.everywhere
def test_one_kept_answer_serves_every_host_name(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 11)
    new = as_alice.get("/subjects", HTTP_HOST="localhost")
    spent, kept = ask(as_alice, "/subjects", HTTP_HOST="127.0.0.1:8000")
    assert (spent, kept.content) == (0, new.content)
    assert kept.json()["next"] == "/subjects?page=2&per_page=10"


@pytest.mark.everywhere
def test_a_wrong_host_gets_nothing_that_is_kept(as_alice: Caller) -> None:
    as_alice.get("/subjects")
    assert as_alice.get("/subjects", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/auth/me",
        "/",
        "/subjects/999999",
        "/subjects?per_page=101",
        "/subjects?page=0",
        "/subjects?ordering=owner",
        f"/subjects?search={'x' * 121}",
    ],
)
def test_nothing_else_is_kept(as_alice: Caller, address: str) -> None:
    as_alice.get(address)
    assert kept_keys() == set()


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "application/json;q=0.5", ""])
def test_only_plain_json_comes_from_the_cache(as_alice: Caller, accept: str) -> None:
    as_alice.get("/subjects")
    answers = [as_alice.get("/subjects", HTTP_ACCEPT=accept)]
    cache.clear()
    answers.append(as_alice.get("/subjects", HTTP_ACCEPT=accept))
    assert answers[0].status_code == answers[1].status_code
    assert answers[0]["Content-Type"] == answers[1]["Content-Type"]


SPELLINGS = [
    "",
    "?page=1",
    "?page=2",
    "?page=1&page=2",
    "?page=2&page=1",
    "?page=%31",
    "?page=1&per_page=10",
    "?PAGE=2",
]


SPELLINGS += [
    "?page=01",
    "?page=1%20",
    "?page=+1",
    "?page=",
    "?page=1.0",
    "?page=%D9%A1",
    "?per_page=1",
    "?page=11&per_page=1",
]


@pytest.mark.everywhere
def test_no_spelling_of_a_page_is_taken_for_another(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 11)

    def answers() -> list[tuple[int, Any]]:
        found = [as_alice.get(f"/subjects{spelling}") for spelling in SPELLINGS]
        return [(each.status_code, each.json()) for each in found]

    right = []
    for spelling in SPELLINGS:
        cache.clear()
        response = as_alice.get(f"/subjects{spelling}")
        right.append((response.status_code, response.json()))
    assert [answers(), answers()] == [right, right]


def test_what_is_kept_is_readable_for_operators(as_alice: Caller, alice: User) -> None:
    body = as_alice.get("/subjects").json()
    stamp, etag, kept = raw().get(kept_keys().pop()).decode().split("\n", 2)
    assert (json.loads(kept), stamp) == (body, raw().get(stamp_key(alice.pk)).decode())
    assert etag == entity_tag(body)
