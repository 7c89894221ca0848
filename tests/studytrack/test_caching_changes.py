"""That after a change no kept answer is given any more (contract 1)."""

import pytest
from django.db import transaction

from accounts.models import User
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_session, make_subject, make_subjects
from tests.studytrack.conftest import is_kept


@pytest.mark.everywhere
@pytest.mark.parametrize("address", ["/subjects", "/subjects/{subject}", "/sessions", "/sessions/{session}"])
@pytest.mark.parametrize("what", ["subject", "session"])
def test_after_a_change_the_next_answer_is_new(as_alice: Caller, alice: User, address: str, what: str) -> None:
    """A subject shows its sessions' totals, and a session its subject's name."""
    session = make_session(make_subject(alice))
    address = address.format(subject=session.subject_id, session=session.pk)
    assert "Geometry" not in as_alice.get(address).content.decode()
    if what == "subject":
        as_alice.patch(f"/subjects/{session.subject_id}", {"name": "Geometry"})
        assert "Geometry" in as_alice.get(address).content.decode()
    else:
        old = as_alice.get(address).content
        as_alice.patch(f"/sessions/{session.pk}", {"end_time": "2026-03-02T14:30:00Z"})
        assert as_alice.get(address).content != old


@pytest.mark.everywhere
def test_what_was_deleted_is_gone(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    addresses = [f"/subjects/{session.subject_id}", f"/sessions/{session.pk}"]
    assert [as_alice.get(address).status_code for address in addresses] == [200, 200]
    assert as_alice.delete(addresses[0]).status_code == 204
    assert [as_alice.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.everywhere
def test_writes_in_bulk_are_not_overlooked(as_alice: Caller, alice: User) -> None:
    """Django's signals do not fire for them."""
    seen = [as_alice.get("/subjects").json()["count"]]
    make_subjects(alice, 2)
    seen.append(as_alice.get("/subjects").json()["count"])
    Subject.objects.owned_by(alice).update(description="Changed")
    assert (seen, as_alice.get("/subjects").json()["results"][0]["description"]) == ([0, 2], "Changed")


@pytest.mark.everywhere
def test_one_users_changes_leave_the_others_answers(as_alice: Caller, charlie: User) -> None:
    as_alice.get("/subjects")
    make_subject(charlie)
    assert is_kept(as_alice, "/subjects")


@pytest.mark.everywhere
def test_after_a_change_that_is_rolled_back_answers_are_kept_as_before(as_alice: Caller, alice: User) -> None:
    """A writer's mark that nobody takes away keeps all readers from the cache for a minute."""
    as_alice.get("/subjects")
    with transaction.atomic():
        make_subject(alice)
        transaction.set_rollback(True)
    assert as_alice.get("/subjects").json()["count"] == 0  # any request ends what this thread has left
    as_alice.get("/subjects")
    assert is_kept(as_alice, "/subjects")
