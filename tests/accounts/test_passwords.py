"""What a password must have, and that it is kept as exactly what was typed (contract 2)."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from studytrack.settings import base
from tests.conftest import Caller, refusals
from tests.factories import PASSWORD

pytestmark = pytest.mark.everywhere

EMOJI = "\N{HATCHING CHICK}"


def register(caller: Caller, password: str) -> Any:
    return caller.post("/auth/register", {"username": "alice", "email": "alice@example.org", "password": password})


def login_status(caller: Caller, password: str) -> int:
    return caller.post("/auth/login", {"username": "alice", "password": password}).status_code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("horse 1", "min_length"),
        (f"{EMOJI * 5}a1", "min_length"),
        (f"horse 1{'-' * 122}", "max_length"),
        ("correct horse", "letters_and_digits"),
        ("8642-0975-31", "letters_and_digits"),
        (EMOJI * 8, "letters_and_digits"),
        ("password123", "password_too_common"),
        ("PassWord123", "password_too_common"),
        ("alice2026", "password_too_similar"),
        ("4ALICE42", "password_too_similar"),
        ("1example.org", "password_too_similar"),
    ],
)
def test_a_weak_password_is_refused(anonymous: Caller, password: str, code: str) -> None:
    response = register(anonymous, password)
    assert refusals(response) == [("password", code)]
    assert not User.objects.exists()


def test_every_rule_that_is_broken_is_told(anonymous: Caller) -> None:
    response = register(anonymous, "alice")
    codes = ["min_length", "letters_and_digits", "password_too_common", "password_too_similar"]
    assert refusals(response) == [("password", code) for code in codes]


@pytest.mark.parametrize(
    "password",
    [
        "horse 17",
        f"horse 1{'-' * 121}",
        f"{EMOJI * 6}a1",
        f"{EMOJI * 126}a1",
        "лошадь 42",
        "馬馬馬馬馬馬馬٤",
        "correct\thorse\n1",
    ],
)
def test_a_good_password_signs_in(anonymous: Caller, password: str) -> None:
    assert register(anonymous, password).status_code == 201
    assert login_status(anonymous, password) == 200


def test_spaces_around_a_password_belong_to_it(anonymous: Caller) -> None:
    """A text field trims, so that every one of these would be the same password."""
    assert register(anonymous, "  correct horse 1 ").status_code == 201
    tried = ["  correct horse 1 ", "correct horse 1", " correct horse 1 ", "  correct horse 1 \n"]
    assert [login_status(anonymous, password) for password in tried] == [200, 401, 401, 401]


def test_the_last_character_of_a_long_password_matters(anonymous: Caller) -> None:
    """What bcrypt alone reads are 72 bytes: eighteen of these characters."""
    assert register(anonymous, f"{EMOJI * 64}a1").status_code == 201
    assert login_status(anonymous, f"{EMOJI * 64}a1") == 200
    assert login_status(anonymous, f"{EMOJI * 64}a2") == 401


def test_two_spellings_of_a_character_are_two_passwords(anonymous: Caller) -> None:
    assert register(anonymous, "\N{LATIN SMALL LETTER E WITH ACUTE}tude 2026").status_code == 201
    assert login_status(anonymous, "e\N{COMBINING ACUTE ACCENT}tude 2026") == 401


def test_a_password_is_hashed_with_bcrypt_over_sha256(settings: Any) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("bcrypt_sha256$$2b$12$")
