"""DELETE /auth/me (contract 2)."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.utils.encoding import force_str

from accounts.browser_sessions import BrowserSession
from accounts.models import User
from tests.conftest import BAD_TOKEN, NOT_AUTHENTICATED, Caller, blamed, invalid
from tests.factories import PASSWORD, make_sessions, make_subject

pytestmark = pytest.mark.everywhere

NOT_A_USERS = {"auth.Permission", "contenttypes.ContentType"}


def delete(caller: Caller, **body: Any) -> Any:
    return caller.delete("/auth/me", body or {"password": PASSWORD})


def rows() -> dict[str, int]:
    """How many rows there are of each model that has any."""
    counts = {
        model._meta.label: model._default_manager.count() for model in apps.get_models(include_auto_created=True)
    }
    return {label: count for label, count in counts.items() if count and label not in NOT_A_USERS}


def cached_keys(user: User) -> list[str]:
    """The user's keys in the cache, which is Redis or this process."""
    store: Any = cache
    keys = store.client.get_client().keys() if hasattr(store, "client") else store._cache
    return [key for key in map(force_str, keys) if key.startswith(f"user:{user.pk}:")]


def study(caller: Caller, user: User) -> None:
    """Leave something in every table and in the cache."""
    caller.post("/subjects", {"name": "Algebra"}, HTTP_IDEMPOTENCY_KEY="key")
    make_sessions(user.subjects.get(), 3)
    for path in ("/subjects", "/sessions", f"/subjects/{user.subjects.get().pk}"):
        assert caller.get(path).status_code == 200


def test_nothing_is_left_in_any_table_nor_in_the_cache(as_alice: Caller, alice: User) -> None:
    study(as_alice, alice)
    Caller(alice)
    assert len(cached_keys(alice)) >= 5  # the stamp, the sign-in, three answers, and in Redis a list of their keys
    response = delete(as_alice)
    assert (response.status_code, response.content) == (204, b"")
    assert rows() == {}
    assert cached_keys(alice) == []


def test_what_is_a_strangers_stays(as_alice: Caller, alice: User, as_charlie: Caller, charlie: User) -> None:
    study(as_charlie, charlie)
    before = rows()
    study(as_alice, alice)
    assert delete(as_alice).status_code == 204
    assert rows() == before | {"accounts.User": 1, "accounts.StudyGoal": 1, "accounts.SignIn": 1}
    assert as_charlie.get("/subjects").json()["count"] == 1


def test_the_tokens_of_a_deleted_account_are_dead(as_alice: Caller, alice: User) -> None:
    study(as_alice, alice)
    delete(as_alice)
    for path in ("/auth/me", "/subjects"):
        response = as_alice.get(path)
        assert (response.status_code, response.json()) == (401, BAD_TOKEN)
    assert delete(as_alice).status_code == 401
    assert as_alice.post("/auth/login", {"username": "alice", "password": PASSWORD}).status_code == 401


def test_the_name_and_the_address_are_free_again(as_alice: Caller, anonymous: Caller) -> None:
    delete(as_alice)
    body = {"username": "alice", "email": "alice@example.org", "password": PASSWORD}
    assert anonymous.post("/auth/register", body).status_code == 201


def test_a_browser_that_deletes_it_is_signed_out(alice: User) -> None:
    browser = Caller()
    browser.force_login(alice)
    assert delete(browser).status_code == 204
    assert not BrowserSession.objects.exists()


@pytest.mark.parametrize("password", ["correct horse 2", f"{PASSWORD} ", PASSWORD.upper()])
def test_a_wrong_password_deletes_nothing(as_alice: Caller, password: str) -> None:
    response = delete(as_alice, password=password)
    assert response.status_code == 400
    assert response.json() == invalid("password", "wrong_password", "This is not your password.")
    assert User.objects.exists()
    assert as_alice.get("/auth/me").status_code == 200


@pytest.mark.parametrize("body", ["{}", '{"password": null}', '{"password": []}', '{"password": "a\\u0000b"}'])
def test_a_body_without_a_password_deletes_nothing(as_alice: Caller, body: str) -> None:
    response = as_alice.delete("/auth/me", body, content_type="application/json")
    assert blamed(response) == {"password"}
    assert User.objects.exists()


def test_no_body_deletes_nothing(as_alice: Caller) -> None:
    assert blamed(as_alice.delete("/auth/me")) == {"password"}
    assert User.objects.exists()


def test_nobody_deletes_nothing(anonymous: Caller, alice: User) -> None:
    response = delete(anonymous)
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert User.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_no_more_for_an_account_with_much_in_it(
    as_alice: Caller, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    make_sessions(make_subject(alice), count)
    for _ in range(count):
        Caller(alice)
    ContentType.objects.get_for_model(User)  # which a process asks for once
    with django_assert_num_queries(18):  # who asks; BEGIN, the user, one for each of fourteen tables, COMMIT
        assert delete(as_alice).status_code == 204
