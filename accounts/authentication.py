"""Who asks: the Bearer token of a request, believed only while its sign-in lives."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from studytrack.api.tokens import Claims, bearer
from studytrack.compiled import Compiled


@Compiled
def signed_in(user_id: int, sign_in: UUID) -> QuerySet[User]:
    """The user, if the account is active and that sign-in of it lives."""
    return User.objects.filter(pk=user_id, is_active=True, sign_ins=sign_in).order_by()


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
        user = signed_in(claims.user_id, claims.sign_in).first()
        if user is None:
            raise TokenRefused
        return user

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
