"""GET and PATCH /auth/me (contract 2)."""

import json
from typing import Any

import pytest

from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, Caller, blamed, invalid, problem, refusals
from tests.factories import PASSWORD, shown

pytestmark = pytest.mark.everywhere

SETTINGS = ("username", "email", "time_zone", "day_start_hour", "week_start", "daily_goal_minutes", "rest_weekdays")


def patch(caller: Caller, **changes: Any) -> Any:
    """With the body as ASCII, so that it can hold what no UTF-8 can."""
    return caller.patch("/auth/me", json.dumps(changes), content_type="application/json")


def account(user: User, **changes: Any) -> dict[str, Any]:
    """The whole body that shows a user who is as made but for the changes."""
    return {
        "id": user.pk,
        "username": "alice",
        "email": "alice@example.org",
        "time_zone": "Europe/Berlin",
        "day_start_hour": 0,
        "week_start": 1,
        "daily_goal_minutes": 0,
        "rest_weekdays": [],
        "created_at": shown(user.created_at),
        **changes,
    }


def kept(user: User) -> dict[str, Any]:
    """The settings of the user as the database has them."""
    return User.objects.values(*SETTINGS).get(pk=user.pk)


def test_the_user_is_account(as_alice: Caller, alice: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):  # who asks, with the sign-in
        response = as_alice.get("/auth/me")
    assert (response.status_code, response.json()) == (200, account(alice))
    assert response["Cache-Control"] == "private, no-cache"


