"""How many queries each request about subjects and sessions costs, for one row and for many (contract 3 and 4)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from tests.conftest import Caller
from tests.factories import make_session, make_sessions, make_subject, make_subjects
from tests.sessions.bodies import hour
from tests.sessions.imports.files import csv_of, report, send

CREDENTIALS = 1
"""The sign-in, with its user."""
TURN = 3
"""BEGIN, the owner locked, COMMIT."""
SAVING = 2
"""SAVEPOINT and its RELEASE around what the database may refuse."""
KEY = 2
"""The key taken, its first answer looked for."""

SNAPSHOT = 3
"""BEGIN, of one moment, COMMIT."""
REBOOKING = 2
"""DELETE and INSERT of what is booked on study days."""


@pytest.fixture
def budget(django_assert_num_queries: Any) -> Callable[[int], Any]:
    """A block of exactly so many queries; nothing is answered from the cache."""

    def of(queries: int) -> Any:
        cache.clear()
        return django_assert_num_queries(queries)

    return of


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize(
    "address",
    [
        "/subjects?per_page=100",
        "/subjects?per_page=100&ordering=priority_level&search=subject",
        "/sessions?per_page=100",
        "/sessions?per_page=100&running=false&ordering=duration_minutes",
    ],
)
def test_a_list(as_alice: Caller, alice: User, budget: Any, rows: int, address: str) -> None:
    subject = make_subjects(alice, rows)[0]
    make_sessions(subject, rows)
    with budget(CREDENTIALS + 1):  # the rows, with their totals or subjects; the last page tells how many there are
        assert len(as_alice.get(address).json()["results"]) == rows


@pytest.mark.parametrize("address", ["/subjects", "/sessions", "/sessions?running=false"])
def test_a_page_that_is_not_the_last(as_alice: Caller, alice: User, budget: Any, address: str) -> None:
    make_sessions(make_subjects(alice, 11)[0], 11)
    with budget(CREDENTIALS + 2):  # the rows, how many there are
        assert as_alice.get(address).json()["count"] == 11


@pytest.mark.parametrize("sessions", [1, 100])
def test_one_of_them(as_alice: Caller, alice: User, budget: Any, sessions: int) -> None:
    subject = make_subject(alice)
    session = make_sessions(subject, sessions)[0]
    with budget(CREDENTIALS + 1):  # the row with its totals
        assert as_alice.get(f"/subjects/{subject.pk}").json()["session_count"] == sessions
    with budget(CREDENTIALS + 1):  # the row with its subject
        assert as_alice.get(f"/sessions/{session.pk}").json()["subject_name"] == "Algebra"


@pytest.mark.parametrize("more", [1, 100])
def test_writing_a_subject(as_alice: Caller, alice: User, budget: Any, more: int) -> None:
    make_subjects(alice, more)
    with budget(CREDENTIALS + TURN + SAVING + 1):  # INSERT
        address = as_alice.post("/subjects", {"name": "Algebra"})["Location"]
    with budget(CREDENTIALS + TURN + SAVING + 2):  # the row, UPDATE
        assert as_alice.put(address, {"name": "Analysis"}).status_code == 200
    with budget(CREDENTIALS + TURN + SAVING + 2):  # the row, UPDATE
        assert as_alice.patch(address, {"status": "archived"}).status_code == 200


@pytest.mark.parametrize("more", [1, 100])
def test_writing_a_session(as_alice: Caller, alice: User, budget: Any, more: int) -> None:
    subject = make_subject(alice)
    make_sessions(subject, more)
    body = {"subject_id": subject.pk, **hour(9, 10)}
    saving = SAVING + 3  # the owner locked, the time line, INSERT or UPDATE
    with budget(CREDENTIALS + TURN + saving + 1 + 1):  # the subject; the shares
        address = as_alice.post("/sessions", body)["Location"]
    with budget(CREDENTIALS + TURN + saving + 2 + REBOOKING):  # the row, the subject
        assert as_alice.put(address, body).status_code == 200
    with budget(CREDENTIALS + TURN + saving + 1):  # the row
        assert as_alice.patch(address, {"notes": "Rings"}).status_code == 200


@pytest.mark.parametrize("more", [1, 100])
def test_the_timer(as_alice: Caller, alice: User, budget: Any, more: int) -> None:
    subject = make_subject(alice)
    make_sessions(subject, more)
    saving = 3  # the owner locked, the time line, INSERT or UPDATE
    finding = 2 * SAVING + 3  # the owner locked, what runs, the last end
    with budget(CREDENTIALS + TURN + 1 + finding + saving):  # the subject
        address = as_alice.post("/sessions/start", {"subject_id": subject.pk})["Location"]
    with budget(CREDENTIALS + 1):  # the row with its subject
        assert as_alice.get("/sessions/running").status_code == 200
    with budget(CREDENTIALS + TURN + 1 + finding + 2 * saving + REBOOKING):  # the subject
        body = {"subject_id": subject.pk, "switch": True}
        address = as_alice.post("/sessions/start", body)["Location"]
    with budget(CREDENTIALS + TURN + 1 + saving + REBOOKING):  # the row
        assert as_alice.post(f"{address}/stop").status_code == 200
    with budget(CREDENTIALS + TURN + 1):  # the row
        assert as_alice.post(f"{address}/stop").status_code == 200


@pytest.mark.parametrize("more", [1, 100])
def test_creating_a_subject_with_a_key(as_alice: Caller, alice: User, budget: Any, more: int) -> None:
    for number in range(more):
        alice.keep_first_answer(str(number), timezone.now(), fingerprint="", status=201, location="", body="{}")
    as_alice.defaults["HTTP_IDEMPOTENCY_KEY"] = "key"
    with budget(CREDENTIALS + KEY + TURN + SAVING + 3):  # INSERT, DELETE old answers, INSERT the answer
        assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 201
    with budget(CREDENTIALS + KEY + 2):  # BEGIN, COMMIT
        assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 201


@pytest.mark.parametrize("sessions", [1, 1000])
def test_deleting_a_subject(as_alice: Caller, alice: User, budget: Any, sessions: int) -> None:
    """Django's own CASCADE fetches all of the sessions, and deletes them in portions."""
    subject = make_subject(alice)
    make_sessions(subject, sessions)
    with budget(CREDENTIALS + TURN + SAVING + 5):  # the row, the owner locked, DELETE shares, sessions, subject
        assert as_alice.delete(f"/subjects/{subject.pk}").status_code == 204
    assert not alice.studysessions.exists()


