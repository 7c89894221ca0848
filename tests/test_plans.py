"""How PostgreSQL answers what requests ask, where there is much: along indexes, and only of what is the user's.

The plans are those of the very statements that requests make. A small table would be read from end to end.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sessions.models import StudySession
from tests.bench.scale_data import SUBJECTS_EACH, Population
from tests.conftest import Caller

pytestmark = [
    pytest.mark.django_db,  # rolled back, because the rows are for all tests
    pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="SQLite plans otherwise"),
]

MANY = Population(sessions=108_000, large=8_000, last_day=date(2026, 10, 31), each=100)
ORDINARY, LARGE = 700, MANY.users
END_TO_END = "from end to end:"
STUDIED = re.compile('"(subjects|study_sessions)_')
"""A statement that asks more than who it is that asks."""


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        MANY.fill(cursor)
        yield
        cursor.execute("TRUNCATE accounts_user CASCADE")


@pytest.fixture(params=[ORDINARY, LARGE], ids=["an ordinary user", "the large user"])
def user(many: None, request: Any) -> User:
    return User.objects.get(pk=request.param)


def reads(user: User, method: str, path: str) -> list[set[str]]:
    """How each statement of a request finds rows: by the names of indexes, or else from end to end."""
    caller, subject = Caller(user), (user.pk - 1) * SUBJECTS_EACH + 3
    session = StudySession.objects.filter(owner=user).first()
    assert session
    with CaptureQueriesContext(connection) as captured:
        response = getattr(caller, method)(path.format(subject=subject, session=session.pk))
    assert response.status_code < 300, response.content
    asked = (query["sql"] for query in captured.captured_queries)
    return [scans(plan(sql)) for sql in asked if sql.startswith(("SELECT", "DELETE")) and STUDIED.search(sql)]


def plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        ((explained,),) = cursor.fetchall()
    return explained[0]["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def scans(plan: dict[str, Any]) -> set[str]:
    by_index = {node["Index Name"] for node in nodes(plan) if "Index Name" in node}
    return by_index | {
        f"{END_TO_END} {node['Relation Name']}" for node in nodes(plan) if node["Node Type"] == "Seq Scan"
    }


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/sessions", "session_list"),
        ("/sessions?page=9", "session_list"),
        ("/sessions/{session}", "study_sessions_studysession_pkey"),
        ("/sessions?subject_id={subject}", "session_subject_list"),
        ("/sessions?subject_id={subject}&page=2&per_page=2", "session_subject_list"),
        ("/sessions?start_after=2026-09-01T00:00:00Z&start_before=2026-09-02T00:00:00Z", "session_list"),
        ("/sessions?study_date_from=2026-09-01&study_date_to=2026-09-02", "session_study_date"),
        ("/sessions?search=lemma", "session_search"),
        ("/sessions?search=%C3%A4rzte%201", "session_search"),
        ("/sessions?search=le", "session_list"),
        ("/sessions?running=true", "session_one_running"),
        ("/sessions?needs_review=true", "session_one_running"),
        ("/sessions/running", "session_one_running"),
        ("/subjects", "subject_list"),
        ("/subjects?search=ject", "subject_list"),
        ("/subjects/{subject}", "study_sessions_subjecttotals_pkey"),
        ("/stats/summary?from=2026-10-01&to=2026-10-31", "day_share_sums"),
    ],
)
def test_a_read_goes_along_an_index(user: User, path: str, index: str) -> None:
    first, *others = reads(user, "get", path)
    assert index in first
    assert not [name for found in (first, *others) for name in found if name.startswith(END_TO_END)]


@pytest.mark.parametrize("query", ["page=2", "subject_id={subject}", "search=lemma", "ordering=created_at"])
def test_the_rows_of_a_chosen_page_are_fetched_by_their_ids(user: User, query: str) -> None:
    """Told twice what narrows them, PostgreSQL takes it for narrower, and reads all that the filter lets through."""
    first, *_ = reads(user, "get", f"/sessions?{query}")
    assert "study_sessions_studysession_pkey" in first


def test_deleting_a_subject_goes_along_indexes(user: User) -> None:
    found = set().union(*reads(user, "delete", "/subjects/{subject}"))
    assert "session_subject_list" in found
    assert not [name for name in found if name.startswith(END_TO_END)]


@pytest.mark.parametrize("path", ["/subjects", "/subjects/{subject}"])
def test_totals_are_there_without_a_look_at_the_sessions(user: User, path: str) -> None:
    """Summing them up takes the longer the more there are, even if an index has all that it takes."""
    found = set().union(*reads(user, "get", path))
    assert found <= {"subject_list", "subject_and_owner", "subjects_subject_pkey", "study_sessions_subjecttotals_pkey"}


@pytest.mark.parametrize(
    "path", ["/sessions", "/sessions?subject_id={subject}&per_page=5", "/sessions?page=3&ordering=-start_time"]
)
def test_all_of_a_user_or_a_subject_are_not_counted(user: User, path: str) -> None:
    _, count = reads(user, "get", path)
    assert "study_sessions_subjecttotals_pkey" in count
    assert not [name for name in count if name.startswith("session_")]


def test_what_lies_before_a_deep_page_is_passed_over_in_the_index_alone(user: User) -> None:
    """OFFSET alone fetches every row that it passes over, and its subject."""
    with CaptureQueriesContext(connection) as captured:
        assert Caller(user).get("/sessions?page=9").json()["results"]
    (page,) = [plan(query["sql"]) for query in captured.captured_queries if "OFFSET" in query["sql"]]
    (passing,) = [node for node in nodes(page) if node.get("Index Name") == "session_list"]
    assert passing["Node Type"] == "Index Only Scan"