def test_nobody_is_shown_nothing(anonymous: Caller) -> None:
    for response in (anonymous.get("/auth/me"), anonymous.patch("/auth/me", {})):
        assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "Alice.in_Wonderland-2"),
        ("username", "ALICE"),
        ("time_zone", "America/Argentina/Buenos_Aires"),
        ("time_zone", "UTC"),
        ("day_start_hour", 0),
        ("day_start_hour", 12),
        ("week_start", 1),
        ("week_start", 7),
        ("daily_goal_minutes", 0),
        ("daily_goal_minutes", 1440),
        ("rest_weekdays", []),
        ("rest_weekdays", [7, 6]),
        ("rest_weekdays", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_a_setting_is_changed_and_nothing_else(as_alice: Caller, alice: User, field: str, value: Any) -> None:
    before = kept(alice)
    response = patch(as_alice, **{field: value})
    assert (response.status_code, response.json()) == (200, account(alice, **{field: value}))
    assert kept(alice) == before | {field: value}
    assert as_alice.get("/auth/me").json() == response.json()


def test_several_settings_are_changed_at_once(as_alice: Caller, alice: User, django_assert_num_queries: Any) -> None:
    changes = {"day_start_hour": 4, "week_start": 7, "rest_weekdays": [6, 7]}
    # who asks; BEGIN, the user, SAVEPOINT, what was wanted, the change, what is wanted, RELEASE, COMMIT
    with django_assert_num_queries(9):
        response = patch(as_alice, **changes)
    assert response.json() == account(alice, **changes)


def test_digits_in_a_text_are_read_as_the_number(as_alice: Caller, alice: User) -> None:
    response = patch(as_alice, daily_goal_minutes="90", rest_weekdays=["6", 7])
    assert response.json() == account(alice, daily_goal_minutes=90, rest_weekdays=[6, 7])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("username", "ab", "invalid"),
        ("username", None, "null"),
        ("username", "", "blank"),
        ("email", "alice", "invalid"),
        ("email", None, "null"),
        ("time_zone", "Mars", "invalid_choice"),
        ("time_zone", None, "null"),
        ("day_start_hour", -1, "min_value"),
        ("day_start_hour", 13, "max_value"),
        ("day_start_hour", 1.0, "invalid"),
        ("day_start_hour", True, "invalid"),
        ("day_start_hour", None, "null"),
        ("day_start_hour", [1], "invalid"),
        ("week_start", 0, "min_value"),
        ("week_start", 8, "max_value"),
        ("week_start", "Monday", "invalid"),
        ("daily_goal_minutes", -1, "min_value"),
        ("daily_goal_minutes", 1441, "max_value"),
        ("daily_goal_minutes", 10**30, "max_value"),
        ("daily_goal_minutes", "1e3", "invalid"),
        ("rest_weekdays", [1, 1], "unique"),
        ("rest_weekdays", 6, "not_a_list"),
        ("rest_weekdays", "67", "not_a_list"),
        ("rest_weekdays", {"6": True}, "not_a_list"),
        ("rest_weekdays", None, "null"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    as_alice: Caller, alice: User, field: str, value: Any, code: str
) -> None:
    before = kept(alice)
    assert refusals(patch(as_alice, **{field: value})) == [(field, code)]
    assert kept(alice) == before


@pytest.mark.parametrize(
    ("day", "code"),
    [(0, "min_value"), (8, "max_value"), (True, "invalid"), (1.0, "invalid"), (None, "null"), ([], "invalid")],
)
def test_a_rest_day_is_an_iso_weekday(as_alice: Caller, day: Any, code: str) -> None:
    assert refusals(patch(as_alice, rest_weekdays=[6, day])) == [("rest_weekdays.1", code)]


@pytest.mark.parametrize("value", [True, [], {}, "ali\0ce", "ali\ud800ce"])
@pytest.mark.parametrize("field", ["username", "email", "time_zone", "current_password"])
def test_what_is_no_text_is_named(as_alice: Caller, field: str, value: Any) -> None:
    assert blamed(patch(as_alice, **{field: value})) == {field}


def test_what_is_not_for_the_user_to_say_is_ignored(as_alice: Caller, alice: User) -> None:
    response = patch(
        as_alice, id=7, created_at="2020-01-01T00:00:00Z", is_staff=True, password="another 1", colour="red"
    )
    alice.refresh_from_db()
    assert (response.status_code, response.json()) == (200, account(alice))
    assert (alice.is_staff, alice.check_password(PASSWORD)) == (False, True)


def test_a_name_that_is_taken_is_refused(as_alice: Caller, alice: User, charlie: User) -> None:
    response = patch(as_alice, username="Charlie")
    assert response.status_code == 400
    assert response.json() == invalid("username", "unique", "Somebody has this name already.")
    assert kept(alice)["username"] == "alice"


def test_the_address_is_changed_with_the_password(as_alice: Caller, alice: User) -> None:
    response = patch(as_alice, email="Alice@new.example", current_password=PASSWORD)
    assert (response.status_code, response.json()) == (200, account(alice, email="Alice@new.example"))
    assert kept(alice)["email"] == "Alice@new.example"
    login = as_alice.post("/auth/login", {"username": "alice@NEW.example", "password": PASSWORD})
    assert login.status_code == 200


@pytest.mark.parametrize(
    ("password", "code", "detail"),
    [
        ({}, "required", "Your password is needed for this."),
        ({"current_password": f"{PASSWORD} "}, "wrong_password", "This is not your password."),
        ({"current_password": "correct horse 2"}, "wrong_password", "This is not your password."),
    ],
)
def test_the_address_is_not_changed_without_the_password(
    as_alice: Caller, alice: User, password: dict[str, str], code: str, detail: str
) -> None:
    response = patch(as_alice, email="alice@new.example", week_start=7, **password)
    assert response.status_code == 400
    assert response.json() == invalid("current_password", code, detail)
    assert (kept(alice)["email"], kept(alice)["week_start"]) == ("alice@example.org", 1)


def test_an_address_that_stays_needs_no_password(as_alice: Caller, alice: User) -> None:
    response = patch(as_alice, email="alice@example.org", week_start=7)
    assert (response.status_code, response.json()) == (200, account(alice, week_start=7))


def test_an_address_that_is_taken_is_refused(as_alice: Caller, charlie: User) -> None:
    response = patch(as_alice, email="CHARLIE@example.org", current_password=PASSWORD)
    assert response.status_code == 400
    assert response.json() == invalid("email", "unique", "Somebody has this address already.")


def test_an_account_is_not_replaced(as_alice: Caller) -> None:
    response = as_alice.put("/auth/me", {})
    assert response.status_code == 405
    assert response.json() == problem(
        405, "method_not_allowed", "Method Not Allowed", "This method is not allowed here."
    )
    assert response["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"
