"""ETag, If-None-Match and If-Match (contract 1, conditional requests)."""

from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import REQUEST_ID, Caller, problem
from tests.factories import PASSWORD, make_session, make_subject

pytestmark = pytest.mark.everywhere

CHANGED = problem(
    412, "precondition_failed", "Precondition Failed", "This has changed since you saw it. Read it again."
)


@pytest.fixture
def subject(alice: User) -> Subject:
    return make_subject(alice)


def paths(subject: Subject, session: StudySession) -> list[str]:
    return ["/auth/me", "/subjects", f"/subjects/{subject.pk}", "/sessions", f"/sessions/{session.pk}"]


def test_every_object_and_list_has_a_strong_tag_that_answers_304(as_alice: Caller, subject: Subject) -> None:
    for path in paths(subject, make_session(subject)):
        first = as_alice.get(path)
        again = as_alice.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert first["ETag"].startswith('"')
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["X-Request-ID"] == REQUEST_ID
        assert as_alice.get(path, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_a_tag_is_of_what_is_shown_and_not_of_how(as_alice: Caller, subject: Subject) -> None:
    """DRF indents where `Accept` says so: that tag would never match one that a change compares it with."""
    path = f"/subjects/{subject.pk}"
    indented = as_alice.get(path, HTTP_ACCEPT="application/json; indent=4")["ETag"]
    assert indented == as_alice.get(path)["ETag"]
    assert as_alice.patch(path, {"name": "Geometry"}, HTTP_IF_MATCH=indented).status_code == 200


def test_head_has_the_same_tag_and_answers_304_too(as_alice: Caller, subject: Subject) -> None:
    """Django's middleware looks at GET alone."""
    path = f"/subjects/{subject.pk}"
    seen = as_alice.get(path)["ETag"]
    assert as_alice.head(path)["ETag"] == seen
    assert as_alice.head(path, HTTP_IF_NONE_MATCH=seen).status_code == 304


def test_a_new_session_changes_its_subjects_tag(as_alice: Caller, subject: Subject) -> None:
    path = f"/subjects/{subject.pk}"
    before = as_alice.get(path)["ETag"]
    make_session(subject)
    assert as_alice.get(path, HTTP_IF_NONE_MATCH=before).status_code == 200


@pytest.mark.parametrize(("method", "body"), [("put", {"name": "Geometry"}), ("patch", {"name": "Geometry"})])
def test_what_was_seen_may_be_changed_once(as_alice: Caller, subject: Subject, method: str, body: Any) -> None:
    path = f"/subjects/{subject.pk}"
    seen = as_alice.get(path)["ETag"]
    change = getattr(as_alice, method)
    assert change(path, body, HTTP_IF_MATCH=seen).status_code == 200
    refused = change(path, {"name": "Topology"}, HTTP_IF_MATCH=seen)
    assert (refused.status_code, refused.json()) == (412, CHANGED)
    subject.refresh_from_db()
    assert subject.name == "Geometry"


def test_what_has_changed_is_not_deleted(as_alice: Caller, subject: Subject) -> None:
    session = make_session(subject)
    path = f"/sessions/{session.pk}"
    seen = as_alice.get(path)["ETag"]
    as_alice.patch(path, {"notes": "Vector spaces"})
    assert as_alice.delete(path, HTTP_IF_MATCH=seen).status_code == 412
    assert as_alice.delete(path, HTTP_IF_MATCH=f'"other", {as_alice.get(path)["ETag"]}').status_code == 204


def test_a_weak_tag_never_matches_for_a_change(as_alice: Caller, subject: Subject) -> None:
    seen = as_alice.get(f"/subjects/{subject.pk}")["ETag"]
    assert as_alice.delete(f"/subjects/{subject.pk}", HTTP_IF_MATCH=f"W/{seen}").status_code == 412


def test_any_tag_matches_the_star(as_alice: Caller, subject: Subject) -> None:
    assert as_alice.delete(f"/subjects/{subject.pk}", HTTP_IF_MATCH="*").status_code == 204


def test_what_is_not_there_is_404_whatever_the_tag(as_charlie: Caller, subject: Subject) -> None:
    assert as_charlie.delete(f"/subjects/{subject.pk}", HTTP_IF_MATCH='"other"').status_code == 404


def test_ones_own_account_is_changed_and_deleted_only_as_seen(as_alice: Caller, alice: User) -> None:
    seen = as_alice.get("/auth/me")["ETag"]
    assert as_alice.patch("/auth/me", {"week_start": 7}, HTTP_IF_MATCH=seen).status_code == 200
    assert as_alice.patch("/auth/me", {"week_start": 6}, HTTP_IF_MATCH=seen).status_code == 412
    assert as_alice.delete("/auth/me", {"password": PASSWORD}, HTTP_IF_MATCH=seen).status_code == 412
    alice.refresh_from_db()
    assert alice.week_start == 7


def test_answers_with_tokens_have_no_tag(anonymous: Caller, alice: User) -> None:
    assert "ETag" not in anonymous.post("/auth/login", {"username": "alice", "password": PASSWORD})
