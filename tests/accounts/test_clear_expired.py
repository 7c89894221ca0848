"""`manage.py clear_expired`: what is over goes, what lives stays, and two at once do not meet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.browser_sessions import BrowserSession
from accounts.first_answers import FirstAnswer
from accounts.management.commands import clear_expired
from accounts.models import User
from accounts.sign_in_rows import KnownNetwork, SignIn
from tests.conftest import Caller
from tests.studytrack.conftest import is_kept
from tests.threads import alone, at_once

DAY = timedelta(days=1)
MODELS: list[Any] = [SignIn, BrowserSession, FirstAnswer, KnownNetwork]
NOTHING = "0 sign-ins deleted.\n0 browser sessions deleted.\n0 first answers deleted.\n0 known networks deleted.\n"


def leave(user: User, days_ago: int, name: str) -> None:
    """One of each, so old."""
    then = timezone.now() - days_ago * DAY
    user.sign_in(then)
    BrowserSession.objects.create(session_key=name, session_data="", user=user, expire_date=then + 14 * DAY)
    FirstAnswer.objects.create(user=user, key=name, created_at=then, fingerprint="", status=201, location="", body="")
    KnownNetwork.objects.create(user=user, fingerprint=name, seen_at=then)


def clear() -> str:
    output = StringIO()
    call_command("clear_expired", stdout=output)
    return output.getvalue()


def counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


@pytest.mark.everywhere
def test_what_is_over_goes_and_what_lives_stays(alice: User) -> None:
    leave(alice, 0, "new")
    leave(alice, 91, "old")
    assert clear().splitlines() == [line.replace("0 ", "1 ", 1) for line in NOTHING.splitlines()]
    assert counts() == [1, 1, 1, 1]
    assert (BrowserSession.objects.get().pk, KnownNetwork.objects.get().fingerprint) == ("new", "new")
    assert clear() == NOTHING


@pytest.mark.everywhere
def test_who_is_signed_in_stays_so(as_alice: Caller, alice: User) -> None:
    browser = Caller()
    browser.force_login(alice)
    clear()
    for caller in (as_alice, browser):
        assert caller.get("/auth/me").status_code == 200


@pytest.mark.everywhere
def test_what_is_kept_for_who_is_signed_in_stays_kept(as_alice: Caller, alice: User) -> None:
    """To forget an answer for each row takes seconds, in which whoever signs in waits for rows that are going."""
    leave(alice, 91, "old")
    assert as_alice.get("/subjects").status_code == 200
    clear()
    assert is_kept(as_alice, "/subjects")


def test_two_at_once_clear_it_together(alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each deletes what the other has not: none is told of twice."""
    monkeypatch.setattr(clear_expired, "ROWS_AT_ONCE", 7)
    for number in range(100):
        leave(alice, 91, str(number))
    said = at_once(clear, clear, lambda: refresh_meanwhile(charlie))
    deleted = [[int(line.split()[0]) for line in output.splitlines()] for output in said[:2]]
    assert [sum(both) for both in zip(*deleted, strict=True)] == [100, 100, 100, 100]
    assert counts() == [1, 0, 0, 0]


def refresh_meanwhile(user: User) -> None:
    caller = Caller(user)
    assert caller.post("/auth/refresh", {"refresh": caller.tokens["refresh"]}).status_code == 200


def test_what_somebody_has_under_a_lock_is_left_to_the_next_time(alice: User) -> None:
    """A plain DELETE waits for it; and two that come upon the rows in another order wait for each other."""
    leave(alice, 91, "old")
    with ThreadPoolExecutor() as pool, transaction.atomic():
        SignIn.objects.select_for_update().get()
        said = pool.submit(alone, clear).result(timeout=5)
    assert said == NOTHING.replace("0", "1").replace("1", "0", 1)
    assert clear() == NOTHING.replace("0", "1", 1)
