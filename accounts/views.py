"""The endpoints of accounts: registering, signing in and out, and one's own account."""

from typing import Any

from django.contrib.auth import authenticate, update_session_auth_hash
from django.db import transaction
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sign_ins
from accounts.authentication import BearerAuthentication
from accounts.models import User
from accounts.serializers import (
    AccountDeletionSerializer,
    LoginSerializer,
    PasswordChangeSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    UserSerializer,
)
from studytrack.api.tokens import Claims, ExpiredToken, InvalidToken, believe

NOT_STORED = {"Cache-Control": "no-store"}


class OpenView(generics.GenericAPIView):
    """An endpoint for those who are not signed in; credentials that come along are not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        return BearerAuthentication().authenticate_header(request)

    def read(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class RegisterView(OpenView, generics.CreateAPIView):
    """Open an account. Then sign in at `POST /auth/login`."""

    serializer_class = RegistrationSerializer


class LoginView(OpenView):
    """Sign in with your name or your e-mail address.

    Returns an access token for 30 minutes and a refresh token for 7 days. The answer to a wrong name, a wrong
    password and an account that is not active is one and the same 401.
    """

    serializer_class = LoginSerializer

    def post(self, request: Request) -> Response:
        user = authenticate(request._request, **self.read(request))
        if not isinstance(user, User):
            raise AuthenticationFailed("No active account has this name and password.")
        return Response(sign_ins.begin(user, timezone.now()), headers=NOT_STORED)


class RefreshView(OpenView):
    """Change a refresh token, once, for new tokens.

    Using a refresh token a second time is 401 and ends the sign-in that it came from. A sign-in ends after 30 days.
    """

    serializer_class = RefreshSerializer

    def post(self, request: Request) -> Response:
        try:
            claims = believe(self.read(request)["refresh"], "refresh")
        except InvalidToken:
            raise self.refusal() from None
        tokens = sign_ins.refresh(claims, timezone.now())
        if tokens is None:
            raise self.refusal()
        return Response(tokens, headers=NOT_STORED)

    def refusal(self) -> AuthenticationFailed:
        return AuthenticationFailed("This refresh token is not valid, or no longer.")


class LogoutView(OpenView):
    """End the sign-in that a refresh token belongs to, its access tokens too, at once. No Bearer token is needed."""

    serializer_class = RefreshSerializer

    def post(self, request: Request) -> Response:
        try:
            sign_ins.end(believe(self.read(request)["refresh"], "refresh"))
        except ExpiredToken:
            pass
        except InvalidToken:
            raise ValidationError({"refresh": ["This is not a refresh token."]}, code="invalid") from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllView(generics.GenericAPIView):
    """End every sign-in of yours, this one too."""

    serializer_class = None

    def post(self, request: Request) -> Response:
        sign_ins.end_all(self.request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordView(generics.GenericAPIView):
    """Change your password; every other sign-in of yours ends at once."""

    serializer_class = PasswordChangeSerializer

    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user: Any = request.user
        with transaction.atomic():
            user.set_password(serializer.validated_data["new_password"])
            user.save(update_fields=["password"])
            sign_ins.end_all(user, but=request.auth if isinstance(request.auth, Claims) else None)
        if request.auth is None:
            update_session_auth_hash(request._request, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(generics.RetrieveUpdateDestroyAPIView):
    """Your account: see it, change its settings, or delete it with everything that belongs to it.

    Changing the e-mail address needs `current_password`, deleting the account `password`.
    """

    serializer_class = UserSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_object(self) -> Any:
        return self.request.user

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = AccountDeletionSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        request.user.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
