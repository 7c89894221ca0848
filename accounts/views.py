"""The endpoints of accounts: registering, signing in and out, and one's own account."""

from contextlib import suppress
from typing import Any

from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.db import transaction
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import schema, sign_ins
from accounts.authentication import BearerAuthentication, TokenRefused
from accounts.models import User
from accounts.serializers import (
    AccountDeletionSerializer,
    LoginSerializer,
    PasswordChangeSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    UserSerializer,
)
from studytrack.api.conditional import refuse_if_changed
from studytrack.api.security import Event, note
from studytrack.api.tokens import ExpiredToken, InvalidToken, believe

NOT_STORED = {"Cache-Control": "no-store"}


class ReadingView(generics.GenericAPIView):
    """An endpoint that is told something."""

    def read(self, user: User | None = None) -> dict[str, Any]:
        """What the body says, judged by the serializer, which may ask for the user's password."""
        serializer = self.get_serializer(user, data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class OpenView(ReadingView):
    """An endpoint for those who are not signed in; credentials that come along are not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        return BearerAuthentication().authenticate_header(request)


class OwnAccountView(ReadingView):
    """An endpoint about the account of who asks."""

    def get_object(self) -> User:
        """The user; read anew and locked where the account is about to change, so that it cannot go meanwhile."""
        user: Any = self.request.user
        if self.request.method not in SAFE_METHODS:
            user = User.objects.select_for_update().filter(pk=user.pk).first()
        if user is None:
            raise TokenRefused
        return user


@schema.register
class RegisterView(OpenView, generics.CreateAPIView):
    """Open an account. Then sign in at `POST /auth/login`."""

    serializer_class = RegistrationSerializer


@schema.login
class LoginView(OpenView):
    """Sign in with your name or your e-mail address.

    Returns an access token for 30 minutes and a refresh token for 7 days. The answer to a wrong name, a wrong
    password and an account that is not active is one and the same 401.
    """

    serializer_class = LoginSerializer

    def post(self, request: Request) -> Response:
        user = authenticate(request._request, **self.read())
        if isinstance(user, User):
            with suppress(User.DoesNotExist):
                tokens = sign_ins.begin(user, timezone.now())
                note(Event.SIGN_IN, user=user.pk)
                return Response(tokens, headers=NOT_STORED)
        raise AuthenticationFailed("No active account has this name and password.")


@schema.refresh
class RefreshView(OpenView):
    """Change a refresh token, once, for new tokens.

    Using a refresh token a second time is 401 and ends the sign-in that it came from. A sign-in ends after 30 days.
    """

    serializer_class = RefreshSerializer

    def post(self, request: Request) -> Response:
        try:
            tokens = sign_ins.refresh(believe(self.read()["refresh"], "refresh"), timezone.now())
        except InvalidToken:
            raise AuthenticationFailed("This refresh token is not valid, or no longer.") from None
        return Response(tokens, headers=NOT_STORED)


@schema.logout
class LogoutView(OpenView):
    """End the sign-in that a refresh token belongs to, its access tokens too, at once. No Bearer token is needed."""

    serializer_class = RefreshSerializer

    def post(self, request: Request) -> Response:
        try:
            sign_ins.end(believe(self.read()["refresh"], "refresh"))
        except ExpiredToken:
            pass
        except InvalidToken:
            raise ValidationError({"refresh": ["This is not a refresh token."]}, code="invalid") from None
        return Response(status=status.HTTP_204_NO_CONTENT)


@schema.logout_all
class LogoutAllView(APIView):
    """End every sign-in of yours, this one too, in applications and in browsers."""

    def post(self, request: Request) -> Response:
        user: Any = request.user
        sign_ins.end_all(user)
        if request.auth is None:
            logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


@schema.password
class PasswordView(OwnAccountView):
    """Change your password; every other sign-in of yours ends at once."""

    serializer_class = PasswordChangeSerializer

    @transaction.atomic
    def post(self, request: Request) -> Response:
        user = self.get_object()
        claims: Any = request.auth
        user.set_password(self.read(user)["new_password"])
        user.kept_sign_in = claims and claims.sign_in
        user.save(update_fields=["password"])
        if claims is None:
            update_session_auth_hash(request._request, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@schema.me
class MeView(OwnAccountView, generics.RetrieveUpdateDestroyAPIView):
    """Your account: see it, change its settings, or delete it with everything that belongs to it.

    Changing the e-mail address needs `current_password`, deleting the account `password`.
    """

    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_serializer_class(self) -> Any:
        return AccountDeletionSerializer if self.request.method == "DELETE" else UserSerializer

    def get_object(self) -> User:
        """The user, as the client has seen it where the account is about to change."""
        user = super().get_object()
        if self.request.method not in SAFE_METHODS:
            refuse_if_changed(self.request, UserSerializer(user, context=self.get_serializer_context()))
        return user

    @transaction.atomic
    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().patch(request, *args, **kwargs)

    @transaction.atomic
    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().delete(request, *args, **kwargs)

    def perform_destroy(self, user: User) -> None:
        self.read(user)
        user.delete()
        if self.request.auth is None:
            logout(self.request._request)
