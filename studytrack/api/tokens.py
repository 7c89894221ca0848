"""What a token says, how it is signed, and the one way to believe one."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

SIGN_IN_CLAIM = "sign_in"
LONGEST_TOKEN = 1024
LARGEST_ID = 2**63 - 1
OUR_HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
"""`{"alg":"HS256","typ":"JWT"}`, letter by letter: nothing that a header could ask for is ever looked at."""
LAST_OF_A_SIGNATURE = frozenset("AEIMQUYcgkosw048")
"""How 32 bytes in base64 can end: a decoder ignores the spare bits, so four spellings would pass for one."""
CLAIM_TYPES = {"token_type": str, "user_id": int, SIGN_IN_CLAIM: str, "jti": str, "exp": int, "iat": int}


class InvalidToken(Exception):
    """The token is not one of ours, or not of this kind, or its time is over."""


class ExpiredToken(InvalidToken):
    """The token was one of ours, and its time is over."""


class TwoKeyBackend(TokenBackend):
    """Signs with one key and also believes the previous one, so that changing it signs nobody out."""

    def __init__(self, signing_key: str, previous_key: str | None = None) -> None:
        super().__init__("HS256", signing_key)
        self.previous = TokenBackend("HS256", previous_key) if previous_key else None

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            return super().decode(token, verify)
        except TokenBackendExpiredToken:
            raise
        except TokenBackendError:
            if self.previous is None:
                raise
            return self.previous.decode(token, verify)


backend = TwoKeyBackend(settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_SIGNING_KEY)


class SignedByUs:
    """A token of SimpleJWT's, signed with our keys."""

    def get_token_backend(self) -> TokenBackend:
        return backend


class AccessToken(SignedByUs, tokens.AccessToken):
    """For `Authorization: Bearer`, for half an hour."""


class RefreshToken(SignedByUs, tokens.RefreshToken):  # type: ignore[misc]  # so it is in SimpleJWT itself
    """For one exchange against new tokens, within a week."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a believed token says."""

    user_id: int
    sign_in: UUID
    token_id: str
    expires_at: int


def issue(user_id: int, sign_in: UUID, token_id: str, *, now: datetime, expires_at: datetime) -> dict[str, str]:
    """`{access, refresh}` of a sign-in; `token_id` is the refresh token's, `expires_at` its end."""
    access, refresh = AccessToken(), RefreshToken()
    access.set_exp(from_time=now, lifetime=min(settings.ACCESS_TOKEN_LIFETIME, expires_at - now))
    refresh.set_exp(from_time=expires_at, lifetime=timedelta(0))
    refresh["jti"] = token_id
    for token in (access, refresh):
        token.set_iat(at_time=now)
        token["user_id"], token[SIGN_IN_CLAIM] = user_id, sign_in.hex
    return {"access": str(access), "refresh": str(refresh)}


def believe(token: str, token_type: str) -> Claims:
    """The claims of an `access` or `refresh` token; raises InvalidToken for whatever is not exactly one."""
    if len(token) > LONGEST_TOKEN or not token.startswith(OUR_HEADER) or token[-1] not in LAST_OF_A_SIGNATURE:
        raise InvalidToken
    claims = _verified(token, token_type, backend)
    if claims.expires_at <= time.time():
        raise ExpiredToken
    return claims


@lru_cache(maxsize=4096)
def _verified(token: str, token_type: str, by: TwoKeyBackend) -> Claims:
    """What a token says; its signature is verified once while it is in use, its time each time."""
    try:
        return _claims(by.decode(token), token_type)
    except TokenBackendExpiredToken as error:
        raise ExpiredToken from error
    except (TokenBackendError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidToken from error


def bearer(request: Any) -> Claims | None:
    """The claims of the access token that a request brings, if it can be believed; judged once for all who ask."""
    if not hasattr(request, "claims"):
        request.claims = None
        match request.META.get("HTTP_AUTHORIZATION", "").split():
            case [scheme, token] if scheme.lower() == "bearer":
                with suppress(InvalidToken):
                    request.claims = believe(token, "access")
    return request.claims


def _claims(payload: dict[str, Any], token_type: str) -> Claims:
    if {name: type(value) for name, value in payload.items()} != CLAIM_TYPES:
        raise ValueError("not those there should be, or not of their types")
    if payload["token_type"] != token_type or not 0 < payload["user_id"] <= LARGEST_ID:
        raise ValueError("of the other kind, or nobody's")
    datetime.fromtimestamp(payload["exp"], UTC)  # OverflowError or ValueError for what no calendar holds
    return Claims(payload["user_id"], UUID(hex=payload[SIGN_IN_CLAIM]), payload["jti"], payload["exp"])
