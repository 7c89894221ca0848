"""Accounts in the admin: made, changed and given a new password by the rules of the API (contract 2, 7)."""

from typing import Any

import pytest

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.admin.conftest import USERS, Operator, change_page, user_form
from tests.conftest import Caller
from tests.factories import PASSWORD

pytestmark = pytest.mark.everywhere

NEW_PASSWORD = "another horse 2"


def new_user(**changes: str) -> dict[str, str]:
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    return {"username": "dora", "email": "dora@example.org", "time_zone": "Europe/Berlin"} | passwords | changes


def test_an_operator_opens_an_account_that_can_sign_in(as_operator: Operator, anonymous: Caller) -> None:
    assert as_operator.post(f"{USERS}add/", new_user()).status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.email, dora.time_zone, dora.is_staff) == ("dora@example.org", "Europe/Berlin", False)
    assert anonymous.post("/auth/login", {"username": "dora", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short 1", "Use at least 8 characters."),
        ("only letters", "Use both letters and digits."),
        ("password123", "This password is too common."),
        ("dora@example.org1", "The password is too similar to the e-mail address."),
    ],
)
def test_a_password_must_keep_the_rules(as_operator: Operator, password: str, error: str) -> None:
    form = new_user(password1=password, password2=password)
    assert as_operator.refusals(f"{USERS}add/", form) == {"password2": [error]}
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"username": "ALICE"}, {"username": ["Somebody has this name already."]}),
        ({"email": "Alice@Example.org"}, {"email": ["Somebody has this address already."]}),
        ({"username": ""}, {"username": ["This field is required."]}),
        ({"email": ""}, {"email": ["This field is required."]}),
    ],
)
def test_names_and_addresses_are_needed_and_unique_without_regard_to_case(
    as_operator: Operator, alice: User, changes: dict[str, str], errors: Any
) -> None:
    assert as_operator.refusals(f"{USERS}add/", new_user(**changes)) == errors


def test_the_settings_of_study_days_are_changed(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    assert as_alice.get("/auth/me").json()["rest_weekdays"] == []
    settings = {"time_zone": "Asia/Tokyo", "day_start_hour": 4, "week_start": 7, "rest_weekdays": [6, 7]}
    assert as_operator.post(change_page(alice), user_form(alice, **settings)).status_code == 302
    assert as_alice.get("/auth/me").json().items() >= settings.items()


def test_settings_out_of_range_are_errors_of_their_fields(as_operator: Operator, alice: User) -> None:
    errors = as_operator.refusals(
        change_page(alice), user_form(alice, day_start_hour=13, week_start=8, time_zone="Mars")
    )
    assert set(errors) == {"day_start_hour", "week_start", "time_zone"}


def test_a_new_password_ends_every_sign_in(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    assert as_alice.get("/subjects").status_code == 200
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert as_operator.post(f"{USERS}{alice.pk}/password/", form).status_code == 302
    assert as_alice.get("/subjects").status_code == 401
    assert not SignIn.objects.exists()
    assert User.objects.get(username="alice").check_password(NEW_PASSWORD)


def test_a_password_that_is_disabled_ends_every_sign_in(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    """Django tells of no new password then, and the tokens of an account that is to be locked go on for a month."""
    assert as_alice.get("/subjects").status_code == 200
    assert (
        as_operator.post(
            f"{USERS}{alice.pk}/password/", {"usable_password": "false", "unset-password": "yes"}
        ).status_code
        == 302
    )
    assert not User.objects.get(username="alice").has_usable_password()
    assert as_alice.get("/subjects").status_code == 401
    assert as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).status_code == 401


def test_an_operators_own_new_password_ends_the_operators_sign_ins(as_operator: Operator, operator: User) -> None:
    caller = Caller(operator)
    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert as_operator.post("/admin/password_change/", form).status_code == 302
    assert caller.get("/subjects").status_code == 401
    assert as_operator.get("/admin/").status_code == 200


def test_an_account_that_is_not_active_is_out_at_once(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    assert as_alice.get("/subjects").status_code == 200
    form = user_form(alice)
    del form["is_active"]
    as_operator.post(change_page(alice), form)
    assert as_alice.get("/subjects").status_code == 401


def test_operators_sign_in_by_name_or_address(operator: User) -> None:
    for name in ("Operator", "operator@example.org"):
        browser = Operator(operator)
        browser.logout()
        assert browser.post("/admin/login/", {"username": name, "password": PASSWORD}).status_code == 302


def test_the_login_takes_an_address_of_full_length(operator: User) -> None:
    """Django would let the browser cut it off at the 30 characters of a name."""
    browser = Operator(operator)
    browser.logout()
    assert 'maxlength="254"' in browser.page("/admin/login/")