@pytest.mark.parametrize("more", [1, 300])
@pytest.mark.parametrize("by", ["day", "week", "month", "subject", "weekday", "hour"])
def test_a_summary(as_alice: Caller, alice: User, budget: Any, more: int, by: str) -> None:
    make_sessions(make_subject(alice), more)
    with budget(CREDENTIALS + 1):  # what is booked
        answer = as_alice.get(f"/stats/summary?from=2025-01-01&to=2026-12-31&group_by={by}&fill=true")
    assert answer.json()["totals"]["session_count"] == more


@pytest.mark.parametrize(
    ("statistic", "statements"),
    [("streak", 2), ("heatmap", 2), ("heatmap.svg", 2), ("summary.svg?group_by=week", 1), ("year/2026", 3)],
)
def test_other_statistics(as_alice: Caller, alice: User, budget: Any, statistic: str, statements: int) -> None:
    make_sessions(make_subject(alice), 300)
    with budget(CREDENTIALS + statements):  # the days, the goals, the longest session
        assert as_alice.get(f"/stats/{statistic}").status_code == 200


def test_today(as_alice: Caller, alice: User, budget: Any) -> None:
    make_session(make_subject(alice), end_time=None)
    with budget(CREDENTIALS + 2):  # what is booked, what runs
        assert as_alice.get("/stats/today").json()["running"]


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize("wanted", ["csv", "json", "ics"])
def test_a_file_of_sessions(as_alice: Caller, alice: User, budget: Any, rows: int, wanted: str) -> None:
    make_sessions(make_subject(alice), rows)
    with budget(CREDENTIALS + SNAPSHOT + 1):  # the rows with their subjects
        response = as_alice.get(f"/sessions/export?format={wanted}")
    assert response.getvalue().count(b"2026") >= rows


