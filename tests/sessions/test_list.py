"""GET /sessions (contract 1 and 4): which there are, in which order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, Caller, refusals
from tests.factories import MONDAY, make_session, make_sessions, make_subject, make_user
from tests.sessions.bodies import session_body

pytestmark = pytest.mark.everywhere


@pytest.fixture
def four(alice: User) -> dict[str, StudySession]:
    """Named by what sets each apart, and made in this order; only one of them runs."""
    algebra, botany = make_subject(alice), make_subject(alice, "Botany")
    return {
        "long": make_session(algebra, datetime(2026, 3, 1, 10, tzinfo=UTC), minutes=180, notes="100% of_it"),
        "old": make_session(algebra, datetime(2026, 2, 28, 22, 30, tzinfo=UTC), minutes=59),
        "late": make_session(botany, datetime(2026, 3, 1, 23, 0, tzinfo=UTC), minutes=90, notes="Ferns"),
        "runs": make_session(botany, datetime(2026, 3, 2, 14, 0, tzinfo=UTC), end_time=None, notes="Mosses & ferns"),
    }


def which(caller: Caller, sessions: dict[str, StudySession], query: str) -> list[str]:
    """The names of the sessions that are listed."""
    response = caller.get(f"/sessions?{query}")
    assert response.status_code == 200, response.content
    names = {session.pk: name for name, session in sessions.items()}
    return [names[row["id"]] for row in response.json()["results"]]


def test_ones_own_sessions_are_listed_the_newest_first(as_alice: Caller, alice: User, charlie: User) -> None:
    newer, older = make_sessions(make_subject(alice), 2)
    make_session(make_subject(charlie))
    response = as_alice.get("/sessions")
    yesterday = {"start_time": "2026-03-01T14:00:00Z", "end_time": "2026-03-01T15:00:00Z", "study_date": "2026-03-01"}
    assert response.status_code == 200
    assert response.json() == {
        "count": 2,
        "page": 1,
        "per_page": 10,
        "pages": 1,
        "next": None,
        "previous": None,
        "results": [session_body(newer), session_body(older, **yesterday)],
    }


def test_nobody_sees_nothing(anonymous: Caller, alice: User) -> None:
    make_session(make_subject(alice))
    response = anonymous.get("/sessions")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("", ["runs", "late", "long", "old"]),
        ("start_time", ["old", "long", "late", "runs"]),
        ("-start_time", ["runs", "late", "long", "old"]),
        ("created_at", ["long", "old", "late", "runs"]),
        ("-created_at", ["runs", "late", "old", "long"]),
        ("duration_minutes&running=false", ["old", "late", "long"]),
        ("-duration_minutes&running=false", ["long", "late", "old"]),
    ],
)
def test_the_list_is_ordered(as_alice: Caller, four: Any, ordering: str, expected: list[str]) -> None:
    assert which(as_alice, four, f"ordering={ordering}") == expected


@pytest.mark.parametrize("ordering", ["", "duration_minutes", "-duration_minutes", "created_at"])
def test_equal_rows_have_an_order_too(as_alice: Caller, alice: User, ordering: str) -> None:
    """Without a last word about ties, pages repeat some rows and lack others."""
    sessions = make_sessions(make_subject(alice), 15)
    StudySession.objects.update(created_at=MONDAY)
    query = f"&ordering={ordering}" if ordering else ""
    pages = [as_alice.get(f"/sessions?page={page}{query}").json()["results"] for page in (1, 2)]
    newest_first = [session.pk for session in (sessions[::-1] if ordering else sessions)]
    assert [row["id"] for page in pages for row in page] == newest_first


@pytest.mark.parametrize(
    "ordering", ["subject__owner__password", "owner", "-", "duration", "study_date", "notes", "start_time,,"]
)
def test_an_unknown_order_is_refused(as_alice: Caller, ordering: str) -> None:
    """An open ordering filter sorts by any column of any table, and so tells what is in it."""
    response = as_alice.get(f"/sessions?ordering={ordering}")
    assert refusals(response) == [("ordering", "invalid_choice")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("start_after=2026-03-01T10:00:00Z", ["runs", "late", "long"]),
        ("start_after=2026-03-01T10:00:01Z", ["runs", "late"]),
        ("start_before=2026-03-01T10:00:00Z", ["old"]),
        ("start_before=2026-03-01T10:00:01Z", ["long", "old"]),
        ("start_after=2026-03-01T00:00:00&start_before=2026-03-02T00:00:00", ["long"]),
        ("start_after=2026-03-02T00:00:00%2B01:00", ["runs", "late"]),
        ("start_after=0002-01-01T00:00:00Z&start_before=9998-12-31T23:59:59Z", ["runs", "late", "long", "old"]),
        ("study_date_from=2026-03-01", ["runs", "late", "long"]),
        ("study_date_from=2026-03-02", ["runs", "late"]),
        ("study_date_to=2026-02-28", ["old"]),
        ("study_date_to=2026-03-01", ["long", "old"]),
        ("study_date_from=0001-01-01&study_date_to=9999-12-31", ["runs", "late", "long", "old"]),
        ("study_date_from=2026-03-02&study_date_to=2026-03-01", []),
        ("running=true", ["runs"]),
        ("running=false", ["late", "long", "old"]),
        ("search=FERNS", ["runs", "late"]),
        ("search=erns", ["runs", "late"]),
        ("search=es%20%26%20f", ["runs"]),
        ("search=s%20%20f", []),
        ("search=FE", ["runs", "late"]),
        ("search=F", ["runs", "late", "long"]),
        ("search=ferns&running=false", ["late"]),
        ("search=%25", ["long"]),
        ("search=f_i", ["long"]),
        ("search=%20", ["runs", "late", "long", "old"]),
        ("subject_id=9223372036854775807", []),
        ("subject_id=&running=&search=&start_after=&study_date_to=&ordering=", ["runs", "late", "long", "old"]),
        ("colour=red", ["runs", "late", "long", "old"]),
    ],
)
def test_the_list_is_narrowed(as_alice: Caller, four: Any, query: str, expected: list[str]) -> None:
    assert which(as_alice, four, query) == expected


@pytest.mark.parametrize(
    "text", ["straße", "STRASSE", "ärzte", "ÄRZTE", "ärz", "И МИ", "война и мир", "数学", "学の", "🦔🦔"]
)
def test_search_finds_every_script_in_any_case(as_alice: Caller, alice: User, text: str) -> None:
    """SQLite alone would know the case of ASCII letters only."""
    notes = "Ärzte in der Straße, Война и Мир, 数学の本 🦔🦔🦔"
    session = make_session(make_subject(alice), notes=notes)
    found = [row["id"] for row in as_alice.get("/sessions", {"search": text}).json()["results"]]
    assert found == ([] if text == "STRASSE" else [session.pk])


def test_only_ones_own_sessions_are_searched(as_charlie: Caller, charlie: User, four: Any) -> None:
    mine = make_session(make_subject(charlie), notes="Ferns")
    assert [row["id"] for row in as_charlie.get("/sessions?search=ferns").json()["results"]] == [mine.pk]


@pytest.mark.parametrize("text", ["end", "lemma" * 40])
def test_search_finds_what_the_longest_notes_end_with(as_alice: Caller, alice: User, text: str) -> None:
    session = make_session(make_subject(alice), notes="x" * (2048 - len(text)) + text)
    assert [row["id"] for row in as_alice.get("/sessions", {"search": text}).json()["results"]] == [session.pk]


def test_the_sessions_of_one_subject_are_listed(as_alice: Caller, four: dict[str, StudySession]) -> None:
    assert which(as_alice, four, f"subject_id={four['old'].subject_id}") == ["long", "old"]


def test_a_strangers_subject_has_no_sessions(as_charlie: Caller, four: dict[str, StudySession]) -> None:
    subject_id = four["old"].subject_id
    hidden, missing = (as_charlie.get(f"/sessions?subject_id={number}") for number in (subject_id, 9 * 10**17))
    assert (hidden.status_code, hidden.content) == (200, missing.content)
    assert hidden.json()["results"] == []


def test_a_time_without_an_offset_is_the_callers_own(as_alice: Caller, four: Any) -> None:
    """Midnight between the two days is at 23:00 UTC for alice, and at midnight UTC for somebody there."""
    dora = make_user("dora", time_zone="UTC")
    make_session(make_subject(dora), datetime(2026, 3, 1, 23, tzinfo=UTC))
    query = "/sessions?start_after=2026-03-02T00:00:00"
    assert [as_alice.get(query).json()["count"], Caller(dora).get(query).json()["count"]] == [2, 0]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("subject_id", "algebra", "invalid"),
        ("subject_id", "1.0", "invalid"),
        ("subject_id", "-1", "min_value"),
        ("subject_id", "0", "min_value"),
        ("subject_id", "٣", "invalid"),
        ("subject_id", "1,2", "invalid"),
        ("subject_id", "9" * 30, "invalid"),
        ("start_after", "2026-03-01", "invalid"),
        ("start_after", "yesterday", "invalid"),
        ("start_after", "2026-03-29T02:30:00", "nonexistent"),
        ("start_after", "0001-01-01T00:00:00", "out_of_range"),
        ("start_before", "9999-12-31T23:59:59-12:00", "out_of_range"),
        ("start_before", "2026-02-30T00:00:00Z", "invalid"),
        ("start_before", "%00", "invalid"),
        ("study_date_from", "2026-02-30", "invalid"),
        ("study_date_from", "2026-3-1", "invalid"),
        ("study_date_from", "0000-01-01", "invalid"),
        ("study_date_to", "2026-03-01T00:00:00Z", "invalid"),
        ("study_date_to", "20260301", "invalid"),
        ("running", "yes", "invalid_choice"),
        ("running", "True", "invalid_choice"),
        ("running", "1", "invalid_choice"),
        ("search", "%00", "null_characters_not_allowed"),
        ("search", "n" * 201, "max_length"),
    ],
)
def test_a_value_that_no_filter_takes_is_refused(as_alice: Caller, name: str, value: str, code: str) -> None:
    response = as_alice.get(f"/sessions?{name}={value}")
    assert refusals(response) == [(name, code)]


def test_a_page_of_the_narrowed_list(as_alice: Caller, alice: User) -> None:
    make_sessions(make_subject(alice), 25)
    after = f"{MONDAY - timedelta(days=21):%Y-%m-%dT%H:%M:%SZ}"
    body = as_alice.get(f"/sessions?start_after={after}&page=2&running=false").json()
    assert (body["count"], body["pages"], len(body["results"])) == (22, 3, 10)
    rest = "per_page=10&running=false&start_after=2026-02-09T14%3A00%3A00Z"
    assert (body["previous"], body["next"]) == (f"/sessions?page=1&{rest}", f"/sessions?page=3&{rest}")
