"""Failures are counted for each account across addresses, and lock no owner out (contract 2)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import guesses
from accounts.models import User
from accounts.sign_in_rows import KnownNetwork
from studytrack.settings.base import IN_PROCESS_CACHE
from tests.accounts.test_login import REFUSED, count_hashing, inactive, passwordless
from tests.conftest import Caller, invalid
from tests.factories import PASSWORD, make_user
from tests.threads import at_once

pytestmark = pytest.mark.everywhere

HOME, ANOTHER_ROOM, ABROAD = "198.51.100.7", "198.51.100.99", "203.0.113.5"
LIMIT = 5
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five failures an hour, so that tests need not make a hundred."""
    monkeypatch.setattr(guesses, "FAILURES_AN_HOUR", LIMIT)


def forget_counts() -> None:
    for name in ("default", "in_process"):
        caches[name].clear()


def login(password: str = PASSWORD, *, name: str = "alice", address: str = ABROAD) -> Any:
    body = {"username": name, "password": password}
    return Caller().post("/auth/login", body, REMOTE_ADDR=address)


def guess(times: int, **where: Any) -> None:
    for number in range(times):
        response = login(f"guess {number}", **where)
        assert (response.status_code, response.json()) == (401, REFUSED)


def bots(count: int) -> Iterator[str]:
    """So many addresses, each in a network of its own."""
    return (f"192.0.{number}.1" for number in range(count))


def test_from_however_many_addresses_so_many_are_evaluated_and_no_more(alice: User) -> None:
    """A limit for each address is none for who has many: a thousand bots have ten thousand guesses a minute."""
    for address in bots(LIMIT - 1):
        guess(1, address=address)
    assert login(address="192.0.100.1").status_code == 200
    alice.known_networks.all().delete()
    guess(1, address="192.0.101.1")
    response = login(address="192.0.102.1")
    assert (response.status_code, response.json()) == (401, REFUSED)


def test_the_name_and_the_address_are_one_account(alice: User) -> None:
    guess(LIMIT - 1)
    guess(1, name="ALICE@example.org")
    assert login().status_code == 401
    assert login(name="alice@example.org").status_code == 401


def test_the_owner_is_not_locked_out_where_they_have_signed_in_before(alice: User) -> None:
    """A count of the account alone lets anybody keep its owner out, for a hundred requests an hour."""
    assert login(address=HOME).status_code == 200
    for address in bots(4 * LIMIT):
        guess(1, address=address)
    assert login(address=ABROAD).status_code == 401
    assert [login(address=address).status_code for address in (HOME, ANOTHER_ROOM)] == [200, 200]


def test_who_is_signed_in_stays_so_while_others_guess(as_alice: Caller) -> None:
    guess(2 * LIMIT)
    assert as_alice.get("/auth/me").status_code == 200
    assert as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).status_code == 200


def test_a_known_network_has_its_own_budget_and_no_more(alice: User) -> None:
    assert login(address=HOME).status_code == 200
    guess(LIMIT, address=ANOTHER_ROOM)
    assert login(address=HOME).status_code == 401
    assert login(address=ABROAD).status_code == 200


def test_another_account_has_another_budget(alice: User, charlie: User) -> None:
    guess(2 * LIMIT)
    assert login(name="charlie").status_code == 200


def test_what_succeeds_is_no_failure(alice: User) -> None:
    assert [login(address=address).status_code for address in bots(2 * LIMIT)] == [200] * (2 * LIMIT)
    guess(LIMIT - 1)
    assert login(address=ABROAD).status_code == 200


def test_parallel_guesses_are_counted_before_they_are_looked_at(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the count first, and counting afterwards, lets as many through as come at once."""
    checked: list[str] = []
    check = User.check_password

    def counted(user: User, password: str) -> bool:
        checked.append(password)
        return check(user, password)

    monkeypatch.setattr(User, "check_password", counted)
    at_once(*(partial(guess, 1, address=address) for address in bots(3 * LIMIT)))
    assert len(checked) == LIMIT


@pytest.mark.parametrize("page", ["/admin/login/", "/auth/session/login"])
def test_a_login_form_is_no_way_around(operator: User, page: str) -> None:
    guess(LIMIT, name="operator")
    form = {"username": "operator", "password": PASSWORD}
    assert Client().post(page, form, REMOTE_ADDR=ABROAD).status_code == 200
    forget_counts()
    assert Client().post(page, form, REMOTE_ADDR=ABROAD).status_code == 302


@pytest.mark.parametrize(
    ("request_of", "field"),
    [
        (lambda c, p: c.delete("/auth/me", {"password": p}), "password"),
        (lambda c, p: c.patch("/auth/me", {"email": "new@example.org", "current_password": p}), "current_password"),
        (
            lambda c, p: c.post("/auth/password", {"current_password": p, "new_password": "battery staple 2"}),
            "current_password",
        ),
    ],
    ids=["deletion", "address", "password"],
)
def test_a_stolen_token_guesses_no_more_either(as_alice: Caller, request_of: Any, field: str) -> None:
    wrong = invalid(field, "wrong_password", "This is not your password.")
    for number in range(LIMIT):
        assert request_of(as_alice, f"guess {number}").json() == wrong
    response = request_of(as_alice, PASSWORD)
    assert (response.status_code, response.json()) == (400, wrong)
    assert User.objects.get().check_password(PASSWORD)
    assert login().status_code == 200


def test_an_hour_later_it_goes_on(alice: User, settings: Any) -> None:
    """Redis has a clock of its own: here is counted in this process."""
    settings.CACHES = settings.CACHES | {"default": IN_PROCESS_CACHE}
    with time_machine.travel(NOON, tick=False) as clock:
        guess(LIMIT)
        clock.shift(timedelta(minutes=59))
        assert login().status_code == 401
        clock.shift(timedelta(minutes=1, seconds=1))
        assert login().status_code == 200


def test_a_hundred_are_evaluated(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    guess(99)
    assert login().status_code == 200
    alice.known_networks.all().delete()
    guess(1)
    assert login().status_code == 401


@pytest.mark.parametrize("exhausted", [False, True])
def test_every_failure_runs_one_hash_and_the_same_statements(
    db: None, exhausted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is refused sooner, or asks for more, is told something by that."""
    seen = set()
    for exists in (lambda: None, lambda: make_user("alice"), inactive, passwordless):
        exists()
        if exhausted:
            guess(LIMIT)
        hashed = count_hashing(monkeypatch)
        with CaptureQueriesContext(connection) as captured:
            response = login("wrong 1")
        seen.add((len(hashed), tuple(query["sql"] for query in captured), response.content))
        monkeypatch.undo()
        monkeypatch.setattr(guesses, "FAILURES_AN_HOUR", LIMIT)
        User.objects.all().delete()
        forget_counts()
    ((hashes, statements, _),) = seen
    assert (hashes, len(statements)) == (1, 1)


def test_a_network_is_remembered_once_and_unreadably(alice: User) -> None:
    for address in (HOME, ANOTHER_ROOM, HOME, "2001:db8:1:2::3", "2001:db8:1:ffff::9"):
        assert login(address=address).status_code == 200
    assert alice.known_networks.count() == 2
    texts = "".join(KnownNetwork.objects.values_list("fingerprint", flat=True))
    assert not any(part in texts for part in ("198.51", "2001", "db8"))
