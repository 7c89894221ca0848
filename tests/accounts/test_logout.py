"""POST /auth/logout (contract 2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.conftest import BAD_TOKEN, Caller, bearing, invalid, refusals

pytestmark = pytest.mark.everywhere

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NO_TOKEN = invalid("refresh", "invalid", "This is not a refresh token.")


def logout(caller: Caller, token: Any) -> Any:
    return caller.post("/auth/logout", {"refresh": token})


def test_a_sign_in_is_over_at_once(
    anonymous: Caller, as_alice: Caller, alice: User, django_assert_num_queries: Any
) -> None:
    elsewhere = Caller(alice)
    with django_assert_num_queries(4):  # the sign-in; BEGIN, its end, COMMIT
        response = logout(anonymous, as_alice.tokens["refresh"])
    assert (response.status_code, response.content) == (204, b"")
    assert as_alice.get("/auth/me").json() == BAD_TOKEN
    assert as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).status_code == 401
    assert elsewhere.get("/auth/me").status_code == 200
    assert SignIn.objects.count() == 1


def test_credentials_that_come_along_are_not_looked_at(as_alice: Caller) -> None:
    assert logout(bearing("nonsense"), as_alice.tokens["refresh"]).status_code == 204


def test_logging_out_twice_is_no_error(anonymous: Caller, as_alice: Caller) -> None:
    assert logout(anonymous, as_alice.tokens["refresh"]).status_code == 204
    assert logout(anonymous, as_alice.tokens["refresh"]).status_code == 204


def test_a_token_that_was_used_ends_its_sign_in_too(anonymous: Caller, as_alice: Caller) -> None:
    newest = anonymous.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).json()
    assert logout(anonymous, as_alice.tokens["refresh"]).status_code == 204
    assert bearing(newest["access"]).get("/auth/me").status_code == 401


def test_a_token_of_a_deleted_user_is_dead_already(anonymous: Caller, as_alice: Caller, alice: User) -> None:
    alice.delete()
    assert logout(anonymous, as_alice.tokens["refresh"]).status_code == 204


def test_a_token_whose_time_is_over_is_dead_already(anonymous: Caller, alice: User) -> None:
    with time_machine.travel(NEW_YEAR, tick=False) as clock:
        tokens = Caller(alice).tokens
        clock.shift(timedelta(days=8))
        assert logout(anonymous, tokens["refresh"]).status_code == 204
        forged = f"{tokens['refresh'][:-43]}{'A' * 43}"
        assert logout(anonymous, forged).json() == NO_TOKEN


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é", "x" * 4096])
def test_what_is_no_token_is_refused(anonymous: Caller, token: str) -> None:
    response = logout(anonymous, token)
    assert (response.status_code, response.json()) == (400, NO_TOKEN)


def test_an_access_token_is_not_what_is_asked_for(anonymous: Caller, as_alice: Caller) -> None:
    response = logout(anonymous, as_alice.tokens["access"])
    assert (response.status_code, response.json()) == (400, NO_TOKEN)
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{}", "required"),
        ('{"refresh": null}', "null"),
        ('{"refresh": ""}', "blank"),
        ('{"refresh": ["x"]}', "invalid"),
        ('{"refresh": true}', "invalid"),
        ('{"refresh": "\\u0000"}', "null_characters_not_allowed"),
    ],
)
def test_what_is_no_text_is_named(anonymous: Caller, body: str, code: str) -> None:
    response = anonymous.post("/auth/logout", body, content_type="application/json")
    assert refusals(response) == [("refresh", code)]
