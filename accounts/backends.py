"""Who signs in: a name or an address, and a password, by the API, the browsable API and the admin alike."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.guesses import Budget, is_password_of, network_of
from accounts.managers import compared
from accounts.models import User


class PasswordBackend(ModelBackend):
    """Believes a password, unless it has been guessed at too often."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        network = network_of(request)
        user = User.objects.called(username).seen_from(network).first()
        account = user.pk if user else compared(username)
        budget = Budget("sign-in", account, network if user and user.was_seen else "elsewhere")
        if not is_password_of(user, password, budget):
            return None
        user.network = network
        return user
