"""POST /sessions (contract 4)."""

from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, refusals
from tests.factories import make_subject
from tests.sessions.bodies import hour, session_body

pytestmark = pytest.mark.everywhere


def test_a_session_is_created(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    response = as_alice.post("/sessions", {"subject_id": subject.pk, **hour(14, 15)})
    session = StudySession.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/sessions/{session.pk}"
    assert response.json() == session_body(session)
    assert (session.owner, session.subject, session.day_start_hour) == (alice, subject, 0)


def test_what_follows_and_what_is_unknown_is_ignored(as_alice: Caller, alice: User, charlie: User) -> None:
    derived = {"id": 7, "study_date": "2000-01-01", "time_zone": "UTC", "source": "import", "duration_minutes": 9}
    more = {"owner": charlie.pk, "subject": 9, "subject_name": "Botany", "needs_review": True, "notes": "Rings"}
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **hour(14, 15), **derived, **more})
    assert response.status_code == 201
    assert response.json() == session_body(StudySession.objects.get(owner=alice), notes="Rings")


def test_the_study_day_is_decided_by_the_users_zone_and_hour(as_alice: Caller, alice: User) -> None:
    alice.day_start_hour = 4
    alice.save()
    times = {"start_time": "2026-03-03T02:59:59Z", "end_time": "2026-03-03T05:00:00Z"}
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **times})
    assert (response.status_code, response.json()["study_date"]) == (201, "2026-03-02")


def test_minutes_are_rounded_down(as_alice: Caller, alice: User) -> None:
    times = {"start_time": "2026-03-02T14:00:01Z", "end_time": "2026-03-02T15:00:00Z"}
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **times})
    assert (response.status_code, response.json()["duration_minutes"]) == (201, 59)


def test_nobody_creates_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.post("/sessions", {"subject_id": make_subject(alice).pk, **hour(14, 15)})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert response["WWW-Authenticate"] == "Bearer"
    assert not StudySession.objects.exists()


def test_a_strangers_subject_reads_like_a_missing_one(as_charlie: Caller, alice: User) -> None:
    """A queryset that is limited to the owner does not stop another's id in a body."""
    subject = make_subject(alice)
    hidden, missing = (
        as_charlie.post("/sessions", {"subject_id": subject.pk + more, **hour(14, 15)}) for more in (0, 1)
    )
    assert hidden.status_code == 400
    assert hidden.json() == invalid("subject_id", "does_not_exist", "You have nothing with this id.")
    assert hidden.content == missing.content
    assert not StudySession.objects.exists()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "null"),
        ("", "null"),
        (True, "invalid"),
        (1.0, "invalid"),
        ("1.0", "invalid"),
        (" 7", "invalid"),
        ("٣", "invalid"),
        ([1], "invalid"),
        ({"id": 1}, "invalid"),
        (0, "does_not_exist"),
        (-1, "does_not_exist"),
        (2**63, "does_not_exist"),
        (10**30, "does_not_exist"),
    ],
)
def test_what_is_no_id_of_ones_own_is_refused(as_alice: Caller, alice: User, value: Any, code: str) -> None:
    make_subject(alice)
    response = as_alice.post("/sessions", {"subject_id": value, **hour(14, 15)})
    assert refusals(response) == [("subject_id", code)]
    assert not StudySession.objects.exists()


def test_the_digits_of_an_id_are_read_as_the_number(as_alice: Caller, alice: User) -> None:
    response = as_alice.post("/sessions", {"subject_id": str(make_subject(alice).pk), **hour(14, 15)})
    assert response.status_code == 201


def test_a_number_beyond_all_numbers_is_refused(as_alice: Caller) -> None:
    """1e400 is read as infinity by Python, and a database is then asked for it."""
    response = as_alice.post("/sessions", '{"subject_id": 1e400}', content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("start_time", None, "null"),
        ("start_time", "2026-03-02", "invalid"),
        ("start_time", 1_772_460_000, "invalid"),
        ("end_time", None, "null"),
        ("end_time", "", "invalid"),
        ("end_time", "2026-03-02T14:00:00Z", "not_after_start"),
        ("end_time", "2026-03-02T13:59:59Z", "not_after_start"),
        ("end_time", "2026-03-03T14:00:01Z", "too_long"),
        ("notes", None, "null"),
        ("notes", "n" * 2049, "max_length"),
        ("notes", "\x00", "forbidden_character"),
        ("notes", False, "invalid"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    as_alice: Caller, alice: User, field: str, value: Any, code: str
) -> None:
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **hour(14, 15), field: value})
    assert refusals(response) == [(field, code)]
    assert not StudySession.objects.exists()


def test_a_session_needs_a_subject_a_start_and_an_end(as_alice: Caller) -> None:
    response = as_alice.post("/sessions", {})
    assert refusals(response) == [("subject_id", "required"), ("start_time", "required"), ("end_time", "required")]


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("end_time", "2026-03-02T14:00:01Z", "2026-03-02T14:00:01Z"),
        ("end_time", "2026-03-03T14:00:00Z", "2026-03-03T14:00:00Z"),
        ("end_time", "2026-03-02T15:30:00.999+01:00", "2026-03-02T14:30:00Z"),
        ("notes", "n" * 2048, "n" * 2048),
        ("notes", "<p>a < b</p>", "a < b"),
    ],
)
def test_a_value_at_its_bounds_is_kept(as_alice: Caller, alice: User, field: str, value: Any, kept: str) -> None:
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **hour(14, 15), field: value})
    assert (response.status_code, response.json()[field]) == (201, kept)
