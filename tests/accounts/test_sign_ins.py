"""Sign-ins: what ends with one, at once and on cached answers too; how long one lives (contract 2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import sign_ins
from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.api.tokens import Claims, InvalidToken
from tests.conftest import BAD_TOKEN, Caller
from tests.factories import PASSWORD, make_subject, make_user

pytestmark = pytest.mark.everywhere

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def claims_of(sign_in: SignIn) -> Claims:
    return Claims(sign_in.user_id, sign_in.pk, sign_in.token_id, int(sign_in.expires_at.timestamp()))


def logout(caller: Caller) -> None:
    assert caller.post("/auth/logout", {"refresh": caller.tokens["refresh"]}).status_code == 204


def logout_all(caller: Caller) -> None:
    assert Caller(caller.user).post("/auth/logout-all").status_code == 204


def reuse_a_token(caller: Caller) -> None:
    statuses = [caller.post("/auth/refresh", {"refresh": caller.tokens["refresh"]}).status_code for _ in range(2)]
    assert statuses == [200, 401]


def change_the_password_elsewhere(caller: Caller) -> None:
    body = {"current_password": PASSWORD, "new_password": "battery staple 2"}
    assert Caller(caller.user).post("/auth/password", body).status_code == 204


def deactivate(caller: Caller) -> None:
    user = User.objects.get()
    user.is_active = False
    user.save(update_fields=["is_active"])


def deactivate_in_bulk(caller: Caller) -> None:
    User.objects.filter(username="alice").update(is_active=False)


def set_a_password_in_a_shell(caller: Caller) -> None:
    user = User.objects.get()
    user.set_password("battery staple 2")
    user.save()


def end_as_an_operator_does(caller: Caller) -> None:
    SignIn.objects.get().delete()


@pytest.mark.parametrize(
    "end",
    [
        logout,
        logout_all,
        reuse_a_token,
        change_the_password_elsewhere,
        deactivate,
        deactivate_in_bulk,
        set_a_password_in_a_shell,
        end_as_an_operator_does,
    ],
)
def test_an_access_token_ends_with_its_sign_in_on_cached_answers_too(
    as_alice: Caller, alice: User, end: Any, django_assert_num_queries: Any
) -> None:
    """Without asking for the sign-in, an access token would go on for its 30 minutes."""
    make_subject(alice)
    answer = as_alice.get("/subjects").json()
    with django_assert_num_queries(0):
        assert as_alice.get("/subjects").json() == answer
    end(as_alice)
    for path in ("/subjects", "/auth/me"):
        response = as_alice.get(path)
        assert (response.status_code, response.json()) == (401, BAD_TOKEN)


def test_another_sign_in_of_the_same_user_does_not_read_what_was_cached_for_an_ended_one(
    as_alice: Caller, alice: User
) -> None:
    elsewhere = Caller(alice)
    for caller in (as_alice, elsewhere):
        assert caller.get("/subjects").status_code == 200
    logout(as_alice)
    assert elsewhere.get("/subjects").status_code == 200
    assert as_alice.get("/subjects").status_code == 401


def test_rotation_gives_seven_days_more_but_never_beyond_thirty(alice: User) -> None:
    sign_in = alice.sign_in(BEGUN)
    ends = [sign_in.expires_at]
    for day in (6, 12, 18, 22, 24, 29):
        sign_in.rotate(BEGUN + day * DAY)
        ends.append(sign_in.expires_at)
    assert [(end - BEGUN) / DAY for end in ends] == [7, 13, 19, 25, 29, 30, 30]
    assert SignIn.objects.get().expires_at == BEGUN + 30 * DAY


def test_each_rotation_makes_another_token(alice: User) -> None:
    sign_in = alice.sign_in(BEGUN)
    used = {sign_in.token_id}
    for _ in range(3):
        sign_in.rotate(BEGUN)
        used.add(sign_in.token_id)
    assert len(used) == 4
    assert SignIn.objects.get().token_id == sign_in.token_id


@pytest.mark.parametrize(("seconds", "goes_on"), [(-1, True), (0, False), (1, False)])
def test_a_sign_in_ends_on_the_second(alice: User, seconds: int, goes_on: bool) -> None:
    sign_in = alice.sign_in(BEGUN)
    now = BEGUN + 7 * DAY + timedelta(seconds=seconds)
    if goes_on:
        assert sign_ins.refresh(claims_of(sign_in), now).keys() == {"access", "refresh"}
    else:
        with pytest.raises(InvalidToken):
            sign_ins.refresh(claims_of(sign_in), now)
    assert SignIn.objects.exists() is goes_on


def test_ending_a_sign_in_needs_its_own_user(alice: User, charlie: User) -> None:
    sign_in = alice.sign_in(BEGUN)
    sign_ins.end(replace(claims_of(sign_in), user_id=charlie.pk))
    assert SignIn.objects.get() == sign_in


def test_a_sign_in_tells_operators_whose_it_is_and_nothing_of_its_token(alice: User) -> None:
    assert str(alice.sign_in(BEGUN)) == "alice since 2026-03-01 12:00 UTC"


def test_the_tokens_of_an_account_that_is_gone_are_not_those_of_one_with_its_id(as_alice: Caller, alice: User) -> None:
    """A token that names a user by id alone would be believed again; what names its sign-in is not."""
    browser = Caller()
    browser.force_login(alice)
    number = alice.pk
    assert as_alice.get("/subjects").status_code == 200
    alice.delete()
    heir = make_user("charlie", id=number)
    make_subject(heir, "Botany")
    assert Caller(heir).get("/subjects").json()["count"] == 1
    for path in ("/subjects", "/auth/me"):
        assert as_alice.get(path).json() == BAD_TOKEN
        assert browser.get(path).status_code == 401
    assert as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]}).status_code == 401
    assert heir.sign_ins.count() == 1
