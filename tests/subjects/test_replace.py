"""PUT /subjects/{id} (contract 3): what is left out takes its default."""

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, invalid, refusals
from tests.factories import make_session, make_subject
from tests.subjects.bodies import ALGEBRA, DEFAULTS, subject_body

pytestmark = pytest.mark.everywhere


def test_a_subject_is_replaced(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    response = as_alice.put(f"/subjects/{subject.pk}", ALGEBRA)
    after = Subject.objects.get(**ALGEBRA)
    assert response.status_code == 200
    assert response.json() == subject_body(after, progress_percent=0)
    assert (after.pk, after.created_at) == (subject.pk, subject.created_at)
    assert after.updated_at > subject.updated_at


def test_what_is_left_out_takes_its_default(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, **ALGEBRA)
    response = as_alice.put(f"/subjects/{subject.pk}", {"name": "Analysis"})
    after = Subject.objects.get(name="Analysis", **DEFAULTS)
    assert (response.status_code, response.json()) == (200, subject_body(after))


def test_putting_what_was_got_changes_nothing(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, **ALGEBRA)
    make_session(subject)
    address = f"/subjects/{subject.pk}"
    got = as_alice.get(address).json()
    response = as_alice.put(address, got)
    assert response.status_code == 200
    assert response.json() | {"updated_at": got["updated_at"]} == got
    assert as_alice.get(address).json() == response.json()


def test_nobody_replaces_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.put(f"/subjects/{make_subject(alice).pk}", ALGEBRA)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert Subject.objects.get().name == "Algebra"


def test_a_strangers_subject_is_not_there(as_charlie: Caller, alice: User) -> None:
    subject = make_subject(alice)
    hidden, missing = (as_charlie.put(f"/subjects/{subject.pk + more}", ALGEBRA) for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content
    assert Subject.objects.get().name == "Algebra"


def test_not_even_a_bad_body_tells_that_a_strangers_subject_is_there(as_charlie: Caller, alice: User) -> None:
    response = as_charlie.put(f"/subjects/{make_subject(alice).pk}", {"name": ""})
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_a_replacement_needs_a_name(as_alice: Caller, alice: User) -> None:
    response = as_alice.put(f"/subjects/{make_subject(alice).pk}", {"description": "Rings"})
    assert refusals(response) == [("name", "required")]
    assert Subject.objects.get().description == ""


def test_the_name_of_another_subject_is_taken(as_alice: Caller, alice: User) -> None:
    make_subject(alice, "Analysis")
    response = as_alice.put(f"/subjects/{make_subject(alice).pk}", {"name": "ANALYSIS"})
    assert response.status_code == 400
    assert response.json() == invalid("name", "unique", "You have a subject of this name already.")
    assert Subject.objects.filter(name="Algebra").exists()


def test_its_own_name_may_be_spelled_anew(as_alice: Caller, alice: User) -> None:
    response = as_alice.put(f"/subjects/{make_subject(alice).pk}", {"name": "ALGEBRA"})
    assert (response.status_code, response.json()["name"]) == (200, "ALGEBRA")
