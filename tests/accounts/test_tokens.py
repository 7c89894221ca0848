"""Tokens: what is not exactly one of ours is one and the same 401, and never a 500 (contract 2)."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from accounts import sign_ins
from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.api import tokens
from studytrack.api.tokens import TwoKeyBackend
from tests.conftest import BAD_TOKEN, NOT_AUTHENTICATED, Caller, bearing, problem
from tests.factories import make_user

pytestmark = pytest.mark.everywhere

BAD_REFRESH = problem(401, "authentication_failed", "Unauthorized", "This refresh token is not valid, or no longer.")
ANOTHER_KEY = "another-key-of-at-least-32-bytes-0123456789"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ABSENT = object()
NO_INTEGERS = [ABSENT, None, True, 1.5, float("inf"), float("nan"), "abc", "1", "\0", [1], {}]
IN_AN_HOUR = int(time.time()) + 3600
NO_TEXTS = [ABSENT, None, True, 1, 1.5, [1], {}]
ODD_CLAIMS: dict[str, list[Any]] = {
    "user_id": [*NO_INTEGERS, 0, -1, 2**63, 10**30],
    "sign_in": [*NO_TEXTS, "", "abc", "\0", "\ud800", "{}", "109e9474b69940dfa9e72cb400404e55"],
    "token_type": [*NO_TEXTS, "", "Access", "sliding"],
    "exp": [*NO_INTEGERS, 0, -1, 10**30, 10**300],
    "iat": [*NO_INTEGERS, IN_AN_HOUR, 10**30],
    "jti": NO_TEXTS,
    "nbf": [value for value in NO_INTEGERS if value is not ABSENT] + [IN_AN_HOUR, 10**30, 10**300],
}
FOREIGN_HEADERS: list[dict[str, Any]] = [
    {"kid": "1"},
    {"kid": "../../dev/null"},
    {"jku": "https://evil.example/keys"},
    {"jwk": {"kty": "oct", "k": "a2V5"}},
    {"x5u": "https://evil.example/certificate"},
    {"crit": ["exp"], "exp": 1},
    {"crit": []},
    {"zip": "DEF"},
    {"b64": False, "crit": ["b64"]},
    {"b64": True},
    {"typ": "at+jwt"},
    {"typ": None},
    {"cty": "JWT"},
    {"alg": "RS256"},
    {"alg": "none"},
    {"alg": "hs256"},
    {"alg": ["HS256"]},
    {"alg": None},
]
"""What a header may say beside or instead of ours, which nobody but a forger would write."""


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(payload: Any, key: Any = settings.JWT_SIGNING_KEY, algorithm: str = "HS256") -> str:
    """A token of whatever payload; PyJWT's own encode() would refuse the odd ones."""
    return jwt.api_jws.encode(json.dumps(payload).encode(), key, algorithm)


