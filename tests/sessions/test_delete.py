"""DELETE /sessions/{id} (contract 4)."""

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller
from tests.factories import make_session, make_sessions, make_subject

pytestmark = pytest.mark.everywhere


def test_a_session_is_deleted_and_nothing_else(as_alice: Caller, alice: User) -> None:
    doomed, kept = make_sessions(make_subject(alice), 2)
    address = f"/sessions/{doomed.pk}"
    response = as_alice.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    assert StudySession.objects.get() == kept
    assert Subject.objects.exists()
    for again in (as_alice.delete(address), as_alice.get(address), as_alice.patch(address, {"notes": "Back"})):
        assert (again.status_code, again.json()) == (404, NOT_FOUND)


def test_a_running_session_is_deleted_too(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), end_time=None)
    assert as_alice.delete(f"/sessions/{session.pk}").status_code == 204
    assert not StudySession.objects.exists()


def test_nobody_deletes_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.delete(f"/sessions/{make_session(make_subject(alice)).pk}")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert StudySession.objects.exists()


def test_a_strangers_session_is_not_there(as_charlie: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    hidden, missing = (as_charlie.delete(f"/sessions/{session.pk + more}") for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert StudySession.objects.exists()


def test_all_sessions_at_once_cannot_be_deleted(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice))
    response = as_alice.delete("/sessions")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert response.json()["code"] == "method_not_allowed"
    assert StudySession.objects.exists()
