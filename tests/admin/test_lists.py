"""The admin's lists: what they show, how they are searched and narrowed, what they cost (contract 7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.admin.conftest import SESSIONS, SIGN_INS, SUBJECTS, USERS, Operator
from tests.factories import MONDAY, make_session, make_subject, make_user

LISTS = (USERS, SIGN_INS, SUBJECTS, SESSIONS)


def make_student(name: str) -> User:
    """A user with one of everything."""
    student = make_user(name)
    student.sign_in(timezone.now())
    make_session(make_subject(student, f"{name}'s subject"))
    return student


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_a_hundred_costs_what_a_list_of_one_does(as_operator: Operator, path: str) -> None:
    """Each row has an owner of its own: asked for row by row, they would be 99 queries more."""
    make_student("alice")
    of_one = as_operator.queries(path)
    for number in range(99):
        make_student(f"student-{number}")
    # session, operator, count, rows, and two for the drill-down: first and last date, then the dates between
    assert (of_one, as_operator.queries(path)) == (6, 6)


def test_users_are_shown_with_what_is_theirs(as_operator: Operator, alice: User) -> None:
    make_subject(alice, "Algebra")
    make_subject(alice, "Physics")
    page = as_operator.page(f"{USERS}?q=alice")
    for shown in ("alice@example.org", "Europe/Berlin", f'{SUBJECTS}?owner__id__exact={alice.pk}">2</a>'):
        assert shown in page


def test_users_are_found_by_name_and_address(as_operator: Operator, alice: User, charlie: User) -> None:
    assert as_operator.listed(f"{USERS}?q=ALI") == {"alice"}
    assert as_operator.listed(f"{USERS}?q=charlie@example") == {"charlie"}


def test_users_are_narrowed_to_operators(as_operator: Operator, alice: User) -> None:
    assert as_operator.listed(f"{USERS}?is_staff__exact=1") == {"operator"}


def test_subjects_are_shown_with_their_totals(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice, "Algebra", total_hours_goal=100)
    make_session(subject, MONDAY, 90)
    page = as_operator.page(SUBJECTS)
    for shown in ("Algebra", "alice", "Active", "Medium", "100", "1.50", f'?subject__id__exact={subject.pk}">1</a>'):
        assert shown in page


def test_subjects_are_found_by_words_and_owner(as_operator: Operator, alice: User, charlie: User) -> None:
    make_subject(alice, "Algebra", description="Rings and fields")
    make_subject(charlie, "Physics")
    assert as_operator.listed(f"{SUBJECTS}?q=rings") == {"Algebra"}
    assert as_operator.listed(f"{SUBJECTS}?q=charlie") == {"Physics"}


def test_subjects_are_narrowed_by_status_and_priority(as_operator: Operator, alice: User) -> None:
    make_subject(alice, "Algebra", status="archived", priority_level="high")
    make_subject(alice, "Physics")
    assert as_operator.listed(f"{SUBJECTS}?status__exact=archived") == {"Algebra"}
    assert as_operator.listed(f"{SUBJECTS}?priority_level__exact=medium") == {"Physics"}


def test_sessions_are_shown_in_utc_with_minutes_and_study_date(as_operator: Operator, alice: User) -> None:
    make_session(make_subject(alice), MONDAY.replace(hour=23), 90)
    page = as_operator.page(SESSIONS)
    for shown in ("Algebra", "alice", "2026-03-02 23:00", "2026-03-03 00:30", ">90<", "March 3, 2026", "Manual"):
        assert shown in page


def test_sessions_are_found_by_notes_subject_and_owner(as_operator: Operator, alice: User) -> None:
    make_session(make_subject(alice, "Algebra"), notes="Chapter one")
    make_session(make_subject(alice, "Physics"), MONDAY - timedelta(days=1))
    algebra, physics = "Algebra, 2026-03-02 14:00 UTC", "Physics, 2026-03-01 14:00 UTC"
    assert as_operator.listed(f"{SESSIONS}?q=chapter") == {algebra}
    assert as_operator.listed(f"{SESSIONS}?q=physics") == {physics}
    assert as_operator.listed(f"{SESSIONS}?q=alice") == {algebra, physics}


def test_sessions_are_narrowed_to_those_that_run(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    make_session(subject)
    make_session(subject, MONDAY + timedelta(days=1), end_time=None)
    assert as_operator.listed(f"{SESSIONS}?running=yes") == {"Algebra, 2026-03-03 14:00 UTC"}
    assert as_operator.listed(f"{SESSIONS}?running=no") == {"Algebra, 2026-03-02 14:00 UTC"}


def test_sessions_are_drilled_down_by_study_date(as_operator: Operator, alice: User) -> None:
    subject = make_subject(alice)
    make_session(subject)
    make_session(subject, MONDAY - timedelta(days=31))
    january = f"{SESSIONS}?study_date__year=2026&study_date__month=1"
    assert as_operator.listed(january) == {"Algebra, 2026-01-30 14:00 UTC"}


def test_a_subject_is_offered_with_its_owner(as_operator: Operator, alice: User, charlie: User) -> None:
    subjects = [make_subject(alice, "Algebra"), make_subject(charlie, "Algebra")]
    source = "app_label=study_sessions&model_name=studysession&field_name=subject"
    offered = as_operator.get(f"/admin/autocomplete/?term=alg&{source}").json()["results"]
    labels = {each["id"]: each["text"] for each in offered}
    assert labels == {str(subjects[0].pk): "Algebra (alice)", str(subjects[1].pk): "Algebra (charlie)"}


def test_offering_two_subjects_costs_what_offering_one_does(as_operator: Operator) -> None:
    path = "/admin/autocomplete/?app_label=study_sessions&model_name=studysession&field_name=subject"
    make_student("alice")
    of_one = as_operator.queries(path)
    make_student("charlie")
    assert (of_one, as_operator.queries(path)) == (4, 4)  # session, operator, count, rows


def test_owners_are_offered_by_name(as_operator: Operator, alice: User) -> None:
    source = "app_label=subjects&model_name=subject&field_name=owner"
    offered = as_operator.get(f"/admin/autocomplete/?term=ali&{source}").json()["results"]
    assert offered == [{"id": str(alice.pk), "text": "alice"}]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/subjects/subject/?status=%00",
        "/admin/accounts/user/?username__contains=%00",
        "/admin/study_sessions/studysession/?start_time__year=0",
        "/admin/study_sessions/studysession/?source=%00",
        "/admin/autocomplete/?term=%00&app_label=study_sessions&model_name=studysession&field_name=subject",
    ],
)
def test_an_address_that_nobody_is_offered_is_no_500(as_operator: Operator, path: str) -> None:
    """Django's admin hands such values on to the database."""
    assert as_operator.get(path).status_code in {200, 302, 400}