def with_header(header: dict[str, Any], payload: Any) -> str:
    """A token with this header, signed with our key as if it were one of ours."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    signature = hmac.digest(settings.JWT_SIGNING_KEY.encode(), b".".join(parts), hashlib.sha256)
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def respelled(token: str) -> list[str]:
    """Other texts that a decoder of base64 may read as the same signature."""
    start, last = token[:-1], ALPHABET.index(token[-1])
    spare_bits = [start + ALPHABET[last + bits] for bits in (1, 2, 3)]
    return [*spare_bits, f"{token}=", f"{token}====", f"{start}!!!!{token[-1]}"]


def assert_refused(token: str) -> None:
    """As an access token, where answers are cached and where not, and as a refresh token."""
    for path in ("/auth/me", "/subjects"):
        response = bearing(token).get(path)
        assert (response.status_code, response.json()) == (401, BAD_TOKEN)
        assert response["WWW-Authenticate"] == "Bearer"
    response = Caller().post("/auth/refresh", {"refresh": token})
    assert (response.status_code, response.json()) == (401, BAD_REFRESH)


def test_an_access_token_says_who_by_which_sign_in_and_until_when(as_alice: Caller, alice: User) -> None:
    claims = claims_of(as_alice.tokens["access"])
    assert claims.keys() == {"user_id", "sign_in", "token_type", "exp", "iat", "jti"}
    assert (claims["user_id"], claims["sign_in"]) == (alice.pk, SignIn.objects.get().pk.hex)
    assert (claims["token_type"], claims["exp"] - claims["iat"]) == ("access", 30 * 60)
    assert jwt.get_unverified_header(as_alice.tokens["access"]) == {"alg": "HS256", "typ": "JWT"}


def test_a_refresh_token_is_the_one_that_its_sign_in_knows(as_alice: Caller) -> None:
    claims, sign_in = claims_of(as_alice.tokens["refresh"]), SignIn.objects.get()
    assert (claims["sign_in"], claims["jti"]) == (sign_in.pk.hex, sign_in.token_id)
    assert (claims["token_type"], claims["exp"] - claims["iat"]) == ("refresh", 7 * 24 * 3600)


@pytest.mark.parametrize("claim", ODD_CLAIMS)
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_an_odd_claim_is_refused_though_it_is_signed(as_alice: Caller, kind: str, claim: str) -> None:
    """A token that is believed as soon as its signature is right leads to a 500 with most of these."""
    as_alice.get("/subjects")
    for value in ODD_CLAIMS[claim]:
        claims = claims_of(as_alice.tokens[kind]) | {claim: value}
        assert_refused(signed({name: value for name, value in claims.items() if value is not ABSENT}))
    assert as_alice.get("/subjects").status_code == 200


@pytest.mark.parametrize("header", FOREIGN_HEADERS, ids=str)
def test_a_header_that_is_not_ours_is_refused_though_it_is_signed(as_alice: Caller, header: dict[str, Any]) -> None:
    """A library that reads what a header brings can be sent for a key, or told to unpack; most only ignore it."""
    as_alice.get("/subjects")
    for kind in ("access", "refresh"):
        assert_refused(with_header({"alg": "HS256", "typ": "JWT"} | header, claims_of(as_alice.tokens[kind])))


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_true_is_not_user_1(db: None, kind: str) -> None:
    """In Python True == 1, and so it is for a lookup in the database."""
    tokens_of_1 = Caller(make_user("alice", id=1)).tokens
    assert_refused(signed(claims_of(tokens_of_1[kind]) | {"user_id": True}))


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_users_token_is_no_key_to_another_users_sign_in(as_alice: Caller, charlie: User, kind: str) -> None:
    assert_refused(signed(claims_of(as_alice.tokens[kind]) | {"user_id": charlie.pk}))


@pytest.mark.parametrize("payload", [[], None, 1, "alice", {}, {"a": {"b": {}}}, "x" * 2000], ids=ascii)
def test_a_payload_that_is_no_set_of_claims_is_refused(db: None, payload: Any) -> None:
    assert_refused(signed(payload))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ("", "none"),
        (settings.JWT_SIGNING_KEY, "HS384"),
        (settings.JWT_SIGNING_KEY, "HS512"),
        (ANOTHER_KEY, "HS256"),
        (settings.SECRET_KEY, "HS256"),
    ],
    ids=["unsigned", "HS384", "HS512", "another key", "the key of Django's own"],
)
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_only_our_key_and_algorithm_sign(as_alice: Caller, kind: str, key: str, algorithm: str) -> None:
    assert_refused(signed(claims_of(as_alice.tokens[kind]), key, algorithm))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_character_anywhere_is_refused(as_alice: Caller, part: int) -> None:
    parts = as_alice.tokens["access"].split(".")
    parts[part] = parts[part][:9] + ("A" if parts[part][9] != "A" else "B") + parts[part][10:]
    assert_refused(".".join(parts))


def test_a_signature_has_one_spelling(as_alice: Caller) -> None:
    """A decoder ignores the spare bits of the last character, and padding."""
    as_alice.get("/subjects")
    for token in respelled(as_alice.tokens["access"]):
        assert_refused(token)
    for token in respelled(as_alice.tokens["refresh"]):
        assert_refused(token)
    assert as_alice.get("/auth/me").status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer  ", "Bearer a b", "Basic YTpi", "Token x", "Bearer é", "Bearer a.b.c", "Bearer ..."]
)
def test_what_is_no_bearer_token_is_refused(as_alice: Caller, header: str) -> None:
    for path in ("/auth/me", "/subjects"):
        as_alice.credentials(HTTP_AUTHORIZATION=header)
        response = as_alice.get(path)
        assert (response.status_code, response.json()) == (401, BAD_TOKEN)


def test_the_scheme_is_read_without_regard_to_case(as_alice: Caller) -> None:
    as_alice.credentials(HTTP_AUTHORIZATION=f"bEARER {as_alice.tokens['access']}")
    assert as_alice.get("/auth/me").status_code == 200


def test_an_empty_header_is_no_credentials(anonymous: Caller) -> None:
    anonymous.credentials(HTTP_AUTHORIZATION="")
    assert anonymous.get("/auth/me").json() == NOT_AUTHENTICATED


def test_a_bad_token_is_not_made_good_by_a_browsers_session(alice: User) -> None:
    browser = bearing("nonsense")
    browser.force_login(alice)
    assert browser.get("/auth/me").json() == BAD_TOKEN


def test_while_the_key_is_replaced_tokens_of_both_are_good(as_alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "backend", TwoKeyBackend(ANOTHER_KEY, settings.JWT_SIGNING_KEY))
    assert as_alice.get("/auth/me").status_code == 200
    response = as_alice.post("/auth/refresh", {"refresh": as_alice.tokens["refresh"]})
    assert response.status_code == 200
    jwt.decode(response.json()["access"], ANOTHER_KEY, ["HS256"])
    assert bearing(response.json()["access"]).get("/auth/me").status_code == 200


def test_after_the_key_is_replaced_only_tokens_of_the_new_one_are_good(
    as_alice: Caller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "backend", TwoKeyBackend(ANOTHER_KEY))
    assert_refused(as_alice.tokens["access"])
    assert_refused(as_alice.tokens["refresh"])
    assert Caller(alice).get("/auth/me").status_code == 200


def test_a_token_of_the_previous_key_ends_when_it_says(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    old = sign_ins.begin(alice, timezone.now() - timedelta(days=8))
    monkeypatch.setattr(tokens, "backend", TwoKeyBackend(ANOTHER_KEY, settings.JWT_SIGNING_KEY))
    assert_refused(old["access"])
    assert_refused(old["refresh"])
