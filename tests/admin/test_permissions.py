"""Who may do what in the admin: Django's permissions, and no way from them to more (contract 7)."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from subjects.models import Subject
from tests.admin.conftest import SESSIONS, SUBJECTS, USERS, Operator, change_page, user_form
from tests.factories import make_session, make_subject, make_user

pytestmark = pytest.mark.everywhere


def make_assistant(*permissions: str) -> User:
    """An operator who may do only this."""
    assistant = make_user("assistant", is_staff=True)
    assistant.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return assistant


def test_users_are_sent_to_the_login(alice: User) -> None:
    response = Operator(alice).get(USERS)
    assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={USERS}")


def test_a_permission_to_view_shows_and_nothing_else(alice: User) -> None:
    subject = make_subject(alice)
    assistant = Operator(make_assistant("view_subject"))
    assert "Algebra" in assistant.page(SUBJECTS)
    assert assistant.get(SESSIONS).status_code == 403
    assert assistant.post(change_page(subject), {"name": "Analysis"}).status_code == 403
    assert assistant.post(f"{SUBJECTS}{subject.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Subject.objects.get().name == "Algebra"


def test_what_goes_along_must_be_permitted_too(alice: User) -> None:
    """Django's deletion page does not see the sessions, which go in one statement."""
    subject = make_subject(alice)
    make_session(subject)
    assistant = Operator(make_assistant("view_subject", "delete_subject"))
    path = f"{SUBJECTS}{subject.pk}/delete/"
    assert "your account doesn't have permission to delete" in assistant.page(path)
    assert assistant.post(path, {"post": "yes"}).status_code == 403
    assert Subject.objects.exists()


def test_who_may_change_users_gets_no_more_rights_by_it(alice: User) -> None:
    """Django's own form would let such an operator make anybody a superuser."""
    assistant = Operator(make_assistant("view_user", "change_user"))
    form = user_form(alice, is_staff="on", is_superuser="on", daily_goal_minutes=60)
    assert assistant.post(change_page(alice), form).status_code == 302
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser, alice.daily_goal_minutes) == (False, False, 60)


def test_who_may_change_users_takes_over_no_operator(operator: User) -> None:
    assistant = Operator(make_assistant("view_user", "change_user", "delete_user"))
    form = {"password1": "another horse 2", "password2": "another horse 2"}
    assert assistant.post(f"{USERS}{operator.pk}/password/", form).status_code == 403
    assert assistant.post(change_page(operator), user_form(operator)).status_code == 403
    assert assistant.post(f"{USERS}{operator.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.get(username="operator").password == operator.password


def test_who_may_change_users_takes_over_no_superuser_who_is_no_operator_yet(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    form = {"password1": "another horse 2", "password2": "another horse 2"}
    assistant = Operator(make_assistant("view_user", "change_user"))
    assert assistant.post(f"{USERS}{alice.pk}/password/", form).status_code == 403
    assert User.objects.get(pk=alice.pk).password == alice.password
