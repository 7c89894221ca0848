"""POST /auth/refresh (contract 2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.conftest import BAD_TOKEN, Caller, bearing, blamed, problem

pytestmark = pytest.mark.everywhere

REFUSED = problem(401, "authentication_failed", "Unauthorized", "This refresh token is not valid, or no longer.")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def refresh(caller: Caller, token: Any) -> Any:
    return caller.post("/auth/refresh", {"refresh": token})


def access_status(tokens: dict[str, str]) -> int:
    return bearing(tokens["access"]).get("/auth/me").status_code


def test_a_refresh_token_is_changed_for_new_tokens(
    anonymous: Caller, as_alice: Caller, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # BEGIN, the sign-in with its user, its next token, COMMIT
        response = refresh(anonymous, as_alice.tokens["refresh"])
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json().keys() == {"access", "refresh"}
    assert response.json()["refresh"] != as_alice.tokens["refresh"]
    assert access_status(response.json()) == 200
    assert SignIn.objects.count() == 1


def test_the_new_refresh_token_can_be_changed_in_its_turn(anonymous: Caller, as_alice: Caller) -> None:
    tokens = as_alice.tokens
    for _ in range(3):
        tokens = refresh(anonymous, tokens["refresh"]).json()
    assert access_status(tokens) == 200


def test_using_a_token_twice_ends_every_token_of_that_sign_in(
    anonymous: Caller, as_alice: Caller, alice: User
) -> None:
    newest = refresh(anonymous, as_alice.tokens["refresh"]).json()
    elsewhere = Caller(alice)
    response = refresh(anonymous, as_alice.tokens["refresh"])
    assert (response.status_code, response.json()) == (401, REFUSED)
    assert response["WWW-Authenticate"] == "Bearer"
    assert refresh(anonymous, newest["refresh"]).status_code == 401
    assert (access_status(newest), access_status(as_alice.tokens), access_status(elsewhere.tokens)) == (401, 401, 200)


def test_credentials_that_come_along_are_not_looked_at(as_alice: Caller) -> None:
    assert refresh(bearing("nonsense"), as_alice.tokens["refresh"]).status_code == 200


def test_an_access_token_refreshes_nothing_and_harms_nothing(anonymous: Caller, as_alice: Caller) -> None:
    response = refresh(anonymous, as_alice.tokens["access"])
    assert (response.status_code, response.json()) == (401, REFUSED)
    assert refresh(anonymous, as_alice.tokens["refresh"]).status_code == 200


def test_a_refresh_token_gives_no_access(as_alice: Caller) -> None:
    as_alice.get("/subjects")
    for path in ("/auth/me", "/subjects"):
        response = bearing(as_alice.tokens["refresh"]).get(path)
        assert (response.status_code, response.json()) == (401, BAD_TOKEN)


def test_the_token_of_a_deleted_user_is_refused(anonymous: Caller, as_alice: Caller, alice: User) -> None:
    """Looking the user up with get() is a 500 here."""
    alice.delete()
    response = refresh(anonymous, as_alice.tokens["refresh"])
    assert (response.status_code, response.json()) == (401, REFUSED)


def test_the_token_of_an_inactive_user_is_refused_for_good(anonymous: Caller, as_alice: Caller, alice: User) -> None:
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    response = refresh(anonymous, as_alice.tokens["refresh"])
    assert (response.status_code, response.json()) == (401, REFUSED)
    assert not SignIn.objects.exists()


def test_tokens_end_after_30_minutes_and_after_7_days(anonymous: Caller, alice: User) -> None:
    with time_machine.travel(NEW_YEAR, tick=False) as clock:
        tokens, spare = Caller(alice).tokens, Caller(alice).tokens
        clock.shift(timedelta(minutes=30, seconds=-1))
        assert access_status(tokens) == 200
        clock.shift(timedelta(seconds=1))
        assert access_status(tokens) == 401
        clock.move_to(NEW_YEAR + timedelta(days=7, seconds=-1))
        assert refresh(anonymous, tokens["refresh"]).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert refresh(anonymous, spare["refresh"]).status_code == 401


def test_a_sign_in_that_is_kept_alive_ends_after_30_days(anonymous: Caller, alice: User) -> None:
    with time_machine.travel(NEW_YEAR, tick=False) as clock:
        tokens = Caller(alice).tokens
        for _ in range(4):
            clock.shift(timedelta(days=7, seconds=-1))
            tokens = refresh(anonymous, tokens["refresh"]).json()
        clock.move_to(NEW_YEAR + timedelta(days=30, seconds=-1))
        last = refresh(anonymous, tokens["refresh"]).json()
        assert access_status(last) == 200
        clock.shift(timedelta(seconds=1))
        assert refresh(anonymous, last["refresh"]).status_code == 401
        assert access_status(last) == 401


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", ".", "..", "é", "x" * 4096])
def test_what_is_no_token_is_refused(anonymous: Caller, token: str) -> None:
    response = refresh(anonymous, token)
    assert (response.status_code, response.json()) == (401, REFUSED)


@pytest.mark.parametrize(
    "body", ["{}", *(f'{{"refresh": {value}}}' for value in ("null", '""', "[]", '"\\u0000"', "{}"))]
)
def test_what_is_no_text_is_named(anonymous: Caller, body: str) -> None:
    response = anonymous.post("/auth/refresh", body, content_type="application/json")
    assert blamed(response) == {"refresh"}
