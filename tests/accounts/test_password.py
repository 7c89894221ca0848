"""POST /auth/password (contract 2)."""

import json
from typing import Any

import pytest

from accounts.models import User
from tests.conftest import BAD_TOKEN, NOT_AUTHENTICATED, Caller, blamed, invalid, refusals
from tests.factories import PASSWORD

pytestmark = pytest.mark.everywhere

ANOTHER = "battery staple 2"


def change(caller: Caller, current: Any = PASSWORD, new: Any = ANOTHER) -> Any:
    """With the body as ASCII, so that it can hold what no UTF-8 can."""
    body = json.dumps({"current_password": current, "new_password": new})
    return caller.post("/auth/password", body, content_type="application/json")


def passwords_that_sign_in() -> list[str]:
    return [
        password
        for password in (PASSWORD, ANOTHER)
        if Caller().post("/auth/login", {"username": "alice", "password": password}).status_code == 200
    ]


def test_the_new_password_takes_the_place_of_the_old_one(as_alice: Caller) -> None:
    response = change(as_alice)
    assert (response.status_code, response.content) == (204, b"")
    assert passwords_that_sign_in() == [ANOTHER]


def test_every_other_sign_in_is_over_at_once(as_alice: Caller, alice: User, as_charlie: Caller) -> None:
    elsewhere = Caller(alice)
    elsewhere.get("/subjects")
    assert change(as_alice).status_code == 204
    assert elsewhere.get("/subjects").json() == BAD_TOKEN
    assert elsewhere.post("/auth/refresh", {"refresh": elsewhere.tokens["refresh"]}).status_code == 401
    assert as_alice.get("/auth/me").status_code == 200
    assert as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).status_code == 200
    assert as_charlie.get("/auth/me").status_code == 200


def test_a_browser_that_changes_it_stays_signed_in_and_no_other(alice: User) -> None:
    browser, another, phone = Caller(), Caller(), Caller(alice)
    browser.force_login(alice)
    another.force_login(alice)
    assert change(browser).status_code == 204
    assert [caller.get("/auth/me").status_code for caller in (browser, another, phone)] == [200, 401, 401]


def test_the_current_password_must_be_right(as_alice: Caller, alice: User) -> None:
    elsewhere = Caller(alice)
    response = change(as_alice, current="correct horse 2")
    assert response.status_code == 400
    assert response.json() == invalid("current_password", "wrong_password", "This is not your password.")
    assert elsewhere.get("/auth/me").status_code == 200
    assert passwords_that_sign_in() == [PASSWORD]


@pytest.mark.parametrize("current", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper()])
def test_the_current_password_is_compared_exactly(as_alice: Caller, current: str) -> None:
    assert refusals(change(as_alice, current)) == [("current_password", "wrong_password")]


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("horse 1", "min_length"),
        (f"horse 1{'-' * 122}", "max_length"),
        ("correct horse", "letters_and_digits"),
        ("password123", "password_too_common"),
        ("alice2026", "password_too_similar"),
    ],
)
def test_a_weak_password_is_refused(as_alice: Caller, new: str, code: str) -> None:
    assert refusals(change(as_alice, new=new)) == [("new_password", code)]
    assert passwords_that_sign_in() == [PASSWORD]


def test_the_new_password_is_kept_as_typed(as_alice: Caller, alice: User) -> None:
    assert change(as_alice, new=f"  {ANOTHER}\t").status_code == 204
    alice.refresh_from_db()
    assert alice.check_password(f"  {ANOTHER}\t")


def test_both_passwords_are_required(as_alice: Caller) -> None:
    response = as_alice.post("/auth/password", {})
    assert refusals(response) == [("current_password", "required"), ("new_password", "required")]


@pytest.mark.parametrize("value", [None, True, [], {}, "", "a\0bcdefg 1", "a\ud800bcdefg 1"])
@pytest.mark.parametrize("field", ["current", "new"])
def test_what_is_no_text_is_named(as_alice: Caller, field: str, value: Any) -> None:
    assert blamed(change(as_alice, **{field: value})) == {f"{field}_password"}


def test_nobody_changes_nothing(anonymous: Caller, alice: User) -> None:
    response = change(anonymous)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert passwords_that_sign_in() == [PASSWORD]


def test_somebody_without_a_password_has_none_to_change(db: None) -> None:
    caller = Caller(User.objects.create_user("charlie", "charlie@example.org"))
    assert refusals(change(caller)) == [("current_password", "wrong_password")]


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_no_more_for_many_sign_ins(
    as_alice: Caller, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        Caller(alice)
    with django_assert_num_queries(7):  # who asks; BEGIN, the user, the password, the sign-ins, their end, COMMIT
        assert change(as_alice).status_code == 204
