"""Who asks: the Bearer token of a request, believed only while its sign-in lives."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import SignIn, User
from studytrack.api.tokens import Claims, InvalidToken, believe


class TokenRefused(AuthenticationFailed):
    """401: the token proves nothing, whatever the reason."""

    default_detail = "This token is not valid, or no longer."


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access>`; anything else in that header is 401, whatever else the request brings."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        try:
            scheme, token = header.decode("ascii").split()
            if scheme.lower() != "bearer":
                raise InvalidToken
            claims = believe(token, "access")
        except (InvalidToken, ValueError):
            raise TokenRefused from None
        return self.user(claims), claims

    def user(self, claims: Claims) -> User:
        sign_in = (
            SignIn.objects.select_related("user")
            .filter(pk=claims.sign_in, user_id=claims.user_id, user__is_active=True)
            .first()
        )
        if sign_in is None:
            raise TokenRefused
        return sign_in.user

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
