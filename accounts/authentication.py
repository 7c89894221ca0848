"""Who asks: the Bearer token of a request, believed only while its sign-in lives."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.api.tokens import Claims, bearer
from studytrack.compiled import Compiled


@Compiled
def living(sign_in: UUID, user_id: int) -> QuerySet[SignIn]:
    """The sign-in, if it lives and the account is active, with the user."""
    mine = SignIn.objects.filter(pk=sign_in, user_id=user_id, user__is_active=True)
    return mine.select_related("user").order_by()


class TokenRefused(AuthenticationFailed):
    """401: the token proves nothing, whatever the reason."""

    default_detail = "This token is not valid, or no longer."


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access>`; anything else in that header is 401, whatever else the request brings."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        if not request.META.get("HTTP_AUTHORIZATION"):
            return None
        claims = bearer(request._request)
        if claims is None:
            raise TokenRefused
        return self.user(claims), claims

    def user(self, claims: Claims) -> User:
        sign_in = living(claims.sign_in, claims.user_id).first()
        if sign_in is None:
            raise TokenRefused
        return sign_in.user

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
