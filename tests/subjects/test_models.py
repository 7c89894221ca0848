"""The subject itself (contract 3): what the database refuses, what follows, and writes in bulk."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from accounts.models import User
from subjects.models import Subject
from tests.factories import make_sessions, make_subject, make_subjects

pytestmark = pytest.mark.everywhere


def write_raw(**values: Any) -> int:
    """An UPDATE that asks nobody but the database."""
    return models.QuerySet(Subject).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("priority_level", {"priority_level": "urgent"}),
        ("status", {"status": ""}),
        ("total_hours_goal", {"total_hours_goal": 100_001}),
        ("total_hours_goal", {"total_hours_goal": -1}),
        ("name", {"name": None}),
        ("owner", {"owner": None}),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(alice: User, constraint: str, values: dict[str, Any]) -> None:
    make_subject(alice)
    with pytest.raises(IntegrityError, match=constraint):
        write_raw(**values)


def test_the_database_refuses_a_second_name_without_regard_to_case(alice: User) -> None:
    twins = [Subject(owner=alice, name="Straße"), Subject(owner=alice, name="STRASSE")]
    with pytest.raises(IntegrityError, match="name"):
        Subject.objects.bulk_create(twins)
    assert not Subject.objects.exists()


@pytest.mark.parametrize(
    ("values", "blamed"),
    [
        ({"name": "ALGEBRA"}, {"name": ["You have a subject of this name already."]}),
        ({"total_hours_goal": 100_001}, {"total_hours_goal": ["A goal is 0 to 100000 hours."]}),
        ({"status": "lost"}, {"status": ["A subject is active, completed or archived."]}),
        ({"priority_level": "urgent"}, {"priority_level": ["A priority is low, medium or high."]}),
    ],
)
def test_a_broken_rule_is_told_in_a_sentence_under_its_field(
    alice: User, values: dict[str, Any], blamed: dict[str, list[str]]
) -> None:
    make_subject(alice)
    with pytest.raises(ValidationError) as refused:
        Subject(owner=alice, **({"name": "Botany"} | values)).validate_constraints()
    assert refused.value.message_dict == blamed


def test_a_shell_cleans_markup_away(alice: User) -> None:
    subject = Subject(owner=alice, name="<b>Algebra</b>", description="<script>x</script> & y")
    subject.full_clean()
    assert (subject.name, subject.description) == ("Algebra", "x & y")


def test_a_subject_of_nothing_is_refused_field_by_field(db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        Subject().full_clean()
    assert refused.value.message_dict.keys() == {"owner", "name"}


def test_a_new_subject_has_totals(alice: User) -> None:
    subject: Any = make_subject(alice)
    assert (subject.studied.total_seconds(), subject.session_count) == (0, 0)


def test_the_key_follows_the_name(alice: User) -> None:
    subject = make_subject(alice, "Straße")
    subject.name = "Cafe\u0301"
    subject.save(update_fields=["name"])
    subject.refresh_from_db()
    assert subject.name_key == "caf\u00e9"


def test_saving_one_column_leaves_the_others(alice: User) -> None:
    subject = make_subject(alice)
    Subject.objects.update(description="Rings")
    subject.status = "archived"
    subject.save(update_fields=["status"])
    assert Subject.objects.filter(name="Algebra", description="Rings", status="archived").exists()


def test_bulk_creation_derives(alice: User) -> None:
    Subject.objects.bulk_create([Subject(owner=alice, name="ALGEBRA")])
    assert Subject.objects.get().name_key == "algebra"


def test_a_bulk_update_of_names_takes_their_keys_along(alice: User) -> None:
    subjects = make_subjects(alice, 2)
    for subject in subjects:
        subject.name = subject.name.upper() + "!"
    assert Subject.objects.bulk_update(subjects, ["name"]) == 2
    assert set(Subject.objects.values_list("name_key", flat=True)) == {"subject 0!", "subject 1!"}


@pytest.mark.parametrize("values", [{"name": "Botany"}, {"name_key": "botany"}])
def test_an_update_refuses_what_others_follow(alice: User, values: dict[str, Any]) -> None:
    make_subject(alice)
    with pytest.raises(ValueError, match="cannot keep true"):
        Subject.objects.update(**values)
    assert Subject.objects.get().name == "Algebra"


def test_an_update_changes_the_rows_it_was_asked_for(alice: User) -> None:
    make_subjects(alice, 3)
    with_totals: Any = Subject.objects.with_totals()
    narrowed = with_totals.filter(session_count=0, name__endswith="1").order_by("session_count")
    assert narrowed.update(status="archived") == 1
    assert Subject.objects.get(status="archived").name == "Subject 1"


def test_the_rows_of_nobody_are_none(alice: User) -> None:
    make_subject(alice)
    assert not Subject.objects.owned_by(User()).exists()


@pytest.mark.parametrize("delete", [Subject.delete, lambda subject: Subject.objects.filter(pk=subject.pk).delete()])
def test_a_shells_delete_takes_the_sessions_along(alice: User, delete: Any) -> None:
    subject, kept = make_subject(alice), make_subject(alice, "Botany")
    make_sessions(subject, 3)
    delete(subject)
    assert list(Subject.objects.all()) == [kept]
    assert not kept.owner.studysessions.exists()