@pytest.mark.parametrize("rows", [1, 100])
def test_a_file_of_everything(as_alice: Caller, alice: User, budget: Any, rows: int) -> None:
    make_sessions(make_subjects(alice, rows)[0], rows)
    with budget(CREDENTIALS + SNAPSHOT + 4):  # the user, the goals, the subjects, the sessions with their subjects
        response = as_alice.get("/auth/me/export")
    assert response.getvalue().count(b'"start_time"') == rows


@pytest.mark.parametrize("rows", [1, 100])
def test_an_import(as_alice: Caller, alice: User, budget: Any, rows: int) -> None:
    make_sessions(make_subject(alice), rows)
    lines = [
        f"Botany,2025-01-01T0{n // 60}:{n % 60:02}:00Z,2025-01-01T0{n // 60}:{n % 60:02}:30Z," for n in range(rows)
    ]
    finding = SAVING + 3  # the owner locked, the time line, the subjects
    writing = (SAVING + 2) + (2 * SAVING + 3)  # the owner locked each time; the subject; the sessions, their shares
    with budget(CREDENTIALS + TURN + finding + writing):
        assert send(as_alice, csv_of(*lines)).json() == report(rows, subjects=1)
    with budget(CREDENTIALS + TURN + finding + SAVING):  # no subject
        assert send(as_alice, csv_of(*lines)).json() == report(0, rows)


@pytest.mark.parametrize("rows", [1, 100])
def test_a_calendar_and_its_link(as_alice: Caller, anonymous: Caller, alice: User, budget: Any, rows: int) -> None:
    make_sessions(make_subject(alice), rows)
    with budget(CREDENTIALS + TURN + 1):  # INSERT
        url = as_alice.post("/auth/me/calendar").json()["url"]
    with budget(SNAPSHOT + 2):  # the link with its user, the rows with their subjects
        assert anonymous.get(url).getvalue().count(b"BEGIN:VEVENT") == rows
    with budget(CREDENTIALS + 1):  # the link
        assert as_alice.get("/auth/me/calendar").status_code == 200
    with budget(CREDENTIALS + TURN + 2):  # the link, DELETE
        assert as_alice.delete("/auth/me/calendar").status_code == 204


def test_a_shared_picture(as_alice: Caller, anonymous: Caller, alice: User, budget: Any) -> None:
    make_sessions(make_subject(alice), 100)
    url = as_alice.post("/auth/me/heatmap").json()["url"]
    with budget(3):  # the link with its user, the days, the goals
        assert anonymous.get(url).content.startswith(b"<svg")


def test_deleting_a_session(as_alice: Caller, alice: User, budget: Any) -> None:
    session = make_session(make_subject(alice))
    with budget(CREDENTIALS + TURN + SAVING + 4):  # the row, the owner locked, DELETE shares, DELETE session
        assert as_alice.delete(f"/sessions/{session.pk}").status_code == 204


def test_what_is_in_the_cache_costs_no_query(as_alice: Caller, alice: User, django_assert_num_queries: Any) -> None:
    subject = make_subject(alice)
    for address in (
        "/subjects",
        f"/subjects/{subject.pk}",
        "/sessions",
        "/stats/summary",
        "/stats/streak",
        "/stats/year/2026",
        "/stats/heatmap.svg",
        "/stats/summary.svg",
    ):
        first = as_alice.get(address)
        with django_assert_num_queries(0):
            assert as_alice.get(address).content == first.content
