"""PUT /sessions/{id} (contract 4): what is left out takes its default."""

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, invalid, refusals
from tests.factories import make_session, make_subject
from tests.sessions.bodies import hour, session_body

pytestmark = pytest.mark.everywhere


def test_a_session_is_replaced(as_alice: Caller, alice: User) -> None:
    session, botany = make_session(make_subject(alice)), make_subject(alice, "Botany")
    response = as_alice.put(f"/sessions/{session.pk}", {"subject_id": botany.pk, "notes": "Ferns", **hour(9, 11)})
    after = StudySession.objects.get(subject=botany, notes="Ferns", pk=session.pk)
    assert response.status_code == 200
    assert response.json() == session_body(
        after, **hour(9, 11), subject_name="Botany", notes="Ferns", duration_minutes=120
    )
    assert after.created_at == session.created_at
    assert after.updated_at > session.updated_at


def test_what_is_left_out_takes_its_default(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), notes="Rings", source="import")
    response = as_alice.put(f"/sessions/{session.pk}", {"subject_id": session.subject_id, **hour(14, 15)})
    after = StudySession.objects.get(notes="")
    assert (response.status_code, response.json()) == (200, session_body(after, source="import"))


def test_putting_what_was_got_changes_nothing(as_alice: Caller, alice: User) -> None:
    address = f"/sessions/{make_session(make_subject(alice), notes='Rings', source='timer').pk}"
    got = as_alice.get(address).json()
    response = as_alice.put(address, got)
    assert response.status_code == 200
    assert response.json() | {"updated_at": got["updated_at"]} == got
    assert as_alice.get(address).json() == response.json()


def test_nobody_replaces_nothing(anonymous: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    response = anonymous.put(f"/sessions/{session.pk}", {"subject_id": session.subject_id, **hour(9, 11)})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert StudySession.objects.get().updated_at == session.updated_at


def test_a_strangers_session_is_not_there(as_charlie: Caller, alice: User, charlie: User) -> None:
    session, body = make_session(make_subject(alice)), {"subject_id": make_subject(charlie).pk, **hour(9, 11)}
    hidden, missing = (as_charlie.put(f"/sessions/{session.pk + more}", body) for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert StudySession.objects.get().updated_at == session.updated_at


def test_a_strangers_subject_reads_like_a_missing_one(as_alice: Caller, alice: User, charlie: User) -> None:
    session, theirs = make_session(make_subject(alice)), make_subject(charlie)
    hidden, missing = (
        as_alice.put(f"/sessions/{session.pk}", {"subject_id": theirs.pk + more, **hour(9, 11)}) for more in (0, 1)
    )
    assert hidden.status_code == 400
    assert hidden.json() == invalid("subject_id", "does_not_exist", "You have nothing with this id.")
    assert hidden.content == missing.content
    assert StudySession.objects.get().updated_at == session.updated_at


def test_a_replacement_needs_all_that_has_no_default(as_alice: Caller, alice: User) -> None:
    response = as_alice.put(f"/sessions/{make_session(make_subject(alice)).pk}", {"notes": "Rings"})
    assert refusals(response) == [("subject_id", "required"), ("start_time", "required"), ("end_time", "required")]
    assert StudySession.objects.get().notes == ""


def test_an_end_cannot_be_taken_away(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    body = {"subject_id": session.subject_id, **hour(14, 15), "end_time": None}
    assert refusals(as_alice.put(f"/sessions/{session.pk}", body)) == [("end_time", "null")]
    assert StudySession.objects.get().end_time == session.end_time
