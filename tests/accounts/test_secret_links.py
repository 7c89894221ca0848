"""GET, POST, DELETE /auth/me/calendar and /auth/me/heatmap: secret links to what is one's own (contract 6)."""

import re
from typing import Any

import pytest
import time_machine
from django.apps import apps

from accounts.links import SecretLink, hashed
from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller, problem
from tests.factories import MONDAY

pytestmark = pytest.mark.everywhere

URL = re.compile(r"http://testserver/((?:calendar/[A-Za-z0-9_-]{43}\.ics)|(?:heatmap/[A-Za-z0-9_-]{43}\.svg))")


@pytest.fixture(params=["calendar", "heatmap"])
def purpose(request: Any) -> str:
    """Everything here is so of both links."""
    return str(request.param)


@pytest.fixture
def address(purpose: str) -> str:
    return f"/auth/me/{purpose}"


def link_of(response: Any) -> str:
    """The path of the address that is told."""
    assert response.status_code == 201, response.content
    assert response.json().keys() == {"url"}
    found = URL.fullmatch(response.json()["url"])
    assert found
    return f"/{found[1]}"


def token_in(link: str) -> str:
    return link.rpartition("/")[2].partition(".")[0]


def opens(link: str, caller: Caller) -> bool:
    response = caller.get(link)
    return (response.status_code, bool(response.getvalue())) == (200, True)


def test_a_link_is_told_once_and_opens_the_calendar(
    as_alice: Caller, anonymous: Caller, alice: User, address: str, purpose: str
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        response = Caller(alice).post(address)
    link = link_of(response)
    assert response["Cache-Control"] == "no-store"
    assert opens(link, anonymous)
    seen = as_alice.get(address)
    assert (seen.status_code, seen.json()) == (200, {"created_at": "2026-03-02T14:00:00Z"})
    assert list(alice.secret_links.values_list("purpose", "token_hash")) == [(purpose, hashed(token_in(link)))]


def test_the_token_is_kept_nowhere(as_alice: Caller, address: str) -> None:
    """The answers that are kept by idempotency keys would keep it."""
    link = link_of(as_alice.post(address, headers={"Idempotency-Key": "key"}))
    for model in apps.get_models():
        for row in model._default_manager.values():
            assert token_in(link) not in str(row), model


def test_a_second_link_replaces_the_first(as_alice: Caller, anonymous: Caller, alice: User, address: str) -> None:
    first, second = (link_of(as_alice.post(address)) for _ in range(2))
    assert [opens(first, anonymous), opens(second, anonymous)] == [False, True]
    assert alice.secret_links.count() == 1


def test_a_link_that_is_revoked_ends_at_once(as_alice: Caller, anonymous: Caller, address: str) -> None:
    link = link_of(as_alice.post(address))
    assert opens(link, anonymous)
    response = as_alice.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    gone = anonymous.get(link)
    assert (gone.status_code, gone.json()) == (404, NOT_FOUND)
    assert not SecretLink.objects.exists()


@pytest.mark.parametrize("method", ["get", "delete"])
def test_who_has_none_is_told_so(as_alice: Caller, as_charlie: Caller, method: str, address: str) -> None:
    as_charlie.post(address)
    response = getattr(as_alice, method)(address)
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert SecretLink.objects.count() == 1


def test_only_the_link_that_was_seen_is_revoked(as_alice: Caller, anonymous: Caller, address: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        as_alice = Caller(as_alice.user)
        as_alice.post(address)
        seen = as_alice.get(address)["ETag"]
    as_alice = Caller(as_alice.user)
    link = link_of(as_alice.post(address))
    response = as_alice.delete(address, headers={"If-Match": seen})
    changed = "This has changed since you saw it. Read it again."
    assert response.status_code == 412
    assert response.json() == problem(412, "precondition_failed", "Precondition Failed", changed)
    assert opens(link, anonymous)
    again = as_alice.delete(address, headers={"If-Match": as_alice.get(address)["ETag"]})
    assert (again.status_code, SecretLink.objects.count()) == (204, 0)


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_nobody_has_a_link(anonymous: Caller, method: str, address: str) -> None:
    response = getattr(anonymous, method)(address)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert not SecretLink.objects.exists()


def test_a_link_goes_with_the_account(as_alice: Caller, anonymous: Caller, alice: User, address: str) -> None:
    link = link_of(as_alice.post(address))
    alice.delete()
    assert not opens(link, anonymous)
    assert not SecretLink.objects.exists()
