"""DELETE /subjects/{id} (contract 3): its sessions go with it."""

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller
from tests.factories import make_sessions, make_subject

pytestmark = pytest.mark.everywhere


def test_a_subject_is_deleted_with_its_sessions_and_no_others(as_alice: Caller, alice: User, charlie: User) -> None:
    doomed, other, strangers = make_subject(alice), make_subject(alice, "Botany"), make_subject(charlie)
    make_sessions(doomed, 3)
    kept = make_sessions(strangers, 2)
    address = f"/subjects/{doomed.pk}"
    response = as_alice.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    assert list(Subject.objects.order_by("pk")) == [other, strangers]
    assert list(StudySession.objects.order_by("-start_time")) == kept
    for again in (as_alice.delete(address), as_alice.get(address), as_alice.patch(address, {"name": "Back"})):
        assert (again.status_code, again.json()) == (404, NOT_FOUND)


def test_its_name_is_free_again(as_alice: Caller, alice: User) -> None:
    as_alice.delete(f"/subjects/{make_subject(alice).pk}")
    assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 201


def test_nobody_deletes_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.delete(f"/subjects/{make_subject(alice).pk}")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert Subject.objects.exists()


def test_a_strangers_subject_is_not_there(as_charlie: Caller, alice: User) -> None:
    subject = make_subject(alice)
    hidden, missing = (as_charlie.delete(f"/subjects/{subject.pk + more}") for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert Subject.objects.exists()


def test_all_subjects_at_once_cannot_be_deleted(as_alice: Caller, alice: User) -> None:
    make_subject(alice)
    response = as_alice.delete("/subjects")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert response.json()["code"] == "method_not_allowed"
    assert Subject.objects.exists()
