"""GET, POST, DELETE /auth/me/calendar: the secret link to one's calendar (contract 6)."""

import re
from typing import Any

import pytest
import time_machine
from django.apps import apps

from accounts.links import SecretLink, hashed
from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, problem
from tests.factories import MONDAY
from tests.threads import at_once

pytestmark = pytest.mark.everywhere

ADDRESS = "/auth/me/calendar"
URL = re.compile(r"http://testserver/calendar/([A-Za-z0-9_-]{43})\.ics")


def token_of(response: Any) -> str:
    """The token in the address that is told."""
    assert response.status_code == 201, response.content
    assert response.json().keys() == {"url"}
    found = URL.fullmatch(response.json()["url"])
    assert found
    return found[1]


def opens(token: str, caller: Caller) -> bool:
    response = caller.get(f"/calendar/{token}.ics")
    return (response.status_code, bool(response.getvalue())) == (200, True)


def test_a_link_is_told_once_and_opens_the_calendar(as_alice: Caller, anonymous: Caller, alice: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        response = Caller(alice).post(ADDRESS)
    token = token_of(response)
    assert response["Cache-Control"] == "no-store"
    assert opens(token, anonymous)
    seen = as_alice.get(ADDRESS)
    assert (seen.status_code, seen.json()) == (200, {"created_at": "2026-03-02T14:00:00Z"})
    assert [(link.purpose, link.token_hash) for link in alice.secret_links.all()] == [("calendar", hashed(token))]


def test_the_token_is_kept_nowhere(as_alice: Caller) -> None:
    """The answers that are kept by idempotency keys would keep it."""
    token = token_of(as_alice.post(ADDRESS, headers={"Idempotency-Key": "key"}))
    for model in apps.get_models():
        for row in model._default_manager.values():
            assert token not in str(row), model


def test_a_second_link_replaces_the_first(as_alice: Caller, anonymous: Caller, alice: User) -> None:
    first, second = (token_of(as_alice.post(ADDRESS)) for _ in range(2))
    assert [opens(first, anonymous), opens(second, anonymous)] == [False, True]
    assert alice.secret_links.count() == 1


def test_of_links_made_at_once_one_is_left(as_alice: Caller, anonymous: Caller, alice: User) -> None:
    tokens = [token_of(response) for response in at_once(*[lambda: as_alice.post(ADDRESS)] * 4)]
    assert sorted(opens(token, anonymous) for token in tokens) == [False, False, False, True]
    assert alice.secret_links.count() == 1


def test_a_link_that_is_revoked_ends_at_once(as_alice: Caller, anonymous: Caller) -> None:
    token = token_of(as_alice.post(ADDRESS))
    assert opens(token, anonymous)
    response = as_alice.delete(ADDRESS)
    assert (response.status_code, response.content) == (204, b"")
    gone = anonymous.get(f"/calendar/{token}.ics")
    assert (gone.status_code, gone.json()) == (404, NOT_FOUND)
    assert not SecretLink.objects.exists()


@pytest.mark.parametrize("method", ["get", "delete"])
def test_who_has_none_is_told_so(as_alice: Caller, as_charlie: Caller, method: str) -> None:
    as_charlie.post(ADDRESS)
    response = getattr(as_alice, method)(ADDRESS)
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert SecretLink.objects.count() == 1


def test_only_the_link_that_was_seen_is_revoked(as_alice: Caller, anonymous: Caller) -> None:
    with time_machine.travel(MONDAY, tick=False):
        as_alice = Caller(as_alice.user)
        as_alice.post(ADDRESS)
        seen = as_alice.get(ADDRESS)["ETag"]
    as_alice = Caller(as_alice.user)
    token = token_of(as_alice.post(ADDRESS))
    response = as_alice.delete(ADDRESS, headers={"If-Match": seen})
    changed = "This has changed since you saw it. Read it again."
    assert response.status_code == 412
    assert response.json() == problem(412, "precondition_failed", "Precondition Failed", changed)
    assert opens(token, anonymous)
    again = as_alice.delete(ADDRESS, headers={"If-Match": as_alice.get(ADDRESS)["ETag"]})
    assert (again.status_code, SecretLink.objects.count()) == (204, 0)


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_nobody_has_a_link(anonymous: Caller, method: str) -> None:
    response = getattr(anonymous, method)(ADDRESS)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert not SecretLink.objects.exists()


def test_a_link_goes_with_the_account(as_alice: Caller, anonymous: Caller, alice: User) -> None:
    token = token_of(as_alice.post(ADDRESS))
    alice.delete()
    assert not opens(token, anonymous)
    assert not SecretLink.objects.exists()
