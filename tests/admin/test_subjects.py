"""Subjects in the admin: the model's rules are the form's, and the owner's answers are forgotten (contract 3, 7)."""

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.admin.conftest import SUBJECTS, Operator, change_page, subject_form
from tests.conftest import Caller
from tests.factories import make_subject

pytestmark = pytest.mark.everywhere


def test_an_operator_adds_a_subject_to_a_user(as_operator: Operator, alice: User) -> None:
    form = subject_form(Subject(name="Algebra", total_hours_goal=100), owner=alice.pk)
    assert as_operator.post(f"{SUBJECTS}add/", form).status_code == 302
    subject = Subject.objects.get()
    assert (subject.owner, subject.name, subject.name_key, subject.total_hours_goal) == (
        alice,
        "Algebra",
        "algebra",
        100,
    )


def test_what_was_shown_and_comes_back_changes_nothing(as_operator: Operator, alice: User) -> None:
    """Django's forms would take the spaces away, and a browser's line ends for the text's own."""
    subject = make_subject(alice, " Algebra ", description=" Rings,\n fields ")
    form = subject_form(subject, description=subject.description.replace("\n", "\r\n"))
    assert as_operator.post(change_page(subject), form).status_code == 302
    after = Subject.objects.get()
    assert (after.name, after.description, after.updated_at) == (" Algebra ", " Rings,\n fields ", subject.updated_at)


def test_a_change_is_written(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice, "Algebra")
    as_operator.post(change_page(subject), subject_form(subject, status="archived"))
    after = Subject.objects.get()
    assert (after.name, after.status, after.updated_at > subject.updated_at) == ("Algebra", "archived", True)


def test_a_duplicate_name_is_an_error_of_its_field(as_operator: Operator, alice: User) -> None:
    make_subject(alice, "Algebra")
    physics = make_subject(alice, "Physics")
    errors = as_operator.refusals(change_page(physics), subject_form(physics, name="ALGEBRA"))
    assert errors == {"name": ["You have a subject of this name already."]}


def test_a_new_subject_needs_an_owner_and_a_name(as_operator: Operator) -> None:
    errors = as_operator.refusals(f"{SUBJECTS}add/", subject_form(Subject(name="\u200b")))
    assert errors == {"owner": ["This field is required."], "name": ["This field is required."]}


def test_text_is_plain(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    as_operator.post(change_page(subject), subject_form(subject, name="<b>Al</b>gebra & vector<int>"))
    assert Subject.objects.get().name == "Algebra & vector< int>"


def test_control_characters_are_an_error_of_their_field(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    errors = as_operator.refusals(change_page(subject), subject_form(subject, description="\x07"))
    assert errors == {"description": ["Control characters are not text."]}


def test_a_subject_stays_its_owners(as_operator: Operator, alice: User, charlie: User) -> None:
    subject = make_subject(alice)
    assert 'name="owner"' not in as_operator.page(change_page(subject))
    as_operator.post(change_page(subject), subject_form(subject, owner=charlie.pk))
    assert Subject.objects.get().owner == alice


def test_the_owner_sees_the_change_at_once(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice, "Algebra")
    assert as_alice.get("/subjects").json()["results"][0]["name"] == "Algebra"
    as_operator.post(change_page(subject), subject_form(subject, name="Analysis"))
    assert as_alice.get("/subjects").json()["results"][0]["name"] == "Analysis"
