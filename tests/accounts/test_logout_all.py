"""POST /auth/logout-all (contract 2)."""

from typing import Any

import pytest

from accounts.models import SignIn, User
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


def test_the_browsers_session_that_asks_is_over_too(alice: User) -> None:
    browser, phone = Caller(), Caller(alice)
    browser.force_login(alice)
    assert browser.post("/auth/logout-all").status_code == 204
    assert (browser.get("/auth/me").status_code, phone.get("/auth/me").status_code) == (401, 401)


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
    with django_assert_num_queries(5):  # who asks; the sign-ins; BEGIN, their end, COMMIT
        assert as_alice.post("/auth/logout-all").status_code == 204
