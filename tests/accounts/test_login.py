"""POST /auth/login (contract 2)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import sign_ins
from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.settings import base
from tests.conftest import Caller, bearing, blamed, problem
from tests.factories import PASSWORD, make_user
from tests.hashers import FewRoundsBCryptSHA256PasswordHasher

pytestmark = pytest.mark.everywhere

REFUSED = problem(401, "authentication_failed", "Unauthorized", "No active account has this name and password.")


def login(caller: Caller, username: Any = "alice", password: Any = PASSWORD) -> Any:
    """With the body as ASCII, so that it can hold what no UTF-8 can."""
    body = json.dumps({"username": username, "password": password})
    return caller.post("/auth/login", body, content_type="application/json")


def test_signing_in_gives_tokens(anonymous: Caller, alice: User, django_assert_num_queries: Any) -> None:
    noting, beginning = 4, 5  # BEGIN, the user locked, the network, COMMIT; last login, sign-ins over, the new one
    with django_assert_num_queries(1 + noting + beginning):  # the user, and whether the network is known
        response = login(anonymous)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json().keys() == {"access", "refresh"}
    assert bearing(response.json()["access"]).get("/auth/me").json()["username"] == "alice"
    assert SignIn.objects.get().user == User.objects.exclude(last_login=None).get()


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", "Alice@EXAMPLE.org", " alice "])
def test_the_name_or_the_address_signs_in_without_regard_to_case(anonymous: Caller, alice: User, name: str) -> None:
    assert login(anonymous, name).status_code == 200


WIDE = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(ord("!"), ord("~") + 1))}


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org"])
def test_letters_are_the_same_however_a_keyboard_writes_them(anonymous: Caller, alice: User, name: str) -> None:
    """An input method for Chinese or Japanese gives full-width letters: Unicode has them be the same by NFKC."""
    assert login(anonymous, name.translate(WIDE)).status_code == 200


@pytest.mark.parametrize("capitals", [True, False])
def test_a_name_with_capitals_signs_in_too(anonymous: Caller, db: None, capitals: bool) -> None:
    User.objects.create_user("Alice", "Alice@Example.org", PASSWORD)
    names = ["ALICE", "ALICE@EXAMPLE.ORG"] if capitals else ["alice", "alice@example.org"]
    assert [login(anonymous, name).status_code for name in names] == [200, 200]


def count_hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is hashed from now on."""
    encode, hashed = FewRoundsBCryptSHA256PasswordHasher.encode, []

    def counted(self: Any, password: str, salt: Any) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(FewRoundsBCryptSHA256PasswordHasher, "encode", counted)
    return hashed


def inactive() -> None:
    make_user("alice", is_active=False)


def passwordless() -> None:
    User.objects.create_user("alice", "alice@example.org")


@pytest.mark.parametrize(
    ("exists", "name", "password"),
    [
        (lambda: make_user("charlie"), "alice", PASSWORD),
        (lambda: make_user("charlie"), "alice@example.org", PASSWORD),
        (lambda: make_user("alice"), "alice", "correct horse 2"),
        (lambda: make_user("alice"), "alice@example.org", "Correct horse 1"),
        (inactive, "alice", PASSWORD),
        (passwordless, "alice", PASSWORD),
    ],
    ids=["unknown name", "unknown address", "wrong", "wrong, by address", "inactive", "passwordless"],
)
def test_whatever_is_wrong_the_answer_is_the_same_after_the_same_work(
    anonymous: Caller, exists: Any, name: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking the database first and hashing only for those who are found tells by the time who has an account."""
    exists()
    hashed = count_hashing(monkeypatch)
    response = login(anonymous, name, password)
    assert (response.status_code, response.json()) == (401, REFUSED)
    assert response["WWW-Authenticate"] == "Bearer"
    assert len(hashed) == 1
    assert not SignIn.objects.exists()


def test_bad_credentials_that_come_along_are_not_looked_at(alice: User) -> None:
    assert login(bearing("nonsense")).status_code == 200


@pytest.mark.parametrize("value", [None, True, [], {}, "", "ali\0ce", "ali\ud800ce", "a" * 4097])
@pytest.mark.parametrize("field", ["username", "password"])
def test_what_is_no_text_is_named(anonymous: Caller, alice: User, field: str, value: Any) -> None:
    response = login(anonymous, **{field: value})
    assert blamed(response) == {field}


def test_a_hash_of_an_older_kind_becomes_one_of_todays(anonymous: Caller, alice: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, base.PASSWORD_HASHERS[1]]
    User.objects.update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert login(anonymous).status_code == 200
    assert User.objects.get().password.startswith("bcrypt_sha256$")


def test_a_password_that_changed_since_it_was_checked_begins_nothing(alice: User) -> None:
    """Without looking again, who knows only the old password would be signed in for 30 days."""
    checked = User.objects.get()
    alice.set_password("correct horse 2")
    alice.save()
    with pytest.raises(User.DoesNotExist):
        sign_ins.begin(checked, timezone.now())
    assert not SignIn.objects.exists()


def test_signing_in_clears_away_the_sign_ins_that_are_over(anonymous: Caller, alice: User, charlie: User) -> None:
    now = timezone.now()
    for user in (alice, charlie):
        sign_ins.begin(user, now - timedelta(days=7))
    alive = sign_ins.begin(alice, now - timedelta(days=6))
    assert login(anonymous).status_code == 200
    assert (alice.sign_ins.count(), charlie.sign_ins.count()) == (2, 1)
    assert Caller().post("/auth/refresh", {"refresh": alive["refresh"]}).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_signing_in_asks_no_more_after_many_sign_ins(
    anonymous: Caller, alice: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        sign_ins.begin(alice, timezone.now())
    with django_assert_num_queries(10):
        login(anonymous)
