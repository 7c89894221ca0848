"""POST /auth/logout-all (contract 2)."""

from typing import Any

import pytest

from accounts.browser_sessions import BrowserSession
from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.conftest import BAD_TOKEN, NOT_AUTHENTICATED, Caller

pytestmark = pytest.mark.everywhere


def test_every_sign_in_of_the_user_is_over(as_alice: Caller, alice: User, as_charlie: Caller) -> None:
    elsewhere = Caller(alice)
    response = as_alice.post("/auth/logout-all")
    assert (response.status_code, response.content) == (204, b"")
    for caller in (as_alice, elsewhere):
        assert caller.get("/auth/me").json() == BAD_TOKEN
        assert caller.post("/auth/refresh", {"refresh": caller.tokens["refresh"]}).status_code == 401
    assert as_charlie.get("/auth/me").status_code == 200
    assert not alice.sign_ins.exists()


def in_a_browser(user: User) -> Caller:
    browser = Caller()
    browser.force_login(user)
    return browser


@pytest.mark.parametrize("who", ["browser", "phone"])
def test_browsers_are_signed_out_wherever_they_are(alice: User, charlie: User, who: str) -> None:
    """Django's sessions do not say whose they are: only the one that asks could be ended."""
    everywhere = {"browser": in_a_browser(alice), "another": in_a_browser(alice), "phone": Caller(alice)}
    strangers = in_a_browser(charlie)
    assert [caller.get("/auth/me").status_code for caller in everywhere.values()] == [200, 200, 200]
    assert everywhere[who].post("/auth/logout-all").status_code == 204
    assert [caller.get("/auth/me").status_code for caller in everywhere.values()] == [401, 401, 401]
    assert strangers.get("/auth/me").status_code == 200
    assert BrowserSession.objects.get().user == charlie


def test_nobody_ends_nothing(anonymous: Caller, as_alice: Caller) -> None:
    response = anonymous.post("/auth/logout-all")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_no_more_for_many_sign_ins(
    as_alice: Caller, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        Caller(alice)
    with django_assert_num_queries(6):  # who asks; BEGIN, the sign-ins, their end, that of browsers' sessions, COMMIT
        assert as_alice.post("/auth/logout-all").status_code == 204
